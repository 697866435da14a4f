/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/file.h"
#include "rt/program.h"

/*
 * Taking off what is attached. The kernel waits for all processors each time,
 * tens of milliseconds; where there are several links, short-lived threads
 * wait for them at once. Signals are for the embedder's threads, not for these.
 */

enum { MAX_THREADS = 32, STACK = 256 << 10 };

struct queue {
	struct eu_link **links; /* NULL: no memory, none is queued */
	size_t n;
	atomic_size_t next;
	pthread_t threads[MAX_THREADS];
	size_t n_threads;
};

static void take_off(struct eu_link *l)
{
	eu_leftover_remove(&l->left);
	eu_leftover_done(&l->left);
	bpf_link__destroy(l->link);
	eu_close(l->fd);
}

/*
 * What is more than a link has an order: a filter goes before its qdisc. And
 * libbpf keeps a list for the USDT probes of an object.
 */
static bool is_ordered(const struct eu_link *l)
{
	return l->left.kind || l->shares;
}

static void work(struct queue *q)
{
	size_t i;

	while ((i = atomic_fetch_add(&q->next, 1)) < q->n)
		take_off(q->links[i]);
}

/* What libbpf says there is not for standard error. */
static void work_silently(struct queue *q)
{
	struct eu_log silent;

	eu_log_init(&silent, NULL, NULL);
	eu_log_enter(&silent);
	work(q);
	eu_log_leave();
	eu_log_done(&silent);
}

static void *run_thread(void *arg)
{
	work_silently(arg);
	return NULL;
}

/* As many as can be had; the caller's own is one more. */
static void start_threads(struct queue *q)
{
	size_t want = q->n ? eu_min(q->n - 1, (size_t)MAX_THREADS) : 0;
	sigset_t all, old;
	pthread_attr_t attr;

	if (!want || pthread_attr_init(&attr))
		return;
	pthread_attr_setstacksize(&attr, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	while (q->n_threads < want &&
	       !pthread_create(&q->threads[q->n_threads], &attr, run_thread, q))
		q->n_threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
}

static void join_threads(struct queue *q)
{
	while (q->n_threads)
		pthread_join(q->threads[--q->n_threads], NULL);
	free(q->links);
}

/* The links from @from on that may be taken off in any order, the last first. */
static void add_links(struct queue *q, const struct eu_program *p, size_t from)
{
	for (size_t i = p->n_links; i > from && q->links; i--)
		if (!is_ordered(&p->links[i - 1]))
			q->links[q->n++] = &p->links[i - 1];
}

/* The others. */
static void take_off_ordered(const struct queue *q, struct eu_program *p,
			     size_t from)
{
	for (size_t i = p->n_links; i > from; i--)
		if (is_ordered(&p->links[i - 1]) || !q->links)
			take_off(&p->links[i - 1]);
	p->n_links = from;
}

void eu_program_detach(struct eu_program *p, size_t n)
{
	struct queue q = { 0 };

	if (p->n_links <= n)
		return;
	q.links = calloc(p->n_links - n, sizeof(*q.links));
	add_links(&q, p, n);
	start_threads(&q);
	take_off_ordered(&q, p, n);
	work(&q);
	join_threads(&q);
}

static void reverse(struct eu_link *l, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const struct eu_link other = l[i];

		l[i] = l[n - 1 - i];
		l[n - 1 - i] = other;
	}
}

void eu_program_detach_some(struct eu_program *p, size_t from, size_t n)
{
	struct eu_link *l = p->links + from;
	const size_t later = p->n_links - from - n;

	/* Those change places with the later ones, which takes no memory. */
	reverse(l, n);
	reverse(l + n, later);
	reverse(l, n + later);
	eu_program_detach(p, p->n_links - n);
}

void eu_programs_close(struct eu_program *const *list, size_t n)
{
	struct queue q = { 0 };
	size_t n_links = 0;

	for (size_t i = 0; i < n; i++)
		n_links += list[i] ? list[i]->n_links : 0;
	q.links = n_links ? calloc(n_links, sizeof(*q.links)) : NULL;
	for (size_t i = 0; i < n; i++)
		if (list[i])
			add_links(&q, list[i], 0);
	start_threads(&q);
	for (size_t i = 0; i < n; i++) {
		if (!list[i])
			continue;
		eu_log_enter(&list[i]->log);
		take_off_ordered(&q, list[i], 0);
		eu_log_leave();
	}
	work_silently(&q);
	join_threads(&q);
	for (size_t i = 0; i < n; i++)
		if (list[i])
			eu_program_free(list[i]);
}
