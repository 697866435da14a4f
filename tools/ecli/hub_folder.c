/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "hub.h"
#include "lmp.h"

/*
 * A hub that is a folder here. index.json is for those who want to know what
 * there is:
 *
 *	{"tools":[{"name":…,"description":…,"version":…,
 *	  "versions":[{"version":…,"files":{"package.json":
 *	    {"digest":…,"size":…}}}]}]}
 */

enum { MAX_INDEX = 16 << 20 };

static const char LATEST[] = "latest";

/* The object of a list whose @key is @value, with its place; or NULL. */
static json_t *find(const json_t *list, const char *key, const char *value,
		    size_t *ret_at)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		const char *is = eu_json_str(item, key);

		if (is && !strcmp(is, value)) {
			*ret_at = i;
			return item;
		}
	}
	return NULL;
}

/* A list below @key, made if it is not there. Borrowed. */
static json_t *list_of(json_t *j, const char *key)
{
	json_t *list = json_object_get(j, key);

	if (json_is_array(list))
		return list;
	json_object_set_new(j, key, json_array());
	return json_object_get(j, key);
}

/* The object of a list that is called so, made if it is not there. Borrowed. */
static json_t *entry_of(json_t *list, const char *key, const char *name)
{
	size_t at;
	json_t *item = find(list, key, name, &at);

	if (item)
		return item;
	/* By name, as they are listed. */
	for (at = 0; at < json_array_size(list); at++) {
		const char *is = eu_json_str(json_array_get(list, at), key);

		if (is && strverscmp(is, name) > 0)
			break;
	}
	json_array_insert_new(list, at, json_pack("{s:s}", key, name));
	return json_array_get(list, at);
}

static int add_file(json_t *version, const char *file, const void *data,
		    size_t len, struct eu_error *err)
{
	json_t *files = json_object_get(version, "files");
	char digest[EU_DIGEST];
	int r = eu_digest_of(data, len, digest, err);

	if (r)
		return r;
	if (!json_is_object(files)) {
		json_object_set_new(version, "files", json_object());
		files = json_object_get(version, "files");
	}
	return json_object_set_new(files, file,
				   json_pack("{s:s,s:I}", "digest", digest,
					     "size", (json_int_t)len)) ?
		       eu_error_oom(err) :
		       0;
}

/* @newest: this is what the tool is from now on. */
static int enter(json_t *index, const struct hub_name *n, bool newest,
		 const char *file, const void *data, size_t len,
		 const json_t *about, struct eu_error *err)
{
	json_t *tool = entry_of(list_of(index, "tools"), "name", n->name);
	json_t *version = entry_of(list_of(tool, "versions"), "version",
				   n->version);
	json_t *value;
	const char *key;

	if (!version)
		return eu_error_oom(err);
	json_object_foreach ((json_t *)about, key, value) {
		if (newest && strcmp(key, "name") != 0 &&
		    strcmp(key, "version") != 0)
			json_object_set(tool, key, value);
	}
	if (newest)
		json_object_set_new(tool, "version", json_string(n->version));
	return add_file(version, file, data, len, err);
}

static int read_index(const char *path, json_t **ret, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	json_t *j;
	size_t len;
	int r;

	r = eu_file_read(path, MAX_INDEX, &text, &len, err);
	if (r == -ENOENT) {
		*ret = json_object();
		return *ret ? 0 : eu_error_oom(err);
	}
	if (r)
		return r;
	j = eu_json_read(text, len, err);
	if (!json_is_object(j)) {
		r = j ? eu_error_set(err, -EINVAL, "'%s' is no index of a hub",
				     path) :
			eu_error_prefix(err, -EINVAL, "'%s'", path);
		json_decref(j);
		return r;
	}
	*ret = j;
	return 0;
}

/* DIR/NAME/[VERSION/]FILE, and the folders for it. */
static int put_file(const char *dir, const char *name, const char *version,
		    const char *file, const void *data, size_t len,
		    struct eu_error *err)
{
	eu_auto_free char *tool = eu_path_join(dir, name);
	eu_auto_free char *at = tool ? eu_path_join(tool, version) : NULL;
	eu_auto_free char *path = at ? eu_path_join(*version ? at : tool, file) :
				       NULL;
	int r;

	if (!path)
		return eu_error_oom(err);
	r = lmp_make_dir(tool, err);
	if (!r && *version)
		r = lmp_make_dir(at, err);
	return r ?: eu_file_write(path, data, len, err);
}

/* What is run without a version so far, or NULL. */
static const char *newest_of(const json_t *index, const struct hub_name *n)
{
	size_t at;
	const json_t *tool = find(json_object_get(index, "tools"), "name",
				  n->name, &at);

	return tool ? eu_json_str(tool, "version") : NULL;
}

/* What has no version, on either side, is as new as it was pushed. */
static bool is_older(const char *version, const char *than)
{
	return than && strcmp(version, LATEST) != 0 &&
	       strcmp(than, LATEST) != 0 && strverscmp(version, than) < 0;
}

/* Another kind of an older version would be found first, or still. */
static void remove_others(const char *dir, const struct hub_name *n,
			  const char *file)
{
	static const char *const all[] = { "app.wasm", "package.json" };

	for (size_t i = 0; i < EU_COUNT(all); i++) {
		eu_auto_free char *tail = eu_path_join(n->name, all[i]);
		eu_auto_free char *path = tail ? eu_path_join(dir, tail) : NULL;

		if (path && strcmp(all[i], file) != 0)
			unlink(path);
	}
}

int hub_folder_put(const char *dir, const struct hub_name *n, const char *file,
		   const void *data, size_t len, const json_t *about,
		   struct eu_error *err)
{
	const char *version = strcmp(n->version, LATEST) ? n->version : "";
	eu_auto_free char *path = eu_path_join(dir, "index.json"), *text = NULL;
	eu_auto_json json_t *index = NULL;
	eu_auto_close int lock = -1;
	size_t text_len;
	bool known, newest;
	const char *before;
	int r = path ? lmp_make_dir(dir, err) : eu_error_oom(err);

	if (r)
		return r;
	/* One at a time: who comes second adds to what the first has written. */
	lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX))
		return eu_error_set(err, -errno, "cannot lock '%s': %s", dir,
				    strerror(errno));
	r = read_index(path, &index, err);
	if (r)
		return r;
	before = newest_of(index, n);
	known = before && !strcmp(before, n->version);
	newest = !is_older(n->version, before);
	if (*version)
		r = put_file(dir, n->name, version, file, data, len, err);
	if (!r && newest)
		r = put_file(dir, n->name, "", file, data, len, err);
	if (!r)
		r = enter(index, n, newest, file, data, len, about, err);
	if (r)
		return r;
	text = eu_json_write(index, &text_len);
	r = text ? eu_file_write(path, text, text_len, err) : eu_error_oom(err);
	if (!r && newest && !known)
		remove_others(dir, n, file);
	return r;
}
