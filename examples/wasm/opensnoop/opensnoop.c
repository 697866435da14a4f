// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opensnoop.skel.h"
#include "opensnoop.wasm.h"

/* Prints a line for each file that is opened, or cannot be. */

static const char usage[] = "Trace files that processes open.\n"
			    "\n"
			    "USAGE: opensnoop [-h] [-x] [-p PID]\n"
			    "\n"
			    "    -x        only what failed\n"
			    "    -p PID    this process only\n";

/* Perf buffers pad records: @size may be more than that of the struct. */
static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	int failed;

	(void)ctx;
	if (size < sizeof(*e))
		return 0;
	failed = e->result < 0;
	printf("%-6d %-16s %3d %3d %s\n", e->pid, e->comm,
	       failed ? -1 : e->result, failed ? -e->result : 0, e->path);
	return 0;
}

int main(int argc, char **argv)
{
	struct opensnoop_bpf *skel;
	struct bpf_buffer *buffer;
	int err = 0, pid = 0;
	bool failed = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return 0;
		} else if (!strcmp(argv[i], "-x")) {
			failed = true;
		} else if (!strcmp(argv[i], "-p") && i + 1 < argc) {
			pid = atoi(argv[++i]);
		} else {
			fputs(usage, stderr);
			return 2;
		}
	}
	skel = opensnoop_bpf__open();
	if (!skel) {
		fputs("Failed to open BPF skeleton\n", stderr);
		return 1;
	}
	/* Constants of the kernel's code: set before it is loaded. */
	skel->rodata->targ_pid = pid;
	skel->rodata->targ_failed = failed;
	err = opensnoop_bpf__load(skel);
	if (!err)
		err = opensnoop_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to load and attach BPF skeleton: %d\n",
			err);
		return 1;
	}
	/* The same calls for a perf buffer as for a ring buffer. */
	buffer = bpf_buffer__open(skel->maps.events, on_event, NULL);
	puts("attach ok");
	printf("%-6s %-16s %3s %3s %s\n", "PID", "COMM", "FD", "ERR", "PATH");
	while (buffer && err >= 0)
		err = bpf_buffer__poll(buffer, 100);
	fprintf(stderr, "Error polling the perf buffer: %d\n", err);
	return 1;
}
