/* SPDX-License-Identifier: MIT */

/* Filters, choice of fields, and order. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "filtered.h"
#include "out/fields.h"
#include "out/filter.h"
#include "out/gather.h"

static struct btf *btf;
static struct eu_layout *layout;
static struct eu_stream stream = { .name = "rb" };
static struct filtered sample;

static int make(void **state)
{
	struct eu_error e;
	int id = filtered_btf(&btf);

	(void)state;
	if (id < 0 || eu_layout_new(btf, id, &layout, &e))
		return -1;
	stream.value = layout;
	sample = filtered_sample();
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	eu_layout_free(layout);
	btf__free(btf);
	return 0;
}

static bool matches(const char *text, size_t size)
{
	const struct eu_record r = { .stream = &stream,
				     .data = &sample,
				     .size = size };
	struct eu_filter *f = NULL;
	struct eu_error e = { 0 };
	uint64_t missing;
	bool yes;

	if (eu_filter_new(text, &stream, &f, &missing, &e))
		fail_msg("%s", e.text);
	assert_int_equal(missing, 0);
	yes = eu_filter_match(f, &r);
	eu_filter_free(f);
	return yes;
}

static void what_is_true(void **state)
{
	static const char *const yes[] = {
		"pid == -7",
		"pid=-7",
		"pid < 0",
		"pid >= -7",
		"pid != 5",
		"pid > -0x8",
		"pid < 99999999999",
		"uid == root",
		"uid == 0",
		"!uid",
		"not uid",
		"took == 1.5ms",
		"took > 1ms and took < 2ms",
		"took < 1s",
		"took == 1500000",
		"comm == bash",
		"comm == \"bash\"",
		"comm ~ ^ba",
		"comm ~ '^(ba|z)sh$'",
		"comm !~ zsh",
		"comm > baa",
		"comm != bas",
		"comm",
		"addr == 10.1.2.3",
		"addr == 10.0.0.0/8",
		"addr != 10.1.2.4/32",
		"addr = 0.0.0.0/0",
		"addr == 10.1.2.2/31",
		"addr ~ ^10\\.1",
		"addr",
		"port == 443",
		"port > 255",
		"port ~ ^443$",
		"low == 5",
		"high == 300",
		"color == BLUE",
		"color == 6",
		"color ~ ^BLUE",
		"color != RED",
		"ret == ENOENT",
		"ret == -2",
		"ret < 0",
		"ret ~ ENOENT",
		"load == 0.5",
		"load < 1",
		"load > -1e3",
		"wide > 18446744073709551615",
		"wide",
		"at.x == 9",
		"at.deep.y == -1",
		"list[1] == 42",
		"!list[0]",
		"list ~ 42",
		"at ~ '\"x\":9'",
		"yes",
		"yes == true",
		"yes == 1",
		"last == caf\u00e9",
		"last ~ \u00e9$",
		"map == rb",
		"(pid == -7)",
		"((pid == 1) or (pid == -7)) and yes",
		"pid == 1 and pid == 2 or yes",
		"yes or pid == 1 and pid == 2",
		"pid == 1 && pid == 2 || yes",
		"not (pid == 1 or pid == 2)",
		"!!yes",
		"not not yes",
		"comm == 'b' or comm == 'bash'",
		"comm ~ \"\\bbash\"",
		"pid==-7&&yes",
	};
	static const char *const no[] = {
		"pid == 7",
		"pid == 4294967289",
		"pid > 0",
		"pid <= -8",
		"uid",
		"uid != root",
		"took > 2ms",
		"comm == bas",
		"comm == bashs",
		"comm ~ ^sh",
		"comm < bash",
		"addr == 10.1.2.4",
		"addr == 11.0.0.0/8",
		"port == 47873",
		"low == 4",
		"high < 300",
		"color == RED",
		"ret == EACCES",
		"ret > 0",
		"load > 0.5",
		"wide == 1",
		"at.x < 9",
		"list[2]",
		"not yes",
		"yes == false",
		"map == other",
		"pid == 1 or pid == 2",
		"yes and (pid == 1 or pid == 2)",
		"!(yes)",
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(yes); i++)
		if (!matches(yes[i], sizeof(sample)))
			fail_msg("not true: %s", yes[i]);
	for (size_t i = 0; i < EU_COUNT(no); i++)
		if (matches(no[i], sizeof(sample)))
			fail_msg("true: %s", no[i]);
}

/* What is not there is never true, and neither is its opposite. */
static void short_records(void **state)
{
	(void)state;
	assert_true(matches("pid == -7", 4));
	assert_false(matches("pid == -7", 3));
	assert_false(matches("pid != -7", 3));
	assert_false(matches("comm == bash", 16));
	assert_false(matches("comm != bash", 16));
	assert_true(matches("comm == ba", 18));
	assert_false(matches("addr == 0.0.0.0/0", 34));
	assert_false(matches("took ~ .", 12));
	assert_true(matches("not took > 1", 12));
	assert_true(matches("list ~ 42", offsetof(struct filtered, list) + 8));
}

static void errors_point_at_the_place(void **state)
{
	static const struct {
		const char *text, *why;
		int column;
	} cases[] = {
		{ "", "it ends too early", 0 },
		{ "pid ==", "a value is missing", 6 },
		{ "pid == 5 and", "it ends too early", 12 },
		{ "pid == x", "'x' is no number", 7 },
		{ "pid == 5x", "'5x' is no number", 7 },
		{ "pid 5", "'and' or 'or' is expected", 4 },
		{ "== 5", "the name of a member is expected", 0 },
		{ "(pid == 5", "the parenthesis is not closed", 0 },
		{ "(pid == 5 pid", "')' or an operator is expected", 10 },
		{ "pid == 5)", "'and' or 'or' is expected", 8 },
		{ "comm == \"a", "the text is not closed", 8 },
		{ "comm ~ '('",
		  "the regular expression is broken: Unmatched ( or \\(", 7 },
		{ "addr == 10.0.0", "'10.0.0' is no IPv4 address (192.0.2.1)", 8 },
		{ "addr == 10.0.0.0/33", "'33' is no number of bits up to 32", 8 },
		{ "color == GREEN", "'GREEN' is none of its values", 9 },
		{ "yes == maybe", "'maybe' is neither true nor false", 7 },
		{ "took > 5parsecs", "'5parsecs' is no duration", 7 },
		{ "list == 5", "only ~ can look at an array, a struct or bytes",
		  8 },
		{ "at", "an array, a struct or bytes is neither true nor false",
		  0 },
		{ "load == half", "'half' is no number", 8 },
		{ "last == \u00e9 x", "'and' or 'or' is expected", 10 },
	};
	char want[512];

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		struct eu_filter *f = NULL;
		struct eu_error e = { 0 };
		uint64_t missing;

		assert_int_equal(eu_filter_new(cases[i].text, &stream, &f,
					       &missing, &e),
				 -EINVAL);
		assert_null(f);
		snprintf(want, sizeof(want), "filter: %s\n  %s\n  %*s^",
			 cases[i].why, cases[i].text, cases[i].column, "");
		assert_string_equal(e.text, want);
	}
}

/* Whole, or not at all: what is behind a place must not be forgotten. */
static void long_expressions_are_refused(void **state)
{
	static const char tail[] = "and pid == 1";
	static char text[65537 + sizeof(tail)];
	struct eu_filter *f = NULL;
	struct eu_error e = { 0 };
	uint64_t missing;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "pid == -7", 9);
	memcpy(text + 65536, tail, sizeof(tail));
	assert_int_equal(eu_filter_new(text, &stream, &f, &missing, &e), -E2BIG);
	assert_string_equal(e.text, "filter: it has more than 65536 bytes");
	memcpy(text + 65536 - strlen(tail), tail, sizeof(tail));
	assert_false(matches(text, sizeof(sample)));
}

/* The message is to have it in a line, but it is not changed for that. */
static void control_characters_are_compared(void **state)
{
	struct filtered kept = sample;
	struct eu_filter *f = NULL;
	struct eu_error e = { 0 };
	uint64_t missing;

	(void)state;
	memcpy(sample.comm, "a\tb", 4);
	assert_true(matches("comm == 'a\tb'", sizeof(sample)));
	assert_false(matches("comm == 'a b'", sizeof(sample)));
	sample = kept;
	assert_int_equal(eu_filter_new("comm ==\n'a\tb' x", &stream, &f,
				       &missing, &e),
			 -EINVAL);
	assert_non_null(strstr(e.text, "\n  comm == 'a b' x\n  "));
}

static void depth_is_limited(void **state)
{
	struct eu_filter *f = NULL;
	struct eu_error e = { 0 };
	char text[4096] = "";
	uint64_t missing;

	(void)state;
	memset(text, '(', sizeof(text) - 1);
	assert_int_equal(eu_filter_new(text, &stream, &f, &missing, &e), -EINVAL);
	assert_non_null(strstr(e.text, "nested too deeply"));
}

static void unknown_names_are_told_with_those_there_are(void **state)
{
	const struct eu_stream *streams[] = { &stream };
	struct eu_filter *f = NULL;
	struct eu_error e = { 0 };
	uint64_t missing;

	(void)state;
	assert_int_equal(eu_filter_new("pid == 1 or pidd == 2", &stream, &f,
				       &missing, &e),
			 0);
	assert_int_equal(missing, 2);
	eu_filter_unknown(f, missing, streams, 1, &e);
	assert_string_equal(
		e.text,
		"filter: unknown field 'pidd'; there are: pid, uid, took, comm, addr, port, low, high, color, ret, load, wide, at, at.x, at.deep, at.deep.y, list, yes, last\n"
		"  pid == 1 or pidd == 2\n"
		"              ^");
	eu_filter_free(f);
}

/* ---- Fields */

static char written[65536];
static size_t n_written;

static int collect(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	memcpy(written + n_written, data, len);
	n_written += len;
	written[n_written] = '\0';
	return 0;
}

static const char *fields(const char *list, const char *format)
{
	struct eu_layout *key = NULL, *value = NULL;
	const struct eu_stream *streams[] = { &stream };
	struct eu_stream st = stream;
	const struct eu_record r = { .stream = &st,
				     .data = &sample,
				     .size = sizeof(sample),
				     .when = 1500000000 };
	struct eu_fields *f = NULL;
	static struct eu_error e;
	struct eu_sink s;
	int code;

	setenv("TZ", "UTC", 1);
	code = eu_fields_new(list, &f, &e);
	if (!code)
		code = eu_fields_apply(f, &st, &key, &value, &e);
	if (!code)
		code = eu_fields_check(f, streams, 1, &e);
	eu_fields_free(f);
	if (code) {
		assert_int_equal(code, -EINVAL);
		eu_layout_free(value);
		return e.text;
	}
	assert_null(key);
	st.value = value;
	n_written = 0;
	eu_sink_init(&s, format, collect, NULL, NULL);
	eu_sink_begin(&s, &st, NULL);
	eu_sink_record(&s, &r);
	eu_sink_flush(&s);
	eu_sink_finish(&s, &st);
	eu_sink_done(&s);
	eu_layout_free(value);
	return written;
}

static void fields_are_chosen_ordered_and_hidden(void **state)
{
	(void)state;
	assert_string_equal(
		fields("comm,pid,at.deep.y,list[1],pid", "json"),
		"{\"comm\":\"bash\",\"pid\":-7,\"at.deep.y\":-1,\"list[1]\":42}\n");
	assert_string_equal(fields("comm,at.deep,color,took", "compact"),
			    "time comm at.deep color took\n"
			    "00:00:01 bash {\"y\":-1} BLUE(6) 1.5ms\n");
	assert_string_equal(
		fields("-uid,-took,-comm,-addr,-port,-low,-color,-ret,-load,-wide,-at,-list,-last,+at.x",
		       "text"),
		"TIME     PID    HIGH   YES    AT.X   \n"
		"00:00:01 -7     300    true   9\n");
	assert_string_equal(fields("yes,+pid,-yes", "json"), "{\"pid\":-7}\n");
	assert_string_equal(
		fields("pid,nothing", "json"),
		"unknown field 'nothing'; there are: pid, uid, took, comm, addr, port, low, high, color, ret, load, wide, at, at.x, at.deep, at.deep.y, list, yes, last");
	assert_string_equal(fields("pid,,uid", "json"),
			    "fields 'pid,,uid': a name is missing");
	assert_string_equal(
		fields("-at.x", "json"),
		"fields: 'at.x' is not shown by itself, and cannot be hidden");
}

/* ---- Order */

static const char *sorted(const char *order, uint64_t head)
{
	static const struct {
		int pid;
		const char *comm;
		double load;
		size_t size;
	} rows[] = {
		{ 3, "b", 1, sizeof(sample) },
		{ -1, "a", 2, sizeof(sample) },
		{ 20, "c", 1, sizeof(sample) },
		{ 3, "a", -1, sizeof(sample) },
		{ 7, "", 0, 4 },
	};
	struct eu_record r = { .stream = &stream };
	struct eu_gather *g = NULL;
	static struct eu_error e;
	struct filtered data;
	const char *unknown;
	struct eu_sink s;

	if (eu_gather_new(order, &stream, head, &g, &unknown, &e))
		return e.text;
	assert_null(unknown);
	for (size_t i = 0; i < EU_COUNT(rows); i++) {
		data = filtered_sample();
		data.pid = rows[i].pid;
		memset(data.comm, 0, sizeof(data.comm));
		memcpy(data.comm, rows[i].comm, strlen(rows[i].comm));
		data.load = rows[i].load;
		r.data = &data;
		r.size = rows[i].size;
		assert_int_equal(eu_gather_add(g, &r), 0);
		memset(&data, 0xff, sizeof(data));
	}
	n_written = 0;
	eu_sink_init(&s, "raw", collect, NULL, NULL);
	eu_sink_begin(&s, &stream, NULL);
	assert_int_equal(eu_gather_flush(g, &s), 0);
	eu_sink_flush(&s);
	eu_sink_done(&s);
	eu_gather_free(g);
	/* Only the numbers. */
	static char text[128];
	size_t len = 0;

	for (size_t at = 0; at < n_written;) {
		int32_t pid;

		memcpy(&pid, written + at, sizeof(pid));
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d ",
					pid);
		at += pid == 7 ? 4 : sizeof(sample);
	}
	return text;
}

static void rows_are_sorted(void **state)
{
	(void)state;
	assert_string_equal(sorted("pid", 0), "-1 3 3 7 20 ");
	assert_string_equal(sorted("-pid", 0), "20 7 3 3 -1 ");
	assert_string_equal(sorted("-pid", 2), "20 7 ");
	assert_string_equal(sorted("comm,-pid", 0), "3 -1 3 20 7 ");
	/* What is not there is last either way; equals stay as they came. */
	assert_string_equal(sorted("load", 0), "3 3 20 -1 7 ");
	assert_string_equal(sorted("-load", 0), "-1 3 20 3 7 ");
	assert_string_equal(
		sorted("list", 0),
		"sort: 'list' is an array, a struct or bytes, which have no order");
	assert_string_equal(sorted("pid,", 0), "sort: a name is missing");
}

/* The first few of many need no room for all. */
static void head_of_many(void **state)
{
	struct eu_record r = { .stream = &stream,
			       .data = &sample,
			       .size = sizeof(sample) };
	struct eu_gather *g = NULL;
	const char *unknown;
	struct eu_sink s;

	(void)state;
	assert_int_equal(eu_gather_new("-pid", &stream, 3, &g, &unknown, NULL),
			 0);
	for (int i = 0; i < 100000; i++) {
		sample.pid = i * 7919 % 100000;
		assert_int_equal(eu_gather_add(g, &r), 0);
	}
	sample = filtered_sample();
	n_written = 0;
	eu_sink_init(&s, "raw", collect, NULL, NULL);
	assert_int_equal(eu_gather_flush(g, &s), 0);
	eu_sink_flush(&s);
	eu_sink_done(&s);
	eu_gather_free(g);
	assert_int_equal(n_written, 3 * sizeof(sample));
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			*(int *)(void *)(written + (size_t)i * sizeof(sample)),
			99999 - i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_true),
		cmocka_unit_test(short_records),
		cmocka_unit_test(errors_point_at_the_place),
		cmocka_unit_test(long_expressions_are_refused),
		cmocka_unit_test(control_characters_are_compared),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(unknown_names_are_told_with_those_there_are),
		cmocka_unit_test(fields_are_chosen_ordered_and_hidden),
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(head_of_many),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
