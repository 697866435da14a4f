// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "sockfilter.skel.h"
#include "sockfilter.wasm.h"

/* Prints a line for each packet of TCP or UDP that an interface sees, and after
 * so many how many the kernel's code has counted. */

enum { TCP = 6, UDP = 17, MAX_CPUS = 1024 };

static const char usage[] = "Show packets of TCP and UDP.\n"
			    "\n"
			    "USAGE: sockfilter [INTERFACE|any [COUNT]]\n";

static unsigned long long seen;

static void print_end(const unsigned char address[4], const unsigned char port[2])
{
	printf("%d.%d.%d.%d:%d", address[0], address[1], address[2], address[3],
	       port[0] << 8 | port[1]);
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;

	(void)ctx;
	if (size < sizeof(*e))
		return 0;
	printf("%s ", e->protocol == TCP ? "TCP" : "UDP");
	print_end(e->source, e->source_port);
	printf(" -> ");
	print_end(e->destination, e->destination_port);
	printf(" length %u\n", e->length);
	seen++;
	return 0;
}

/* A value of a per-CPU map is that of all CPUs, one behind the other. */
static void print_count(const struct bpf_map *counts, unsigned int protocol,
			const char *name)
{
	static struct count of_cpu[MAX_CPUS];
	struct count all = { 0 };

	if (bpf_map_lookup_elem(bpf_map__fd(counts), &protocol, of_cpu))
		return;
	for (int i = 0; i < MAX_CPUS; i++) {
		all.packets += of_cpu[i].packets;
		all.bytes += of_cpu[i].bytes;
	}
	printf("%s: %llu packets, %llu bytes\n", name, all.packets, all.bytes);
}

int main(int argc, char **argv)
{
	unsigned long long wanted = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	struct sockfilter_bpf *skel;
	struct bpf_buffer *buffer;
	int err;

	if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
		fputs(usage, stderr);
		return 2;
	}
	skel = sockfilter_bpf__open_and_load();
	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	/* WASI has no sockets of this kind: the host opens it. */
	bpf_set_prog_attach_target(skel->progs.socket_handler,
				   argc > 1 ? argv[1] : "any");
	err = sockfilter_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	buffer = bpf_buffer__open(skel->maps.rb, on_event, NULL);
	puts("Load and attach BPF sockfilter successfully");
	while (buffer && err >= 0 && (!wanted || seen < wanted))
		err = bpf_buffer__poll(buffer, 100);
	if (err < 0) {
		fprintf(stderr, "Error polling the ring buffer: %d\n", err);
		return 1;
	}
	print_count(skel->maps.counts, TCP, "TCP");
	print_count(skel->maps.counts, UDP, "UDP");
	bpf_buffer__free(buffer);
	sockfilter_bpf__destroy(skel);
	return 0;
}
