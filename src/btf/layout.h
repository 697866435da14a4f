/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_LAYOUT_H
#define EU_BTF_LAYOUT_H

/*
 * A BTF type compiled once into a flat array of steps, which every decoder
 * runs over. Steps 0 to n-1 are the type's members in their order (one
 * nameless step for a type that is no struct or union); members of nested
 * types stand behind them and are reached by @child. Members of anonymous
 * structs and unions stand in the place of those, as in C.
 *
 * Names point into the BTF, which must outlive the layout.
 */

#include <bpf/btf.h>

#include "base/error.h"
#include "btf/format.h"

struct eu_names;

/*
 * Bytes of one value as text. Of an array that takes the rest of a record so
 * many elements are shown as fit into that.
 */
enum { EU_LAYOUT_MAX_TEXT = 16 << 20 };

enum eu_step_kind {
	EU_STEP_UINT, /* size 1, 2, 4, 8 */
	EU_STEP_INT,
	EU_STEP_BOOL,
	EU_STEP_STRING, /* char[]: text up to NUL or the end */
	EU_STEP_POINTER,
	EU_STEP_ENUM,  /* @child: index into enums */
	EU_STEP_FLOAT, /* size 4, 8 */
	EU_STEP_INT128,
	EU_STEP_UINT128,
	EU_STEP_BITS,	/* unsigned bit field */
	EU_STEP_SBITS,	/* signed bit field */
	EU_STEP_ARRAY,	/* @count elements, each as step @child */
	EU_STEP_STRUCT, /* steps @child to @child + @count - 1 */
	EU_STEP_BYTES,	/* no type known: hexadecimal */
};

/*
 * Kind and size in one, for the loops that run over every record. What is not
 * among these is EU_FAST_NONE and goes the long way.
 */
enum eu_fast {
	EU_FAST_U8,
	EU_FAST_U16,
	EU_FAST_U32,
	EU_FAST_U64,
	EU_FAST_I8,
	EU_FAST_I16,
	EU_FAST_I32,
	EU_FAST_I64,
	EU_FAST_BOOL,
	EU_FAST_STRING,
	EU_FAST_BITS,
	EU_FAST_SBITS,
	EU_FAST_ENUM,
	EU_FAST_NONE,
};

struct eu_step {
	uint8_t kind;	    /* enum eu_step_kind */
	uint8_t bit_offset; /* bit fields: from @offset's lowest bit */
	uint8_t bit_size;
	bool is_union;	   /* of EU_STEP_STRUCT */
	uint8_t fast;	   /* enum eu_fast: as text */
	uint8_t fast_json; /* as JSON, where some formats are plain numbers */
	uint8_t format;	   /* enum eu_format: what it means */
	bool rest;	   /* goes on to the end of the record */
	uint32_t offset;   /* bytes from the parent's start */
	uint32_t size;	   /* bytes; of bit fields: of the bytes read */
	uint32_t count;
	uint32_t child;
	uint32_t type_id; /* of the member, with its typedefs */
	/* 1 + the step that says how many elements count; 0: all do */
	uint32_t length;
	const char *name; /* "" if it has none */
};

struct eu_enum_value {
	int64_t value;
	const char *name;
	size_t len; /* of it */
};

struct eu_enum {
	uint32_t type_id;
	size_t n;
	size_t longest;		      /* bytes of the longest name */
	struct eu_enum_value *values; /* ascending, as signed ones */
	bool is_signed;
};

struct eu_layout {
	const char *name; /* of the type as spelled, "" if none */
	uint32_t type_id; /* 0: of eu_layout_bytes() */
	uint32_t size;	  /* bytes */
	uint32_t n;	  /* top-level members */
	bool is_struct;	  /* the members are a struct's or union's */
	struct eu_step *steps;
	size_t n_steps;
	struct eu_enum *enums;
	size_t n_enums;
	size_t max_json; /* bytes that a value takes as JSON, at most */
	/*
	 * Records of at least so many bytes have all members at their places;
	 * SIZE_MAX where the last one takes the rest of the record.
	 */
	size_t whole;
	size_t rest_text;	/* bytes that one element of it takes as JSON */
	uint32_t rest_size;	/* bytes of one element */
	struct eu_names *names; /* borrowed; NULL: ids stay numbers */
	char *texts;		/* names that are not of the BTF, or NULL */
};

/*
 * Compiles @type_id. -EINVAL for types without values (functions, forward
 * declarations, void) and broken BTF, -E2BIG for types whose text could take
 * more than 16 MiB.
 */
int eu_layout_new(const struct btf *btf, uint32_t type_id,
		  struct eu_layout **ret, struct eu_error *err);

/*
 * At most @size bytes without a type: one step of kind EU_STEP_BYTES or
 * EU_STEP_STRING called @name, which is borrowed. NULL if no memory.
 */
struct eu_layout *eu_layout_bytes(enum eu_step_kind kind, const char *name,
				  uint32_t size);

void eu_layout_free(struct eu_layout *l);

/* After its steps were changed: what follows from them. */
void eu_layout_measure(struct eu_layout *l);

/* Bytes that a record of @size takes as JSON beyond max_json, at most. */
size_t eu_layout_more(const struct eu_layout *l, size_t size);

/*
 * Gives the member @name of every struct @type_id that is part of @l a format,
 * or the member @length that says how many of its elements count; @length may
 * be NULL. False if there is none that can have it.
 */
bool eu_layout_annotate(struct eu_layout *l, const struct btf *btf,
			uint32_t type_id, const char *name,
			enum eu_format format, const char *length);

/* The member called @name, or NULL. Only top-level ones. */
const struct eu_step *eu_layout_member(const struct eu_layout *l,
				       const char *name);

/*
 * What lies at @b's type behind @a's as one layout; takes both. A type that is
 * no struct gets the name @name_a or @name_b, which are borrowed. NULL if no
 * memory.
 */
struct eu_layout *eu_layout_join(struct eu_layout *a, const char *name_a,
				 struct eu_layout *b, const char *name_b);

/* Takes a top-level member away; the others keep their places in memory. */
void eu_layout_hide(struct eu_layout *l, const char *name);

/* The one of @value, or NULL. */
const struct eu_enum_value *eu_enum_find(const struct eu_enum *e, int64_t value);

/* The type behind typedefs, const, volatile, restrict and type tags. */
const struct btf_type *eu_btf_resolve(const struct btf *btf, uint32_t type_id,
				      uint32_t *ret_id);

/* The type's or typedef's name with const and volatile left out; "" if none. */
const char *eu_btf_name(const struct btf *btf, uint32_t type_id);

#endif
