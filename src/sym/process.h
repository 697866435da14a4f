/* SPDX-License-Identifier: MIT */
#ifndef EU_SYM_PROCESS_H
#define EU_SYM_PROCESS_H

/*
 * The processes whose stacks were seen. Each program that ran in one is a
 * space of addresses with a number of its own; 0 is the kernel's.
 */

#include "base/util.h"

struct eu_process {
	uint32_t pid;	/* 0: free */
	uint32_t space; /* from 1 on */
	uint64_t checked;
	uint64_t id[3]; /* when it began, what file it runs; 0: not known */
};

struct eu_processes {
	struct eu_process *table;
	size_t n, cap; /* a power of two */
	uint32_t last_space;
};

/* The space of @pid at @now (nanoseconds); 0 if no memory. */
uint32_t eu_processes_space(struct eu_processes *p, uint32_t pid, uint64_t now);
void eu_processes_done(struct eu_processes *p);

#endif
