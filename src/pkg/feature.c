/* SPDX-License-Identifier: MIT */
#include "pkg/feature.h"

#include <byteswap.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "pkg/object.h"

/* When each came, by the names that libbpf gives them. */
static const struct {
	enum eu_feature_kind kind;
	const char *name;
	uint16_t since;
} table[] = {
	{ EU_FEATURE_PROGRAM, "socket_filter", 319 },
	{ EU_FEATURE_PROGRAM, "kprobe", 401 },
	{ EU_FEATURE_PROGRAM, "sched_cls", 401 },
	{ EU_FEATURE_PROGRAM, "sched_act", 401 },
	{ EU_FEATURE_PROGRAM, "tracepoint", 407 },
	{ EU_FEATURE_PROGRAM, "xdp", 408 },
	{ EU_FEATURE_PROGRAM, "perf_event", 409 },
	{ EU_FEATURE_PROGRAM, "cgroup_skb", 410 },
	{ EU_FEATURE_PROGRAM, "cgroup_sock", 410 },
	{ EU_FEATURE_PROGRAM, "lwt_in", 410 },
	{ EU_FEATURE_PROGRAM, "lwt_out", 410 },
	{ EU_FEATURE_PROGRAM, "lwt_xmit", 410 },
	{ EU_FEATURE_PROGRAM, "sock_ops", 413 },
	{ EU_FEATURE_PROGRAM, "sk_skb", 414 },
	{ EU_FEATURE_PROGRAM, "cgroup_device", 415 },
	{ EU_FEATURE_PROGRAM, "sk_msg", 417 },
	{ EU_FEATURE_PROGRAM, "raw_tracepoint", 417 },
	{ EU_FEATURE_PROGRAM, "cgroup_sock_addr", 417 },
	{ EU_FEATURE_PROGRAM, "lwt_seg6local", 418 },
	{ EU_FEATURE_PROGRAM, "lirc_mode2", 418 },
	{ EU_FEATURE_PROGRAM, "sk_reuseport", 419 },
	{ EU_FEATURE_PROGRAM, "flow_dissector", 420 },
	{ EU_FEATURE_PROGRAM, "cgroup_sysctl", 502 },
	{ EU_FEATURE_PROGRAM, "raw_tracepoint_writable", 502 },
	{ EU_FEATURE_PROGRAM, "cgroup_sockopt", 503 },
	{ EU_FEATURE_PROGRAM, "tracing", 505 },
	{ EU_FEATURE_PROGRAM, "struct_ops", 506 },
	{ EU_FEATURE_PROGRAM, "ext", 506 },
	{ EU_FEATURE_PROGRAM, "lsm", 507 },
	{ EU_FEATURE_PROGRAM, "sk_lookup", 509 },
	{ EU_FEATURE_PROGRAM, "syscall", 514 },
	{ EU_FEATURE_PROGRAM, "netfilter", 604 },
	{ EU_FEATURE_ATTACH, "cgroup_inet4_connect", 417 },
	{ EU_FEATURE_ATTACH, "cgroup_udp4_sendmsg", 418 },
	{ EU_FEATURE_ATTACH, "cgroup_udp6_sendmsg", 418 },
	{ EU_FEATURE_ATTACH, "cgroup_udp4_recvmsg", 502 },
	{ EU_FEATURE_ATTACH, "cgroup_udp6_recvmsg", 502 },
	{ EU_FEATURE_ATTACH, "trace_raw_tp", 505 },
	{ EU_FEATURE_ATTACH, "trace_fentry", 505 },
	{ EU_FEATURE_ATTACH, "trace_fexit", 505 },
	{ EU_FEATURE_ATTACH, "struct_ops", 506 },
	{ EU_FEATURE_ATTACH, "modify_return", 507 },
	{ EU_FEATURE_ATTACH, "lsm_mac", 507 },
	{ EU_FEATURE_ATTACH, "trace_iter", 508 },
	{ EU_FEATURE_ATTACH, "cgroup_inet4_getpeername", 508 },
	{ EU_FEATURE_ATTACH, "cgroup_inet6_getpeername", 508 },
	{ EU_FEATURE_ATTACH, "cgroup_inet4_getsockname", 508 },
	{ EU_FEATURE_ATTACH, "cgroup_inet6_getsockname", 508 },
	{ EU_FEATURE_ATTACH, "xdp_devmap", 508 },
	{ EU_FEATURE_ATTACH, "cgroup_inet_sock_release", 509 },
	{ EU_FEATURE_ATTACH, "xdp_cpumap", 509 },
	{ EU_FEATURE_ATTACH, "sk_skb_verdict", 513 },
	{ EU_FEATURE_ATTACH, "sk_reuseport_select_or_migrate", 514 },
	{ EU_FEATURE_ATTACH, "perf_event", 515 },
	{ EU_FEATURE_ATTACH, "trace_kprobe_multi", 518 },
	{ EU_FEATURE_ATTACH, "lsm_cgroup", 600 },
	{ EU_FEATURE_ATTACH, "netfilter", 604 },
	{ EU_FEATURE_ATTACH, "tcx_ingress", 606 },
	{ EU_FEATURE_ATTACH, "tcx_egress", 606 },
	{ EU_FEATURE_ATTACH, "trace_uprobe_multi", 606 },
	{ EU_FEATURE_ATTACH, "netkit_primary", 607 },
	{ EU_FEATURE_ATTACH, "netkit_peer", 607 },
	{ EU_FEATURE_MAP, "hash", 319 },
	{ EU_FEATURE_MAP, "array", 319 },
	{ EU_FEATURE_MAP, "prog_array", 402 },
	{ EU_FEATURE_MAP, "perf_event_array", 403 },
	{ EU_FEATURE_MAP, "percpu_hash", 406 },
	{ EU_FEATURE_MAP, "percpu_array", 406 },
	{ EU_FEATURE_MAP, "stack_trace", 406 },
	{ EU_FEATURE_MAP, "cgroup_array", 408 },
	{ EU_FEATURE_MAP, "lru_hash", 410 },
	{ EU_FEATURE_MAP, "lru_percpu_hash", 410 },
	{ EU_FEATURE_MAP, "lpm_trie", 411 },
	{ EU_FEATURE_MAP, "array_of_maps", 412 },
	{ EU_FEATURE_MAP, "hash_of_maps", 412 },
	{ EU_FEATURE_MAP, "devmap", 414 },
	{ EU_FEATURE_MAP, "sockmap", 414 },
	{ EU_FEATURE_MAP, "cpumap", 415 },
	{ EU_FEATURE_MAP, "xskmap", 418 },
	{ EU_FEATURE_MAP, "sockhash", 418 },
	{ EU_FEATURE_MAP, "cgroup_storage", 419 },
	{ EU_FEATURE_MAP, "reuseport_sockarray", 419 },
	{ EU_FEATURE_MAP, "percpu_cgroup_storage", 420 },
	{ EU_FEATURE_MAP, "queue", 420 },
	{ EU_FEATURE_MAP, "stack", 420 },
	{ EU_FEATURE_MAP, "sk_storage", 502 },
	{ EU_FEATURE_MAP, "devmap_hash", 504 },
	{ EU_FEATURE_MAP, "struct_ops", 506 },
	{ EU_FEATURE_MAP, "ringbuf", 508 },
	{ EU_FEATURE_MAP, "inode_storage", 510 },
	{ EU_FEATURE_MAP, "task_storage", 511 },
	{ EU_FEATURE_MAP, "bloom_filter", 516 },
	{ EU_FEATURE_MAP, "user_ringbuf", 601 },
	{ EU_FEATURE_MAP, "cgrp_storage", 602 },
	{ EU_FEATURE_MAP, "arena", 609 },
};

/* Helpers are numbered as they come: up to which number, and when. */
static const struct {
	int last;
	uint16_t since;
} helpers[] = {
	{ 3, 319 },   { 11, 401 },  { 16, 402 },  { 22, 403 },	{ 25, 404 },
	{ 26, 405 },  { 30, 406 },  { 36, 408 },  { 41, 409 },	{ 44, 410 },
	{ 45, 411 },  { 47, 412 },  { 50, 413 },  { 53, 414 },	{ 57, 415 },
	{ 59, 416 },  { 64, 417 },  { 80, 418 },  { 83, 419 },	{ 89, 420 },
	{ 92, 500 },  { 98, 501 },  { 108, 502 }, { 110, 503 }, { 118, 505 },
	{ 119, 506 }, { 124, 507 }, { 135, 508 }, { 141, 509 }, { 155, 510 },
	{ 162, 511 }, { 163, 512 }, { 165, 513 }, { 168, 514 }, { 175, 515 },
	{ 179, 516 }, { 185, 517 }, { 193, 518 }, { 203, 519 }, { 207, 600 },
	{ 209, 601 }, { 211, 602 },
};

#define NAME_OF(helper) #helper
static const char *const helper_names[] = { __BPF_FUNC_MAPPER(NAME_OF) };

enum { MAX_FEATURES = 4096 };

const char *eu_feature_kind_name(enum eu_feature_kind kind)
{
	static const char *const names[] = {
		[EU_FEATURE_PROGRAM] = "program type",
		[EU_FEATURE_ATTACH] = "attach type",
		[EU_FEATURE_MAP] = "map type",
		[EU_FEATURE_HELPER] = "helper",
		[EU_FEATURE_OTHER] = "feature",
	};

	return names[kind];
}

const char *eu_feature_name(enum eu_feature_kind kind, int id)
{
	switch (kind) {
	case EU_FEATURE_PROGRAM: return libbpf_bpf_prog_type_str(id);
	case EU_FEATURE_ATTACH: return libbpf_bpf_attach_type_str(id);
	case EU_FEATURE_MAP: return libbpf_bpf_map_type_str(id);
	case EU_FEATURE_HELPER:
		return id > 0 && (size_t)id < EU_COUNT(helper_names) ?
			       helper_names[id] :
			       NULL;
	default: return NULL;
	}
}

uint16_t eu_feature_since(enum eu_feature_kind kind, int id)
{
	const char *name = eu_feature_name(kind, id);

	for (size_t i = 0; kind == EU_FEATURE_HELPER && i < EU_COUNT(helpers); i++)
		if (id <= helpers[i].last)
			return helpers[i].since;
	for (size_t i = 0; name && i < EU_COUNT(table); i++)
		if (table[i].kind == kind && !strcmp(table[i].name, name))
			return table[i].since;
	return 0;
}

/* What is being gathered. */
struct found {
	const struct eu_package *pkg;
	eu_feature_want_fn want;
	const void *ctx;
	struct eu_feature *list;
	size_t n;
	/* Sections whose programs do not count, sorted. */
	const char **unwanted;
	size_t n_unwanted;
};

static int add(struct found *f, const struct eu_feature *one, struct eu_error *err)
{
	int r = eu_array_grow(&f->list, f->n, sizeof(*f->list), MAX_FEATURES);

	if (r)
		return eu_error_grow(err, r, MAX_FEATURES, "features");
	f->list[f->n++] = *one;
	return 0;
}

/* Asked for every instruction: numbers alone. */
static bool is_known(const struct found *f, enum eu_feature_kind kind, int id,
		     int type)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].kind == kind && f->list[i].id == id &&
		    f->list[i].prog_type == type)
			return true;
	return false;
}

static int add_id(struct found *f, enum eu_feature_kind kind, int id, int type,
		  const char *owner, struct eu_error *err)
{
	struct eu_feature one = {
		.kind = kind,
		.id = id,
		.prog_type = type,
		.owner = owner,
	};

	if (is_known(f, kind, id, type))
		return 0;
	one.since = eu_feature_since(kind, id);
	one.name = eu_feature_name(kind, id);
	return one.name ? add(f, &one, err) : 0;
}

static int add_other(struct found *f, const char *name, uint16_t since,
		     const char *owner, struct eu_error *err)
{
	const struct eu_feature one = { .kind = EU_FEATURE_OTHER,
					.since = since,
					.name = name,
					.owner = owner };

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i].kind == EU_FEATURE_OTHER &&
		    !strcmp(f->list[i].name, name))
			return 0;
	return add(f, &one, err);
}

/* Kinds that say more than their program's type. */
static bool tells(enum bpf_attach_type attach, enum bpf_prog_type type)
{
	const uint16_t since = eu_feature_since(EU_FEATURE_ATTACH, attach);

	return attach && since &&
	       since >= eu_feature_since(EU_FEATURE_PROGRAM, type);
}

static int program(struct found *f, const struct eu_prog *p, struct eu_error *err)
{
	enum bpf_attach_type attach = 0;
	enum bpf_prog_type type = 0;
	int r;

	if (libbpf_prog_type_by_name(p->section, &type, &attach))
		return 0;
	r = add_id(f, EU_FEATURE_PROGRAM, type, 0, p->name, err);
	if (!r && tells(attach, type))
		r = add_id(f, EU_FEATURE_ATTACH, attach, type, p->name, err);
	if (!r && !strncmp(p->section, "xdp.frags", 9))
		r = add_other(f, "xdp.frags", 518, p->name, err);
	if (!r && (!strcmp(p->section, "iter/cgroup") ||
		   !strcmp(p->section, "iter.s/cgroup")))
		r = add_other(f, "iter.cgroup", 601, p->name, err);
	return r;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Sections of which all programs do not count; those without any do. There may
 * be many of both.
 */
static int find_unwanted(struct found *f, struct eu_error *err)
{
	const struct eu_prog *progs = f->pkg->progs;
	size_t n = f->pkg->n_progs, n_wanted = 0, kept = 0;
	eu_auto_free const char **wanted = NULL;

	if (!f->want || !n)
		return 0;
	f->unwanted = calloc(n, sizeof(*f->unwanted));
	wanted = calloc(n, sizeof(*wanted));
	if (!f->unwanted || !wanted)
		return eu_error_oom(err);
	for (size_t i = 0; i < n; i++)
		if (f->want(f->ctx, &progs[i]))
			wanted[n_wanted++] = progs[i].section;
		else
			f->unwanted[f->n_unwanted++] = progs[i].section;
	qsort(wanted, n_wanted, sizeof(*wanted), by_text);
	qsort(f->unwanted, f->n_unwanted, sizeof(*f->unwanted), by_text);
	for (size_t i = 0; i < f->n_unwanted; i++)
		if (!bsearch(&f->unwanted[i], wanted, n_wanted, sizeof(*wanted),
			     by_text))
			f->unwanted[kept++] = f->unwanted[i];
	f->n_unwanted = kept;
	return 0;
}

static bool is_wanted(const struct found *f, const char *section)
{
	section += *section == '?';
	return !f->n_unwanted || !bsearch(&section, f->unwanted, f->n_unwanted,
					  sizeof(*f->unwanted), by_text);
}

static int32_t host32(const struct eu_image *img, int32_t v)
{
	bool here = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	return img->big_endian == here ? v : (int32_t)bswap_32(v);
}

/* Calls of helpers have 0 where others have the register "source". */
static int instruction(struct found *f, const struct eu_image *img,
		       const struct eu_image_section *s,
		       const struct bpf_insn *in, int type, struct eu_error *err)
{
	const uint8_t regs = ((const uint8_t *)in)[1];
	const uint8_t src = img->big_endian ? regs & 15 : regs >> 4;
	const int32_t imm = host32(img, in->imm);

	if (in->code == (BPF_JMP | BPF_CALL) && !src)
		return add_id(f, EU_FEATURE_HELPER, imm, type, s->name, err);
	if (BPF_CLASS(in->code) == BPF_STX &&
	    BPF_MODE(in->code) == BPF_ATOMIC && imm != BPF_ADD)
		return add_other(f, "atomic operations", 512, s->name, err);
	return 0;
}

static int instructions(struct found *f, const struct eu_image *img,
			struct eu_error *err)
{
	int r = 0;

	for (size_t i = 1; i < img->n_sections && !r; i++) {
		const struct eu_image_section *s = &img->sections[i];
		const struct bpf_insn *in = s->data;
		const char *name = s->name + (*s->name == '?');
		enum bpf_attach_type attach = 0;
		enum bpf_prog_type type = 0;
		size_t n = s->size / sizeof(*in);

		if (!s->data || !(s->flags & SHF_EXECINSTR) ||
		    !is_wanted(f, s->name))
			continue;
		libbpf_prog_type_by_name(name, &type, &attach);
		for (size_t k = 0; k < n && !r; k++) {
			r = instruction(f, img, s, &in[k], type, err);
			k += in[k].code == (BPF_LD | BPF_IMM | BPF_DW);
		}
	}
	return r;
}

static int maps(struct found *f, const struct eu_package *pkg,
		struct eu_error *err)
{
	int r = 0;

	for (size_t i = 0; i < pkg->n_maps && !r; i++) {
		const struct eu_map *m = &pkg->maps[i];

		if (m->internal)
			r = add_other(f, "global variables", 502, m->name, err);
		else if (m->type)
			r = add_id(f, EU_FEATURE_MAP, m->type, 0, m->name, err);
	}
	return r;
}

/* Relocations against types of the kernel, which want its BTF. */
static bool has_core(const struct eu_image *img)
{
	const struct eu_image_section *s = eu_image_section(img, ".BTF.ext");
	struct {
		uint16_t magic;
		uint8_t version, flags;
		uint32_t hdr_len, func_off, func_len, line_off, line_len;
		uint32_t core_off, core_len;
	} h;

	if (!s || !s->data || s->size < sizeof(h))
		return false;
	memcpy(&h, s->data, sizeof(h));
	return (uint32_t)host32(img, h.hdr_len) >= sizeof(h) &&
	       host32(img, h.core_len) > 4;
}

static int others(struct found *f, const struct eu_package *pkg,
		  const struct eu_image *img, struct eu_error *err)
{
	const struct btf_type *ksyms = NULL;
	int r = 0;

	if (has_core(img))
		r = add_other(f, "kernel BTF", 504, ".BTF.ext", err);
	if (pkg->btf)
		ksyms = eu_object_datasec(pkg->btf, ".ksyms");
	for (uint32_t i = 0; ksyms && i < btf_vlen(ksyms) && !r; i++) {
		uint32_t id = btf_var_secinfos(ksyms)[i].type;
		const struct btf_type *t = btf__type_by_id(pkg->btf, id);

		if (t && btf_is_func(t))
			r = add_other(f, "kernel functions (kfuncs)", 513,
				      btf__name_by_offset(pkg->btf, t->name_off),
				      err);
	}
	return r;
}

static int newest_first(const void *a, const void *b)
{
	const struct eu_feature *x = a, *y = b;

	if (x->since != y->since)
		return x->since < y->since ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

int eu_features_of(const struct eu_package *pkg, eu_feature_want_fn want,
		   const void *ctx, struct eu_feature **ret, size_t *ret_n,
		   struct eu_error *err)
{
	eu_auto_image struct eu_image img = { 0 };
	struct found f = { .pkg = pkg, .want = want, .ctx = ctx };
	int r;

	r = eu_image_init(&img, pkg->object->data, pkg->object->size, err);
	if (!r)
		r = find_unwanted(&f, err);
	for (size_t i = 0; i < pkg->n_progs && !r; i++)
		if (!want || want(ctx, &pkg->progs[i]))
			r = program(&f, &pkg->progs[i], err);
	if (!r)
		r = maps(&f, pkg, err);
	if (!r)
		r = instructions(&f, &img, err);
	if (!r)
		r = others(&f, pkg, &img, err);
	free(f.unwanted);
	if (r) {
		free(f.list);
		return r;
	}
	if (f.n)
		qsort(f.list, f.n, sizeof(*f.list), newest_first);
	*ret = f.list;
	*ret_n = f.n;
	return 0;
}
