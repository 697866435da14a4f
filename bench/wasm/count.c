/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "burst.skel.h"

/* count [KEY]: hand/count.c as a guest, with burst.bpf.c. */

static volatile unsigned long long seen;

static int on_event(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)data;
	(void)size;
	seen++;
	return 0;
}

int main(int argc, char **argv)
{
	struct burst_bpf *skel = burst_bpf__open();
	struct bpf_buffer *rb;
	int err;

	if (!skel)
		return 1;
	skel->rodata->key = argc > 1 ? atoi(argv[1]) : 0;
	err = burst_bpf__load(skel);
	if (!err)
		err = burst_bpf__attach(skel);
	rb = err ? NULL : bpf_buffer__open(skel->maps.rb, on_event, NULL);
	if (!rb)
		return 1;
	puts("READY=1");
	while (err >= 0)
		err = bpf_buffer__poll(rb, 1000);
	return 1;
}
