/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_SECTION_H
#define EU_PKG_SECTION_H

/*
 * What an ELF section's name says about the program in it: the kind of program
 * and what a target for it looks like. One table; compiler, command line and
 * run-time read the same.
 */

#include "base/util.h"

/* What stands in a target before its keys. */
enum eu_shape {
	EU_SHAPE_NONE,	     /* takes no target */
	EU_SHAPE_NAME,	     /* a raw tracepoint, system call or hook */
	EU_SHAPE_TRACEPOINT, /* "group/name" */
	EU_SHAPE_INTERFACE,  /* "eth0" */
	EU_SHAPE_TRAFFIC,    /* "eth0", "eth0:ingress", "eth0:egress" */
	EU_SHAPE_CGROUP,     /* a path below a cgroup2 mount, or an id */
	EU_SHAPE_BINARY,     /* "binary:symbol[+off]" */
	EU_SHAPE_USDT,	     /* "binary:provider:probe" */
	EU_SHAPE_SYMBOL,     /* "symbol[+off]" of the kernel */
	EU_SHAPE_PERF,	     /* "cpu-clock", "cycles", "r0123", "type:config" */
	EU_SHAPE_SOCKET,     /* an interface, or "any" */
	EU_SHAPE_NETNS,	     /* path of a network namespace */
	EU_SHAPE_MAP,	     /* "map:NAME" of the package */
	EU_SHAPE_NETKIT,     /* "nk0", a netkit device */
	EU_SHAPE_ITER,	     /* "map:NAME", "pid:N", "tid:N", "cgroup:PATH" */
	EU_SHAPE_HOOK,	     /* "ipv4:prerouting" */
	EU_SHAPE_PROGRAM,    /* "prog:ID[:function]", or the path of a pin */
	EU_SHAPE_ENTRY,	     /* "map:NAME" of interfaces or processors */
};

/* How it is attached; a row of src/rt/attach.c for each. */
enum eu_attach_kind {
	EU_ATTACH_NONE, /* loaded only */
	EU_ATTACH_AUTO, /* as libbpf does from the section's name */
	EU_ATTACH_XDP,
	EU_ATTACH_TC,
	EU_ATTACH_TCX,
	EU_ATTACH_CGROUP,
	EU_ATTACH_UPROBE,
	EU_ATTACH_USDT,
	EU_ATTACH_KPROBE,
	EU_ATTACH_KPROBE_MULTI,
	EU_ATTACH_KSYSCALL,
	EU_ATTACH_BTF, /* to what BTF names; chosen before load */
	EU_ATTACH_TRACEPOINT,
	EU_ATTACH_RAW_TRACEPOINT,
	EU_ATTACH_PERF_EVENT,
	EU_ATTACH_SOCKET_FILTER,
	EU_ATTACH_SOCKMAP,
	EU_ATTACH_NETNS,
	EU_ATTACH_NETKIT,
	EU_ATTACH_NETFILTER,
	EU_ATTACH_ITER,
	EU_ATTACH_SYSCALL, /* run once, when all is attached */
	EU_ATTACH_FREPLACE,
	EU_ATTACH_UPROBE_MULTI,
	EU_ATTACH_ENTRY, /* to an entry of a map; without a target to none */
};

struct eu_section {
	const char *prefix; /* ends with '/': more must follow;
				 * "+": the name may end here or go on
				 * with '/' or '.' */
	enum eu_attach_kind attach;
	enum eu_shape shape;
	const char *feature; /* of the kernel, as "ecli check" calls it; or NULL */
	bool arch_bound;     /* the object knows registers of one machine */
};

/* The row for a section's name ("?" in front is skipped), or NULL. */
const struct eu_section *eu_section_find(const char *name);

/* What a target of that shape looks like, for messages: "an interface (eth0)". */
const char *eu_shape_words(enum eu_shape shape);

#endif
