/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_FAILURE_H
#define EU_RT_FAILURE_H

/* Words for a load that failed. */

#include "rt/program.h"

/*
 * Why loading @p failed with @code, out of what libbpf said and of what can be
 * seen of the system, and what to do about it. Returns @code.
 */
int eu_failure_explain(const struct eu_program *p, int code,
		       struct eu_error *err);

/*
 * The same of one program that was loaded alone, without what to do about it;
 * -EOPNOTSUPP if the kernel lacks something, whatever @code is.
 */
int eu_failure_cause(const struct eu_program *p, const struct eu_prog *prog,
		     int code, struct eu_error *err);

/*
 * Appends what libbpf's lines mean to somebody who runs a program, where that
 * is known. Returns @code.
 */
int eu_failure_hint(const struct eu_program *p, int code, struct eu_error *err);

#endif
