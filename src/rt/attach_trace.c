/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "rt/attach.h"

/* Programs on events of the kernel's code: kprobes and tracepoints. */

static int cookie_of(const struct eu_attach *a, int64_t *ret,
		     struct eu_error *err)
{
	return eu_target_number(a->target, "cookie", INT64_MIN, INT64_MAX, 0,
				ret, err);
}

/* "symbol", "symbol+0x10" in @what; the name's length in *@ret_n. */
static int split_offset(const struct eu_target *t, size_t *ret_n,
			size_t *ret_offset, struct eu_error *err)
{
	const char *plus = strchr(t->what, '+');
	char *end;

	*ret_n = strcspn(t->what, "+");
	*ret_offset = 0;
	if (!plus)
		return 0;
	errno = 0;
	*ret_offset = strtoul(plus + 1, &end, 0);
	if (errno || *end || end == plus + 1)
		return eu_error_set(err, -EINVAL,
				    "target '%s': '%s' is no offset", t->text,
				    plus + 1);
	return 0;
}

int eu_attach_kprobe(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_kprobe_opts, o,
		.retprobe = !strncmp(a->prog->section, "kret", 4));
	eu_auto_free char *symbol = NULL;
	int64_t cookie;
	size_t n;
	int r;

	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	r = cookie_of(a, &cookie, err);
	if (!r)
		r = split_offset(a->target, &n, &o.offset, err);
	if (r)
		return r;
	o.bpf_cookie = cookie;
	symbol = strndup(a->target->what, n);
	if (!symbol)
		return eu_error_oom(err);
	return eu_attach_keep(a, bpf_program__attach_kprobe_opts(a->bpf, symbol,
								 &o), err);
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
	if (!a->target->what[n])
		return eu_error_set(err, -EINVAL,
			"target '%s': a tracepoint is GROUP/NAME (sched/sched_switch)",
			a->target->text);
	r = cookie_of(a, &cookie, err);
	if (r)
		return r;
	o.bpf_cookie = cookie;
	group = strndup(a->target->what, n);
	if (!group)
		return eu_error_oom(err);
	return eu_attach_keep(a, bpf_program__attach_tracepoint_opts(a->bpf,
			group, a->target->what + n + 1, &o), err);
}

int eu_attach_raw_tracepoint(const struct eu_attach *a, struct eu_error *err)
{
	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	return eu_attach_keep(a, bpf_program__attach_raw_tracepoint(a->bpf,
			a->target->what), err);
}
