/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_KERNEL_BTF_H
#define EU_RT_KERNEL_BTF_H

/*
 * Where the BTF of the running kernel is. The first of these that there is:
 *
 *	the file that the caller names, then the one of $BTF_FILE_PATH;
 *	the kernel's own;
 *	in the directory that either of them may be instead of a file;
 *	in the archive of the package.
 *
 * Directories and archives are laid out as BTFHub is: ID/VERSION_ID of
 * os-release(5), machine and release of uname(2), in
 * ID/VERSION_ID/MACHINE/RELEASE.btf or .btf.tar.xz. Without os-release, or
 * where that has no such file, any system's kernel of that release will do.
 */

#include "base/error.h"
#include "pkg/package.h"

struct eu_kernel_btf {
	char *path; /* NULL: the kernel's own, or there is none */
	int fd;	    /* of a file in memory that path names, or -1 */
};

/*
 * -ENOENT and other errors of open(2) for a file or directory that was named
 * and is not there or has nothing for this kernel, -EINVAL for a broken one.
 */
int eu_kernel_btf_find(const char *named, const struct eu_package *pkg,
		       struct eu_kernel_btf *ret, struct eu_error *err);
void eu_kernel_btf_done(struct eu_kernel_btf *b);

#endif
