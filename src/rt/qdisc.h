/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_QDISC_H
#define EU_RT_QDISC_H

/*
 * The "clsact" queueing discipline of an interface, where programs without tcx
 * are filters. It outlives its maker.
 */

#include <stdbool.h>

/*
 * Is there no filter at it any more? False too if the kernel does not say.
 * Another may come between the answer and what is done about it.
 */
bool eu_qdisc_empty(int ifindex);

#endif
