/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
/*
 * What others put into a store, and into archives of images. The first byte
 * picks what the rest is:
 *
 *	t	an archive
 *	f	the files of one, of which each begins with "FILE", its name on
 *		the same line. "@" at the end of a name stands for the digits of
 *		its bytes' digest, "@1" in a file for the first file's digest,
 *		"@1" to "@9"
 *	i	the index of a store, with an image in it
 *
 * Whatever it was, each blob is what its name says, and of what has a name all
 * is there.
 */

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "oci/archive.h"
#include "pkg/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 1 << 20, FILES = 9 };

static struct eu_store store;
static char *index_file;

/* All but the folders. */
static void empty(void)
{
	DIR *d = opendir(store.blobs);
	struct dirent *e;

	assert(d);
	while ((e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	unlink(index_file);
}

static void remove_store(void)
{
	static const char *const names[] = { "oci-layout", "index.lock",
					     "blobs.lock", "blobs/sha256",
					     "blobs",	   "" };

	empty();
	for (size_t i = 0; i < EU_COUNT(names); i++) {
		eu_auto_free char *path = eu_path_join(store.dir, names[i]);

		remove(path);
	}
	free(index_file);
	eu_store_done(&store);
}

static void make_store(void)
{
	char dir[] = "/tmp/eu_fuzz_XXXXXX";

	assert(mkdtemp(dir) && !eu_store_open(dir, &store, NULL));
	index_file = eu_path_join(store.dir, "index.json");
	atexit(remove_store);
}

static void check_blobs(void)
{
	DIR *d = opendir(store.blobs);
	char digest[EU_DIGEST];
	struct dirent *e;

	assert(d);
	while ((e = readdir(d))) {
		eu_auto_free char *data = NULL;
		size_t len;

		if (*e->d_name == '.')
			continue;
		assert(snprintf(digest, sizeof(digest), "sha256:%s", e->d_name) <
		       (int)sizeof(digest));
		assert(!eu_store_read(&store, digest, MAX, &data, &len, NULL));
	}
	closedir(d);
}

static int check_image(void *ctx, const char *name,
		       const struct eu_descriptor *d, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	char digest[EU_DIGEST];
	struct eu_ref ref;

	(void)ctx;
	assert(!eu_ref_parse(name, &ref, err));
	assert(!eu_store_manifest(&store, d, &m, err));
	assert(!m.index);
	/* Of signatures nobody needs all. */
	if (eu_ref_signs(&ref, digest))
		return 0;
	assert(eu_store_has(&store, &m.config));
	for (size_t i = 0; i < m.n; i++)
		assert(eu_store_has(&store, &m.parts[i]));
	return 0;
}

static int nothing(void *ctx, const char *name, const struct eu_descriptor *d,
		   struct eu_error *err)
{
	(void)ctx;
	(void)name;
	(void)d;
	(void)err;
	return 0;
}

static void archive(const void *data, size_t len)
{
	struct eu_error err;
	uint64_t bytes;
	int r = eu_archive_load(&store, data, len, NULL, nothing, NULL, &err);

	assert(r || !eu_store_foreach(&store, check_image, NULL, &err));
	check_blobs();
	/* All that a name stands for is still there then. */
	if (!r && !eu_store_prune(&store, &bytes, &err))
		assert(!eu_store_foreach(&store, check_image, NULL, &err));
}

struct files {
	struct eu_buf tar;
	char digest[FILES][EU_DIGEST];
	size_t n;
};

/* One of them, from behind its mark to the next. */
static void put_file(struct files *f, const char *text, size_t len)
{
	eu_auto_buf struct eu_buf content = EU_BUF(MAX);
	const char *end = memchr(text, '\n', len), *at;
	char name[100] = "", digest[EU_DIGEST];
	size_t n = end ? (size_t)(end - text) : len;

	snprintf(name, sizeof(name), "%.*s", (int)eu_min(n, (size_t)99), text);
	for (at = end ? end + 1 : text + len; at < text + len; at++) {
		const size_t i = at + 1 < text + len ? at[1] - '1' : FILES;

		if (*at != '@' || i >= f->n) {
			eu_buf_putc(&content, *at);
			continue;
		}
		eu_buf_puts(&content, f->digest[i]);
		at++;
	}
	eu_digest_of(content.data, content.len, digest, NULL);
	if (f->n < FILES)
		memcpy(f->digest[f->n++], digest, sizeof(digest));
	n = strlen(name);
	if (n && name[n - 1] == '@')
		snprintf(name + n - 1, sizeof(name) - n + 1, "%s",
			 digest + strlen("sha256:"));
	eu_tar_put(&f->tar, name, content.data, content.len);
}

static void files(const char *data, size_t len)
{
	static const char mark[] = "FILE";
	const size_t skip = sizeof(mark) - 1;
	struct files f = { .tar = EU_BUF(MAX) };
	const char *next;
	size_t n;

	for (; len > skip; data += n, len -= n) {
		next = memmem(data + 1, len - 1, mark, skip);
		n = next ? (size_t)(next - data) : len;
		if (n > skip)
			put_file(&f, data + skip, n - skip);
	}
	eu_tar_end(&f.tar);
	archive(f.tar.data, f.tar.len);
	eu_buf_done(&f.tar);
}

/* Nothing that is broken is written over, and nothing removed for it. */
static void list(const char *text, size_t len)
{
	static const char image[] =
		"{\"config\":{\"mediaType\":\"a/b\",\"size\":2,\"digest\":"
		"\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"},\"layers\":[]}";
	struct eu_descriptor d = { .size = sizeof(image) - 1,
				   .type = EU_OCI_MANIFEST };
	struct eu_descriptor found;
	struct eu_error err;
	struct eu_ref ref;
	uint64_t bytes;

	assert(!eu_digest_of(image, d.size, d.digest, NULL));
	assert(!eu_store_put(&store, &d, image, NULL));
	assert(!eu_ref_parse("a.b/c:1", &ref, NULL));
	assert(!eu_file_write(index_file, text, len, NULL));
	if (!eu_store_find(&store, &ref, &found, &err))
		assert(eu_digest_is_valid(found.digest));
	if (eu_store_prune(&store, &bytes, &err))
		assert(eu_store_has(&store, &d));
	if (!eu_store_tag(&store, &ref, &d, &err)) {
		assert(!eu_store_find(&store, &ref, &found, &err));
		assert(!strcmp(found.digest, d.digest));
		assert(!eu_store_untag(&store, &ref, &err));
		assert(eu_store_find(&store, &ref, &found, &err) == -ENOENT);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	if (!index_file)
		make_store();
	switch (data[0]) {
	case 't': archive(text, size - 1); break;
	case 'f': files(text, size - 1); break;
	case 'i': list(text, size - 1); break;
	}
	empty();
	return 0;
}
