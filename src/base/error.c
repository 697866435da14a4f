/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A cut in the middle of a UTF-8 character takes the rest of it along. */
static void cut(char *text, size_t size)
{
	size_t n = size - 1;

	text[n] = '\0';
	while (n && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
		n--;
	if (n && (unsigned char)text[n - 1] >= 0xc0)
		text[n - 1] = '\0';
}

int eu_error_vset(struct eu_error *err, int code, const char *fmt, va_list ap)
{
	int n;

	if (!err)
		return code;
	err->code = code;
	n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	if (n < 0 || (size_t)n >= sizeof(err->text))
		cut(err->text, sizeof(err->text));
	return code;
}

int eu_error_set(struct eu_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	eu_error_vset(err, code, fmt, ap);
	va_end(ap);
	return code;
}

int eu_error_prefix(struct eu_error *err, int code, const char *fmt, ...)
{
	char words[512];
	size_t n, have;
	va_list ap;
	int r;

	/* Without a failure there is no text to stand behind the words. */
	if (!err || !code)
		return code;
	va_start(ap, fmt);
	r = vsnprintf(words, sizeof(words) - 2, fmt, ap);
	va_end(ap);
	err->code = code;
	n = r < 0 ? 0 : eu_min((size_t)r, sizeof(words) - 3);
	words[n++] = ':';
	words[n++] = ' ';
	have = strlen(err->text);
	if (n + have >= sizeof(err->text))
		have = sizeof(err->text) - n - 1;
	memmove(err->text + n, err->text, have);
	memcpy(err->text, words, n);
	err->text[n + have] = '\0';
	if (n + have == sizeof(err->text) - 1)
		cut(err->text, sizeof(err->text));
	return code;
}

int eu_error_append(struct eu_error *err, int code, const char *fmt, ...)
{
	size_t have, room;
	va_list ap;
	int n;

	if (!err)
		return code;
	have = strlen(err->text);
	room = sizeof(err->text) - have;
	va_start(ap, fmt);
	n = vsnprintf(err->text + have, room, fmt, ap);
	va_end(ap);
	err->code = code;
	if (n < 0 || (size_t)n >= room)
		cut(err->text, sizeof(err->text));
	return code;
}

int eu_error_oom(struct eu_error *err)
{
	return eu_error_set(err, -ENOMEM, "out of memory");
}

int eu_error_grow(struct eu_error *err, int code, size_t max, const char *what)
{
	if (!code)
		return 0;
	if (code == -ENOMEM)
		return eu_error_oom(err);
	return eu_error_set(err, code, "more than %zu %s", max, what);
}
