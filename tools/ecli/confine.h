/* SPDX-License-Identifier: MIT */
#ifndef ECLI_CONFINE_H
#define ECLI_CONFINE_H

/*
 * The system calls that a process has left, as a table. All else fails with
 * EPERM, so that a hole in a decoder is no way into the system.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * An argument decides: one of the values, or of the bits; for them alone, or
 * for all but them.
 */
struct decided_call {
	unsigned int call;
	int arg;
	bool bits;   /* of @values, else one is equal */
	bool allows; /* what they do */
	unsigned int values[10];
	int n;
};

struct calls {
	const unsigned int *allowed;
	size_t n_allowed;
	const struct decided_call *decided;
	size_t n_decided;
};

/* Of who reads events, and of who cleans up behind that. */
extern const struct calls reader_calls, guard_calls;

/*
 * From here on only those can be called, and none gains rights. -ENOTSUP on
 * architectures that there are no tables for; -EINVAL, -EACCES, -ENOSYS where
 * the kernel has no filters, or who started us forbids them.
 */
int confine(const struct calls *calls, struct eu_error *err);

#endif
