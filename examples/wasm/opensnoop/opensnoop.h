/* SPDX-License-Identifier: MIT */
#ifndef OPENSNOOP_H
#define OPENSNOOP_H

struct event {
	int pid;
	int result; /* a descriptor, or a negative error */
	char comm[16];
	char path[256];
};

#endif
