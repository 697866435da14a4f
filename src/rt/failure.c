/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/failure.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "rt/attach.h"
#include "rt/lacks.h"
#include "rt/rights.h"

/* What one of libbpf's lines means to somebody who wants to run a program. */
static const struct {
	const char *line, *hint;
} hints[] = {
	{ "legacy map definitions",
	  "define maps in SEC(\".maps\") and compile with -g" },
	{ "target BTF",
	  "--btf takes a file with the BTF of a kernel, like a copy of /sys/kernel/btf/vmlinux" },
	{ "failed to find '.BTF' ELF section",
	  "--btf takes a file with the BTF of a kernel, like a copy of /sys/kernel/btf/vmlinux" },
};

static bool said(const struct eu_program *p, const char *words)
{
	return memmem(p->log.kept.data ?: "", p->log.kept.len, words,
		      strlen(words));
}

int eu_failure_hint(const struct eu_program *p, int code, struct eu_error *err)
{
	for (size_t i = 0; i < EU_COUNT(hints); i++) {
		if (!said(p, hints[i].line))
			continue;
		return eu_error_append(err, code, ": %s", hints[i].hint);
	}
	if (code == -EPERM)
		eu_error_append(
			err, code,
			" (BPF is forbidden here, or the kernel lacks this kind of program: see 'ecli check')");
	return code;
}

static bool is_loaded(const void *ctx, const struct eu_prog *prog)
{
	struct bpf_program *bpf = eu_program_find(ctx, prog->name);

	return bpf && bpf_program__autoload(bpf);
}

/* Names what this kernel does not have; false if it has all. */
static bool lacks_feature(const struct eu_program *p, int code,
			  struct eu_error *err)
{
	struct eu_feature *f = NULL;
	size_t n = 0;

	if (eu_lacks_of(p->pkg, is_loaded, p, &f, &n, NULL))
		return false;
	if (n)
		eu_error_append(err, code, ": this kernel lacks ");
	for (size_t i = 0; i < n; i++) {
		if (i)
			eu_error_append(err, code, ", ");
		eu_lacks_append(&f[i], code, err);
	}
	free(f);
	return n;
}

/* The name that the kernel's BTF does not have, as libbpf said; or NULL. */
static char *missing_place(const struct eu_program *p)
{
	static const char words[] = "failed to find kernel BTF type ID of '";
	const char *data = p->log.kept.data ?: "", *at, *end;
	const size_t n = p->log.kept.len;

	at = memmem(data, n, words, strlen(words));
	at = at ? at + strlen(words) : NULL;
	end = at ? memchr(at, '\'', data + n - at) : NULL;
	return end ? strndup(at, end - at) : NULL;
}

static int no_place(const struct eu_program *p, const char *place, int code,
		    struct eu_error *err)
{
	eu_auto_free char *name = NULL;
	const char *refused;
	size_t n = 0;

	refused = eu_log_refused(&p->log, &n);
	name = strndup(refused ?: "", n);
	eu_error_append(err, code, ": the kernel's BTF has no '%s'", place);
	return name && eu_program_find(p, name) ?
		       eu_attach_suggest(eu_program_find(p, name), place, code,
					 err) :
		       code;
}

/* What libbpf said; of a program that was refused the verifier alone. */
static int say_why(const struct eu_program *p, int code, struct eu_error *err)
{
	eu_auto_free char *place = missing_place(p);
	size_t n;

	if (place)
		return no_place(p, place, code, err);
	if (said(p, "BEGIN PROG LOAD LOG") || !eu_log_refused(&p->log, &n))
		return eu_log_explain(&p->log, code, err);
	return eu_error_append(err, code, ": %s", strerror(-code));
}

int eu_failure_explain(const struct eu_program *p, int code, struct eu_error *err)
{
	const char *name = p->pkg->origin ?: p->pkg->name, *refused;
	size_t n;

	if (code == -EPERM && eu_rights_missing(err))
		return code;
	if (code == -ESRCH && access("/sys/kernel/btf/vmlinux", R_OK))
		return eu_error_set(
			err, code,
			"'%s' needs the kernel's BTF and /sys/kernel/btf/vmlinux is not there%s: give it with --btf FILE, or use a kernel with CONFIG_DEBUG_INFO_BTF=y",
			name,
			p->pkg->has_btfs ? ", nor in the package's archive" : "");
	refused = eu_log_refused(&p->log, &n);
	if (refused)
		eu_error_set(err, code, "program '%.*s' was refused", (int)n,
			     refused);
	else
		eu_error_set(err, code, "cannot load '%s'", name);
	if (lacks_feature(p, code, err))
		return eu_error_append(err, code,
				       "; 'ecli check' says what to enable");
	say_why(p, code, err);
	return eu_failure_hint(p, code, err);
}

int eu_failure_cause(const struct eu_program *p, const struct eu_prog *prog,
		     int code, struct eu_error *err)
{
	eu_error_set(err, code, "program '%s'", prog->name);
	return lacks_feature(p, -EOPNOTSUPP, err) ? -EOPNOTSUPP :
						    say_why(p, code, err);
}
