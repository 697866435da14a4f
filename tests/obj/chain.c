/* SPDX-License-Identifier: MIT */
/*
 * Known functions for stack traces. "chain MAGIC TIMES" sets off a program of
 * fire.h so often, in
 *
 *	leaf < step (inlined) < middle < outer < main
 *
 * and once in leaf < outer < main, tells so by a line, and stays until the end
 * of standard input. "chain spin" says "spinning" and does nothing in spin < main
 * for two minutes, but with all its might.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define APART __attribute__((noinline, noclone, noipa))
#define USED(x) __asm__ volatile("" : "+r"(x)::"memory")

/*
 * Not by libc, whose functions have no frame pointers by which the kernel
 * would find the way out of them.
 */
static inline __attribute__((always_inline)) long fire(long magic)
{
#if defined(__x86_64__)
	long r = SYS_kill;

	__asm__ volatile("syscall"
			 : "+a"(r)
			 : "D"(magic), "S"(0L)
			 : "rcx", "r11", "memory");
	return r;
#elif defined(__aarch64__)
	register long x0 __asm__("x0") = magic;
	register long x1 __asm__("x1") = 0;
	register long x8 __asm__("x8") = SYS_kill;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x8) : "memory");
	return x0;
#else
	return syscall(SYS_kill, magic, 0);
#endif
}

APART static long leaf(long magic)
{
	/* It would do without, and its caller be passed over. */
	void *frame = __builtin_frame_address(0);
	long r = fire(magic);

	USED(r);
	USED(frame);
	return r;
}

static inline __attribute__((always_inline)) long step(long magic)
{
	long r = leaf(magic);

	USED(r);
	return r + 1;
}

APART static long middle(long magic)
{
	long r = step(magic);

	USED(r);
	return r;
}

APART static long outer(long magic, long times)
{
	long r = 0;

	for (long i = 0; i < times; i++)
		r += middle(magic);
	r += leaf(magic);
	USED(r);
	return r;
}

APART static void spin(void)
{
	/* As in leaf(). */
	void *frame = __builtin_frame_address(0);

	for (;;)
		USED(frame);
}

int main(int argc, char **argv)
{
	long r;

	if (argc == 2 && !strcmp(argv[1], "spin")) {
		alarm(120);
		puts("spinning");
		fflush(stdout);
		spin();
	}
	if (argc != 3)
		return 2;
	r = outer(strtol(argv[1], NULL, 10), strtol(argv[2], NULL, 10));
	USED(r);
	puts("fired");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
