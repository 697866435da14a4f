/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_BUFFERS_H
#define EU_RT_BUFFERS_H

/* Maps of <eunomia/buffer.bpf.h>, which are of one of two types. */

#include "rt/program.h"

/*
 * Makes perf buffers of them where the kernel has no ring buffers. To be called
 * when the object has been opened.
 */
int eu_buffers_pick(struct eu_program *p, struct eu_error *err);

#endif
