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
 * variables.c, maps.c, buffers.c, files.c, output.c, wasi.c. host.c has those
 * tables, and what belongs to none.
 */

#include <bpf/libbpf.h>

#include "rt/program.h"
#include "wasm/functions.h"
#include "wasm/guest.h"

struct eu_host_object {
	struct eu_program *p; /* NULL: closed */
	/* What the guest may detach one by one: links of @p, by their numbers. */
	struct eu_host_attached {
		uint32_t number;
		size_t first, n;
	} *attached;
	size_t n_attached;
	uint32_t last_number;
	/* Of its global variables, once loaded. */
	struct eu_host_section {
		const struct bpf_map *map;
		char *at; /* NULL: it cannot be mapped */
		size_t size;
	} *sections;
	size_t n_sections;
	bool broken;  /* it did not load */
	uint32_t len; /* bytes of the guest's that it was made of */
};

struct eu_host_buffer;

struct eu_host_map {
	uint64_t handle;	   /* of its object; 0: closed */
	int fd;			   /* borrowed of the object, as the next two */
	const struct bpf_map *map; /* or NULL: */
	const struct bpf_program *prog; /* it stands for that, to be put in maps */
	enum bpf_map_type type;
	uint32_t key_size, value_size; /* as the kernel copies them */
	uint8_t holds;		       /* of what, see maps.c */
	struct eu_host_buffer *buffer; /* NULL: not polled yet */
};

/* A descriptor of WASI's. */
struct eu_host_file {
	int fd;	      /* ours for what it stands for; -1: none */
	int standard; /* 0, 1, 2: that of the process; -1: none of them */
};

#define EU_HOST_NO_FILE                  \
	{                                \
		.fd = -1, .standard = -1 \
	}

struct eu_wasm {
	const struct eu_engine_functions *engine_fns;
	void *engine, *module, *guest;
	struct eu_import *imports; /* those that the module names */
	const struct eu_import **bound;
	size_t n_imports;
	char *wrapper, *callback;
	eu_log_fn log;
	void *log_ctx;
	int log_level; /* the guest's */
	bool json;     /* what the user asked for */
	int (*leaves)(void *ctx, const struct eu_leftover *l,
		      struct eu_error *err);
	void *leaves_ctx;

	struct eu_error last; /* of the guest's calls; no words: its code's */
	int stop_fd;	      /* readable once it is to stop */
	int go_fd;	      /* readable once it is not paused any more */
	/* Those of several threads. */
	bool paused, stopped, standing, running;
	unsigned int looked; /* how often the guest has looked at these */

	/* The guest's memory as it was last seen: it never becomes smaller. */
	uint8_t *memory;
	size_t memory_size;

	struct eu_host_object *objects; /* by handle - 1 */
	size_t n_objects;
	struct eu_host_map *maps; /* by descriptor - EU_HOST_FIRST_FD */
	size_t n_maps;
	struct eu_host_file *files; /* by the guest's number */
	size_t n_files;
	size_t n_dirs;	    /* that it may open files in */
	uint8_t streams[3]; /* 0: it is not known whether they wait */
	bool exited;	    /* by itself, with this status: */
	int status;
	int n_cpus; /* possible ones, or an error; 0: not asked yet */
};

#define EU_WASI "wasi_snapshot_preview1"
#define EU_WASM_BPF "wasm_bpf"
#define EU_EUNOMIA "eunomia"

/* Of object_name. */
enum { EU_HOST_MAP, EU_HOST_PROGRAM, EU_HOST_VARIABLE };

/* Of a standard descriptor of ours: may it have to be waited for? */
enum { EU_HOST_STREAM_WAITS = 1, EU_HOST_STREAM_READY };

/* No descriptor of WASI's has such a number. */
enum { EU_HOST_FIRST_FD = 1 << 16 };

/* The functions of one noun; the module NULL is that of the other poll. */
struct eu_host_calls {
	const struct eu_import *rows;
	size_t n;
};

extern const struct eu_host_calls eu_host_general, eu_host_objects,
	eu_host_variables, eu_host_maps, eu_host_buffers, eu_host_files,
	eu_host_output, eu_wasi_calls;

/*
 * The function that an import asks for. -ENOENT with words if there is none of
 * this name and type; 0 and *@ret NULL: it is for the engine to find.
 */
int eu_host_find(const struct eu_wasm *w, const struct eu_wanted_import *wanted,
		 const struct eu_import **ret, struct eu_error *err);

/* Words for a module that was made for what came before "wasm_bpf". */
int eu_host_earlier(struct eu_error *err);

/* As the next one, where memory has to be looked at that may be new. */
void *eu_host_new_bytes(struct eu_wasm *w, uint32_t at, uint32_t len);

/* @len bytes of the guest's memory at @at, or NULL. */
static inline void *eu_host_bytes(struct eu_wasm *w, uint32_t at, uint32_t len)
{
	if ((uint64_t)at + len >= w->memory_size)
		return eu_host_new_bytes(w, at, len);
	return w->memory + at;
}

/* A string of the guest's; NULL if its end is not in the memory. */
const char *eu_host_string(struct eu_wasm *w, uint32_t at);

/* What ends a guest that gives an address which is none. Returns -EFAULT. */
int eu_host_trap(struct eu_error *err);

/*
 * What a call returns: @r, which the guest may ask the words of if it is
 * negative.
 */
static inline int eu_host_answer(struct eu_wasm *w, int r)
{
	if (__builtin_expect(r < 0, 0)) {
		w->last.code = r;
		w->last.text[0] = '\0';
	}
	return r;
}

/*
 * The same for one with words, which are logged as well: as level 0 what ends
 * most guests, as 1 what they can help. Its code.
 */
int eu_host_fail(struct eu_wasm *w, int level, const struct eu_error *err);

/* An eu_log_fn with @w for its context: what guest and user want to know. */
void eu_host_log(void *w, int level, const char *text);

/*
 * Copies @text with its NUL to the guest's @len bytes at @at, cut if it is
 * longer: its whole length in *@v, or a trap.
 */
int eu_host_copy_text(struct eu_wasm *w, const char *text, uint32_t at,
		      uint32_t len, uint64_t *v, struct eu_error *err);

/* How many processors there can be, or a negative number. */
int eu_host_cpus(struct eu_wasm *w);

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

/* The standard ones and those of the folders, as eu_guest_opts has them. */
void eu_host_files_open(struct eu_wasm *w, const char *const *dirs);
void eu_host_files_close(struct eu_wasm *w);

/* What the guest's descriptor @fd stands for; borrowed. -1: nothing of use. */
int eu_host_file(const struct eu_wasm *w, uint32_t fd);
int eu_host_file_standard(const struct eu_wasm *w, uint32_t fd);

/* Of an object that is closed: the sections that are mapped. */
void eu_host_sections_close(struct eu_host_object *o);

/* Closes all objects. */
void eu_host_done(struct eu_wasm *w);

#endif
