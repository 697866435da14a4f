/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_TAILOR_H
#define EU_BTF_TAILOR_H

/*
 * A kernel's BTF cut down to what the CO-RE relocations of one BPF object can
 * see of it. With it instead of the whole, libbpf writes the same
 * instructions, whether it finds a field, does not find it or finds it twice,
 * and needs neither the 10 ms nor the 10 MiB for the other 126,000 types.
 *
 * It must never be wrong. Where it cannot promise the same result it steps
 * aside: every call may return -EOPNOTSUPP with the reason, and whatever else
 * it returns below 0, the object is to be loaded without it and will be no
 * worse for that. libbpf's own words about a broken object are better, too.
 */

#include "base/buf.h"
#include "base/error.h"

struct eu_tailor_opts {
	const void *object; /* the ELF file's bytes */
	size_t object_size;
	const char *btf_path; /* a file of raw BTF; NULL: the running
				 * kernel's, with its modules in mind
				 */
	const char *btf_dir;  /* where the running kernel shows its BTF;
				 * NULL: /sys/kernel/btf
				 */
};

/*
 * Appends the BTF to @out; nothing if the object has no CO-RE relocations and
 * so needs none. -EOPNOTSUPP to step aside; -EBADMSG for a broken object or
 * BTF; -ENOMEM; errors of open(2) if there is no BTF.
 */
int eu_tailor_write(const struct eu_tailor_opts *opts, struct eu_buf *out,
		    struct eu_error *err);

/*
 * The same as a file in memory, for libbpf to read by eu_tailor_path(). The
 * descriptor is the caller's and has to stay open until the object is loaded;
 * it is -1 if the object needs no BTF.
 */
int eu_tailor_open(const struct eu_tailor_opts *opts, int *ret_fd,
		   struct eu_error *err);

#define EU_TAILOR_PATH 32

/* The path for btf_custom_path of struct bpf_object_open_opts. */
void eu_tailor_path(char path[EU_TAILOR_PATH], int fd);

#endif
