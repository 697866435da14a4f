/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rt/attach.h"

/* Programs on events of the kernel's code: kprobes and tracepoints. */

static int cookie_of(const struct eu_attach *a, int64_t *ret, struct eu_error *err)
{
	return eu_target_number(a->target, "cookie", INT64_MIN, INT64_MAX, 0,
				ret, err);
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
	*ret_offset = strtoul(plus + 1, &end, 0);
	if (errno || *end || end == plus + 1)
		return eu_error_set(err, -EINVAL, "'%s': '%s' is no offset",
				    what, plus + 1);
	return 0;
}

/* Is @name the function @symbol as the compiler split or specialised it? */
static bool is_clone(const char *name, const char *symbol)
{
	static const char *const kinds[] = { ".isra.", ".constprop.", ".part." };
	size_t n = strlen(symbol);

	if (strncmp(name, symbol, n))
		return false;
	for (size_t i = 0; i < EU_COUNT(kinds); i++)
		if (!strncmp(name + n, kinds[i], strlen(kinds[i])))
			return true;
	return false;
}

/* The first clone of @symbol in the kernel, to be freed; NULL: none. */
static char *find_clone(const char *symbol)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char *line = NULL, *found = NULL, name[512];
	size_t cap = 0;

	while (f && !found && getline(&line, &cap, f) > 0)
		if (sscanf(line, "%*s %*1[tT] %511s", name) == 1 &&
		    is_clone(name, symbol))
			found = strdup(name);
	free(line);
	if (f)
		fclose(f);
	return found;
}

static struct bpf_link *attach_clone(const struct eu_attach *a,
				     const char *symbol,
				     const struct bpf_kprobe_opts *o)
{
	eu_auto_free char *clone = find_clone(symbol);
	struct bpf_link *link;

	if (!clone) {
		errno = ENOENT;
		return NULL;
	}
	link = bpf_program__attach_kprobe_opts(a->bpf, clone, o);
	if (link)
		eu_log(&a->p->log, 0, "no function '%s' here: attached to '%s'",
		       symbol, clone);
	return link;
}

int eu_attach_kprobe(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_kprobe_opts, o,
		    .retprobe = !strncmp(a->prog->section, "kret", 4));
	const char *slash = strchr(a->prog->section, '/');
	const char *what = a->target ? a->target->what : slash + 1;
	eu_auto_free char *symbol = NULL;
	struct bpf_link *link;
	int64_t cookie;
	size_t n;
	int r;

	r = cookie_of(a, &cookie, err);
	if (!r)
		r = split_offset(what, &n, &o.offset, err);
	if (r)
		return r;
	o.bpf_cookie = cookie;
	symbol = strndup(what, n);
	if (!symbol)
		return eu_error_oom(err);
	if (access("/sys/bus/event_source/devices/kprobe", F_OK) &&
	    access("/sys/kernel/tracing/kprobe_events", F_OK))
		return eu_error_set(
			err, -EOPNOTSUPP,
			"this kernel has no kprobes (CONFIG_KPROBE_EVENTS): see 'ecli check'");
	link = bpf_program__attach_kprobe_opts(a->bpf, symbol, &o);
	if (!link && errno == ENOENT)
		link = attach_clone(a, symbol, &o);
	if (!link && errno == ENOENT)
		return eu_error_set(
			err, -ENOENT,
			"the kernel has no function '%s' that can be probed (see /sys/kernel/tracing/available_filter_functions)",
			symbol);
	return eu_attach_keep(a, link, err);
}

/* Name or pattern behind the section's '/', or from the target. */
static const char *name_of(const struct eu_attach *a)
{
	return a->target ? a->target->what : strchr(a->prog->section, '/') + 1;
}

int eu_attach_kprobe_multi(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, o,
		    .retprobe = !strncmp(a->prog->section, "kret", 4));

	if (a->target && eu_target_key(a->target, "cookie"))
		return eu_error_set(
			err, -EINVAL,
			"target '%s': of many functions none has a cookie",
			a->target->text);
	return eu_attach_keep(
		a, bpf_program__attach_kprobe_multi_opts(a->bpf, name_of(a), &o),
		err);
}

int eu_attach_ksyscall(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_ksyscall_opts, o,
		    .retprobe = !strncmp(a->prog->section, "kret", 4));

	return eu_attach_keep(
		a, bpf_program__attach_ksyscall(a->bpf, name_of(a), &o), err);
}

/* The target was chosen before load: eu_attach_check(). */
int eu_attach_btf(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_trace_opts, o);
	int64_t cookie;
	int r;

	if (!a->target || !eu_target_key(a->target, "cookie"))
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	r = cookie_of(a, &cookie, err);
	if (r)
		return r;
	o.cookie = cookie;
	return eu_attach_keep(a, bpf_program__attach_trace_opts(a->bpf, &o), err);
}

int eu_attach_tracepoint(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, o);
	eu_auto_free char *group = NULL;
	int64_t cookie;
	size_t n;
	int r;

	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	n = strcspn(a->target->what, "/:");
	r = cookie_of(a, &cookie, err);
	if (r)
		return r;
	o.bpf_cookie = cookie;
	group = strndup(a->target->what, n);
	if (!group)
		return eu_error_oom(err);
	return eu_attach_keep(a,
			      bpf_program__attach_tracepoint_opts(
				      a->bpf, group, a->target->what + n + 1, &o),
			      err);
}

int eu_attach_raw_tracepoint(const struct eu_attach *a, struct eu_error *err)
{
	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	return eu_attach_keep(
		a, bpf_program__attach_raw_tracepoint(a->bpf, a->target->what),
		err);
}
