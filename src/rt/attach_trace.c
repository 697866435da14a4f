/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "rt/attach.h"

/* Programs on what the kernel's BTF, its tracepoints and system calls name. */

static int cookie_of(const struct eu_attach *a, int64_t *ret, struct eu_error *err)
{
	return eu_target_number(a->target, "cookie", INT64_MIN, INT64_MAX, 0,
				ret, err);
}

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

/* The target was chosen before load: eu_attach_check(). */
int eu_attach_btf(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_trace_opts, o);
	int64_t cookie;
	int r;

	eu_attach_warn_of_lsm(a);
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
