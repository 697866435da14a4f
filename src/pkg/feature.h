/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_FEATURE_H
#define EU_PKG_FEATURE_H

/*
 * What an object needs of a kernel, seen from its sections, maps and
 * instructions, and the version of Linux that brought each of it. Versions are
 * for words only: whether a kernel has something is found by trying, since
 * distributions carry features back.
 */

#include "pkg/package.h"

enum eu_feature_kind {
	EU_FEATURE_PROGRAM, /* @id: enum bpf_prog_type */
	EU_FEATURE_ATTACH,  /* @id: enum bpf_attach_type */
	EU_FEATURE_MAP,	    /* @id: enum bpf_map_type */
	EU_FEATURE_HELPER,  /* @id: enum bpf_func_id */
	EU_FEATURE_OTHER,   /* @id: none */
};

struct eu_feature {
	enum eu_feature_kind kind;
	int id;
	int prog_type;	   /* of the program that needs it; 0: none */
	uint16_t since;	   /* major * 100 + minor; 0: not known */
	const char *name;  /* "ringbuf", "bpf_loop"; static */
	const char *owner; /* the program, section or map; of the package */
};

/* Does a program count? */
typedef bool (*eu_feature_want_fn)(const void *ctx, const struct eu_prog *prog);

/*
 * What @pkg's chosen object needs, each once, newest first; to be freed. Of its
 * programs those that @want says, or all if it is NULL. -EINVAL for a damaged
 * object.
 */
int eu_features_of(const struct eu_package *pkg, eu_feature_want_fn want,
		   const void *ctx, struct eu_feature **ret, size_t *ret_n,
		   struct eu_error *err);

/* "program type", "helper" … */
const char *eu_feature_kind_name(enum eu_feature_kind kind);

/* The version that brought it, as eu_feature.since; 0 if not known. */
uint16_t eu_feature_since(enum eu_feature_kind kind, int id);

/* Its name, or NULL if not known: "ringbuf", "kprobe", "bpf_loop". Static. */
const char *eu_feature_name(enum eu_feature_kind kind, int id);

#endif
