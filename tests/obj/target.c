/* SPDX-License-Identifier: MIT */
/*
 * What the scenarios probe in user space. For each number on standard input it
 * calls eu_work() with it and prints what that returned; for the word "libc" it
 * calls getsid(0).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int eu_work(int n);

__attribute__((noinline, visibility("default"))) int eu_work(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n * 2;
}

int main(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		if (!strncmp(line, "libc", 4))
			printf("%d\n", getsid(0) > 0);
		else
			printf("%d\n", eu_work(atoi(line)));
		fflush(stdout);
	}
	return 0;
}
