/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/archive.h"
#include "pkg/tar.h"

#include "store_dir.h"

#define LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

enum { MAX = 1 << 20 };

/* "NAME DIGEST" of each that was loaded, or is there. */
static int note(void *ctx, const char *name, const struct eu_descriptor *d,
		struct eu_error *err)
{
	struct eu_buf *b = ctx;

	(void)err;
	eu_buf_printf(b, "%s%s %.12s", b->len ? ", " : "", name, d->digest);
	return 0;
}

static void check_names(const struct eu_store *s, const char *wanted)
{
	struct eu_buf b = EU_BUF(4096);

	assert_int_equal(eu_store_foreach(s, note, &b, NULL), 0);
	assert_string_equal(eu_buf_str(&b), wanted);
	eu_buf_done(&b);
}

static int load(const struct eu_store *s, const struct eu_buf *b,
		const char *as, struct eu_error *err)
{
	struct eu_buf seen = EU_BUF(4096);
	struct eu_ref ref;
	int r;

	if (as)
		parse_ref(as, &ref);
	r = eu_archive_load(s, b->data, b->len, as ? &ref : NULL, note, &seen,
			    err);
	if (r)
		assert_int_equal(seen.len, 0);
	else
		assert_true(seen.len);
	eu_buf_done(&seen);
	return r;
}

/* Saved, loaded elsewhere and saved there it is the same bytes. */
static void what_is_saved_is_loaded(void **state)
{
	const struct eu_store *s = *state;
	eu_auto_buf struct eu_buf b = EU_BUF(MAX), again = EU_BUF(MAX);
	struct eu_descriptor one, two, sig;
	struct eu_store other;
	struct eu_ref refs[2], signatures;
	struct eu_error err;
	char names[256];

	store_image(s, "one", &one);
	store_image(s, "two", &two);
	store_image(s, "signature", &sig);
	parse_ref("a.b/x:1", &refs[0]);
	parse_ref("a.b/y:2", &refs[1]);
	assert_int_equal(eu_archive_save(s, refs, 1, &b, &err), -ENOENT);
	assert_int_equal(eu_store_tag(s, &refs[0], &one, NULL), 0);
	assert_int_equal(eu_store_tag(s, &refs[1], &two, NULL), 0);
	eu_ref_signatures(&refs[0], one.digest, &signatures);
	assert_int_equal(eu_store_tag(s, &signatures, &sig, NULL), 0);
	eu_buf_clear(&b);
	assert_int_equal(eu_archive_save(s, refs, 2, &b, &err), 0);

	store_new(&other);
	if (load(&other, &b, NULL, &err))
		fail_msg("%s", err.text);
	snprintf(names, sizeof(names),
		 "a.b/x:1 %.12s, a.b/x:sha256-%s.sig %.12s, a.b/y:2 %.12s",
		 one.digest, one.digest + strlen("sha256:"), sig.digest,
		 two.digest);
	check_names(&other, names);
	assert_int_equal(eu_archive_save(&other, refs, 2, &again, &err), 0);
	assert_int_equal(again.len, b.len);
	assert_memory_equal(again.data, b.data, b.len);
	/* One name is for one image. */
	assert_int_equal(load(&other, &b, "c.d/z:3", &err), -EINVAL);
	assert_non_null(strstr(err.text, "it has 2 images"));
	/* With its signatures. */
	eu_buf_clear(&b);
	assert_int_equal(eu_archive_save(s, refs, 1, &b, &err), 0);
	assert_int_equal(load(&other, &b, "c.d/z:3", &err), 0);
	parse_ref("c.d/z:3", &refs[0]);
	assert_int_equal(eu_store_find(&other, &refs[0], &two, &err), 0);
	assert_string_equal(two.digest, one.digest);
	eu_ref_signatures(&refs[0], one.digest, &signatures);
	assert_int_equal(eu_store_find(&other, &signatures, &two, &err), 0);
	assert_string_equal(two.digest, sig.digest);
	store_remove(&other);
}

/* An archive of one image, whose parts may be others. */
struct parts {
	const char *layout, *index, *config, *layer; /* NULL: as they should be */
	const char *extra, *content;		     /* a file more */
	const char *name;			     /* in the index */
	bool is_index;				     /* an index of the image */
	size_t without;				     /* 1: config, 2: layer */
};

static void put_blob(struct eu_buf *to, const struct eu_descriptor *d,
		     const char *content)
{
	char name[256];

	snprintf(name, sizeof(name), "blobs/sha256/%s",
		 d->digest + strlen("sha256:"));
	assert_int_equal(eu_tar_put(to, name, content, strlen(content)), 0);
}

static void write_archive(const struct parts *p, struct eu_buf *to)
{
	eu_auto_buf struct eu_buf text = EU_BUF(4096), index = EU_BUF(4096);
	struct eu_descriptor config, layer, d;

	describe(EU_OCI_EMPTY, "{}", &config);
	describe("a/b", "layer", &layer);
	write_image(&config, &layer, &text);
	describe(EU_OCI_MANIFEST, eu_buf_str(&text), &d);
	if (p->without != 1)
		put_blob(to, &config, p->config ?: "{}");
	if (p->without != 2)
		put_blob(to, &layer, p->layer ?: "layer");
	put_blob(to, &d, eu_buf_str(&text));
	if (p->is_index) {
		write_index(&d, &text);
		describe(EU_OCI_INDEX, eu_buf_str(&text), &d);
		put_blob(to, &d, eu_buf_str(&text));
	}
	if (p->extra)
		assert_int_equal(eu_tar_put(to, p->extra, p->content,
					    strlen(p->content)),
				 0);
	eu_buf_puts(&index, "{\"manifests\":[");
	eu_buf_printf(&index, PART(&d));
	index.len--;
	eu_buf_printf(&index, ",\"annotations\":{%s}}]}", p->name);
	assert_int_equal(eu_tar_put(to, "index.json",
				    p->index ?: eu_buf_str(&index),
				    strlen(p->index ?: eu_buf_str(&index))),
			 0);
	if (!p->layout)
		assert_int_equal(
			eu_tar_put(to, "oci-layout", LAYOUT, strlen(LAYOUT)), 0);
	eu_tar_end(to);
}

#define NAME "\"org.opencontainers.image.ref.name\":"
#define NAMED .name = NAME "\"a.b/x:1\""
#define DIGITS(c) c c c c c c c c c c c c c c c c

static const struct {
	struct parts parts;
	const char *as;
	int code;
	const char *why; /* or, of what is well, the name */
} cases[] = {
	{ { NAMED }, NULL, 0, "a.b/x:1" },
	{ { NAMED }, "c.d/y:2", 0, "c.d/y:2" },
	{ { NAMED, .is_index = true }, NULL, 0, "a.b/x:1" },
	{ { NAMED, .extra = "./manifest.json", .content = "[]" }, NULL, 0, "a.b/x:1" },
	/* What other tools call it; a tag alone is no name. */
	{ { .name = "\"io.containerd.image.name\":\"e.f/z:3\"," NAME "\"1\"" },
	  NULL,
	  0,
	  "e.f/z:3" },
	{ { .name = NAME "\"1\"" }, NULL, -EINVAL, "has no name" },
	{ { .name = NAME "\"1\"" }, "c.d/y:2", 0, "c.d/y:2" },
	{ { .name = "" }, NULL, -EINVAL, "has no name" },
	{ { .name = NAME "\"a.b/X Y\"" }, NULL, -EINVAL, "has no name" },
	{ { .name = NAME "1" }, NULL, -EINVAL, "has no name" },
	/* It is called by a digest that it has not. */
	{ { .name = NAME "\"a.b/x@sha256:" DIGITS("0123") "\"" },
	  NULL,
	  -EBADMSG,
	  "it is 'sha256:" },
	{ { NAMED, .layout = "" }, NULL, -EINVAL, "no 'oci-layout'" },
	{ { NAMED, .index = "" }, NULL, -EINVAL, "'index.json'" },
	{ { NAMED, .index = "<html>" }, NULL, -EINVAL, "'index.json'" },
	{ { NAMED, .index = "{}" }, NULL, -EINVAL, "lists 0 images" },
	{ { NAMED, .index = "{\"manifests\":[]}" }, NULL, -EINVAL, "lists 0 images" },
	{ { NAMED, .index = "{\"manifests\":[1]}" }, NULL, -EINVAL, "digest" },
	{ { NAMED, .index = "{\"manifests\":[{\"mediaType\":\"a\",\"size\":1,"
			    "\"digest\":\"sha256:" DIGITS("0123") "\"}]}" },
	  "c.d/y:2",
	  -ENOENT,
	  "0123" },
	/* Bytes that are not those of their name. */
	{ { NAMED, .layer = "LAYER" },
	  NULL,
	  -EBADMSG,
	  "of the archive: these are not the bytes of" },
	{ { NAMED, .layer = "" }, NULL, -EBADMSG, "these are not the bytes of" },
	{ { NAMED, .config = "{ }" }, NULL, -EBADMSG, "these are not the bytes of" },
	{ { NAMED, .without = 1 }, NULL, -ENOENT, "is not there" },
	{ { NAMED, .without = 2 }, NULL, -ENOENT, "is not there" },
	/* What wants to go elsewhere. */
	{ { NAMED, .extra = "../x", .content = "" },
	  NULL,
	  -EINVAL,
	  "'../x', which lies outside of it" },
	{ { NAMED, .extra = "/x", .content = "" }, NULL, -EINVAL, "outside of it" },
	{ { NAMED, .extra = "blobs/sha256/../../x", .content = "" },
	  NULL,
	  -EINVAL,
	  "outside of it" },
	{ { NAMED, .extra = "blobs/..", .content = "" },
	  NULL,
	  -EINVAL,
	  "outside of it" },
	{ { NAMED, .extra = "blobs/sha256/x", .content = "" },
	  NULL,
	  -EINVAL,
	  "has no digest for a name" },
	{ { NAMED, .extra = "blobs/sha256/" DIGITS("01234"), .content = "" },
	  NULL,
	  -EINVAL,
	  "has no digest for a name" },
	{ { NAMED, .extra = "..x", .content = "" }, NULL, 0, "a.b/x:1" },
};

static void archives_of_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_buf struct eu_buf b = EU_BUF(MAX);
		struct eu_error err = { 0 };
		struct eu_descriptor d;
		struct eu_store s;
		struct eu_ref ref;
		int r;

		print_message("%zu: %s\n", i, cases[i].why);
		write_archive(&cases[i].parts, &b);
		store_new(&s);
		r = load(&s, &b, cases[i].as, &err);
		if (r != cases[i].code)
			fail_msg("%d, %s", r, err.text);
		if (r) {
			if (!strstr(err.text, cases[i].why))
				fail_msg("%s", err.text);
			/* Nothing has got a name. */
			check_names(&s, "");
		} else {
			parse_ref(cases[i].why, &ref);
			assert_int_equal(eu_store_find(&s, &ref, &d, NULL), 0);
			assert_int_equal(*d.index != '\0',
					 cases[i].parts.is_index);
		}
		store_remove(&s);
	}
}

/* At each block and around it: all of it, or nothing has a name. */
static void archives_that_are_cut_off(void **state)
{
	const struct eu_store *s = *state;
	const struct parts whole = { NAMED };
	eu_auto_buf struct eu_buf b = EU_BUF(MAX);
	struct eu_descriptor d;
	struct eu_error err;
	struct eu_ref ref;
	size_t enough;

	write_archive(&whole, &b);
	parse_ref("a.b/x:1", &ref);
	/* The empty blocks and the padding of the last file may be missing. */
	enough = b.len - 1024 - 512 + strlen(LAYOUT);
	for (size_t n = 0; n <= b.len; n += n % 512 == 1 ? 510 : 1) {
		eu_auto_free char *cut = malloc(n ?: 1);
		struct eu_buf part = { .data = cut, .len = n };
		int r;

		assert_non_null(cut);
		memcpy(cut, b.data, n);
		r = load(s, &part, NULL, &err);
		if (r != (n < enough ? -EINVAL : 0))
			fail_msg("%zu of %zu bytes: %d, %s", n, b.len, r,
				 err.text);
		if (!r)
			assert_int_equal(eu_store_untag(s, &ref, NULL), 0);
		assert_int_equal(eu_store_find(s, &ref, &d, NULL), -ENOENT);
	}
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, new_store, remove_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_is_saved_is_loaded),
		cmocka_unit_test(archives_of_others),
		EACH(archives_that_are_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
