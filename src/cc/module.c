/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/module.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cc/hash.h"
#include "cc/vmlinux.h"

static const char map_text[] = "module vmlinux { header \"vmlinux.h\" export * }\n";

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Does the identifier @name (of @n characters) occur in the header? */
static bool mentions(const char *header, size_t len, const char *name, size_t n)
{
	const char *s = header, *end = header + len;

	if (!n)
		return true;
	while ((s = memmem(s, end - s, name, n))) {
		if ((s == header || !is_word(s[-1])) &&
		    (s + n == end || !is_word(s[n])))
			return true;
		s += n;
	}
	return false;
}

static size_t macro_length(const char *s)
{
	size_t n = 0;

	while (is_word(s[n]))
		n++;
	return n;
}

/* Harmless without its value, which is the next word if it takes one. */
static bool fits(const char *header, size_t len, const char *flag,
		 const char *value, size_t *used)
{
	static const char *const prefixes[] = { "-W", "-I", "-iquote" };

	*used = 1;
	if (!strncmp(flag, "-D", 2)) {
		if (!flag[2]) {
			*used = 2;
			flag = value;
		} else {
			flag += 2;
		}
		return flag && !mentions(header, len, flag, macro_length(flag));
	}
	if (!strcmp(flag, "-I") || !strcmp(flag, "-isystem") ||
	    !strcmp(flag, "-idirafter") || !strcmp(flag, "-iquote")) {
		*used = 2;
		return value;
	}
	for (size_t i = 0; i < EU_COUNT(prefixes); i++)
		if (!strncmp(flag, prefixes[i], strlen(prefixes[i])))
			return strncmp(flag, "-Wp,", 4) &&
			       strncmp(flag, "-Wa,", 4);
	return false;
}

bool eu_module_fits(const char *header, size_t len, char *const *flags, size_t n)
{
	size_t used;

	for (size_t i = 0; i < n; i += used)
		if (!fits(header, len, flags[i],
			  i + 1 < n ? flags[i + 1] : NULL, &used))
			return false;
	return true;
}

/*
 * Puts a file where there may be one, which then is the same. The module
 * remembers the time of what it was made of, so all get one time.
 */
static int place(const char *path, const void *data, size_t len,
		 struct eu_error *err)
{
	static const struct timespec times[2] = {
		{ .tv_sec = 1000000000 },
		{ .tv_sec = 1000000000 },
	};
	eu_auto_free char *tmp = NULL;
	int r;

	if (!access(path, R_OK))
		return 0;
	if (asprintf(&tmp, "%s.%d", path, (int)getpid()) < 0) {
		tmp = NULL;
		return eu_error_oom(err);
	}
	r = eu_file_write(tmp, data, len, err);
	if (r)
		return r;
	if (utimensat(AT_FDCWD, tmp, times, 0) || rename(tmp, path))
		r = eu_error_set(err, -errno, "cannot write '%s': %s", path,
				 strerror(errno));
	unlink(tmp);
	return r;
}

/* The folder's name: all that the module depends on. */
static char *folder(const char *cache, const struct eu_clang *clang,
		    const struct eu_argv *base, const char *arch,
		    const char *header, size_t len)
{
	uint64_t h = eu_hash(0, header, len);
	char *dir;

	h = eu_hash(h, clang->identity, strlen(clang->identity));
	h = eu_hash(h, cache, strlen(cache));
	for (size_t i = 0; i < base->n; i++)
		h = eu_hash(h, base->list[i], strlen(base->list[i]) + 1);
	if (asprintf(&dir, "%s/vmlinux-%s-%016llx", cache, arch,
		     (unsigned long long)h) < 0)
		return NULL;
	return dir;
}

/* Without a cache the result is the same, it only takes as long each time. */
static int make_temporary(struct eu_module *m, struct eu_error *err)
{
	free(m->dir);
	if (asprintf(&m->dir, "%s/ecc-XXXXXX", getenv("TMPDIR") ?: "/tmp") < 0) {
		m->dir = NULL;
		return eu_error_oom(err);
	}
	if (!mkdtemp(m->dir))
		return eu_error_set(err, -errno, "cannot make a folder '%s': %s",
				    m->dir, strerror(errno));
	m->temporary = true;
	return 0;
}

static int make_folder(struct eu_module *m, struct eu_error *err)
{
	if (m->dir && !eu_make_dirs(m->dir) && !access(m->dir, R_OK | W_OK | X_OK))
		return 0;
	return make_temporary(m, err);
}

/* Runs the compiler; what it says goes into the error. */
static int run(const struct eu_argv *a, struct eu_error *err)
{
	eu_auto_child struct eu_child c = EU_CHILD;
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	r = eu_child_start(&c, a, -1, err);
	if (r)
		return r;
	r = eu_child_wait(&c);
	if (!r)
		return 0;
	if (eu_memfd_read(c.err, "output", &text, &len, NULL))
		text = NULL;
	return eu_error_set(err, -EIO, "cannot prepare vmlinux.h:\n%s",
			    text ?: "");
}

static int build(struct eu_module *m, const struct eu_clang *clang,
		 const struct eu_argv *base, struct eu_error *err)
{
	eu_auto_argv struct eu_argv a = { 0 };
	eu_auto_free char *tmp = NULL;
	int r;

	if (asprintf(&tmp, "%s.%d", m->file, (int)getpid()) < 0) {
		tmp = NULL;
		return eu_error_oom(err);
	}
	eu_argv_add(&a, clang->path);
	for (size_t i = 0; i < base->n; i++)
		eu_argv_add(&a, base->list[i]);
	eu_argv_add(&a, "-x");
	eu_argv_add(&a, "c");
	eu_argv_add(&a, "-fmodules");
	eu_argv_add(&a, "-fmodule-name=vmlinux");
	eu_argv_add(&a, "-Xclang");
	eu_argv_add(&a, "-emit-module");
	eu_argv_add(&a, "-c");
	eu_argv_add(&a, m->map);
	eu_argv_add(&a, "-o");
	eu_argv_add(&a, tmp);
	r = run(&a, err);
	if (!r && rename(tmp, m->file))
		r = eu_error_set(err, -errno, "cannot write '%s': %s", m->file,
				 strerror(errno));
	if (r)
		unlink(tmp);
	return r;
}

/* The folder with header and module map in it. */
static int fill(struct eu_module *m, const char *header, size_t len,
		struct eu_error *err)
{
	eu_auto_free char *path = NULL;
	int r;

	r = make_folder(m, err);
	if (r)
		return r;
	m->map = eu_path_join(m->dir, "module.modulemap");
	m->file = eu_path_join(m->dir, "vmlinux.pcm");
	path = eu_path_join(m->dir, "vmlinux.h");
	if (!m->map || !m->file || !path)
		return eu_error_oom(err);
	r = place(path, header, len, err);
	return r ? r : place(m->map, map_text, strlen(map_text), err);
}

int eu_module_place(struct eu_module *m, const struct eu_clang *clang,
		    const struct eu_argv *base, const char *arch,
		    const char *header, size_t len, struct eu_error *err)
{
	eu_auto_free char *cache = eu_cache_dir();

	memset(m, 0, sizeof(*m));
	if (cache)
		m->dir = folder(cache, clang, base, arch, header, len);
	return fill(m, header, len, err);
}

static void remove_all(const struct eu_module *m)
{
	eu_auto_free char *header = eu_path_join(m->dir, "vmlinux.h");

	if (header)
		unlink(header);
	unlink(m->map);
	unlink(m->file);
	rmdir(m->dir);
}

int eu_module_open(struct eu_module *m, const struct eu_clang *clang,
		   const struct eu_argv *base, const char *arch,
		   const char *header, size_t len,
		   void (*say)(const char *line), struct eu_error *err)
{
	eu_auto_free char *line = NULL;
	int r;

	r = eu_module_place(m, clang, base, arch, header, len, err);
	if (r || !access(m->file, R_OK))
		return r;
	if (asprintf(&line,
		     "preparing vmlinux.h for %s: this takes a moment, once for each compiler and header",
		     arch) < 0) {
		line = NULL;
		return eu_error_oom(err);
	}
	say(line);
	r = build(m, clang, base, err);
	/* What cannot be built is not kept. */
	if (r)
		remove_all(m);
	return r;
}

void eu_module_flags(const struct eu_module *m, struct eu_argv *a)
{
	eu_argv_add(a, "-fmodules");
	eu_argv_add(a, "-fno-implicit-modules");
	eu_argv_addf(a, "-fmodule-map-file=%s", m->map);
	eu_argv_addf(a, "-fmodule-file=vmlinux=%s", m->file);
	eu_argv_addf(a, "-I%s", m->dir);
}

void eu_module_done(struct eu_module *m)
{
	if (m->temporary)
		remove_all(m);
	free(m->dir);
	free(m->map);
	free(m->file);
	memset(m, 0, sizeof(*m));
}
