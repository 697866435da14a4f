/* SPDX-License-Identifier: MIT */
#include "pkg/target.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Keys that targets of each shape take: numbers from @min to @max, words, or
 * both; any text if there is neither.
 */
static const struct key {
	enum eu_shape shape;
	const char *name;
	int64_t min, max;
	const char *words[5];
	const char *rival;   /* not together with that key */
	const char *feature; /* what the kernel must have for it, or NULL */
} keys[] = {
	{ EU_SHAPE_INTERFACE, "mode", .words = { "native", "skb", "hw" } },
	{ EU_SHAPE_INTERFACE, "netns" },
	{ EU_SHAPE_TRAFFIC, "priority", 1, 65535 },
	{ EU_SHAPE_TRAFFIC, "handle", 1, UINT32_MAX },
	{ EU_SHAPE_TRAFFIC, "before", 1, UINT32_MAX, { "all" }, "after", "tcx" },
	{ EU_SHAPE_TRAFFIC, "after", 1, UINT32_MAX, { "all" }, .feature = "tcx" },
	{ EU_SHAPE_TRAFFIC, "netns" },
	{ EU_SHAPE_NETKIT, "before", 1, UINT32_MAX, { "all" }, "after" },
	{ EU_SHAPE_NETKIT, "after", 1, UINT32_MAX, { "all" } },
	{ EU_SHAPE_NETKIT, "netns" },
	{ EU_SHAPE_HOOK, "priority", INT32_MIN + 1, INT32_MAX - 1 },
	{ EU_SHAPE_HOOK, "defrag", 0, 1 },
	{ EU_SHAPE_HOOK, "netns" },
	{ EU_SHAPE_CGROUP, "flags", .words = { "multi", "override" } },
	{ EU_SHAPE_BINARY, "pid", 1, INT32_MAX },
	{ EU_SHAPE_BINARY, "container", 1, INT32_MAX },
	{ EU_SHAPE_BINARY, "cookie", INT64_MIN, INT64_MAX, .feature = "cookie" },
	{ EU_SHAPE_USDT, "pid", 1, INT32_MAX },
	{ EU_SHAPE_USDT, "container", 1, INT32_MAX },
	/* libbpf keeps these itself. */
	{ EU_SHAPE_USDT, "cookie", INT64_MIN, INT64_MAX },
	{ EU_SHAPE_SYMBOL, "cookie", INT64_MIN, INT64_MAX, .feature = "cookie" },
	{ EU_SHAPE_SYMBOL, "max", 1, 1000000 },
	{ EU_SHAPE_ITER, "order", .words = { "self", "pre", "post", "up" } },
	{ EU_SHAPE_ITER, "interval", 1, 86400000 },
	{ EU_SHAPE_ENTRY, "key", 0, UINT32_MAX },
	{ EU_SHAPE_ENTRY, "interface" },
	{ EU_SHAPE_ENTRY, "netns" },
	{ EU_SHAPE_ENTRY, "size", 1, 16384 },
	{ EU_SHAPE_TRACEPOINT, "cookie", INT64_MIN, INT64_MAX,
	  .feature = "cookie" },
	{ EU_SHAPE_PERF, "freq", 1, 100000, .rival = "period" },
	{ EU_SHAPE_PERF, "period", 1, INT64_MAX },
	{ EU_SHAPE_PERF, "cpu", 0, 65535 },
	{ EU_SHAPE_PERF, "pid", 1, INT32_MAX },
};

static bool is_identifier(const char *s, size_t n)
{
	if (!n || isdigit((unsigned char)*s))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return false;
	return true;
}

/* Cuts off the text up to the next bare comma, in place. */
static char *next_part(char **rest)
{
	char *from = *rest, *to = from, *part = from;

	if (!from)
		return NULL;
	while (*from && *from != ',') {
		if (from[0] == '\\' && from[1] == ',')
			from++;
		*to++ = *from++;
	}
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return part;
}

static int add_key(struct eu_target *t, char *part, struct eu_error *err)
{
	char *eq = strchr(part, '=');

	if (!eq || eq == part)
		return eu_error_set(err, -EINVAL,
				    "target '%s': '%s' is not KEY=VALUE",
				    t->text, part);
	*eq = '\0';
	if (eu_target_key(t, part))
		return eu_error_set(err, -EINVAL, "target '%s': '%s' twice",
				    t->text, part);
	if (t->n_keys == EU_TARGET_MAX_KEYS)
		return eu_error_set(err, -EINVAL, "target '%s': too many keys",
				    t->text);
	t->key[t->n_keys].name = strdup(part);
	t->key[t->n_keys].value = strdup(eq + 1);
	t->n_keys++;
	if (!t->key[t->n_keys - 1].name || !t->key[t->n_keys - 1].value)
		return eu_error_oom(err);
	return 0;
}

static int fill(struct eu_target *t, struct eu_error *err)
{
	size_t name = strcspn(t->text, "=,");
	eu_auto_free char *copy = NULL;
	char *rest, *part;
	int r;

	copy = strdup(t->text);
	if (!copy)
		return eu_error_oom(err);
	rest = copy;
	if (t->text[name] == '=' && is_identifier(t->text, name)) {
		t->program = strndup(t->text, name);
		if (!t->program)
			return eu_error_oom(err);
		rest += name + 1;
	}
	part = next_part(&rest);
	if (!part || !*part)
		return eu_error_set(err, -EINVAL, "target '%s' is empty",
				    t->text);
	t->what = strdup(part);
	if (!t->what)
		return eu_error_oom(err);
	while ((part = next_part(&rest))) {
		r = add_key(t, part, err);
		if (r)
			return r;
	}
	return 0;
}

int eu_target_parse(const char *text, struct eu_target **ret, struct eu_error *err)
{
	struct eu_target *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return eu_error_oom(err);
	t->text = strdup(text);
	r = t->text ? fill(t, err) : eu_error_oom(err);
	if (r) {
		eu_target_free(t);
		return r;
	}
	*ret = t;
	return 0;
}

void eu_target_free(struct eu_target *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_keys; i++) {
		free(t->key[i].name);
		free(t->key[i].value);
	}
	free(t->text);
	free(t->program);
	free(t->what);
	free(t);
}

/* Does it begin so, and go on? */
static bool begins(const char *s, const char *with)
{
	size_t n = strlen(with);

	return !strncmp(s, with, n) && s[n];
}

static bool has_shape(const char *s, enum eu_shape shape)
{
	const char *colon = strchr(s, ':');

	switch (shape) {
	case EU_SHAPE_NONE: return false;
	case EU_SHAPE_INTERFACE:
	case EU_SHAPE_NETKIT:
	case EU_SHAPE_SOCKET: return !colon && !strchr(s, '/');
	case EU_SHAPE_TRAFFIC:
		return !strchr(s, '/') && (!colon || !strcmp(colon, ":ingress") ||
					   !strcmp(colon, ":egress"));
	case EU_SHAPE_CGROUP:
		return *s == '/' || s[strspn(s, "0123456789")] == '\0';
	case EU_SHAPE_TRACEPOINT:
		return !strchr("/:", *s) && s[strcspn(s, "/:")];
	case EU_SHAPE_NETNS: return *s == '/';
	case EU_SHAPE_BINARY: return colon && colon != s && colon[1];
	case EU_SHAPE_USDT:
		return colon && colon != s && strchr(colon + 1, ':');
	case EU_SHAPE_ENTRY:
	case EU_SHAPE_MAP: return begins(s, "map:");
	case EU_SHAPE_HOOK: return begins(s, "ipv4:") || begins(s, "ipv6:");
	case EU_SHAPE_PROGRAM: return *s == '/' || begins(s, "prog:");
	case EU_SHAPE_ITER:
		return begins(s, "map:") || begins(s, "pid:") ||
		       begins(s, "tid:") || begins(s, "cgroup:");
	default: return *s != '/';
	}
}

static const struct key *find_key(enum eu_shape shape, const char *name)
{
	for (size_t i = 0; i < EU_COUNT(keys); i++)
		if (keys[i].shape == shape && !strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int unknown_key(const struct eu_target *t, const char *name,
		       enum eu_shape shape, struct eu_error *err)
{
	size_t n = 0;

	eu_error_set(err, -EINVAL, "target '%s': unknown key '%s'; there",
		     t->text, name);
	for (size_t i = 0; i < EU_COUNT(keys); i++)
		if (keys[i].shape == shape)
			eu_error_append(err, -EINVAL, "%s %s",
					n++ ? "" : " are:", keys[i].name);
	return n ? -EINVAL : eu_error_append(err, -EINVAL, " are none");
}

static int wrong_word(const struct eu_target *t, const struct key *k,
		      struct eu_error *err)
{
	eu_error_set(err, -EINVAL, "target '%s': %s is", t->text, k->name);
	for (size_t i = 0; k->words[i]; i++)
		eu_error_append(err, -EINVAL, "%s %s",
				!i		? "" :
				k->words[i + 1] ? "," :
						  " or",
				k->words[i]);
	return -EINVAL;
}

/* Key @i: is there such a one, and can it have that value? */
static int check_key(const struct eu_target *t, size_t i, enum eu_shape shape,
		     struct eu_error *err)
{
	const struct key *k = find_key(shape, t->key[i].name);
	int64_t v;
	int r;

	if (!k)
		return unknown_key(t, t->key[i].name, shape, err);
	if (k->rival && eu_target_key(t, k->rival))
		return eu_error_set(err, -EINVAL,
				    "target '%s': %s or %s, not both", t->text,
				    k->name, k->rival);
	for (size_t n = 0; k->words[n]; n++)
		if (!strcmp(k->words[n], t->key[i].value))
			return 0;
	if (k->min == k->max)
		return k->words[0] ? wrong_word(t, k, err) : 0;
	r = eu_target_number(t, k->name, k->min, k->max, 0, &v, err);
	return r && k->words[0] ?
		       eu_error_append(err, r, ", nor '%s'", k->words[0]) :
		       r;
}

bool eu_target_none(const struct eu_target *t)
{
	return !strcmp(t->what, "none") && !t->n_keys;
}

int eu_target_check(const struct eu_target *t, const struct eu_section *s,
		    struct eu_error *err)
{
	int r = 0;

	if (eu_target_none(t))
		return 0;
	if (!has_shape(t->what, s->shape))
		return eu_error_set(err, -EINVAL,
				    "target '%s': %s %.*s program takes %s",
				    t->text,
				    strchr("ailx", *s->prefix) ? "an" : "a",
				    (int)strcspn(s->prefix, "+/"), s->prefix,
				    eu_shape_words(s->shape));
	if (s->attach == EU_ATTACH_TCX && strchr(t->what, ':'))
		return eu_error_set(
			err, -EINVAL,
			"target '%s': the section '%s' gives the direction; leave it out",
			t->text, s->prefix);
	for (size_t i = 0; i < t->n_keys && !r; i++)
		r = check_key(t, i, s->shape, err);
	return r;
}

const char *eu_target_key(const struct eu_target *t, const char *name)
{
	for (size_t i = 0; i < t->n_keys; i++)
		if (!strcmp(t->key[i].name, name))
			return t->key[i].value;
	return NULL;
}

const char *eu_target_feature(const struct eu_target *t,
			      const struct eu_section *s, size_t *i)
{
	const struct key *k;

	while (t && *i < t->n_keys) {
		k = find_key(s->shape, t->key[(*i)++].name);
		if (k && k->feature)
			return k->feature;
	}
	return NULL;
}

int64_t eu_target_integer(const struct eu_target *t, const char *name, int64_t def)
{
	int64_t v;

	/* Words in the place of a number are the caller's. */
	return eu_target_number(t, name, INT64_MIN, INT64_MAX, def, &v, NULL) ?
		       def :
		       v;
}

int eu_target_number(const struct eu_target *t, const char *name, int64_t min,
		     int64_t max, int64_t def, int64_t *ret, struct eu_error *err)
{
	const char *s = t ? eu_target_key(t, name) : NULL;
	const char *digits;
	char *end;
	int64_t v;

	if (!s) {
		*ret = def;
		return 0;
	}
	digits = s + (*s == '-' || *s == '+');
	errno = 0;
	v = strtoll(s, &end, eu_number_base(digits));
	if (!isdigit((unsigned char)*digits) || errno || *end || v < min ||
	    v > max)
		return eu_error_set(err, -EINVAL,
				    "target '%s': %s=%s is not a number from %" PRId64
				    " to %" PRId64,
				    t->text, name, s, min, max);
	*ret = v;
	return 0;
}
