/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/clang.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { OLDEST = 14 }; /* the first with all that the compiler driver uses */

static bool runs(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* Calls @fn for each folder of PATH until it returns something. */
static char *in_path(char *(*fn)(const char *dir, const char *name),
		     const char *name)
{
	eu_auto_free char *path = strdup(getenv("PATH") ?: "/usr/bin:/bin");
	char *rest = path, *dir, *found;

	while (rest && (dir = strsep(&rest, ":"))) {
		found = fn(*dir ? dir : ".", name);
		if (found)
			return found;
	}
	return NULL;
}

static char *named(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	if (runs(path))
		return path;
	free(path);
	return NULL;
}

/* "clang-16" with the highest number in @dir. */
static char *newest(const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char best[64] = "", *end;
	long v, max = OLDEST - 1;

	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, name, strlen(name)) ||
		    strlen(e->d_name) >= sizeof(best))
			continue;
		v = strtol(e->d_name + strlen(name), &end, 10);
		if (*end || v <= max)
			continue;
		max = v;
		snprintf(best, sizeof(best), "%s", e->d_name);
	}
	if (d)
		closedir(d);
	return *best ? named(dir, best) : NULL;
}

static char *find(const char *name)
{
	char *path;

	if (!name || !*name)
		name = getenv("CLANG");
	if (name && *name)
		return strchr(name, '/') ? strdup(name) : in_path(named, name);
	path = in_path(named, "clang");
	return path ? path : in_path(newest, "clang-");
}

/* "libclang.so", "libclang.so.1", "libclang-19.so.19"; not "libclang-cpp.so". */
static bool is_libclang(const char *name)
{
	static const char prefix[] = "libclang";

	if (strncmp(name, prefix, sizeof(prefix) - 1))
		return false;
	name += sizeof(prefix) - 1;
	if (*name == '-')
		name += 1 + strspn(name + 1, "0123456789");
	return !strncmp(name, ".so", 3);
}

/* The file in @dir that is a libclang, the first by name, or NULL. */
static char *libclang_in(const char *dir)
{
	char best[64] = "", *path;
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (is_libclang(e->d_name) && strlen(e->d_name) < sizeof(best) &&
		    (!*best || strcmp(e->d_name, best) < 0))
			memcpy(best, e->d_name, strlen(e->d_name) + 1);
	if (d)
		closedir(d);
	if (!*best || asprintf(&path, "%s/%s", dir, best) < 0)
		return NULL;
	return path;
}

/* LLVM installs bin/clang and lib/libclang.so under one folder. */
static char *find_libclang(const char *real)
{
	const char *env = getenv("LIBCLANG_PATH");
	eu_auto_free char *lib = NULL;
	const char *slash;
	struct stat st;
	char *path;

	if (env && *env) {
		if (!stat(env, &st) && S_ISDIR(st.st_mode))
			return libclang_in(env) ?: strdup(env);
		return strdup(env);
	}
	slash = strrchr(real, '/');
	if (slash &&
	    asprintf(&lib, "%.*s/../lib", (int)(slash - real), real) >= 0) {
		path = libclang_in(lib);
		if (path)
			return path;
	}
	return strdup("libclang.so.1");
}

int eu_clang_find(const char *name, struct eu_clang *ret, struct eu_error *err)
{
	eu_auto_clang struct eu_clang c = { .path = find(name) };
	char real[PATH_MAX];
	struct stat st;

	if (!c.path && ((name && *name) || getenv("CLANG")))
		return eu_error_set(err, -ENOENT, "cannot find the compiler '%s'",
				    name && *name ? name : getenv("CLANG"));
	if (!c.path)
		return eu_error_set(
			err, -ENOENT,
			"cannot find clang %d or later: install it, or name it by -c or $CLANG",
			OLDEST);
	if (!realpath(c.path, real) || stat(real, &st))
		return eu_error_set(err, -errno,
				    "cannot find the compiler '%s': %s", c.path,
				    strerror(errno));
	c.libclang = find_libclang(real);
	if (!c.libclang ||
	    asprintf(&c.identity, "%s %lld %lld.%09ld", real,
		     (long long)st.st_size, (long long)st.st_mtim.tv_sec,
		     st.st_mtim.tv_nsec) < 0)
		return eu_error_oom(err);
	*ret = c;
	memset(&c, 0, sizeof(c));
	return 0;
}

void eu_clang_done(struct eu_clang *c)
{
	free(c->path);
	free(c->libclang);
	free(c->identity);
	memset(c, 0, sizeof(*c));
}
