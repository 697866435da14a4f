/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef PROCSTAT_H
#define PROCSTAT_H

/* Types of the kernel: this is read where the source includes it, not alone. */
struct event {
	pid_t pid;
	long nvcsw;
	long nivcsw;
	long vsize;
	long size;
	long long rssanon;
	long long rssfile;
	long long rssshmem;
	long long vswap;
	long Vdata;
	long Vstk;
	long long VPTE;
};

#endif
