/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_TARGET_H
#define EU_PKG_TARGET_H

/*
 * Where a program attaches: "[program=]target[,key=value…]". What stands
 * before the first '=' names a program only if it is a C identifier and no
 * comma precedes it; "\," is a comma. docs/targets.md lists shapes and keys.
 */

#include "base/error.h"
#include "pkg/section.h"

enum { EU_TARGET_MAX_KEYS = 16 };

struct eu_target {
	char *text;    /* as it was given, for messages */
	char *program; /* or NULL: every program that takes it */
	char *what;    /* before the keys, commas unescaped */
	size_t n_keys;
	struct {
		char *name, *value;
	} key[EU_TARGET_MAX_KEYS];
};

/* -EINVAL: empty, a key without '=', a key twice, too many keys. */
int eu_target_parse(const char *text, struct eu_target **ret,
		    struct eu_error *err);
void eu_target_free(struct eu_target *t);

/*
 * Has it the shape that programs of section @s take, and the keys and values of
 * it? If not, -EINVAL and words that show what is right. Whether what it names
 * is there is left to the kernel.
 */
int eu_target_check(const struct eu_target *t, const struct eu_section *s,
		    struct eu_error *err);

/* "none": the program is loaded and attached nowhere. */
bool eu_target_none(const struct eu_target *t);

/* The value of a key, or NULL. */
const char *eu_target_key(const struct eu_target *t, const char *name);

/*
 * What the kernel must have for a key of @t, at a program of section @s, from
 * the key *@i on, which moves behind it; NULL behind the last.
 */
const char *eu_target_feature(const struct eu_target *t,
			      const struct eu_section *s, size_t *i);

/* A key that eu_target_check() takes for a number; @def if it is not there. */
int64_t eu_target_integer(const struct eu_target *t, const char *name,
			  int64_t def);

/* A key that is a number from @min to @max; @def if it is not there. */
int eu_target_number(const struct eu_target *t, const char *name, int64_t min,
		     int64_t max, int64_t def, int64_t *ret,
		     struct eu_error *err);

#endif
