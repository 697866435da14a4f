/* SPDX-License-Identifier: MIT */
#include "cc/decls.h"

#include <clang-c/Index.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "cc/comment.h"

enum { MAX_DECLS = 8192 };

/* All that is used of libclang; each is looked up by its name. */
#define FUNCTIONS(X)                          \
	X(clang_Cursor_getRawCommentText)     \
	X(clang_File_isEqual)                 \
	X(clang_createIndex)                  \
	X(clang_disposeDiagnostic)            \
	X(clang_disposeIndex)                 \
	X(clang_disposeString)                \
	X(clang_disposeTranslationUnit)       \
	X(clang_getCString)                   \
	X(clang_getCursorKind)                \
	X(clang_getCursorLocation)            \
	X(clang_getCursorSpelling)            \
	X(clang_getCursorType)                \
	X(clang_getDiagnostic)                \
	X(clang_getDiagnosticSeverity)        \
	X(clang_getDiagnosticSpelling)        \
	X(clang_getFile)                      \
	X(clang_getFileContents)              \
	X(clang_getFileLocation)              \
	X(clang_getInclusions)                \
	X(clang_getNumDiagnostics)            \
	X(clang_getPresumedLocation)          \
	X(clang_getTranslationUnitCursor)     \
	X(clang_getTypeDeclaration)           \
	X(clang_getTypeSpelling)              \
	X(clang_getTypedefDeclUnderlyingType) \
	X(clang_isCursorDefinition)           \
	X(clang_parseTranslationUnit2)        \
	X(clang_visitChildren)

#define MEMBER(fn) __typeof__(fn) *fn;
#define NAME(fn) { #fn, offsetof(struct libclang, fn) },

struct libclang {
	FUNCTIONS(MEMBER)
};

static const struct {
	const char *name;
	size_t at;
} functions[] = { FUNCTIONS(NAME) };

struct reader {
	struct libclang c;
	struct eu_decls *d;
	CXTranslationUnit unit;
	CXFile source, header;
	/* The comment of the nameless struct just before: a map's. */
	char *pending;
	int error;
};

static int open_library(struct libclang *c, const char *path, struct eu_error *err)
{
	/* Kept open: closing LLVM would not free its globals anyway. */
	void *lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL), *fn;

	if (!lib)
		return eu_error_set(
			err, -ELIBACC,
			"cannot open libclang: %s; install libclang1 of clang's version or set LIBCLANG_PATH",
			dlerror());
	for (size_t i = 0; i < EU_COUNT(functions); i++) {
		fn = dlsym(lib, functions[i].name);
		if (!fn)
			return eu_error_set(err, -ELIBACC,
					    "'%s' is too old: it has no %s",
					    path, functions[i].name);
		memcpy((char *)c + functions[i].at, &fn, sizeof(fn));
	}
	return 0;
}

/* A copy of libclang's string; NULL if it is empty. */
static char *text(struct reader *r, CXString s)
{
	const char *p = r->c.clang_getCString(s);
	char *copy = p && *p ? strdup(p) : NULL;

	if (p && *p && !copy)
		r->error = -ENOMEM;
	r->c.clang_disposeString(s);
	return copy;
}

static char *comment_of(struct reader *r, CXCursor at)
{
	return text(r, r->c.clang_Cursor_getRawCommentText(at));
}

/*
 * libclang gives no comment to what comes out of a macro, as in
 * "int BPF_PROG(name, …)": it is looked for in the text.
 */
static char *comment_above(struct reader *r, CXCursor at)
{
	unsigned int offset = 0;
	CXFile file = NULL;
	const char *data;
	char *comment;
	size_t size;

	r->c.clang_getFileLocation(r->c.clang_getCursorLocation(at), &file,
				   NULL, NULL, &offset);
	data = file ? r->c.clang_getFileContents(r->unit, file, &size) : NULL;
	if (!data || offset > size)
		return NULL;
	if (eu_comment_above(data, offset, &comment))
		r->error = -ENOMEM;
	return comment;
}

static unsigned int line_of(struct reader *r, CXCursor at)
{
	unsigned int line = 0;

	r->c.clang_getPresumedLocation(r->c.clang_getCursorLocation(at), NULL,
				       &line, NULL);
	return line;
}

/* Both strings are given away. */
static void add(struct reader *r, struct eu_decl_list *to, char *name,
		char *comment, unsigned int line)
{
	int e = name ? eu_array_grow(&to->list, to->n, sizeof(*to->list),
				     MAX_DECLS) :
		       -ENOENT;

	if (e) {
		if (name)
			r->error = e;
		free(name);
		free(comment);
		return;
	}
	to->list[to->n++] = (struct eu_decl){ name, comment, line };
}

/*
 * A comment above "struct inner { ... } x;" belongs to the struct as libclang
 * sees it, and is meant for the member.
 */
static enum CXChildVisitResult visit_member(CXCursor at, CXCursor parent,
					    CXClientData data)
{
	struct reader *r = data;
	struct eu_export_decl *e = &r->d->exports[r->d->types.n - 1];
	char *comment = comment_of(r, at);

	(void)parent;
	if (r->c.clang_getCursorKind(at) != CXCursor_FieldDecl) {
		free(r->pending);
		r->pending = comment;
		return CXChildVisit_Continue;
	}
	if (!comment) {
		comment = r->pending;
		r->pending = NULL;
	}
	if (comment)
		add(r, &e->members, text(r, r->c.clang_getCursorSpelling(at)),
		    comment, line_of(r, at));
	return CXChildVisit_Continue;
}

/*
 * The struct's own name, or NULL. What libclang says of structs without a tag
 * differs between versions; their type is never spelled "struct NAME".
 */
static char *tag_of(struct reader *r, CXCursor at)
{
	static const char word[] = "struct ";
	const size_t len = sizeof(word) - 1;
	char *type = text(
		r, r->c.clang_getTypeSpelling(r->c.clang_getCursorType(at)));

	if (!type || strncmp(type, word, len) || type[len] == '(') {
		free(type);
		return NULL;
	}
	memmove(type, type + len, strlen(type + len) + 1);
	return type;
}

static bool is_marked(const char *comment)
{
	return comment && eu_source_marks_export(comment, strlen(comment));
}

/* The struct at @at, called @name, is exported; the comment is given away. */
static void add_export(struct reader *r, CXCursor at, const char *name,
		       bool is_typedef, char *comment)
{
	struct eu_decls *d = r->d;
	size_t n = d->types.n;
	bool marked = is_marked(comment);
	int e;

	e = eu_array_grow(&d->exports, n, sizeof(*d->exports), MAX_DECLS);
	if (!e)
		e = eu_type_names_add(&d->types, name, strlen(name), is_typedef,
				      marked);
	if (e || d->types.n == n) {
		r->error = e ?: r->error;
		free(comment);
		return;
	}
	d->exports[n] = (struct eu_export_decl){ .comment = comment };
	d->exports[n].name = strdup(name);
	if (!d->exports[n].name)
		r->error = -ENOMEM;
	r->c.clang_visitChildren(at, visit_member, r);
	free(r->pending);
	r->pending = NULL;
}

static void see_struct(struct reader *r, CXCursor at, bool in_header)
{
	char *comment, *tag;

	if (!r->c.clang_isCursorDefinition(at))
		return;
	comment = comment_of(r, at);
	tag = tag_of(r, at);
	if (tag && (in_header || is_marked(comment))) {
		add_export(r, at, tag, false, comment);
	} else if (tag) {
		free(comment);
	} else {
		/* Of a map, or of a typedef that follows. */
		free(r->pending);
		r->pending = comment;
	}
	free(tag);
}

/* "typedef struct { ... } event_t": the typedef is the only name. */
static void see_typedef(struct reader *r, CXCursor at, bool in_header)
{
	CXCursor of = r->c.clang_getTypeDeclaration(
		r->c.clang_getTypedefDeclUnderlyingType(at));
	char *comment, *name, *tag;

	if (r->c.clang_getCursorKind(of) != CXCursor_StructDecl)
		return;
	tag = tag_of(r, of);
	comment = tag ? NULL : comment_of(r, at) ?: comment_of(r, of);
	if (!tag && (in_header || is_marked(comment))) {
		name = text(r, r->c.clang_getCursorSpelling(at));
		if (name)
			add_export(r, of, name, true, comment);
		else
			free(comment);
		free(name);
	} else {
		free(comment);
	}
	free(tag);
}

static void see_in_source(struct reader *r, CXCursor at)
{
	enum CXCursorKind kind = r->c.clang_getCursorKind(at);
	char *comment;

	if (kind == CXCursor_VarDecl) {
		comment = comment_of(r, at);
		if (!comment) {
			comment = r->pending;
			r->pending = NULL;
		}
		if (comment)
			add(r, &r->d->vars,
			    text(r, r->c.clang_getCursorSpelling(at)), comment,
			    line_of(r, at));
	} else if (kind == CXCursor_FunctionDecl) {
		comment = comment_of(r, at) ?: comment_above(r, at);
		if (comment)
			add(r, &r->d->funcs,
			    text(r, r->c.clang_getCursorSpelling(at)), comment,
			    line_of(r, at));
	}
}

static enum CXChildVisitResult visit(CXCursor at, CXCursor parent,
				     CXClientData data)
{
	struct reader *r = data;
	enum CXCursorKind kind = r->c.clang_getCursorKind(at);
	CXSourceLocation where = r->c.clang_getCursorLocation(at);
	bool in_source, in_header;
	CXFile file = NULL;

	(void)parent;
	/* What a macro makes is where the macro is called. */
	r->c.clang_getFileLocation(where, &file, NULL, NULL, NULL);
	in_source = file && r->c.clang_File_isEqual(file, r->source);
	in_header = file && r->header && r->c.clang_File_isEqual(file, r->header);
	if (!in_source && !in_header)
		return CXChildVisit_Continue;
	if (kind == CXCursor_StructDecl) {
		see_struct(r, at, in_header);
	} else if (kind == CXCursor_TypedefDecl) {
		see_typedef(r, at, in_header);
	} else {
		if (in_source)
			see_in_source(r, at);
		free(r->pending);
		r->pending = NULL;
	}
	return r->error ? CXChildVisit_Break : CXChildVisit_Continue;
}

static void free_list(struct eu_decl_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->list[i].name);
		free(l->list[i].comment);
	}
	free(l->list);
}

static void free_export(struct eu_export_decl *e)
{
	free(e->name);
	free(e->comment);
	free_list(&e->members);
}

/* If any type is marked only those stay; the lists keep their order. */
static void limit(struct eu_decls *d)
{
	size_t n = 0, marked = 0;

	for (size_t i = 0; i < d->types.n; i++)
		marked += d->types.list[i].marked;
	for (size_t i = 0; marked && i < d->types.n; i++) {
		struct eu_export_decl *e = &d->exports[i];

		if (d->types.list[i].marked) {
			d->exports[n++] = *e;
			continue;
		}
		free_export(e);
	}
	eu_type_names_limit(&d->types);
}

static void visit_inclusion(CXFile file, CXSourceLocation *stack,
			    unsigned int depth, CXClientData data)
{
	struct reader *r = data;

	(void)stack;
	(void)depth;
	if (r->c.clang_File_isEqual(file, r->header))
		r->d->header_seen = true;
}

/* The first thing that ended the parse. */
static char *fatal_of(struct reader *r, CXTranslationUnit unit)
{
	unsigned int n = r->c.clang_getNumDiagnostics(unit);
	char *why = NULL;
	CXDiagnostic d;

	for (unsigned int i = 0; i < n && !why; i++) {
		d = r->c.clang_getDiagnostic(unit, i);
		if (r->c.clang_getDiagnosticSeverity(d) == CXDiagnostic_Fatal)
			why = text(r, r->c.clang_getDiagnosticSpelling(d));
		r->c.clang_disposeDiagnostic(d);
	}
	return why;
}

static int read_unit(struct reader *r, CXTranslationUnit unit,
		     const char *source, const char *header)
{
	r->source = r->c.clang_getFile(unit, source);
	r->unit = unit;
	if (header)
		r->header = r->c.clang_getFile(unit, header);
	/* The source itself counts as well. */
	if (r->header)
		r->c.clang_getInclusions(unit, visit_inclusion, r);
	r->c.clang_visitChildren(r->c.clang_getTranslationUnitCursor(unit),
				 visit, r);
	free(r->pending);
	limit(r->d);
	r->d->fatal = fatal_of(r, unit);
	return r->error;
}

int eu_decls_read(struct eu_decls *d, const char *libclang,
		  const struct eu_argv *flags, const char *source,
		  const char *header, struct eu_error *err)
{
	struct reader r = { .d = d };
	CXTranslationUnit unit = NULL;
	CXIndex index;
	int e;

	memset(d, 0, sizeof(*d));
	e = open_library(&r.c, libclang, err);
	if (e)
		return e;
	/* 1: without the module's declarations, whose reading takes long. */
	index = r.c.clang_createIndex(1, 0);
	if (!index)
		return eu_error_oom(err);
	e = r.c.clang_parseTranslationUnit2(index, source,
					    (const char *const *)flags->list,
					    flags->n, NULL, 0,
					    CXTranslationUnit_SkipFunctionBodies |
						    CXTranslationUnit_KeepGoing,
					    &unit);
	if (!e && unit) {
		e = read_unit(&r, unit, source, header);
	} else {
		d->fatal = strdup("it gives no reason");
		e = d->fatal ? 0 : -ENOMEM;
	}
	if (unit)
		r.c.clang_disposeTranslationUnit(unit);
	r.c.clang_disposeIndex(index);
	if (!e)
		return 0;
	eu_decls_done(d);
	return eu_error_oom(err);
}

void eu_decls_done(struct eu_decls *d)
{
	free_list(&d->vars);
	free_list(&d->funcs);
	for (size_t i = 0; i < d->types.n; i++)
		free_export(&d->exports[i]);
	free(d->exports);
	free(d->fatal);
	eu_type_names_done(&d->types);
	memset(d, 0, sizeof(*d));
}
