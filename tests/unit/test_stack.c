/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "btf_text.h"
#include "out/sink.h"

/* Records with stacks, whose functions are those of fake_sym.c. */

struct key {
	int pid;
	char comm[8];
};

static const char types[] = "int int 4\n"
			    "int char 1\n"
			    "array 2 8\n"
			    "struct key 12 pid:1@0 comm:3@32\n"
			    "int long 8\n"
			    "struct event 16 pid:1@0 comm:3@32 id:1@96\n"
			    "struct only 4 id:1@0\n";
enum { ID_KEY = 4, ID_COUNT, ID_EVENT, ID_ONLY };

static struct btf *btf;
static char written[65536];
static size_t n_written;

static int collect(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	assert_true(n_written + len < sizeof(written));
	memcpy(written + n_written, data, len);
	n_written += len;
	written[n_written] = '\0';
	return 0;
}

static char kallsyms[4096];
static const char listed[] = "0000000000000020 T do_kernel\n";

static int prepare(void **state)
{
	int fd;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
	snprintf(kallsyms, sizeof(kallsyms), "%s/kallsyms.XXXXXX", MODULES);
	fd = mkstemp(kallsyms);
	if (write(fd, listed, sizeof(listed) - 1) != sizeof(listed) - 1)
		return -1;
	close(fd);
	btf = text_to_btf(types, NULL);
	return btf ? 0 : -1;
}

static int release(void **state)
{
	(void)state;
	btf__free(btf);
	unlink(kallsyms);
	return 0;
}

static struct eu_layout *layout(int id)
{
	struct eu_layout *l = NULL;

	assert_int_equal(eu_layout_new(btf, id, &l, NULL), 0);
	return l;
}

static void begin(struct eu_sink *s, const char *format, struct eu_stream *st)
{
	n_written = 0;
	written[0] = '\0';
	assert_int_equal(eu_sink_init(s, format, collect, NULL, NULL), 0);
	s->sym = eu_sym_new();
	assert_non_null(s->sym);
	assert_int_equal(eu_sym_open(s->sym, NULL), 0);
	eu_sym_open_kernel(s->sym, kallsyms);
	assert_int_equal(eu_sink_begin(s, st, NULL), 0);
}

static void end(struct eu_sink *s, struct eu_stream *st)
{
	eu_sink_end(s);
	assert_int_equal(eu_sink_flush(s), 0);
	eu_sink_finish(s, st);
	eu_sink_done(s);
}

static const struct eu_stack_member both[] = {
	{ .name = "kstack", .in_key = true },
	{ .name = "ustack", .user = true, .in_key = true },
};

/* A sampled map with both kinds in its key. */
static void make_map(struct eu_stream *st)
{
	*st = (struct eu_stream){
		.name = "counts",
		.key = layout(ID_KEY),
		.value = layout(ID_COUNT),
		.stacks = both,
		.n_stacks = 2,
	};
}

static void free_map(struct eu_stream *st)
{
	eu_layout_free((struct eu_layout *)st->key);
	eu_layout_free((struct eu_layout *)st->value);
}

/* An entry; addresses up to the first 0. */
static void entry(struct eu_sink *s, const struct eu_stream *st,
		  const char *comm, const uint64_t *kernel,
		  const uint64_t *user, int64_t pid, int64_t count)
{
	struct eu_stack stacks[2] = { { .addrs = kernel },
				      { .addrs = user, .pid = pid } };
	struct key k = { .pid = (int)pid };
	const struct eu_record r = { .stream = st,
				     .key = &k,
				     .data = &count,
				     .size = sizeof(count),
				     .when = 1000000000,
				     .stacks = stacks };

	snprintf(k.comm, sizeof(k.comm), "%s", comm);
	while (kernel[stacks[0].n])
		stacks[0].n++;
	while (user[stacks[1].n])
		stacks[1].n++;
	eu_sink_record(s, &r);
}

static const uint64_t none[] = { 0 }, kernel[] = { 0x25, 0 };
/* Return addresses: 0x40 ends the call in function 3. */
static const uint64_t user[] = { 0x20, 0x40, 0x18, 0 };
static const uint64_t unknown[] = { 0x41, 0x4242, 0 };

static void below_its_row(void **state)
{
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "text", &st);
	entry(&s, &st, "p", kernel, user, 7, 5);
	entry(&s, &st, "q", none, unknown, 7, 1);
	entry(&s, &st, "r", none, none, 7, 1);
	end(&s, &st);
	assert_string_equal(
		written, "TIME     PID    COMM   VALUE  \n"
			 "00:00:01 7      p      5\n"
			 "    kstack:\n"
			 "        0x0000000000000025 do_kernel+0x5\n"
			 "    ustack:\n"
			 "        0x0000000000000020 a<b>(char&, \"\\\")+0x0\n"
			 "        inlined            inner (/src/i.h)\n"
			 "        0x0000000000000040 outer;1\\n+0x10 (/src/o.c:9)\n"
			 "        0x0000000000000018 main+0x8 (p.c:3)\n"
			 "00:00:01 7      q      1\n"
			 "    ustack:\n"
			 "        0x0000000000000041 [li\xef\xbf\xbd"
			 "b.so+0x1]\n"
			 "        0x0000000000004242\n"
			 "00:00:01 7      r      1\n");
	free_map(&st);
}

static void in_json(void **state)
{
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "json", &st);
	entry(&s, &st, "p", kernel, user, 7, 5);
	entry(&s, &st, "q", none, unknown, 7, 1);
	end(&s, &st);
	assert_string_equal(
		written,
		"{\"key\":{\"pid\":7,\"comm\":\"p\",\"kstack\":["
		"{\"addr\":\"0x25\",\"symbol\":\"do_kernel\",\"offset\":5}],"
		"\"ustack\":["
		"{\"addr\":\"0x20\",\"symbol\":\"a<b>(char&, \\\"\\\\\\\")\",\"offset\":0,\"module\":\"/bin/p\"},"
		"{\"inlined\":true,\"symbol\":\"inner\",\"file\":\"/src/i.h\"},"
		"{\"addr\":\"0x40\",\"symbol\":\"outer;1\\n\",\"offset\":16,\"file\":\"/src/o.c\",\"line\":9},"
		"{\"addr\":\"0x18\",\"symbol\":\"main\",\"offset\":8,\"module\":\"/bin/p\",\"file\":\"p.c\",\"line\":3}]},"
		"\"value\":{\"long\":5}}\n"
		"{\"key\":{\"pid\":7,\"comm\":\"q\",\"kstack\":[],\"ustack\":["
		"{\"addr\":\"0x41\",\"offset\":1,\"module\":\"/lib/li\xef\xbf\xbd"
		"b.so\"},{\"addr\":\"0x4242\"}]},\"value\":{\"long\":1}}\n");
	free_map(&st);
}

/* What stands behind stacks in a key has room too, wherever that runs out. */
static void in_json_at_the_end_of_the_room(void **state)
{
	uint64_t deep[101] = { 0 };
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	for (size_t i = 0; i + 1 < EU_COUNT(deep); i++)
		deep[i] = 0x4242;
	make_map(&st);
	for (size_t left = 1000; left < 4000; left++) {
		begin(&s, "json", &st);
		assert_true(eu_buf_room(&s.out, 8192));
		memset(s.out.data, 0, s.out.cap);
		s.out.len = s.out.cap - left;
		entry(&s, &st, "p", kernel, deep, 7, 5);
		assert_true(s.out.len <= s.out.cap);
		eu_buf_clear(&s.out);
		end(&s, &st);
	}
	free_map(&st);
}

/* What the kernel had no room for is told, and is no empty stack. */
static void not_kept(void **state)
{
	const struct eu_stack_member m = { .name = "ustack_id", .user = true };
	const struct eu_stack stack = { .error = EEXIST };
	struct eu_layout *l = layout(ID_ONLY);
	struct eu_stream st = {
		.name = "rb", .value = l, .stacks = &m, .n_stacks = 1
	};
	const struct eu_record r = {
		.stream = &st, .data = "abcd", .size = 4, .stacks = &stack
	};
	struct eu_sink s;

	(void)state;
	/* Its only member is the stack. */
	eu_layout_hide(l, "id");
	assert_int_equal(l->n, 0);
	begin(&s, "json", &st);
	eu_sink_record(&s, &r);
	end(&s, &st);
	assert_string_equal(written, "{\"ustack_id\":null}\n");
	begin(&s, "text", &st);
	eu_sink_record(&s, &r);
	end(&s, &st);
	assert_non_null(strstr(written, "\n    ustack_id: not kept (EEXIST)\n"));
	begin(&s, "folded", &st);
	eu_sink_record(&s, &r);
	end(&s, &st);
	assert_string_equal(written, "[unknown] 1\n");
	eu_layout_free(l);
}

static void a_process_of_which_nothing_is_told(void **state)
{
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "folded", &st);
	entry(&s, &st, "x", none, user, 13, 1);
	entry(&s, &st, "y", none, user, -1, 2);
	end(&s, &st);
	assert_string_equal(written, "x;[unknown];[unknown];[unknown] 1\n"
				     "y;[unknown];[unknown];[unknown] 2\n");
	free_map(&st);
}

/* Sorted name by name, though ' ' comes before ';'. */
static void folded(void **state)
{
	static const uint64_t main_only[] = { 0x11, 0 };
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "folded", &st);
	entry(&s, &st, "p q", none, main_only, 7, 1);
	entry(&s, &st, "p", kernel, user, 7, 2);
	entry(&s, &st, "p;q", none, unknown, 7, 0);
	entry(&s, &st, "p q", none, main_only, 7, -3);
	entry(&s, &st, "p;r\n", none, unknown, 7, 1);
	eu_sink_round(&s, &st);
	entry(&s, &st, "p", kernel, user, 7, 3);
	eu_sink_round(&s, &st);
	end(&s, &st);
	assert_string_equal(
		written,
		"p;main;outer:1\\n;inner;a<b>(char&, \"\\\");do_kernel_[k] 5\n"
		"p q;main 1\n"
		"p:r\\n;[unknown];[li\xef\xbf\xbd"
		"b.so] 1\n");
	free_map(&st);
}

static void rounds_of_a_kept_map_replace_each_other(void **state)
{
	static const uint64_t main_only[] = { 0x11, 0 };
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	st.kept = true;
	begin(&s, "folded", &st);
	entry(&s, &st, "p", none, main_only, 7, 1);
	entry(&s, &st, "q", none, main_only, 7, 4);
	eu_sink_round(&s, &st);
	entry(&s, &st, "p", none, main_only, 7, 3);
	eu_sink_round(&s, &st);
	end(&s, &st);
	assert_string_equal(written, "p;main 3\n");
	begin(&s, "folded", &st);
	entry(&s, &st, "p", none, main_only, 7, 1);
	eu_sink_round(&s, &st);
	/* Somebody has emptied it. */
	eu_sink_round(&s, &st);
	end(&s, &st);
	assert_string_equal(written, "");
	free_map(&st);
}

static void events_count_one(void **state)
{
	static const struct eu_stack_member m = { .name = "u", .user = true };
	const struct eu_stack stack = { .addrs = user, .n = 3, .pid = 7 };
	struct eu_layout *l = layout(ID_EVENT);
	struct eu_stream st = {
		.name = "rb", .value = l, .stacks = &m, .n_stacks = 1
	};
	struct {
		int pid;
		char comm[8];
		int id;
	} e = { 9, "12345678", 3 };
	const struct eu_record r = {
		.stream = &st, .data = &e, .size = sizeof(e), .stacks = &stack
	};
	struct eu_sink s;

	(void)state;
	begin(&s, "folded", &st);
	eu_sink_record(&s, &r);
	eu_sink_record(&s, &r);
	end(&s, &st);
	assert_string_equal(
		written,
		"12345678;main;outer:1\\n;inner;a<b>(char&, \"\\\") 2\n");
	eu_layout_free(l);
}

/* Many lines, all kept apart, and each found again. */
static void many_lines(void **state)
{
	uint64_t at[] = { 0x11, 0, 0 };
	struct eu_stream st;
	struct eu_sink s;
	char comm[8];

	(void)state;
	make_map(&st);
	begin(&s, "folded", &st);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3000; i++) {
			snprintf(comm, sizeof(comm), "c%04d", i);
			entry(&s, &st, comm, none, at, 7, i);
		}
	end(&s, &st);
	/* The one with nothing counted is not there. */
	assert_ptr_equal(strstr(written, "c0001;main 2\nc0002;main 4\n"),
			 written);
	assert_non_null(strstr(written, "\nc2999;main 5998\n"));
	assert_null(strstr(written, "c0000"));
	free_map(&st);
}

static void flame_graph(void **state)
{
	static const uint64_t one[] = { 0x51, 0 }, main_only[] = { 0x11, 0 };
	struct eu_stream st;
	struct eu_sink s;
	char *first;

	(void)state;
	make_map(&st);
	for (int i = 0; i < 2; i++) {
		begin(&s, "flamegraph", &st);
		/* In another order it is the same. */
		entry(&s, &st, i ? "p" : "<&>", i ? kernel : none,
		      i ? user : one, 7, i ? 1 : 3);
		entry(&s, &st, i ? "<&>" : "p", i ? none : kernel,
		      i ? one : user, 7, i ? 3 : 1);
		entry(&s, &st, "p", none, main_only, 7, 1);
		end(&s, &st);
		if (!i)
			first = strdup(written);
	}
	assert_string_equal(first, written);
	free(first);
	assert_non_null(strstr(written, "<title>all (5, 100.00%)</title>"
					"<rect x=\"10.0\""));
	assert_non_null(strstr(written, "<title>&lt;&amp;&gt; (3, 60.00%)"));
	assert_non_null(strstr(written, "<title>? (3, 60.00%)"));
	assert_non_null(strstr(
		written, "<title>a&lt;b&gt;(char&amp;, \"\\\") (1, 20.00%)"));
	assert_non_null(strstr(written, "<title>main (2, 40.00%)</title>"
					"<rect x=\"718.0\""));
	/* Longer than there is room for: 236 pixels. */
	assert_null(strstr(written, ">.."));
	free_map(&st);
}

static void flame_graph_of_nothing(void **state)
{
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "flamegraph", &st);
	end(&s, &st);
	assert_non_null(strstr(written, "Flame graph: 0 in all"));
	assert_null(strstr(written, "<title>"));
	assert_string_equal(written + n_written - 7, "</svg>\n");
	free_map(&st);
}

/* Names are cut between characters. */
static void names_of_narrow_frames(void **state)
{
	static const uint64_t main_only[] = { 0x11, 0 };
	struct eu_stream st;
	struct eu_sink s;

	(void)state;
	make_map(&st);
	begin(&s, "flamegraph", &st);
	entry(&s, &st, "\xc3\xa4\xc3\xb6\xc3\xbc", none, none, 7, 25);
	entry(&s, &st, "abcdefg", none, none, 7, 40);
	entry(&s, &st, "ab", none, main_only, 7, 10);
	entry(&s, &st, "z", none, none, 7, 925);
	end(&s, &st);
	/* 29 pixels are four letters, 47 are six, 11 none. */
	assert_non_null(strstr(written, ">\xc3\xa4\xc3\xb6\xc3\xbc</text>"));
	assert_non_null(strstr(written, ">abcd..</text>"));
	assert_null(strstr(written, ">ab</text>"));
	assert_null(strstr(written, ">main</text>"));
	assert_non_null(strstr(written, "<title>main (10, 1.00%)"));
	free_map(&st);
}

static void hidden_members(void **state)
{
	struct eu_layout *l = layout(ID_EVENT);

	(void)state;
	eu_layout_hide(l, "nosuch");
	assert_int_equal(l->n, 3);
	eu_layout_hide(l, "comm");
	assert_int_equal(l->n, 2);
	assert_null(eu_layout_member(l, "comm"));
	assert_string_equal(l->steps[1].name, "id");
	assert_int_equal(l->steps[1].offset, 12);
	eu_layout_hide(l, "id");
	eu_layout_hide(l, "pid");
	assert_int_equal(l->n, 0);
	assert_int_equal(l->size, 16);
	eu_layout_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_its_row),
		cmocka_unit_test(in_json),
		cmocka_unit_test(in_json_at_the_end_of_the_room),
		cmocka_unit_test(not_kept),
		cmocka_unit_test(a_process_of_which_nothing_is_told),
		cmocka_unit_test(folded),
		cmocka_unit_test(rounds_of_a_kept_map_replace_each_other),
		cmocka_unit_test(events_count_one),
		cmocka_unit_test(many_lines),
		cmocka_unit_test(flame_graph),
		cmocka_unit_test(flame_graph_of_nothing),
		cmocka_unit_test(names_of_narrow_frames),
		cmocka_unit_test(hidden_members),
	};

	return cmocka_run_group_tests(tests, prepare, release);
}
