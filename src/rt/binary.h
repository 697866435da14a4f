/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_BINARY_H
#define EU_RT_BINARY_H

/*
 * Programs and libraries that uprobes go to: by path, a library by its name as
 * the loader finds it ("libc", "libssl.so.3"), a program by its name as a shell
 * does; of the system, or of the root that a process sees.
 */

#include "base/error.h"
#include "base/util.h"

struct eu_binary {
	char *path; /* one that can be opened while @fd is */
	char *name; /* what it is called there, for messages */
	int fd;	    /* of another root; -1: none */
};

/* @what has @n bytes; @container is a process, 0: our own root. -ENOENT. */
int eu_binary_open(struct eu_binary *b, const char *what, size_t n,
		   int64_t container, struct eu_error *err);
void eu_binary_close(struct eu_binary *b);

#define eu_auto_binary EU_CLEANUP(eu_binary_close)

/* Called for each function of the binary; non-zero ends that and is returned. */
typedef int (*eu_binary_fn)(void *ctx, const char *symbol, uint64_t address);
int eu_binary_foreach(const struct eu_binary *b, eu_binary_fn fn, void *ctx);

/* Called for each probe that its author put there (USDT): "provider:probe". */
typedef int (*eu_binary_probe_fn)(void *ctx, const char *name);
int eu_binary_foreach_probe(const struct eu_binary *b, eu_binary_probe_fn fn,
			    void *ctx);

#endif
