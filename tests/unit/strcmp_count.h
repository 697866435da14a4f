/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_STRCMP_COUNT_H
#define EU_TEST_STRCMP_COUNT_H

/*
 * A strcmp() that counts, in place of the C library's: what is looked for among
 * many is to be found by few comparisons.
 */

#include <stddef.h>

static size_t compared;

int strcmp(const char *a, const char *b)
{
	compared++;
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

#endif
