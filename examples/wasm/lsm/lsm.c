// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <unistd.h>

#include "lsm.skel.h"

/* While this runs, folders inside of can_not_rm cannot be removed. */

int main(void)
{
	struct lsm_bpf *skel = lsm_bpf__open_and_load();
	int err;

	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	err = lsm_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	puts("Load and attach BPF lsm successfully");
	/* The kernel decides alone; it is stopped by a signal. */
	for (;;)
		sleep(10);
}
