/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/layers.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"
#include "oci/gzip.h"
#include "pkg/tar.h"

enum { MAX_FILES = 256, MAX_NAMED = 200 };

#define GONE ".wh."
#define ALL_GONE ".wh..wh..opq"

/* ---- what a file is */

static bool is_bpf(const unsigned char *p, size_t len)
{
	return len > sizeof(Elf64_Ehdr) && !memcmp(p, ELFMAG, SELFMAG) &&
	       p[EI_CLASS] == ELFCLASS64 &&
	       (p[EI_DATA] == ELFDATA2LSB ? p[18] | p[19] << 8 :
					    p[18] << 8 | p[19]) == EM_BPF;
}

/* EU_LAYER_KINDS: nothing that is run. */
static enum eu_layer_kind kind_of(const void *data, size_t len)
{
	static const char key[] = "\"bpf_object\"";

	if (len > 4 && !memcmp(data, "\0asm", 4))
		return EU_LAYER_WASM;
	if (is_bpf(data, len))
		return EU_LAYER_OBJECT;
	if (len && *(const char *)data == '{' &&
	    memmem(data, len, key, sizeof(key) - 1))
		return EU_LAYER_PACKAGE;
	return EU_LAYER_KINDS;
}

/* Does the path stay where it begins? */
static bool stays(const char *path)
{
	if (*path == '/')
		return false;
	for (; path; path = strchr(path, '/')) {
		path += *path == '/';
		if (!strncmp(path, "..", 2) && (!path[2] || path[2] == '/'))
			return false;
	}
	return true;
}

/* ---- what is there */

static void drop(struct eu_layers *l, size_t i)
{
	free(l->files[i].path);
	free(l->files[i].data);
	l->n--;
	memmove(&l->files[i], &l->files[i + 1], (l->n - i) * sizeof(*l->files));
}

/* What layers before @layer have as @path of @len characters, or below it. */
static void hide(struct eu_layers *l, unsigned int layer, const char *path,
		 size_t len)
{
	const struct eu_layer_file *f;

	for (size_t i = l->n; i-- > 0;) {
		f = &l->files[i];
		if (f->layer < layer && !strncmp(f->path, path, len) &&
		    (!len || !f->path[len] || f->path[len] == '/'))
			drop(l, i);
	}
}

/* If it stands for something that was removed, 1. */
static int is_mark(struct eu_layers *l, const char *path, struct eu_error *err)
{
	const char *name = eu_path_name(path);
	eu_auto_free char *gone = NULL;

	if (strncmp(name, GONE, strlen(GONE)) != 0)
		return 0;
	if (!strcmp(name, ALL_GONE)) {
		hide(l, l->layer, path, name - path ? name - path - 1 : 0);
		return 1;
	}
	if (asprintf(&gone, "%.*s%s", (int)(name - path), path,
		     name + strlen(GONE)) < 0) {
		gone = NULL;
		return eu_error_oom(err);
	}
	hide(l, l->layer, gone, strlen(gone));
	return 1;
}

static int keep(struct eu_layers *l, const char *path, const char *data,
		size_t len, enum eu_layer_kind kind, struct eu_error *err)
{
	struct eu_layer_file f = { .len = len, .kind = kind, .layer = l->layer };
	int r = eu_array_grow(&l->files, l->n, sizeof(f), MAX_FILES);

	if (r)
		return eu_error_grow(err, r, MAX_FILES, "programs");
	f.path = strdup(path);
	f.data = malloc(len + 1);
	if (!f.path || !f.data) {
		free(f.path);
		free(f.data);
		return eu_error_oom(err);
	}
	memcpy(f.data, data, len);
	f.data[len] = '\0';
	l->files[l->n++] = f;
	return 0;
}

/*
 * A package that has the BTF of kernels beside it is taken with these, and so
 * is all of what somebody gave a name.
 */
static int is_archive(const char *data, size_t len, bool named,
		      struct eu_error *err)
{
	static const char btfs[] = "btfhub-archive/";
	bool package = false, btf = named;
	struct eu_tar t;
	int r;

	eu_tar_init(&t, data, len);
	while ((r = eu_tar_next(&t, err)) > 0) {
		package |= !strcmp(t.name, "package.json");
		btf |= !strncmp(t.name, btfs, sizeof(btfs) - 1);
	}
	return r ?: package && btf;
}

static int add_files(struct eu_layers *l, const char *data, size_t len,
		     struct eu_error *err)
{
	enum eu_layer_kind kind;
	struct eu_tar t;
	int r;

	eu_tar_init(&t, data, len);
	while ((r = eu_tar_next(&t, err)) > 0) {
		if (!stays(t.name))
			continue;
		r = is_mark(l, t.name, err);
		if (r < 0)
			return r;
		if (r)
			continue;
		/* Of the same path the later one holds. */
		hide(l, l->layer + 1, t.name, strlen(t.name));
		kind = kind_of(t.file, t.size);
		if (kind != EU_LAYER_KINDS)
			r = keep(l, t.name, t.file, t.size, kind, err);
		if (r)
			return r;
	}
	return r;
}

static int add_plain(struct eu_layers *l, const char *data, size_t len,
		     const char *title, struct eu_error *err)
{
	enum eu_layer_kind kind = kind_of(data, len);
	int r;

	if (len > l->max_all - l->used)
		return eu_error_set(err, -E2BIG,
				    "its layers unpack to more than %llu bytes",
				    (unsigned long long)l->max_all);
	l->used += len;
	if (kind != EU_LAYER_KINDS)
		return keep(l, title ?: "", data, len, kind, err);
	if (!eu_tar_is(data, len))
		return 0;
	r = is_archive(data, len, title, err);
	if (r > 0)
		return keep(l, title ?: "", data, len, EU_LAYER_ARCHIVE, err);
	return r ?: add_files(l, data, len, err);
}

int eu_layers_add(struct eu_layers *l, const void *data, size_t len,
		  const char *title, struct eu_error *err)
{
	eu_auto_buf struct eu_buf plain = EU_BUF(l->max);
	int r;

	l->layer++;
	if (len > 4 && !memcmp(data, "\050\265\057\375", 4))
		return eu_error_set(
			err, -ENOTSUP,
			"a layer is packed with zstd, which is not read here: gzip is");
	if (!eu_gzip_is(data, len))
		return add_plain(l, data, len, title, err);
	r = eu_gzip_inflate(data, len, &plain, err);
	return r ?: add_plain(l, plain.data, plain.len, title, err);
}

/* ---- which one */

static int several(const struct eu_layers *l, enum eu_layer_kind kind,
		   struct eu_error *err)
{
	char names[EU_FMT_BYTE * MAX_NAMED + 1], all[MAX_NAMED + 1] = "";
	size_t n = 0, columns = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->files[i].kind == kind && n < sizeof(all))
			n += snprintf(all + n, sizeof(all) - n, "%s%s",
				      n ? ", " : "", l->files[i].path);
	}
	*eu_fmt_text(names, all, strlen(all), &columns) = '\0';
	return eu_error_set(err, -EINVAL,
			    "it holds several programs, and not one: %s%s",
			    names, n < sizeof(all) ? "" : " ...");
}

int eu_layers_pick(struct eu_layers *l, const char *wanted,
		   struct eu_layer_file **ret, struct eu_error *err)
{
	struct eu_layer_file *f, *first = NULL;
	bool more = false;

	for (size_t i = 0; i < l->n; i++) {
		f = &l->files[i];
		if (wanted &&
		    !strcmp(eu_path_name(f->path), eu_path_name(wanted))) {
			*ret = f;
			return 0;
		}
		if (!first || f->kind < first->kind) {
			first = f;
			more = false;
		} else if (f->kind == first->kind) {
			more = true;
		}
	}
	if (!first)
		return eu_error_set(err, -ENOENT,
				    "there is no program among its files");
	if (more)
		return several(l, first->kind, err);
	*ret = first;
	return 0;
}

void eu_layers_done(struct eu_layers *l)
{
	while (l->n)
		drop(l, l->n - 1);
	free(eu_take_ptr(l->files));
}
