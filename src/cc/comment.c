/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/comment.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/nearest.h"

enum { MAX_TEXT = 1 << 20 };

/* Ours: these also count in the middle of a line. */
static const char *const annotations[] = {
	"cmdarg", "description", "either",  "export",	  "export_config",
	"flags",  "format",	 "ifindex", "intepreter", "length",
	"lost",	  "sample",	 "target",  "tchook",	  "tcopts",
	"type",	  "xdpopts",
};

/* Those of ours whose value must be JSON when it looks like it. */
static const char *const structured[] = {
	"cmdarg", "export_config", "intepreter", "sample",
	"tchook", "tcopts",	   "xdpopts",
};

/* Those of ours that are text whatever they look like. */
static const char *const textual[] = {
	"either", "format", "length", "target", "type",
};

/* Doxygen's commands that begin a paragraph; "description" acts like one. */
static const char *const blocks[] = {
	"attention", "author",	"authors",    "brief",	     "bug",
	"copyright", "date",	"deprecated", "description", "details",
	"invariant", "license", "note",	      "par",	     "post",
	"pre",	     "remark",	"remarks",    "result",	     "return",
	"returns",   "sa",	"see",	      "short",	     "since",
	"test",	     "todo",	"version",    "warning",
};

/* Commands that only format the word after them. */
static const char *const inlines[] = {
	"a", "b", "c", "e", "em", "n", "p", "ref",
};

/* Words of Doxygen's that look like ours and mean nothing here. */
static const char *const foreign[] = {
	"example", "exception", "param", "tparam", "typedef",
};

struct parser {
	const char *pos; /* of the text without slashes and stars */
	json_t *out;
	char key[64];	     /* of the paragraph being read */
	struct eu_buf value; /* its text */
	struct eu_error *err;
};

#define is_one_of(word, len, list) one_of(word, len, list, EU_COUNT(list))

static bool one_of(const char *word, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && !memcmp(word, list[i], len))
			return true;
	return false;
}

/* One line without its comment signs. */
static void strip_line(const char *s, size_t n, bool stars, struct eu_buf *out)
{
	const char *end = s + n;

	while (s < end && isspace((unsigned char)*s))
		s++;
	if (end - s >= 3 && s[0] == '/' && (s[1] == '/' || s[1] == '*') &&
	    (s[2] == s[1] || s[2] == '!')) {
		s += 3;
		/* It stands behind what it describes. */
		if (s < end && *s == '<')
			s++;
	} else if (stars && s < end && *s == '*' && (end - s < 2 || s[1] != '/')) {
		s++;
	}
	if (stars && end - s >= 2 && end[-2] == '*' && end[-1] == '/')
		end -= 2;
	while (s < end && isspace((unsigned char)*s))
		s++;
	while (s < end && isspace((unsigned char)end[-1]))
		end--;
	eu_buf_put(out, s, end - s);
	eu_buf_putc(out, '\n');
}

static void strip(const char *text, struct eu_buf *out)
{
	const char *eol;
	bool stars;

	while (isspace((unsigned char)*text))
		text++;
	stars = !strncmp(text, "/*", 2);
	for (; *text; text = eol + (*eol == '\n')) {
		eol = text + strcspn(text, "\n");
		strip_line(text, eol - text, stars, out);
	}
}

/* The length of the command word at @s ("@word"), or 0. */
static size_t command(const char *s)
{
	size_t n = 0;

	if (*s != '@' && *s != '\\')
		return 0;
	while (isalnum((unsigned char)s[n + 1]) || s[n + 1] == '_')
		n++;
	if (!n || !isalpha((unsigned char)s[1]) || is_one_of(s + 1, n, inlines))
		return 0;
	return n;
}

/* Where in the line an annotation of ours begins, or its end. */
static const char *next_annotation(const char *s, const char *eol)
{
	size_t n;

	for (; s < eol; s++) {
		n = *s == '@' && isspace((unsigned char)s[-1]) ? command(s) : 0;
		if (n && is_one_of(s + 1, n, annotations))
			break;
	}
	return s;
}

static int set(struct parser *p, const char *key, json_t *value)
{
	json_t *old = json_object_get(p->out, key), *list;

	if (!value)
		return eu_error_oom(p->err);
	if (!old || strcmp(key, "target"))
		return json_object_set_new(p->out, key, value) ?
			       eu_error_oom(p->err) :
			       0;
	list = json_is_array(old) ? json_incref(old) : json_pack("[O]", old);
	if (json_array_append_new(list, value) ||
	    json_object_set_new(p->out, key, list))
		return eu_error_oom(p->err);
	return 0;
}

static const char description[] = "description";

/* The paragraph that was read becomes its key's text; more are lines of it. */
static int end_paragraph(struct parser *p)
{
	const char *old = eu_json_str(p->out, p->key);
	eu_auto_buf struct eu_buf all = EU_BUF(MAX_TEXT);
	int r = 0;

	if (p->value.len) {
		if (old) {
			eu_buf_puts(&all, old);
			eu_buf_putc(&all, '\n');
		}
		eu_buf_put(&all, p->value.data, p->value.len);
		r = set(p, p->key, json_stringn(all.data ?: "", all.len));
	}
	eu_buf_clear(&p->value);
	memcpy(p->key, description, sizeof(description));
	return r;
}

static void add_text(struct parser *p, const char *s, size_t n)
{
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (n && p->value.len)
		eu_buf_putc(&p->value, ' ');
	eu_buf_put(&p->value, s, n);
}

/* The end of the JSON object or list that starts at @s, or @eol. */
static const char *json_end(const char *s, const char *eol)
{
	bool in_string = false;
	int depth = 0;

	for (const char *c = s; *c; c++) {
		if (in_string && *c == '\\' && c[1])
			c++;
		else if (*c == '"')
			in_string = !in_string;
		else if (!in_string && (*c == '{' || *c == '['))
			depth++;
		else if (!in_string && (*c == '}' || *c == ']') && !--depth)
			return c + 1;
	}
	return eol;
}

/* An annotation's value: JSON, else text. None at all is true. */
static int read_value(struct parser *p, const char *key, const char *s, size_t n)
{
	struct eu_error why = { 0 };
	json_t *v;

	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (!n)
		return set(p, key, json_true());
	v = is_one_of(key, strlen(key), textual) ? json_stringn(s, n) :
						   eu_json_read(s, n, &why);
	if (v)
		return set(p, key, v);
	if ((*s == '{' || *s == '[') && is_one_of(key, strlen(key), structured))
		return eu_error_set(p->err, -EINVAL, "@%s: %s", key, why.text);
	return set(p, key, json_stringn(s, n));
}

/* "@word ..." at @s; sets the position to what follows. */
static int read_command(struct parser *p, const char *s, const char *eol)
{
	size_t n = command(s);
	const char *end;
	int r;

	r = end_paragraph(p);
	if (r)
		return r;
	if (n >= sizeof(p->key))
		return eu_error_set(p->err, -EINVAL, "@%.20s...: too long",
				    s + 1);
	memcpy(p->key, s + 1, n);
	p->key[n] = '\0';
	for (s += n + 1; s < eol && isspace((unsigned char)*s); s++)
		;
	p->pos = end = next_annotation(s, eol);
	if (is_one_of(p->key, n, blocks)) {
		add_text(p, s, end - s);
		return 0;
	}
	if (*s == '{' || *s == '[')
		p->pos = end = json_end(s, end);
	r = read_value(p, p->key, s, end - s);
	memcpy(p->key, description, sizeof(description));
	return r;
}

static int read_line(struct parser *p)
{
	const char *s = p->pos, *eol = s + strcspn(s, "\n"), *end;

	while (s < eol && isspace((unsigned char)*s))
		s++;
	if (s < eol && command(s))
		return read_command(p, s, eol);
	/* An empty line, unless it is the rest of one. */
	if (s == eol && (p->pos[-1] == '\n')) {
		p->pos = eol + (*eol == '\n');
		return end_paragraph(p);
	}
	end = next_annotation(s, eol);
	add_text(p, s, end - s);
	p->pos = end == eol ? eol + (*eol == '\n') : end;
	return 0;
}

const char *eu_comment_meant(const char *word, size_t len)
{
	struct eu_nearest near = { 0 };
	eu_auto_free char *wanted = NULL;

	if (is_one_of(word, len, annotations) || is_one_of(word, len, blocks) ||
	    is_one_of(word, len, inlines) || is_one_of(word, len, foreign))
		return NULL;
	near.wanted = wanted = strndup(word, len);
	for (size_t i = 0; wanted && i < EU_COUNT(annotations); i++)
		eu_nearest_try(&near, annotations[i], strlen(annotations[i]));
	for (size_t i = 0; near.n && i < EU_COUNT(annotations); i++)
		if (near.best->distance <= 2 &&
		    !strcmp(annotations[i], near.best->name))
			return annotations[i];
	return NULL;
}

int eu_comment_parse(const char *text, json_t **ret, struct eu_error *err)
{
	eu_auto_buf struct eu_buf plain = EU_BUF(MAX_TEXT);
	struct parser p = {
		.out = json_object(),
		.key = "description",
		.value = EU_BUF(MAX_TEXT),
		.err = err,
	};
	int r = 0;

	/* A line's first character has one before it. */
	eu_buf_putc(&plain, '\n');
	strip(text, &plain);
	p.pos = eu_buf_str(&plain);
	if (!p.pos || !p.out) {
		json_decref(p.out);
		return eu_error_oom(err);
	}
	for (p.pos++; *p.pos && !r;)
		r = read_line(&p);
	if (!r)
		r = end_paragraph(&p);
	eu_buf_done(&p.value);
	if (r) {
		json_decref(p.out);
		return r;
	}
	*ret = p.out;
	return 0;
}

/* The line before the one that begins at @at; false if that is the first. */
static bool line_before(const char *text, size_t at, size_t *ret_from,
			size_t *ret_to)
{
	const char *end;

	if (!at)
		return false;
	*ret_to = at - 1;
	end = memrchr(text, '\n', *ret_to);
	*ret_from = end ? (size_t)(end - text) + 1 : 0;
	while (*ret_to > *ret_from && isspace((unsigned char)text[*ret_to - 1]))
		--*ret_to;
	return true;
}

/* Is the line from @from to @to, after its indentation, a comment of its own? */
static bool is_doc_line(const char *text, size_t from, size_t to)
{
	while (from < to && isspace((unsigned char)text[from]))
		from++;
	return to - from >= 3 && (!memcmp(text + from, "///", 3) ||
				  !memcmp(text + from, "//!", 3));
}

/* Where the comment begins that ends at @end, or @end if it documents nothing. */
static size_t block_begin(const char *text, size_t end)
{
	size_t i = end - 2;

	while (i-- > 0)
		if (text[i] == '/' && text[i + 1] == '*')
			return strchr("*!", text[i + 2]) && i + 4 < end ? i : end;
	return end;
}

int eu_comment_above(const char *text, size_t at, char **ret)
{
	size_t line, from, to, end;

	*ret = NULL;
	for (line = at; line && text[line - 1] != '\n'; line--)
		if (strchr(";}", text[line - 1]))
			return 0;
	while (line_before(text, line, &from, &to)) {
		line = from;
		end = to;
		if (is_doc_line(text, from, to)) {
			while (line_before(text, line, &from, &to) &&
			       is_doc_line(text, from, to))
				line = from;
		} else if (to - from >= 2 && !memcmp(text + to - 2, "*/", 2)) {
			line = block_begin(text, to);
		} else if (memchr(text + from, ';', to - from) ||
			   memchr(text + from, '}', to - from) ||
			   text[from] == '#') {
			return 0;
		} else {
			continue;
		}
		if (line == end)
			return 0;
		*ret = strndup(text + line, end - line);
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}
