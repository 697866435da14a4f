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

/* Attaches everything that can be; all or nothing. */
int eu_attach_all(struct eu_program *p, struct eu_error *err);

/*
 * Before load: refuses targets of the wrong shape and programs that need a
 * target and have none.
 */
int eu_attach_check(struct eu_program *p, struct eu_error *err);

/* Keeps a link that libbpf made; NULL is an error from errno, put in words. */
int eu_attach_keep(const struct eu_attach *a, struct bpf_link *link,
		   struct eu_error *err);

/* An interface's index by name or number; -ENODEV and the list of all. */
int eu_attach_interface(const char *name, struct eu_error *err);

int eu_attach_xdp(const struct eu_attach *a, struct eu_error *err);
int eu_attach_tc(const struct eu_attach *a, struct eu_error *err);
int eu_attach_cgroup(const struct eu_attach *a, struct eu_error *err);
int eu_attach_uprobe(const struct eu_attach *a, struct eu_error *err);
int eu_attach_usdt(const struct eu_attach *a, struct eu_error *err);
int eu_attach_kprobe_multi(const struct eu_attach *a, struct eu_error *err);
int eu_attach_ksyscall(const struct eu_attach *a, struct eu_error *err);
int eu_attach_btf(const struct eu_attach *a, struct eu_error *err);
int eu_attach_sockmap(const struct eu_attach *a, struct eu_error *err);
int eu_attach_netns(const struct eu_attach *a, struct eu_error *err);
int eu_attach_kprobe(const struct eu_attach *a, struct eu_error *err);
int eu_attach_tracepoint(const struct eu_attach *a, struct eu_error *err);
int eu_attach_raw_tracepoint(const struct eu_attach *a, struct eu_error *err);
int eu_attach_perf_event(const struct eu_attach *a, struct eu_error *err);
int eu_attach_socket_filter(const struct eu_attach *a, struct eu_error *err);

#endif
