/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
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

bool is_wasm(const char *path)
{
	eu_auto_close int fd = -1;
	struct stat st;
	char head[4];

	/* What is no file would lose what it has to say. */
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       !memcmp(head, "\0asm", sizeof(head));
}

int open_package(const char *path, const char *arch, struct eu_package **ret,
		 struct eu_error *err)
{
	struct stat st;

	if (strstr(path, "://"))
		return eu_error_set(
			err, -EOPNOTSUPP,
			"'%s': addresses are not supported yet: download it, and run the file",
			path);
	if (eu_ends_with(path, ".c"))
		return eu_error_set(
			err, -EINVAL,
			"'%s' is a C source: compile it with ecc first", path);
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return refuse_folder(path, err);
	return eu_package_read(path, arch, ret, err);
}
