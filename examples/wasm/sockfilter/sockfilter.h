/* SPDX-License-Identifier: MIT */
#ifndef SOCKFILTER_H
#define SOCKFILTER_H

/* A packet of IPv4; addresses and ports in the order of the network. */
struct event {
	unsigned char source[4];
	unsigned char destination[4];
	unsigned char source_port[2];
	unsigned char destination_port[2];
	unsigned int protocol;
	unsigned int length; /* of all of it, with Ethernet's header */
};

struct count {
	unsigned long long packets;
	unsigned long long bytes;
};

#endif
