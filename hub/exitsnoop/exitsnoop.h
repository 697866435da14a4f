/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef EXITSNOOP_H
#define EXITSNOOP_H

/// a process that ended
struct event {
	int pid;
	/// its parent
	int ppid;
	/// what it returned
	int code;
	/// the signal that ended it, or 0 @format signal
	int sig;
	/// how long it had lived @format duration
	unsigned long long age;
	char comm[16];
};

#endif
