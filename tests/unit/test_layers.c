/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/layers.h"
#include "pkg/tar.h"

#include "gzip_bytes.h"

#define WASM "\0asm\1\0\0\0"
#define PACKAGE "{\"bpf_object\":\"\"}"

enum { MAX = 1 << 20 };

/* Words that stand for what a file holds; others are themselves. */
static size_t content_of(const char *word, char to[128])
{
	static const unsigned char bpf[sizeof(Elf64_Ehdr) + 1] = {
		0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, [18] = EM_BPF,
	};

	if (!strcmp(word, "wasm")) {
		memcpy(to, WASM, 8);
		return 8;
	}
	if (!strcmp(word, "object")) {
		memcpy(to, bpf, sizeof(bpf));
		return sizeof(bpf);
	}
	return snprintf(to, 128, "%s", strcmp(word, "package") ? word : PACKAGE);
}

/* "NAME=CONTENT NAME=CONTENT" as a tar archive. */
static void tar_of(const char *files, struct eu_buf *to)
{
	eu_auto_free char *text = strdup(files);
	char content[128], *value;
	size_t n;

	for (char *save, *f = strtok_r(text, " ", &save); f;
	     f = strtok_r(NULL, " ", &save)) {
		value = strchr(f, '=');
		*value++ = '\0';
		n = content_of(value, content);
		assert_int_equal(eu_tar_put(to, f, content, n), 0);
	}
	eu_tar_end(to);
	assert_int_equal(to->error, 0);
}

static int add(struct eu_layers *l, const struct eu_buf *b, const char *title,
	       struct eu_error *err)
{
	return eu_layers_add(l, b->data, b->len, title, err);
}

/* What is there after all layers: "PATH PATH". */
static void check_files(const struct eu_layers *l, const char *wanted)
{
	eu_auto_buf struct eu_buf b = EU_BUF(4096);

	for (size_t i = 0; i < l->n; i++)
		eu_buf_printf(&b, "%s%s", i ? " " : "", l->files[i].path);
	assert_string_equal(eu_buf_str(&b), wanted);
}

static void later_layers_hide_earlier_ones(void **state)
{
	static const struct {
		const char *layers[4], *left;
	} cases[] = {
		{ { "a=wasm b=object c=package d=text" }, "a b c" },
		{ { "./a=wasm ././b=wasm" }, "a b" },
		/* The same path, and what is no program any more. */
		{ { "a=wasm", "a=object" }, "a" },
		{ { "a=wasm", "a=text" }, "" },
		{ { "a=wasm a=text" }, "" },
		/* A file where a folder was. */
		{ { "a/b=wasm ab=wasm", "a=text" }, "ab" },
		/* Removed: a file, a folder with all in it, nothing of the like. */
		{ { "a=wasm b=wasm", ".wh.a=" }, "b" },
		{ { "a/b=wasm a/c=wasm ab=wasm", ".wh.a=" }, "ab" },
		{ { "d/a=wasm d/b=wasm", "d/.wh.a=" }, "d/b" },
		{ { "d/a=wasm a=wasm", "d/.wh.a=" }, "a" },
		{ { "a=wasm", ".wh.ab= .wh.b=" }, "a" },
		/* What a folder held. */
		{ { "d/a=wasm d/e/b=wasm c=wasm", "d/.wh..wh..opq=" }, "c" },
		{ { "d/a=wasm c=wasm", ".wh..wh..opq=" }, "" },
		{ { "d/a=wasm de=wasm", "d/.wh..wh..opq= d/b=wasm" }, "de d/b" },
		/* Only layers before, in whatever order it is said. */
		{ { "a=wasm .wh.a=" }, "a" },
		{ { ".wh.a= a=wasm" }, "a" },
		{ { "d/a=wasm d/.wh..wh..opq=" }, "d/a" },
		{ { "a=wasm", ".wh.a=", "a=object" }, "a" },
		/* What leads out of the image is not looked at, nor removes. */
		{ { "../a=wasm /b=wasm d/../../c=wasm d/..=wasm ..=wasm" }, "" },
		{ { "d/../a=wasm" }, "" },
		{ { "..a=wasm b..=wasm d/..c=wasm" }, "..a b.. d/..c" },
		{ { "a=wasm", "d/../.wh.a= /.wh.a= ../.wh..wh..opq=" }, "a" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		/* Packed or not it is the same. */
		for (int packed = 0; packed < 2; packed++) {
			eu_auto_layers struct eu_layers l = { .max = MAX,
							      .max_all = MAX };
			struct eu_error err = { 0 };

			print_message("%s ...\n", cases[i].layers[0]);
			for (size_t k = 0; k < 4 && cases[i].layers[k]; k++) {
				eu_auto_buf struct eu_buf t = EU_BUF(MAX);
				eu_auto_buf struct eu_buf z = EU_BUF(MAX);

				tar_of(cases[i].layers[k], &t);
				gzip_put(&z, t.data, t.len, 9);
				if (add(&l, packed ? &z : &t, NULL, &err))
					fail_msg("%s", err.text);
			}
			check_files(&l, cases[i].left);
		}
	}
}

static void files_are_told_by_their_bytes(void **state)
{
	static const struct {
		const char *content;
		enum eu_layer_kind kind; /* EU_LAYER_KINDS: nothing that is run */
	} cases[] = {
		{ "wasm", EU_LAYER_WASM },
		{ "object", EU_LAYER_OBJECT },
		{ "package", EU_LAYER_PACKAGE },
		{ "{\"bpf\":1}", EU_LAYER_KINDS },
		{ "\"bpf_object\"", EU_LAYER_KINDS },
		{ "\177ELF", EU_LAYER_KINDS },
		{ "text", EU_LAYER_KINDS },
		{ "", EU_LAYER_KINDS },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_layers struct eu_layers l = { .max = MAX, .max_all = MAX };
		struct eu_error err = { 0 };
		char content[128];
		size_t n = content_of(cases[i].content, content);

		print_message("'%s'\n", cases[i].content);
		if (eu_layers_add(&l, content, n, "x.y", &err))
			fail_msg("%s", err.text);
		assert_int_equal(l.n, cases[i].kind != EU_LAYER_KINDS);
		if (!l.n)
			continue;
		assert_int_equal(l.files[0].kind, cases[i].kind);
		assert_string_equal(l.files[0].path, "x.y");
		assert_int_equal(l.files[0].len, n);
		assert_memory_equal(l.files[0].data, content, n);
		assert_int_equal(l.files[0].data[n], '\0');
	}
}

/* With the BTF of kernels beside it, or a name of its own, it stays one. */
static void archives_with_a_package_are_one_program(void **state)
{
	static const struct {
		const char *files, *title, *path;
		enum eu_layer_kind kind;
	} cases[] = {
		{ "package.json=package btfhub-archive/x=y", NULL, "",
		  EU_LAYER_ARCHIVE },
		{ "package.json=package", "a.tar", "a.tar", EU_LAYER_ARCHIVE },
		{ "package.json=package", NULL, "package.json", EU_LAYER_PACKAGE },
		{ "other.json=package btfhub-archive/x=y", NULL, "other.json",
		  EU_LAYER_PACKAGE },
		{ "a.o=object", "a.tar", "a.o", EU_LAYER_OBJECT },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_layers struct eu_layers l = { .max = MAX, .max_all = MAX };
		eu_auto_buf struct eu_buf b = EU_BUF(MAX);
		struct eu_error err = { 0 };

		print_message("%s\n", cases[i].files);
		tar_of(cases[i].files, &b);
		if (add(&l, &b, cases[i].title, &err))
			fail_msg("%s", err.text);
		assert_int_equal(l.n, 1);
		assert_string_equal(l.files[0].path, cases[i].path);
		assert_int_equal(l.files[0].kind, cases[i].kind);
		if (cases[i].kind == EU_LAYER_ARCHIVE)
			assert_int_equal(l.files[0].len, b.len);
	}
}

static void one_program_is_chosen(void **state)
{
	static const struct {
		const char *files, *wanted, *path;
		int code;
		const char *why;
	} cases[] = {
		{ "a.o=object", NULL, "a.o", 0, NULL },
		{ "a.o=object p=package w=wasm", NULL, "w", 0, NULL },
		{ "a.o=object b.o=object p=package", NULL, "p", 0, NULL },
		/* By its name, wherever it lies, and whatever it is. */
		{ "d/a.o=object w=wasm", "a.o", "d/a.o", 0, NULL },
		{ "d/a.o=object e/b.o=object", "/x/b.o", "e/b.o", 0, NULL },
		{ "a.o=object", "b.o", "a.o", 0, NULL },
		{ "a=text", NULL, NULL, -ENOENT, "there is no program" },
		{ "", NULL, NULL, -ENOENT, "there is no program" },
		{ "a=wasm p=package b=wasm", NULL, NULL, -EINVAL,
		  "several programs, and not one: a, b" },
		{ "a=wasm b=wasm", "c", NULL, -EINVAL, ": a, b" },
		/* Their names are shown, and not more than that. */
		{ "a\033[2J=wasm b=wasm", NULL, NULL, -EINVAL, ": a\\x1b[2J, b" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_layers struct eu_layers l = { .max = MAX, .max_all = MAX };
		eu_auto_buf struct eu_buf b = EU_BUF(MAX);
		struct eu_layer_file *f = NULL;
		struct eu_error err = { 0 };

		print_message("%s\n", cases[i].files);
		tar_of(cases[i].files, &b);
		assert_int_equal(add(&l, &b, NULL, &err), 0);
		assert_int_equal(eu_layers_pick(&l, cases[i].wanted, &f, &err),
				 cases[i].code);
		if (cases[i].path)
			assert_string_equal(f->path, cases[i].path);
		else
			assert_null(f);
		if (cases[i].why && !strstr(err.text, cases[i].why))
			fail_msg("%s", err.text);
	}
}

/* At each byte: what was whole before is there, and nothing else. */
static void archives_that_are_cut_off(void **state)
{
	eu_auto_buf struct eu_buf b = EU_BUF(MAX);

	(void)state;
	tar_of("a=wasm b=object", &b);
	for (size_t n = 0; n < b.len; n++) {
		eu_auto_layers struct eu_layers l = { .max = MAX, .max_all = MAX };
		struct eu_error err;
		char *cut = malloc(n ?: 1);
		int r;

		assert_non_null(cut);
		memcpy(cut, b.data, n);
		r = eu_layers_add(&l, cut, n, NULL, &err);
		free(cut);
		for (size_t i = 0; i < l.n; i++)
			assert_int_equal(l.files[i].len,
					 i ? sizeof(Elf64_Ehdr) + 1 : 8);
		/* Within a file it is seen; behind one it may have been all. */
		if ((n >= 512 && n < 512 + 8) ||
		    (n >= 1536 && n < 1536 + sizeof(Elf64_Ehdr) + 1)) {
			assert_int_equal(r, -EINVAL);
			assert_non_null(strstr(err.text, "tar archive"));
			continue;
		}
		assert_int_equal(r, 0);
		/* Less than a header is no archive. */
		assert_int_equal(l.n, n < 512 ? 0 : n < 1536 ? 1 : 2);
	}
}

static void what_is_refused(void **state)
{
	static const char zstd[] = "\050\265\057\375rest";
	eu_auto_layers struct eu_layers l = { .max = 4096, .max_all = MAX };
	eu_auto_buf struct eu_buf b = EU_BUF(MAX), z = EU_BUF(MAX);
	static char zeros[4097];
	struct eu_error err;
	char name[16];

	(void)state;
	assert_int_equal(eu_layers_add(&l, zstd, sizeof(zstd), NULL, &err),
			 -ENOTSUP);
	assert_non_null(strstr(err.text, "zstd"));
	gzip_put(&z, zeros, sizeof(zeros), 9);
	assert_int_equal(add(&l, &z, NULL, &err), -E2BIG);
	/* More files than anybody has to look at. */
	for (int i = 0; i < 257; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(eu_tar_put(&b, name, WASM, 8), 0);
	}
	l.max = MAX;
	assert_int_equal(add(&l, &b, NULL, &err), -E2BIG);
	assert_int_equal(l.n, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_layers_hide_earlier_ones),
		cmocka_unit_test(files_are_told_by_their_bytes),
		cmocka_unit_test(archives_with_a_package_are_one_program),
		cmocka_unit_test(one_program_is_chosen),
		cmocka_unit_test(archives_that_are_cut_off),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
