/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_HOST_H
#define EU_WASM_HOST_H

/*
 * What guests may call: the ABI "wasm_bpf", and what "eunomia" adds to it.
 * Handles of objects and descriptors of maps are numbers of ours, good for
 * nothing but these calls; every address is checked against the guest's memory,
 * which ends if it lies.
 *
 * A noun is a file with the functions for it and a table of them: objects.c,
 * maps.c, buffers.c, wasi.c. host.c has those tables, and what belongs to none.
 */

#include <bpf/libbpf.h>

#include "rt/program.h"
#include "wasm/functions.h"
#include "wasm/guest.h"

struct eu_host_object {
	struct eu_program *p; /* NULL: closed */
};

struct eu_host_buffer;

struct eu_host_map {
	uint64_t handle; /* of its object; 0: closed */
	int fd;		 /* borrowed of the object */
	enum bpf_map_type type;
	uint32_t key_size, value_size; /* as the kernel copies them */
	bool holds_maps;
	struct eu_host_buffer *buffer; /* NULL: not polled yet */
};

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
#define EU_WASM_BPF "wasm_bpf"

/* No descriptor of WASI's has such a number. */
enum { EU_HOST_FIRST_FD = 1 << 16 };

/* The functions of one noun; the module NULL is that of the other poll. */
struct eu_host_calls {
	const struct eu_import *rows;
	size_t n;
};

extern const struct eu_host_calls eu_host_objects, eu_host_maps,
	eu_host_buffers, eu_wasi_calls;

/*
 * The function that an import asks for. -ENOENT with words if there is none of
 * this name and type; 0 and *@ret NULL: it is for the engine to find.
 */
int eu_host_find(const struct eu_wasm *w, const struct eu_wanted_import *wanted,
		 const struct eu_import **ret, struct eu_error *err);

/* @len bytes of the guest's memory at @at, or NULL; until its code runs. */
void *eu_host_bytes(struct eu_wasm *w, uint32_t at, uint32_t len);

/* A string of the guest's; NULL if its end is not in the memory. */
const char *eu_host_string(struct eu_wasm *w, uint32_t at);

/* What ends a guest that gives an address which is none. Returns -EFAULT. */
int eu_host_trap(struct eu_error *err);

/* What a guest only gets a number for is told to who wants to know. */
void eu_host_tell(struct eu_wasm *w, const struct eu_error *err);

/* NULL: none of this handle is open. */
struct eu_host_object *eu_host_object(struct eu_wasm *w, uint64_t handle);

/* NULL: the guest has no such descriptor. */
struct eu_host_map *eu_host_map(struct eu_wasm *w, uint32_t fd);

/* Of the object @handle: closes those of its maps that are known here. */
void eu_host_maps_close(struct eu_wasm *w, uint64_t handle);

/* Does a callback run for one of the object's maps? */
bool eu_host_maps_busy(const struct eu_wasm *w, uint64_t handle);

/* Is a callback called for what is in it? Accepts NULL, as the next does. */
bool eu_host_buffer_busy(const struct eu_host_buffer *b);
void eu_host_buffer_free(struct eu_host_buffer *b);

/* Closes all objects. */
void eu_host_done(struct eu_wasm *w);

#endif
