/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "out/fast.h"
#include "out/hist.h"
#include "out/sink.h"
#include "out/value.h"
#include "comma.h"

/* Types made by hand; the ids that the tests use. */
static struct btf *btf;
static int id_event, id_odd, id_u32, id_hist, id_wide, id_named;

struct event {
	int32_t pid;
	uint32_t exit_code;
	uint64_t duration;
	char comm[8];
	uint8_t flag;
	uint8_t yes;
	int16_t small;
	uint32_t color;
};

struct odd {
	uint32_t low:3, high:5, rest:24;
	int32_t minus:4, plus:28;
	struct {
		uint16_t x, y;
	} at;
	uint16_t list[2][2];
	uint64_t pointer;
	double real;
	union {
		uint32_t either;
		uint32_t other;
	};
};

/* 128 bits of this machine's byte order. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PAIR(high, low)   \
	{                 \
		high, low \
	}
#else
#define PAIR(high, low)   \
	{                 \
		low, high \
	}
#endif

struct wide {
	_Alignas(16) uint64_t big[2];
	uint64_t minus[2];
	float f;
	int64_t state;
};

struct hist {
	uint32_t slots[8];
	char comm[16];
};

#define BITS(type, member) (offsetof(type, member) * 8)

static int array(int type, int index, unsigned int n)
{
	return btf__add_array(btf, index, type, n);
}

static void add_event(int i32, int u32, int u64, int chars, int u8, int i16,
		      int boolean)
{
	int color = btf__add_enum(btf, "color", 4);

	btf__add_enum_value(btf, "RED", 0);
	btf__add_enum_value(btf, "DEAD", 6);
	id_event = btf__add_struct(btf, "event", sizeof(struct event));
	btf__add_field(btf, "pid", i32, BITS(struct event, pid), 0);
	btf__add_field(btf, "exit_code", u32, BITS(struct event, exit_code), 0);
	btf__add_field(btf, "duration", u64, BITS(struct event, duration), 0);
	btf__add_field(btf, "comm", chars, BITS(struct event, comm), 0);
	btf__add_field(btf, "flag", u8, BITS(struct event, flag), 0);
	btf__add_field(btf, "yes", boolean, BITS(struct event, yes), 0);
	btf__add_field(btf, "small", i16, BITS(struct event, small), 0);
	btf__add_field(btf, "color", color, BITS(struct event, color), 0);
}

static void add_odd(int i32, int u32, int u16)
{
	int at, list, ptr, real, either;

	at = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "x", u16, 0, 0);
	btf__add_field(btf, "y", u16, 16, 0);
	list = array(array(u16, u32, 2), u32, 2);
	ptr = btf__add_ptr(btf, at);
	real = btf__add_float(btf, "double", 8);
	either = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "either", u32, 0, 0);
	btf__add_field(btf, "other", u32, 0, 0);
	id_odd = btf__add_struct(btf, "odd", sizeof(struct odd));
	btf__add_field(btf, "low", u32, 0, 3);
	btf__add_field(btf, "high", u32, 3, 5);
	btf__add_field(btf, "rest", u32, 8, 24);
	btf__add_field(btf, "minus", i32, 32, 4);
	btf__add_field(btf, "plus", i32, 36, 28);
	btf__add_field(btf, "at", at, BITS(struct odd, at), 0);
	btf__add_field(btf, "list", list, BITS(struct odd, list), 0);
	btf__add_field(btf, "pointer", ptr, BITS(struct odd, pointer), 0);
	btf__add_field(btf, "real", real, BITS(struct odd, real), 0);
	btf__add_field(btf, NULL, either, BITS(struct odd, either), 0);
}

static int make_types(void **state)
{
	int i32, u32, u64, u8, i16, u16, ch, boolean, u128, i128, f, state64;
	int slots, comm;

	(void)state;
	btf = btf__new_empty();
	btf__set_pointer_size(btf, 8);
	i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	u64 = btf__add_int(btf, "unsigned long long", 8, 0);
	u8 = btf__add_int(btf, "unsigned char", 1, 0);
	i16 = btf__add_int(btf, "short", 2, BTF_INT_SIGNED);
	u16 = btf__add_int(btf, "unsigned short", 2, 0);
	ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	boolean = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	add_event(i32, u32, u64, array(ch, u32, 8), u8, i16, boolean);
	add_odd(i32, u32, u16);
	id_u32 = btf__add_typedef(btf, "u32", u32);
	slots = array(u32, u32, 8);
	comm = array(ch, u32, 16);
	id_hist = btf__add_struct(btf, "hist", sizeof(struct hist));
	btf__add_field(btf, "slots", slots, 0, 0);
	btf__add_field(btf, "comm", comm, BITS(struct hist, comm), 0);
	u128 = btf__add_int(btf, "unsigned __int128", 16, 0);
	i128 = btf__add_int(btf, "__int128", 16, BTF_INT_SIGNED);
	f = btf__add_float(btf, "float", 4);
	state64 = btf__add_enum64(btf, "state", 8, true);
	btf__add_enum64_value(btf, "LOW", (uint64_t)INT64_MIN);
	id_wide = btf__add_struct(btf, "wide", sizeof(struct wide));
	btf__add_field(btf, "big", u128, 0, 0);
	btf__add_field(btf, "minus", i128, BITS(struct wide, minus), 0);
	btf__add_field(btf, "f", f, BITS(struct wide, f), 0);
	btf__add_field(btf, "state", state64, BITS(struct wide, state), 0);
	id_named = btf__add_struct(btf, "named", 8);
	btf__add_field(btf, "short_one", u32, 0, 0);
	btf__add_field(btf, "the_name_of_a_member_that_is_long_indeed", i32, 32,
		       0);
	return btf && id_named > 0 ? 0 : -1;
}

static int free_types(void **state)
{
	(void)state;
	btf__free(btf);
	return 0;
}

static const struct event sample = {
	.pid = -7,
	.exit_code = UINT32_MAX,
	.duration = UINT64_MAX,
	.comm = "sh",
	.flag = 200,
	.yes = 1,
	.small = -300,
	.color = 6,
};

static struct eu_layout *layout(int id)
{
	struct eu_error e = { 0 };
	struct eu_layout *l = NULL;

	assert_int_equal(eu_layout_new(btf, id, &l, &e), 0);
	return l;
}

/* What a sink wrote, as text. */
static char written[65536];
static size_t n_written;
static bool labelled;

static int collect(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	memcpy(written + n_written, data, len);
	n_written += len;
	written[n_written] = '\0';
	return 0;
}

static void run_sink(const char *name, struct eu_stream *st, const void *key,
		     const void *data, size_t size)
{
	struct eu_record r = { .stream = st,
			       .key = key,
			       .data = data,
			       .size = size,
			       .when = 1500000000ull };
	struct eu_sink s;

	n_written = 0;
	written[0] = '\0';
	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(eu_sink_init(&s, name, collect, NULL, NULL), 0);
	s.labelled = labelled;
	assert_int_equal(eu_sink_begin(&s, st, NULL), 0);
	eu_sink_record(&s, &r);
	assert_int_equal(eu_sink_flush(&s), 0);
	eu_sink_finish(&s, st);
	eu_sink_done(&s);
}

static void event_as_text_json_and_compact(void **state)
{
	struct eu_layout *l = layout(id_event);
	struct eu_stream st = { .name = "rb", .value = l };

	(void)state;
	run_sink("text", &st, NULL, &sample, sizeof(sample));
	assert_string_equal(
		written,
		"TIME     PID    EXIT_CODE DURATION COMM   FLAG   YES    SMALL  COLOR  \n"
		"00:00:01 -7     4294967295 18446744073709551615 sh 200 true -300 DEAD(6)\n");
	run_sink("compact", &st, NULL, &sample, sizeof(sample));
	assert_string_equal(
		written,
		"time pid exit_code duration comm flag yes small color\n"
		"00:00:01 -7 4294967295 18446744073709551615 sh 200 true -300 DEAD(6)\n");
	run_sink("json", &st, NULL, &sample, sizeof(sample));
	assert_string_equal(
		written,
		"{\"pid\":-7,\"exit_code\":4294967295,\"duration\":18446744073709551615,"
		"\"comm\":\"sh\",\"flag\":200,\"yes\":true,\"small\":-300,\"color\":\"DEAD(6)\"}\n");
	run_sink("raw", &st, NULL, &sample, sizeof(sample));
	assert_memory_equal(written, &sample, sizeof(sample));
	eu_layout_free(l);
}

static void short_record_shows_what_is_there(void **state)
{
	struct eu_layout *l = layout(id_event);
	struct eu_stream st = { .name = "rb", .value = l };

	(void)state;
	run_sink("json", &st, NULL, &sample, offsetof(struct event, comm) + 1);
	assert_string_equal(
		written,
		"{\"pid\":-7,\"exit_code\":4294967295,\"duration\":18446744073709551615,"
		"\"comm\":\"s\",\"flag\":null,\"yes\":null,\"small\":null,\"color\":null}\n");
	run_sink("compact", &st, NULL, &sample, 6);
	assert_string_equal(strchr(written, '\n') + 1,
			    "00:00:01 -7 - - - - - - -\n");
	eu_layout_free(l);
}

static void text_without_nul_fills_its_array(void **state)
{
	struct eu_layout *l = layout(id_event);
	struct eu_stream st = { .name = "rb", .value = l };
	struct event e = sample;

	(void)state;
	memcpy(e.comm, "abcdefg\xe6", 8);
	run_sink("json", &st, NULL, &e, sizeof(e));
	assert_non_null(strstr(written, "\"comm\":\"abcdefg\xef\xbf\xbd\","));
	eu_layout_free(l);
}

static void bits_nested_arrays_and_unions(void **state)
{
	struct odd o = {
		.low = 5,
		.high = 17,
		.rest = 0xabcdef,
		.minus = -3,
		.plus = 100,
		.at = { 1, 2 },
		.list = { { 1, 2 }, { 3, 65535 } },
		.pointer = 0xffff888000000000,
		.real = 0.1,
		.either = 42,
	};
	struct eu_layout *l = layout(id_odd);
	struct eu_stream st = { .name = "rb", .value = l };

	(void)state;
	run_sink("json", &st, NULL, &o, sizeof(o));
	assert_string_equal(
		written,
		"{\"low\":5,\"high\":17,\"rest\":11259375,\"minus\":-3,\"plus\":100,"
		"\"at\":{\"x\":1,\"y\":2},\"list\":[[1,2],[3,65535]],"
		"\"pointer\":18446612682070032384,\"real\":0.1,\"either\":42,\"other\":42}\n");
	run_sink("compact", &st, NULL, &o, sizeof(o));
	assert_string_equal(
		strchr(written, '\n') + 1,
		"00:00:01 5 17 11259375 -3 100 {\"x\":1,\"y\":2} [[1,2],[3,65535]] "
		"18446612682070032384 0.1 42 42\n");
	eu_layout_free(l);
}

static void wide_integers_floats_and_enum64(void **state)
{
	struct wide w = { .big = PAIR(UINT64_MAX, UINT64_MAX - 1),
			  .minus = PAIR(UINT64_MAX, 0),
			  .f = 0.1f,
			  .state = INT64_MIN };
	struct eu_layout *l = layout(id_wide);
	struct eu_stream st = { .name = "rb", .value = l };

	(void)state;
	run_sink("json", &st, NULL, &w, sizeof(w));
	assert_string_equal(
		written, "{\"big\":\"340282366920938463463374607431768211454\","
			 "\"minus\":\"-18446744073709551616\","
			 "\"f\":0.1,\"state\":\"LOW(-9223372036854775808)\"}\n");
	eu_layout_free(l);
}

static void floats_have_a_point_in_any_locale(void **state)
{
	comma_begin();
	wide_integers_floats_and_enum64(state);
	comma_end();
}

static void unknown_enum_value_is_said(void **state)
{
	struct eu_layout *l = layout(id_event);
	struct eu_stream st = { .name = "rb", .value = l };
	struct event e = sample;

	(void)state;
	e.color = 9;
	run_sink("json", &st, NULL, &e, sizeof(e));
	assert_non_null(strstr(written, "\"color\":\"<UNKNOWN_VARIANT>(9)\""));
	eu_layout_free(l);
}

/* Of several streams each line says which it is. */
static void long_names_and_labels(void **state)
{
	struct eu_layout *l = layout(id_named), *key = layout(id_u32);
	struct eu_stream st = { .name = "many_events_of_a_kind", .value = l };
	const struct {
		uint32_t a;
		int32_t b;
	} e = { 7, -12345 };
	uint32_t k = 1000;

	(void)state;
	labelled = true;
	run_sink("json", &st, NULL, &e, sizeof(e));
	assert_string_equal(
		written,
		"{\"map\":\"many_events_of_a_kind\",\"short_one\":7,"
		"\"the_name_of_a_member_that_is_long_indeed\":-12345}\n");
	run_sink("json", &st, NULL, &e, 4);
	assert_string_equal(
		written, "{\"map\":\"many_events_of_a_kind\",\"short_one\":7,"
			 "\"the_name_of_a_member_that_is_long_indeed\":null}\n");
	run_sink("text", &st, NULL, &e, sizeof(e));
	assert_string_equal(
		written,
		"MAP                   TIME     SHORT_ONE THE_NAME_OF_A_MEMBER_THAT_IS_LONG_INDEED \n"
		"many_events_of_a_kind 00:00:01 7         -12345\n");
	run_sink("compact", &st, NULL, &e, sizeof(e));
	assert_string_equal(
		written,
		"map time short_one the_name_of_a_member_that_is_long_indeed\n"
		"many_events_of_a_kind 00:00:01 7 -12345\n");
	st.key = key;
	run_sink("json", &st, &k, &e, sizeof(e));
	assert_string_equal(
		written,
		"{\"map\":\"many_events_of_a_kind\",\"key\":{\"u32\":1000},"
		"\"value\":{\"short_one\":7,"
		"\"the_name_of_a_member_that_is_long_indeed\":-12345}}\n");
	labelled = false;
	eu_layout_free(key);
	eu_layout_free(l);
}

static void check_integer(uint64_t v)
{
	char text[EU_FMT_INT + EU_FAST_SLACK], expected[32];

	*eu_fast_u64(text, v) = '\0';
	snprintf(expected, sizeof(expected), "%" PRIu64, v);
	assert_string_equal(text, expected);
}

static void integers_of_every_length(void **state)
{
	uint64_t power = 1;

	(void)state;
	for (uint64_t v = 0; v < 20000; v++)
		check_integer(v);
	for (int i = 0; i < 19; i++) {
		power *= 10;
		for (uint64_t v = power - 3; v < power + 3; v++)
			check_integer(v);
		check_integer(power / 9 * 4);
	}
	check_integer(UINT64_MAX);
}

/* eu_fmt_json() has another way of finding what needs care. */
static void check_string(const char *s, size_t n)
{
	char text[64 * EU_FMT_BYTE], expected[64 * EU_FMT_BYTE], *p = text + 1;
	const char *end;

	text[0] = '"';
	end = eu_fmt_json(expected, s, n);
	if (!eu_fast_string(&p, &s, &n, true))
		p = eu_fmt_json_rest(p, s, n);
	*p++ = '"';
	assert_int_equal(p - text, end - expected);
	assert_memory_equal(text, expected, p - text);
}

static void what_needs_care_is_seen_everywhere(void **state)
{
	char s[41];

	(void)state;
	for (size_t n = 0; n < sizeof(s); n++)
		for (size_t at = 0; at <= n; at++)
			for (int c = 0; c < 256; c++) {
				memset(s, at % 2 ? '~' : ' ', sizeof(s));
				s[at] = (char)c;
				check_string(s, n);
			}
}

static void sampled_map_as_columns_and_objects(void **state)
{
	struct eu_layout *k = layout(id_u32), *v = layout(id_event);
	struct eu_stream st = { .name = "m", .key = k, .value = v };
	uint32_t key = 77;

	(void)state;
	run_sink("text", &st, &key, &sample, sizeof(sample));
	assert_string_equal(
		written,
		"TIME     KEY    PID    EXIT_CODE DURATION COMM   FLAG   YES    SMALL  COLOR  \n"
		"00:00:01 77     -7     4294967295 18446744073709551615 sh 200 true -300 DEAD(6)\n");
	run_sink("json", &st, &key, &sample, sizeof(sample));
	assert_string_equal(
		written,
		"{\"key\":{\"u32\":77},\"value\":{\"pid\":-7,\"exit_code\":4294967295,"
		"\"duration\":18446744073709551615,\"comm\":\"sh\",\"flag\":200,"
		"\"yes\":true,\"small\":-300,\"color\":\"DEAD(6)\"}}\n");
	st.value = k;
	run_sink("text", &st, &key, &key, sizeof(key));
	assert_string_equal(written, "TIME     KEY    VALUE  \n"
				     "00:00:01 77     77\n");
	run_sink("compact", &st, &key, &key, sizeof(key));
	assert_string_equal(written, "time key value\n00:00:01 77 77\n");
	/* An event that is a number is called by its type. */
	st.key = NULL;
	run_sink("text", &st, NULL, &key, sizeof(key));
	assert_string_equal(written, "TIME     U32    \n00:00:01 77\n");
	eu_layout_free(k);
	eu_layout_free(v);
}

static void histogram_is_drawn(void **state)
{
	struct eu_layout *k = layout(id_u32), *v = layout(id_hist);
	struct eu_stream st = {
		.name = "m", .key = k, .value = v, .hist = true, .unit = "usecs"
	};
	struct hist h = { .slots = { 72, 93, 0, 40 }, .comm = "rcu" };
	uint32_t key = UINT32_MAX;

	(void)state;
	run_sink("text", &st, &key, &h, sizeof(h));
	assert_string_equal(
		written,
		"key = 4294967295\n"
		"comm = rcu\n"
		"     usecs               : count    distribution\n"
		"         0 -> 1          : 72       |******************************          |\n"
		"         2 -> 3          : 93       |****************************************|\n"
		"         4 -> 7          : 0        |                                        |\n"
		"         8 -> 15         : 40       |*****************                       |\n"
		"\n");
	eu_layout_free(k);
	eu_layout_free(v);
}

static void histogram_says_whose_it_is(void **state)
{
	struct eu_layout *k = layout(id_u32), *v = layout(id_hist);
	struct eu_stream st = {
		.name = "m", .key = k, .value = v, .hist = true, .unit = "usecs"
	};
	struct hist h = { .slots = { 72 }, .comm = "rcu" };
	struct eu_record r = { .stream = &st, .data = &h, .size = sizeof(h) };
	uint32_t key = 1;

	(void)state;
	r.key = &key;
	r.when = 3 * 1000000000ull;
	for (int i = 0; i < 3; i++) {
		static const char *const heads[] = { "m 00:00:03\nkey = 1\n",
						     "m 00:00:03\nkey = 1\n",
						     "m\nkey = 1\n" };
		struct eu_sink s;

		n_written = 0;
		eu_sink_init(&s, "text", collect, NULL, NULL);
		s.labelled = i != 1;
		if (i)
			eu_sink_times(&s, i == 1 ? "utc" : "none", NULL);
		assert_int_equal(eu_sink_begin(&s, &st, NULL), 0);
		eu_sink_record(&s, &r);
		assert_int_equal(eu_sink_flush(&s), 0);
		assert_memory_equal(written, heads[i], strlen(heads[i]));
		eu_sink_finish(&s, &st);
		eu_sink_done(&s);
	}
	eu_layout_free(k);
	eu_layout_free(v);
}

static void layouts_are_joined(void **state)
{
	struct eu_layout *l = eu_layout_join(layout(id_u32), "outer",
					     layout(id_event), "key");
	struct event e = { .pid = 7, .comm = "sh", .color = 1 };
	struct eu_stream st = { .name = "m", .value = l };
	char bytes[sizeof(uint32_t) + sizeof(e)];
	uint32_t n = 42;

	(void)state;
	memcpy(bytes, &n, sizeof(n));
	memcpy(bytes + sizeof(n), &e, sizeof(e));
	assert_int_equal(l->size, sizeof(bytes));
	run_sink("json", &st, NULL, bytes, sizeof(bytes));
	assert_non_null(strstr(written, "{\"outer\":42,\"pid\":7,"));
	assert_non_null(strstr(written, "\"comm\":\"sh\""));
	assert_non_null(strstr(written, "(1)\""));
	eu_layout_free(l);
	/* What is nested keeps its place in the one that it belongs to. */
	l = eu_layout_join(layout(id_odd), "", layout(id_odd), "");
	for (size_t i = 0; i < l->n / 2; i++) {
		const struct eu_step *a = &l->steps[i], *b = a + l->n / 2;

		assert_string_equal(a->name, b->name);
		assert_int_equal(a->offset + l->size / 2, b->offset);
		if (a->kind == EU_STEP_STRUCT)
			assert_string_equal(l->steps[a->child].name,
					    l->steps[b->child].name);
	}
	eu_layout_free(l);
}

/* What has no type: hexadecimal in both. */
static void bytes_without_a_type(void **state)
{
	struct eu_layout *l = eu_layout_bytes(EU_STEP_BYTES, "data", 5);
	struct eu_stream st = { .name = "m", .value = l };
	static const char bytes[] = { 0, (char)0xff, 0x10, 0x7f, 'a' };

	(void)state;
	run_sink("json", &st, NULL, bytes, sizeof(bytes));
	assert_string_equal(written, "{\"data\":\"00ff107f61\"}\n");
	run_sink("text", &st, NULL, bytes, sizeof(bytes));
	assert_non_null(strstr(written, "00ff107f61"));
	/* As many as there are. */
	run_sink("json", &st, NULL, bytes, 2);
	assert_string_equal(written, "{\"data\":\"00ff\"}\n");
	eu_layout_free(l);
}

static void columns_align_by_width(void **state)
{
	struct eu_layout *l = layout(id_hist);
	struct eu_stream st = { .name = "rb", .value = l };
	struct hist h = { .comm = "\xe6\x97\xa5\xe6\x9c\xac" };
	struct event e = sample;
	struct eu_layout *le = layout(id_event);
	struct eu_stream se = { .name = "rb", .value = le };

	(void)state;
	run_sink("compact", &st, NULL, &h, sizeof(h));
	assert_non_null(strstr(written, "\xe6\x97\xa5\xe6\x9c\xac\n"));
	/* Two wide characters take four columns: FLAG stays in its place. */
	e.duration = 1;
	e.exit_code = 1;
	memcpy(e.comm, "\xe6\x97\xa5\xe6\x9c\xac\0", 7);
	run_sink("text", &se, NULL, &e, sizeof(e));
	assert_string_equal(
		strchr(written, '\n') + 1,
		"00:00:01 -7     1         1        \xe6\x97\xa5\xe6\x9c\xac   200    true   -300   DEAD(6)\n");
	eu_layout_free(l);
	eu_layout_free(le);
}

static void types_without_values_are_refused(void **state)
{
	int fwd = btf__add_fwd(btf, "gone", BTF_FWD_STRUCT);
	struct eu_layout *l = NULL;
	struct eu_error e = { 0 };
	int loop, self;

	(void)state;
	assert_int_equal(eu_layout_new(btf, fwd, &l, &e), -EINVAL);
	assert_int_equal(eu_layout_new(btf, 999999, &l, &e), -EINVAL);
	assert_null(l);
	/* A struct that holds itself. */
	loop = btf__type_cnt(btf);
	self = btf__add_struct(btf, "self", 8);
	assert_int_equal(loop, self);
	btf__add_field(btf, "me", self, 0, 0);
	assert_int_equal(eu_layout_new(btf, self, &l, &e), -EINVAL);
	assert_non_null(strstr(e.text, "self"));
}

static int refused(int id, const char *why)
{
	struct eu_layout *l = NULL;
	struct eu_error e = { 0 };
	int r = eu_layout_new(btf, id, &l, &e);

	assert_null(l);
	assert_non_null(strstr(e.text, why));
	return r;
}

static void members_outside_of_their_type_are_refused(void **state)
{
	int u32 = btf__find_by_name_kind(btf, "unsigned int", BTF_KIND_INT);
	int far, anonymous, outer;

	(void)state;
	far = btf__add_struct(btf, "far", 8);
	btf__add_field(btf, "x", u32, 1 << 29, 0);
	assert_int_equal(refused(far, "outside"), -EINVAL);
	anonymous = btf__add_struct(btf, NULL, 64);
	btf__add_field(btf, "y", u32, 60 * 8, 0);
	outer = btf__add_struct(btf, "outer", 8);
	btf__add_field(btf, NULL, anonymous, 0, 0);
	assert_int_equal(refused(outer, "outside"), -EINVAL);
}

/* Each level holds the one below twice. */
static void nesting_without_end_is_refused_at_once(void **state)
{
	int inner = btf__add_struct(btf, NULL, 8);

	(void)state;
	for (int i = 0; i < 30; i++) {
		int outer = btf__add_struct(btf, NULL, 8);

		btf__add_field(btf, NULL, inner, 0, 0);
		btf__add_field(btf, NULL, inner, 0, 0);
		inner = outer;
	}
	assert_int_equal(refused(inner, "too many members"), -EINVAL);
}

static void what_is_not_there_has_room_for_null(void **state)
{
	int u32 = btf__find_by_name_kind(btf, "unsigned int", BTF_KIND_INT);
	int ch = btf__find_by_name_kind(btf, "char", BTF_KIND_INT);
	int none = array(ch, u32, 0), many;
	struct eu_layout *l;
	struct eu_stream st = { .name = "rb" };
	char name[16];

	(void)state;
	many = btf__add_struct(btf, "many", 4);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		btf__add_field(btf, name, none, 32, 0);
	}
	l = layout(many);
	st.value = l;
	run_sink("json", &st, NULL, "", 1);
	assert_true(n_written <= l->max_json + 1);
	assert_non_null(strstr(written, ",\"m1999\":null}\n"));
	eu_layout_free(l);
}

static void enums_and_bools_of_a_few_bits(void **state)
{
	int boolean = btf__find_by_name_kind(btf, "_Bool", BTF_KIND_INT);
	int kind, few;
	struct eu_layout *l;
	struct eu_stream st = { .name = "rb" };
	const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	uint32_t bits = big ? 7u << 29 | 1u << 28 : 1u << 3 | 7;

	(void)state;
	kind = btf__add_enum64(btf, "kind", 4, true);
	btf__add_enum64_value(btf, "NEG", (uint64_t)-1);
	few = btf__add_struct(btf, "few", 4);
	btf__add_field(btf, "k", kind, 0, 3);
	btf__add_field(btf, "b", boolean, 3, 1);
	l = layout(few);
	st.value = l;
	run_sink("json", &st, NULL, &bits, sizeof(bits));
	assert_string_equal(written, "{\"k\":\"NEG(-1)\",\"b\":true}\n");
	eu_layout_free(l);
}

/* What is traced may put anything into a line. */
static void lines_are_safe_to_show(void **state)
{
	static const char line[] = "sh-1\t[0] \x1b[2J\x9b\a\"\\\xc3\xa9";
	struct eu_layout *l = eu_layout_bytes(EU_STEP_STRING, "line", 100);
	struct eu_stream st = { .name = "", .value = l, .lines = true };

	(void)state;
	run_sink("text", &st, NULL, line, strlen(line));
	assert_string_equal(written,
			    "sh-1\t[0] \\x1b[2J\xef\xbf\xbd\\x07\"\\\xc3\xa9\n");
	run_sink("compact", &st, NULL, "", 0);
	assert_string_equal(written, "\n");
	run_sink("json", &st, NULL, line, strlen(line));
	assert_string_equal(
		written,
		"{\"line\":\"sh-1\\t[0] \\u001b[2J\xef\xbf\xbd\\u0007\\\"\\\\\xc3\xa9\"}\n");
	run_sink("raw", &st, NULL, line, strlen(line));
	assert_int_equal(n_written, strlen(line) + 1);
	assert_memory_equal(written, line, strlen(line));
	eu_layout_free(l);
}

static void histogram_stops_where_the_value_ends(void **state)
{
	struct eu_layout *v = layout(id_hist);
	struct eu_stream st = { .name = "m", .value = v, .hist = true };
	uint32_t *two = malloc(2 * sizeof(*two));

	(void)state;
	two[0] = 1;
	two[1] = 2;
	run_sink("text", &st, NULL, two, 2 * sizeof(*two));
	assert_non_null(strstr(written, "2 -> 3          : 2 "));
	assert_null(strstr(written, "4 -> 7"));
	free(two);
	eu_layout_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_as_text_json_and_compact),
		cmocka_unit_test(short_record_shows_what_is_there),
		cmocka_unit_test(text_without_nul_fills_its_array),
		cmocka_unit_test(bits_nested_arrays_and_unions),
		cmocka_unit_test(wide_integers_floats_and_enum64),
		cmocka_unit_test(floats_have_a_point_in_any_locale),
		cmocka_unit_test(unknown_enum_value_is_said),
		cmocka_unit_test(long_names_and_labels),
		cmocka_unit_test(integers_of_every_length),
		cmocka_unit_test(what_needs_care_is_seen_everywhere),
		cmocka_unit_test(sampled_map_as_columns_and_objects),
		cmocka_unit_test(histogram_is_drawn),
		cmocka_unit_test(histogram_says_whose_it_is),
		cmocka_unit_test(layouts_are_joined),
		cmocka_unit_test(bytes_without_a_type),
		cmocka_unit_test(columns_align_by_width),
		cmocka_unit_test(types_without_values_are_refused),
		cmocka_unit_test(members_outside_of_their_type_are_refused),
		cmocka_unit_test(nesting_without_end_is_refused_at_once),
		cmocka_unit_test(what_is_not_there_has_room_for_null),
		cmocka_unit_test(enums_and_bools_of_a_few_bits),
		cmocka_unit_test(lines_are_safe_to_show),
		cmocka_unit_test(histogram_stops_where_the_value_ends),
	};

	return cmocka_run_group_tests(tests, make_types, free_types);
}
