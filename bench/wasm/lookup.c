/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#ifdef __wasm__
#include "lookup.skel.h"
#else
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "native-lookup.skel.h"
#define lookup_bpf native_lookup
#define lookup_bpf__open_and_load native_lookup__open_and_load
#endif

/*
 * lookup: prints the nanoseconds of one of many bpf_map_lookup_elem(), going
 * round a hash of 100 entries. A guest and a program for this machine.
 */

enum { ENTRIES = 100, LOOKUPS = 100000 };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

int main(void)
{
	struct lookup_bpf *skel = lookup_bpf__open_and_load();
	uint64_t key, value, sum = 0;
	double start;
	int fd;

	if (!skel)
		return 1;
	fd = bpf_map__fd(skel->maps.entries);
	for (key = 0; key < ENTRIES; key++) {
		value = key * 3;
		if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
			return 1;
	}
	start = now();
	for (int i = 0; i < LOOKUPS; i++) {
		key = i % ENTRIES;
		if (bpf_map_lookup_elem(fd, &key, &value))
			return 1;
		sum += value;
	}
	printf("%f\n", (now() - start) / LOOKUPS);
	return sum != LOOKUPS / ENTRIES * (ENTRIES * (ENTRIES - 1) / 2 * 3ull);
}
