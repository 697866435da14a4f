/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "rt/attach.h"
#include "rt/probe.h"

/*
 * Programs on the kernel's own functions: one by one, or all that a pattern
 * fits by a single link where the kernel has such (kprobe.multi).
 */

enum { MAX_SINGLE = 1000 };

static bool is_pattern(const char *what)
{
	return strpbrk(what, "*?[") != NULL;
}

/* "symbol", "symbol+0x10"; the name's length in *@ret_n. */
static int split_offset(const char *what, size_t *ret_n, size_t *ret_offset,
			struct eu_error *err)
{
	const char *plus = strchr(what, '+');
	char *end;

	*ret_n = strcspn(what, "+");
	*ret_offset = 0;
	if (!plus)
		return 0;
	errno = 0;
	*ret_offset = strtoul(plus + 1, &end, eu_number_base(plus + 1));
	if (errno || *end || end == plus + 1)
		return eu_error_set(err, -EINVAL, "'%s': '%s' is no offset",
				    what, plus + 1);
	return 0;
}

/* Calls @fn for each function; non-zero ends that and is returned. */
static int foreach_function(int (*fn)(void *ctx, const char *name), void *ctx)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char *line = NULL, name[512];
	size_t cap = 0;
	int r = 0;

	while (f && !r && getline(&line, &cap, f) > 0)
		if (sscanf(line, "%*s %*1[tT] %511s", name) == 1)
			r = fn(ctx, name);
	free(line);
	if (f)
		fclose(f);
	return r;
}

/* Those that ftrace knows are fewer, and can be probed. */
static int foreach_traceable(int (*fn)(void *ctx, const char *name), void *ctx)
{
	FILE *f = fopen("/sys/kernel/tracing/available_filter_functions", "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	if (!f)
		return foreach_function(fn, ctx);
	while (!r && getline(&line, &cap, f) > 0) {
		line[strcspn(line, " \t\n")] = '\0';
		r = fn(ctx, line);
	}
	free(line);
	fclose(f);
	return r;
}

static int look_near(void *ctx, const char *name)
{
	eu_nearest_try(ctx, name, strlen(name));
	return 0;
}

static int no_function(const char *symbol, struct eu_error *err)
{
	struct eu_nearest near = { .wanted = symbol };

	if (is_pattern(symbol))
		return eu_error_set(err, -ENOENT,
				    "no function of the kernel fits '%s'",
				    symbol);
	eu_error_set(
		err, -ENOENT,
		"the kernel has no function '%s' that can be probed (see /sys/kernel/tracing/available_filter_functions)",
		symbol);
	foreach_function(look_near, &near);
	return eu_nearest_append(&near, -ENOENT, err);
}

struct clone {
	const char *symbol;
	char *name;
};

/* Is @name the function as the compiler split or specialised it? */
static int is_clone(void *ctx, const char *name)
{
	static const char *const kinds[] = { ".isra.", ".constprop.", ".part." };
	struct clone *c = ctx;
	size_t n = strlen(c->symbol);

	if (strncmp(name, c->symbol, n))
		return 0;
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		if (!strncmp(name + n, kinds[i], strlen(kinds[i])))
			c->name = strdup(name);
	return c->name != NULL;
}

static struct bpf_link *attach_clone(const struct eu_attach *a,
				     const char *symbol,
				     const struct bpf_kprobe_opts *o)
{
	struct clone c = { .symbol = symbol };
	struct bpf_link *link;

	if (!foreach_function(is_clone, &c)) {
		errno = ENOENT;
		return NULL;
	}
	link = bpf_program__attach_kprobe_opts(a->bpf, c.name, o);
	if (link)
		eu_log(&a->p->log, 0, "no function '%s' here: attached to '%s'",
		       symbol, c.name);
	free(c.name);
	return link;
}

static const char *place_of(const struct eu_attach *a)
{
	return a->target ? a->target->what : strchr(a->prog->section, '/') + 1;
}

struct single {
	const struct eu_attach *a;
	struct bpf_kprobe_opts *opts;
	int64_t max;
	int64_t n;
	struct eu_error *err;
};

static int attach_single(void *ctx, const char *name)
{
	struct single *s = ctx;
	struct bpf_link *link;

	if (fnmatch(place_of(s->a), name, 0))
		return 0;
	if (s->n == s->max)
		return eu_error_set(
			s->err, -E2BIG,
			"'%s' fits more than %lld functions: narrow it, or allow more with max=N",
			place_of(s->a), (long long)s->max);
	link = bpf_program__attach_kprobe_opts(s->a->bpf, name, s->opts);
	/* Some may not be probed, and some names are of several functions. */
	if (!link && (errno == EINVAL || errno == ENOENT ||
		      errno == EADDRNOTAVAIL || errno == EOPNOTSUPP))
		return 0;
	s->n++;
	return eu_attach_keep(s->a, link, s->err);
}

/* Has one of its places what a link for many cannot have? */
static bool is_singular(const struct eu_program *p, const struct eu_prog *prog)
{
	const struct eu_goal *g;
	size_t at = 0;

	while ((g = eu_attach_goal(p, prog, &at)))
		if (strchr(g->target->what, '+') ||
		    eu_target_key(g->target, "cookie"))
			return true;
	return false;
}

static int attach_singly(const struct eu_attach *a, struct bpf_kprobe_opts *o,
			 struct eu_error *err)
{
	struct single s = { .a = a, .opts = o, .err = err };
	int r;

	s.max = eu_target_integer(a->target, "max", MAX_SINGLE);
	r = foreach_traceable(attach_single, &s);
	if (!r && !s.n)
		return no_function(place_of(a), err);
	if (!r)
		eu_log(&a->p->log, 0,
		       "'%s': %s: attached to %lld functions one by one",
		       place_of(a),
		       is_singular(a->p, a->prog) ?
			       "a target has an offset or a cookie" :
			       "this kernel has no kprobe.multi",
		       (long long)s.n);
	return r;
}

static int attach_multi(const struct eu_attach *a, bool returns,
			struct eu_error *err)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, o, .retprobe = returns);
	struct bpf_link *link;

	link = bpf_program__attach_kprobe_multi_opts(a->bpf, place_of(a), &o);
	if (!link && (errno == ENOENT || errno == ESRCH))
		return no_function(place_of(a), err);
	return eu_attach_keep(a, link, err);
}

static int attach_one(const struct eu_attach *a, struct bpf_kprobe_opts *o,
		      struct eu_error *err)
{
	eu_auto_free char *symbol = NULL;
	struct bpf_link *link;
	size_t n;
	int r = split_offset(place_of(a), &n, &o->offset, err);

	if (r)
		return r;
	symbol = strndup(place_of(a), n);
	if (!symbol)
		return eu_error_oom(err);
	link = bpf_program__attach_kprobe_opts(a->bpf, symbol, o);
	if (!link && errno == ENOENT)
		link = attach_clone(a, symbol, o);
	if (!link && errno == ENOENT)
		return no_function(symbol, err);
	return eu_attach_keep(a, link, err);
}

int eu_attach_kprobe(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_kprobe_opts, o,
		    .retprobe = !strncmp(a->prog->section, "kret", 4));
	bool multi = bpf_program__expected_attach_type(a->bpf) ==
		     BPF_TRACE_KPROBE_MULTI;
	bool pattern = is_pattern(place_of(a));

	if ((pattern || multi) && a->target && eu_target_key(a->target, "cookie"))
		return eu_error_set(
			err, -EINVAL,
			"target '%s': of many functions none has a cookie",
			a->target->text);
	o.bpf_cookie = eu_target_integer(a->target, "cookie", 0);
	if (multi)
		return attach_multi(a, o.retprobe, err);
	return pattern ? attach_singly(a, &o, err) : attach_one(a, &o, err);
}

/*
 * How a program is attached is part of loading it: with one link where a
 * pattern is given and the kernel has such links, singly where one of the
 * places has an offset.
 */
int eu_attach_kprobe_prepare(struct eu_program *p, const struct eu_prog *prog,
			     struct eu_error *err)
{
	bool multi = strstr(prog->section, ".multi") != NULL;
	const struct eu_probe *probe = eu_probe_find("kprobe.multi");
	const char *slash = strchr(prog->section, '/');
	const struct eu_goal *g;
	size_t at = 0;

	while ((g = eu_attach_goal(p, prog, &at))) {
		multi = multi || is_pattern(g->target->what);
		slash = NULL;
	}
	multi = multi || (slash && is_pattern(slash));
	(void)err;
	if (!multi)
		return 0;
	multi = !is_singular(p, prog) && !probe->run(probe);
	bpf_program__set_expected_attach_type(eu_program_find(p, prog->name),
					      multi ? BPF_TRACE_KPROBE_MULTI : 0);
	return 0;
}
