/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef TCPSTATES_H
#define TCPSTATES_H

/* As the kernel numbers them. */
enum tcp_name {
	ESTABLISHED = 1,
	SYN_SENT,
	SYN_RECV,
	FIN_WAIT1,
	FIN_WAIT2,
	TIME_WAIT,
	CLOSED,
	CLOSE_WAIT,
	LAST_ACK,
	LISTEN,
	CLOSING,
	NEW_SYN_RECV,
};

/// a connection that goes from one state into another
struct event {
	/// the kernel's socket @format hex
	unsigned long long sock;
	/// ours @format ipv6
	unsigned char from[16];
	unsigned short from_port;
	/// the other side @format ipv6
	unsigned char to[16];
	unsigned short to_port;
	enum tcp_name before;
	enum tcp_name state;
	/// how long it was in the state before, if that was seen @format duration
	unsigned long long lasted;
};

#endif
