/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef OPENSNOOP_H
#define OPENSNOOP_H

#define PATH_SIZE 128

/// a file that was opened, or was to be
struct event {
	int pid;
	/// @format uid
	unsigned int uid;
	/// the descriptor, -1 if there is none
	int fd;
	/// 0, or what went wrong @format errno
	int error;
	char comm[16];
	/// as the program wrote it
	char path[PATH_SIZE];
};

#endif
