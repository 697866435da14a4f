/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_WANTED_H
#define EU_BTF_WANTED_H

/*
 * The names that CO-RE relocations ask for: of types, with the kind of type
 * and how the relocation will look at it, and of members and enumerators.
 *
 * Names are compared by their essential part, which ends before the last
 * "___" that has a name before and behind it: "task_struct___old" asks for
 * "task_struct". Texts are borrowed.
 */

#include <string.h>

#include "btf/rawbtf.h"

enum { EU_WANTED_LONG = 20 };

/*
 * How deep a relocation looks into a type: a set, as several relocations may
 * name one type.
 */
enum eu_depth {
	EU_DEPTH_FIELD = 1,  /* a member and its type, up to a pointer */
	EU_DEPTH_SHAPE = 2,  /* the kind, through pointers and arrays */
	EU_DEPTH_MATCH = 4,  /* all members, by value */
	EU_DEPTH_BEHIND = 8, /* what a pointer of a match points to */
	EU_DEPTH_VALUE = 16, /* an enumerator */
};

struct eu_wanted_name {
	const char *text;
	uint32_t len; /* of the essential part */
	uint32_t hash;
	uint8_t depth[EU_BTF_KINDS]; /* of types of this name; 0: none */
	uint32_t found;		     /* kinds of which a type was seen */
	bool member; /* of a struct, a union or an enumeration */
};

struct eu_wanted {
	struct eu_wanted_name *names;
	size_t n;
	uint32_t *slots;     /* hash table of index + 1 */
	size_t n_slots;	     /* 0 or a power of two */
	uint32_t kinds;	     /* all kinds of types that are asked for */
	uint64_t starts[64]; /* filter: how the names start, */
	/* The same for types; for short ones alone; how long ones go on. */
	uint64_t type_starts[64], short_starts[64], type_middles[64];
};

/*
 * A bit of a filter for a name's first two characters, the same for all of its
 * flavours. Nearly all names of a kernel are done with after this, and are
 * neither measured nor hashed.
 */
static inline uint32_t eu_wanted_start(const char *s)
{
	uint32_t a = (unsigned char)s[0], b = a ? (unsigned char)s[1] : 0;

	return (a << 8 | (b == '_' ? 0 : b)) * 2654435761u >> 20;
}

/*
 * The same for what stands behind "trace_event_raw_", of which a kernel has
 * thousands; of a name with EU_WANTED_LONG characters.
 */
static inline uint32_t eu_wanted_middle(const char *s)
{
	uint32_t w;

	memcpy(&w, s + EU_WANTED_LONG - sizeof(w), sizeof(w));
	return w * 2654435761u >> 20;
}

/*
 * False if no type of this name is asked for. @room is how many bytes may be
 * read, its end is among them.
 */
static inline bool eu_wanted_may_be_type(const struct eu_wanted *w,
					 const char *name, size_t room)
{
	uint32_t bit = eu_wanted_start(name);

	if (!(w->type_starts[bit / 64] >> bit % 64 & 1))
		return false;
	if (w->short_starts[bit / 64] >> bit % 64 & 1)
		return true;
	if (room <= EU_WANTED_LONG)
		return false;
	bit = eu_wanted_middle(name);
	return w->type_middles[bit / 64] >> bit % 64 & 1;
}

/* Accepts NULL. */
void eu_wanted_done(struct eu_wanted *w);

#define eu_auto_wanted EU_CLEANUP(eu_wanted_done)

/*
 * The kinds that may stand for @kind as bits: itself, and either enumeration
 * for the other.
 */
uint32_t eu_wanted_kinds(uint32_t kind);

/* A type of @kind is asked for. -ENOMEM, -E2BIG. */
int eu_wanted_type(struct eu_wanted *w, const char *name, uint32_t kind,
		   uint8_t depth);
/* A member or enumerator is asked for. */
int eu_wanted_member(struct eu_wanted *w, const char *name);

/* What is known of @name, or NULL if nobody asked for it. */
struct eu_wanted_name *eu_wanted_find(const struct eu_wanted *w,
				      const char *name);

#endif
