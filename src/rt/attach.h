/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_ATTACH_H
#define EU_RT_ATTACH_H

/*
 * How programs are attached: a table by kind. A kind is a row in attach.c and
 * a function that attaches one program to one target and adds its link.
 */

#include "rt/program.h"

struct eu_attach {
	struct eu_program *p;
	const struct eu_prog *prog;
	const struct eu_section *section;
	struct bpf_program *bpf;
	const struct eu_target *target; /* NULL: from the section's name */
};

typedef int (*eu_attach_fn)(const struct eu_attach *a, struct eu_error *err);
typedef int (*eu_attach_prepare_fn)(struct eu_program *p,
				    const struct eu_prog *prog,
				    struct eu_error *err);

/* Attaches everything that can be; all or nothing. */
int eu_attach_all(struct eu_program *p, struct eu_error *err);

/*
 * Attaches one program of a loaded @p, to @target or, if that is NULL or empty,
 * to what its section's name says; for those who choose one by one.
 */
int eu_attach_program(struct eu_program *p, const char *name,
		      const char *target, struct eu_error *err);

/* Is all that was attached over when it has run once? */
bool eu_attach_once(const struct eu_program *p);

/*
 * Before load: refuses targets of the wrong shape and programs that need a
 * target and have none.
 */
int eu_attach_check(struct eu_program *p, struct eu_error *err);

/* How a program is attached; EU_ATTACH_NONE also if it is not loaded. */
enum eu_attach_kind eu_attach_kind(const struct eu_program *p,
				   const struct eu_prog *prog);

/* Its first target in the list from *@at on, which moves behind it; NULL. */
const struct eu_goal *eu_attach_goal(const struct eu_program *p,
				     const struct eu_prog *prog, size_t *at);

/* Before load: what of its attaching is part of loading. */
int eu_attach_prepare(struct eu_program *p, const struct eu_prog *prog,
		      struct eu_error *err);

/* Keeps a link that libbpf made; NULL is an error from errno, put in words. */
int eu_attach_keep(const struct eu_attach *a, struct bpf_link *link,
		   struct eu_error *err);

/* Keeps a link that is only a descriptor, which this takes. */
int eu_attach_keep_fd(const struct eu_attach *a, int fd, struct eu_error *err);

/*
 * -EOPNOTSUPP if probing says that this kernel lacks @feature, with what brings
 * it; else 0. Whatever fails to attach is asked about by itself, for the
 * features in the tables of kinds, sections and keys.
 */
int eu_attach_lacks(const struct eu_attach *a, const char *feature,
		    struct eu_error *err);

/* The target names a map that is not there: -ENOENT, and those that are near. */
int eu_attach_no_map(const struct eu_attach *a, const char *name,
		     struct eu_error *err);

/* Attaches to the interface numbered @ifindex. */
typedef int (*eu_attach_at_fn)(const struct eu_attach *a, int ifindex,
			       struct eu_error *err);

/*
 * Calls @fn with the interface that the target names by name or number, in the
 * network namespace that it names; -ENODEV and the list of all.
 */
int eu_attach_at_interface(const struct eu_attach *a, eu_attach_at_fn fn,
			   struct eu_error *err);

/* An interface's index by name or number; -ENODEV and the list of all. */
int eu_attach_interface(const char *name, struct eu_error *err);

/* Appends them to @err. Returns @code. */
int eu_attach_list_interfaces(int code, struct eu_error *err);

/* -ENOENT for a tracepoint that is not there, with those that are near. */
int eu_attach_no_tracepoint(const struct eu_attach *a, const char *what,
			    struct eu_error *err);

/*
 * Behind words that the kernel's BTF has no @wanted, which @bpf is to be attached
 * to: what is near, if anything. Returns @code.
 */
int eu_attach_suggest(const struct bpf_program *bpf, const char *wanted,
		      int code, struct eu_error *err);

/* A notice if it is an LSM program and this kernel calls none. */
void eu_attach_warn_of_lsm(const struct eu_attach *a);

/* A control group by path or id, to be closed. */
int eu_attach_open_cgroup(const char *what, struct eu_error *err);

int eu_attach_xdp(const struct eu_attach *a, struct eu_error *err);
int eu_attach_tc(const struct eu_attach *a, struct eu_error *err);
int eu_attach_cgroup(const struct eu_attach *a, struct eu_error *err);
int eu_attach_uprobe(const struct eu_attach *a, struct eu_error *err);
int eu_attach_uprobe_multi(const struct eu_attach *a, struct eu_error *err);
/* Before load: single probes where the kernel has no others. */
int eu_attach_uprobe_multi_prepare(struct eu_program *p,
				   const struct eu_prog *prog,
				   struct eu_error *err);
int eu_attach_usdt(const struct eu_attach *a, struct eu_error *err);
int eu_attach_kprobe_prepare(struct eu_program *p, const struct eu_prog *prog,
			     struct eu_error *err);
int eu_attach_freplace_prepare(struct eu_program *p, const struct eu_prog *prog,
			       struct eu_error *err);
int eu_attach_ksyscall(const struct eu_attach *a, struct eu_error *err);
int eu_attach_btf_prepare(struct eu_program *p, const struct eu_prog *prog,
			  struct eu_error *err);
int eu_attach_btf(const struct eu_attach *a, struct eu_error *err);
int eu_attach_sockmap(const struct eu_attach *a, struct eu_error *err);
int eu_attach_netns(const struct eu_attach *a, struct eu_error *err);
int eu_attach_kprobe(const struct eu_attach *a, struct eu_error *err);
int eu_attach_tracepoint(const struct eu_attach *a, struct eu_error *err);
int eu_attach_raw_tracepoint(const struct eu_attach *a, struct eu_error *err);
int eu_attach_perf_event(const struct eu_attach *a, struct eu_error *err);
int eu_attach_socket_filter(const struct eu_attach *a, struct eu_error *err);
int eu_attach_netkit(const struct eu_attach *a, struct eu_error *err);
int eu_attach_netfilter(const struct eu_attach *a, struct eu_error *err);
int eu_attach_iter(const struct eu_attach *a, struct eu_error *err);
int eu_attach_entry(const struct eu_attach *a, struct eu_error *err);
int eu_attach_syscall(const struct eu_attach *a, struct eu_error *err);

#endif
