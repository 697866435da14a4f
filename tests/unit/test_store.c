/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "oci/store.h"

#include "store_dir.h"

/* Files among its blobs, those that are being written with them. */
static size_t blobs(const struct eu_store *s)
{
	DIR *dir = opendir(s->blobs);
	struct dirent *e;
	size_t n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	closedir(dir);
	return n;
}

static char *blob_file(const struct eu_store *s, const struct eu_descriptor *d)
{
	return eu_path_join(s->blobs, d->digest + strlen("sha256:"));
}

static void overwrite(const struct eu_store *s, const struct eu_descriptor *d,
		      const char *text)
{
	eu_auto_free char *path = blob_file(s, d);

	assert_int_equal(eu_file_write(path, text, strlen(text), NULL), 0);
}

static void what_is_put_is_there(void **state)
{
	static const char *const texts[] = { "", "hello", "{}" };
	const struct eu_store *s = *state;
	struct eu_descriptor d;
	uint64_t used;

	for (size_t i = 0; i < EU_COUNT(texts); i++) {
		eu_auto_free char *data = NULL, *path = NULL;
		struct eu_error err;
		struct stat st;
		size_t len;

		describe("a/b", texts[i], &d);
		assert_false(eu_store_has(s, &d));
		assert_int_equal(eu_store_read(s, d.digest, 100, &data, &len,
					       &err),
				 -ENOENT);
		assert_null(data);
		for (int twice = 0; twice < 2; twice++)
			store_text(s, "a/b", texts[i], &d);
		assert_true(eu_store_has(s, &d));
		assert_int_equal(blobs(s), i + 1);
		/* Nobody writes to it any more. */
		path = blob_file(s, &d);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0444);
		assert_int_equal(
			eu_store_read(s, d.digest, 5, &data, &len, &err), 0);
		assert_string_equal(data, texts[i]);
		assert_int_equal(len, d.size);
		/* Of another size it is not what is asked for. */
		d.size++;
		assert_false(eu_store_has(s, &d));
	}
	assert_int_equal(eu_store_used(s, &used, NULL), 0);
	assert_int_equal(used, 7);
	describe("a/b", "hello", &d);
	for (int i = 0; i < 2; i++) {
		eu_auto_free char *data = NULL;
		eu_auto_close int fd = -1;
		struct eu_error err;
		size_t len;

		/* Four bytes are too few for it. */
		fd = eu_store_open_blob(s, d.digest, 4 + i, &err);
		assert_true(i ? fd >= 0 : fd == -E2BIG);
		assert_int_equal(eu_store_read(s, d.digest, 4 + i, &data, &len,
					       &err),
				 i ? 0 : -E2BIG);
	}
}

/* Wherever the bytes come from, and in whatever pieces. */
struct pieces {
	const char *text;
	size_t each;
	int code; /* at the end */
};

static int fill(void *ctx, struct eu_store_writer *w, struct eu_error *err)
{
	const struct pieces *p = ctx;
	const size_t len = strlen(p->text);
	int r = 0;

	for (size_t at = 0; at < len && !r; at += p->each)
		r = eu_store_write(w, p->text + at, eu_min(p->each, len - at),
				   err);
	return r ?: p->code ? eu_error_set(err, p->code, "it broke off") : 0;
}

static void what_is_wrong_is_not_kept(void **state)
{
	static const struct {
		const char *text; /* in the place of "hello" */
		uint64_t size;
		int ends, code;
	} cases[] = {
		{ "hello", 5, 0, 0 },
		{ "hellO", 5, 0, -EBADMSG },
		{ "hell", 5, 0, -EBADMSG },
		{ "hello!", 5, 0, -EBADMSG },
		{ "", 5, 0, -EBADMSG },
		{ "hello", 4, 0, -EBADMSG },
		{ "hello", 6, 0, -EBADMSG },
		{ "hello", 5, -EPIPE, -EPIPE },
		{ "he", 5, -ETIMEDOUT, -ETIMEDOUT },
	};
	const struct eu_store *s = *state;

	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		for (size_t each = 1; each < 7; each++) {
			struct pieces p = { cases[i].text, each, cases[i].ends };
			struct eu_error err = { 0 };
			struct eu_descriptor d;
			eu_auto_free char *path = NULL;

			describe("a/b", "hello", &d);
			path = blob_file(s, &d);
			d.size = cases[i].size;
			print_message("'%s', %zu each\n", cases[i].text, each);
			assert_int_equal(eu_store_fill(s, &d, fill, &p, &err),
					 cases[i].code);
			/* Neither under its name nor beside. */
			assert_int_equal(blobs(s), !cases[i].code);
			assert_int_equal(access(path, F_OK),
					 cases[i].code ? -1 : 0);
			if (cases[i].code == -EBADMSG)
				assert_non_null(strstr(err.text, d.digest));
			unlink(path);
		}
	}
}

static void names_that_are_no_digests(void **state)
{
	static const char *const names[] = {
		"",
		"sha256:",
		"sha256:../../../index.json",
		"sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
		"sha256:/123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};
	const struct eu_store *s = *state;

	for (size_t i = 0; i < EU_COUNT(names); i++) {
		struct eu_descriptor d = { .size = 5 };
		eu_auto_free char *data = NULL;
		struct eu_error err;
		size_t len;

		snprintf(d.digest, sizeof(d.digest), "%s", names[i]);
		assert_false(eu_store_has(s, &d));
		assert_int_equal(eu_store_put(s, &d, "hello", &err), -EINVAL);
		assert_non_null(strstr(err.text, "is no sha256 digest"));
		assert_int_equal(eu_store_read(s, d.digest, 100, &data, &len,
					       &err),
				 -EINVAL);
		assert_int_equal(eu_store_open_blob(s, d.digest, 100, &err),
				 -EINVAL);
	}
	assert_int_equal(blobs(s), 0);
}

static void what_was_changed_is_removed(void **state)
{
	static const char *const changes[] = { "hellO", "hell", "hello!", "" };
	const struct eu_store *s = *state;

	for (size_t i = 0; i < EU_COUNT(changes) * 2; i++) {
		eu_auto_free char *data = NULL, *path = NULL;
		struct eu_descriptor d;
		struct eu_error err;
		size_t len;
		int r;

		store_text(s, "a/b", "hello", &d);
		path = blob_file(s, &d);
		overwrite(s, &d, changes[i / 2]);
		r = i % 2 ? eu_store_open_blob(s, d.digest, 100, &err) :
			    eu_store_read(s, d.digest, 100, &data, &len, &err);
		assert_int_equal(r, -EBADMSG);
		assert_null(data);
		assert_non_null(strstr(err.text, "and is removed"));
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void references_stand_for_manifests(void **state)
{
	const struct eu_store *s = *state;
	struct eu_descriptor one, two, found;
	struct eu_ref a, b, digest;
	char text[EU_REF_TEXT];
	struct eu_error err;

	store_image(s, "one", &one);
	store_image(s, "two", &two);
	parse_ref("a.b/x:1", &a);
	parse_ref("a.b/x:2", &b);
	assert_int_equal(eu_store_find(s, &a, &found, &err), -ENOENT);
	assert_non_null(strstr(err.text, "there is no 'a.b/x:1' here"));
	assert_int_equal(eu_store_tag(s, &a, &one, &err), 0);
	assert_int_equal(eu_store_tag(s, &b, &two, &err), 0);
	assert_int_equal(eu_store_find(s, &a, &found, &err), 0);
	assert_string_equal(found.digest, one.digest);
	assert_string_equal(found.type, EU_OCI_MANIFEST);
	assert_int_equal(found.size, one.size);
	/* By its digest, whatever its tag is; but of this repository. */
	snprintf(text, sizeof(text), "a.b/x@%s", two.digest);
	parse_ref(text, &digest);
	assert_int_equal(eu_store_find(s, &digest, &found, &err), 0);
	assert_string_equal(found.digest, two.digest);
	snprintf(text, sizeof(text), "a.b/xy@%s", two.digest);
	parse_ref(text, &digest);
	assert_int_equal(eu_store_find(s, &digest, &found, &err), -ENOENT);
	/* A tag moves. */
	assert_int_equal(eu_store_tag(s, &a, &two, &err), 0);
	assert_int_equal(eu_store_find(s, &a, &found, &err), 0);
	assert_string_equal(found.digest, two.digest);
	assert_int_equal(eu_store_untag(s, &a, &err), 0);
	assert_int_equal(eu_store_find(s, &a, &found, &err), -ENOENT);
	assert_int_equal(eu_store_untag(s, &a, &err), -ENOENT);
	assert_int_equal(eu_store_find(s, &b, &found, &err), 0);
}

static void indexes_are_named_by_their_digest(void **state)
{
	const struct eu_store *s = *state;
	struct eu_buf b = EU_BUF(4096);
	struct eu_descriptor one, index, found;
	struct eu_ref ref, digest;
	char text[EU_REF_TEXT];

	store_image(s, "one", &one);
	write_index(&one, &b);
	store_text(s, EU_OCI_INDEX, eu_buf_str(&b), &index);
	memcpy(one.index, index.digest, sizeof(one.index));
	parse_ref("a.b/x:1", &ref);
	assert_int_equal(eu_store_tag(s, &ref, &one, NULL), 0);
	snprintf(text, sizeof(text), "a.b/x@%s", index.digest);
	parse_ref(text, &digest);
	assert_int_equal(eu_store_find(s, &digest, &found, NULL), 0);
	assert_string_equal(found.digest, one.digest);
	assert_string_equal(found.index, index.digest);
	eu_buf_done(&b);
}

static void prune_leaves_what_is_needed(void **state)
{
	const struct eu_store *s = *state;
	struct eu_buf b = EU_BUF(4096);
	struct eu_descriptor one, two, spare, index, sig;
	struct eu_ref ref, signatures;
	uint64_t bytes = 77;

	store_image(s, "one", &one);
	store_image(s, "two", &two);
	store_text(s, "a/b", "nobody's", &spare);
	write_index(&one, &b);
	store_text(s, EU_OCI_INDEX, eu_buf_str(&b), &index);
	memcpy(one.index, index.digest, sizeof(one.index));
	parse_ref("a.b/x:1", &ref);
	assert_int_equal(eu_store_tag(s, &ref, &one, NULL), 0);
	/* Signatures of what is here, and of what is not. */
	store_image(s, "signature", &sig);
	eu_ref_signatures(&ref, one.digest, &signatures);
	assert_int_equal(eu_store_tag(s, &signatures, &sig, NULL), 0);
	eu_ref_signatures(&ref, two.digest, &signatures);
	assert_int_equal(eu_store_tag(s, &signatures, &sig, NULL), 0);
	/* One config, three layers with their manifests, an index, a spare. */
	assert_int_equal(blobs(s), 9);
	assert_int_equal(eu_store_prune(s, &bytes, NULL), 0);
	assert_int_equal(blobs(s), 6);
	assert_int_equal(bytes, strlen("two") + two.size + spare.size);
	assert_true(eu_store_has(s, &one) && eu_store_has(s, &index) &&
		    eu_store_has(s, &sig));
	assert_int_equal(eu_store_find(s, &signatures, &sig, NULL), -ENOENT);
	assert_int_equal(eu_store_prune(s, &bytes, NULL), 0);
	assert_int_equal(bytes, 0);
	/* The last reference goes, and all with it. */
	assert_int_equal(eu_store_untag(s, &ref, NULL), 0);
	assert_int_equal(eu_store_prune(s, &bytes, NULL), 0);
	assert_int_equal(blobs(s), 0);
	eu_buf_done(&b);
}

/* What somebody was writing when he was killed. */
static void prune_removes_what_was_left(void **state)
{
	static const char *const names[] = { "index.json.AbCdEf",
					     "oci-layout.AbCdEf",
					     "blobs/sha256/.new-AbCdEf" };
	const struct eu_store *s = *state;
	eu_auto_free char *mine = eu_path_join(s->dir, "mine");
	uint64_t bytes;

	for (size_t i = 0; i < EU_COUNT(names); i++) {
		eu_auto_free char *path = eu_path_join(s->dir, names[i]);

		assert_int_equal(eu_file_write(path, "abc", 3, NULL), 0);
	}
	/* A file of somebody else's stays. */
	assert_int_equal(eu_file_write(mine, "abc", 3, NULL), 0);
	assert_int_equal(eu_store_prune(s, &bytes, NULL), 0);
	assert_int_equal(bytes, 9);
	assert_int_equal(access(mine, F_OK), 0);
}

static void an_index_that_is_broken(void **state)
{
	static const char *const texts[] = { "",       "{",
					     "[]",     "{}",
					     "<html>", "{\"manifests\":{}}" };
	const struct eu_store *s = *state;
	eu_auto_free char *path = eu_path_join(s->dir, "index.json");
	struct eu_descriptor one, found;
	struct eu_error err;
	struct eu_ref ref;
	uint64_t bytes;

	store_image(s, "one", &one);
	parse_ref("a.b/x:1", &ref);
	for (size_t i = 0; i < EU_COUNT(texts); i++) {
		eu_auto_free char *now = NULL;
		size_t len;

		print_message("'%s'\n", texts[i]);
		assert_int_equal(
			eu_file_write(path, texts[i], strlen(texts[i]), NULL), 0);
		assert_int_equal(eu_store_find(s, &ref, &found, &err), -EINVAL);
		assert_non_null(strstr(err.text, "index.json'"));
		/* Nothing is written over, nothing removed. */
		assert_int_equal(eu_store_tag(s, &ref, &one, &err), -EINVAL);
		assert_int_equal(eu_store_untag(s, &ref, &err), -EINVAL);
		assert_int_equal(eu_store_prune(s, &bytes, &err), -EINVAL);
		assert_int_equal(blobs(s), 3);
		assert_int_equal(eu_file_read(path, 100, &now, &len, NULL), 0);
		assert_string_equal(now, texts[i]);
	}
}

static int count(void *ctx, const char *name, const struct eu_descriptor *d,
		 struct eu_error *err)
{
	unsigned int *n = ctx;

	(void)err;
	assert_true(eu_digest_is_valid(d->digest));
	*n += name ? 1 : 100;
	return *n == 3 ? -ECANCELED : 0;
}

/* Others write to it, too: what has no name, or is none of these. */
static void entries_of_others(void **state)
{
	static const char format[] =
		"{\"manifests\":[1,{\"digest\":\"x\",\"annotations\":"
		"{\"org.opencontainers.image.ref.name\":\"a.b/y:1\"}}%s]}";
	const struct eu_store *s = *state;
	eu_auto_free char *path = eu_path_join(s->dir, "index.json");
	struct eu_buf b = EU_BUF(4096), one_part = EU_BUF(4096);
	struct eu_descriptor one, found;
	struct eu_error err;
	struct eu_ref ref;
	unsigned int n = 0;
	uint64_t bytes;

	store_image(s, "one", &one);
	eu_buf_putc(&one_part, ',');
	eu_buf_printf(&one_part, PART(&one));
	eu_buf_printf(&b, format, eu_buf_str(&one_part));
	assert_int_equal(eu_file_write(path, b.data, b.len, NULL), 0);
	assert_int_equal(eu_store_foreach(s, count, &n, &err), 0);
	assert_int_equal(n, 0);
	parse_ref("a.b/y:1", &ref);
	assert_int_equal(eu_store_find(s, &ref, &found, &err), -ENOENT);
	/* Who needs what is not known then. */
	assert_int_equal(eu_store_prune(s, &bytes, &err), -EINVAL);
	assert_int_equal(blobs(s), 3);
	/* What has no name is needed all the same. */
	eu_buf_clear(&b);
	eu_buf_printf(&b, "{\"manifests\":[%s]}", eu_buf_str(&one_part) + 1);
	assert_int_equal(eu_file_write(path, b.data, b.len, NULL), 0);
	assert_int_equal(eu_store_walk(s, true, count, &n, &err), 0);
	assert_int_equal(n, 100);
	assert_int_equal(eu_store_prune(s, &bytes, &err), 0);
	assert_int_equal(blobs(s), 3);
	/* Who calls may stop it. */
	n = 1;
	for (int i = 1; i < 4; i++) {
		char name[EU_REF_TEXT];

		snprintf(name, sizeof(name), "a.b/x:%d", i);
		parse_ref(name, &ref);
		assert_int_equal(eu_store_tag(s, &ref, &one, NULL), 0);
	}
	assert_int_equal(eu_store_foreach(s, count, &n, &err), -ECANCELED);
	assert_int_equal(n, 3);
	eu_buf_done(&b);
	eu_buf_done(&one_part);
}

static void its_size_has_a_limit(void **state)
{
	static const struct {
		const char *text;
		uint64_t max; /* 0: no size */
	} cases[] = {
		{ "1", 1 },
		{ "500M", 500ull << 20 },
		{ "4G", 4ull << 30 },
		{ "", 4ull << 30 },
		{ "16K", 16 << 10 },
		{ "2T", 2ull << 40 },
		{ "18446744073709551615", UINT64_MAX },
		{ "-1", 0 },
		{ " 1", 0 },
		{ "1 ", 0 },
		{ "1m", 0 },
		{ "1MB", 0 },
		{ "M", 0 },
		{ "0x10", 0 },
		{ "18446744073709551616", 0 },
		{ "99999999T", 0 },
	};
	struct eu_store *s = *state;
	struct eu_descriptor d;
	struct eu_error err;

	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		eu_auto_store struct eu_store again = { 0 };
		int r;

		print_message("'%s'\n", cases[i].text);
		setenv("EUNOMIA_STORE_MAX", cases[i].text, 1);
		r = eu_store_open(s->dir, &again, &err);
		assert_int_equal(r, cases[i].max ? 0 : -EINVAL);
		if (!r)
			assert_int_equal(again.max, cases[i].max);
		else
			assert_non_null(strstr(err.text, "EUNOMIA_STORE_MAX"));
	}
	/* To the last byte, with what is there and what is being written. */
	s->max = 12;
	store_text(s, "a/b", "hello", &d);
	describe("a/b", "hello, world", &d);
	assert_int_equal(eu_store_put(s, &d, "hello, world", &err), -EDQUOT);
	assert_non_null(strstr(err.text, "its limit (EUNOMIA_STORE_MAX) is 12"));
	assert_int_equal(blobs(s), 1);
	store_text(s, "a/b", "seven..", &d);
	describe("a/b", "!", &d);
	assert_int_equal(eu_store_put(s, &d, "!", &err), -EDQUOT);
	/* What is there needs no room. */
	store_text(s, "a/b", "hello", &d);
}

static void whose_folder_it_is(void **state)
{
	struct eu_store *s = *state, again;
	struct eu_error err;

	assert_int_equal(chmod(s->dir, 0757), 0);
	assert_int_equal(eu_store_open(s->dir, &again, &err), -EPERM);
	assert_non_null(strstr(err.text, "anybody can write"));
	assert_int_equal(chmod(s->dir, 0755), 0);
	if (geteuid())
		return;
	assert_int_equal(chown(s->dir, 65534, 65534), 0);
	assert_int_equal(eu_store_open(s->dir, &again, &err), -EPERM);
	assert_non_null(strstr(err.text, "belongs to another user (65534)"));
}

static void what_stands_in_which_place(void **state)
{
	struct eu_store *s = *state;
	static const char *const names[] = { "EUNOMIA_STORE", "XDG_DATA_HOME",
					     "HOME" };
	static const char *const ends[] = { "", "/eunomia/store",
					    "/.local/share/eunomia/store" };

	for (size_t i = EU_COUNT(names); i-- > 0;) {
		eu_auto_store struct eu_store found = { 0 };
		char path[256];

		for (size_t k = 0; k < i; k++)
			unsetenv(names[k]);
		setenv(names[i], s->dir, 1);
		assert_int_equal(eu_store_open(NULL, &found, NULL), 0);
		snprintf(path, sizeof(path), "%s%s", s->dir, ends[i]);
		assert_string_equal(found.dir, path);
	}
	for (size_t i = 0; i < EU_COUNT(names); i++)
		unsetenv(names[i]);
	assert_int_equal(eu_store_open(NULL, s, NULL), -ENOENT);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, new_store, remove_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_is_put_is_there),
		EACH(what_is_wrong_is_not_kept),
		EACH(names_that_are_no_digests),
		EACH(what_was_changed_is_removed),
		EACH(references_stand_for_manifests),
		EACH(indexes_are_named_by_their_digest),
		EACH(prune_leaves_what_is_needed),
		EACH(prune_removes_what_was_left),
		EACH(an_index_that_is_broken),
		EACH(entries_of_others),
		EACH(its_size_has_a_limit),
		EACH(whose_folder_it_is),
		EACH(what_stands_in_which_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
