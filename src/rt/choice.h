/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_CHOICE_H
#define EU_RT_CHOICE_H

/*
 * Which programs of a package run: those that the user asks for, those that
 * this kernel can (SEC("?…")), and of two that do the same the first that works
 * (@either).
 */

#include "rt/program.h"

/* Is @prog to be loaded, as far as is known by now? */
bool eu_choice_wants(const struct eu_program *p, const struct eu_prog *prog);

/* May it be left out: is it optional, one of two, or the other? */
bool eu_choice_droppable(const struct eu_program *p, const struct eu_prog *prog);

/* Leaves it out; says why if @why is not NULL. */
void eu_choice_drop(struct eu_program *p, const struct eu_prog *prog,
		    const struct eu_error *why);

/* Does it stand in for another? */
bool eu_choice_stands_in(const struct eu_program *p, const struct eu_prog *prog);

/* The one that stands in for it, or NULL. */
const struct eu_prog *eu_choice_other(const struct eu_program *p,
				      const struct eu_prog *prog);

/* -EINVAL for an @either that names nobody, or leads back to its program. */
int eu_choice_check(const struct eu_program *p, struct eu_error *err);

/* Tells libbpf which programs to load. */
void eu_choice_apply(struct eu_program *p);

/*
 * After a failed load: leaves out what can be and does not load by itself, and
 * loads again, with a new object. -ENOENT if nothing was left out; @err is not
 * touched then.
 */
int eu_choice_retry(struct eu_program *p, struct eu_error *err);

/* -ENOENT, with the programs that may have been meant. */
int eu_choice_unknown(const struct eu_program *p, const char *name,
		      struct eu_error *err);

#endif
