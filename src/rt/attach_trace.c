/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "base/file.h"
#include "base/nearest.h"
#include "rt/attach.h"

/* Programs on what the kernel's BTF, its tracepoints and system calls name. */

/* The name behind the section's '/', or from the target. */
static const char *name_of(const struct eu_attach *a)
{
	return a->target ? a->target->what : strchr(a->prog->section, '/') + 1;
}

int eu_attach_ksyscall(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_ksyscall_opts, o,
		    .retprobe = !strncmp(a->prog->section, "kret", 4));

	return eu_attach_keep(
		a, bpf_program__attach_ksyscall(a->bpf, name_of(a), &o), err);
}

/* Kernels of before 5.12 attach what never runs, if they were not told to. */
void eu_attach_warn_of_lsm(const struct eu_attach *a)
{
	eu_auto_free char *list = NULL;
	size_t len;

	if (!strncmp(a->prog->section, "lsm", 3) &&
	    !eu_file_read("/sys/kernel/security/lsm", 4096, &list, &len, NULL) &&
	    !strstr(list, "bpf"))
		eu_log(&a->p->log, 0,
		       "program '%s' will never be called: 'bpf' is not among the kernel's security modules (boot with lsm=...,bpf)",
		       a->prog->name);
}

/* What programs of a kind are attached to has names of this form in BTF. */
static const struct names {
	enum bpf_attach_type attach;
	const char *prefix;
	uint32_t kind;
} names[] = {
	{ BPF_TRACE_RAW_TP, "btf_trace_", BTF_KIND_TYPEDEF },
	{ BPF_LSM_MAC, "bpf_lsm_", BTF_KIND_FUNC },
	{ 0, "", BTF_KIND_FUNC }, /* all others */
};

int eu_attach_suggest(const struct bpf_program *bpf, const char *wanted,
		      int code, struct eu_error *err)
{
	struct btf *btf = btf__load_vmlinux_btf();
	struct eu_nearest near = { .wanted = wanted };
	const struct names *n = names;
	const struct btf_type *t;
	const char *name;
	size_t skip;

	while (n->attach && n->attach != bpf_program__expected_attach_type(bpf))
		n++;
	skip = strlen(n->prefix);
	for (uint32_t i = 1; btf && i < btf__type_cnt(btf); i++) {
		t = btf__type_by_id(btf, i);
		name = btf__name_by_offset(btf, t->name_off);
		if (btf_kind(t) == n->kind && !strncmp(name, n->prefix, skip))
			eu_nearest_try(&near, name + skip, strlen(name + skip));
	}
	btf__free(btf);
	return eu_nearest_append(&near, code, err);
}

/* What BTF names is part of loading, so there is one for a program. */
int eu_attach_btf_prepare(struct eu_program *p, const struct eu_prog *prog,
			  struct eu_error *err)
{
	struct bpf_program *bpf = eu_program_find(p, prog->name);
	const struct eu_goal *g, *second;
	size_t at = 0;
	int r;

	g = eu_attach_goal(p, prog, &at);
	second = g ? eu_attach_goal(p, prog, &at) : NULL;
	if (second)
		return eu_error_set(err, -EINVAL,
				    "target '%s': program '%s' (%s) takes one",
				    second->target->text, prog->name,
				    prog->section);
	if (!g)
		return 0;
	eu_log_enter(&p->log);
	r = bpf_program__set_attach_target(bpf, 0, g->target->what);
	eu_log_leave();
	if (!r)
		return 0;
	eu_error_set(err, r, "target '%s': the kernel's BTF has no '%s' (%s)",
		     g->target->text, g->target->what, strerror(-r));
	return eu_attach_suggest(bpf, g->target->what, r, err);
}

/* The target was chosen before load: eu_attach_check(). */
int eu_attach_btf(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_trace_opts, o);

	eu_attach_warn_of_lsm(a);
	if (!a->target || !eu_target_key(a->target, "cookie"))
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	o.cookie = eu_target_integer(a->target, "cookie", 0);
	return eu_attach_keep(a, bpf_program__attach_trace_opts(a->bpf, &o), err);
}

/* Where the kernel lists "GROUP:NAME", a line each. */
static FILE *open_events(void)
{
	FILE *f = fopen("/sys/kernel/tracing/available_events", "re");

	return f ?: fopen("/sys/kernel/debug/tracing/available_events", "re");
}

/* As targets are written; raw ones have no group, and none for each call. */
static void look_near(struct eu_nearest *near, char *line, bool raw)
{
	char *colon = strchr(line, ':');

	line[strcspn(line, "\n")] = '\0';
	if (!colon || (raw && !strncmp(line, "syscalls:", 9)))
		return;
	if (!raw && strchr(near->wanted, '/'))
		*colon = '/';
	line = raw ? colon + 1 : line;
	eu_nearest_try(near, line, strlen(line));
}

int eu_attach_no_tracepoint(const struct eu_attach *a, const char *what,
			    struct eu_error *err)
{
	bool raw = a->section->attach == EU_ATTACH_RAW_TRACEPOINT;
	struct eu_nearest near = { .wanted = what };
	eu_auto_free char *line = NULL;
	FILE *f = open_events();
	size_t cap = 0;

	if (!f && !raw)
		return eu_error_set(
			err, -ENOENT,
			"tracepoint '%s' needs tracefs: mount -t tracefs tracefs /sys/kernel/tracing",
			what);
	eu_error_set(err, -ENOENT,
		     "%stracepoint '%s' does not exist in this kernel%s",
		     raw ? "raw " : "", what,
		     raw ? "" : " (see /sys/kernel/tracing/available_events)");
	while (f && getline(&line, &cap, f) > 0)
		look_near(&near, line, raw);
	if (f)
		fclose(f);
	return eu_nearest_append(&near, -ENOENT, err);
}

int eu_attach_tracepoint(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_tracepoint_opts, o);
	eu_auto_free char *group = NULL;
	size_t n;

	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	n = strcspn(a->target->what, "/:");
	o.bpf_cookie = eu_target_integer(a->target, "cookie", 0);
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
