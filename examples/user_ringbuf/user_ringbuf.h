/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef USER_RINGBUF_H
#define USER_RINGBUF_H

/* What user space asks for: signals of this number are to be told, or not. */
struct command {
	unsigned int signal;
	bool tell;
};

/// @export
struct event {
	int pid;
	int target;
	unsigned int signal;
};

#endif
