/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_LITERAL_H
#define EU_PKG_LITERAL_H

/*
 * Text and JSON written as bytes of a BTF type. Integers in decimal or 0x
 * hexadecimal over the whole range of the type; true and false; enum values by
 * name or number; floats; text into char arrays, which must leave room for its
 * NUL; arrays as "1,2,3" or JSON lists, missing elements are 0; structs and
 * unions as JSON objects, missing members are 0; and by format (btf/format.h):
 *
 *	ipv4 ipv6 mac	192.0.2.1, 2001:db8::1, 02:00:00:00:00:01
 *	port		443, in network order
 *	duration…	10ms, 1.5s, 2h; a number alone is in the format's unit
 *	size		64K, 1.5M, 2G (powers of 1024)
 *	signal errno	SIGTERM or TERM; ENOENT
 *	uid gid		names of /etc/passwd and /etc/group
 *	cgroup netns	a path
 */

#include <bpf/btf.h>

#include "base/json.h"
#include "btf/format.h"

/* What is being set, for messages. */
struct eu_literal_for {
	const struct btf *btf;
	const char *name; /* of the variable */
	enum eu_format format;
};

/*
 * @dst has the type's size and is zero. -EINVAL, -ERANGE; texts name variable,
 * value and type.
 */
int eu_literal_parse(const struct eu_literal_for *f, uint32_t type_id,
		     const char *text, void *dst, struct eu_error *err);
int eu_literal_from_json(const struct eu_literal_for *f, uint32_t type_id,
			 const json_t *value, void *dst, struct eu_error *err);

#endif
