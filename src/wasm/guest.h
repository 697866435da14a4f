/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_GUEST_H
#define EU_WASM_GUEST_H

/*
 * A Wasm module that carries BPF objects and the user space for them: opened,
 * run to its end, closed. What it may call is in docs/wasm-abi.md; it sees
 * nothing of the host but that, its arguments and the standard descriptors.
 */

#include "base/error.h"

struct eu_wasm;

struct eu_wasm_opts {
	const void *wasm; /* needed until eu_wasm_open() returns */
	size_t len;
	const char *const *argv; /* ended by NULL; the first is its name */
	const char *const *env;	 /* NAME=VALUE, ended by NULL; or NULL */
	/* Pairs of a directory and its name for the guest, ended by NULL. */
	const char *const *dirs;
	uint64_t max_memory;  /* bytes; 0: 256 MiB */
	const char *wrapper;  /* module of the other poll; callback-wrapper */
	const char *callback; /* that it calls; go-callback */
	eu_log_fn log;	      /* or NULL */
	void *log_ctx;
};

/*
 * Compiles it, or takes what was compiled before, and checks what it imports.
 * -ENOENT without the engine, -EINVAL for what is no Wasm or cannot run here.
 */
int eu_wasm_open(const struct eu_wasm_opts *o, struct eu_wasm **ret,
		 struct eu_error *err);

/*
 * Runs it; blocks until it ends. 0 with its exit status; -EINTR after
 * eu_wasm_stop(), -EFAULT and the words for a trap.
 */
int eu_wasm_run(struct eu_wasm *w, int *ret_status, struct eu_error *err);

/* From any thread or signal handler: it ends at once, wherever it is. */
void eu_wasm_stop(struct eu_wasm *w);

/* Detaches all that it attached. Accepts NULL. Not while it runs. */
void eu_wasm_close(struct eu_wasm *w);

/* Do the bytes begin as Wasm does? */
bool eu_wasm_is(const void *data, size_t len);

#endif
