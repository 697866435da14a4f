/* SPDX-License-Identifier: MIT */

/* Forms of output, times, colour and width. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "out/sink.h"

struct small {
	int32_t pid;
	char comm[12];
	struct {
		uint16_t x, y;
	} at;
	uint32_t list[2];
};

static struct btf *btf;
static struct eu_layout *small, *number;

static int make(void **state)
{
	struct eu_error e;
	int s32, u32, u16, comm, list, at, id, took;

	(void)state;
	btf = btf__new_empty();
	s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	u16 = btf__add_int(btf, "unsigned short", 2, 0);
	comm = btf__add_array(btf, u32, btf__add_int(btf, "char", 1, 0), 12);
	list = btf__add_array(btf, u32, u32, 2);
	took = btf__add_typedef(btf, "eu_duration_ms", u32);
	at = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "x", u16, 0, 0);
	btf__add_field(btf, "y", u16, 16, 0);
	id = btf__add_struct(btf, "small", sizeof(struct small));
	btf__add_field(btf, "pid", s32, 0, 0);
	btf__add_field(btf, "comm", comm, 32, 0);
	btf__add_field(btf, "at", at, 128, 0);
	btf__add_field(btf, "list", list, 160, 0);
	setenv("TZ", "EST5", 1);
	tzset();
	return eu_layout_new(btf, (uint32_t)id, &small, &e) ||
			       eu_layout_new(btf, (uint32_t)took, &number, &e) ?
		       -1 :
		       0;
}

static int unmake(void **state)
{
	(void)state;
	eu_layout_free(small);
	eu_layout_free(number);
	btf__free(btf);
	return 0;
}

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

/* How the next output is to be. */
static struct {
	const char *times;
	bool color;
	uint32_t width;
	size_t size; /* of records; 0: all */
} as;

/* Events, @n of them, then an entry of a map if @both. */
static const char *shown(const char *format, const char *const *comms, size_t n,
			 bool both)
{
	struct eu_stream events = { .name = "rb", .value = small };
	struct eu_stream map = { .name = "counts", .key = small, .value = number };
	struct small data = { .pid = -1, .at = { 1, 2 }, .list = { 3, 4 } };
	struct eu_record r = { .data = &data };
	uint32_t ms = 1500;
	struct eu_sink s;

	n_written = 0;
	written[0] = '\0';
	assert_int_equal(eu_sink_init(&s, format, collect, NULL, NULL), 0);
	if (as.times)
		assert_int_equal(eu_sink_times(&s, as.times, NULL), 0);
	s.color = as.color;
	s.width = as.width;
	s.labelled = both;
	s.clock_mono = 1500000000000000000;
	assert_int_equal(eu_sink_begin(&s, &events, NULL), 0);
	if (both)
		assert_int_equal(eu_sink_begin(&s, &map, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		memset(data.comm, 0, sizeof(data.comm));
		memcpy(data.comm, comms[i],
		       eu_min(strlen(comms[i]), sizeof(data.comm)));
		r.stream = &events;
		r.size = as.size ?: sizeof(data);
		r.when = 1500000000123456789 + i * 1500000000;
		eu_sink_record(&s, &r);
	}
	if (both) {
		r.stream = &map;
		r.key = &data;
		r.data = &ms;
		r.size = sizeof(ms);
		eu_sink_record(&s, &r);
	}
	eu_sink_end(&s);
	assert_int_equal(eu_sink_flush(&s), 0);
	eu_sink_finish(&s, &events);
	eu_sink_finish(&s, &map);
	eu_sink_done(&s);
	memset(&as, 0, sizeof(as));
	return written;
}

static const char *const two[] = { "sh", "a\"b,c\n" };

static void csv(void **state)
{
	(void)state;
	assert_string_equal(shown("csv", two, 2, false),
			    "pid,comm,at.x,at.y,list\r\n"
			    "-1,sh,1,2,\"[3,4]\"\r\n"
			    "-1,\"a\"\"b,c\\n\",1,2,\"[3,4]\"\r\n");
	assert_string_equal(shown("csv", two, 0, false),
			    "pid,comm,at.x,at.y,list\r\n");
	as.size = 6;
	assert_string_equal(shown("csv", two, 1, false),
			    "pid,comm,at.x,at.y,list\r\n-1,sh,,,\r\n");
	as.times = "utc";
	assert_string_equal(
		shown("csv", two, 1, true),
		"time,map,pid,comm,at.x,at.y,list,value\r\n"
		"2017-07-14T02:40:00.123456789Z,rb,-1,sh,1,2,\"[3,4]\",\r\n"
		"2017-07-14T02:40:00.123456789Z,counts,-1,sh,1,2,\"[3,4]\",1500\r\n");
}

static void yaml(void **state)
{
	(void)state;
	assert_string_equal(shown("yaml", two, 2, false),
			    "- pid: -1\n"
			    "  comm: \"sh\"\n"
			    "  at:\n"
			    "    x: 1\n"
			    "    \"y\": 2\n"
			    "  list: [3,4]\n"
			    "- pid: -1\n"
			    "  comm: \"a\\\"b,c\\n\"\n"
			    "  at:\n"
			    "    x: 1\n"
			    "    \"y\": 2\n"
			    "  list: [3,4]\n");
	as.size = 4;
	as.times = "mono";
	assert_string_equal(shown("yaml", two, 1, true),
			    "- time: 0.123456789\n"
			    "  map: \"rb\"\n"
			    "  pid: -1\n"
			    "  comm: null\n"
			    "  at: null\n"
			    "  list: null\n"
			    "- time: 0.123456789\n"
			    "  map: \"counts\"\n"
			    "  key:\n"
			    "    pid: -1\n"
			    "    comm: \"sh\"\n"
			    "    at:\n"
			    "      x: 1\n"
			    "      \"y\": 2\n"
			    "    list: [3,4]\n"
			    "  value:\n"
			    "    eu_duration_ms: 1500\n");
}

static void json_array(void **state)
{
	(void)state;
	assert_string_equal(
		shown("json-array", two, 2, false),
		"[\n"
		"{\"pid\":-1,\"comm\":\"sh\",\"at\":{\"x\":1,\"y\":2},\"list\":[3,4]},\n"
		"{\"pid\":-1,\"comm\":\"a\\\"b,c\\n\",\"at\":{\"x\":1,\"y\":2},\"list\":[3,4]}\n"
		"]\n");
	assert_string_equal(shown("json-array", two, 0, false), "[]\n");
}

static void times(void **state)
{
	static const struct {
		const char *times, *text, *compact, *json;
	} cases[] = {
		{ "local",
		  "TIME     PID    COMM   AT     LIST   \n"
		  "21:40:00 -1     sh     {\"x\":1,\"y\":2} [3,4]\n"
		  "21:40:01 -1     sh     {\"x\":1,\"y\":2} [3,4]\n",
		  "time pid comm at list\n"
		  "21:40:00 -1 sh {\"x\":1,\"y\":2} [3,4]\n"
		  "21:40:01 -1 sh {\"x\":1,\"y\":2} [3,4]\n",
		  "\"time\":\"2017-07-13T21:40:01.623456789-05:00\"," },
		{ "utc",
		  "TIME     PID    COMM   AT     LIST   \n"
		  "02:40:00 -1     sh     {\"x\":1,\"y\":2} [3,4]\n"
		  "02:40:01 -1     sh     {\"x\":1,\"y\":2} [3,4]\n",
		  NULL, "\"time\":\"2017-07-14T02:40:01.623456789Z\"," },
		{ "mono",
		  "TIME           PID    COMM   AT     LIST   \n"
		  "      0.123456 -1     sh     {\"x\":1,\"y\":2} [3,4]\n"
		  "      1.623456 -1     sh     {\"x\":1,\"y\":2} [3,4]\n",
		  NULL, "\"time\":1.623456789," },
		{ "delta",
		  "TIME         PID    COMM   AT     LIST   \n"
		  "    0.000000 -1     sh     {\"x\":1,\"y\":2} [3,4]\n"
		  "    1.500000 -1     sh     {\"x\":1,\"y\":2} [3,4]\n",
		  NULL, "\"time\":1.500000000," },
		{ "none",
		  "PID    COMM   AT     LIST   \n"
		  "-1     sh     {\"x\":1,\"y\":2} [3,4]\n"
		  "-1     sh     {\"x\":1,\"y\":2} [3,4]\n",
		  "pid comm at list\n"
		  "-1 sh {\"x\":1,\"y\":2} [3,4]\n"
		  "-1 sh {\"x\":1,\"y\":2} [3,4]\n",
		  "]}\n{\"pid\":-1" },
	};
	static const char *const same[] = { "sh", "sh" };
	struct eu_error e;
	struct eu_sink s;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		as.times = cases[i].times;
		assert_string_equal(shown("text", same, 2, false), cases[i].text);
		as.times = cases[i].times;
		shown("compact", same, 2, false);
		if (cases[i].compact)
			assert_string_equal(written, cases[i].compact);
		as.times = cases[i].times;
		shown("json", same, 2, false);
		assert_non_null(strstr(written, cases[i].json));
	}
	as.times = "none";
	assert_string_equal(shown("compact", same, 1, true),
			    "map pid comm at list\n"
			    "map pid comm at list value\n"
			    "rb -1 sh {\"x\":1,\"y\":2} [3,4]\n"
			    "counts -1 sh {\"x\":1,\"y\":2} [3,4] 1.5s\n");
	eu_sink_init(&s, "text", collect, NULL, NULL);
	assert_int_equal(eu_sink_times(&s, "noon", &e), -EINVAL);
	assert_string_equal(
		e.text,
		"unknown timestamps 'noon'; there are: local, utc, mono, delta, none");
	eu_sink_done(&s);
}

static void color(void **state)
{
	(void)state;
	as.color = true;
	shown("compact", two, 1, false);
	assert_memory_equal(written, "\033[1;34mtime pid comm at list\033[0m\n21",
			    strlen("\033[1;34mtime pid comm at list\033[0m\n21"));
	as.color = true;
	assert_string_equal(
		shown("json", two, 1, false),
		"{\033[1;34m\"pid\"\033[0m:-1,\033[1;34m\"comm\"\033[0m:\"sh\","
		"\033[1;34m\"at\"\033[0m:{\"x\":1,\"y\":2},\033[1;34m\"list\"\033[0m:[3,4]}\n");
}

static void rows_end_at_the_edge(void **state)
{
	/* Two columns each; what follows is cut in the middle of one. */
	static const char *const wide[] = { "日本語x", "a\033[1m", "e\xcc\x81t" };

	(void)state;
	as.width = 22;
	as.times = "none";
	assert_string_equal(shown("text", wide, 3, false),
			    "PID    COMM   AT     …\n"
			    "-1     日本語x {\"x\":1…\n"
			    "-1     a\\x1b[1m {\"x\":…\n"
			    "-1     e\xcc\x81t     {\"x\":1,…\n");
	as.width = 12;
	as.times = "none";
	assert_string_equal(shown("text", wide, 1, false), "PID    COMM…\n"
							   "-1     日本…\n");
	as.width = 1;
	as.times = "none";
	assert_string_equal(shown("text", wide, 1, false), "…\n…\n");
	/* What fits is whole. */
	as.width = 36;
	as.times = "none";
	assert_string_equal(shown("compact", two, 1, false),
			    "pid comm at list\n-1 sh {\"x\":1,\"y\":2} [3,4]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv),
		cmocka_unit_test(yaml),
		cmocka_unit_test(json_array),
		cmocka_unit_test(times),
		cmocka_unit_test(color),
		cmocka_unit_test(rows_end_at_the_edge),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
