/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_NETNS_H
#define EU_RT_NETNS_H

/* Doing something in another network namespace, by this thread alone. */

#include "base/error.h"
#include "base/util.h"

/* The way back; -1: nothing to go back from. */
struct eu_netns {
	int home;
};

/* Where this thread is, to be closed; -1 without /proc. */
int eu_netns_current(void);

/* Goes to the namespace of descriptor @fd; -1 stays where it is. */
int eu_netns_enter(int fd, struct eu_netns *ret, struct eu_error *err);

/* Must follow. A thread that cannot get back is of no use: it aborts. */
void eu_netns_leave(struct eu_netns *ns);

/* The namespace that the file @path stands for. */
int eu_netns_open(const char *path, struct eu_error *err);

#endif
