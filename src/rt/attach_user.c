/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>

#include "base/nearest.h"
#include "pkg/package.h"
#include "rt/attach.h"
#include "rt/binary.h"
#include "rt/kernel.h"
#include "rt/probe.h"

/* Programs in user-space binaries. */

enum { MAX_FUNCTIONS = 65536 };

/* What a target of these kinds says: "binary:rest". */
struct place {
	struct eu_binary binary;
	const char *rest; /* a symbol, or "provider:probe"; borrowed */
	int64_t pid, cookie;
	bool returns;
};

static void leave(struct place *p)
{
	eu_binary_close(&p->binary);
}

static int find_place(const struct eu_attach *a, struct place *p,
		      struct eu_error *err)
{
	const char *what = a->target ? a->target->what :
				       strchr(a->prog->section, '/') + 1;
	bool usdt = a->section->attach == EU_ATTACH_USDT;
	const char *colon = usdt ? strchr(what, ':') : strrchr(what, ':');

	if (!colon)
		return eu_error_set(err, -EINVAL, "'%s': %s", what,
				    eu_shape_words(a->section->shape));
	p->rest = colon + 1;
	p->returns = !strncmp(a->prog->section, "uret", 4);
	p->pid = eu_target_integer(a->target, "pid", -1);
	p->cookie = eu_target_integer(a->target, "cookie", 0);
	return eu_binary_open(&p->binary, what, colon - what,
			      eu_target_integer(a->target, "container", 0), err);
}

static int look_near(void *ctx, const char *symbol, uint64_t address)
{
	(void)address;
	eu_nearest_try(ctx, symbol, strlen(symbol));
	return 0;
}

static int no_symbol(const struct place *p, const char *symbol,
		     struct eu_error *err)
{
	struct eu_nearest near = { .wanted = symbol };
	eu_auto_close int fd = open(p->binary.path, O_RDONLY | O_CLOEXEC);
	char head[4] = "";

	if (pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head, "\177ELF", sizeof(head)))
		return eu_error_set(err, -ENOEXEC, "'%s' is no ELF file",
				    p->binary.name);
	eu_error_set(err, -ENOENT, "'%s' has no function '%s'", p->binary.name,
		     symbol);
	eu_binary_foreach(&p->binary, look_near, &near);
	return eu_nearest_append(&near, -ENOENT, err);
}

struct wanted {
	const char *symbol;
	uint64_t address;
};

static int is_there(void *ctx, const char *symbol, uint64_t address)
{
	struct wanted *w = ctx;

	(void)address;
	w->address = address;
	return !strcmp(symbol, w->symbol);
}

/* "symbol", "symbol+0x10", "0x1234" of the file. */
static int split(const struct place *p, char **ret_symbol, size_t *ret_offset,
		 struct eu_error *err)
{
	bool number = p->rest[0] >= '0' && p->rest[0] <= '9';
	const char *plus = strchr(p->rest, '+');
	const char *digits = plus ? plus + 1 : number ? p->rest : NULL;
	char *end = NULL;

	*ret_offset = 0;
	errno = 0;
	if (digits)
		*ret_offset = strtoul(digits, &end, eu_number_base(digits));
	if (digits && (errno || *end || end == digits))
		return eu_error_set(err, -EINVAL, "'%s' is no offset", p->rest);
	if (number && !plus)
		return 0;
	*ret_symbol = strndup(p->rest, strcspn(p->rest, "+"));
	return *ret_symbol ? 0 : eu_error_oom(err);
}

int eu_attach_uprobe(const struct eu_attach *a, struct eu_error *err)
{
	EU_CLEANUP(leave) struct place p = { .binary.fd = -1 };
	LIBBPF_OPTS(bpf_uprobe_opts, o);
	eu_auto_free char *symbol = NULL;
	struct wanted wanted = { 0 };
	struct bpf_link *link;
	size_t offset;
	int r;

	r = find_place(a, &p, err);
	if (!r)
		r = split(&p, &symbol, &offset, err);
	if (r)
		return r;
	o.retprobe = p.returns;
	o.bpf_cookie = p.cookie;
	o.func_name = symbol;
	link = bpf_program__attach_uprobe_opts(a->bpf, (pid_t)p.pid,
					       p.binary.path, offset, &o);
	r = errno;
	wanted.symbol = symbol;
	if (!link && symbol && !strchr(symbol, '@') &&
	    !eu_binary_foreach(&p.binary, is_there, &wanted)) {
		r = no_symbol(&p, symbol, err);
		if (r == -ENOENT && strpbrk(symbol, "*?"))
			eu_error_append(
				err, r,
				": patterns are for programs in SEC(\"uprobe.multi\")");
		return r;
	}
	/* On 32-bit ARM the lowest bit says which instructions there are. */
	if (!link && r == EINVAL && wanted.address & 1 &&
	    !strcmp(eu_arch_host(), "arm"))
		return eu_error_set(
			err, -EINVAL,
			"'%s' of '%s' is Thumb code, where the kernel takes no probes",
			symbol, p.binary.name);
	errno = r;
	return eu_attach_keep(a, link, err);
}

/* Kernels before 6.6: a link for each function that the pattern fits. */
struct single {
	const struct eu_attach *a;
	const struct place *p;
	struct eu_error *err;
	size_t n;
	uint64_t *done; /* addresses: a function is in two tables, or has two names */
};

static int attach_single(void *ctx, const char *symbol, uint64_t address)
{
	struct single *s = ctx;
	LIBBPF_OPTS(bpf_uprobe_opts, o, .retprobe = s->p->returns,
		    .bpf_cookie = s->p->cookie, .func_name = symbol);
	struct bpf_link *link;
	int r;

	if (fnmatch(s->p->rest, symbol, 0))
		return 0;
	for (size_t i = 0; i < s->n; i++)
		if (s->done[i] == address)
			return 0;
	r = eu_array_grow(&s->done, s->n, sizeof(*s->done), MAX_FUNCTIONS);
	if (r)
		return eu_error_grow(s->err, r, MAX_FUNCTIONS, "functions");
	s->done[s->n++] = address;
	link = bpf_program__attach_uprobe_opts(s->a->bpf, (pid_t)s->p->pid,
					       s->p->binary.path, 0, &o);
	return eu_attach_keep(s->a, link, s->err);
}

static int attach_singly(const struct eu_attach *a, const struct place *p,
			 struct eu_error *err)
{
	struct single s = { .a = a, .p = p, .err = err };
	int r = eu_binary_foreach(&p->binary, attach_single, &s);

	free(s.done);
	if (!r && !s.n)
		return no_symbol(p, p->rest, err);
	if (!r)
		eu_log(&a->p->log, 0,
		       "'%s': this kernel has no uprobe.multi: attached to %zu functions one by one",
		       p->rest, s.n);
	return r;
}

int eu_attach_uprobe_multi_prepare(struct eu_program *p,
				   const struct eu_prog *prog,
				   struct eu_error *err)
{
	const struct eu_probe *probe = eu_probe_find("uprobe.multi");
	struct bpf_program *bpf = eu_program_find(p, prog->name);
	int r;

	/* Loaded for single probes it reads its cookie from the right place. */
	r = probe->run(probe) ? bpf_program__set_expected_attach_type(bpf, 0) : 0;
	return r ? eu_error_set(err, r, "cannot prepare '%s': %s", prog->name,
				strerror(-r)) :
		   0;
}

int eu_attach_uprobe_multi(const struct eu_attach *a, struct eu_error *err)
{
	EU_CLEANUP(leave) struct place p = { .binary.fd = -1 };
	LIBBPF_OPTS(bpf_uprobe_multi_opts, o);
	struct bpf_link *link;
	int r = find_place(a, &p, err);

	if (r)
		return r;
	if (a->target && eu_target_key(a->target, "cookie"))
		return eu_error_set(
			err, -EINVAL,
			"target '%s': of many functions none has a cookie",
			a->target->text);
	if (bpf_program__expected_attach_type(a->bpf) !=
	    (enum bpf_attach_type)EU_BPF_TRACE_UPROBE_MULTI)
		return attach_singly(a, &p, err);
	o.retprobe = p.returns;
	link = bpf_program__attach_uprobe_multi(a->bpf, (pid_t)p.pid,
						p.binary.path, p.rest, &o);
	if (!link && errno == ENOENT)
		return no_symbol(&p, p.rest, err);
	return eu_attach_keep(a, link, err);
}

static int look_near_probe(void *ctx, const char *name)
{
	eu_nearest_try(ctx, name, strlen(name));
	return 0;
}

static int no_probe(const struct place *p, struct eu_error *err)
{
	struct eu_nearest near = { .wanted = p->rest };

	eu_error_set(err, -ENOENT,
		     "'%s' has no probe '%s' (see: readelf -n FILE)",
		     p->binary.name, p->rest);
	eu_binary_foreach_probe(&p->binary, look_near_probe, &near);
	return eu_nearest_or_all(&near, -ENOENT, err);
}

int eu_attach_usdt(const struct eu_attach *a, struct eu_error *err)
{
	EU_CLEANUP(leave) struct place p = { .binary.fd = -1 };
	LIBBPF_OPTS(bpf_usdt_opts, o);
	eu_auto_free char *provider = NULL;
	struct bpf_link *link;
	const char *probe;
	int r;

	r = find_place(a, &p, err);
	if (r)
		return r;
	probe = strchr(p.rest, ':');
	provider = probe ? strndup(p.rest, probe - p.rest) : NULL;
	if (!provider)
		return eu_error_set(err, probe ? -ENOMEM : -EINVAL, "'%s': %s",
				    p.rest, eu_shape_words(EU_SHAPE_USDT));
	o.usdt_cookie = p.cookie;
	link = bpf_program__attach_usdt(a->bpf, (pid_t)p.pid, p.binary.path,
					provider, probe + 1, &o);
	if (!link && errno == ENOENT)
		return no_probe(&p, err);
	/* Without cookies one address in memory has to tell what it is. */
	if (!link && errno == EOPNOTSUPP && p.pid < 0)
		return eu_error_set(
			err, -EOPNOTSUPP,
			"this kernel finds the probes of '%s' in one process at a time (in any since Linux 5.15): give its id with pid=N",
			p.binary.name);
	return eu_attach_keep(a, link, err);
}
