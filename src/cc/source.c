/* SPDX-License-Identifier: MIT */
#include "cc/source.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { MAX_TYPES = 256 };

enum token_kind { END, DIRECTIVE, WORD, MARK };

/* The lexer's place and the token before it. */
struct lexer {
	const char *pos;
	enum token_kind kind;
	const char *start;
	size_t len;
	bool export_seen; /* a comment with @export stands before it */
};

bool eu_source_marks_export(const char *s, size_t n)
{
	static const char word[] = "@export";
	const size_t len = sizeof(word) - 1;

	for (size_t i = 0; i + len <= n; i++)
		if (!memcmp(s + i, word, len) &&
		    (i + len == n ||
		     (!isalnum((unsigned char)s[i + len]) && s[i + len] != '_')))
			return true;
	return false;
}

/* The end of the comment at @s, or NULL if there is none. */
static const char *comment_end(const char *s)
{
	const char *end;

	if (s[0] != '/' || (s[1] != '/' && s[1] != '*'))
		return NULL;
	end = s[1] == '/' ? strchr(s, '\n') : strstr(s + 2, "*/");
	if (!end)
		return s + strlen(s);
	return s[1] == '/' ? end : end + 2;
}

static const char *quoted_end(const char *s)
{
	const char quote = *s++;

	for (; *s && *s != quote && *s != '\n'; s++)
		if (*s == '\\' && s[1])
			s++;
	return s + (*s == quote);
}

const char *eu_source_comment(const char *s, const char **ret_end)
{
	while (*s) {
		*ret_end = comment_end(s);
		if (*ret_end)
			return s;
		s = *s == '"' || *s == '\'' ? quoted_end(s) : s + 1;
	}
	return NULL;
}

static void skip_blanks(struct lexer *l)
{
	const char *end;

	for (;;) {
		while (isspace((unsigned char)*l->pos))
			l->pos++;
		end = comment_end(l->pos);
		if (!end)
			return;
		if (eu_source_marks_export(l->pos, end - l->pos))
			l->export_seen = true;
		l->pos = end;
	}
}

/* Over continued lines and comments. */
static const char *directive_end(const char *s)
{
	const char *end;

	for (; *s && *s != '\n'; s++) {
		if (*s == '\\' && s[1])
			s++;
		end = comment_end(s);
		if (end)
			s = end - 1;
	}
	return s;
}

static enum token_kind next(struct lexer *l)
{
	const char *s;

	l->export_seen = false;
	skip_blanks(l);
	s = l->start = l->pos;
	if (!*s) {
		l->kind = END;
	} else if (*s == '#') {
		l->kind = DIRECTIVE;
		l->pos = directive_end(s);
	} else if (isalnum((unsigned char)*s) || *s == '_') {
		l->kind = WORD;
		while (isalnum((unsigned char)*s) || *s == '_')
			s++;
		l->pos = s;
	} else {
		l->kind = MARK;
		l->pos = *s == '"' || *s == '\'' ? quoted_end(s) : s + 1;
	}
	l->len = l->pos - l->start;
	return l->kind;
}

static bool is_word(const struct lexer *l, const char *word)
{
	return l->kind == WORD && l->len == strlen(word) &&
	       !memcmp(l->start, word, l->len);
}

static bool is_mark(const struct lexer *l, char c)
{
	return l->kind == MARK && *l->start == c;
}

/* Is the directive "#name rest"? The rest's start, or NULL. */
static const char *directive(const struct lexer *l, const char *name)
{
	const char *s = l->start + 1;

	if (l->kind != DIRECTIVE)
		return NULL;
	while (*s == ' ' || *s == '\t')
		s++;
	if (strncmp(s, name, strlen(name)))
		return NULL;
	s += strlen(name);
	if (isalnum((unsigned char)*s) || *s == '_')
		return NULL;
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* After "#if 0": to its #else, #elif or #endif. */
static void skip_if_0(struct lexer *l)
{
	int depth = 1;

	while (depth && next(l) != END) {
		if (directive(l, "if") || directive(l, "ifdef") ||
		    directive(l, "ifndef"))
			depth++;
		else if (directive(l, "endif") ||
			 (depth == 1 &&
			  (directive(l, "else") || directive(l, "elif"))))
			depth--;
	}
}

static enum token_kind next_active(struct lexer *l)
{
	const char *cond;

	for (;;) {
		next(l);
		if (l->kind != DIRECTIVE)
			return l->kind;
		cond = directive(l, "if");
		if (cond && *cond == '0' && !isalnum((unsigned char)cond[1]))
			skip_if_0(l);
	}
}

/* From an opening bracket to behind the one that closes it. */
static void skip_brackets(struct lexer *l)
{
	const char open = *l->start, shut = open == '{' ? '}' : ')';
	int depth = 1;

	while (depth && next_active(l) != END)
		depth += is_mark(l, open) - is_mark(l, shut);
}

/*
 * After "struct": its tag if a body follows; the body is skipped. The tag is
 * the last word before it that is no attribute.
 */
static bool struct_body(struct lexer *l, const char **tag, size_t *len)
{
	*len = 0;
	while (next_active(l) == WORD) {
		if (is_word(l, "__attribute__")) {
			if (next_active(l) == MARK && is_mark(l, '('))
				skip_brackets(l);
			continue;
		}
		*tag = l->start;
		*len = l->len;
	}
	if (!is_mark(l, '{'))
		return false;
	skip_brackets(l);
	return true;
}

/* The last word before the next ';' outside of brackets. */
static void declared_name(struct lexer *l, const char **name, size_t *len)
{
	*len = 0;
	while (next_active(l) != END && !is_mark(l, ';')) {
		if (is_mark(l, '(')) {
			skip_brackets(l);
		} else if (l->kind == WORD && !is_word(l, "__attribute__")) {
			*name = l->start;
			*len = l->len;
		}
	}
}

static void set_line(struct eu_type_names *t, const char *text, const char *at)
{
	unsigned int line = 1;

	/* That of a type that was there before stays. */
	if (!t->n || t->list[t->n - 1].line)
		return;
	for (; text < at; text++)
		line += *text == '\n';
	t->list[t->n - 1].line = line;
}

int eu_source_types(const char *text, bool marked_only, struct eu_type_names *ret)
{
	struct lexer l = { .pos = text };
	const char *at;
	const char *name = NULL;
	bool is_typedef, marked;
	size_t len;
	int r = 0;

	while (!r && next_active(&l) != END) {
		if (is_mark(&l, '{') || is_mark(&l, '(')) {
			skip_brackets(&l);
			continue;
		}
		marked = l.export_seen;
		at = l.start;
		is_typedef = is_word(&l, "typedef");
		if (is_typedef)
			next_active(&l);
		if (!is_word(&l, "struct") || !struct_body(&l, &name, &len))
			continue;
		if (len)
			is_typedef = false;
		else if (is_typedef)
			declared_name(&l, &name, &len);
		if (len && (marked || !marked_only))
			r = eu_type_names_add(ret, name, len, is_typedef, marked);
		if (!r)
			set_line(ret, text, at);
	}
	return r;
}

const char *eu_source_include(const char **text, size_t *ret_len)
{
	struct lexer l = { .pos = *text };
	const char *file, *cond;

	while (next(&l) != END) {
		cond = directive(&l, "if");
		if (cond && *cond == '0' && !isalnum((unsigned char)cond[1]))
			skip_if_0(&l);
		file = directive(&l, "include");
		*text = l.pos;
		if (!file || *file != '"')
			continue;
		*ret_len = strcspn(file + 1, "\"\n");
		return file + 1;
	}
	return NULL;
}

bool eu_source_starts_with_vmlinux(const char *text)
{
	struct lexer l = { .pos = text };
	const char *file;

	next(&l);
	file = directive(&l, "include");
	return file && (!strncmp(file, "\"vmlinux.h\"", 11) ||
			!strncmp(file, "<vmlinux.h>", 11));
}

bool eu_source_has_vmlinux(const char *text)
{
	struct lexer l = { .pos = text };
	const char *file;

	while (next(&l) != END) {
		file = directive(&l, "include");
		if (file && !strncmp(file + 1, "vmlinux.h", 9))
			return true;
	}
	return false;
}

bool eu_source_has_docs(const char *text)
{
	return strstr(text, "///") || strstr(text, "//!") ||
	       strstr(text, "/**") || strstr(text, "/*!");
}

int eu_type_names_add(struct eu_type_names *t, const char *name, size_t len,
		      bool is_typedef, bool marked)
{
	int r;

	for (size_t i = 0; i < t->n; i++)
		if (strlen(t->list[i].name) == len &&
		    !memcmp(t->list[i].name, name, len)) {
			t->list[i].marked |= marked;
			return 0;
		}
	r = eu_array_grow(&t->list, t->n, sizeof(*t->list), MAX_TYPES);
	if (r)
		return r;
	t->list[t->n] = (struct eu_type_name){
		.name = strndup(name, len),
		.is_typedef = is_typedef,
		.marked = marked,
	};
	return t->list[t->n++].name ? 0 : -ENOMEM;
}

void eu_type_names_done(struct eu_type_names *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->list[i].name);
	free(t->list);
	memset(t, 0, sizeof(*t));
}

void eu_type_names_limit(struct eu_type_names *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->list[i].marked;
	if (!n)
		return;
	n = 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].marked)
			t->list[n++] = t->list[i];
		else
			free(t->list[i].name);
	t->n = n;
}

bool eu_type_names_equal(const struct eu_type_names *a,
			 const struct eu_type_names *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].is_typedef != b->list[i].is_typedef ||
		    strcmp(a->list[i].name, b->list[i].name))
			return false;
	return true;
}
