/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "confine.h"
#include "guard.h"
#include "run.h"

/*
 * It is told by messages with the descriptors of the leftover. An empty message
 * tells it that the runner has come to its end by itself; the end of the socket
 * alone, that it is dying. What that holds open is gone when its pidfd says that
 * it is dead (Linux 5.3), and shortly after where there is none.
 */

enum { TRIES = 50, PAUSE_NS = 10000000, MAX_LEFTOVERS = 65536, MAX_FDS = 2 };

/* In the process itself. */
struct watch {
	int socket, pidfd;
	struct eu_leftover *list;
	size_t n;
};

/* Links and maps would live on in it. */
static void close_all_but(const struct watch *w)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int fd;

	/* Without /proc all that there may be are tried. */
	for (fd = 0; !d && fd < sysconf(_SC_OPEN_MAX); fd++)
		if (fd != w->socket && fd != w->pidfd)
			close(fd);
	while (d && (e = readdir(d))) {
		fd = (int)strtol(e->d_name, NULL, 10);
		if (*e->d_name != '.' && fd != dirfd(d) && fd != w->socket &&
		    fd != w->pidfd)
			close(fd);
	}
	if (d)
		closedir(d);
}

union control {
	struct cmsghdr h;
	char room[CMSG_SPACE(MAX_FDS * sizeof(int))];
};

static void wrap(struct msghdr *m, struct iovec *v, union control *c)
{
	memset(c, 0, sizeof(*c));
	*m = (struct msghdr){
		.msg_iov = v,
		.msg_iovlen = 1,
		.msg_control = c->room,
		.msg_controllen = sizeof(c->room),
	};
}

static int tell(int fd, const struct eu_leftover *l)
{
	struct eu_leftover copy = *l;
	struct iovec v = { &copy, sizeof(copy) };
	int fds[MAX_FDS], n = 0;
	union control c;
	struct msghdr m;

	if (l->fd >= 0)
		fds[n++] = l->fd;
	if (l->prog_fd >= 0)
		fds[n++] = l->prog_fd;
	wrap(&m, &v, &c);
	c.h.cmsg_level = SOL_SOCKET;
	c.h.cmsg_type = SCM_RIGHTS;
	c.h.cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(&c.h), fds, n * sizeof(int));
	m.msg_controllen = n ? CMSG_SPACE(n * sizeof(int)) : 0;
	return sendmsg(fd, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The descriptors have other numbers here. */
static void take_fds(struct eu_leftover *l, const union control *c, size_t len)
{
	int fds[MAX_FDS] = { -1, -1 }, n = 0;

	if (len >= CMSG_LEN(sizeof(int)) && c->h.cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(&c->h),
		       eu_min(c->h.cmsg_len - CMSG_LEN(0), sizeof(fds)));
	if (l->fd >= 0)
		l->fd = fds[n++];
	if (l->prog_fd >= 0)
		l->prog_fd = fds[n];
}

/* Takes messages until the end. True when the runner said that it is there. */
static bool listen_until_the_end(struct watch *w)
{
	struct eu_leftover l;
	struct iovec v = { &l, sizeof(l) };
	union control c;
	struct msghdr m;
	ssize_t n;

	for (;;) {
		wrap(&m, &v, &c);
		n = recvmsg(w->socket, &m, MSG_CMSG_CLOEXEC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(l))
			return n == 1;
		take_fds(&l, &c, m.msg_controllen);
		if (eu_array_grow(&w->list, w->n, sizeof(l), MAX_LEFTOVERS))
			return false;
		w->list[w->n++] = l;
	}
}

static void wait_for_death(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (pidfd >= 0 && poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

/* Without a pidfd the runner may still have its trace instance open. */
static void remove_all(const struct watch *w, bool surely_dead)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	for (int i = 0; i < (surely_dead ? 1 : TRIES); i++) {
		if (i)
			nanosleep(&pause, NULL);
		for (size_t k = w->n; k-- > 0;)
			eu_leftover_remove(&w->list[k]);
	}
}

static void stand_by(const struct guard *g, struct watch *w)
{
	sigset_t all;
	bool said;

	/* Ctrl-C is for the runner. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "ecli-guard");
	close_all_but(w);
	guard_privileges(g->elsewhere);
	confine(&guard_calls, NULL);
	if (write(w->socket, "", 1) != 1)
		return;
	said = listen_until_the_end(w);
	if (!said)
		wait_for_death(w->pidfd);
	remove_all(w, said || w->pidfd >= 0);
}

static int start(struct guard *g, struct eu_error *err)
{
	struct watch w = { 0 };
	int ends[2];
	char ready;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return eu_error_set(err, -errno, "cannot make a socket: %s",
				    strerror(errno));
	w.socket = ends[0];
	w.pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	g->pid = fork();
	if (g->pid == 0) {
		stand_by(g, &w);
		_exit(0);
	}
	eu_close(w.pidfd);
	close(ends[0]);
	g->socket = ends[1];
	if (g->pid < 0)
		return eu_error_set(err, -errno,
				    "cannot start a process that cleans up: %s",
				    strerror(errno));
	/* From here on what kills our group does not kill it. */
	if (read(g->socket, &ready, 1) != 1)
		return eu_error_set(err, -ECHILD,
				    "the process that cleans up has ended");
	return 0;
}

int guard_tell(struct guard *g, const struct eu_leftover *l, struct eu_error *err)
{
	int ret = g->pid > 0 ? 0 : start(g, err);

	if (ret)
		return ret;
	ret = tell(g->socket, l);
	if (ret)
		return eu_error_set(err, ret,
				    "cannot tell the process that cleans up: %s",
				    strerror(-ret));
	return 0;
}

void guard_end(struct guard *g)
{
	if (g->pid <= 0)
		return;
	(void)!write(g->socket, "", 1);
	eu_close(g->socket);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
}
