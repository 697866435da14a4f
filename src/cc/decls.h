/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_DECLS_H
#define EU_CC_DECLS_H

/*
 * What libclang sees in a source: global variables and functions of the file
 * itself with their documentation comments, and the structs to be exported.
 * The library is opened at first use and stays open.
 */

#include "base/child.h"
#include "cc/source.h"

struct eu_decl {
	char *name;
	char *comment;	   /* as written, with its slashes and stars */
	unsigned int line; /* of the declaration */
};

struct eu_decl_list {
	struct eu_decl *list;
	size_t n;
};

/* A struct that is exported, with its members' comments. */
struct eu_export_decl {
	char *name;
	char *comment; /* or NULL */
	struct eu_decl_list members;
};

struct eu_decls {
	struct eu_decl_list vars; /* also maps */
	struct eu_decl_list funcs;
	struct eu_type_names types;	/* exports, in the order of the file */
	struct eu_export_decl *exports; /* as many, in the same order */
	bool header_seen;		/* the source includes the header */
	/* why the parse ended early, or NULL: there may be more in the file */
	char *fatal;
};

/*
 * Parses @source by the library at @libclang with the compiler's @flags. Exports
 * are the structs of @header (NULL: none), and those of the source whose
 * comment has @export. Errors in the source are none here, the compiler tells
 * them; what stops the parse is in @fatal. -ELIBACC if the library cannot be
 * opened.
 */
int eu_decls_read(struct eu_decls *d, const char *libclang,
		  const struct eu_argv *flags, const char *source,
		  const char *header, struct eu_error *err);

void eu_decls_done(struct eu_decls *d);

#define eu_auto_decls EU_CLEANUP(eu_decls_done)

#endif
