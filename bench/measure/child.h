/* SPDX-License-Identifier: MIT */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

/*
 * A process that is measured. It tells by READY=1 on descriptor 3, or by the
 * first line that it prints.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define READY_FD "3"

/* Why and where to write what it prints. */
struct child_opts {
	int out;     /* its standard output; -1: /dev/null */
	int cpu;     /* the only one that it may use; -1: any */
	bool urgent; /* goes before what else runs here */
	bool prints; /* it is ready when it has printed something */
};

struct child {
	pid_t pid;
	double to_ready; /* seconds from execve(2) to READY=1 */
	double cpu_to_ready;
	/*
	 * KiB, when ready or last asked: VmHWM, RssAnon, RssFile, with those of
	 * its children
	 */
	long peak, anon, file;
	int printed;	     /* where it prints to, or -1 */
	struct rusage usage; /* when ended */
	int status;
};

/* Seconds of CLOCK_MONOTONIC. */
double now(void);
/* Ends this process with a message. */
void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Starts it and waits until it is ready. */
void child_start(struct child *c, char *const argv[], const struct child_opts *o);
/* Seconds on a processor until now. */
double child_cpu(const struct child *c);
/* Returns when it waits for something. */
void child_settle(const struct child *c);
/* Its memory as it is now, into @c. */
void child_memory(struct child *c);
/* Ends it as Ctrl-C would. */
void child_stop(struct child *c);
/* Runs a command to its end; what it prints is dropped. Wall seconds. */
double child_run(struct child *c, char *const argv[], const struct child_opts *o);

/* This process on @cpu only; before all others that have no such priority. */
void pin(int cpu);
void go_first(void);
void sleep_us(long us);

#endif
