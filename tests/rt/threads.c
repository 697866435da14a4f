/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <eunomia/eunomia.h>

/*
 * threads PACKAGE BROKEN: programs in several threads at once, each from open to
 * close and some that do not load, for a thread sanitizer to look at. Says how
 * many went as they should.
 */

enum { THREADS = 4, ROUNDS = 5 };

static const char *package, *broken;
static atomic_int good, lines;

static int on_output(void *ctx, const void *data, size_t len)
{
	/* Who writes here is who runs the program. */
	if (!pthread_equal(*(pthread_t *)ctx, pthread_self()))
		return -1;
	lines += memchr(data, '\n', len) != NULL;
	return 0;
}

static void on_log(void *ctx, int level, const char *text)
{
	(void)level;
	if (!pthread_equal(*(pthread_t *)ctx, pthread_self()) || !*text)
		abort();
}

static int run(const char *path, pthread_t *self)
{
	const struct eu_program_opts opts = {
		.sz = sizeof(opts),
		.path = path,
		.write = on_output,
		.ctx = self,
		.log = on_log,
		.log_ctx = self,
	};
	struct eu_program *p = NULL;
	struct eu_error err;
	int r;

	r = eu_program_open(&opts, &p, &err);
	if (!r)
		r = eu_program_describe(p, on_output, self, &err);
	if (!r)
		r = eu_program_load(p, &err);
	if (!r)
		r = eu_program_attach(p, &err);
	if (!r)
		r = eu_program_costs(p, on_output, self, &err);
	for (int i = 0; i < 100 && r >= 0; i++)
		r = eu_program_dispatch(p, &err);
	if (r >= 0)
		r = eu_program_finish(p, &err);
	eu_program_close(p);
	return r < 0 ? r : 0;
}

static void *work(void *arg)
{
	pthread_t self = pthread_self();

	(void)arg;
	for (int i = 0; i < ROUNDS; i++)
		good += !run(package, &self) && run(broken, &self);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	if (argc != 3)
		return 2;
	package = argv[1];
	broken = argv[2];
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d of %d\n", good, THREADS * ROUNDS);
	return good != THREADS * ROUNDS;
}
