/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_SOURCE_H
#define EU_CC_SOURCE_H

/*
 * What a look at a source's text tells, before anything parses it: enough to
 * start the compiler at once. Conditionals other than "#if 0" are not
 * followed, so names of structs are a guess that libclang confirms.
 */

#include "base/error.h"

/* A struct that is to be exported. */
struct eu_type_name {
	char *name;	   /* tag, else typedef */
	bool is_typedef;   /* no tag: say "event_t", not "struct event_t" */
	bool marked;	   /* its comment has @export */
	unsigned int line; /* of its definition; 0: not known */
};

struct eu_type_names {
	struct eu_type_name *list;
	size_t n;
};

int eu_type_names_add(struct eu_type_names *t, const char *name, size_t len,
		      bool is_typedef, bool marked);
void eu_type_names_done(struct eu_type_names *t);

/* If any is marked, only those stay. */
void eu_type_names_limit(struct eu_type_names *t);

bool eu_type_names_equal(const struct eu_type_names *a,
			 const struct eu_type_names *b);

/*
 * Adds the structs that the text defines at its top level; with @marked_only
 * those whose comment has @export.
 */
int eu_source_types(const char *text, bool marked_only,
		    struct eu_type_names *ret);

/*
 * The file of the next '#include "FILE"' behind *@text, which is moved on, and
 * the name's length; NULL at the end. "#if 0" is skipped.
 */
const char *eu_source_include(const char **text, size_t *ret_len);

/* Is '#include "vmlinux.h"' the first thing in the text but comments? */
bool eu_source_starts_with_vmlinux(const char *text);

/* Does it include vmlinux.h anywhere? */
bool eu_source_has_vmlinux(const char *text);

/* Does the comment have the annotation @export (not @export_config)? */
bool eu_source_marks_export(const char *comment, size_t len);

/* The next comment of the text, and where it ends; NULL behind the last. */
const char *eu_source_comment(const char *text, const char **ret_end);

/* May it have documentation comments? */
bool eu_source_has_docs(const char *text);

#endif
