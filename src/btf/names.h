/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_NAMES_H
#define EU_BTF_NAMES_H

/*
 * What ids are called on this machine: users and groups by /etc/passwd and
 * /etc/group, control groups by their path, network namespaces by the names
 * of ip-netns(8); and the wall clock of the kernel's monotonic one. Each list
 * is read when the first id is asked for, and again, once a second at most,
 * for an id that it lacks.
 */

#include "base/util.h"

enum {
	EU_NAMES_MAX = 32,   /* bytes of a name; what is longer is cut */
	EU_NAMES_PATH = 256, /* of a path */
};

enum eu_names_of {
	EU_NAMES_USER,
	EU_NAMES_GROUP,
	EU_NAMES_CGROUP,
	EU_NAMES_NETNS,
	EU_NAMES_LISTS,
};

struct eu_names;

/* NULL if no memory. */
struct eu_names *eu_names_new(void);
void eu_names_free(struct eu_names *n);

/* Times of day are UTC, not local. */
void eu_names_utc(struct eu_names *n);

/* Compares the two clocks; now and then, as one of them may be set. */
void eu_names_tick(struct eu_names *n);

/*
 * The name of @id, or NULL if it has none. As it is: it may hold characters
 * that must not reach a terminal. Borrowed until the next call.
 */
const char *eu_names_find(struct eu_names *n, enum eu_names_of list, uint64_t id);

/* Nanoseconds since 1970 for those of bpf_ktime_get_ns(). */
uint64_t eu_names_wall(const struct eu_names *n, uint64_t ktime);

/* "HH:MM:SS" of a second since 1970; borrowed until the next call. */
const char *eu_names_clock(struct eu_names *n, uint64_t second);

/* "2026-11-21T16:24:35" of it in UTC; borrowed until the next call. */
const char *eu_names_date(struct eu_names *n, uint64_t second);

#endif
