/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rt/attach.h"

/*
 * Programs in user-space binaries. A binary is a path or the name of a library
 * ("libc", "libssl"), which libbpf looks for in the usual folders.
 */

static int pid_of(const struct eu_attach *a, int64_t *ret, struct eu_error *err)
{
	return eu_target_number(a->target, "pid", 1, INT32_MAX, -1, ret, err);
}

static int cookie_of(const struct eu_attach *a, int64_t *ret, struct eu_error *err)
{
	return eu_target_number(a->target, "cookie", INT64_MIN, INT64_MAX, 0,
				ret, err);
}

/* libbpf takes "libc.so.6" for a library and anything else for a path. */
static char *binary_name(const char *s, size_t n)
{
	char *name;

	if (memchr(s, '/', n) || n < 4 || strncmp(s, "lib", 3) ||
	    memmem(s, n, ".so", 3))
		return strndup(s, n);
	if (asprintf(&name, "%.*s.so%s", (int)n, s,
		     n == 4 && s[3] == 'c' ? ".6" : "") < 0)
		return NULL;
	return name;
}

int eu_attach_uprobe(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_uprobe_opts, o,
		    .retprobe = !strncmp(a->prog->section, "uret", 4));
	eu_auto_free char *binary = NULL, *symbol = NULL;
	int64_t pid, cookie;
	const char *colon;
	size_t offset = 0;
	char *end, *plus;
	int r;

	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	r = pid_of(a, &pid, err);
	if (!r)
		r = cookie_of(a, &cookie, err);
	if (r)
		return r;
	o.bpf_cookie = cookie;
	colon = strrchr(a->target->what, ':');
	binary = binary_name(a->target->what, colon - a->target->what);
	symbol = strdup(colon + 1);
	if (!binary || !symbol)
		return eu_error_oom(err);
	plus = strchr(symbol, '+');
	end = symbol;
	/* A bare number is an offset in the file. */
	if (plus || (symbol[0] >= '0' && symbol[0] <= '9')) {
		errno = 0;
		offset = strtoul(plus ? plus + 1 : symbol, &end, 0);
		if (errno || *end)
			return eu_error_set(err, -EINVAL,
					    "target '%s': '%s' is no offset",
					    a->target->text, symbol);
	}
	if (plus)
		*plus = '\0';
	o.func_name = end == symbol || plus ? symbol : NULL;
	return eu_attach_keep(a,
			      bpf_program__attach_uprobe_opts(
				      a->bpf, (pid_t)pid, binary, offset, &o),
			      err);
}

int eu_attach_usdt(const struct eu_attach *a, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_usdt_opts, o);
	eu_auto_free char *binary = NULL, *provider = NULL;
	const char *first, *second;
	int64_t pid, cookie;
	int r;

	if (!a->target)
		return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
	r = pid_of(a, &pid, err);
	if (!r)
		r = cookie_of(a, &cookie, err);
	if (r)
		return r;
	o.usdt_cookie = cookie;
	first = strchr(a->target->what, ':');
	second = strchr(first + 1, ':');
	binary = binary_name(a->target->what, first - a->target->what);
	provider = strndup(first + 1, second - first - 1);
	if (!binary || !provider)
		return eu_error_oom(err);
	return eu_attach_keep(a,
			      bpf_program__attach_usdt(a->bpf, (pid_t)pid, binary,
						       provider, second + 1, &o),
			      err);
}
