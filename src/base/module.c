/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/module.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/file.h"

/* "DIR/NAME.so" if that exists, else NULL. */
static char *file_in(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s.so", dir, name) < 0)
		return NULL;
	if (!access(path, F_OK))
		return path;
	free(path);
	return NULL;
}

/* The directory of the build tree's modules, or NULL. */
static char *beside_executable(void)
{
	char exe[4096], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return eu_path_join(exe, "modules");
}

/* The directory of modules beside the library that this is part of, or NULL. */
static char *beside_library(void)
{
	eu_auto_free char *path = NULL;
	Dl_info info;
	char *slash;

	if (!dladdr((void *)(uintptr_t)eu_module_load, &info))
		return NULL;
	path = strdup(info.dli_fname);
	slash = path ? strrchr(path, '/') : NULL;
	if (!slash)
		return NULL;
	*slash = '\0';
	return eu_path_join(path, "eunomia");
}

/*
 * With more rights than the caller's only what is installed: a link to the
 * executable may stand in the caller's folder.
 */
static char *find(const char *name)
{
	const char *env = getenv("EUNOMIA_MODULE_DIR");
	eu_auto_free char *build = NULL, *installed = NULL;
	char *path = NULL;

	if (getauxval(AT_SECURE))
		return file_in(EU_MODULE_DIR, name);
	if (env && *env)
		path = file_in(env, name);
	build = beside_executable();
	if (!path && build)
		path = file_in(build, name);
	installed = beside_library();
	if (!path && installed)
		path = file_in(installed, name);
	return path ?: file_in(EU_MODULE_DIR, name);
}

static int check(const struct eu_module *m, const char *name, const char *path,
		 struct eu_error *err)
{
	if (!m || strcmp(m->version, EU_VERSION))
		return eu_error_set(
			err, -ELIBBAD,
			"the module in '%s' is of version %s and this is %s: install both anew",
			path, m ? m->version : "unknown", EU_VERSION);
	if (strcmp(m->name, name))
		return eu_error_set(err, -ELIBBAD, "'%s' is the module '%s'",
				    path, m->name);
	return 0;
}

int eu_module_load(const char *name, const void **ret_functions,
		   struct eu_error *err)
{
	eu_auto_free char *path = find(name);
	const struct eu_module *m;
	void *lib;
	int r;

	if (!path)
		return eu_error_set(
			err, -ENOENT,
			"the module '%s' is not installed (no %s/%s.so): build eunomia where cargo is, and install it",
			name, EU_MODULE_DIR, name);
	lib = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!lib)
		return eu_error_set(err, -ELIBBAD, "cannot open module '%s': %s",
				    name, dlerror());
	m = dlsym(lib, "eu_module");
	r = check(m, name, path, err);
	if (!r)
		*ret_functions = m->functions;
	/* It stays mapped all the same. */
	dlclose(lib);
	return r;
}
