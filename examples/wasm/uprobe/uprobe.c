// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "uprobe.skel.h"
#include "uprobe.wasm.h"

/* Prints a line for each call of uprobe_add() and uprobe_sub(), and one for its
 * end. They are functions of target.c, or of the program that is named. */

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;

	(void)ctx;
	if (size < sizeof(*e))
		return 0;
	printf("uprobed_%s ", e->sub ? "sub" : "add");
	if (e->exit)
		printf("EXIT: return = %d\n", e->result);
	else
		printf("ENTRY: a = %d, b = %d\n", e->a, e->b);
	return 0;
}

static void set_target(struct bpf_program *prog, const char *binary,
		       const char *function)
{
	char target[128];

	snprintf(target, sizeof(target), "%s:%s", binary, function);
	bpf_set_prog_attach_target(prog, target);
}

int main(int argc, char **argv)
{
	struct uprobe_bpf *skel = uprobe_bpf__open_and_load();
	struct bpf_buffer *buffer;
	int err;

	if (!skel) {
		fputs("Failed to open and load BPF skeleton\n", stderr);
		return 1;
	}
	if (argc > 1) {
		set_target(skel->progs.on_add, argv[1], "uprobe_add");
		set_target(skel->progs.after_add, argv[1], "uprobe_add");
		set_target(skel->progs.on_sub, argv[1], "uprobe_sub");
		set_target(skel->progs.after_sub, argv[1], "uprobe_sub");
	}
	err = uprobe_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "Failed to attach BPF skeleton: %d\n", err);
		return 1;
	}
	buffer = bpf_buffer__open(skel->maps.rb, on_event, NULL);
	puts("Load and attach BPF uprobe successfully");
	while (buffer && err >= 0)
		err = bpf_buffer__poll(buffer, 100);
	fprintf(stderr, "Error polling the ring buffer: %d\n", err);
	return 1;
}
