/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_NOMEM_H
#define EU_TEST_NOMEM_H

/*
 * Each scenario is run again and again: with the first allocation failing,
 * then with the second, until it ends without having seen a failure. It must
 * fail, or be right nevertheless, and leave no memory behind.
 */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);

static long fail_at = -1; /* allocations until one fails; -1: none does */
static long live;	  /* blocks that are not freed yet */
static bool counting;

static bool fails(void)
{
	if (!counting || fail_at < 0)
		return false;
	if (fail_at-- != 0)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	void *p = fails() ? NULL : __libc_malloc(n);

	live += counting && p;
	return p;
}

void *calloc(size_t n, size_t size)
{
	void *p = fails() ? NULL : __libc_calloc(n, size);

	live += counting && p;
	return p;
}

void *realloc(void *old, size_t n)
{
	void *p = fails() ? NULL : __libc_realloc(old, n);

	live += counting && p && !old;
	return p;
}

void free(void *p)
{
	live -= counting && p;
	__libc_free(p);
}

struct scenario {
	const char *name;
	int (*run)(void);
};

static inline void survive_any_failure(const struct scenario *scenarios,
				       size_t n_scenarios)
{
	for (size_t i = 0; i < n_scenarios; i++) {
		bool seen = true;
		long n;

		/* What libraries allocate once is not ours to free. */
		assert_int_equal(scenarios[i].run(), 0);
		for (n = 0; seen; n++) {
			int r;

			fail_at = n;
			live = 0;
			counting = true;
			r = scenarios[i].run();
			counting = false;
			seen = fail_at < 0;
			fail_at = -1;
			if ((r && r != -ENOMEM) || live)
				print_error("%s: allocation %ld: returned %d, %ld blocks left\n",
					    scenarios[i].name, n, r, live);
			/* No other reason is blamed. */
			assert_true(!r || r == -ENOMEM);
			assert_int_equal(live, 0);
			assert_true(seen || !r);
		}
		assert_true(n > 1);
	}
}

#endif
