// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "sockops.skel.h"
#include "sockops.wasm.h"

/* Prints a line for each connection of TCP inside of a control group: who made
 * it, as the connection's own packets say. */

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;

	(void)ctx;
	if (size >= sizeof(*e))
		printf("[%d] connects to port %u\n", e->pid, e->port);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockops_bpf *skel = sockops_bpf__open_and_load();
	struct bpf_buffer *buffer;
	int err;

	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	bpf_set_prog_attach_target(skel->progs.pid_tcp_opt_inject,
				   argc > 1 ? argv[1] : "/sys/fs/cgroup/");
	err = sockops_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	buffer = bpf_buffer__open(skel->maps.rb, on_event, NULL);
	puts("Load and attach BPF sockops successfully");
	while (buffer && err >= 0)
		err = bpf_buffer__poll(buffer, 100);
	fprintf(stderr, "Error polling the ring buffer: %d\n", err);
	return 1;
}
