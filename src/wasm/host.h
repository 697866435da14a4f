/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_HOST_H
#define EU_WASM_HOST_H

/*
 * What guests may call: the ABI "wasm_bpf". Handles of objects and descriptors
 * of maps are numbers of ours, good for nothing but these calls; every address
 * is checked against the guest's memory, which ends if it lies.
 */

#include "wasm/functions.h"
#include "wasm/guest.h"

struct eu_host_object;
struct eu_host_map;

struct eu_wasm {
	const struct eu_engine_functions *engine_fns;
	void *engine, *module, *guest;
	struct eu_import *imports; /* those that the module names */
	const struct eu_import **bound;
	size_t n_imports;
	char *wrapper, *callback;
	eu_log_fn log;
	void *log_ctx;
	bool json; /* what the user asked for */
	int (*leaves)(void *ctx, const struct eu_leftover *l,
		      struct eu_error *err);
	void *leaves_ctx;

	int stop_fd; /* readable once it is to stop */
	int go_fd;   /* readable once it is not paused any more */
	/* Those of several threads. */
	bool paused, stopped, standing, running;
	unsigned int looked; /* how often the guest has looked at these */

	struct eu_host_object *objects; /* by handle - 1 */
	size_t n_objects;
	struct eu_host_map *maps; /* by descriptor - EU_HOST_FIRST_FD */
	size_t n_maps;
	size_t n_dirs; /* that it may open files in */
	int n_cpus;    /* possible ones; 0: not asked yet */
};

#define EU_WASI "wasi_snapshot_preview1"

/* No descriptor of WASI's has such a number. */
enum { EU_HOST_FIRST_FD = 1 << 16 };

/*
 * The function that an import asks for. -ENOENT with words if there is none of
 * this name and type; 0 and *@ret NULL: it is for the engine to find.
 */
int eu_host_find(const struct eu_wasm *w, const struct eu_wanted_import *wanted,
		 const struct eu_import **ret, struct eu_error *err);

/* @len bytes of the guest's memory at @at, or NULL; until its code runs. */
void *eu_host_bytes(struct eu_wasm *w, uint32_t at, uint32_t len);

/* What ends a guest that gives an address which is none. Returns -EFAULT. */
int eu_host_trap(struct eu_error *err);

/* Closes all objects. */
void eu_host_done(struct eu_wasm *w);

#endif
