/* SPDX-License-Identifier: MIT */
#ifndef EUNOMIA_H
#define EUNOMIA_H

/*
 * libeunomia: run packages of eBPF programs inside your own program.
 *
 *	eu_program_open   → reads a package, opens its object
 *	eu_program_set    → sets variables, eu_program_target attach targets
 *	eu_program_load   → loads maps and programs into the kernel
 *	eu_program_attach → attaches programs, opens the sources of records
 *	eu_program_fd     → poll it; when it is readable call
 *	eu_program_dispatch → hands out what happened
 *	eu_program_close  → detaches and frees all
 *
 * The library never blocks, forks, prints, installs a signal handler or owns
 * a loop; it keeps no global state but libbpf's print hook. Stated exception:
 * closing waits for the kernel to detach, in threads of its own. A program is
 * used by one thread at a time; different programs may be used by different
 * threads.
 *
 * Functions return 0 or a count, or a negative errno. Outputs are not touched
 * on failure. The last parameter takes the words of an error and may be NULL.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An error in words. One line unless the verifier's log is part of it. */
struct eu_error {
	int code; /* negative errno; 0: none */
	char text[4096];
};

struct eu_program;

/*
 * Takes @len bytes of finished output, or returns a negative errno, which ends
 * the dispatch with that error.
 */
typedef int (*eu_write_fn)(void *ctx, const void *data, size_t len);

/*
 * Takes one record as it lies in the kernel's buffer: @size bytes at @data,
 * borrowed for the time of the call; @map is the map it came from. Of sampled
 * maps, the key's bytes are at @key (else NULL). A negative errno ends the
 * dispatch with that error.
 */
typedef int (*eu_record_fn)(void *ctx, const char *map, const void *key,
			    const void *data, size_t size);

/* What the library has to say: @level 0 warnings, 1 information, 2 details. */
typedef void (*eu_log_fn)(void *ctx, int level, const char *text);

struct eu_program_opts {
	size_t sz; /* sizeof(struct eu_program_opts) */
	/* One of these two: a file ("-" is standard input), or its content. */
	const char *path;
	const void *data;
	size_t len;
	const char *origin; /* name of @data in messages */
	/* One of these two, or neither: records are counted and dropped. */
	/*
	 * "text" (default), "compact", "json", "raw"; "folded" and
	 * "flamegraph" of stack traces, which eu_program_close() writes.
	 */
	const char *format;
	eu_write_fn write;   /* output in that format */
	eu_record_fn record; /* records as they are */
	void *ctx;	     /* for the functions above */
	eu_log_fn log;
	void *log_ctx;
	/*
	 * A file with the kernel's BTF, or a directory laid out as BTFHub for
	 * kernels that have none. NULL: $BTF_FILE_PATH, the kernel's own, or
	 * what a tar package brings.
	 */
	const char *btf;
	uint64_t max_records; /* the program ends after so many; 0: never */
	bool no_tailor;	      /* let libbpf read the kernel's whole BTF */
	/*
	 * A directory of a BPF file system: maps that ask to be pinned by name
	 * are pinned there, or taken from there. NULL: none is.
	 */
	const char *pin;
	/*
	 * What is shown (docs/output.md); NULL and 0: all, as it comes. Names
	 * that no map's records have are found by eu_program_attach(): -EINVAL.
	 */
	const char *fields; /* "pid,comm", "-filename", "+at.x" */
	const char *filter; /* "comm ~ ^ssh and took > 10ms"; also of @record */
	const char *sort; /* "-took,pid"; of events at the end, with a limit */
	uint64_t head;	  /* rows: of each sampling round, or of all events */
	const char *timestamps; /* "local", "utc", "mono", "delta", "none" */
	bool color;		/* headers and names, by escape sequences */
	unsigned int width; /* columns at which rows of a table are cut; 0: never */
};

/*
 * Opens a package of any form: package.json, package.yaml, tar, BPF object.
 * Nothing enters the kernel. The program is the caller's, to be closed.
 * -ENOENT, -EINVAL (broken), -E2BIG, -ENOTSUP (for another architecture).
 */
int eu_program_open(const struct eu_program_opts *opts, struct eu_program **ret,
		    struct eu_error *err);

/*
 * Sets the global variable @name from text: integers in decimal or 0x
 * hexadecimal, true and false, names of enum values, text for char arrays,
 * "1,2,3" or JSON for arrays, JSON for structs, and what docs/package.md says
 * of formats (addresses, "10ms", "64K"). After load only variables of .data and
 * .bss, which the running program then sees. -ENOENT, -EINVAL, -ERANGE, -EROFS.
 */
int eu_program_set(struct eu_program *p, const char *name, const char *value,
		   struct eu_error *err);

/*
 * Adds an attach target, "[program=]target[,key=value…]" (docs/targets.md),
 * before load. -EINVAL if no program takes it.
 */
int eu_program_target(struct eu_program *p, const char *target,
		      struct eu_error *err);

/*
 * Before load: loads no programs but those named so, or leaves out those named
 * so. May be called several times. -ENOENT.
 */
int eu_program_only(struct eu_program *p, const char *name, struct eu_error *err);
int eu_program_skip(struct eu_program *p, const char *name, struct eu_error *err);

/*
 * Shows records of map @map as values of @type ("event"). -ENOENT; -EINVAL if
 * the type is larger than the map's values.
 */
int eu_program_type(struct eu_program *p, const char *map, const char *type,
		    struct eu_error *err);

/*
 * Loads maps and programs. On failure @err holds the end of the verifier's or
 * libbpf's messages. -EPERM, and what bpf(2) returns.
 */
int eu_program_load(struct eu_program *p, struct eu_error *err);

/* Attaches all programs and starts all sources; all or nothing. */
int eu_program_attach(struct eu_program *p, struct eu_error *err);

/*
 * A descriptor that is readable when eu_program_dispatch() has work. It
 * belongs to the program; -1 before attach.
 */
int eu_program_fd(const struct eu_program *p);

/*
 * Hands out what is there and returns how many records that were, without
 * waiting. -ENODATA after max_records.
 */
int eu_program_dispatch(struct eu_program *p, struct eu_error *err);

/*
 * Before close: hands out what is left, the last round of sampled maps too, and
 * writes what a format shows at the end. Returns how many records that were.
 * Large maps take their time. Afterwards only to be closed:
 * other calls give -EALREADY.
 */
int eu_program_finish(struct eu_program *p, struct eu_error *err);

/*
 * Gives a record of @size bytes to the program through its user ring buffer
 * @map, after load. -ENOENT or -EINVAL (no such map), -ENOSPC (full now: the
 * map's descriptor has EPOLLOUT when there is room), -E2BIG.
 */
int eu_program_send(struct eu_program *p, const char *map, const void *data,
		    size_t size, struct eu_error *err);

/*
 * Detaches, unloads, frees; and writes before that what a format shows at the
 * end. Accepts NULL and what failed half-way. Waits for the kernel, tens of
 * milliseconds for most kinds of probes: those of several links are waited for
 * at once by threads that end before this returns and block all signals.
 */
void eu_program_close(struct eu_program *p);

/* The same for @n programs, NULLs among them; all waits overlap. */
void eu_programs_close(struct eu_program *const *list, size_t n);

/*
 * Borrowed descriptors of a map or program after load; -ENOENT, before it
 * -EBUSY.
 */
int eu_program_map_fd(const struct eu_program *p, const char *name);
int eu_program_prog_fd(const struct eu_program *p, const char *name);

struct eu_stats {
	size_t sz;	      /* sizeof(struct eu_stats) */
	uint64_t records;     /* handed out */
	uint64_t lost;	      /* known to be lost */
	bool lost_known;      /* false: some source cannot tell */
	uint64_t nearly_full; /* times that a ring was seen ≥ 90 % full */
};

int eu_program_stats(const struct eu_program *p, struct eu_stats *ret);

/*
 * A member of the records of map @map, found once by its path ("pid",
 * "addr.port", "list[2]"; "key.pid" and "value.n" of sampled maps) and read from
 * many. From attach on; it belongs to the program. -ENOENT with a list.
 */
struct eu_field;
int eu_program_field(struct eu_program *p, const char *map, const char *path,
		     const struct eu_field **ret, struct eu_error *err);

/*
 * Its value in the record that an eu_record_fn was given. Unsigned ones above
 * INT64_MAX are to be cast. -EINVAL: no integer; -ENODATA: the record ends
 * before it.
 */
int eu_field_int(const struct eu_field *f, const void *key, const void *data,
		 size_t size, int64_t *ret);

/*
 * The same as text, as a table shows it: names, addresses, strings. Writes as
 * much as fits into @room bytes with the NUL, and returns the bytes of all of
 * it without the NUL.
 */
int eu_field_text(const struct eu_field *f, const void *key, const void *data,
		  size_t size, char *text, size_t room);

/* Writes one such record as a line of JSON, in one call of @write. */
int eu_program_json(struct eu_program *p, const char *map, const void *key,
		    const void *data, size_t size, eu_write_fn write, void *ctx,
		    struct eu_error *err);

/*
 * Writes what the package holds as one JSON object, in one call of @write:
 * programs, maps, variables, types, and what it needs of the kernel
 * (docs/inspect.md). From open on.
 */
int eu_program_describe(const struct eu_program *p, eu_write_fn write,
			void *ctx, struct eu_error *err);

/*
 * Writes what it costs as one JSON object, in one call of @write, after load:
 * {"programs": [{"name", "instructions", "verified" (instructions that the
 * verifier went through), "jited" (bytes), "runs", "run_time_ns",
 * "ns_per_run"}], "maps": [{"name", "type", "max_entries", "memory" (bytes)}]}.
 * What the kernel does not say is left out; it counts runs while
 * kernel.bpf_stats_enabled is 1.
 */
int eu_program_costs(const struct eu_program *p, eu_write_fn write, void *ctx,
		     struct eu_error *err);

/* "0.1.0". Static. */
const char *eu_version(void);

#ifdef __cplusplus
}
#endif
#endif
