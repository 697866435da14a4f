/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_TAR_BYTES_H
#define EU_TEST_TAR_BYTES_H

#include <stdio.h>
#include <string.h>

/* A tar entry of at most one block. */
static inline size_t tar_entry(char *at, const char *name, char type,
			       const char *content)
{
	unsigned int sum = 0;

	memset(at, 0, 1024);
	snprintf(at, 100, "%s", name);
	snprintf(at + 124, 12, "%011o", (unsigned int)strlen(content));
	memcpy(at + 257, "ustar\00000", 8);
	at[156] = type;
	memset(at + 148, ' ', 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)at[i];
	snprintf(at + 148, 8, "%06o", sum);
	memcpy(at + 512, content, strlen(content));
	return 1024;
}

#endif
