/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

#define ARGS_SIZE 256 /* of all arguments; a power of two */
#define ARG_SIZE 64   /* of one */
#define MAX_ARGS 20

/// a process that starts a program
struct event {
	int pid;
	/// its parent
	int ppid;
	/// @format uid
	unsigned int uid;
	/// 0, or why it was not started @format errno
	int ret;
	/// its name, which is the program's once that was started
	char comm[16];
	/// the program's arguments, which may be cut
	char args[ARGS_SIZE];
};

#endif
