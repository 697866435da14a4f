/* SPDX-License-Identifier: MIT */
#include "rt/lacks.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "pkg/section.h"
#include "rt/probe.h"
#include "rt/rights.h"

/* Ways of attaching that are probed under another name than libbpf's. */
static const struct {
	const char *attach, *probe;
} attaches[] = {
	{ "trace_raw_tp", "tp_btf" },
	{ "trace_fentry", "fentry" },
	{ "trace_fexit", "fexit" },
	{ "modify_return", "fmod_ret" },
	{ "lsm_mac", "lsm" },
	{ "trace_kprobe_multi", "kprobe.multi" },
	{ "trace_iter", "iter" },
	{ "netkit_primary", "netkit" },
	{ "netkit_peer", "netkit" },
	{ "xdp_devmap", "xdp.devmap" },
	{ "xdp_cpumap", "xdp.cpumap" },
	{ "sk_skb_verdict", "sk_skb.verdict" },
};

bool eu_lacks_feature(const char *feature)
{
	const struct eu_probe *p = eu_probe_find(feature);
	int r;

	return p && eu_probe_ask(p, &r) == EU_PROBE_FAILS;
}

int eu_lacks_feature_append(const char *feature, int code, struct eu_error *err)
{
	char needs[EU_PROBE_NEEDS];

	eu_probe_needs(eu_probe_find(feature), needs, sizeof(needs));
	return eu_error_append(err, code, "this kernel has no %s (%s)", feature,
			       needs);
}

/* return 1; */
static const struct bpf_insn accept[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
	{ .code = BPF_JMP | BPF_EXIT },
};

/* Most types of programs are checked for it when they are loaded. */
static bool loads_for(const struct eu_feature *f)
{
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = f->id);
	eu_auto_close int fd = bpf_prog_load(f->prog_type, "eu_probe", "GPL",
					     accept, EU_COUNT(accept), &o);

	return fd >= 0;
}

static bool attach_works(const struct eu_feature *f)
{
	const char *name = f->name;

	for (size_t i = 0; i < EU_COUNT(attaches); i++)
		if (!strcmp(name, attaches[i].attach))
			name = attaches[i].probe;
	if (eu_probe_find(name))
		return !eu_lacks_feature(name);
	/* Others name functions of the kernel, which are not to be guessed. */
	return f->prog_type == BPF_PROG_TYPE_TRACING ||
	       f->prog_type == BPF_PROG_TYPE_LSM ||
	       f->prog_type == BPF_PROG_TYPE_STRUCT_OPS ||
	       f->prog_type == BPF_PROG_TYPE_EXT || loads_for(f);
}

/* Types with several ways of attaching are there or not by those. */
static bool type_works(int type)
{
	return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM ||
	       libbpf_probe_bpf_prog_type(type, NULL);
}

/* A program that takes the address of a map's value. */
static bool has_global_data(void)
{
	eu_auto_close int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "eu_probe",
					       sizeof(int), 8, 1, NULL);
	const struct bpf_insn address[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	eu_auto_close int prog = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER,
					       "eu_probe", "GPL", address,
					       EU_COUNT(address), NULL);

	return prog >= 0;
}

static bool has_atomics(void)
{
	static const struct bpf_insn exchange[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_10,
		  .off = -8 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		  .dst_reg = BPF_REG_10,
		  .off = -8,
		  .imm = BPF_XCHG },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	eu_auto_close int prog = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER,
					       "eu_probe", "GPL", exchange,
					       EU_COUNT(exchange), NULL);

	return prog >= 0;
}

static bool has_kernel_btf(void)
{
	return !access("/sys/kernel/btf/vmlinux", R_OK);
}

/* What has a name of ours: one of these, or of a probe. */
static bool other_works(const char *name)
{
	static const struct {
		const char *name;
		bool (*is_there)(void);
	} others[] = {
		{ "global variables", has_global_data },
		{ "atomic operations", has_atomics },
		{ "kernel BTF", has_kernel_btf },
	};

	for (size_t i = 0; i < EU_COUNT(others); i++)
		if (!strcmp(name, others[i].name))
			return others[i].is_there();
	return !eu_lacks_feature(name);
}

/* Has the kernel a helper of that number, for whatever programs? */
static bool helper_is_known(int id)
{
	const struct bpf_insn call[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = id },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char log[1024] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, o, .log_buf = log,
		    .log_size = sizeof(log), .log_level = 1);
	eu_auto_close int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "eu_probe",
					     "GPL", call, EU_COUNT(call), &o);

	return fd >= 0 || !strstr(log, "invalid func ");
}

/* Types that take a function of the kernel are not tried: EOPNOTSUPP. */
static bool helper_works(const struct eu_feature *f)
{
	int r = f->prog_type ?
			libbpf_probe_bpf_helper(f->prog_type, f->id, NULL) :
			1;

	return r == -EOPNOTSUPP ? helper_is_known(f->id) : r;
}

static bool works(const struct eu_feature *f)
{
	switch (f->kind) {
	case EU_FEATURE_PROGRAM: return type_works(f->id);
	case EU_FEATURE_MAP: return libbpf_probe_bpf_map_type(f->id, NULL);
	case EU_FEATURE_HELPER: return helper_works(f);
	case EU_FEATURE_ATTACH: return attach_works(f);
	default: return other_works(f->name);
	}
}

int eu_lacks_of(const struct eu_package *pkg, eu_feature_want_fn want,
		const void *ctx, struct eu_feature **ret, size_t *ret_n,
		struct eu_error *err)
{
	struct eu_feature *f;
	size_t n, kept = 0;
	int r;

	r = eu_rights_check(err);
	if (!r)
		r = eu_features_of(pkg, want, ctx, &f, &n, err);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!works(&f[i]))
			f[kept++] = f[i];
	*ret = f;
	*ret_n = kept;
	return 0;
}

/* Is it known already that the kernel lacks this, or the like for @prog? */
static bool is_listed(const struct eu_feature *f, size_t n, const char *name,
		      const struct eu_prog *prog)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, name) || (f[i].kind != EU_FEATURE_HELPER &&
						 f[i].kind != EU_FEATURE_MAP &&
						 !strcmp(f[i].owner, prog->name)))
			return true;
	return false;
}

int eu_lacks_to_run(const struct eu_package *pkg, struct eu_feature **ret,
		    size_t *ret_n, struct eu_error *err)
{
	struct eu_feature *f = NULL, *more;
	size_t n = 0;
	int r = eu_lacks_of(pkg, NULL, NULL, &f, &n, err);

	if (r)
		return r;
	more = reallocarray(f, n + pkg->n_progs + 1, sizeof(*f));
	if (!more) {
		free(f);
		return eu_error_oom(err);
	}
	f = more;
	for (size_t i = 0; i < pkg->n_progs; i++) {
		const struct eu_prog *prog = &pkg->progs[i];
		const struct eu_section *s = eu_section_find(prog->section);
		const char *name = s ? s->feature : NULL;

		if (!name || prog->optional || prog->manual ||
		    !eu_lacks_feature(name) || is_listed(f, n, name, prog))
			continue;
		f[n++] = (struct eu_feature){
			.kind = EU_FEATURE_ATTACH,
			.since = eu_probe_find(name)->since,
			.name = name,
			.owner = prog->name,
		};
	}
	*ret = f;
	*ret_n = n;
	return 0;
}

int eu_lacks_append(const struct eu_feature *f, int code, struct eu_error *err)
{
	eu_error_append(err, code, "%s '%s'", eu_feature_kind_name(f->kind),
			f->name);
	if (f->since)
		eu_error_append(err, code, " (new in Linux %u.%u)",
				f->since / 100, f->since % 100);
	return code;
}
