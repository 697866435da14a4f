/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hub.h"
#include "oci/trust.h"

/* What hubs say they have. */

enum { MAX_TOOLS = 10000 };

/* For one line of a table. */
static json_t *one_line(const char *text)
{
	char *copy = strdup(text);
	json_t *j;

	for (char *c = copy; c && *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	j = copy ? eu_json_text(copy) : NULL;
	free(copy);
	return j;
}

/* One row; @versions is taken. What could not be asked for is left out. */
static void add_tool(json_t **list, const char *name, const char *description,
		     const char *newest, json_t *versions, const char *address)
{
	struct hub_name parsed;
	json_t *j;

	if (!name || !hub_name_parse(name, &parsed) ||
	    strcmp(name, parsed.name) != 0) {
		json_decref(versions);
		return;
	}
	j = json_pack("{s:s}", "name", name);
	if (newest)
		eu_json_put(&j, "version", one_line(newest));
	eu_json_put(&j, "versions", versions);
	if (description)
		eu_json_put(&j, "description", one_line(description));
	eu_json_put_text(&j, "hub", address);
	eu_json_add(list, j);
}

/* index.json: see hub_folder.c. */
static int of_folder(struct hubs *h, const char *address, json_t **list,
		     struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	eu_auto_json json_t *j = NULL;
	const json_t *tools;
	json_t *item, *version;
	size_t len, i, k;
	int r = hub_fetch(h, address, "index.json", &text, &len, err);

	if (r)
		return r;
	j = eu_json_read(text, len, err);
	if (!j)
		return eu_error_prefix(err, -EBADMSG, "'%s/index.json'", address);
	tools = json_object_get(j, "tools");
	if (!json_is_array(tools) || json_array_size(tools) > MAX_TOOLS)
		return eu_error_set(err, -EBADMSG,
				    "'%s/index.json' is no index of a hub",
				    address);
	json_array_foreach (tools, i, item) {
		json_t *versions = json_array();

		json_array_foreach (json_object_get(item, "versions"), k,
				    version) {
			const char *name = eu_json_str(version, "version");

			if (name)
				eu_json_add(&versions, one_line(name));
		}
		add_tool(list, eu_json_str(item, "name"),
			 eu_json_str(item, "description"),
			 eu_json_str(item, "version"), versions, address);
	}
	return *list ? 0 : eu_error_oom(err);
}

static int compare(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * The versions among them in order, 1.9 before 1.10, without what is no tag, or
 * one of signatures; a new reference, or NULL.
 */
static json_t *sorted(const json_t *tags)
{
	const size_t most = json_array_size(tags);
	eu_auto_free const char **all = calloc(most, sizeof(*all));
	json_t *list = json_array();
	size_t n = 0;

	if (!all) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < most; i++) {
		all[n] = json_string_value(json_array_get(tags, i));
		n += eu_tag_is_valid(all[n]) && !eu_tag_is_beside(all[n]);
	}
	qsort(all, n, sizeof(*all), compare);
	for (size_t i = 0; i < n; i++)
		eu_json_add(&list, one_line(all[i]));
	return list;
}

/* "latest", or the last, or NULL. */
static const char *newest_of(const json_t *versions)
{
	const size_t n = json_array_size(versions);

	for (size_t i = 0; i < n; i++) {
		const char *tag = json_string_value(json_array_get(versions, i));

		if (!strcmp(tag, "latest"))
			return tag;
	}
	return json_string_value(json_array_get(versions, n - 1));
}

/* What its manifest says of it, to be freed; or NULL. */
static char *description_of(struct eu_registry *g, const char *tag)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	eu_auto_free char *data = NULL;
	struct eu_descriptor d;
	const char *text;

	if (eu_registry_manifest(g, tag, &d, &data, NULL) ||
	    eu_manifest_read(data, d.size, d.type, &m, NULL))
		return NULL;
	text = eu_json_str(json_object_get(m.json, "annotations"),
			   "org.opencontainers.image.description");
	return text ? strdup(text) : NULL;
}

static int add_repository(struct hubs *h, const char *space, const char *name,
			  const char *address, json_t **list,
			  struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	struct eu_registry *g = NULL;
	struct hub_name n;
	struct eu_ref ref;
	json_t *tags = NULL, *versions;
	const char *newest;
	int r;

	if (!hub_name_parse(name, &n))
		return 0;
	r = hub_reference(space, &n, &ref, err);
	/* What could not be run is not listed. */
	if (!r && eu_trust_ask(&ref, NULL))
		return 0;
	if (!r)
		r = eu_registry_open(&ref, &h->from.remote.o, &g, err);
	if (!r)
		r = eu_registry_tags(g, &tags, err);
	versions = r ? NULL : sorted(tags);
	newest = newest_of(versions);
	/* One whose tags are all gone is still in the catalog. */
	if (newest) {
		text = description_of(g, newest);
		add_tool(list, name, text, newest, versions, address);
	} else {
		json_decref(versions);
	}
	json_decref(tags);
	eu_registry_close(g);
	return r == -ENOENT ? 0 : r;
}

/* Does a rule allow what is in the namespace, whatever its name? */
static int may_list(const struct eu_ref *ref, size_t n, struct eu_error *err)
{
	struct eu_ref any = *ref;

	any.path[n] = '*';
	return eu_trust_ask(&any, err);
}

/* The namespace's part of the catalog. */
static int of_registry(struct hubs *h, const char *space, const char *address,
		       json_t **list, struct eu_error *err)
{
	struct hub_name any = { "x", "latest" };
	eu_auto_json json_t *all = NULL;
	struct eu_registry *g = NULL;
	struct eu_ref ref;
	json_t *item;
	size_t i, n;
	int r = hub_reference(space, &any, &ref, err);

	if (r)
		return r;
	/* "namespace/", or nothing for the registry as a whole. */
	n = strlen(ref.path) - 1;
	r = may_list(&ref, n, err);
	if (!r)
		r = eu_registry_open(&ref, &h->from.remote.o, &g, err);
	if (!r)
		r = eu_registry_catalog(g, &all, err);
	eu_registry_close(g);
	if (r)
		return r;
	json_array_foreach (all, i, item) {
		const char *path = json_string_value(item);

		if (r || strncmp(path, ref.path, n) || strchr(path + n, '/'))
			continue;
		r = add_repository(h, space, path + n, address, list, err);
	}
	return r;
}

int hub_list(struct hubs *h, const char *address, json_t **list,
	     struct eu_error *err)
{
	const char *space = hub_namespace(address);

	return space ? of_registry(h, space, address, list, err) :
		       of_folder(h, address, list, err);
}
