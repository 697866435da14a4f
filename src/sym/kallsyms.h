/* SPDX-License-Identifier: MIT */
#ifndef EU_SYM_KALLSYMS_H
#define EU_SYM_KALLSYMS_H

/*
 * The kernel's functions, as /proc/kallsyms lists them: "ADDRESS TYPE NAME",
 * with a tab and "[MODULE]" for those of modules and of BPF programs. Addresses
 * are there only if whoever opened the file might see them.
 */

#include "base/util.h"

struct eu_kallsym {
	uint64_t addr;
	uint32_t name;	 /* in the text */
	uint32_t module; /* 0: none */
};

struct eu_kallsyms {
	struct eu_kallsym *syms; /* by their addresses */
	size_t n;
	char *text; /* names, each with a NUL */
	size_t len;
};

/* All of an open file, from its beginning; what was there before is freed. */
int eu_kallsyms_read(struct eu_kallsyms *k, int fd);
void eu_kallsyms_done(struct eu_kallsyms *k);

/*
 * The function that @addr is in. Where one ends is not listed: what is further
 * behind the last one before it than functions are long is in none, NULL.
 */
const struct eu_kallsym *eu_kallsyms_find(const struct eu_kallsyms *k,
					  uint64_t addr);

#endif
