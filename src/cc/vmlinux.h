/* SPDX-License-Identifier: MIT */
#ifndef EU_CC_VMLINUX_H
#define EU_CC_VMLINUX_H

/*
 * The kernel's types as a C header: which vmlinux.h a source gets.
 *
 * Headers lie in DATA/vmlinux/ARCH/VERSION/vmlinux.h, where DATA is
 * $EUNOMIA_HOME, ../share/eunomia beside the program, or the installed one.
 */

#include "base/error.h"

/* The folder of data called @name ("vmlinux", "include"), or NULL. */
char *eu_data_dir(const char *name);

/* Where files may be kept between runs ("~/.cache/eunomia"), or NULL. */
char *eu_cache_dir(void);

/* mkdir -p with mode 0777 less the umask. Negative errno. */
int eu_make_dirs(const char *path);

/*
 * The path of the header to use for @arch. @which is NULL (the newest that is
 * installed), a version ("6.1"), "running" (made from this kernel's BTF and
 * kept in the cache), or a file's path. -ENOENT: the text says what there is.
 */
int eu_vmlinux_find(const char *arch, const char *which, char **ret_path,
		    struct eu_error *err);

/*
 * The version of an installed header for @arch, other than the one at @path,
 * that defines a struct, union, enum or typedef called @name; NULL if none
 * does. To be freed.
 */
char *eu_vmlinux_with(const char *arch, const char *path, const char *name);

#endif
