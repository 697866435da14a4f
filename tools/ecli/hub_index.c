/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub.h"
#include "oci/trust.h"

/* Whether what a hub gives is what its index.json (hub_folder.c) says of it. */

static const char INDEX[] = "index.json", LATEST[] = "latest";

/* The object of a list whose @key is @value; or NULL. */
static const json_t *find(const json_t *list, const char *key, const char *value)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		const char *is = eu_json_str(item, key);

		if (is && value && !strcmp(is, value))
			return item;
	}
	return NULL;
}

/* What it says of the files of a version, if it says anything. Borrowed. */
static const json_t *files_of(const json_t *index, const struct hub_name *n)
{
	const json_t *tool = find(json_object_get(index, "tools"), "name",
				  n->name);
	const json_t *versions = json_object_get(tool, "versions");
	const json_t *files = NULL;

	/* The newest has a number, or is called just that. */
	if (!strcmp(n->version, LATEST))
		files = json_object_get(find(versions, "version",
					     eu_json_str(tool, "version")),
					"files");
	return json_object_size(files) ?
		       files :
		       json_object_get(find(versions, "version", n->version),
				       "files");
}

/* Is it what was to be one, and not a page that stands for what is not there? */
static bool is_index(const char *text)
{
	/* What an editor puts in front is no part of JSON, and no page either. */
	text += strspn(text, " \t\r\n\xef\xbb\xbf");
	return !*text || *text == '{';
}

/* *@ret is NULL if the hub has none. */
static int read_index(struct hubs *h, const char *address, json_t **ret,
		      struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r = hub_fetch(h, address, INDEX, &text, &len, err);

	*ret = NULL;
	/* Not there, or of those who give nothing of what is not there. */
	if (r == -ENOENT || r == -EACCES || (r && eu_net_is_offline()))
		return 0;
	if (r)
		return eu_error_prefix(err, r, "cannot look into the index");
	*ret = eu_json_read(text, len, err);
	if (*ret || !is_index(text))
		return 0;
	return eu_error_prefix(err, -EINVAL,
			       "cannot look into the index: '%s/%s'", address,
			       INDEX);
}

/* -EKEYREJECTED if the index says something else. */
static int compare(struct hubs *h, const char *address,
		   const struct hub_name *n, const char *file, const char *url,
		   const char *digest, struct eu_error *err)
{
	eu_auto_json json_t *index = NULL;
	const json_t *files, *entry;
	const char *said;
	int r = read_index(h, address, &index, err);

	files = r ? NULL : files_of(index, n);
	if (r || !json_object_size(files))
		return r;
	entry = json_object_get(files, file);
	if (!entry)
		return eu_error_set(
			err, -EKEYREJECTED,
			"'%s/%s' has other files of it than '%s': it is not used",
			address, INDEX, url);
	said = eu_json_str(entry, "digest");
	if (!said || !strcmp(said, digest))
		return 0;
	return eu_error_set(err, -EKEYREJECTED,
			    "'%s' is %s, and '%s/%s' says %s: it is not used",
			    url, digest, address, INDEX, said);
}

int hub_check(struct hubs *h, const char *address, const struct hub_name *n,
	      const char *file, const char *url, const void *data, size_t len,
	      struct eu_error *err)
{
	eu_auto_free char *index = eu_path_join(address, INDEX);
	char digest[EU_DIGEST];
	int r = index ? eu_digest_of(data, len, digest, err) : eu_error_oom(err);

	/* A policy may let one file be asked for, and not this one. */
	if (r || eu_trust_address(index, NULL, 0, NULL))
		return r;
	r = compare(h, address, n, file, url, digest, err);
	if ((r != -EKEYREJECTED && r != -EINVAL) || eu_net_is_offline())
		return r;
	/* What is kept may be of the same second, and older. */
	eu_fetch_forget(index);
	return compare(h, address, n, file, url, digest, err);
}
