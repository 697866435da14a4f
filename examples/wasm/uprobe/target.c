// SPDX-License-Identifier: MIT
#include <stdio.h>

/* What uprobe.c watches: calls two functions for each pair of numbers on
 * standard input. */

int uprobe_add(int a, int b);
int uprobe_sub(int a, int b);

__attribute__((noinline)) int uprobe_add(int a, int b)
{
	return a + b;
}

__attribute__((noinline)) int uprobe_sub(int a, int b)
{
	return a - b;
}

int main(void)
{
	int a, b;

	while (scanf("%d %d", &a, &b) == 2) {
		int sum = uprobe_add(a, b);

		printf("%d %d\n", sum, uprobe_sub(a, b));
		fflush(stdout);
	}
	return 0;
}
