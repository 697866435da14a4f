/* SPDX-License-Identifier: MIT */
#ifndef ECC_H
#define ECC_H

/* The command line of ecc, which compiles a C source into a package. */

#include "tool.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Writes what came of a compile. */
struct ecc_output {
	const char *dir;  /* of the files */
	const char *name; /* NAME.bpf.o, NAME.skel.json */
	bool yaml;
	bool package;	  /* package.json too */
	const char *btfs; /* NAME.tar too, with BTF from this directory, or NULL */
};

struct eu_buf;
struct eu_package;

/*
 * Appends a tar archive of the package, the object under @name, and for each
 * kernel of the directory @btfs, laid out as BTFHub, the part of its BTF that
 * the object looks at.
 */
int ecc_archive(const char *btfs, const char *name, const struct eu_package *pkg,
		struct eu_buf *out, struct eu_error *err);

/* All files or, on failure, none. */
int ecc_write(const struct ecc_output *o, const struct eu_package *pkg,
	      struct eu_error *err);

#endif
