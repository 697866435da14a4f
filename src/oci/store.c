/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"

/* Unless EUNOMIA_STORE_MAX says another limit. */
static const uint64_t DEFAULT_MAX = 4ull << 30;

enum { PIECE = 64 << 10 };

static int failed(struct eu_error *err, const char *what, const char *path)
{
	return eu_error_set(err, -errno, "cannot %s '%s': %s", what, path,
			    strerror(errno));
}

static int make_folder(const char *path, struct eu_error *err)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		return failed(err, "make the folder", path);
	return 0;
}

/* With what it lies in; the root of a file system is there. */
static int make_folders(const char *path, struct eu_error *err)
{
	eu_auto_free char *work = strdup(path);
	int r = 0;

	if (!work)
		return eu_error_oom(err);
	for (char *p = work + 1; *p && !r; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		r = make_folder(work, err);
		*p = '/';
	}
	return r ?: make_folder(work, err);
}

/* Where it is, to be freed; @dir if not NULL. */
static int find_dir(const char *dir, char **ret, struct eu_error *err)
{
	const char *own = dir ?: getenv("EUNOMIA_STORE");
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (own && *own)
		*ret = strdup(own);
	else if (data && *data == '/')
		*ret = eu_path_join(data, "eunomia/store");
	else if (home && *home == '/')
		*ret = eu_path_join(home, ".local/share/eunomia/store");
	else
		return eu_error_set(
			err, -ENOENT,
			"no place for what is pulled: set HOME or EUNOMIA_STORE");
	return *ret ? 0 : eu_error_oom(err);
}

int eu_store_lock(const struct eu_store *s, const char *name, int how,
		  struct eu_error *err)
{
	eu_auto_free char *path = eu_path_join(s->dir, name);
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1;

	if (!path)
		return eu_error_oom(err);
	if (fd < 0)
		return failed(err, "open", path);
	while (flock(fd, how)) {
		if (errno == EINTR)
			continue;
		eu_close(fd);
		return failed(err, "lock", path);
	}
	return fd;
}

int eu_store_use(const struct eu_store *s, struct eu_error *err)
{
	return eu_store_lock(s, "blobs.lock", LOCK_SH, err);
}

static int make_layout(const struct eu_store *s, struct eu_error *err)
{
	eu_auto_free char *file = eu_path_join(s->dir, "oci-layout");
	eu_auto_close int held = -1;
	int r;

	if (!file)
		return eu_error_oom(err);
	if (!access(file, F_OK) && !access(s->blobs, F_OK))
		return 0;
	r = make_folders(s->blobs, err);
	if (r)
		return r;
	/* Or who prunes would take it for something left. */
	held = eu_store_lock(s, "index.lock", LOCK_EX, err);
	return held < 0 ?
		       held :
		       eu_file_write_flushed(file, EU_STORE_LAYOUT,
					     strlen(EU_STORE_LAYOUT), NULL, err);
}

/* Who can write to it says what a name stands for. */
static int check_owner(const struct eu_store *s, struct eu_error *err)
{
	struct stat st;

	if (stat(s->dir, &st))
		return failed(err, "open", s->dir);
	if (st.st_uid != geteuid() && st.st_uid)
		return eu_error_set(
			err, -EPERM,
			"the store '%s' belongs to another user (%u): have EUNOMIA_STORE name one of your own",
			s->dir, st.st_uid);
	if (st.st_mode & S_IWOTH)
		return eu_error_set(
			err, -EPERM,
			"anybody can write to the store '%s': 'chmod o-w' it, or have EUNOMIA_STORE name another",
			s->dir);
	return 0;
}

/* "500M", "4G", bytes; without it what is usual. */
static int read_limit(uint64_t *ret, struct eu_error *err)
{
	static const char units[] = "KMGT";
	const char *text = getenv("EUNOMIA_STORE_MAX"), *unit;
	uint64_t n;
	char *end;

	*ret = DEFAULT_MAX;
	if (!text || !*text)
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit && !end[1]) {
		for (const char *u = units; u <= unit; u++) {
			if (__builtin_mul_overflow(n, 1024, &n))
				errno = ERANGE;
		}
		end++;
	}
	if (*text < '0' || *text > '9' || *end || errno)
		return eu_error_set(
			err, -EINVAL,
			"EUNOMIA_STORE_MAX: '%s' is no size: 500M, 4G, or bytes",
			text);
	*ret = n;
	return 0;
}

/* Nothing is made where it would be refused. */
static int open_store(const char *dir, bool make, struct eu_store *ret,
		      struct eu_error *err)
{
	struct eu_store s = { 0 };
	int r = find_dir(dir, &s.dir, err);

	if (r)
		return r;
	s.blobs = eu_path_join(s.dir, "blobs/sha256");
	r = s.blobs ? read_limit(&s.max, err) : eu_error_oom(err);
	if (!r && (!make || !access(s.dir, F_OK)))
		r = check_owner(&s, err);
	if (!r && make)
		r = make_layout(&s, err);
	/* Somebody else may have been the first. */
	if (!r && make)
		r = check_owner(&s, err);
	if (r) {
		eu_store_done(&s);
		return r;
	}
	*ret = s;
	return 0;
}

int eu_store_open(const char *dir, struct eu_store *ret, struct eu_error *err)
{
	return open_store(dir, true, ret, err);
}

int eu_store_open_there(const char *dir, struct eu_store *ret,
			struct eu_error *err)
{
	return open_store(dir, false, ret, err);
}

void eu_store_done(struct eu_store *s)
{
	free(s->dir);
	free(s->blobs);
	*s = (struct eu_store){ 0 };
}

/* Where a blob is or would be, to be freed; NULL, which no_path() explains. */
static char *blob_path(const struct eu_store *s, const char *digest)
{
	return eu_digest_is_valid(digest) ?
		       eu_path_join(s->blobs, strchr(digest, ':') + 1) :
		       NULL;
}

static int no_path(const char *digest, struct eu_error *err)
{
	return eu_digest_is_valid(digest) ?
		       eu_error_oom(err) :
		       eu_error_set(err, -EINVAL, "'%s' is no sha256 digest",
				    digest);
}

bool eu_store_has(const struct eu_store *s, const struct eu_descriptor *d)
{
	eu_auto_free char *path = blob_path(s, d->digest);
	struct stat st;

	return path && !stat(path, &st) && S_ISREG(st.st_mode) &&
	       (uint64_t)st.st_size == d->size;
}

/* ---- blobs */

int eu_store_used(const struct eu_store *s, uint64_t *ret, struct eu_error *err)
{
	DIR *dir = opendir(s->blobs);
	struct dirent *e;
	uint64_t used = 0;
	struct stat st;

	if (!dir)
		return failed(err, "read", s->blobs);
	/* With those that others are writing. */
	while ((e = readdir(dir))) {
		if (!fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			used += st.st_size;
	}
	closedir(dir);
	*ret = used;
	return 0;
}

static int full(const struct eu_store *s, struct eu_error *err)
{
	return eu_error_set(
		err, -EDQUOT,
		"the store '%s' is full, its limit (EUNOMIA_STORE_MAX) is %llu bytes: 'ecli rm' what is not needed, then 'ecli prune'",
		s->dir, (unsigned long long)s->max);
}

/*
 * A file as long as the blob will be: so others see what room is left, which
 * one at a time asks for.
 */
static int reserve(struct eu_store_writer *w, struct eu_error *err)
{
	const struct eu_store *s = w->store;
	eu_auto_close int held = eu_store_lock(s, "index.lock", LOCK_EX, err);
	uint64_t used;
	int r = held < 0 ? held : eu_store_used(s, &used, err);

	if (r)
		return r;
	if (used > s->max || w->wanted->size > s->max - used)
		return full(s, err);
	w->tmp = eu_path_join(s->blobs, ".new-XXXXXX");
	if (!w->tmp)
		return eu_error_oom(err);
	w->fd = mkostemp(w->tmp, O_CLOEXEC);
	if (w->fd >= 0 && !ftruncate(w->fd, (off_t)w->wanted->size))
		return 0;
	r = failed(err, "write to", s->blobs);
	if (w->fd < 0)
		free(eu_take_ptr(w->tmp));
	return r;
}

int eu_store_begin(const struct eu_store *s, const struct eu_descriptor *d,
		   struct eu_store_writer *ret, struct eu_error *err)
{
	struct eu_store_writer w = { .store = s, .wanted = d, .fd = -1 };
	int r = eu_sha256_init(&w.sha, err);

	if (!r)
		r = reserve(&w, err);
	if (r) {
		eu_store_end(&w);
		return r;
	}
	*ret = w;
	return 0;
}

static int others(const struct eu_store_writer *w, struct eu_error *err)
{
	return eu_error_set(err, -EBADMSG, "these are not the bytes of '%s'",
			    w->wanted->digest);
}

int eu_store_write(void *writer, const void *data, size_t len,
		   struct eu_error *err)
{
	struct eu_store_writer *w = writer;
	int r;

	if (len > w->wanted->size - w->size)
		return others(w, err);
	r = eu_write_all(w->fd, data, len);
	if (r)
		return eu_error_set(err, r, "cannot write to '%s': %s",
				    w->store->blobs, strerror(-r));
	eu_sha256_update(&w->sha, data, len);
	w->size += len;
	return 0;
}

void eu_store_ahead(const struct eu_store_writer *w)
{
	/* Where a file system knows nothing of it, nothing is lost. */
	sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int eu_store_keep(struct eu_store_writer *w, struct eu_error *err)
{
	const struct eu_descriptor *d = w->wanted;
	eu_auto_free char *path = blob_path(w->store, d->digest);
	uint8_t sum[EU_SHA256_SIZE];
	char digest[EU_DIGEST];

	if (!path)
		return no_path(d->digest, err);
	eu_sha256_final(&w->sha, sum);
	eu_digest_format(sum, digest);
	if (w->size != d->size || strcmp(digest, d->digest) != 0)
		return others(w, err);
	if (fchmod(w->fd, 0444) || fsync(w->fd) || rename(w->tmp, path))
		return failed(err, "write", path);
	free(eu_take_ptr(w->tmp));
	return 0;
}

void eu_store_end(struct eu_store_writer *w)
{
	if (w->tmp)
		unlink(w->tmp);
	free(eu_take_ptr(w->tmp));
	eu_close(eu_take_fd(w->fd));
}

int eu_store_fill(const struct eu_store *s, const struct eu_descriptor *d,
		  eu_store_fill_fn fill, void *ctx, struct eu_error *err)
{
	struct eu_store_writer w;
	int r;

	if (eu_store_has(s, d))
		return 0;
	r = eu_store_begin(s, d, &w, err);
	if (r)
		return r;
	r = fill(ctx, &w, err);
	if (!r)
		r = eu_store_keep(&w, err);
	eu_store_end(&w);
	return r;
}

struct bytes {
	const void *data;
	size_t len;
};

static int fill_bytes(void *ctx, struct eu_store_writer *w, struct eu_error *err)
{
	const struct bytes *b = ctx;

	return eu_store_write(w, b->data, b->len, err);
}

int eu_store_put(const struct eu_store *s, const struct eu_descriptor *d,
		 const void *data, struct eu_error *err)
{
	struct bytes b = { data, d->size };

	return eu_store_fill(s, d, fill_bytes, &b, err);
}

static int damaged(const char *path, struct eu_error *err)
{
	return eu_error_set(err, -EBADMSG,
			    "'%s' has other bytes than its name says%s", path,
			    unlink(path) ? "" : ", and is removed");
}

/* The digest of a file's bytes, -E2BIG above @max of them. */
static int digest_of_file(int fd, uint64_t max, char ret[EU_DIGEST],
			  struct eu_error *err)
{
	uint8_t sum[EU_SHA256_SIZE];
	struct eu_sha256 sha;
	char piece[PIECE];
	uint64_t size = 0;
	ssize_t n;
	int r = eu_sha256_init(&sha, err);

	if (r)
		return r;
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		size += n;
		if (size > max)
			return eu_error_set(err, -E2BIG,
					    "it has more than %llu bytes",
					    (unsigned long long)max);
		eu_sha256_update(&sha, piece, n);
	}
	if (n < 0)
		return eu_error_set(err, -errno, "%s", strerror(errno));
	eu_sha256_final(&sha, sum);
	eu_digest_format(sum, ret);
	return 0;
}

int eu_store_open_blob(const struct eu_store *s, const char *digest,
		       uint64_t max, struct eu_error *err)
{
	eu_auto_free char *path = blob_path(s, digest);
	eu_auto_close int fd = -1;
	char found[EU_DIGEST];
	int r;

	if (!path)
		return no_path(digest, err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failed(err, "open", path);
	r = digest_of_file(fd, max, found, err);
	if (r)
		return eu_error_prefix(err, r, "'%s'", path);
	return strcmp(found, digest) ? damaged(path, err) : eu_take_fd(fd);
}

int eu_store_read(const struct eu_store *s, const char *digest, uint64_t max,
		  char **ret_data, size_t *ret_len, struct eu_error *err)
{
	eu_auto_free char *path = blob_path(s, digest), *data = NULL;
	char found[EU_DIGEST];
	size_t len;
	int r;

	if (!path)
		return no_path(digest, err);
	r = eu_file_read(path, max, &data, &len, err);
	if (!r)
		r = eu_digest_of(data, len, found, err);
	if (r)
		return r;
	if (strcmp(found, digest) != 0)
		return damaged(path, err);
	*ret_data = eu_take_ptr(data);
	*ret_len = len;
	return 0;
}

int eu_store_manifest(const struct eu_store *s, const struct eu_descriptor *d,
		      struct eu_manifest *ret, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;
	int r = eu_store_read(s, d->digest, EU_MANIFEST_MAX, &data, &len, err);

	if (r)
		return r;
	r = eu_manifest_read(data, len, d->type, ret, err);
	return r ? eu_error_prefix(err, r, "'%s'", d->digest) : 0;
}
