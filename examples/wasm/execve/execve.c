// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "execve.skel.h"
#include "execve.wasm.h"

/* Prints a line for each program that is started. */

/* Called for each record of the ring buffer, which is a copy. */
static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;

	(void)ctx;
	if (size < sizeof(*e))
		return 0;
	printf("[%d] %s -> ", e->pid, e->parent);
	for (unsigned int i = 0; i < e->length; i++)
		putchar(e->words[i] ? e->words[i] : ' ');
	putchar('\n');
	return 0;
}

int main(void)
{
	struct execve_bpf *skel = execve_bpf__open_and_load();
	struct bpf_buffer *buffer;
	int err;

	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	err = execve_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	buffer = bpf_buffer__open(skel->maps.comm_event, on_event, NULL);
	/* What was attached is taken off when the guest ends. */
	while (buffer && err >= 0)
		err = bpf_buffer__poll(buffer, 100);
	fprintf(stderr, "Error polling the ring buffer: %d\n", err);
	return 1;
}
