/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rt/leftover.h"
#include "run.h"

/*
 * A small process that takes off what would outlive a killed runner, and what
 * the runner has no rights to take off any more. A byte through a pipe tells
 * it that the runner has come to its end by itself; the end of the pipe alone,
 * that it is dying. What it holds open is gone when its pidfd says that it is
 * dead (Linux 5.3), and shortly after where there is none.
 */

enum { TRIES = 50, PAUSE_NS = 10000000 };

static void wait_for_death(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (pidfd >= 0 && poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

/* Without a pidfd the runner may still have its trace instance open. */
static void remove_all(struct eu_program *p, bool surely_dead)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	for (int i = 0; i < (surely_dead ? 1 : TRIES); i++) {
		if (i)
			nanosleep(&pause, NULL);
		eu_leftover_remove(p);
	}
}

static void stand_by(struct run *r, int pipe, int pidfd)
{
	const int keep[] = { pipe, pidfd };
	sigset_t all;
	char done;
	ssize_t n;

	/* Ctrl-C is for the runner. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "ecli-guard");
	eu_leftover_hold(r->program, keep, EU_COUNT(keep));
	guard_privileges(r->program);
	do
		n = read(pipe, &done, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		wait_for_death(pidfd);
	remove_all(r->program, n == 1 || pidfd >= 0);
}

int run_guard(struct run *r, struct eu_error *err)
{
	eu_auto_close int pidfd = -1;
	int ends[2];

	if (!eu_leftover_any(r->program))
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return eu_error_set(err, -errno, "cannot make a pipe: %s",
				    strerror(errno));
	pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	r->guard = fork();
	if (r->guard == 0) {
		close(ends[1]);
		stand_by(r, ends[0], pidfd);
		_exit(0);
	}
	close(ends[0]);
	r->guard_pipe = ends[1];
	if (r->guard < 0)
		return eu_error_set(err, -errno,
				    "cannot start a process that cleans up: %s",
				    strerror(errno));
	return 0;
}

void run_guard_end(struct run *r)
{
	if (r->guard <= 0)
		return;
	(void)!write(r->guard_pipe, "", 1);
	eu_close(r->guard_pipe);
	while (waitpid(r->guard, NULL, 0) < 0 && errno == EINTR)
		;
}
