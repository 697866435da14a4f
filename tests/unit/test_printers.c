/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "../../include/wasm/bpf-print.h"
#include "btf_text.h"
#include "gen/printers.h"
#include "out/value.h"

/* What guests print of an event, and what "ecli run" prints of the same. */

static const char *const types =
	"int int 4\n" /* 1 */
	"int char 1\n"
	"int long 8\n"
	"int __int128 16\n"
	"float float 4\n" /* 5 */
	"float double 8\n"
	"array 2 21\n"
	"enum color 4 RED=0 GREEN=5 LAST=5 END=5\n"
	"enum64 wide 8 ALL=0xffffffffffffffff ONE=1\n"
	"array 1 3\n" /* 10 */
	"struct inner 16 x:3@0 y:1@64 z:1@96/5\n"
	"array 11 2\n"
	"union - 4 i:1@0 c:2@0\n"
	"ptr 1\n"
	"int short 2\n" /* 15 */
	"typedef eu_port 15\n"
	"typedef eu_hex 3\n"
	"array 7 2\n"
	"int u8 1\n" /* 19 */
	"array 19 16\n"
	"array 19 6\n"
	"typedef eu_ipv4 1\n"
	"typedef eu_ipv6 20\n"
	"typedef eu_mac 21\n"
	"struct event 288 a:1@0 c:2@32 text:7@40 l:3@256 huge:4@320 f:5@448"
	" d:6@512 e:8@576 w:9@640 list:10@704 in:12@832 -:13@1088 p:14@1152"
	" s:15@1216 low:1@1232/3 four:1@1235/4 across:3@1239/33 port:16@1296"
	" hex:17@1344 texts:18@1408 end:1@1856"
	" v4:22@1888 v6:23@1920 mac:24@2048 last:1@2272\n";

enum { EVENT = 25, SIZE = 288, V6 = 240 };

static const uint8_t kinds[] = {
	[EU_STEP_UINT] = BPF_PRINT_UINT,     [EU_STEP_INT] = BPF_PRINT_INT,
	[EU_STEP_STRING] = BPF_PRINT_STRING, [EU_STEP_POINTER] = BPF_PRINT_UINT,
	[EU_STEP_ENUM] = BPF_PRINT_ENUM,     [EU_STEP_FLOAT] = BPF_PRINT_FLOAT,
	[EU_STEP_INT128] = BPF_PRINT_INT128, [EU_STEP_BITS] = BPF_PRINT_UINT,
	[EU_STEP_SBITS] = BPF_PRINT_INT,     [EU_STEP_ARRAY] = BPF_PRINT_ARRAY,
	[EU_STEP_STRUCT] = BPF_PRINT_STRUCT,
};

static const uint8_t formats[EU_FORMAT_COUNT] = {
	[EU_FORMAT_IPV4] = BPF_PRINT_IPV4, [EU_FORMAT_IPV6] = BPF_PRINT_IPV6,
	[EU_FORMAT_MAC] = BPF_PRINT_MAC,   [EU_FORMAT_PORT] = BPF_PRINT_PORT,
	[EU_FORMAT_HEX] = BPF_PRINT_HEX,
};

/* What the generator writes as C, for the same layout. */
static struct bpf_print_type *tables(const struct eu_layout *l)
{
	struct bpf_print_step *steps = calloc(l->n_steps, sizeof(*steps));
	struct bpf_print_enum *enums = calloc(l->n_enums, sizeof(*enums));
	struct bpf_print_type *t = calloc(1, sizeof(*t));

	for (size_t i = 0; i < l->n_steps; i++) {
		const struct eu_step *s = &l->steps[i];

		steps[i] = (struct bpf_print_step){
			s->name ?: "", kinds[s->kind], formats[s->format],
			s->bit_offset, s->bit_size,    s->offset,
			s->size,       s->count,       s->child
		};
	}
	for (size_t i = 0; i < l->n_enums; i++) {
		struct bpf_print_value *v = calloc(l->enums[i].n, sizeof(*v));

		for (size_t k = 0; k < l->enums[i].n; k++)
			v[k] = (struct bpf_print_value){
				l->enums[i].values[k].value,
				l->enums[i].values[k].name
			};
		enums[i] = (struct bpf_print_enum){ v, l->enums[i].n,
						    l->enums[i].is_signed };
	}
	*t = (struct bpf_print_type){ steps, l->n, enums };
	return t;
}

static void tables_free(struct bpf_print_type *t, const struct eu_layout *l)
{
	for (size_t i = 0; i < l->n_enums; i++)
		free((void *)t->enums[i].values);
	free((void *)t->enums);
	free((void *)t->steps);
	free(t);
}

/* What "ecli run" writes. */
static void expected(const struct eu_layout *l, const char *data, char *json,
		     char *text)
{
	struct eu_step all = { .kind = EU_STEP_STRUCT,
			       .size = l->size,
			       .count = l->n };
	size_t columns;

	*eu_value_json(json, l, &all, data, l->size) = '\0';
	for (uint32_t i = 0; i < l->n; i++) {
		if (i)
			*text++ = ' ';
		text = eu_value_text(text, l, &l->steps[i], data, l->size,
				     &columns);
	}
	*text = '\0';
}

/* Bytes with text in them that is none, and numbers at their ends. */
static void make(char *data, int seed)
{
	static const char *const pieces[] = { "",
					      "a\"b\\c",
					      "\xc3\xa9\xe2\x82",
					      "\x7f\x01",
					      "\xf0\x9f\x98\x80",
					      "\xed\xa0\x80",
					      "\xc2\x85",
					      "plain" };

	srand((unsigned int)seed);
	for (int i = 0; i < SIZE; i++)
		data[i] = seed % 4 ? (char)rand() : seed % 8 ? 0 : -1;
	snprintf(data + 5, 21, "%s", pieces[seed % 8]);
	/* Runs of zeros in an address, and those that hold another. */
	for (int i = 0; i < 16 && seed % 2; i++)
		data[V6 + i] = rand() % 3 ? 0 : data[V6 + i];
	if (seed % 7 == 0)
		memset(data + V6, 0, 12);
	if (seed % 14 == 0)
		memset(data + V6 + 10, 0xff, 2);
	if (seed % 3 == 0) {
		double d = (double)rand() / (1 << rand() % 31);

		memcpy(data + 64, &d, 8);
	}
	if (seed % 5)
		data[72] = (char)(rand() % 8), memset(data + 73, 0, 3);
}

static void test_same(void **state)
{
	struct btf *btf = text_to_btf(types, NULL);
	char data[SIZE], want[2][8192], got[2][8192], cut[16];
	struct eu_error err = { 0 };
	struct bpf_print_type *t;
	struct eu_layout *l;

	(void)state;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	if (eu_layout_new(btf, EVENT, &l, &err))
		fail_msg("%s", err.text);
	assert_true(l->max_json < sizeof(want[0]));
	t = tables(l);
	for (int seed = 0; seed < 4000; seed++) {
		make(data, seed);
		expected(l, data, want[0], want[1]);
		for (int k = 0; k < 2; k++) {
			int n = bpf_print_to(got[k], sizeof(got[k]), t, data,
					     k == 0);

			assert_string_equal(got[k], want[k]);
			assert_int_equal(n, strlen(want[k]));
			/* Cut as snprintf() cuts. */
			assert_int_equal(bpf_print_to(cut, sizeof(cut), t, data,
						      k == 0),
					 n);
			assert_int_equal(strlen(cut), sizeof(cut) - 1);
			assert_memory_equal(cut, want[k], sizeof(cut) - 1);
		}
	}
	assert_true(bpf_print_to(NULL, 0, t, data, true) > 0);
	tables_free(t, l);
	eu_layout_free(l);
	btf__free(btf);
}

/* However long it is; of nothing, and without the end of the line. */
static void test_of_map(void **state)
{
	enum { LONG = 20000 };
	const struct bpf_print_step text = {
		"text", BPF_PRINT_STRING, 0, 0, 0, 0, LONG, 0, 0
	};
	const struct bpf_print_type one = { &text, 1, NULL }, none = { 0 };
	eu_auto_buf struct eu_buf want = EU_BUF(1 << 20);
	static char data[LONG];
	char *got = NULL;
	size_t len;
	FILE *f = open_memstream(&got, &len);

	(void)state;
	memset(data, 'x', sizeof(data));
	assert_int_equal(bpf_print_of_map(f, "rb", &one, data), LONG + 23);
	bpf_print_of_map(f, "rb", &none, data);
	bpf_print_value(f, &one, data);
	fclose(f);
	eu_buf_printf(&want, "{\"map\":\"rb\",\"text\":\"%.*s\"}\n", LONG, data);
	eu_buf_printf(&want, "{\"map\":\"rb\"}\n{\"text\":\"%.*s\"}", LONG, data);
	assert_string_equal(got, eu_buf_str(&want));
	free(got);
}

static void written(const char *text, const char *const *want, size_t n)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_package pkg = { .btf = text_to_btf(text, NULL) };
	struct eu_error err = { 0 };
	const char *at;

	if (eu_printers_write(&pkg, &out, &err))
		fail_msg("%s", err.text);
	at = eu_buf_str(&out);
	for (size_t i = 0; i < n; i++) {
		at = strstr(at, want[i]);
		if (!at)
			fail_msg("no '%s'", want[i]);
	}
	btf__free(pkg.btf);
}

static void test_written(void **state)
{
	static const char *const want[] = {
		"event__steps[] = {\n"
		"\t{ \"n\", BPF_PRINT_INT, BPF_PRINT_PLAIN, 0, 0, 0, 4, 0, 0 },\n"
		"\t{ \"bits\", BPF_PRINT_INT, BPF_PRINT_PLAIN, 3, 4, 4, 1, 0, 0 },\n"
		"\t{ \"e\", BPF_PRINT_ENUM, BPF_PRINT_PLAIN, 0, 0, 8, 4, 0, 0 },\n"
		"};\n",
		"event__values0[] = {\n\t{ (int64_t)0ull, \"RED\" },\n",
		"event__enums[] = {\n\t{ event__values0, 2, false },\n",
		"event__type = { event__steps, 3, event__enums };\n",
		"int event__print_json(FILE *f, const struct event *data)\n",
		"int event__text(char *to, size_t room, const struct event *data)\n",
		"/* union broken has no values that can be told. */\n",
		"/* struct quoted has no values that can be told. */\n",
		"/* struct ended has no values that can be told. */\n",
	};

	(void)state;
	/* Of two with one name the first, and of names that C has none. */
	written("int int 4\n"
		"enum color 4 RED=0 GREEN=7\n"
		"struct event 12 n:1@0 bits:1@35/4 e:2@64\n"
		"struct event 4 other:1@0\n"
		"struct a.b 4 n:1@0\n"
		"fwd nothing\n"
		"union broken 4 x:6@0\n"
		"struct quoted 4 a\"b:1@0\n"
		"enum bad 4 A\\=1\n"
		"struct ended 4 e:9@0\n",
		want, EU_COUNT(want));
	written("int int 4\n", NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_of_map),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests_name("printers", tests, NULL, NULL);
}
