/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_QDISC_H
#define EU_RT_QDISC_H

/*
 * The "clsact" queueing discipline of an interface, where programs without tcx
 * are filters. It outlives its maker.
 */

#include <stdbool.h>
#include <stdint.h>

/* Filters of one BPF program. */
struct eu_filter {
	int ifindex;
	int point;		   /* BPF_TC_INGRESS or BPF_TC_EGRESS */
	uint32_t handle, priority; /* 0: any */
	uint32_t prog_id;
};

/* Has the interface a qdisc where clsact would be? */
bool eu_qdisc_exists(int ifindex);

/* Removes those that are there. */
void eu_qdisc_remove(const struct eu_filter *f);

/*
 * Destroys it if no filter is left. Another may come between the kernel's
 * answer and what is done about it.
 */
void eu_qdisc_destroy(int ifindex);

#endif
