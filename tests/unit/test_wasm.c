/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "wasm/bytes.h"
#include "wasm/host.h"

/* Modules before they are compiled, and what they may import. */

#define HEAD "\0asm\1\0\0\0"
#define TABLE "\4\5\1\x70\1\2\2"
#define EXPORT "\7\x1d\1\x19__indirect_function_table\1\0"
#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char *from;
	size_t len;
	const char *to; /* NULL: as it is */
	size_t to_len;
} modules[] = {
	{ BYTES(HEAD), NULL, 0 },
	{ BYTES(HEAD TABLE), BYTES(HEAD TABLE EXPORT) },
	{ BYTES(HEAD TABLE EXPORT), NULL, 0 },
	{ BYTES(HEAD TABLE "\7\5\1\1m\2\0"),
	  BYTES(HEAD TABLE "\7\x21\2\1m\2\0\x19__indirect_function_table\1\0") },
	/* In front of the start, behind tags and what has no number. */
	{ BYTES(HEAD TABLE "\x8\1\0"), BYTES(HEAD TABLE EXPORT "\x8\1\0") },
	{ BYTES(HEAD TABLE "\xd\3\1\0\0\0\2\1x"),
	  BYTES(HEAD TABLE "\xd\3\1\0\0\0\2\1x" EXPORT) },
	/* Broken. */
	{ BYTES(HEAD TABLE "\7\5\1\x29t\1\0"), NULL, 0 },
	{ BYTES(HEAD TABLE "\7\xff"), NULL, 0 },
	{ BYTES("\0as"), NULL, 0 },
};

static void test_export(void **state)
{
	(void)state;
	for (size_t i = 0; i < EU_COUNT(modules); i++) {
		eu_auto_buf struct eu_buf out = EU_BUF(4096);

		assert_int_equal(eu_bytes_export_table(modules[i].from,
						       modules[i].len, &out, NULL),
				 0);
		if (out.len != modules[i].to_len ||
		    (out.len && memcmp(out.data, modules[i].to, out.len)))
			fail_msg("module %zu", i);
	}
}

static const struct {
	const char *module, *name, *type;
	int r;
	bool ours;
} imports[] = {
	{ "wasm_bpf", "wasm_load_bpf_object", "ii:I", 0, true },
	{ "env", "wasm_load_bpf_object", "ii:I", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiiiiI:i", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiIIII:i", 0, true },
	{ "wasm_bpf", "wasm_bpf_map_operate", "iiiiii:i", -ENOENT, false },
	{ "wasm_bpf", "wasm_bpf_buffer_poll", "Iiiiii:i", -ENOENT, false },
	{ "wrap", "wasm_bpf_buffer_poll", "Iiiiii:i", 0, true },
	{ "wrap", "wasm_load_bpf_object", "ii:I", -ENOENT, false },
	{ "other", "wasm_load_bpf_object", "ii:I", -ENOENT, false },
	{ "eunomia", "object_open", "ii:I", 0, true },
	{ "eunomia", "program_run", "Iiiii:i", 0, true },
	{ "eunomia", "map_batch", "iiiiiiiI:i", 0, true },
	{ "eunomia", "map_batch", "iiiiiii:i", -ENOENT, false },
	{ "env", "object_open", "ii:I", -ENOENT, false },
	{ EU_WASI, "poll_oneoff", "iiii:i", 0, true },
	{ EU_WASI, "fd_write", "iiii:i", 0, true },
	{ EU_WASI, "fd_seek", "iIii:i", 0, false },
};

static void test_imports(void **state)
{
	char wrapper[] = "wrap";
	const struct eu_wasm w = { .wrapper = wrapper };
	const struct eu_import *im;
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(imports); i++) {
		struct eu_wanted_import want = {
			.module = imports[i].module,
			.module_len = strlen(imports[i].module),
			.name = imports[i].name,
			.name_len = strlen(imports[i].name),
		};

		snprintf(want.type, sizeof(want.type), "%s", imports[i].type);
		if (eu_host_find(&w, &want, &im, &err) != imports[i].r ||
		    (!imports[i].r && !im == imports[i].ours))
			fail_msg("import %zu: %s", i, err.text);
	}
}

/* Guests that run until they are stopped. */

/* _start adds 1 to the first word of its memory, again and again. */
static const char loops[] = HEAD
	"\1\4\1\x60\0\0"
	"\3\2\1\0"
	"\5\3\1\0\1"
	"\7\x13\2\6memory\2\0\6_start\0\0"
	"\x0a\x16\1\x14\0\3\x40\x41\0\x41\0\x28\2\0\x41\1\x6a\x36\2\0\x0c\0\x0b\x0b";

/* It sets that word to 1 and sleeps for 73 minutes. */
static const char sleeps[] = HEAD
	"\1\x0c\2\x60\0\0\x60\4\x7f\x7f\x7f\x7f\1\x7f"
	"\2\x26\1\x16wasi_snapshot_preview1\x0bpoll_oneoff\0\1"
	"\3\2\1\0"
	"\5\3\1\0\1"
	"\7\x13\2\6memory\2\0\6_start\0\1"
	"\x0a\x26\1\x24\0\x41\0\x42\x80\x80\x80\x80\x80\x80\1\x37\3\x58"
	"\x41\0\x41\1\x36\2\0\x41\xc0\0\x41\x80\1\x41\1\x41\x80\2\x10\0\x1a\x0b";

/* It sets the word and reads 16 bytes, or writes them, for ever. */
#define STREAMS(fn, import_len, name_len, fd)                                  \
	HEAD "\1\x0c\2\x60\0\0\x60\4\x7f\x7f\x7f\x7f\1\x7f"                    \
	     "\2" import_len "\1\x16wasi_snapshot_preview1" name_len fn "\0\1" \
	     "\3\2\1\0"                                                        \
	     "\5\3\1\0\1"                                                      \
	     "\7\x13\2\6memory\2\0\6_start\0\1"                                \
	     "\x0a\x2e\1\x2c\0\x41\xc0\0\x41\x80\1\x36\2\0\x41\xc4\0\x41\x10"  \
	     "\x36\2\0\x41\0\x41\1\x36\2\0\3\x40\x41" fd                       \
	     "\x41\xc0\0\x41\1\x41\x80\2\x10\0\x1a\x0c\0\x0b\x0b"

static const char reads[] = STREAMS("fd_read", "\x22", "\7", "\0");
static const char writes[] = STREAMS("fd_write", "\x23", "\x8", "\1");

struct running {
	struct eu_wasm *w;
	pthread_t thread;
	const volatile uint32_t *word;
	int r, status;
};

static void *run(void *arg)
{
	struct running *g = arg;

	g->r = eu_wasm_run(g->w, &g->status, NULL);
	return NULL;
}

static void begin(struct running *g, const void *wasm, size_t len)
{
	static const char *const argv[] = { "guest", NULL };
	const struct eu_wasm_opts o = {
		.sz = sizeof(o), .wasm = wasm, .len = len, .argv = argv
	};
	struct eu_error err;
	size_t size;

	*g = (struct running){ 0 };
	if (eu_wasm_open(&o, &g->w, &err)) {
		if (err.code == -ENOENT)
			skip();
		fail_msg("%s", err.text);
	}
	g->word = (void *)g->w->engine_fns->memory(g->w->guest, &size);
}

static void go(struct running *g)
{
	assert_int_equal(pthread_create(&g->thread, NULL, run, g), 0);
}

static void end(struct running *g)
{
	pthread_join(g->thread, NULL);
	assert_int_equal(g->r, -EINTR);
	eu_wasm_close(g->w);
}

static void wait_until_it_stands(const struct running *g)
{
	while (!__atomic_load_n(&g->w->standing, __ATOMIC_SEQ_CST))
		sched_yield();
}

static void wait_for_more_than(const struct running *g, uint32_t n)
{
	while (*g->word == n)
		sched_yield();
}

static void test_pause(void **state)
{
	struct running g;
	uint32_t n;

	(void)state;
	begin(&g, loops, sizeof(loops) - 1);
	eu_wasm_pause(g.w);
	go(&g);
	wait_until_it_stands(&g);
	assert_int_equal(*g.word, 0);
	eu_wasm_resume(g.w);
	wait_for_more_than(&g, 0);
	/* Also when it is only just about to go on. */
	for (int i = 0; i < 1000; i++) {
		eu_wasm_pause(g.w);
		eu_wasm_pause(g.w);
		wait_until_it_stands(&g);
		n = *g.word;
		for (int k = 0; k < 10; k++)
			sched_yield();
		assert_int_equal(*g.word, n);
		eu_wasm_resume(g.w);
		if (i % 2)
			wait_for_more_than(&g, n);
	}
	eu_wasm_pause(g.w);
	wait_until_it_stands(&g);
	eu_wasm_stop(g.w);
	end(&g);
}

static void test_stop(void **state)
{
	static const struct {
		const char *wasm;
		size_t len;
		bool early, paused;
	} runs[] = {
		{ BYTES(loops), false, false },	 { BYTES(loops), true, false },
		{ BYTES(sleeps), false, false }, { BYTES(sleeps), false, true },
		{ BYTES(sleeps), true, true },
	};
	struct running g;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(runs); i++) {
		begin(&g, runs[i].wasm, runs[i].len);
		if (runs[i].early)
			eu_wasm_stop(g.w);
		go(&g);
		if (!runs[i].early)
			wait_for_more_than(&g, 0);
		if (runs[i].paused)
			eu_wasm_pause(g.w);
		eu_wasm_stop(g.w);
		end(&g);
	}
}

/* Where nobody writes to it, or reads what it writes. */
static void test_streams(void **state)
{
	static const struct {
		const char *wasm;
		size_t len;
	} runs[2] = { { BYTES(reads) }, { BYTES(writes) } };
	struct running g;
	int ends[2], keep;

	(void)state;
	fflush(stdout);
	for (int fd = 0; fd < 2; fd++) {
		assert_int_equal(pipe(ends), 0);
		begin(&g, runs[fd].wasm, runs[fd].len);
		keep = dup(fd);
		dup2(ends[fd], fd);
		go(&g);
		wait_for_more_than(&g, 0);
		/* In the call, or about to be; until it fills the pipe. */
		for (int i = 0; i < 1000; i++)
			sched_yield();
		eu_wasm_stop(g.w);
		end(&g);
		dup2(keep, fd);
		close(keep);
		close(ends[0]);
		close(ends[1]);
	}
}

static void test_opts(void **state)
{
	const struct eu_wasm_opts none = { 0 };
	struct eu_wasm *w = NULL;
	struct eu_error err;

	(void)state;
	assert_int_equal(eu_wasm_open(&none, &w, &err), -EINVAL);
	assert_string_equal(err.text, "options without size or arguments");
	assert_null(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_export), cmocka_unit_test(test_imports),
		cmocka_unit_test(test_opts),   cmocka_unit_test(test_pause),
		cmocka_unit_test(test_stop),   cmocka_unit_test(test_streams),
	};

	setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
	return cmocka_run_group_tests_name("wasm", tests, NULL, NULL);
}
