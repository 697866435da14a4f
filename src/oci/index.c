/* SPDX-License-Identifier: MIT */
#include "oci/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/file.h"

/* The list of the references: index.json of an image layout. */

enum { MAX_INDEX = 64 << 20 };

#define FROM_INDEX "vnd.eunomia.index"

static json_t *new_index(void)
{
	return json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType",
			 EU_OCI_INDEX, "manifests");
}

static int read_index(const struct eu_store *s, json_t **ret, struct eu_error *err)
{
	eu_auto_free char *path = eu_path_join(s->dir, "index.json");
	eu_auto_free char *data = NULL;
	eu_auto_json json_t *j = NULL;
	size_t len;
	int r;

	if (!path)
		return eu_error_oom(err);
	r = eu_file_read(path, MAX_INDEX, &data, &len, err);
	if (r == -ENOENT) {
		*ret = new_index();
		return *ret ? 0 : eu_error_oom(err);
	}
	if (r)
		return r;
	j = eu_json_read(data, len, err);
	if (!j)
		return eu_error_prefix(err, -EINVAL, "'%s'", path);
	if (!json_is_array(json_object_get(j, "manifests")))
		return eu_error_set(err, -EINVAL,
				    "'%s' has no list 'manifests'", path);
	*ret = eu_take_ptr(j);
	return 0;
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
	/* What it names is on the disk before it says so. */
	return eu_file_write_flushed(path, text, len, s->blobs, err);
}

static const char *name_of(const json_t *entry)
{
	return eu_json_str(json_object_get(entry, "annotations"),
			   EU_STORE_REF_NAME);
}

/* Takes what is called @name out of the list; the first goes to @ret_old. */
static void take_out(json_t *list, const char *name, json_t **ret_old)
{
	const char *other;

	for (size_t i = 0; i < json_array_size(list);) {
		other = name_of(json_array_get(list, i));
		if (!other || strcmp(other, name) != 0) {
			i++;
			continue;
		}
		if (!*ret_old)
			*ret_old = json_incref(json_array_get(list, i));
		json_array_remove(list, i);
	}
}

/* Puts @entry, or nothing, in the place of what @ref stands for. */
static int replace(const struct eu_store *s, const struct eu_ref *ref,
		   json_t *entry, struct eu_error *err)
{
	eu_auto_json json_t *own = entry, *index = NULL, *old = NULL;
	eu_auto_close int held = eu_store_lock(s, "index.lock", LOCK_EX, err);
	char name[EU_REF_TEXT];
	json_t *list;
	int r;

	if (held < 0)
		return held;
	r = read_index(s, &index, err);
	if (r)
		return r;
	eu_ref_format(ref, name, sizeof(name));
	list = json_object_get(index, "manifests");
	take_out(list, name, &old);
	if (!entry && !old)
		return eu_error_set(err, -ENOENT, "there is no '%s' here", name);
	if (entry && old && json_equal(entry, old))
		return 0;
	if (entry && json_array_append(list, entry))
		return eu_error_oom(err);
	return write_index(s, index, err);
}

json_t *eu_store_entry(const struct eu_ref *ref, const struct eu_descriptor *d)
{
	struct eu_descriptor named = *d;
	char name[EU_REF_TEXT];
	json_t *j;

	eu_ref_format(ref, name, sizeof(name));
	named.annotations = NULL;
	j = eu_descriptor_json(&named);
	eu_json_put(&j, "annotations",
		    json_pack("{s:s,s:s*}", EU_STORE_REF_NAME, name, FROM_INDEX,
			      *d->index ? d->index : NULL));
	return j;
}

int eu_store_sift(const struct eu_store *s,
		  bool (*goes)(void *ctx, const char *name), void *ctx,
		  struct eu_error *err)
{
	eu_auto_json json_t *index = NULL;
	int r = read_index(s, &index, err);
	const char *name;
	json_t *list;
	size_t n;

	if (r)
		return r;
	list = json_object_get(index, "manifests");
	n = json_array_size(list);
	for (size_t i = n; i-- > 0;) {
		name = name_of(json_array_get(list, i));
		if (name && goes(ctx, name))
			json_array_remove(list, i);
	}
	return json_array_size(list) < n ? write_index(s, index, err) : 0;
}

int eu_store_tag(const struct eu_store *s, const struct eu_ref *ref,
		 const struct eu_descriptor *d, struct eu_error *err)
{
	json_t *j = eu_store_entry(ref, d);

	return j ? replace(s, ref, j, err) : eu_error_oom(err);
}

int eu_store_untag(const struct eu_store *s, const struct eu_ref *ref,
		   struct eu_error *err)
{
	return replace(s, ref, NULL, err);
}

int eu_store_read_entry(const json_t *entry, struct eu_descriptor *ret,
			struct eu_error *err)
{
	const char *index = eu_json_str(json_object_get(entry, "annotations"),
					FROM_INDEX);
	int r = eu_descriptor_read(entry, ret, err);

	if (!r && index && eu_digest_is_valid(index))
		snprintf(ret->index, sizeof(ret->index), "%s", index);
	return r;
}

int eu_store_walk(const struct eu_store *s, bool all, eu_store_fn fn, void *ctx,
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
		if (!all && !name_of(entry))
			continue;
		r = eu_store_read_entry(entry, &d, all ? err : NULL);
		if (r && !all)
			continue;
		if (!r)
			r = fn(ctx, name_of(entry), &d, err);
		if (r)
			return r;
	}
	return 0;
}

int eu_store_foreach(const struct eu_store *s, eu_store_fn fn, void *ctx,
		     struct eu_error *err)
{
	return eu_store_walk(s, false, fn, ctx, err);
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
	if (r)
		return r < 0 ? r : 0;
	eu_ref_format(ref, what.name, sizeof(what.name));
	return eu_error_set(err, -ENOENT, "there is no '%s' here", what.name);
}
