/* SPDX-License-Identifier: MIT */
/*
 * A guest that calls what the host has for it as it likes: any function, with
 * handles, descriptors, addresses and sizes that are right, wrong or both, from
 * callbacks too, with memory that grows meanwhile. Nothing is written outside
 * of it, no descriptor stays, and the host lives.
 *
 * The input: what is loaded at first (128: what another input left), and calls;
 * each is the number of a function and for each parameter a byte that says of
 * what kind it is.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "base/file.h"
#include "wasm/host.h"

#ifndef OBJECTS
#error "OBJECTS is the folder of guest.bpf.o and holders.bpf.o"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 128 << 10, GROWN = 64 << 10, ROOM = MEMORY + 4 * GROWN };
enum { MAX_DEPTH = 4, MAX_CALLS = 64 };
/* Where in the guest's memory what is. */
enum {
	NAMES = 0x100,
	NAME = 32,
	SCRATCH = 0x1000,
	GUEST = 0x4000,
	HOLDERS = 0x9000
};

static const char *const names[] = {
	"hash",	     "each",	       "queue",	  "perf",      "ring",
	".bss",	     ".rodata",	       "runs",	  "wide",      "shift",
	"fill",	     "length",	       "on_kill", "lo",	       "groups",
	"progs",     "socks",	       "devs",	  "of_groups", "outer",
	"second",    "inside",	       "jump",	  "landed",    "at_device",
	"on_egress", "/sys/fs/cgroup", "",	  ".",	       "..",
	"none",	     "lo:ingress",
};

static const struct eu_host_calls *const nouns[] = {
	&eu_host_general, &eu_host_objects, &eu_host_variables, &eu_host_maps,
	&eu_host_buffers, &eu_host_files,   &eu_host_output,	&eu_wasi_calls,
};

struct guest {
	struct eu_wasm w;
	char *memory;
	size_t len;
	const uint8_t *in, *end;
	int depth, calls;
	bool stands;	    /* its first two objects stay */
	uint64_t last_long; /* results */
	uint32_t last;
	struct eu_error why; /* it ended */
};

static char *objects[2];
static size_t object_lens[2];

static uint8_t byte(struct guest *g)
{
	return g->in < g->end ? *g->in++ : 0;
}

static uint64_t number(struct guest *g, int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | byte(g);
	return v;
}

static uint64_t parameter(struct guest *g)
{
	static const uint8_t commands[] = { 1,	2,  3,	4,  24, 25, 26,	 27,
					    23, 28, 36, 40, 64, 96, 128, 255 };
	const uint8_t what = byte(g), low = what & 15;

	switch (what >> 4) {
	case 0: return low;
	case 1: return NAMES + byte(g) % EU_COUNT(names) * NAME;
	case 2: return SCRATCH + byte(g) * 8u + low;
	case 3: return g->last_long + low;
	case 4: return g->last;
	case 5: return EU_HOST_FIRST_FD + low;
	case 6: return UINT64_C(1) << (2 * low);
	case 7: return g->len - low;
	case 8: return UINT64_MAX - low;
	case 9: return number(g, 4);
	case 10: return low & 1 ? HOLDERS : GUEST;
	case 11: return object_lens[low & 1] - (low >> 1);
	case 12: return 1 + (low & 3);
	case 13: return 3 + low;
	case 14: return commands[low];
	default: return number(g, 8);
	}
}

/* Does it wait for as long as its last parameter says? */
static bool waits(const struct eu_import *im)
{
	return strstr(im->name, "buffer_poll") ||
	       !strcmp(im->name, "buffer_read");
}

static int call_one(struct guest *g)
{
	const struct eu_host_calls *calls = nouns[byte(g) % EU_COUNT(nouns)];
	const struct eu_import *im = &calls->rows[byte(g) % calls->n];
	const size_t n = strcspn(im->type, ":");
	const uint64_t one = 1;
	uint64_t v[16] = { 0 };
	struct eu_error err;
	int r;

	for (size_t i = 0; i < n; i++) {
		v[i] = parameter(g);
		if (im->type[i] == 'i')
			v[i] = (uint32_t)v[i];
	}
	if (waits(im))
		v[n - 1] = 0;
	/* Standard error is for the fuzzer. */
	if (!strcmp(im->name, "fd_write") && v[0] == STDERR_FILENO)
		v[0] = STDOUT_FILENO;
	/* All that waits is stopped, and some of the others. */
	if ((!strcmp(im->name, "poll_oneoff") || byte(g) == 255) &&
	    write(g->w.stop_fd, &one, sizeof(one)) < 0)
		abort();
	if (g->stands && strstr(im->name, "close") && v[0] - 1 < 2)
		return 0;
	r = im->call(&g->w, v, &err);
	if (r) {
		if (r > 0 || !memchr(err.text, 0, sizeof(err.text)) || !*err.text)
			abort();
		g->why = err;
		return r;
	}
	if (im->type[n + 1] == 'I')
		g->last_long = v[0];
	else
		g->last = v[0];
	return 0;
}

/* What is left of the input; not 0: the guest has ended. */
static int run(struct guest *g, int max)
{
	int r = 0;

	while (!r && max-- && g->in < g->end && g->calls++ < MAX_CALLS)
		r = call_one(g);
	return r;
}

/* It stays where it is; what follows cannot be touched. */
static void grow(struct guest *g, size_t by)
{
	if (mprotect(g->memory + g->len, by, PROT_READ | PROT_WRITE))
		abort();
	g->len += by;
}

static int on_find(void *guest, uint32_t index, struct eu_guest_function *ret)
{
	(void)guest;
	ret->words[0] = index;
	return index > 1000 ? -ENOENT : 0;
}

static int on_call(void *guest, const struct eu_guest_function *f,
		   const uint32_t args[3], int32_t *ret, struct eu_error *err)
{
	struct guest *g = guest;
	const uint8_t how = byte(g);
	int r = 0;

	if (args[2] && (args[1] > g->len || args[2] > g->len - args[1]))
		abort();
	if (f->words[0] > 1000)
		abort();
	if (how & 1 && g->len < ROOM)
		grow(g, GROWN);
	if (g->depth < MAX_DEPTH) {
		g->depth++;
		r = run(g, how >> 4);
		g->depth--;
		/* Whoever called has to end as well, with the same words. */
		if (r)
			*err = g->why;
	}
	if (!r && how & 2)
		r = eu_error_set(err, -EFAULT, "unreachable");
	if (!r)
		*ret = how & 4 ? -5 : 0;
	return r;
}

static int on_call_export(void *guest, const char *name, const uint32_t args[3],
			  int32_t *ret, struct eu_error *err)
{
	const struct eu_guest_function f = { { 1, 0 } };

	(void)name;
	return on_call(guest, &f, args, ret, err);
}

static int on_wasi(void *guest, const char *name, uint64_t *v,
		   struct eu_error *err)
{
	struct guest *g = guest;
	const uint32_t at = v[8], fd = byte(g) & 31;

	(void)err;
	if (!strcmp(name, "path_open") && at <= g->len - sizeof(fd))
		memcpy(g->memory + at, &fd, sizeof(fd));
	v[0] = byte(g) & 64 ? 8 : 0;
	return 0;
}

static uint8_t *on_memory(void *guest, size_t *ret_len)
{
	struct guest *g = guest;

	*ret_len = g->len;
	return (uint8_t *)g->memory;
}

static const struct eu_engine_functions engine = {
	.find = on_find,
	.call = on_call,
	.call_export = on_call_export,
	.wasi = on_wasi,
	.memory = on_memory,
};

static void prepare(void)
{
	static const char *const paths[] = { OBJECTS "/guest.bpf.o",
					     OBJECTS "/holders.bpf.o" };

	if (objects[0])
		return;
	/* What it attaches to devices is nobody's, or it may not attach at all. */
	(void)!unshare(CLONE_NEWNET);
	for (size_t i = 0; i < EU_COUNT(paths); i++)
		if (eu_file_read(paths[i], HOLDERS - GUEST, &objects[i],
				 &object_lens[i], NULL))
			abort();
}

static void fill(struct guest *g)
{
	g->memory = mmap(NULL, ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	if (g->memory == MAP_FAILED)
		abort();
	g->len = 0;
	grow(g, MEMORY);
	for (size_t i = 0; i < EU_COUNT(names); i++)
		memcpy(g->memory + NAMES + i * NAME, names[i], strlen(names[i]));
	for (size_t i = SCRATCH; i < GUEST; i++)
		g->memory[i] = g->in < g->end ? g->in[i % (g->end - g->in)] : 0;
	memcpy(g->memory + GUEST, objects[0], object_lens[0]);
	memcpy(g->memory + HOLDERS, objects[1], object_lens[1]);
	/* No string has its end behind these. */
	memset(g->memory + MEMORY - 16, 'x', 16);
}

static void load(struct guest *g, int which)
{
	uint64_t v[16] = { which ? HOLDERS : GUEST, object_lens[which] };

	if (eu_host_objects.rows[0].call(&g->w, v, NULL))
		abort();
}

static size_t count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void begin(struct guest *g)
{
	static char wrapper[] = "w", callback[] = "c";

	g->w.engine_fns = &engine;
	g->w.guest = g;
	g->w.wrapper = wrapper;
	g->w.callback = callback;
	g->w.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* It reads, too; nobody types. */
	if (!freopen("/dev/null", "r", stdin))
		abort();
}

/* What the guest prints is for nobody. */
static void run_silently(struct guest *g)
{
	const int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	eu_auto_close int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (out < 0 || null < 0 || dup2(null, STDOUT_FILENO) < 0)
		abort();
	run(g, MAX_CALLS);
	if (dup2(out, STDOUT_FILENO) < 0)
		abort();
	eu_close(out);
}

/* One input's calls; memory and files are its own. */
static void run_input(struct guest *g, int loads, const uint8_t *data, size_t size)
{
	static const char *const dirs[] = { "/sys/fs/cgroup", "/cg", NULL };
	uint64_t stops;

	g->in = data;
	g->end = data + size;
	g->depth = g->calls = 0;
	fill(g);
	eu_host_files_open(&g->w, dirs);
	for (int i = 0; i < 2; i++)
		if (loads & 1 << i)
			load(g, i);
	run_silently(g);
	eu_host_files_close(&g->w);
	g->w.files = NULL;
	g->w.n_files = g->w.n_dirs = 0;
	munmap(g->memory, ROOM);
	g->w.memory = NULL;
	g->w.memory_size = 0;
	(void)!read(g->w.stop_fd, &stops, sizeof(stops));
}

/* Everything of it anew, with nothing left when it is over. */
static void run_fresh(int loads, const uint8_t *data, size_t size)
{
	const size_t before = count_descriptors();
	struct guest *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	begin(g);
	run_input(g, loads, data, size);
	eu_host_done(&g->w);
	eu_close(g->w.stop_fd);
	free(g);
	if (count_descriptors() != before)
		abort();
}

/* Takes off what an input attached, and closes what it opened. */
static void clean(struct eu_wasm *w)
{
	for (size_t i = 0; i < w->n_objects; i++) {
		uint64_t v[16] = { i + 1 };

		if (!w->objects[i].p)
			continue;
		eu_program_detach(w->objects[i].p, 0);
		w->objects[i].n_attached = 0;
		/* The second function. */
		if (i > 1 && (eu_host_objects.rows[1].call(w, v, NULL) || v[0]))
			abort();
	}
}

/* With two objects that are loaded already, for many inputs in less time. */
static void run_standing(const uint8_t *data, size_t size)
{
	static struct guest *g;
	const bool first = !g;

	if (first) {
		g = calloc(1, sizeof(*g));
		if (!g)
			abort();
		begin(g);
		g->stands = true;
	}
	run_input(g, first ? 3 : 0, data, size);
	clean(&g->w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { STANDING = 128 };

	prepare();
	if (!size)
		return 0;
	if (*data & STANDING)
		run_standing(data + 1, size - 1);
	else
		run_fresh(*data, data + 1, size - 1);
	return 0;
}
