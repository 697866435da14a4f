/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ecli.h"
#include "oci/policy.h"
#include "source.h"

static int refuse_folder(const char *path, struct eu_error *err)
{
	eu_auto_free char *file = NULL;
	size_t len = strlen(path);

	if (!strcmp(program_name, "wasm-bpf"))
		return eu_error_set(err, -EISDIR,
				    "'%s' is a folder: give a Wasm module", path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (asprintf(&file, "%.*s/package.json",
		     len > 1 || *path != '/' ? (int)len : 0, path) < 0) {
		file = NULL;
		return eu_error_oom(err);
	}
	if (access(file, F_OK))
		return eu_error_set(err, -EISDIR,
				    "'%s' is a folder without a package.json",
				    path);
	return eu_error_set(err, -EISDIR, "'%s' is a folder: give '%s'", path,
			    file);
}

/* Kernel code, or what 'lmp gen-wasm-skel' has written. */
static int refuse_source(const char *path, struct eu_error *err)
{
	const char *name = eu_path_name(path);
	eu_auto_free char *header = NULL;

	if (asprintf(&header, "%.*sewasm-skel.h", (int)(name - path), path) < 0)
		header = NULL;
	if (header && !strcmp(name, "app.c") && !access(header, F_OK))
		return eu_error_set(
			err, -EINVAL,
			"'%s' is a C source: 'lmp build-wasm' makes app.wasm of it",
			path);
	return eu_error_set(err, -EINVAL,
			    "'%s' is a C source: compile it with ecc first",
			    path);
}

static int read_bytes(const char *path, struct source *from,
		      struct program_file *f)
{
	struct stat st;
	int r = fetch(path, from, EU_PACKAGE_MAX_FILE, &f->data, &f->len,
		      &f->err);

	if (r != FETCH_NOT)
		return r;
	if (eu_ends_with(path, ".c"))
		return refuse_source(path, &f->err);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return refuse_folder(path, &f->err);
	r = eu_file_read(path, EU_PACKAGE_MAX_FILE, &f->data, &f->len, &f->err);
	if (r)
		return r;
	r = source_check(from, f->data, f->len, &f->err);
	if (r)
		return eu_error_prefix(&f->err, r, "'%s'", path);
	return eu_policy_file(path, f->data, f->len, &f->err);
}

void program_file_read(struct program_file *f, const char *path,
		       struct source *from)
{
	*f = (struct program_file){ .path = path };
	f->failed = read_bytes(path, from, f);
	if (f->failed) {
		program_file_done(f);
		f->len = 0;
	}
}

void program_file_done(struct program_file *f)
{
	free(f->data);
	f->data = NULL;
}

int program_file_parse(struct program_file *f, const char *arch,
		       struct eu_package **ret, struct eu_error *err)
{
	int r = f->failed;

	if (r)
		*err = f->err;
	else
		r = eu_package_parse(f->data, f->len,
				     strcmp(f->path, "-") ? f->path :
							    "standard input",
				     arch, ret, err);
	program_file_done(f);
	return r;
}

int open_package(const char *path, struct source *from, const char *arch,
		 struct eu_package **ret, struct eu_error *err)
{
	struct program_file f;

	program_file_read(&f, path, from);
	return program_file_parse(&f, arch, ret, err);
}
