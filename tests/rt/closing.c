/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <eunomia/eunomia.h>

/*
 * closing PACKAGE: runs it several times and closes all at once, with threads
 * and where none can be had, and says whether anything is left.
 */

enum { COPIES = 4 };

static bool refuse;
static atomic_int created, joined, open_to_signals;

/* The library's threads are made here. */
int pthread_create(pthread_t *t, const pthread_attr_t *attr,
		   void *(*run)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		    void *) = dlsym(RTLD_NEXT, "pthread_create");
	sigset_t set;

	if (refuse)
		return EAGAIN;
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	open_to_signals += !sigismember(&set, SIGTERM) ||
			   !sigismember(&set, SIGCHLD);
	created++;
	return real(t, attr, run, arg);
}

int pthread_join(pthread_t t, void **ret)
{
	int (*real)(pthread_t, void **) = dlsym(RTLD_NEXT, "pthread_join");

	joined++;
	return real(t, ret);
}

static int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

static void run(const char *path)
{
	const struct eu_program_opts opts = { .sz = sizeof(opts), .path = path };
	struct eu_program *list[COPIES + 1] = { NULL };
	struct eu_error err;

	for (int i = 0; i < COPIES; i++)
		if (eu_program_open(&opts, &list[i], &err) ||
		    eu_program_load(list[i], &err) ||
		    (i && eu_program_attach(list[i], &err))) {
			printf("Bail out! %s\n", err.text);
			exit(1);
		}
	eu_programs_close(list, COPIES + 1);
}

static int report(int n, bool ok, const char *what)
{
	printf("%sok %d %s\n", ok ? "" : "not ", n, what);
	return !ok;
}

int main(int argc, char **argv)
{
	sigset_t before, after;
	int bad = 0, fds;

	if (argc != 2)
		return 2;
	puts("1..5");
	run(argv[1]);
	fds = count_fds();
	created = joined = 0;
	pthread_sigmask(SIG_BLOCK, NULL, &before);
	run(argv[1]);
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	bad += report(1, count_fds() == fds, "all is closed");
	bad += report(2, created == joined && created >= COPIES - 2,
		      "threads waited, and were waited for");
	bad += report(3, !open_to_signals, "they take no signals");
	bad += report(
		4, sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM),
		"the caller takes those that it took");
	refuse = true;
	run(argv[1]);
	bad += report(5, count_fds() == fds, "all is closed without threads");
	eu_programs_close(NULL, 0);
	return bad != 0;
}
