/* SPDX-License-Identifier: MIT */
#include "cc/typos.h"

#include <ctype.h>
#include <string.h>

#include "cc/comment.h"
#include "cc/source.h"

/* The length of the word behind '@' or '\\' at @s, or 0. */
static size_t word_at(const char *s)
{
	size_t n = 0;

	if ((*s != '@' && *s != '\\') ||
	    (!isspace((unsigned char)s[-1]) && s[-1] != '/' && s[-1] != '*' &&
	     s[-1] != '!' && s[-1] != '<'))
		return 0;
	while (isalnum((unsigned char)s[n + 1]) || s[n + 1] == '_')
		n++;
	return n;
}

static void look(const char *s, const char *end, const char *file,
		 unsigned int line, struct eu_buf *out)
{
	const char *meant;
	size_t n;

	for (s += 3; s < end; s++) {
		line += *s == '\n';
		n = word_at(s);
		meant = n ? eu_comment_meant(s + 1, n) : NULL;
		if (meant)
			eu_buf_printf(
				out,
				"%s:%u: warning: '@%.*s' is no annotation; did you mean '@%s'?\n",
				file, line, (int)n, s + 1, meant);
	}
}

void eu_typos(const char *text, const char *file, struct eu_buf *out)
{
	const char *s = text, *at = text, *end;
	unsigned int line = 1;

	while ((s = eu_source_comment(s, &end))) {
		for (; at < s; at++)
			line += *at == '\n';
		if (end - s > 3 && (s[2] == '!' || s[2] == s[1]))
			look(s, end, file, line, out);
		s = end;
	}
}
