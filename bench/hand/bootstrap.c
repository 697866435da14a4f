/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "bootstrap.h"
#include "native-bootstrap.skel.h"

/*
 * bootstrap [-d MS]: examples/wasm/bootstrap/bootstrap.c, line by line as a
 * program for this machine: libbpf, and a skeleton of bpftool's.
 */

static volatile sig_atomic_t over;

static void stop(int sig)
{
	(void)sig;
	over = 1;
}

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
	const struct sigaction act = { .sa_handler = stop };
	unsigned long long min_duration_ms = 0;
	struct ring_buffer *rb = NULL;
	struct native_bootstrap *skel;
	int err;

	if (argc == 3 && !strcmp(argv[1], "-d"))
		min_duration_ms = strtoull(argv[2], NULL, 10);
	else if (argc > 1)
		return 2;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	skel = native_bootstrap__open();
	if (!skel)
		return 1;
	skel->rodata->min_duration_ns = min_duration_ms * 1000000;
	err = native_bootstrap__load(skel);
	if (!err)
		err = native_bootstrap__attach(skel);
	if (!err)
		rb = ring_buffer__new(bpf_map__fd(skel->maps.rb), handle_event,
				      NULL, NULL);
	if (rb)
		printf("%-8s %-5s %-16s %-7s %-7s %s\n", "TIME", "EVENT",
		       "COMM", "PID", "PPID", "FILENAME/EXIT CODE");
	while (rb && !over && (err >= 0 || err == -EINTR))
		err = ring_buffer__poll(rb, 100);
	ring_buffer__free(rb);
	native_bootstrap__destroy(skel);
	return !over;
}
