/* SPDX-License-Identifier: MIT */
#ifndef RUNQLAT_H
#define RUNQLAT_H

#define SLOTS 26

struct hist {
	unsigned int slots[SLOTS]; /* 2^n microseconds and more */
};

#endif
