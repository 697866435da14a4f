/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef SIGSNOOP_H
#define SIGSNOOP_H

/// a signal that was sent
struct event {
	/// the sender
	unsigned int pid;
	/// the receiver; below 0: the process group of that number
	int tpid;
	/// the signal's number
	int sig;
	/// what the call returned: 0, or an error as a number below 0
	int ret;
	/// name of the sender
	char comm[16];
};

#endif
