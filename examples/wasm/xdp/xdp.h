/* SPDX-License-Identifier: MIT */
#ifndef XDP_H
#define XDP_H

struct event {
	unsigned int size;
};

#endif
