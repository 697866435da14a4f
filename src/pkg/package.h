/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_PACKAGE_H
#define EU_PKG_PACKAGE_H

/*
 * A package: one BPF object (for several architectures perhaps) and what is
 * known about it, in its one form in memory. The object's own ELF and BTF say
 * which variables, maps and programs there are; the metadata of package.json
 * adds to them by name and never contradicts them: a package that does is
 * refused on reading. Old formats are converted on reading, and no other code
 * knows that they exist. docs/package.md specifies the format.
 *
 * All strings and arrays belong to the package. Keys that this version does
 * not know survive in the "meta" objects and are written again.
 */

#include <bpf/btf.h>

#include "base/json.h"

/* Limits on what is read from others. */
enum {
	EU_PACKAGE_MAX_FILE = 64 << 20,	  /* bytes of package.json */
	EU_PACKAGE_MAX_OBJECT = 64 << 20, /* bytes of one object */
	EU_PACKAGE_MAX_ITEMS = 8192,	  /* variables, maps, programs */
	EU_PACKAGE_MAX_EXPORTS = 256,
	EU_PACKAGE_MAX_OBJECTS = 16, /* architectures */
};

/*
 * A global variable of .rodata, .data, .bss or a section like them; those of
 * ".kconfig" get their values from the kernel's configuration. Variables that
 * only anchor a type (__eunomia_dummy_X_ptr) are left out.
 */
struct eu_var {
	char *name;
	char *section;	  /* ".rodata" … */
	uint32_t type_id; /* in the object's BTF */
	uint32_t offset;  /* bytes from the section's start */
	uint32_t size;	  /* bytes */
	/* C spelling without const and volatile; NULL: the object has no BTF */
	char *type;
	char *description; /* or NULL */
	char *flag;	   /* cmdarg.long, or NULL: the name */
	char *short_flag;  /* cmdarg.short, one character, or NULL */
	char *help;	   /* cmdarg.help, or NULL */
	json_t *def;	   /* cmdarg.default, else value, or NULL */
	json_t *meta;	   /* the item's object as written */
};

enum eu_sample_kind {
	EU_SAMPLE_NONE,
	EU_SAMPLE_KV,
	EU_SAMPLE_LOG2,
	EU_SAMPLE_LINEAR,
	EU_SAMPLE_BUCKETS
};

/* One field of a "custom_members" export. */
struct eu_member {
	char *name;
	uint32_t offset; /* bytes */
	uint32_t type_id;
};

struct eu_map {
	char *name;	   /* as in the object: "rb", ".rodata" */
	char *ident;	   /* as C identifier: "rb", "rodata" */
	char *description; /* or NULL */
	uint32_t type;	   /* enum bpf_map_type; 0: not known */
	uint32_t key_size, value_size, max_entries, flags;
	uint32_t key_type_id, value_type_id; /* in the BTF; 0: none */
	bool internal;			     /* holds global variables */
	bool mmaped; /* internal, and mapped into user space */
	/* How it is shown, where the package says so. */
	enum eu_sample_kind sample;
	uint32_t interval_ms; /* of sampling; 0: at the end only */
	char *unit;	      /* of a histogram, or NULL */
	bool keep;	      /* "clear_map": false: not cleared each round */
	bool each_cpu;	      /* "cpus": "list": values of CPUs not summed */
	char *sort;	      /* "-times,pid": rows of a round; or NULL */
	uint64_t top;	      /* so many rows of a round; 0: all */
	int64_t min, step;    /* of linear_hist: where the first slot begins */
	int64_t *buckets;     /* of hist: where each slot begins, ascending */
	size_t n_buckets;
	uint32_t export_type_id; /* "export_config", or an annotation; 0: none */
	struct eu_member *members;
	size_t n_members;
	bool exported;	      /* "export_config" is not "no_export" */
	bool stack_trace;     /* "intepreter": stack traces */
	struct eu_map *inner; /* of a map of maps: what those are; or NULL */
	json_t *meta;
};

struct eu_prog {
	char *name; /* the C function */
	/* ELF section: "tp/sched/sched_process_exec", without a leading '?' */
	char *section;
	char *description; /* or NULL */
	char **targets;	   /* attach targets in the one grammar */
	size_t n_targets;
	/* Not among the metadata's programs: left out unless asked for. */
	bool manual;
	/* SEC("?…"): left out where the kernel cannot. */
	bool optional;
	char *either; /* the program that stands in where this cannot, or NULL */
	json_t *meta;
};

/* A type whose values the package shows. */
struct eu_export {
	char *name;	  /* of the struct, else of its typedef */
	uint32_t type_id; /* in the object's BTF; 0: it has none */
	uint32_t size;	  /* bytes */
	bool marked;	  /* annotated with @export */
	json_t *meta;
};

/* One BPF object file. */
struct eu_object {
	/* "x86", "arm64", "arm", "riscv", "s390" …; NULL: not bound to one */
	char *arch;
	void *data; /* NULL: not unpacked, as it is not for this machine */
	size_t size;
	json_t *packed; /* "bpf_object" of one that was not chosen, or NULL */
};

/* A kernel's BTF from the archive in a package. */
struct eu_btf_file {
	char *name; /* below "btfhub-archive/" */
	void *data;
	size_t size;
};

/* Items of one array of a package in the order of their names. */
struct eu_index {
	void **items; /* each begins with its name */
	size_t n;
};

struct eu_package {
	char *name;   /* "obj_name": "bootstrap_bpf" */
	char *origin; /* file name or URL, for messages */
	struct eu_object *objects;
	size_t n_objects;
	struct eu_object *object; /* the one that all below describes */
	struct btf *btf;	  /* of it, or NULL */

	/* From the doc comment of LICENSE; each may be NULL. */
	char *brief, *details, *description, *version;

	struct eu_var *vars;
	size_t n_vars;
	struct eu_map *maps;
	size_t n_maps;
	struct eu_prog *progs;
	size_t n_progs;
	struct eu_export *exports;
	size_t n_exports;
	struct eu_index by_name[3]; /* variables, maps, programs */

	uint32_t perf_pages;   /* pages of each perf buffer; 0: default */
	bool multiple_exports; /* "enable_multiple_export_types" */
	json_t *meta;	       /* "meta" as it was read, or NULL */
	json_t *extra;	       /* unknown keys beside "meta", or NULL */

	/* Of tar: files for a kernel of the running one's release. */
	struct eu_btf_file *btfs;
	size_t n_btfs;
	bool has_btfs; /* for some kernel */
};

/*
 * From any form: package.json and package.yaml of every version since 0.3,
 * tar, ELF object. The bytes are borrowed; @origin is for messages. Of several
 * objects the one for @arch is taken (NULL: this machine's); -ENOTSUP if there
 * is none and the object's programs are bound to an architecture.
 */
int eu_package_parse(const void *data, size_t len, const char *origin,
		     const char *arch, struct eu_package **ret,
		     struct eu_error *err);

/* The same from a file; "-" is standard input. */
int eu_package_read(const char *path, const char *arch, struct eu_package **ret,
		    struct eu_error *err);

/*
 * Only the object: what its ELF and BTF say. @name ("bootstrap_bpf") NULL: from
 * @origin's file name. Exports are the structs that global variables anchor:
 * pointers to a struct. -EINVAL for what is no BPF object.
 */
int eu_package_from_object(const void *elf, size_t len, const char *origin,
			   const char *name, struct eu_package **ret,
			   struct eu_error *err);

/*
 * Adds the "meta" object of a package.json to @pkg by name. Its type ids are
 * those of @ids (NULL: not known, types are found by name). -EINVAL where it
 * contradicts the object or a value is not of its type: the text names the
 * item.
 */
int eu_package_apply(struct eu_package *pkg, json_t *meta,
		     const struct btf *ids, struct eu_error *err);

/* Adds @object's bytes for one more architecture; they are copied. */
int eu_package_add_object(struct eu_package *pkg, const char *arch,
			  const void *elf, size_t len, struct eu_error *err);

/*
 * The members of a struct or union as "export_types" has them: a list of
 * {"name", "type"}. A new reference, or NULL if there is no memory.
 */
json_t *eu_package_members(const struct btf *btf, uint32_t type_id);

/* Accepts NULL. */
void eu_package_free(struct eu_package *pkg);

/* Borrowed; NULL if there is none of that name. */
struct eu_var *eu_package_var(struct eu_package *pkg, const char *name);
struct eu_map *eu_package_map(struct eu_package *pkg, const char *name);
struct eu_prog *eu_package_prog(struct eu_package *pkg, const char *name);

/*
 * "meta" as JSON (the content of NAME.skel.json), and the whole package.
 * A new reference; NULL and @err.
 */
json_t *eu_package_meta(const struct eu_package *pkg, struct eu_error *err);
json_t *eu_package_json(const struct eu_package *pkg, struct eu_error *err);

/*
 * The first program that only runs on the architecture it was compiled for
 * (kprobe, uprobe, usdt: they read registers), or NULL.
 */
const struct eu_prog *eu_package_bound(const struct eu_package *pkg);

/*
 * Is a variable or map of that name, and with that metadata (or NULL), where
 * the program counts events that it lost? "lost_events", or annotated @lost.
 */
bool eu_counts_losses(const char *name, const json_t *meta);

/* This machine's architecture in the words above: "x86", "arm64" … */
const char *eu_arch_host(void);

static inline void eu_package_free_(struct eu_package **pkg)
{
	eu_package_free(*pkg);
}

#define eu_auto_package EU_CLEANUP(eu_package_free_)

#endif
