/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#ifndef PROCSTAT_H
#define PROCSTAT_H

/// what a process has used; memory in KiB
struct event {
	int pid;
	char comm[16];
	/// how often it gave its processor up, as it waited for something
	long long nvcsw;
	/// how often it was taken from it
	long long nivcsw;
	/// of its addresses
	long long vsize;
	/// in memory: the sum of the next three
	long long size;
	/// its own
	long long rssanon;
	/// of files
	long long rssfile;
	/// shared with others
	long long rssshmem;
	/// in swap
	long long vswap;
	/// that it may write to
	long long vdata;
	/// its stack
	long long vstk;
	/// the tables that say where all of this is
	long long vpte;
};

#endif
