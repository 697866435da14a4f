/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LEFTOVER_H
#define EU_RT_LEFTOVER_H

/*
 * Something in the kernel that no descriptor holds: it stays when this process
 * is killed. It is described before it is made, so that somebody else, whom
 * eu_program.leaves tells, can take it off even if this process does not live
 * to see it made. Our mark on it is the program's id, or the name of a trace
 * instance: what bears another is left alone.
 *
 * A leftover can be copied into another process: it has no pointers, and the
 * descriptors are sent along. The library itself never forks.
 */

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum eu_leftover_kind {
	EU_LEFTOVER_NONE,
	EU_LEFTOVER_FILTER,	/* of a clsact qdisc */
	EU_LEFTOVER_CGROUP,	/* a program attached with flags */
	EU_LEFTOVER_TRACE,	/* a trace instance */
	EU_LEFTOVER_STRUCT_OPS, /* of a map without a link */
};

struct eu_leftover {
	enum eu_leftover_kind kind;
	int fd;	     /* network namespace, cgroup or map; owned; -1: none */
	int prog_fd; /* owned; -1: none */
	uint32_t prog_id;
	union {
		struct {
			int ifindex, point;
			/* 0: all of the program */
			uint32_t handle, priority;
			bool makes_qdisc;
		} filter;
		enum bpf_attach_type cgroup;
		char instance[96]; /* path */
	};
};

#define EU_LEFTOVER_INIT ((struct eu_leftover){ .fd = -1, .prog_fd = -1 })

/*
 * Takes off what is there and ours, nothing else; may be called twice. A trace
 * instance stays while somebody reads it.
 */
void eu_leftover_remove(const struct eu_leftover *l);

/* Closes the descriptors. */
void eu_leftover_done(struct eu_leftover *l);

/* The id that the kernel has given to the program of @prog_fd; 0: none. */
uint32_t eu_leftover_mark(int prog_fd);

#endif
