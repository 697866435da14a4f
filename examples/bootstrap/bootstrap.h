/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef BOOTSTRAP_H
#define BOOTSTRAP_H

#define TASK_COMM_LEN 16
#define MAX_FILENAME_LEN 127

/* A process that started or ended. */
struct event {
	int pid;
	int ppid;
	unsigned int exit_code;		/* of one that ended */
	unsigned long long duration_ns; /* how long it had run */
	char comm[TASK_COMM_LEN];
	char filename[MAX_FILENAME_LEN]; /* of one that started */
	unsigned char exit_event;	 /* 1: ended */
};

#endif
