/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_FUNCTIONS_H
#define EU_WASM_FUNCTIONS_H

/*
 * The engine that runs Wasm, as the module "wasm" gives it to the layer. It
 * knows nothing of BPF; what guests may call is given to it as imports.
 *
 * A guest is of one thread, but for interrupt().
 */

#include "base/error.h"

/* One of the guest's, as the engine has it. */
struct eu_guest_function {
	uint64_t words[2];
};

/* A function of the host's for guests. */
struct eu_import {
	const char *module, *name;
	/* Parameters, and behind a colon results: i and I, 32 and 64 bits. */
	const char *type;
	/*
	 * @v holds the parameters and takes the result, each of 32 bits in the
	 * lower half. Not 0, which is never a guest's fault alone, ends the guest
	 * with the words in @err.
	 */
	int (*call)(void *ctx, uint64_t *v, struct eu_error *err);
};

/* An import that a module names. */
struct eu_wanted_import {
	const char *module, *name; /* not ended by NUL */
	size_t module_len, name_len;
	char type[40]; /* as above; "?" in it: of another type; "": no function */
};

/* Of bytes that were compiled. */
struct eu_module_info {
	bool memory, start; /* are exported */
	bool bpf_main;	    /* as well */
};

struct eu_guest_opts {
	const char *const *argv; /* ended by NULL */
	const char *const *env;	 /* NAME=VALUE, ended by NULL; NULL: none */
	/* Pairs of a host's directory and its name for the guest; NULL: none. */
	const char *const *dirs;
	uint64_t max_memory; /* bytes */
	/* All that the module imports but what the engine has of WASI. */
	const struct eu_import *const *imports;
	size_t n_imports;
	/* On the guest's thread, after interrupt(): is it to end? */
	bool (*interrupted)(void *ctx);
	void *ctx; /* for the calls of both */
};

struct eu_engine_functions {
	void *(*open)(struct eu_error *err);
	void (*close)(void *engine);
	/* What compiled code depends on beside the bytes that it comes from. */
	const char *(*version)(void);

	int (*compile)(void *engine, const void *wasm, size_t len, void **ret,
		       struct eu_error *err);
	/* Compiled code to keep, to be given to free(), and back from a copy. */
	int (*serialize)(void *module, void **ret, size_t *ret_len,
			 struct eu_error *err);
	int (*deserialize)(void *engine, const void *data, size_t len,
			   void **ret, struct eu_error *err);
	void (*module_close)(void *module);
	struct eu_module_info (*info)(void *module);
	/* Calls @fn for each import until it returns something else than 0. */
	int (*imports)(void *module,
		       int (*fn)(void *ctx, const struct eu_wanted_import *w),
		       void *ctx);

	int (*guest_open)(void *engine, void *module,
			  const struct eu_guest_opts *o, void **ret,
			  struct eu_error *err);
	void (*guest_close)(void *guest);
	/*
	 * Runs "_start". 0 with the guest's own exit status; -EINTR after an
	 * interrupt, -EFAULT and the trap in words.
	 */
	int (*run)(void *guest, int *ret_status, struct eu_error *err);
	/*
	 * From a host function: what stands in entry @index of the guest's
	 * table now, to be called as long as the host function runs. -ENOENT
	 * if that is no function of type iii:i.
	 */
	int (*find)(void *guest, uint32_t index, struct eu_guest_function *ret);
	/*
	 * Calls it. Errors end the guest: the host function has to return them
	 * at once.
	 */
	int (*call)(void *guest, const struct eu_guest_function *f,
		    const uint32_t args[3], int32_t *ret, struct eu_error *err);
	/*
	 * Calls the function that is exported as @name. -ENOENT if there is
	 * none of this type; other errors as above.
	 */
	int (*call_export)(void *guest, const char *name, const uint32_t args[3],
			   int32_t *ret, struct eu_error *err);
	/*
	 * From a host function that stands in front of the engine's own function
	 * @name of WASI: calls that, with @v as in eu_import. Errors as above.
	 */
	int (*wasi)(void *guest, const char *name, uint64_t *v,
		    struct eu_error *err);
	/* It stays where it is; @ret_len grows while the guest's code runs. */
	uint8_t *(*memory)(void *guest, size_t *ret_len);
	/*
	 * From any thread or signal handler: all guests of the engine ask at
	 * the next function or loop that they come to whether they are to end.
	 */
	void (*interrupt)(void *engine);
};

#endif
