/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef TCPCONNECT_H
#define TCPCONNECT_H

/// a connection that a process asked for
struct event {
	int pid;
	char comm[16];
	/// ours @format ipv6
	unsigned char from[16];
	unsigned short from_port;
	/// the other side @format ipv6
	unsigned char to[16];
	unsigned short to_port;
	/// 0, or why there is none @format errno
	int result;
	/// how long that took to know @format duration
	unsigned long long took;
};

#endif
