// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bootstrap.skel.h"
#include "bootstrap.wasm.h"

/* The user space of ../../bootstrap, as a Wasm guest. */

static const char usage[] =
	"BPF bootstrap demo application.\n"
	"\n"
	"It traces process start and exits and shows associated\n"
	"information (filename, process duration, PID and PPID, etc).\n"
	"\n"
	"USAGE: ./bootstrap [-d <min-duration-ms>] -v\n";

static int handle_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	time_t now = time(NULL);
	char at[16];

	(void)ctx;
	if (size < sizeof(*e))
		return 0;
	strftime(at, sizeof(at), "%H:%M:%S", localtime(&now));
	printf("%-8s %-5s %-16s %-7d %-7d ", at,
	       e->exit_event ? "EXIT" : "EXEC", e->comm, e->pid, e->ppid);
	if (!e->exit_event)
		printf("%s\n", e->filename);
	else if (e->duration_ns)
		printf("[%u] (%llums)\n", e->exit_code, e->duration_ns / 1000000);
	else
		printf("[%u]\n", e->exit_code);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long long min_duration_ms = 0;
	struct bootstrap_bpf *skel;
	struct bpf_buffer *rb;
	int err = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
			fputs(usage, stdout);
			return 0;
		}
		if (!strcmp(argv[i], "-v"))
			continue;
		if (strcmp(argv[i], "-d") || ++i == argc) {
			fputs(usage, stderr);
			return 2;
		}
		min_duration_ms = strtoull(argv[i], NULL, 10);
	}
	skel = bootstrap_bpf__open();
	if (!skel) {
		fputs("Failed to open the BPF object\n", stderr);
		return 1;
	}
	skel->rodata->min_duration_ns = min_duration_ms * 1000000;
	err = bootstrap_bpf__load(skel);
	if (!err)
		err = bootstrap_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to load and attach: %d\n", err);
		bootstrap_bpf__destroy(skel);
		return 1;
	}
	rb = bpf_buffer__open(skel->maps.rb, handle_event, NULL);
	printf("%-8s %-5s %-16s %-7s %-7s %s\n", "TIME", "EVENT", "COMM", "PID",
	       "PPID", "FILENAME/EXIT CODE");
	while (rb && err >= 0)
		err = bpf_buffer__poll(rb, 100);
	fprintf(stderr, "Error polling the ring buffer: %d\n", err);
	bpf_buffer__free(rb);
	bootstrap_bpf__destroy(skel);
	return 1;
}
