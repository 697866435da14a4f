/* SPDX-License-Identifier: MIT */

/* Members of every kind, in every form of output. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "out/sink.h"

static struct btf *btf;
static int u8, u16, u32, u64, s32, ch;

static int make_ints(void **state)
{
	(void)state;
	btf = btf__new_empty();
	btf__set_pointer_size(btf, 8);
	u8 = btf__add_int(btf, "unsigned char", 1, 0);
	u16 = btf__add_int(btf, "unsigned short", 2, 0);
	u32 = btf__add_int(btf, "unsigned int", 4, 0);
	u64 = btf__add_int(btf, "unsigned long long", 8, 0);
	s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	ch = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	return ch > 0 ? 0 : -1;
}

static int free_ints(void **state)
{
	(void)state;
	btf__free(btf);
	return 0;
}

struct member {
	const char *name;
	int type;
	uint32_t bit, bits;
};

/* A struct of these members, the types of which are made first. */
#define STRUCT(name, size, ...) \
	structure(name, size, (const struct member[]){ __VA_ARGS__, { 0 } })

static int structure(const char *name, uint32_t size, const struct member *m)
{
	int id = btf__add_struct(btf, name, size);

	for (; m->name; m++)
		assert_int_equal(btf__add_field(btf, m->name, m->type, m->bit,
						m->bits),
				 0);
	return id;
}

static struct eu_layout *layout(int id)
{
	struct eu_error e = { 0 };
	struct eu_layout *l = NULL;

	if (eu_layout_new(btf, id, &l, &e))
		fail_msg("%s", e.text);
	return l;
}

static char *written;
static size_t n_written;

static int collect(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	written = realloc(written, n_written + len + 1);
	memcpy(written + n_written, data, len);
	n_written += len;
	written[n_written] = '\0';
	return 0;
}

/* One record by sink @name; of text and compact only the row. */
static const char *shown(const char *name, struct eu_layout *l,
			 const void *data, size_t size)
{
	struct eu_stream st = { .name = "rb", .value = l };
	const struct eu_record r = {
		.stream = &st, .data = data, .size = size, .when = 1500000000
	};
	struct eu_sink s;
	char *row;

	n_written = 0;
	setenv("TZ", "UTC", 1);
	assert_int_equal(eu_sink_init(&s, name, collect, NULL, NULL), 0);
	assert_int_equal(eu_sink_begin(&s, &st, NULL), 0);
	eu_sink_record(&s, &r);
	eu_sink_end(&s);
	assert_int_equal(eu_sink_flush(&s), 0);
	eu_sink_finish(&s, &st);
	eu_sink_done(&s);
	written[--n_written] = '\0';
	if (strcmp(name, "compact"))
		return written;
	row = strchr(written, '\n') + 1;
	return row + strlen("00:00:01 ");
}

static void formats_come_from_typedefs(void **state)
{
	struct {
		uint8_t addr[4];
		uint8_t mac[6];
		uint8_t port[2];
		uint64_t took;
		int32_t ret;
		uint32_t in;
		uint32_t two[2];
	} v = {
		.addr = { 10, 0, 0, 1 },
		.mac = { 2 },
		.port = { 0, 53 },
		.took = 1500000,
		.ret = -2,
		.two = { 9, 15 },
	};
	int in_addr, id;
	struct eu_layout *l;

	(void)state;
	memcpy(&v.in, v.addr, 4);
	in_addr = STRUCT("in_addr", 4, { "s_addr", u32, 0, 0 });
	int addr = btf__add_typedef(btf, "eu_ipv4",
				    btf__add_array(btf, u32, u8, 4));
	int mac = btf__add_typedef(btf, "eu_mac",
				   btf__add_array(btf, u32, u8, 6));
	int port = btf__add_typedef(btf, "eu_port", u16);
	int took = btf__add_typedef(btf, "gadget_duration", u64);
	/* The outer one says something of its own, so what is inside counts. */
	int ret = btf__add_const(
		btf, btf__add_typedef(btf, "result",
				      btf__add_typedef(btf, "eu_errno", s32)));
	int sig = btf__add_array(btf, u32,
				 btf__add_typedef(btf, "eu_signal", u32), 2);

	id = STRUCT("formatted", sizeof(v), { "addr", addr, 0, 0 },
		    { "mac", mac, 32, 0 }, { "port", port, 80, 0 },
		    { "took", took, 128, 0 }, { "ret", ret, 192, 0 },
		    { "in", in_addr, 224, 0 }, { "two", sig, 256, 0 });
	l = layout(id);
	assert_string_equal(
		shown("compact", l, &v, sizeof(v)),
		"10.0.0.1 02:00:00:00:00:00 53 1.5ms ENOENT 10.0.0.1 [\"SIGKILL\",\"SIGTERM\"]");
	assert_string_equal(
		shown("json", l, &v, sizeof(v)),
		"{\"addr\":\"10.0.0.1\",\"mac\":\"02:00:00:00:00:00\",\"port\":53,"
		"\"took\":1500000,\"ret\":\"ENOENT\",\"in\":\"10.0.0.1\","
		"\"two\":[\"SIGKILL\",\"SIGTERM\"]}");
	/* An address that is not all there is the bytes that are. */
	assert_string_equal(shown("compact", l, &v, 2), "[10,0] - - - - - -");
	eu_layout_free(l);
}

static void formats_that_do_not_fit_are_none(void **state)
{
	int id;
	const uint32_t v[2] = { 7, 0x11111111 };
	struct eu_layout *l;

	(void)state;
	id = STRUCT("misfits", 8,
		    { "a", btf__add_typedef(btf, "eu_ipv6", u32), 0, 0 },
		    { "b", btf__add_typedef(btf, "eu_port", u32), 32, 4 },
		    { "c", btf__add_typedef(btf, "eu_signal", u32), 36, 4 });
	l = layout(id);
	assert_string_equal(shown("compact", l, v, sizeof(v)), "7 1 SIGHUP");
	eu_layout_free(l);
}

static void annotations_reach_nested_structs(void **state)
{
	int inner, id;
	const uint32_t v[4] = { 9, 0x0100007f, 15, 0x0200007f };
	struct eu_layout *l;

	(void)state;
	inner = STRUCT("inner_sig", 8, { "sig", u32, 0, 0 },
		       { "addr", u32, 32, 0 });
	id = STRUCT("outer_sig", 16,
		    { "list", btf__add_array(btf, u32, inner, 2), 0, 0 });
	l = layout(id);
	assert_true(eu_layout_annotate(l, btf, inner, "sig", EU_FORMAT_SIGNAL,
				       NULL));
	assert_false(
		eu_layout_annotate(l, btf, inner, "sig", EU_FORMAT_MAC, NULL));
	assert_false(eu_layout_annotate(l, btf, inner, "none", EU_FORMAT_SIGNAL,
					NULL));
	assert_string_equal(
		shown("json", l, v, sizeof(v)),
		"{\"list\":[{\"sig\":\"SIGKILL\",\"addr\":16777343},{\"sig\":\"SIGTERM\",\"addr\":33554559}]}");
	eu_layout_free(l);
}

static void array_without_length_takes_the_rest(void **state)
{
	int id;
	const uint32_t v[4] = { 1, 2, 3, 4 };
	struct eu_layout *l;

	(void)state;
	id = STRUCT("rest", 4, { "n", u32, 0, 0 },
		    { "list", btf__add_array(btf, u32, u32, 0), 32, 0 });
	l = layout(id);
	assert_string_equal(shown("json", l, v, 16),
			    "{\"n\":1,\"list\":[2,3,4]}");
	assert_string_equal(shown("json", l, v, 11), "{\"n\":1,\"list\":[2]}");
	assert_string_equal(shown("json", l, v, 4), "{\"n\":1,\"list\":[]}");
	assert_string_equal(shown("json", l, v, 2), "{\"n\":null,\"list\":null}");
	assert_string_equal(shown("compact", l, v, 16), "1 [2,3,4]");
	assert_true(eu_layout_annotate(l, btf, id, "list", EU_FORMAT_NONE, "n"));
	assert_string_equal(shown("json", l, v, 16), "{\"n\":1,\"list\":[2]}");
	eu_layout_free(l);
}

static void rest_may_be_in_the_last_struct(void **state)
{
	int inner, id;
	struct eu_layout *l;

	(void)state;
	inner = STRUCT("rest_in", 4, { "len", u32, 0, 0 },
		       { "text", btf__add_array(btf, u32, ch, 0), 32, 0 });
	id = STRUCT("rest_out", 4, { "in", inner, 0, 0 });
	l = layout(id);
	assert_string_equal(
		shown("json", l, "\5\0\0\0hello", 9),
		__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ?
			"{\"in\":{\"len\":83886080,\"text\":\"hello\"}}" :
			"{\"in\":{\"len\":5,\"text\":\"hello\"}}");
	eu_layout_free(l);
}

/* An array of no elements in the middle has none whatever follows. */
static void empty_array_in_the_middle_is_empty(void **state)
{
	int id;
	const uint32_t v[2] = { 1, 2 };
	struct eu_layout *l;

	(void)state;
	id = STRUCT("middle", 4,
		    { "none", btf__add_array(btf, u32, u32, 0), 0, 0 },
		    { "n", u32, 0, 0 });
	l = layout(id);
	assert_string_equal(shown("json", l, v, 8), "{\"none\":[],\"n\":1}");
	eu_layout_free(l);
}

static void text_ends_where_a_member_says(void **state)
{
	int id;
	struct {
		uint32_t len;
		char text[8];
	} v = { 3, "abcdefg" };
	struct eu_layout *l;

	(void)state;
	id = STRUCT("counted", 12, { "len", u32, 0, 0 },
		    { "text", btf__add_array(btf, u32, ch, 8), 32, 0 });
	l = layout(id);
	assert_true(eu_layout_annotate(l, btf, id, "text", EU_FORMAT_NONE, "len"));
	assert_string_equal(shown("compact", l, &v, sizeof(v)), "3 abc");
	v.len = UINT32_MAX;
	assert_string_equal(shown("compact", l, &v, sizeof(v)),
			    "4294967295 abcdefg");
	assert_false(
		eu_layout_annotate(l, btf, id, "text", EU_FORMAT_NONE, "text"));
	/* Hiding what stands before it changes nothing. */
	eu_layout_hide(l, "len");
	assert_string_equal(shown("compact", l, &v, sizeof(v)), "abcdefg");
	eu_layout_free(l);
}

static void megabyte_is_shown_whole(void **state)
{
	const size_t size = 1 << 20;
	int id;
	char *data = malloc(size);
	struct eu_layout *l;

	(void)state;
	id = STRUCT("large", 4, { "n", u32, 0, 0 },
		    { "text", btf__add_array(btf, u32, ch, 0), 32, 0 });
	memset(data, 1, size);
	l = layout(id);
	shown("json", l, data, size);
	assert_int_equal(n_written, strlen("{\"n\":16843009,\"text\":\"\"}") +
					    (size - 4) * strlen("\\u0001"));
	shown("compact", l, data, size);
	assert_int_equal(strlen(strchr(written, '\n')),
			 strlen("\n00:00:01 16843009 ") +
				 (size - 4) * strlen("\\x01"));
	shown("raw", l, data, size);
	assert_int_equal(n_written, size - 1);
	eu_layout_free(l);
	/* Of what would be too long the first elements are shown. */
	id = STRUCT("an_element_with_a_name", 1,
		    { "a_member_that_has_a_rather_long_name_too", u8, 0, 0 });
	id = btf__add_array(btf, u32, id, 0);
	STRUCT("larger", 0, { "all", id, 0, 0 });
	l = layout((int)btf__type_cnt(btf) - 1);
	shown("json", l, data, size);
	assert_in_range(n_written, 1 << 20, EU_LAYOUT_MAX_TEXT);
	assert_string_equal(written + n_written - 5, "\":1}]}" + 1);
	eu_layout_free(l);
	free(data);
}

static void tags_and_forward_declarations(void **state)
{
	int fwd = btf__add_fwd(btf, "unknown", BTF_FWD_STRUCT);
	int proto = btf__add_func_proto(btf, 0);
	int id;
	const uint64_t v[3] = { 1, 2, 3 };
	struct eu_layout *l = NULL;
	struct eu_error e;

	(void)state;
	id = STRUCT("tagged", 24, { "to", btf__add_ptr(btf, fwd), 0, 0 },
		    { "call", btf__add_ptr(btf, proto), 64, 0 },
		    { "user",
		      btf__add_type_tag(btf, "user", btf__add_volatile(btf, u64)),
		      128, 0 });
	btf__add_decl_tag(btf, "some", id, 0);
	l = layout(id);
	assert_string_equal(shown("json", l, v, sizeof(v)),
			    "{\"to\":1,\"call\":2,\"user\":3}");
	eu_layout_free(l);
	l = NULL;
	assert_int_equal(eu_layout_new(btf, fwd, &l, &e), -EINVAL);
	assert_int_equal(eu_layout_new(btf, proto, &l, &e), -EINVAL);
	assert_null(l);
}

static int free_text(void **state)
{
	free(written);
	return free_ints(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_come_from_typedefs),
		cmocka_unit_test(formats_that_do_not_fit_are_none),
		cmocka_unit_test(annotations_reach_nested_structs),
		cmocka_unit_test(array_without_length_takes_the_rest),
		cmocka_unit_test(rest_may_be_in_the_last_struct),
		cmocka_unit_test(empty_array_in_the_middle_is_empty),
		cmocka_unit_test(text_ends_where_a_member_says),
		cmocka_unit_test(megabyte_is_shown_whole),
		cmocka_unit_test(tags_and_forward_declarations),
	};

	return cmocka_run_group_tests(tests, make_ints, free_text);
}
