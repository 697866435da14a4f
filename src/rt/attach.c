/* SPDX-License-Identifier: MIT */
#include "rt/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "rt/choice.h"
#include "rt/kernel.h"
#include "rt/lacks.h"

static int attach_auto(const struct eu_attach *a, struct eu_error *err)
{
	return eu_attach_keep(a, bpf_program__attach(a->bpf), err);
}

/* Where a program's place must be said if it is to be attached. */
enum place {
	ANYWHERE,  /* nowhere: it has one anyway */
	NAMED,	   /* in the section's name or by a target */
	GIVEN,	   /* by a target */
	ELSEWHERE, /* by a target, or others use what is loaded */
};

/* One row a kind. */
static const struct {
	eu_attach_fn attach;
	enum place place;
	eu_attach_prepare_fn prepare; /* what of it is part of loading; or NULL */
	bool early;		      /* its place is part of loading */
	bool once;  /* over when it has run, unless it does so at intervals */
	bool links; /* by a call that older kernels do not have */
} kinds[] = {
	[EU_ATTACH_NONE] = { NULL, ELSEWHERE },
	[EU_ATTACH_AUTO] = { attach_auto },
	[EU_ATTACH_XDP] = { eu_attach_xdp, GIVEN, .links = true },
	[EU_ATTACH_TC] = { eu_attach_tc, GIVEN },
	[EU_ATTACH_TCX] = { eu_attach_tc, GIVEN },
	[EU_ATTACH_CGROUP] = { eu_attach_cgroup, GIVEN, .links = true },
	[EU_ATTACH_UPROBE] = { eu_attach_uprobe, NAMED },
	[EU_ATTACH_USDT] = { eu_attach_usdt, NAMED },
	[EU_ATTACH_KPROBE] = { eu_attach_kprobe, NAMED, eu_attach_kprobe_prepare },
	[EU_ATTACH_KPROBE_MULTI] = { eu_attach_kprobe, NAMED,
				     eu_attach_kprobe_prepare },
	[EU_ATTACH_KSYSCALL] = { eu_attach_ksyscall, NAMED },
	[EU_ATTACH_BTF] = { eu_attach_btf, NAMED, eu_attach_btf_prepare,
			    .early = true },
	[EU_ATTACH_TRACEPOINT] = { eu_attach_tracepoint, NAMED },
	[EU_ATTACH_RAW_TRACEPOINT] = { eu_attach_raw_tracepoint, NAMED },
	[EU_ATTACH_PERF_EVENT] = { eu_attach_perf_event },
	[EU_ATTACH_SOCKET_FILTER] = { eu_attach_socket_filter },
	[EU_ATTACH_SOCKMAP] = { eu_attach_sockmap, GIVEN },
	[EU_ATTACH_NETNS] = { eu_attach_netns, GIVEN, .links = true },
	[EU_ATTACH_NETKIT] = { eu_attach_netkit, GIVEN },
	[EU_ATTACH_NETFILTER] = { eu_attach_netfilter, GIVEN },
	[EU_ATTACH_ITER] = { eu_attach_iter, .once = true, .links = true },
	[EU_ATTACH_SYSCALL] = { eu_attach_syscall, .once = true },
	[EU_ATTACH_FREPLACE] = { attach_auto, GIVEN, eu_attach_freplace_prepare,
				 .early = true },
	[EU_ATTACH_UPROBE_MULTI] = { eu_attach_uprobe_multi, NAMED,
				     eu_attach_uprobe_multi_prepare },
	[EU_ATTACH_ENTRY] = { eu_attach_entry, ELSEWHERE },
};

static const struct eu_section unknown = { "", EU_ATTACH_AUTO, EU_SHAPE_NONE };

/* A section that the table does not know is left to libbpf. */
static const struct eu_section *section_of(const struct eu_prog *prog)
{
	return eu_section_find(prog->section) ?: &unknown;
}

enum eu_attach_kind eu_attach_kind(const struct eu_program *p,
				   const struct eu_prog *prog)
{
	struct bpf_program *bpf = eu_program_find(p, prog->name);

	return bpf && bpf_program__autoload(bpf) ? section_of(prog)->attach :
						   EU_ATTACH_NONE;
}

const struct eu_goal *eu_attach_goal(const struct eu_program *p,
				     const struct eu_prog *prog, size_t *i)
{
	for (; *i < p->n_goals; (*i)++)
		if (p->goals[*i].prog == prog)
			return &p->goals[(*i)++];
	return NULL;
}

#define BY_USER "-t takes"

static int refuse_bare(const struct eu_prog *prog, const struct eu_section *s,
		       const char *how, struct eu_error *err)
{
	eu_error_set(err, -EINVAL, "program '%s' (%s) needs a target: %s %s",
		     prog->name, prog->section, how, eu_shape_words(s->shape));
	if (s->shape == EU_SHAPE_INTERFACE || s->shape == EU_SHAPE_TRAFFIC ||
	    s->shape == EU_SHAPE_NETKIT)
		eu_attach_list_interfaces(-EINVAL, err);
	return -EINVAL;
}

/* "uprobe", "kprobe", "tp" alone: what to attach to must come from a target. */
static bool says_where(const struct eu_prog *prog, const struct eu_section *s)
{
	const enum place place = kinds[s->attach].place;

	return place == ANYWHERE || place == ELSEWHERE ||
	       (place == NAMED && strchr(prog->section, '/'));
}

static bool is_untyped(const struct eu_program *p, const struct eu_prog *prog)
{
	struct bpf_program *bpf = eu_program_find(p, prog->name);

	return bpf && bpf_program__type(bpf) == BPF_PROG_TYPE_UNSPEC;
}

int eu_attach_prepare(struct eu_program *p, const struct eu_prog *prog,
		      struct eu_error *err)
{
	const enum eu_attach_kind kind = section_of(prog)->attach;
	const eu_attach_prepare_fn prepare = kinds[kind].prepare;
	size_t at = 0;
	const struct eu_goal *g = eu_attach_goal(p, prog, &at);

	if (!prepare || (g && eu_target_none(g->target)))
		return 0;
	return prepare(p, prog, err);
}

static int check_prog(struct eu_program *p, const struct eu_prog *prog,
		      struct eu_error *err)
{
	const struct eu_section *s = section_of(prog);
	const struct eu_goal *g;
	size_t at = 0;
	int r;

	if (s == &unknown && is_untyped(p, prog))
		return eu_error_set(
			err, -EINVAL,
			"program '%s': section '%s' says no kind of program: write for example SEC(\"tp/sched/sched_switch\")",
			prog->name, prog->section);
	g = eu_attach_goal(p, prog, &at);
	if (!g && !says_where(prog, s) &&
	    (!p->unattached || kinds[s->attach].early))
		return refuse_bare(prog, s,
				   p->unattached ? "its section names" : BY_USER,
				   err);
	for (; g; g = eu_attach_goal(p, prog, &at)) {
		r = eu_target_check(g->target, s, err);
		if (r)
			return eu_error_prefix(err, r, "program '%s'",
					       prog->name);
	}
	return eu_attach_prepare(p, prog, err);
}

int eu_attach_check(struct eu_program *p, struct eu_error *err)
{
	const struct eu_prog *prog;
	int r;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		prog = &p->pkg->progs[i];
		if (!eu_choice_wants(p, prog))
			continue;
		r = check_prog(p, prog, err);
		if (r && !eu_choice_droppable(p, prog))
			return r;
		if (r)
			eu_choice_drop(p, prog, err);
	}
	return 0;
}

static int explain_absence(const struct eu_attach *a, struct eu_error *err)
{
	const char *slash = strchr(a->prog->section, '/');
	const char *what = a->target ? a->target->what :
			   slash     ? slash + 1 :
				       a->prog->section;

	if (a->section->attach == EU_ATTACH_TRACEPOINT ||
	    a->section->attach == EU_ATTACH_RAW_TRACEPOINT)
		return eu_attach_no_tracepoint(a, what, err);
	eu_error_set(err, -ENOENT, "cannot attach to '%s': %s", what,
		     strerror(ENOENT));
	return eu_log_explain(&a->p->log, -ENOENT, err);
}

static const char *words_for(int r)
{
	switch (r) {
	case EEXIST: return "it is attached there already";
	/* What the kernel calls ENOTSUPP has no words in the C library. */
	case 524: return "this kernel has no BPF trampolines here";
	default: return strerror(r);
	}
}

int eu_attach_keep(const struct eu_attach *a, struct bpf_link *link,
		   struct eu_error *err)
{
	struct eu_link *l;
	int r = errno;

	if (!link && r == ENOENT)
		return explain_absence(a, err);
	if (!link)
		return eu_error_set(err, -r, "cannot attach to '%s': %s",
				    a->target ? a->target->text : a->prog->section,
				    words_for(r));
	r = eu_program_add_link(a->p, &l, err);
	if (r) {
		bpf_link__destroy(link);
		return r;
	}
	l->link = link;
	l->shares = a->section->attach == EU_ATTACH_USDT;
	return 0;
}

int eu_attach_keep_fd(const struct eu_attach *a, int fd, struct eu_error *err)
{
	struct eu_link *l;
	int r = eu_program_add_link(a->p, &l, err);

	if (r) {
		eu_close(fd);
		return r;
	}
	l->fd = fd;
	return 0;
}

int eu_attach_no_map(const struct eu_attach *a, const char *name,
		     struct eu_error *err)
{
	int r = eu_program_no_map(a->p, name, err);

	return eu_error_prefix(err, r, "target '%s'", a->target->text);
}

static const char *place_of(const struct eu_attach *a)
{
	return a->target ? a->target->text : a->prog->section;
}

int eu_attach_lacks(const struct eu_attach *a, const char *feature,
		    struct eu_error *err)
{
	eu_auto_free char *place = strdup(place_of(a));

	if (!place)
		return eu_error_oom(err);
	if (!eu_lacks_feature(feature))
		return 0;
	eu_error_set(err, -EOPNOTSUPP, "cannot attach to '%s': ", place);
	return eu_lacks_feature_append(feature, -EOPNOTSUPP, err);
}

/*
 * What could not be attached may need what this kernel does not have: then
 * -EOPNOTSUPP, with that in @err. Else 0.
 */
static int look_for_lacks(const struct eu_attach *a, struct eu_error *err)
{
	const char *feature = a->section->feature;
	size_t i = 0;
	int r = 0;

	if (kinds[a->section->attach].links)
		r = eu_attach_lacks(a, "bpf_link", err);
	if (!r && feature)
		r = eu_attach_lacks(a, feature, err);
	while (!r && (feature = eu_target_feature(a->target, a->section, &i)))
		r = eu_attach_lacks(a, feature, err);
	return r;
}

static int attach_one(struct eu_attach *a, struct eu_error *err)
{
	int r;

	/* Only what libbpf says about this one explains it. */
	eu_log_enter(&a->p->log);
	r = kinds[a->section->attach].attach(a, err);
	/* What this process is short of, probes would be as well. */
	if (r && r != -EMFILE && r != -ENFILE && r != -ENOMEM)
		r = look_for_lacks(a, err) ?: r;
	if (r)
		eu_error_prefix(err, r, "program '%s'", a->prog->name);
	else
		eu_log(&a->p->log, 1, "attached %s to %s", a->prog->name,
		       place_of(a));
	return r;
}

static int attach_prog(struct eu_program *p, const struct eu_prog *prog,
		       struct eu_error *err)
{
	struct eu_attach a = {
		.p = p,
		.prog = prog,
		.section = section_of(prog),
		.bpf = eu_program_find(p, prog->name),
	};
	const struct eu_goal *g;
	size_t at = 0;
	int r;

	g = eu_attach_goal(p, prog, &at);
	if (!g && kinds[a.section->attach].place == ELSEWHERE)
		eu_log(&p->log, 1, "loaded %s, for others to use", prog->name);
	else if (!g)
		return attach_one(&a, err);
	for (; g; g = eu_attach_goal(p, prog, &at)) {
		/* Tail calls and callbacks are called, not attached. */
		if (eu_target_none(g->target))
			continue;
		a.target = g->target;
		r = attach_one(&a, err);
		if (r)
			return r;
	}
	return 0;
}

/*
 * A program, or the one that stands in for it. What may be left out is if it
 * cannot be attached: kernels load what they then do not attach.
 */
static int attach_either(struct eu_program *p, const struct eu_prog *prog,
			 struct eu_error *err)
{
	const struct eu_prog *other = eu_choice_other(p, prog);
	size_t before = p->n_links;
	int r;

	if (eu_choice_wants(p, prog)) {
		r = attach_prog(p, prog, err);
		/* Too little memory says nothing about the kernel. */
		if (!r || r == -ENOMEM || !(prog->optional || other))
			return r;
		eu_program_detach(p, before);
		eu_choice_drop(p, prog, err);
	}
	return other ? attach_either(p, other, err) : 0;
}

static int cannot_register(const struct bpf_map *m, int r, struct eu_error *err)
{
	eu_error_set(err, r,
		     "cannot register struct_ops '%s': ", bpf_map__name(m));
	return eu_lacks_feature("struct_ops") ?
		       eu_lacks_feature_append("struct_ops", r, err) :
		       eu_error_append(err, r, "%s", strerror(-r));
}

/* Without a link it stays registered, and holds its map. */
static int announce_struct_ops(const struct eu_program *p,
			       const struct bpf_map *m,
			       struct eu_leftover *left, struct eu_error *err)
{
	if (bpf_map__map_flags(m) & EU_BPF_F_LINK)
		return 0;
	left->fd = fcntl(bpf_map__fd(m), F_DUPFD_CLOEXEC, 3);
	if (left->fd < 0)
		return eu_error_set(err, -errno,
				    "cannot register struct_ops '%s': %s",
				    bpf_map__name(m), strerror(errno));
	left->kind = EU_LEFTOVER_STRUCT_OPS;
	return eu_program_leaves(p, left, err);
}

static int attach_struct_ops(struct eu_program *p, struct eu_error *err)
{
	struct eu_link *l;
	struct bpf_map *m;
	int r;

	bpf_object__for_each_map (m, p->obj) {
		if (bpf_map__type(m) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		r = eu_program_add_link(p, &l, err);
		if (r)
			return r;
		r = announce_struct_ops(p, m, &l->left, err);
		if (r)
			return r;
		l->link = bpf_map__attach_struct_ops(m);
		if (!l->link)
			return cannot_register(m, -errno, err);
	}
	return 0;
}

int eu_attach_all(struct eu_program *p, struct eu_error *err)
{
	int r = 0;

	for (size_t i = 0; i < p->pkg->n_progs && !r; i++)
		if (!eu_choice_stands_in(p, &p->pkg->progs[i]))
			r = attach_either(p, &p->pkg->progs[i], err);
	if (!r)
		r = attach_struct_ops(p, err);
	if (r)
		eu_program_detach(p, 0);
	return r;
}

/* Has it a target that says how often? */
static bool at_intervals(const struct eu_program *p, const struct eu_prog *prog)
{
	const struct eu_goal *g;
	size_t at = 0;

	while ((g = eu_attach_goal(p, prog, &at)))
		if (eu_target_key(g->target, "interval"))
			return true;
	return false;
}

bool eu_attach_once(const struct eu_program *p)
{
	enum eu_attach_kind kind;
	bool once = false;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		kind = eu_attach_kind(p, &p->pkg->progs[i]);
		if (kind == EU_ATTACH_NONE)
			continue;
		if (!kinds[kind].once || at_intervals(p, &p->pkg->progs[i]))
			return false;
		once = true;
	}
	return once;
}

int eu_attach_program(struct eu_program *p, const char *name,
		      const char *target, struct eu_error *err)
{
	const struct eu_prog *prog = eu_package_prog(p->pkg, name);
	const size_t before = p->n_links;
	struct eu_target *t = NULL;
	struct eu_attach a = { .p = p, .prog = prog };
	int r = eu_program_expect(p, EU_PHASE_LOADED, err);

	if (r)
		return r;
	if (!prog)
		return eu_error_set(err, -ENOENT, "no program '%s' in '%s'",
				    name, p->pkg->name);
	a.section = section_of(prog);
	a.bpf = eu_program_find(p, name);
	if (bpf_program__fd(a.bpf) < 0)
		return eu_error_set(err, -EINVAL, "program '%s' is not loaded",
				    name);
	if (target && *target) {
		r = eu_target_parse(target, &t, err) ?:
			    eu_target_check(t, a.section, err);
		if (!r && t->program)
			r = eu_error_set(err, -EINVAL,
					 "target '%s' names a program", target);
		if (!r && eu_target_none(t))
			r = eu_error_set(err, -EINVAL,
					 "target '%s' is no place to attach to",
					 target);
		a.target = t;
	} else if (!says_where(prog, a.section)) {
		/* What is loaded without targets has a guest for its user. */
		r = refuse_bare(prog, a.section,
				p->unattached ?
					"bpf_program__attach_target() takes" :
					BY_USER,
				err);
	}
	if (!r)
		r = attach_one(&a, err);
	if (r)
		eu_program_detach(p, before);
	eu_target_free(t);
	return r;
}
