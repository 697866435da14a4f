/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_WITHIN_MS = 20000 };

static double seconds(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts))
		fail("clock_gettime: %s", strerror(errno));
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

double now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("measure: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void sleep_us(long us)
{
	const struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("cannot use processor %d: %s", cpu, strerror(errno));
}

/*
 * A nice value is not enough: the scheduler lets who runs finish his slice,
 * which is longer than a ring of 256 KiB lasts.
 */
void go_first(void)
{
	const struct sched_param p = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &p))
		fprintf(stderr, "measure: no real-time priority: %s\n",
			strerror(errno));
}

/* Behind fork: from here to the new program's first instruction. */
static void become(char *const argv[], const struct child_opts *o, int ready_fd,
		   double *started)
{
	int out = o->out;

	/* None is left behind by a measurement that fails or is killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (o->prints)
		out = ready_fd;
	else if (out < 0)
		out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (out < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(126);
	/* The pipe's end may be 3 already, and is closed by execve(2) then. */
	if (o->prints)
		;
	else if (ready_fd == 3)
		fcntl(3, F_SETFD, 0);
	else if (ready_fd >= 0 && dup2(ready_fd, 3) < 0)
		_exit(126);
	if (o->cpu >= 0)
		pin(o->cpu);
	if (o->urgent)
		go_first();
	*started = now();
	execvp(argv[0], argv);
	fprintf(stderr, "measure: cannot run '%s': %s\n", argv[0],
		strerror(errno));
	_exit(127);
}

static double *shared_time(void)
{
	static double *p;

	if (p)
		return p;
	p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	return p;
}

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	f = fopen(path, "re");
	if (!f)
		fail("cannot read %s: %s", path, strerror(errno));
	return f;
}

/* Adds what @pid has, and its children, as a container's runtime has one. */
static void add_memory(struct child *c, pid_t pid)
{
	long peak = 0, anon = 0, file = 0;
	FILE *f = open_proc(pid, "status");
	char line[256];
	int child;

	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "VmHWM: %ld", &peak);
		sscanf(line, "RssAnon: %ld", &anon);
		sscanf(line, "RssFile: %ld", &file);
	}
	fclose(f);
	c->peak += peak;
	c->anon += anon;
	c->file += file;
	snprintf(line, sizeof(line), "task/%d/children", (int)pid);
	f = open_proc(pid, line);
	while (fscanf(f, "%d", &child) == 1)
		add_memory(c, child);
	fclose(f);
}

void child_memory(struct child *c)
{
	c->peak = c->anon = c->file = 0;
	add_memory(c, c->pid);
}

/* Has it said that it is ready? */
static bool is_ready(int fd, bool prints)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[16] = "";

	if (poll(&p, 1, READY_WITHIN_MS) != 1)
		return false;
	if (read(fd, text, sizeof(text) - 1) < (prints ? 1 : 8))
		return false;
	return prints || !strncmp(text, "READY=1\n", 8);
}

void child_start(struct child *c, char *const argv[], const struct child_opts *o)
{
	int ready[2];

	*c = (struct child){ .printed = -1 };
	if (pipe2(ready, O_CLOEXEC))
		fail("pipe: %s", strerror(errno));
	shared_time();
	c->pid = fork();
	if (c->pid < 0)
		fail("fork: %s", strerror(errno));
	if (!c->pid)
		become(argv, o, ready[1], shared_time());
	close(ready[1]);
	if (!is_ready(ready[0], o->prints)) {
		kill(c->pid, SIGKILL);
		fail("'%s' did not become ready", argv[0]);
	}
	c->to_ready = now() - *shared_time();
	c->cpu_to_ready = child_cpu(c);
	if (o->prints)
		c->printed = ready[0];
	else
		close(ready[0]);
	child_memory(c);
}

double child_cpu(const struct child *c)
{
	clockid_t id;

	if (clock_getcpuclockid(c->pid, &id))
		fail("process %d is gone", (int)c->pid);
	return seconds(id);
}

void child_settle(const struct child *c)
{
	double before, after = child_cpu(c);

	do {
		before = after;
		sleep_us(500);
		after = child_cpu(c);
	} while (before < after);
}

static void reap(struct child *c, const char *name)
{
	if (wait4(c->pid, &c->status, 0, &c->usage) != c->pid)
		fail("wait4: %s", strerror(errno));
	if (c->status)
		fail("'%s' ended with status %#x", name, c->status);
}

void child_stop(struct child *c)
{
	kill(c->pid, SIGINT);
	reap(c, "the measured program");
	if (c->printed >= 0)
		close(c->printed);
	c->printed = -1;
}

double child_run(struct child *c, char *const argv[], const struct child_opts *o)
{
	*c = (struct child){ .printed = -1 };
	shared_time();
	c->pid = fork();
	if (c->pid < 0)
		fail("fork: %s", strerror(errno));
	if (!c->pid)
		become(argv, o, -1, shared_time());
	reap(c, argv[0]);
	return now() - *shared_time();
}
