/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_FORMAT_H
#define EU_BTF_FORMAT_H

/*
 * What a number or some bytes mean beyond their C type: an address, a
 * duration, a signal. A typedef says so ("eu_ipv4", or the names that other
 * systems use), or the annotation "@format NAME". Reading of parameters and
 * writing of records know the same formats.
 */

#include <bpf/btf.h>

#include "base/error.h"

enum eu_format {
	EU_FORMAT_NONE,
	EU_FORMAT_IPV4,	       /* 4 bytes in network order */
	EU_FORMAT_IPV6,	       /* 16 bytes */
	EU_FORMAT_MAC,	       /* 6 bytes */
	EU_FORMAT_PORT,	       /* 2 bytes in network order */
	EU_FORMAT_DURATION,    /* nanoseconds */
	EU_FORMAT_DURATION_US, /* microseconds */
	EU_FORMAT_DURATION_MS, /* milliseconds */
	EU_FORMAT_DURATION_S,  /* seconds */
	EU_FORMAT_TIMESTAMP,   /* nanoseconds of bpf_ktime_get_ns() */
	EU_FORMAT_WALLCLOCK,   /* nanoseconds since 1970 */
	EU_FORMAT_SIZE,	       /* bytes */
	EU_FORMAT_ERRNO,       /* positive or negative */
	EU_FORMAT_SIGNAL,
	EU_FORMAT_SYSCALL, /* number on this machine */
	EU_FORMAT_UID,
	EU_FORMAT_GID,
	EU_FORMAT_DEVICE, /* dev_t as the kernel has it */
	EU_FORMAT_MODE,	  /* of a file */
	EU_FORMAT_CGROUP, /* 64-bit id */
	EU_FORMAT_NETNS,  /* inode */
	EU_FORMAT_HEX,
	EU_FORMAT_COUNT,
};

/* By its name as annotations have it ("ipv4"); EU_FORMAT_NONE if unknown. */
enum eu_format eu_format_find(const char *name);

/* "ipv4"; "" for none. Static. */
const char *eu_format_name(enum eu_format format);

/* What a wrong text of it is not, for messages: "is no IPv4 address". Static. */
const char *eu_format_hint(enum eu_format format);

/* Bytes that its text takes at most, quotes of JSON included. */
size_t eu_format_max(enum eu_format format);

/* Columns that most of its texts need. */
size_t eu_format_width(enum eu_format format);

/*
 * What the typedefs of @type_id say, the outermost that says anything; struct
 * in_addr and in6_addr are addresses.
 */
enum eu_format eu_format_of_type(const struct btf *btf, uint32_t type_id);

/* Appends all names to an error: "ipv4, ipv6, ...". Returns its code. */
int eu_format_list(struct eu_error *err);

#endif
