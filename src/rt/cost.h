/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_COST_H
#define EU_RT_COST_H

/* What a loaded program costs: instructions, memory, time. */

#include "base/json.h"
#include "rt/program.h"

/*
 * {"programs": [{"name", "instructions", "verified" (instructions that the
 * verifier went through; Linux 5.16), "jited" (bytes), "runs", "run_time_ns",
 * "ns_per_run"}], "maps": [{"name", "type", "max_entries", "memory"
 * (bytes)}]}. Runs are there when the kernel has counted any, which costs time
 * and is asked for with bpf_enable_stats(). What the kernel does not say is
 * left out. After load. A new reference, or NULL if there is no memory.
 */
json_t *eu_cost_json(const struct eu_program *p);

#endif
