/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, this kills the process with SIGKILL when the $DIE_AFTER-th of the
 * calls has returned that make something in the kernel, or tell somebody of it:
 * fork(), mkdir(), send(), sendmsg(), and what attaches with bpf(2). Processes
 * that it makes are spared. With $NO_SECCOMP the kernel has none.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static pid_t self;
static int left;

__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("DIE_AFTER");

	self = getpid();
	left = n ? (int)strtol(n, NULL, 10) : 0;
}

static void done(void)
{
	int saved = errno;

	if (left && getpid() == self && !--left)
		kill(self, SIGKILL);
	errno = saved;
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

pid_t fork(void)
{
	pid_t r = REAL(fork)();

	done();
	return r;
}

int mkdir(const char *path, mode_t mode)
{
	int r = REAL(mkdir)(path, mode);

	done();
	return r;
}

ssize_t send(int fd, const void *data, size_t n, int flags)
{
	ssize_t r = REAL(send)(fd, data, n, flags);

	done();
	return r;
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	ssize_t r = REAL(sendmsg)(fd, m, flags);

	done();
	return r;
}

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT,
							     "syscall");
	long a[6], r;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	r = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_bpf &&
	    (a[0] == BPF_PROG_ATTACH || a[0] == BPF_LINK_CREATE ||
	     a[0] == BPF_MAP_UPDATE_ELEM))
		done();
	return r;
}

int prctl(int option, ...)
{
	int (*real)(int, ...) = (int (*)(int, ...))dlsym(RTLD_NEXT, "prctl");
	unsigned long a[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_SECCOMP && getenv("NO_SECCOMP")) {
		errno = EINVAL;
		return -1;
	}
	return real(option, a[0], a[1], a[2], a[3]);
}
