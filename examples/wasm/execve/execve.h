/* SPDX-License-Identifier: MIT */
#ifndef EXECVE_H
#define EXECVE_H

struct event {
	int pid;
	unsigned int length; /* of what is in @words */
	char parent[16];     /* the program that calls execve() */
	char words[512];     /* each with a NUL behind it */
};

#endif
