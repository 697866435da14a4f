/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_PARAM_H
#define EU_PKG_PARAM_H

/*
 * A global variable as something that can be set: its flag on a command line,
 * and text or JSON written into its bytes.
 */

#include "base/options.h"
#include "btf/format.h"
#include "pkg/package.h"

/*
 * Writes @text, or JSON, as a value of @var's type to @dst (var->size bytes,
 * untouched on failure), as pkg/literal.h says. -EINVAL, -ERANGE; texts name
 * variable, value and type.
 */
int eu_param_parse(const struct btf *btf, const struct eu_var *var,
		   const char *text, void *dst, struct eu_error *err);
int eu_param_json(const struct btf *btf, const struct eu_var *var,
		  const json_t *value, void *dst, struct eu_error *err);

/* What its text is, by its annotation or its type. */
enum eu_format eu_param_format(const struct btf *btf, const struct eu_var *var);

/* Variables that are no parameters: anchors of types and padding. */
bool eu_param_hidden(const struct eu_var *var);

/* A flag of a package: options[i] belongs to flag[i]. */
struct eu_flag {
	const struct eu_var *var;
	const char *fixed; /* "true", "false": set by its presence */
	char *name;
	char *help;
};

struct eu_flags {
	struct eu_flag *flag;
	struct eu_option *options; /* n + 1, the last one empty */
	size_t n;
};

/*
 * The flags of a package. A bool has --NAME, --enable-NAME and --disable-NAME;
 * listed is the second with default false, the third with default true, else
 * the first. All others take a value.
 */
int eu_flags_new(const struct eu_package *pkg, struct eu_flags *ret,
		 struct eu_error *err);
void eu_flags_done(struct eu_flags *f);

#endif
