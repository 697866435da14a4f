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
	bool package; /* package.json too */
};

struct eu_package;

/* All files or, on failure, none. */
int ecc_write(const struct ecc_output *o, const struct eu_package *pkg,
	      struct eu_error *err);

#endif
