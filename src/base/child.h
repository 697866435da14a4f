/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_CHILD_H
#define EU_BASE_CHILD_H

/*
 * A program run as a process. What it reads and writes lives in memory files
 * (memfd_create(2)), so nothing blocks on a pipe and no file is left behind,
 * whatever happens.
 */

#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* The arguments of a command: a list that ends with NULL, owned. */
struct eu_argv {
	char **list;
	size_t n;
	bool failed; /* no memory for one of them */
};

void eu_argv_add(struct eu_argv *a, const char *word);
void eu_argv_addf(struct eu_argv *a, const char *fmt, ...) EU_PRINTF(2, 3);
void eu_argv_done(struct eu_argv *a);

#define eu_auto_argv EU_CLEANUP(eu_argv_done)

/* Appends the command as a shell would take it. */
void eu_argv_format(const struct eu_argv *a, struct eu_buf *out);

struct eu_child {
	pid_t pid; /* 0: not running */
	int out;   /* what it wrote to standard output, or -1 */
	int err;   /* and to standard error */
};

#define EU_CHILD                     \
	{                            \
		.out = -1, .err = -1 \
	}

/*
 * Starts the command; the program's name is looked up in PATH. Standard input
 * is @in, or empty if that is negative.
 */
int eu_child_start(struct eu_child *c, const struct eu_argv *a, int in,
		   struct eu_error *err);

/* Waits: the exit status, 128 + N if signal N ended it, negative errno. */
int eu_child_wait(struct eu_child *c);

/* Ends it if it still runs. Accepts one that was never started. */
void eu_child_done(struct eu_child *c);

#define eu_auto_child EU_CLEANUP(eu_child_done)

/* A memory file with these bytes, readable from the start; negative errno. */
int eu_memfd(const char *name, const void *data, size_t len);

/*
 * All bytes of a memory file, a NUL behind them, to be freed. @name is for
 * errors.
 */
int eu_memfd_read(int fd, const char *name, char **ret_data, size_t *ret_len,
		  struct eu_error *err);

#endif
