/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

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

/*
 * jansson looks at a string's bytes one by one; an object of a package is tens
 * of thousands of them. Long strings of base64 are lifted out before it reads
 * the text, short marks standing in, and are put back into the tree.
 */
enum { LONG = 4096, MAX_LIFTED = 64 };

static const char mark[] = "\x01"
			   "lifted";

struct lifted {
	struct eu_buf text;
	size_t n;
	struct {
		const char *data;
		size_t len;
	} string[MAX_LIFTED];
};

static bool is_base64(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '+' &&
		    s[i] != '/' && s[i] != '=')
			return false;
	return true;
}

/* The quote that ends the string whose first byte is @s; @end: none. */
static const char *string_end(const char *s, const char *end)
{
	for (; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s : end;
}

/* A key is no value, however long. */
static bool is_key(const char *close, const char *end)
{
	for (close++; close < end && isspace((unsigned char)*close); close++)
		;
	return close < end && *close == ':';
}

static void lift(struct lifted *l, const char *s, const char *end)
{
	const char *from = s, *close;

	while (l->n < MAX_LIFTED && (s = memchr(s, '"', end - s))) {
		close = memchr(s + 1, '"', end - s - 1);
		if (!close)
			break;
		if (close - s > LONG && is_base64(s + 1, close - s - 1) &&
		    !is_key(close, end)) {
			eu_buf_put(&l->text, from, s - from);
			eu_buf_printf(&l->text, "\"\\u0001%s%zu\"", mark + 1,
				      l->n);
			l->string[l->n].data = s + 1;
			l->string[l->n++].len = close - s - 1;
			from = close + 1;
		} else {
			close = string_end(s + 1, end);
		}
		s = close < end ? close + 1 : end;
	}
	eu_buf_put(&l->text, from, end - from);
}

static void put_back(const struct lifted *l, json_t *j)
{
	const size_t n = sizeof(mark) - 1;
	const char *key, *s;
	unsigned long at;
	json_t *v;
	size_t i;

	json_object_foreach (j, key, v)
		put_back(l, v);
	json_array_foreach (j, i, v)
		put_back(l, v);
	s = json_string_value(j);
	if (!s || strncmp(s, mark, n))
		return;
	at = strtoul(s + n, NULL, 10);
	if (at < l->n)
		json_string_setn_nocheck(j, l->string[at].data,
					 l->string[at].len);
}

static json_t *read_lifted(const char *text, size_t len)
{
	struct lifted l = { .text = EU_BUF(len + 4096) };
	json_t *j = NULL;

	lift(&l, text, text + len);
	if (l.n && !l.text.error)
		j = json_loadb(l.text.data, l.text.len, JSON_DECODE_ANY, NULL);
	if (j)
		put_back(&l, j);
	eu_buf_done(&l.text);
	return j;
}

json_t *eu_json_read(const char *text, size_t len, struct eu_error *err)
{
	eu_auto_buf struct eu_buf big = EU_BUF(len * 2 + 1024);
	json_error_t je;
	json_t *j;

	/* Where that fails the whole text says why and where. */
	j = len > LONG ? read_lifted(text, len) : NULL;
	if (!j)
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

static int append(const char *data, size_t n, void *ctx)
{
	struct eu_buf *b = ctx;

	eu_buf_put(b, data, n);
	return b->error ? -1 : 0;
}

/* Into a buffer of ours: jansson goes on when it has no memory for a key. */
static char *dump(const json_t *j, size_t flags, size_t *ret_len)
{
	eu_auto_buf struct eu_buf b = EU_BUF(INT_MAX);

	if (!j || json_dump_callback(j, append, &b, flags))
		return NULL;
	return eu_buf_take(&b, ret_len);
}

char *eu_json_write(const json_t *j, size_t *ret_len)
{
	return dump(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY, ret_len);
}

char *eu_json_line(const json_t *j)
{
	return dump(j, JSON_COMPACT, NULL);
}

const char *eu_json_str(const json_t *obj, const char *key)
{
	return json_string_value(json_object_get(obj, key));
}

bool eu_json_true(const json_t *obj, const char *key)
{
	return json_is_true(json_object_get(obj, key));
}

enum { MAX_TEXT = 1 << 20 };

json_t *eu_json_text(const char *text)
{
	eu_auto_buf struct eu_buf b = EU_BUF(MAX_TEXT);
	json_t *j = json_string(text);
	size_t n = strlen(text), len;
	uint32_t cp;

	for (; !j && n; text += len, n -= len) {
		len = eu_utf8_next(text, n, &cp);
		if (cp == 0xfffd)
			eu_buf_puts(&b, "\xef\xbf\xbd");
		else
			eu_buf_put(&b, text, len);
	}
	return j ?: b.error ? NULL : json_stringn(b.data, b.len);
}

static void drop(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

void eu_json_put(json_t **j, const char *key, json_t *value)
{
	/* The value is gone also where that fails. */
	if (json_object_set_new(*j, key, value))
		drop(j);
}

void eu_json_add(json_t **j, json_t *value)
{
	if (json_array_append_new(*j, value))
		drop(j);
}

void eu_json_put_text(json_t **j, const char *key, const char *text)
{
	if (text)
		eu_json_put(j, key, eu_json_text(text));
}

void eu_json_put_number(json_t **j, const char *key, uint64_t n)
{
	eu_json_put(j, key, json_integer((json_int_t)n));
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
