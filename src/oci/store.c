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

enum { MAX_INDEX = 16 << 20, MAX_BLOBS = 1 << 20, MAX_DEPTH = 2 };

#define REF_NAME "org.opencontainers.image.ref.name"
#define FROM_INDEX "vnd.eunomia.index"

static const char LAYOUT[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

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

static char *default_dir(void)
{
	const char *own = getenv("EUNOMIA_STORE");
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (own && *own)
		return strdup(own);
	if (data && *data == '/')
		return eu_path_join(data, "eunomia/store");
	if (home && *home == '/')
		return eu_path_join(home, ".local/share/eunomia/store");
	return NULL;
}

static int make_layout(const struct eu_store *s, struct eu_error *err)
{
	eu_auto_free char *file = eu_path_join(s->dir, "oci-layout");
	int r;

	if (!file)
		return eu_error_oom(err);
	if (!access(file, F_OK) && !access(s->blobs, F_OK))
		return 0;
	r = make_folders(s->blobs, err);
	return r ?: eu_file_write(file, LAYOUT, sizeof(LAYOUT) - 1, err);
}

int eu_store_open(const char *dir, struct eu_store *ret, struct eu_error *err)
{
	struct eu_store s = { 0 };
	int r;

	s.dir = dir ? strdup(dir) : default_dir();
	if (!s.dir)
		return eu_error_set(
			err, -ENOENT,
			"no place for what is pulled: set HOME or EUNOMIA_STORE");
	s.blobs = eu_path_join(s.dir, "blobs/sha256");
	r = s.blobs ? make_layout(&s, err) : eu_error_oom(err);
	if (r) {
		eu_store_done(&s);
		return r;
	}
	*ret = s;
	return 0;
}

void eu_store_done(struct eu_store *s)
{
	free(s->dir);
	free(s->blobs);
	*s = (struct eu_store){ 0 };
}

/* Where a blob is or would be, to be freed; NULL: no memory. */
static char *blob_path(const struct eu_store *s, const char *digest)
{
	return eu_path_join(s->blobs, strchr(digest, ':') + 1);
}

bool eu_store_has(const struct eu_store *s, const struct eu_descriptor *d)
{
	eu_auto_free char *path = blob_path(s, d->digest);
	struct stat st;

	return path && !stat(path, &st) && S_ISREG(st.st_mode) &&
	       (uint64_t)st.st_size == d->size;
}

/* ---- blobs */

int eu_store_begin(const struct eu_store *s, struct eu_store_writer *ret,
		   struct eu_error *err)
{
	struct eu_store_writer w = { .store = s, .fd = -1 };
	int r = eu_sha256_init(&w.sha, err);

	if (r)
		return r;
	w.tmp = eu_path_join(s->blobs, ".new-XXXXXX");
	if (!w.tmp)
		return eu_error_oom(err);
	w.fd = mkostemp(w.tmp, O_CLOEXEC);
	if (w.fd < 0) {
		r = failed(err, "write to", s->blobs);
		free(w.tmp);
		return r;
	}
	*ret = w;
	return 0;
}

int eu_store_write(void *writer, const void *data, size_t len,
		   struct eu_error *err)
{
	struct eu_store_writer *w = writer;
	int r = eu_write_all(w->fd, data, len);

	if (r)
		return eu_error_set(err, r, "cannot write to '%s': %s",
				    w->store->blobs, strerror(-r));
	eu_sha256_update(&w->sha, data, len);
	w->size += len;
	return 0;
}

static int flush_folder(const char *path)
{
	eu_auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? -1 : 0;
}

int eu_store_keep(struct eu_store_writer *w, const struct eu_descriptor *d,
		  struct eu_error *err)
{
	eu_auto_free char *path = blob_path(w->store, d->digest);
	uint8_t sum[EU_SHA256_SIZE];
	char digest[EU_DIGEST];

	if (!path)
		return eu_error_oom(err);
	eu_sha256_final(&w->sha, sum);
	eu_digest_format(sum, digest);
	if (w->size != d->size || strcmp(digest, d->digest) != 0)
		return eu_error_set(err, -EBADMSG,
				    "these are not the bytes of '%s'", d->digest);
	if (fchmod(w->fd, 0444) || fsync(w->fd) || rename(w->tmp, path))
		return failed(err, "write", path);
	free(eu_take_ptr(w->tmp));
	return flush_folder(w->store->blobs) ? failed(err, "write", path) : 0;
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
	r = eu_store_begin(s, &w, err);
	if (r)
		return r;
	r = fill(ctx, &w, err);
	if (!r)
		r = eu_store_keep(&w, d, err);
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

/* ---- the index */

static json_t *new_index(void)
{
	return json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType",
			 EU_OCI_INDEX, "manifests");
}

static int read_index(const struct eu_store *s, json_t **ret, struct eu_error *err)
{
	eu_auto_free char *path = eu_path_join(s->dir, "index.json");
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	if (!path)
		return eu_error_oom(err);
	if (access(path, F_OK)) {
		*ret = new_index();
		return *ret ? 0 : eu_error_oom(err);
	}
	r = eu_file_read(path, MAX_INDEX, &data, &len, err);
	if (r)
		return r;
	*ret = eu_json_read(data, len, err);
	if (!*ret)
		return eu_error_prefix(err, -EINVAL, "'%s'", path);
	if (json_is_array(json_object_get(*ret, "manifests")))
		return 0;
	json_decref(*ret);
	return eu_error_set(err, -EINVAL, "'%s' has no list 'manifests'", path);
}

/* Held until it is closed. */
static int lock(const struct eu_store *s, const char *name, int how,
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
	return lock(s, "blobs.lock", LOCK_SH, err);
}

static int write_index(const struct eu_store *s, const json_t *index,
		       struct eu_error *err)
{
	eu_auto_free char *path = eu_path_join(s->dir, "index.json");
	eu_auto_free char *text = NULL;
	size_t len;

	text = eu_json_write(index, &len);
	if (!path || !text)
		return eu_error_oom(err);
	return eu_file_write(path, text, len, err);
}

static const char *name_of(const json_t *entry)
{
	return eu_json_str(json_object_get(entry, "annotations"), REF_NAME);
}

/* The place of @name in the list, or its length. */
static size_t place_of(const json_t *list, const char *name)
{
	const char *other;
	size_t i, n = json_array_size(list);

	for (i = 0; i < n; i++) {
		other = name_of(json_array_get(list, i));
		if (other && !strcmp(other, name))
			break;
	}
	return i;
}

/* Puts @entry, or nothing, in the place of what @ref stands for. */
static int replace(const struct eu_store *s, const struct eu_ref *ref,
		   json_t *entry, struct eu_error *err)
{
	eu_auto_json json_t *own = entry, *index = NULL;
	eu_auto_close int held = lock(s, "index.lock", LOCK_EX, err);
	char name[EU_REF_TEXT];
	json_t *list;
	size_t at;
	int r;

	if (held < 0)
		return held;
	r = read_index(s, &index, err);
	if (r)
		return r;
	eu_ref_format(ref, name, sizeof(name));
	list = json_object_get(index, "manifests");
	at = place_of(list, name);
	if (at < json_array_size(list))
		json_array_remove(list, at);
	else if (!entry)
		return eu_error_set(err, -ENOENT, "there is no '%s' here", name);
	if (entry && json_array_append(list, entry))
		return eu_error_oom(err);
	return write_index(s, index, err);
}

int eu_store_tag(const struct eu_store *s, const struct eu_ref *ref,
		 const struct eu_descriptor *d, struct eu_error *err)
{
	struct eu_descriptor named = *d;
	char name[EU_REF_TEXT];
	json_t *j;

	eu_ref_format(ref, name, sizeof(name));
	named.annotations = NULL;
	j = eu_descriptor_json(&named);
	eu_json_put(&j, "annotations",
		    json_pack("{s:s,s:s*}", REF_NAME, name, FROM_INDEX,
			      *d->index ? d->index : NULL));
	return j ? replace(s, ref, j, err) : eu_error_oom(err);
}

int eu_store_untag(const struct eu_store *s, const struct eu_ref *ref,
		   struct eu_error *err)
{
	return replace(s, ref, NULL, err);
}

/* What an entry of the index is. */
static int read_entry(const json_t *entry, struct eu_descriptor *ret,
		      struct eu_error *err)
{
	const char *index = eu_json_str(json_object_get(entry, "annotations"),
					FROM_INDEX);
	int r = eu_descriptor_read(entry, ret, err);

	if (!r && index && eu_digest_is_valid(index))
		snprintf(ret->index, sizeof(ret->index), "%s", index);
	return r;
}

int eu_store_foreach(const struct eu_store *s, eu_store_fn fn, void *ctx,
		     struct eu_error *err)
{
	eu_auto_json json_t *index = NULL;
	struct eu_descriptor d;
	json_t *entry;
	size_t i;
	int r = read_index(s, &index, err);

	if (r)
		return r;
	json_array_foreach (json_object_get(index, "manifests"), i, entry) {
		if (!name_of(entry) || read_entry(entry, &d, NULL))
			continue;
		r = fn(ctx, name_of(entry), &d, err);
		if (r)
			return r;
	}
	return 0;
}

struct search {
	char name[EU_REF_TEXT];
	const char *digest; /* NULL: the name says it all */
	struct eu_descriptor *ret;
};

static int compare(void *ctx, const char *name, const struct eu_descriptor *d,
		   struct eu_error *err)
{
	const struct search *s = ctx;
	const size_t n = strlen(s->name);

	(void)err;
	if (s->digest) {
		/* Whatever tag it was got by. */
		if (strncmp(name, s->name, n) != 0 || !strchr(":@", name[n]) ||
		    (strcmp(d->digest, s->digest) != 0 &&
		     strcmp(d->index, s->digest) != 0))
			return 0;
	} else if (strcmp(name, s->name) != 0) {
		return 0;
	}
	*s->ret = *d;
	s->ret->annotations = s->ret->platform = NULL;
	return 1;
}

int eu_store_find(const struct eu_store *s, const struct eu_ref *ref,
		  struct eu_descriptor *ret, struct eu_error *err)
{
	struct search what = { .ret = ret };
	struct eu_ref repository = *ref;
	int r;

	if (*ref->digest) {
		what.digest = ref->digest;
		*repository.tag = *repository.digest = '\0';
	}
	eu_ref_format(&repository, what.name, sizeof(what.name));
	r = eu_store_foreach(s, compare, &what, err);
	if (r < 0)
		return r;
	return r ? 0 :
		   eu_error_set(err, -ENOENT, "there is no '%s' here", what.name);
}

int eu_store_read(const struct eu_store *s, const char *digest, uint64_t max,
		  char **ret_data, size_t *ret_len, struct eu_error *err)
{
	eu_auto_free char *path = blob_path(s, digest), *data = NULL;
	char found[EU_DIGEST];
	size_t len;
	int r;

	if (!path)
		return eu_error_oom(err);
	r = eu_file_read(path, max, &data, &len, err);
	if (!r)
		r = eu_digest_of(data, len, found, err);
	if (r)
		return r;
	if (strcmp(found, digest) != 0) {
		unlink(path);
		return eu_error_set(err, -EBADMSG,
				    "'%s' was damaged, and is removed: try again",
				    path);
	}
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

/* ---- what nobody needs */

struct digests {
	char (*list)[EU_DIGEST];
	size_t n;
};

static int note(struct digests *d, const char *digest, struct eu_error *err)
{
	int r = eu_array_grow(&d->list, d->n, sizeof(*d->list), MAX_BLOBS);

	if (r)
		return eu_error_grow(err, r, MAX_BLOBS, "blobs");
	memcpy(d->list[d->n++], digest, EU_DIGEST);
	return 0;
}

/* The manifest and what it names; of an index its manifests, too. */
static int note_all(const struct eu_store *s, const struct eu_descriptor *from,
		    int depth, struct digests *d, struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	int r = note(d, from->digest, err);

	/* What is not there or damaged names nothing. */
	if (r || eu_store_manifest(s, from, &m, NULL))
		return r;
	if (!m.index)
		r = note(d, m.config.digest, err);
	for (size_t i = 0; i < m.n && !r; i++) {
		r = m.index && depth < MAX_DEPTH ?
			    note_all(s, &m.parts[i], depth + 1, d, err) :
			    note(d, m.parts[i].digest, err);
	}
	return r;
}

static int note_indexed(const struct eu_store *s, struct digests *d,
			struct eu_error *err)
{
	eu_auto_json json_t *index = NULL;
	struct eu_descriptor from;
	json_t *entry;
	size_t i;
	int r = read_index(s, &index, err);

	if (r)
		return r;
	/* Those without a name as well: other tools may have put them there. */
	json_array_foreach (json_object_get(index, "manifests"), i, entry) {
		r = read_entry(entry, &from, err);
		if (!r)
			r = note_all(s, &from, 0, d, err);
		if (!r && *from.index)
			r = note(d, from.index, err);
		if (r)
			return r;
	}
	return 0;
}

static bool is_noted(const struct digests *d, const char *hex)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!strcmp(d->list[i] + strlen("sha256:"), hex))
			return true;
	}
	return false;
}

static int sweep(const struct eu_store *s, const struct digests *d,
		 uint64_t *ret_bytes, struct eu_error *err)
{
	DIR *dir = opendir(s->blobs);
	struct dirent *e;
	struct stat st;
	int r = 0;

	if (!dir)
		return failed(err, "read", s->blobs);
	while (!r && (e = readdir(dir))) {
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || is_noted(d, e->d_name))
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0))
			r = failed(err, "remove a blob of", s->blobs);
		else
			*ret_bytes += st.st_size;
	}
	closedir(dir);
	return r;
}

int eu_store_prune(const struct eu_store *s, uint64_t *ret_bytes,
		   struct eu_error *err)
{
	eu_auto_close int held = lock(s, "blobs.lock", LOCK_EX, err);
	struct digests d = { 0 };
	uint64_t bytes = 0;
	int r;

	if (held < 0)
		return held;
	r = note_indexed(s, &d, err);
	if (!r)
		r = sweep(s, &d, &bytes, err);
	free(d.list);
	if (!r)
		*ret_bytes = bytes;
	return r;
}

uint64_t eu_store_size(const struct eu_store *s, const struct eu_descriptor *d)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	uint64_t size = d->size;

	if (eu_store_manifest(s, d, &m, NULL))
		return size;
	size += m.config.size;
	for (size_t i = 0; i < m.n; i++)
		size += m.parts[i].size;
	return size;
}
