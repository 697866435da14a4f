/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_CGROUP_H
#define EU_BASE_CGROUP_H

/* Where version 2 of control groups is mounted first; NULL: nowhere. New. */
char *eu_cgroup_root(void);

#endif
