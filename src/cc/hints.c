/* SPDX-License-Identifier: MIT */
#include "cc/hints.h"

#include <string.h>

/* Messages with both of these, and what is to be done. */
static const struct {
	const char *line, *other;
	bool named; /* a name in quotes follows @line */
	const char *hint;
} hints[] = {
	{ "error: unknown type name '", "bpf_helper_defs.h", false,
	  "put #include \"vmlinux.h\" before <bpf/bpf_helpers.h>" },
	{ "error: redefinition of '", "vmlinux.h:", true,
	  "choose another name, vmlinux.h has one called" },
	{ "error: conflicting types for '", "vmlinux.h:", true,
	  "choose another name, vmlinux.h has one called" },
};

int eu_hints_append(const char *messages, int code, struct eu_error *err)
{
	const char *at;

	for (size_t i = 0; i < EU_COUNT(hints); i++) {
		at = strstr(messages, hints[i].line);
		if (!at || !strstr(messages, hints[i].other))
			continue;
		eu_error_append(err, code, "; %s", hints[i].hint);
		at += strlen(hints[i].line);
		if (hints[i].named)
			eu_error_append(err, code, " '%.*s'",
					(int)strcspn(at, "'\n"), at);
		break;
	}
	return code;
}
