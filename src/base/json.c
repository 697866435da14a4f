/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"

/* The digits at @s: an integer that int64_t does not hold? */
static bool too_big(const char *s, size_t n)
{
	static const char max[] = "9223372036854775807";
	const size_t len = sizeof(max) - 1;

	return n > len || (n == len && memcmp(s, max, len) > 0);
}

/*
 * Puts quotes around unsigned integers above INT64_MAX, which jansson
 * refuses. Only tokens outside of strings are looked at; @out stays empty if
 * there are none.
 */
static void quote_big(const char *s, size_t n, struct eu_buf *out)
{
	size_t i = 0, from = 0, end;
	bool in_string = false;

	while (i < n) {
		if (in_string) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				in_string = false;
			i++;
			continue;
		}
		if (s[i] == '"')
			in_string = true;
		if (!isdigit((unsigned char)s[i])) {
			i++;
			continue;
		}
		for (end = i; end < n && isdigit((unsigned char)s[end]); end++)
			;
		if (too_big(s + i, end - i) &&
		    (!i || !strchr("-+.eE", s[i - 1])) &&
		    (end == n || !strchr(".eE", s[end]))) {
			eu_buf_put(out, s + from, i - from);
			eu_buf_putc(out, '"');
			eu_buf_put(out, s + i, end - i);
			eu_buf_putc(out, '"');
			from = end;
		}
		i = end;
	}
	if (from)
		eu_buf_put(out, s + from, n - from);
}

json_t *eu_json_read(const char *text, size_t len, struct eu_error *err)
{
	eu_auto_buf struct eu_buf big = EU_BUF(len * 2 + 1024);
	json_error_t je;
	json_t *j;

	j = json_loadb(text, len, JSON_DECODE_ANY, &je);
	if (j || json_error_code(&je) != json_error_numeric_overflow)
		goto out;
	quote_big(text, len, &big);
	if (big.len && !big.error)
		j = json_loadb(big.data, big.len, JSON_DECODE_ANY, &je);
out:
	if (!j)
		eu_error_set(err, -EINVAL, "line %d, column %d: %s", je.line,
			     je.column, je.text);
	return j;
}

char *eu_json_write(const json_t *j, size_t *ret_len)
{
	char *s = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (s && ret_len)
		*ret_len = strlen(s);
	return s;
}

const char *eu_json_str(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

bool eu_json_true(const json_t *obj, const char *key)
{
	return json_is_true(json_object_get(obj, key));
}

int eu_json_u64(const json_t *j, uint64_t *ret_v)
{
	const char *s;
	char *end;
	uint64_t v;

	if (json_is_integer(j)) {
		if (json_integer_value(j) < 0)
			return -ERANGE;
		*ret_v = json_integer_value(j);
		return 0;
	}
	s = json_string_value(j);
	if (!s || !isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, eu_number_base(s));
	if (*end)
		return -EINVAL;
	if (errno)
		return -errno;
	*ret_v = v;
	return 0;
}
