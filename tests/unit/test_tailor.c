/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <bpf/libbpf.h>

#include "base/file.h"
#include "btf/tailor.h"
#include "object_bytes.h"

/* Always there: the integer that gives pointers their size. */
#define LONG "int long 8\n"

static const struct tailor_case {
	const char *what;
	const char *kernel;   /* types, see btf_text.h */
	const char *object;   /* types */
	const char *relos;    /* see object_bytes.h */
	const char *tailored; /* types; NULL: aside or broken */
	const char *error;    /* part of the reason */
	int code;
} tailor_cases[] = {
	{ .what = "no relocations, nothing needed",
	  .kernel = LONG,
	  .object = "int int 4",
	  .relos = "",
	  .tailored = "" },

	{ .what = "other members are left out, but for the last",
	  .kernel = LONG "struct s 24 a:1@0 b:1@64 c:1@128\n",
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n",
	  .relos = "offset 2 0:0",
	  .tailored = LONG "struct s 24 a:1@0 ?:1@128\n" },

	{ .what = "a type that is nowhere",
	  .kernel = LONG "struct s 8 a:1@0\n",
	  .object = "int int 4\n"
		    "struct t 4 a:1@0\n",
	  .relos = "offset 2 0:0",
	  .tailored = LONG },

	{ .what = "all candidates, in their order, of the same kind only",
	  .kernel = "struct s___2 4 a:3@0\n"
		    "union s 4 a:3@0\n"
		    "int int 4\n"
		    "struct s 4 b:3@0 a:3@0\n"
		    "fwd s\n"
		    "typedef s 3\n"
		    "struct s___x___y 4 a:3@0\n"
		    "struct s 4 a:3@0\n",
	  .object = "int int 4\n"
		    "struct s___local 4 a:1@0\n",
	  .relos = "offset 2 0:0",
	  .tailored = "struct s___2 4 a:2@0\n"
		      "int int 4\n"
		      "struct s 4 a:2@0\n"
		      "struct s 4 a:2@0\n" },

	{ .what = "nameless members are always looked into",
	  .kernel = LONG "struct - 8 x:1@0\n"
			 "struct - 8 a:1@0 y:1@0\n"
			 "union - 8 -:3@0 z:1@0\n"
			 "struct s 24 -:2@0 -:4@64 w:1@128\n",
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n",
	  .relos = "exists 2 0:0",
	  .tailored = LONG "struct - 8 ?:1@0\n"
			   "struct - 8 a:1@0 ?:1@0\n"
			   "union - 8 -:3@0 ?:1@0\n"
			   "struct s 24 -:2@0 -:4@64 ?:1@128\n" },

	{ .what = "through typedefs, modifiers, tags, arrays; not pointers",
	  .kernel = LONG "struct in 8 x:1@0\n"
			 "array 2 4\n"
			 "array 3 5\n"
			 "const 4\n"
			 "volatile 5\n"
			 "restrict 6\n"
			 "tag user 7\n"
			 "typedef in_t 8\n"
			 "ptr 12\n"
			 "struct s 999 in:9@0 p:10@64\n"
			 "struct far 8 x:1@0\n",
	  .object = "int int 4\n"
		    "struct in 4 x:1@0\n"
		    "array 2 9\n"
		    "array 3 9\n"
		    "ptr 2\n"
		    "struct s 99 in:4@0 p:5@64\n",
	  .relos = "offset 6 0:0:1:2:0 offset 6 0:1",
	  .tailored = LONG "struct in 8 x:1@0\n"
			   "array 2 4\n"
			   "array 3 5\n"
			   "const 4\n"
			   "volatile 5\n"
			   "restrict 6\n"
			   "tag user 7\n"
			   "typedef in_t 8\n"
			   "ptr 0\n"
			   "struct s 999 in:9@0 p:10@64\n" },

	{ .what = "bit fields keep their widths",
	  .kernel = LONG "struct s 8 a:1@0/3 b:1@3/61\n",
	  .object = "int int 4\n"
		    "struct s 4 b:1@0/1\n",
	  .relos = "lshift 2 0:0",
	  .tailored = LONG "struct s 8 b:1@3/61\n" },

	{ .what = "enumerators that are asked for, of either width",
	  .kernel = LONG "enum e 4 A=1 B=-2 C=3\n"
			 "enum64 e___64 8 A=5000000000 B___x=7\n"
			 "enum f 4 A=1\n",
	  .object = "enum e 4 B___local=0\n",
	  .relos = "value 1 0",
	  .tailored = LONG "enum e 4 B=-2\n"
			   "enum64 e___64 8 B___x=7\n" },

	{ .what = "an enumeration as a member has a name and a size",
	  .kernel = LONG "enum e 4 A=1 B=2\n"
			 "struct s 4 m:2@0\n",
	  .object = "enum e 4 A=0\n"
		    "struct s 4 m:1@0\n",
	  .relos = "signed 2 0:0",
	  .tailored = LONG "enum e 4\n"
			   "struct s 4 m:2@0\n" },

	{ .what = "existence and size look at shapes, not members",
	  .kernel = LONG "struct s 8 a:1@0\n"
			 "ptr 2\n"
			 "proto 1 3 1\n"
			 "ptr 4\n"
			 "typedef fn 5\n"
			 "enum e 4 A=1\n",
	  .object = "int long 8\n"
		    "typedef fn 1\n"
		    "struct s 4 a:1@0\n"
		    "enum e 4 A=0\n",
	  .relos = "type_exists 2 0 type_size 3 0 type_exists 4 0",
	  .tailored = LONG "struct s 8\n"
			   "ptr 2\n"
			   "proto 1 3 1\n"
			   "ptr 4\n"
			   "typedef fn 5\n"
			   "enum e 4\n" },

	{ .what = "a match counts members, and goes by value but not further",
	  .kernel = LONG "struct far 8 q:1@0\n"
			 "ptr 2\n"
			 "struct in 16 x:1@0 other:1@64\n"
			 "enum e 4 A=1 Z=2\n"
			 "ptr 5\n"
			 "struct s 48 in:4@0 far:3@128 e:6@192 more:1@256\n",
	  .object = "int long 8\n"
		    "struct in 8 x:1@0\n"
		    "struct far 8 q:1@0\n"
		    "ptr 3\n"
		    "enum e 4 A=1\n"
		    "ptr 5\n"
		    "struct s 24 in:2@0 far:4@64 e:6@128\n",
	  .relos = "matches 7 0",
	  .tailored = LONG "struct far 8\n"
			   "ptr 2\n"
			   "struct in 16 x:1@0 ?:1@64\n"
			   "enum e 4 A=1 ?=2\n"
			   "ptr 5\n"
			   "struct s 48 in:4@0 far:3@128 e:6@192 ?:1@256\n" },

	{ .what = "a type that refers to itself",
	  .kernel = LONG "struct s 24 s:3@0\n"
			 "ptr 2\n"
			 "typedef loop 5\n"
			 "typedef loop 4\n",
	  .object = "int long 8\n"
		    "struct s 8 s:3@0\n"
		    "ptr 2\n"
		    "typedef loop 2\n",
	  .relos = "matches 2 0 type_exists 2 0 type_exists 4 0",
	  .tailored = LONG "struct s 24 s:3@0\n"
			   "ptr 2\n"
			   "typedef loop 5\n"
			   "typedef loop 4\n" },

	{ .what = "the size of pointers is that of the first long",
	  .kernel = "int int 4\n"
		    "int unsigned_long 4\n"
		    "int long 4\n"
		    "int long 8\n"
		    "ptr 1\n"
		    "typedef p 5\n",
	  .object = "int int 4\n"
		    "typedef p 1\n",
	  .relos = "type_size 2 0",
	  .tailored = "int int 4\n"
		      "int unsigned_long 4\n"
		      "int long 4\n"
		      "int long 8\n"
		      "ptr 1\n"
		      "typedef p 5\n" },

	{ .what = "local ids ask nothing",
	  .kernel = LONG "struct s 8 a:1@0\n",
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n"
		    "ptr 2\n",
	  .relos = "id_local 2 0 id_local 3 0",
	  .tailored = "" },

	{ .what = "ids of the kernel",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "type_exists 1 0 id_kernel 1 0",
	  .code = -EOPNOTSUPP,
	  .error = "CO-RE relocation 1: asks for a type id of the kernel" },

	{ .what = "a kind of relocation from the future",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "13 1 0",
	  .code = -EOPNOTSUPP,
	  .error = "CO-RE relocation 0: is of a kind that is not known" },

	{ .what = "a root without a name",
	  .kernel = LONG,
	  .object = "struct - 4\n"
		    "ptr 1\n",
	  .relos = "type_exists 1 0",
	  .code = -EOPNOTSUPP,
	  .error = "a type without a name" },

	{ .what = "a root that has a name but no values",
	  .kernel = LONG,
	  .object = "proto 0\n"
		    "func f 1\n",
	  .relos = "type_exists 2 0",
	  .code = -EOPNOTSUPP,
	  .error = "a type without a name" },

	{ .what = "void as a root",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 0 0",
	  .code = -EBADMSG,
	  .error = "refers to no type" },

	{ .what = "a type that the object does not have",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 2 0",
	  .code = -EBADMSG,
	  .error = "refers to no type" },

	{ .what = "a member that the object does not have",
	  .kernel = LONG,
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n",
	  .relos = "exists 2 0:1",
	  .code = -EBADMSG,
	  .error = "path '0:1' does not fit type 's'" },

	{ .what = "a path that goes through a pointer",
	  .kernel = LONG,
	  .object = "struct s 4 a:2@0\n"
		    "ptr 1\n",
	  .relos = "exists 1 0:0:0",
	  .code = -EBADMSG,
	  .error = "path '0:0:0' does not fit" },

	{ .what = "an enumerator that the object does not have",
	  .kernel = LONG,
	  .object = "enum e 4 A=1\n",
	  .relos = "value 1 1",
	  .code = -EBADMSG,
	  .error = "path '1' does not fit type 'e'" },

	{ .what = "an enumerator of a struct",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "value 1 0",
	  .code = -EBADMSG,
	  .error = "path '0' does not fit type 's'" },

	{ .what = "paths that are none",
	  .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 1 :0",
	  .code = -EBADMSG,
	  .error = "does not fit" },
	{ .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 1 0:",
	  .code = -EBADMSG,
	  .error = "does not fit" },
	{ .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 1 -1",
	  .code = -EBADMSG,
	  .error = "does not fit" },
	{ .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 1 0::0",
	  .code = -EBADMSG,
	  .error = "does not fit" },
	{ .kernel = LONG,
	  .object = "struct s 4\n",
	  .relos = "exists 1 99999999999999999999",
	  .code = -EBADMSG,
	  .error = "does not fit" },

	{ .what = "a struct that holds itself, and a path to the end of days",
	  .kernel = LONG,
	  .object = "struct s 4 s:1@0\n",
	  .relos = "exists 1 0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0",
	  .code = -EBADMSG,
	  .error = "does not fit" },

	{ .what = "typedefs in a circle in the object",
	  .kernel = LONG,
	  .object = "typedef a 2\n"
		    "typedef b 1\n",
	  .relos = "exists 1 0:0",
	  .code = -EBADMSG,
	  .error = "does not fit" },

	{ .what = "the name that stands for members left out",
	  .kernel = LONG,
	  .object = "int int 4\n"
		    "struct s 4 ?:1@0\n",
	  .relos = "exists 2 0:0",
	  .code = -EOPNOTSUPP,
	  .error = "asks for a name '?'" },

	{ .what = "a member of the kernel's that is a function",
	  .kernel = "struct s 8 a:3@0\n"
		    "proto 0\n"
		    "func f 2\n",
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n",
	  .relos = "exists 2 0:0",
	  .code = -EOPNOTSUPP,
	  .error = "type 3 is no type of a value" },

	{ .what = "a member of a type that the kernel does not have",
	  .kernel = "struct s 8 a:3@0\n"
		    "proto 0\n",
	  .object = "int int 4\n"
		    "struct s 4 a:1@0\n",
	  .relos = "exists 2 0:0",
	  .code = -EBADMSG,
	  .error = "type 3 cannot be read" },
};

/* A file in memory; the path is written to @path. */
static int memory_file(const void *data, size_t len, char path[EU_TAILOR_PATH])
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(eu_write_all(fd, data, len), 0);
	eu_tailor_path(path, fd);
	return fd;
}

/* What the tailor makes of an object and a kernel's BTF. */
static int tailor(const char *object, size_t object_len, const void *kernel,
		  size_t kernel_len, struct eu_buf *out, struct eu_error *err)
{
	char path[EU_TAILOR_PATH];
	int fd = memory_file(kernel, kernel_len, path);
	struct eu_tailor_opts opts = {
		.object = object,
		.object_size = object_len,
		.btf_path = path,
	};
	int r = eu_tailor_write(&opts, out, err);

	close(fd);
	return r;
}

static void check_tailored(const struct tailor_case *c, const struct eu_buf *out)
{
	struct btf *btf = btf__new(out->data, out->len);
	char *text;

	assert_non_null(btf);
	text = text_from_btf(btf);
	assert_string_equal(text, c->tailored);
	free(text);
	btf__free(btf);
}

static void case_by_case(void **state)
{
	struct eu_buf out = EU_BUF(1 << 20);
	const struct tailor_case *c;
	struct btf *kernel;
	struct eu_error err;
	const void *raw;
	size_t len;
	__u32 raw_len;
	char *elf;
	int r;

	(void)state;
	for (c = tailor_cases; c < &tailor_cases[EU_COUNT(tailor_cases)]; c++) {
		err = (struct eu_error){ 0 };
		elf = object_from_text(c->object, c->relos, &len);
		kernel = text_to_btf(c->kernel, NULL);
		raw = btf__raw_data(kernel, &raw_len);
		eu_buf_clear(&out);
		r = tailor(elf, len, raw, raw_len, &out, &err);
		if (r != c->code || (r && !strstr(err.text, c->error)))
			fail_msg("%s: %d, %s", c->what ?: c->relos, r, err.text);
		if (!r && *c->relos)
			check_tailored(c, &out);
		else
			assert_int_equal(out.len, 0);
		btf__free(kernel);
		free(elf);
	}
	eu_buf_done(&out);
}

static const char some_types[] = "int int 4\n"
				 "struct in 8 a:1@0 b:1@32\n"
				 "array 2 4\n"
				 "struct s 40 x:1@0 in:3@64\n"
				 "enum e 4 A=1\n";

static const char some_relos[] =
	"exists 4 0:1:1:0 value 5 0 type_size 2 0 matches 4 0";

/* Whatever is cut off, the answer is an error or a whole BTF. */
static void cut_short(void **state)
{
	struct btf *kernel = text_to_btf(some_types, NULL), *btf;
	struct eu_buf out = EU_BUF(1 << 20);
	size_t len;
	__u32 raw_len;
	const void *raw = btf__raw_data(kernel, &raw_len);
	char *elf = object_from_text(some_types, some_relos, &len);

	(void)state;
	for (size_t n = 0; n < raw_len; n++) {
		assert_true(tailor(elf, len, raw, n, &out, NULL) < 0);
		assert_int_equal(out.len, 0);
	}
	for (size_t n = 0; n < len; n++) {
		char *part = malloc(n ?: 1);

		memcpy(part, elf, n);
		assert_true(tailor(part, n, raw, raw_len, &out, NULL) < 0);
		free(part);
	}
	assert_int_equal(tailor(elf, len, raw, raw_len, &out, NULL), 0);
	btf = btf__new(out.data, out.len);
	assert_non_null(btf);
	btf__free(btf);
	btf__free(kernel);
	eu_buf_done(&out);
	free(elf);
}

/* Each byte changed in turn: no crash, no leak, and if libbpf takes the
 * kernel's BTF, it takes what became of it.
 */
static void changed_bytes(void **state)
{
	struct btf *kernel = text_to_btf(some_types, NULL), *before, *after;
	struct eu_buf out = EU_BUF(1 << 20);
	size_t len;
	__u32 raw_len;
	const void *raw = btf__raw_data(kernel, &raw_len);
	char *elf = object_from_text(some_types, some_relos, &len);
	char *bytes = malloc(raw_len);

	(void)state;
	for (size_t i = 0; i < raw_len * 8; i++) {
		memcpy(bytes, raw, raw_len);
		bytes[i / 8] ^= 1 << i % 8;
		eu_buf_clear(&out);
		if (tailor(elf, len, bytes, raw_len, &out, NULL))
			continue;
		before = btf__new(bytes, raw_len);
		after = btf__new(out.data, out.len);
		assert_true(after || !before);
		btf__free(before);
		btf__free(after);
	}
	for (size_t i = 0; i < len * 8; i++) {
		elf[i / 8] ^= 1 << i % 8;
		eu_buf_clear(&out);
		tailor(elf, len, raw, raw_len, &out, NULL);
		elf[i / 8] ^= 1 << i % 8;
	}
	free(bytes);
	btf__free(kernel);
	eu_buf_done(&out);
	free(elf);
}

/* An object's bytes may lie at any address. */
static void at_odd_addresses(void **state)
{
	struct btf *kernel = text_to_btf(some_types, NULL);
	struct eu_buf out = EU_BUF(1 << 20), odd = EU_BUF(1 << 20);
	size_t len;
	__u32 raw_len;
	const void *raw = btf__raw_data(kernel, &raw_len);
	char *elf = object_from_text(some_types, some_relos, &len);

	(void)state;
	assert_int_equal(tailor(elf, len, raw, raw_len, &out, NULL), 0);
	for (size_t shift = 1; shift < 4; shift++) {
		char *copy = malloc(len + shift);

		memcpy(copy + shift, elf, len);
		eu_buf_clear(&odd);
		assert_int_equal(
			tailor(copy + shift, len, raw, raw_len, &odd, NULL), 0);
		assert_int_equal(odd.len, out.len);
		assert_memory_equal(odd.data, out.data, out.len);
		free(copy);
	}
	btf__free(kernel);
	eu_buf_done(&out);
	eu_buf_done(&odd);
	free(elf);
}

/* What does not fit leaves nothing behind. */
static void in_a_small_buffer(void **state)
{
	struct btf *kernel = text_to_btf(some_types, NULL);
	__u32 raw_len;
	const void *raw = btf__raw_data(kernel, &raw_len);
	size_t len, limit;
	char *elf = object_from_text(some_types, some_relos, &len);
	struct eu_buf out;
	int r = -E2BIG;

	(void)state;
	for (limit = 4; r; limit++) {
		out = (struct eu_buf)EU_BUF(limit);
		eu_buf_puts(&out, "abc");
		r = tailor(elf, len, raw, raw_len, &out, NULL);
		if (r) {
			assert_int_equal(r, -E2BIG);
			assert_int_equal(out.len, 3);
		}
		assert_memory_equal(out.data, "abc", 3);
		eu_buf_done(&out);
	}
	assert_true(limit > 100);
	btf__free(kernel);
	free(elf);
}

struct header_case {
	const char *what;
	struct btf_header h;
	int code;
	const char *error;
};

static void headers(void **state)
{
	static const struct header_case cases[] = {
		{ "byte order",
		  { 0x9feb, 1, 0, 24, 0, 0, 0, 1 },
		  -EOPNOTSUPP,
		  "other byte order" },
		{ "magic",
		  { 0x1234, 1, 0, 24, 0, 0, 0, 1 },
		  -EBADMSG,
		  "magic 0x1234" },
		{ "version",
		  { BTF_MAGIC, 2, 0, 24, 0, 0, 0, 1 },
		  -EOPNOTSUPP,
		  "version 2" },
		{ "flags",
		  { BTF_MAGIC, 1, 1, 24, 0, 0, 0, 1 },
		  -EOPNOTSUPP,
		  "flags 1" },
		{ "more header",
		  { BTF_MAGIC, 1, 0, 32, 0, 0, 0, 1 },
		  -EOPNOTSUPP,
		  "header of 32 bytes" },
		{ "no strings",
		  { BTF_MAGIC, 1, 0, 24, 0, 0, 0, 0 },
		  -EBADMSG,
		  "strings" },
		{ "strings outside",
		  { BTF_MAGIC, 1, 0, 24, 0, 0, 8, 1 },
		  -EBADMSG,
		  "do not fit" },
		{ "types outside",
		  { BTF_MAGIC, 1, 0, 24, 4, 8, 0, 1 },
		  -EBADMSG,
		  "do not fit" },
		{ "offsets that wrap",
		  { BTF_MAGIC, 1, 0, 24, -4u, 8, 0, 1 },
		  -EBADMSG,
		  "do not fit" },
		{ "odd types",
		  { BTF_MAGIC, 1, 0, 24, 2, 0, 0, 1 },
		  -EBADMSG,
		  "do not fit" },
	};
	struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err;
	char bytes[32] = { 0 };
	size_t len;
	char *elf = object_from_text(some_types, some_relos, &len);
	int r;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		memcpy(bytes, &cases[i].h, sizeof(cases[i].h));
		r = tailor(elf, len, bytes, sizeof(bytes), &out, &err);
		if (r != cases[i].code || !strstr(err.text, cases[i].error))
			fail_msg("%s: %d, %s", cases[i].what, r, err.text);
	}
	eu_buf_done(&out);
	free(elf);
}

/* More types than are worth it: left to libbpf. */
static void too_many_types(void **state)
{
	struct btf *kernel = btf__new_empty();
	struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err;
	const void *raw;
	__u32 raw_len;
	size_t len;
	char *elf = object_from_text("struct s 4\n", "type_exists 1 0", &len);

	(void)state;
	for (int i = 0; i < 20000; i++)
		assert_true(btf__add_struct(kernel, "s", 4) > 0);
	raw = btf__raw_data(kernel, &raw_len);
	assert_int_equal(tailor(elf, len, raw, raw_len, &out, &err), -EOPNOTSUPP);
	assert_string_equal(err.text, "too many candidates");
	eu_buf_done(&out);
	btf__free(kernel);
	free(elf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_by_case),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(changed_bytes),
		cmocka_unit_test(at_odd_addresses),
		cmocka_unit_test(in_a_small_buffer),
		cmocka_unit_test(headers),
		cmocka_unit_test(too_many_types),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("tailor", tests, NULL, NULL);
}
