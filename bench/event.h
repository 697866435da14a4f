/* SPDX-License-Identifier: MIT */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

/* What all sides print: the event of examples/bootstrap, 168 bytes. */

#include <stdbool.h>

struct event {
	int pid;
	int ppid;
	unsigned int exit_code;
	unsigned long long duration_ns;
	char comm[16];
	char filename[127];
	bool exit_event;
};

#endif
