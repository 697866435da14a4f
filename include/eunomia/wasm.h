/* SPDX-License-Identifier: MIT */
#ifndef EUNOMIA_WASM_H
#define EUNOMIA_WASM_H

/*
 * Wasm modules that carry BPF objects and the user space for them, run inside
 * your own program.
 *
 *	eu_wasm_open  → compiles the module, checks what it imports
 *	eu_wasm_run   → runs it to its end, in a thread of yours
 *	eu_wasm_pause, eu_wasm_resume, eu_wasm_stop → from any other
 *	eu_wasm_close → detaches and frees all
 *
 * What a guest may call is in docs/wasm-abi.md; it sees nothing of the host but
 * that, its arguments and the standard descriptors. The module "wasm" has to be
 * installed; it is opened by the first eu_wasm_open().
 */

#include "eunomia.h"

#ifdef __cplusplus
extern "C" {
#endif

struct eu_wasm;

struct eu_wasm_opts {
	size_t sz;	  /* sizeof(struct eu_wasm_opts) */
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
	bool json; /* guests that ask are told to write JSON */
};

/*
 * Compiles it, or takes what was compiled before, and checks what it imports.
 * The guest is the caller's, to be closed. -ENOENT without the engine, -EINVAL
 * for what is no Wasm or cannot run here.
 */
int eu_wasm_open(const struct eu_wasm_opts *o, struct eu_wasm **ret,
		 struct eu_error *err);

/*
 * Runs it, once, and waits until it ends: the one function here that does. A
 * MiB of the calling thread's stack is for the guest. 0 with its exit status;
 * -EINTR after eu_wasm_stop(), -EFAULT and the words for a trap.
 */
int eu_wasm_run(struct eu_wasm *w, int *ret_status, struct eu_error *err);

/*
 * From any thread: it stands still from the next function or loop on that it
 * comes to, until eu_wasm_resume(). What it attached stays attached. Both may
 * be called twice, and before eu_wasm_run().
 */
void eu_wasm_pause(struct eu_wasm *w);
void eu_wasm_resume(struct eu_wasm *w);

/*
 * From any thread or signal handler: it ends at once, wherever it is, paused or
 * not; but for a read or a write of a file that waits, which is waited for.
 */
void eu_wasm_stop(struct eu_wasm *w);

/* Detaches all that it attached. Accepts NULL. Not while it runs. */
void eu_wasm_close(struct eu_wasm *w);

#ifdef __cplusplus
}
#endif

#endif
