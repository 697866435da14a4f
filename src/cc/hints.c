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
	{ "error: call to undeclared library function '", "", true,
	  "BPF has no C library, and no" },
	{ "'gnu/stubs-32.h' file not found", "", false,
	  "BPF has no C library, and none of its headers" },
	{ "error: expected parameter declarator", "SEC(", false,
	  "put #include <bpf/bpf_helpers.h> above it, where SEC() is" },
	{ "error: call to undeclared function 'bpf_", "", false,
	  "put #include <bpf/bpf_helpers.h> above it" },
	{ "error: redefinition of '", "vmlinux.h:", true,
	  "choose another name, vmlinux.h has one called" },
	{ "error: conflicting types for '", "vmlinux.h:", true,
	  "choose another name, vmlinux.h has one called" },
};

/* The first hint that fits, and where its line's name begins. */
static size_t find(const char *messages, const char **ret_at)
{
	const char *at;
	size_t i;

	for (i = 0; i < EU_COUNT(hints); i++) {
		at = strstr(messages, hints[i].line);
		if (!at || !strstr(messages, hints[i].other))
			continue;
		*ret_at = at + strlen(hints[i].line);
		break;
	}
	return i;
}

int eu_hints_append(const char *messages, int code, struct eu_error *err)
{
	const char *at;
	size_t i = find(messages, &at);

	if (i == EU_COUNT(hints))
		return code;
	eu_error_append(err, code, "; %s", hints[i].hint);
	if (hints[i].named)
		eu_error_append(err, code, " '%.*s'", (int)strcspn(at, "'\n"),
				at);
	return code;
}

bool eu_hints_blame_name(const char *messages)
{
	const char *at;
	size_t i = find(messages, &at);

	return i < EU_COUNT(hints) && hints[i].named && *hints[i].other;
}
