// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "xdp.skel.h"
#include "xdp.wasm.h"

/* Prints a line for each packet that arrives at an interface. */

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;

	(void)ctx;
	if (size >= sizeof(*e))
		printf("packet size: %u\n", e->size);
	return 0;
}

int main(int argc, char **argv)
{
	struct xdp_bpf *skel;
	struct bpf_buffer *buffer;
	int err;

	if (argc != 2) {
		fputs("USAGE: xdp INTERFACE\n", stderr);
		return 2;
	}
	skel = xdp_bpf__open_and_load();
	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	/* All that "ecli run -t" takes: eth0, or eth0,mode=skb. */
	bpf_set_prog_attach_target(skel->progs.xdp_pass, argv[1]);
	err = xdp_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	buffer = bpf_buffer__open(skel->maps.rb, on_event, NULL);
	puts("Load and attach BPF xdp successfully");
	while (buffer && err >= 0)
		err = bpf_buffer__poll(buffer, 100);
	fprintf(stderr, "Error polling the ring buffer: %d\n", err);
	return 1;
}
