/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/util.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

void eu_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

int eu_array_grow(void *arr, size_t n, size_t size, size_t max)
{
	size_t want, bytes;
	void *p;

	if (n >= max)
		return -E2BIG;
	/* Full exactly when the count is 0 or a power of two. */
	if (n & (n - 1))
		return 0;
	want = n ? n * 2 : 1;
	if (__builtin_mul_overflow(want, size, &bytes))
		return -ENOMEM;
	p = realloc(*(void **)arr, bytes);
	if (!p)
		return -ENOMEM;
	*(void **)arr = p;
	return 0;
}

int eu_number_base(const char *digits)
{
	return digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 :
									    10;
}

double eu_number_real(const char *text, const char **ret_end)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char *end = (char *)text;
	double d = 0;

	if (!isspace((unsigned char)*text))
		d = strtod_l(text, &end, c);
	freelocale(c);
	*ret_end = end;
	return d;
}

bool eu_ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && !strcmp(text + n - m, end);
}
