/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, this kills the process with SIGKILL around the $DIE_AFTER-th of the
 * calls that change files: odd numbers before the call, even ones behind it; a
 * write that is killed "before" has written half. Without $DIE_AFTER nothing is
 * killed, and how many there were is written to the file $COUNT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static pid_t self;
static int at, last;

__attribute__((constructor)) static void begin(void)
{
	const char *n = getenv("DIE_AFTER");

	self = getpid();
	last = n ? (int)strtol(n, NULL, 10) : 0;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("COUNT");
	FILE *f = path && getpid() == self ? fopen(path, "we") : NULL;

	if (!f)
		return;
	fprintf(f, "%d\n", at);
	fclose(f);
}

static int is_now(void)
{
	return getpid() == self && ++at == last;
}

static void step(void)
{
	if (is_now())
		kill(self, SIGKILL);
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t n)
{
	struct stat st;
	ssize_t r = 0;

	/* What goes to others is no matter of ours. */
	if (fd <= STDERR_FILENO || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return REAL(write)(fd, data, n);
	if (is_now()) {
		r = REAL(write)(fd, data, n / 2);
		kill(self, SIGKILL);
	}
	r = REAL(write)(fd, data, n);
	step();
	return r;
}

int rename(const char *from, const char *to)
{
	int r;

	step();
	r = REAL(rename)(from, to);
	step();
	return r;
}

int fsync(int fd)
{
	int r;

	step();
	r = REAL(fsync)(fd);
	step();
	return r;
}

int mkdir(const char *path, mode_t mode)
{
	int r;

	step();
	r = REAL(mkdir)(path, mode);
	step();
	return r;
}

int unlink(const char *path)
{
	int r;

	step();
	r = REAL(unlink)(path);
	step();
	return r;
}

int unlinkat(int fd, const char *path, int flags)
{
	int r;

	step();
	r = REAL(unlinkat)(fd, path, flags);
	step();
	return r;
}

int fchmod(int fd, mode_t mode)
{
	int r;

	step();
	r = REAL(fchmod)(fd, mode);
	step();
	return r;
}
