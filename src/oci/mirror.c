/* SPDX-License-Identifier: MIT */
#include "oci/mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/file.h"

enum { MAX_FILE = 1 << 20, MAX_LINE = 1024 };

struct reading {
	const struct eu_ref *ref;
	char name[EU_REF_TEXT];	  /* HOST/PATH */
	char prefix[EU_REF_TEXT]; /* of this [[registry]] */
	size_t fits;		  /* the longest that did */
	enum { ELSEWHERE, REGISTRY, MIRROR } in;
	bool mine;		 /* this mirror is for what is looked for */
	bool insecure;		 /* what it says of itself */
	struct eu_mirror *added; /* once it has said where it is */
	struct eu_mirror *list;
	size_t n;
};

/* The value of KEY = "VALUE" or KEY = true, in place; NULL: another key. */
static char *value_of(char *line, const char *key)
{
	const size_t n = strlen(key);
	char *v = line + n, *end;

	if (strncmp(line, key, n) != 0)
		return NULL;
	v += strspn(v, " \t");
	if (*v++ != '=')
		return NULL;
	v += strspn(v, " \t");
	if (*v == '"' || *v == '\'') {
		end = strchr(v + 1, *v);
		if (!end)
			return NULL;
		v++;
	} else {
		end = v + strcspn(v, " \t#");
	}
	*end = '\0';
	return v;
}

/* Does @name begin with @prefix, up to a part's end? */
static bool fits(const char *name, const char *prefix)
{
	const size_t n = strlen(prefix);

	return n && !strncmp(name, prefix, n) && (!name[n] || name[n] == '/');
}

static void begin_mirror(struct reading *r)
{
	const size_t n = strlen(r->prefix);

	r->mine = fits(r->name, r->prefix) && n >= r->fits;
	r->insecure = false;
	r->added = NULL;
	if (r->mine && n > r->fits) {
		r->fits = n;
		r->n = 0;
	}
}

static void add(struct reading *r, const char *location)
{
	char text[2 * EU_REF_TEXT];
	struct eu_mirror m = { .insecure = r->insecure };

	snprintf(text, sizeof(text), "%s%s%s%s%s%s", location,
		 r->name + strlen(r->prefix), *r->ref->tag ? ":" : "",
		 r->ref->tag, *r->ref->digest ? "@" : "", r->ref->digest);
	if (r->n == EU_MIRRORS || eu_ref_parse(text, &m.ref, NULL)) {
		r->mine = false;
		return;
	}
	r->added = &r->list[r->n++];
	*r->added = m;
}

/* The keys of a table come in any order. */
static void take_key(struct reading *r, char *line)
{
	char *v = value_of(line, "location");

	if (v && !r->added) {
		add(r, v);
	} else if (!v && (v = value_of(line, "insecure"))) {
		r->insecure = !strcmp(v, "true");
		if (r->added)
			r->added->insecure = r->insecure;
	}
}

static void take(struct reading *r, char *line)
{
	char *v;

	line += strspn(line, " \t");
	if (!strncmp(line, "[[registry]]", 12)) {
		r->in = REGISTRY;
		*r->prefix = '\0';
	} else if (!strncmp(line, "[[registry.mirror]]", 19)) {
		r->in = MIRROR;
		begin_mirror(r);
	} else if (*line == '[') {
		r->in = ELSEWHERE;
	} else if (r->in == REGISTRY &&
		   ((v = value_of(line, "prefix")) ||
		    (!*r->prefix && (v = value_of(line, "location"))))) {
		snprintf(r->prefix, sizeof(r->prefix), "%s", v);
	} else if (r->in == MIRROR && r->mine) {
		take_key(r, line);
	}
}

size_t eu_mirrors_of(const char *text, const struct eu_ref *ref,
		     struct eu_mirror ret[EU_MIRRORS])
{
	struct reading r = { .ref = ref, .list = ret };
	char line[MAX_LINE];
	size_t n;

	snprintf(r.name, sizeof(r.name), "%s/%s", ref->host, ref->path);
	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s",
			 (int)eu_min(n, sizeof(line) - 1), text);
		line[strcspn(line, "\r")] = '\0';
		take(&r, line);
	}
	return r.n;
}

static size_t from_file(const char *path, const struct eu_ref *ref,
			struct eu_mirror ret[EU_MIRRORS])
{
	eu_auto_free char *text = NULL;
	size_t len;

	return eu_file_read(path, MAX_FILE, &text, &len, NULL) ?
		       0 :
		       eu_mirrors_of(text, ref, ret);
}

size_t eu_mirrors_find(const struct eu_ref *ref, struct eu_mirror ret[EU_MIRRORS])
{
	const char *own = getenv("CONTAINERS_REGISTRIES_CONF");
	eu_auto_free char *path = eu_config_path("containers/registries.conf");

	if (own && *own)
		return from_file(own, ref, ret);
	if (path && !access(path, R_OK))
		return from_file(path, ref, ret);
	return from_file("/etc/containers/registries.conf", ref, ret);
}
