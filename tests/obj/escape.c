/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, this tries what a process that was taken over would, as soon as it
 * is confined and waits. At the end a line on standard error tells each call
 * that was not refused with what it said, and one the number of those that were.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const argv[] = { "/bin/true", NULL };
static union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY,
			      .key_size = 4,
			      .value_size = 4,
			      .max_entries = 1 };
static char key[] = "x";

#define A(p) ((long)(p))

static const struct {
	const char *name;
	long n, a[5];
} tries[] = {
	{ "execve", SYS_execve, { A("/bin/true"), A(argv), A(argv + 1) } },
	{ "execveat",
	  SYS_execveat,
	  { AT_FDCWD, A("/bin/true"), A(argv), A(argv + 1) } },
	{ "a process", SYS_clone, { SIGCHLD, SIGCHLD } },
	{ "a socket of unix", SYS_socket, { AF_UNIX, SOCK_STREAM } },
	{ "a socket of inet", SYS_socket, { AF_INET, SOCK_STREAM } },
	{ "a file", SYS_openat, { AT_FDCWD, A("made"), O_WRONLY | O_CREAT, 0600 } },
	{ "writing", SYS_openat, { AT_FDCWD, A("/dev/null"), O_RDWR } },
	{ "a map", SYS_bpf, { BPF_MAP_CREATE, A(&map), sizeof(map) } },
	{ "unlink", SYS_unlinkat, { AT_FDCWD, A("kept"), 0 } },
	{ "rename", SYS_renameat2, { AT_FDCWD, A("kept"), AT_FDCWD, A("made"), 0 } },
	{ "typing", SYS_ioctl, { 0, TIOCSTI, A(key) } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
	{ "kill", SYS_kill, { 1, 0 } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "unshare", SYS_unshare, { CLONE_NEWUTS } },
	{ "setns", SYS_setns, { -1, CLONE_NEWNS } },
	{ "mount", SYS_mount, { A("x"), A("."), A("tmpfs") } },
	{ "io_uring", SYS_io_uring_setup, { 1, A(&map) } },
};

/* Shared with the guard, which has no descriptors but its own. */
static struct report {
	char text[8192];
	size_t len;
} *report;
static pid_t self;

__attribute__((constructor)) static void begin(void)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	self = getpid();
}

__attribute__((destructor)) static void end(void)
{
	if (getpid() == self && report != MAP_FAILED)
		(void)!write(2, report->text, report->len);
}

static void say(const char *who, const char *what, int n)
{
	size_t room = sizeof(report->text) - report->len;

	report->len += snprintf(report->text + report->len, room, "%s: %s %d\n",
				who, what, n);
}

static void try_all(const char *who)
{
	static int tried;
	int refused = 0;

	/* A confined process cannot even ask whether it is. */
	if (tried || prctl(PR_GET_DUMPABLE) >= 0)
		return;
	tried = 1;
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		const long *a = tries[i].a;

		errno = 0;
		if (syscall(tries[i].n, a[0], a[1], a[2], a[3], a[4]) < 0 &&
		    errno == EPERM)
			refused++;
		else
			say(who, tries[i].name, errno);
	}
	say(who, "refused", refused);
}

int epoll_wait(int fd, struct epoll_event *ev, int n, int timeout)
{
	int (*real)(int, struct epoll_event *, int,
		    int) = (__typeof__(real))dlsym(RTLD_NEXT, "epoll_wait");

	try_all("reader");
	return real(fd, ev, n, timeout);
}

ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	ssize_t (*real)(int, struct msghdr *,
			int) = (__typeof__(real))dlsym(RTLD_NEXT, "recvmsg");

	try_all("guard");
	return real(fd, m, flags);
}
