/* SPDX-License-Identifier: MIT */
#ifndef SOCKOPS_H
#define SOCKOPS_H

struct event {
	int pid;	   /* of the process that connects */
	unsigned int port; /* that it connects to */
};

#endif
