/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ecli.h"

static int refuse_folder(const char *path, struct eu_error *err)
{
	eu_auto_free char *file = eu_path_join(path, "package.json");

	if (!file)
		return eu_error_oom(err);
	if (access(file, F_OK))
		return eu_error_set(err, -EISDIR,
				    "'%s' is a folder without a package.json",
				    path);
	return eu_error_set(err, -EISDIR, "'%s' is a folder: give '%s'", path,
			    file);
}

static int read_bytes(const char *path, struct program_file *f)
{
	struct stat st;
	int r = fetch(path, EU_PACKAGE_MAX_FILE, &f->data, &f->len, &f->err);

	if (r != FETCH_NOT)
		return r;
	if (eu_ends_with(path, ".c"))
		return eu_error_set(
			&f->err, -EINVAL,
			"'%s' is a C source: compile it with ecc first", path);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return refuse_folder(path, &f->err);
	return eu_file_read(path, EU_PACKAGE_MAX_FILE, &f->data, &f->len,
			    &f->err);
}

void program_file_read(struct program_file *f, const char *path)
{
	*f = (struct program_file){ .path = path };
	f->failed = read_bytes(path, f);
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

int open_package(const char *path, const char *arch, struct eu_package **ret,
		 struct eu_error *err)
{
	struct program_file f;

	program_file_read(&f, path);
	return program_file_parse(&f, arch, ret, err);
}
