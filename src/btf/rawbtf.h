/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_RAWBTF_H
#define EU_BTF_RAWBTF_H

/*
 * BTF as bytes, looked at where they are: in memory, in a mapping of the
 * kernel's own file, or in a file through small windows. libbpf's struct btf
 * costs 10 ms and 8 MiB for a kernel's 126,000 types; going over them here
 * costs half a millisecond and the table of one offset in 32 types.
 *
 * Opening checks the header, the scan checks that the types follow each other
 * up to the end of their section, and every access is checked again, as a
 * file may change. What a type refers to is not checked.
 *
 * Format: Documentation/bpf/btf.rst of the kernel, in the byte order of this
 * machine; BTF in the other one is refused.
 */

#include <linux/btf.h>

#include "base/error.h"

struct eu_wanted;

/* Kinds that this code knows: 0 to EU_BTF_KINDS - 1. */
#define EU_BTF_KINDS (BTF_KIND_ENUM64 + 1)

enum {
	EU_RAWBTF_MAX = 256 << 20, /* bytes of BTF */
	EU_RAWBTF_PAGES = 16,	   /* string windows */
	EU_RAWBTF_STRIDE = 128,	   /* types from mark to mark, at most */
};

/* Where in the type section a type starts. */
struct eu_rawbtf_place {
	uint32_t id, off;
};

/* A piece of the file, in memory of its own. */
struct eu_rawbtf_window {
	char *data;
	size_t cap;
	size_t start; /* in the file */
	size_t len;
};

struct eu_rawbtf {
	const char *data; /* all bytes; NULL: windows of @fd */
	void *map;	  /* to be unmapped, or NULL */
	int fd;
	size_t size;
	size_t types, strings; /* where the sections start */
	uint32_t types_len, strings_len;
	uint32_t n_types; /* ids are 1 to n_types; set by the scan */
	struct eu_rawbtf_place *marks; /* sorted */
	size_t n_marks;
	struct eu_rawbtf *base; /* of a module's BTF, set before opening: the
				 * BTF that holds the first strings
				 */
	int error;		/* of the last read that failed, or 0 */
	struct eu_rawbtf_window window;
	struct eu_rawbtf_window pages[EU_RAWBTF_PAGES];
};

#define EU_RAWBTF        \
	{                \
		.fd = -1 \
	}

/*
 * @raw becomes a view of @size bytes, which stay the caller's and must be
 * aligned to 4. -EBADMSG for what is no BTF, -EOPNOTSUPP for BTF that this
 * code cannot read (byte order, version).
 */
int eu_rawbtf_init(struct eu_rawbtf *raw, const void *data, size_t size,
		   struct eu_error *err);

/*
 * The same for a file. With @map the file is mapped if it can be, which is
 * for the kernel's own file alone: any other might be truncated meanwhile,
 * and mapped pages of it would count as memory of this process.
 */
int eu_rawbtf_open(struct eu_rawbtf *raw, const char *path, bool map,
		   struct eu_error *err);

/* Accepts NULL and what was never opened. */
void eu_rawbtf_done(struct eu_rawbtf *raw);

#define eu_auto_rawbtf EU_CLEANUP(eu_rawbtf_done)

/*
 * Called with a type's first 12 bytes. It may read strings but no types.
 * What it returns below 0 ends the scan.
 */
typedef int (*eu_rawbtf_fn)(void *ctx, uint32_t id, const struct btf_type *t);

/*
 * Goes over all types once and calls @fn for those whose bit is set in @kinds
 * and for those that @wanted may ask for, which are more than it does. NULL for
 * both if there are none. eu_rawbtf_type() works afterwards. -EBADMSG for types
 * that do not fill their section, -EOPNOTSUPP for a kind that is not known.
 */
int eu_rawbtf_scan(struct eu_rawbtf *raw, uint32_t kinds,
		   const struct eu_wanted *wanted, eu_rawbtf_fn fn, void *ctx,
		   struct eu_error *err);

/*
 * The type with all that follows it (eu_rawbtf_type_size() bytes), or NULL if
 * there is none of that id or the file cannot be read. Good until the next
 * call.
 */
const struct btf_type *eu_rawbtf_type(struct eu_rawbtf *raw, uint32_t id);

/*
 * A string, or NULL if @off lies outside or the file cannot be read. Good
 * until the next call.
 */
const char *eu_rawbtf_string(struct eu_rawbtf *raw, uint32_t off);

/*
 * What NULL from one of the two meant: the error of a read, -ENOMEM, or
 * -EBADMSG for an id or offset that is none.
 */
int eu_rawbtf_error(const struct eu_rawbtf *raw);

#define EU_BTF_BIT(kind) (1u << BTF_KIND_##kind)

/*
 * Bytes of a type with its members; 0 if the kind is not known. Tests in the
 * order of how many there are: they predict better than a switch's jump, and
 * the predicted size is what lets the scan run ahead of memory.
 */
static inline uint32_t eu_rawbtf_type_size(const struct btf_type *t)
{
	const uint32_t plain = EU_BTF_BIT(PTR) | EU_BTF_BIT(FWD) |
			       EU_BTF_BIT(TYPEDEF) | EU_BTF_BIT(VOLATILE) |
			       EU_BTF_BIT(CONST) | EU_BTF_BIT(RESTRICT) |
			       EU_BTF_BIT(FUNC) | EU_BTF_BIT(FLOAT) |
			       EU_BTF_BIT(TYPE_TAG);
	const uint32_t rows8 = EU_BTF_BIT(ENUM) | EU_BTF_BIT(FUNC_PROTO);
	const uint32_t rows12 = EU_BTF_BIT(STRUCT) | EU_BTF_BIT(UNION) |
				EU_BTF_BIT(DATASEC) | EU_BTF_BIT(ENUM64);
	const uint32_t word = EU_BTF_BIT(INT) | EU_BTF_BIT(VAR) |
			      EU_BTF_BIT(DECL_TAG);
	uint32_t kind = BTF_INFO_KIND(t->info), vlen = BTF_INFO_VLEN(t->info);

	if (plain >> kind & 1)
		return sizeof(*t);
	if (rows8 >> kind & 1)
		return sizeof(*t) + vlen * 8;
	if (rows12 >> kind & 1)
		return sizeof(*t) + vlen * 12;
	if (kind == BTF_KIND_ARRAY)
		return sizeof(*t) + sizeof(struct btf_array);
	return word >> kind & 1 ? sizeof(*t) + 4 : 0;
}

#endif
