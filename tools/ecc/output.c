/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "ecc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "pkg/package.h"

enum { MAX_FILES = 4, MAX_ARCHIVE = 1 << 30 };

/* A file under a name beside its own until all are there. */
struct file {
	char *path;
	char *tmp;
};

struct files {
	struct file list[MAX_FILES];
	size_t n;
};

static void files_done(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->list[i].tmp)
			unlink(f->list[i].tmp);
		free(f->list[i].tmp);
		free(f->list[i].path);
	}
}

static char *in_dir(const char *dir, const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s%s%s%s", dir, *dir ? "/" : "", name, suffix) < 0)
		return NULL;
	return path;
}

static int add(struct files *f, char *path, const void *data, size_t len,
	       struct eu_error *err)
{
	struct file *file = &f->list[f->n++];
	int r;

	file->path = path;
	if (!path || asprintf(&file->tmp, "%s.%d", path, (int)getpid()) < 0) {
		file->tmp = NULL;
		return eu_error_oom(err);
	}
	r = eu_file_write(file->tmp, data, len, err);
	/* Nobody knows it by that name. */
	return r && r != -ENOMEM ? eu_error_set(err, r, "cannot write '%s': %s",
						path, strerror(-r)) :
				   r;
}

static int add_tree(struct files *f, const struct ecc_output *o, const char *name,
		    const char *suffix, const json_t *tree, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;

	if (o->yaml) {
		text = eu_yaml_write(tree, &len, err);
		if (!text)
			return err->code;
	} else {
		text = eu_json_write(tree, &len);
		if (!text)
			return eu_error_oom(err);
	}
	return add(f, in_dir(o->dir, name, suffix), text, len, err);
}

static int add_archive(struct files *f, const struct ecc_output *o,
		       const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_buf struct eu_buf tar = EU_BUF(MAX_ARCHIVE);
	int r = ecc_archive(o->btfs, o->name, pkg, &tar, err);

	return r ? r :
		   add(f, in_dir(o->dir, o->name, ".tar"), tar.data, tar.len,
		       err);
}

static int add_all(struct files *f, const struct ecc_output *o,
		   const struct eu_package *pkg, struct eu_error *err)
{
	eu_auto_json json_t *meta = eu_package_meta(pkg, err);
	eu_auto_json json_t *all = NULL;
	int r;

	if (!meta)
		return -ENOMEM;
	r = add(f, in_dir(o->dir, o->name, ".bpf.o"), pkg->objects[0].data,
		pkg->objects[0].size, err);
	if (!r)
		r = add_tree(f, o, o->name,
			     o->yaml ? ".skel.yaml" : ".skel.json", meta, err);
	if (r || !o->package)
		return r;
	all = eu_package_json(pkg, err);
	if (!all)
		return -ENOMEM;
	r = add_tree(f, o, "package", o->yaml ? ".yaml" : ".json", all, err);
	return r || !o->btfs ? r : add_archive(f, o, pkg, err);
}

int ecc_write(const struct ecc_output *o, const struct eu_package *pkg,
	      struct eu_error *err)
{
	EU_CLEANUP(files_done) struct files f = { 0 };
	int r;

	r = add_all(&f, o, pkg, err);
	for (size_t i = 0; i < f.n && !r; i++)
		if (rename(f.list[i].tmp, f.list[i].path))
			r = eu_error_set(err, -errno, "cannot write '%s': %s",
					 f.list[i].path, strerror(errno));
	return r;
}
