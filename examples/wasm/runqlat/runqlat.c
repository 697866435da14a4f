// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runqlat.skel.h"
#include "runqlat.wasm.h"

/* Prints histograms of how long tasks waited for a processor. */

enum {
	SLOTS = sizeof(((struct hist *)0)->slots) / sizeof(unsigned int),
	WIDTH = 40,
};

static const char usage[] =
	"Summarize run queue (scheduler) latency as a histogram.\n"
	"\n"
	"USAGE: runqlat [--help] [interval] [count]\n"
	"\n"
	"EXAMPLES:\n"
	"    runqlat         # summarize run queue latency as a histogram\n"
	"    runqlat 1 10    # print 1 second summaries, 10 times\n"
	"    runqlat -c CG   # of the tasks of the control group CG\n";

static void print_hist(const struct hist *h)
{
	int last = -1;
	unsigned int most = 0;

	for (int i = 0; i < SLOTS; i++) {
		if (h->slots[i])
			last = i;
		if (h->slots[i] > most)
			most = h->slots[i];
	}
	if (last >= 0)
		printf("%*s%-*s : count    distribution\n", 5, "", 19, "usecs");
	for (int i = 0; i <= last; i++) {
		unsigned int stars = (unsigned long long)h->slots[i] * WIDTH /
				     most;
		unsigned long low = i ? 1ul << i : 0, high = (2ul << i) - 1;

		printf("%10lu -> %-10lu : %-8u |", low, high, h->slots[i]);
		for (unsigned int n = 0; n < WIDTH; n++)
			putchar(n < stars ? '*' : ' ');
		puts("|");
	}
}

/* Prints and takes what has been counted; nothing may have been. */
static int take_hist(const struct bpf_map *hists)
{
	int fd = bpf_map__fd(hists), err;
	unsigned int key;
	struct hist h;

	if (bpf_map_get_next_key(fd, NULL, &key))
		return 0;
	err = bpf_map_lookup_elem(fd, &key, &h);
	if (!err)
		err = bpf_map_delete_elem(fd, &key);
	if (!err)
		print_hist(&h);
	return err;
}

/*
 * The map takes a descriptor of the folder, which lies below one that was given
 * with --dir.
 */
static int set_cgroup(struct bpf_map *map, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY), key = 0, err;

	if (fd < 0) {
		perror(path);
		return -1;
	}
	err = bpf_map_update_elem(bpf_map__fd(map), &key, &fd, BPF_ANY);
	if (err)
		fprintf(stderr,
			"Failed adding target cgroup to map: %d: is %s a folder of cgroup2?\n",
			err, path);
	close(fd);
	return err;
}

int main(int argc, char **argv)
{
	unsigned long numbers[2] = { 1, -1 };
	const char *cgroup = NULL;
	struct runqlat_bpf *skel;
	int n = 0, err;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
			fputs(usage, stdout);
			return 0;
		} else if (!strcmp(argv[i], "-c") && i + 1 < argc) {
			cgroup = argv[++i];
		} else if (argv[i][0] >= '1' && argv[i][0] <= '9' && n < 2) {
			numbers[n++] = strtoul(argv[i], NULL, 10);
		} else {
			fputs(usage, stderr);
			return 2;
		}
	}
	skel = runqlat_bpf__open();
	if (!skel) {
		fputs("failed to open BPF object\n", stderr);
		return 1;
	}
	skel->rodata->filter_cg = cgroup != NULL;
	err = runqlat_bpf__load(skel);
	if (err) {
		fprintf(stderr, "failed to load BPF object: %d\n", err);
		return 1;
	}
	if (cgroup && set_cgroup(skel->maps.cgroup_map, cgroup))
		return 1;
	err = runqlat_bpf__attach(skel);
	if (err) {
		fprintf(stderr, "failed to attach BPF programs\n");
		return 1;
	}
	puts("Tracing run queue latency... Hit Ctrl-C to end.");
	for (; numbers[1]; numbers[1]--) {
		sleep(numbers[0]);
		puts("");
		err = take_hist(skel->maps.hists);
		if (err) {
			fprintf(stderr, "failed to read the histogram: %d\n",
				err);
			return 1;
		}
	}
	runqlat_bpf__destroy(skel);
	return 0;
}
