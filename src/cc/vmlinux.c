/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/vmlinux.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/child.h"
#include "cc/hash.h"
#include "pkg/package.h"

enum { MAX_HEADER = 64 << 20, MAX_VERSIONS = 256 };

static const char running_btf[] = "/sys/kernel/btf/vmlinux";

/* "DIR/NAME", given up again unless it exists. */
static char *existing(const char *dir, const char *name)
{
	char *path = eu_path_join(dir, name);

	if (path && !access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

char *eu_data_dir(const char *name)
{
	static const char beside[] = "/../share/eunomia";
	char exe[PATH_MAX], *path = NULL, *slash;
	const char *home = getenv("EUNOMIA_HOME");
	ssize_t n;

	if (home && *home)
		path = existing(home, name);
	n = path ? 0 :
		   readlink("/proc/self/exe", exe, sizeof(exe) - sizeof(beside));
	if (n > 0) {
		exe[n] = '\0';
		slash = strrchr(exe, '/');
		memcpy(slash, beside, sizeof(beside));
		path = existing(exe, name);
	}
	return path ? path : existing(EU_DATADIR, name);
}

char *eu_cache_dir(void)
{
	const char *dir = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *base, *path;

	if (dir && *dir == '/')
		return eu_path_join(dir, "eunomia");
	if (!home || *home != '/')
		return NULL;
	base = eu_path_join(home, ".cache");
	path = base ? eu_path_join(base, "eunomia") : NULL;
	free(base);
	return path;
}

int eu_make_dirs(const char *path)
{
	eu_auto_free char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *c = copy + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			return -errno;
		*c = '/';
	}
	return mkdir(copy, 0777) && errno != EEXIST ? -errno : 0;
}

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)b, *(char *const *)a);
}

/* The versions that are installed for @arch, newest first. */
static size_t versions(const char *arch, char **list)
{
	eu_auto_free char *all = eu_data_dir("vmlinux");
	eu_auto_free char *dir = all ? eu_path_join(all, arch) : NULL;
	DIR *d = dir ? opendir(dir) : NULL;
	struct dirent *e;
	size_t n = 0;

	while (d && n < MAX_VERSIONS && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0])) {
			list[n] = strdup(e->d_name);
			n += list[n] != NULL;
		}
	if (d)
		closedir(d);
	qsort(list, n, sizeof(*list), by_version);
	return n;
}

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
}

/* The path of the header of @version, or NULL. */
static char *header_of(const char *arch, const char *version)
{
	eu_auto_free char *all = eu_data_dir("vmlinux");
	char *path;

	if (!all || asprintf(&path, "%s/%s/%s/vmlinux.h", all, arch, version) < 0)
		return NULL;
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

static int no_header(const char *arch, const char *which, char **list, size_t n,
		     struct eu_error *err)
{
	eu_auto_buf struct eu_buf has = EU_BUF(4096);

	for (size_t i = 0; i < n; i++) {
		eu_buf_puts(&has, i ? ", " : "");
		eu_buf_puts(&has, list[i]);
	}
	if (n && which)
		return eu_error_set(
			err, -ENOENT,
			"there is no vmlinux.h %s for %s (installed: %s); give a file, a version, or 'running'",
			which, arch, eu_buf_str(&has) ?: "");
	return eu_error_set(
		err, -ENOENT,
		"there is no vmlinux.h for %s: give one by --vmlinux FILE%s, or keep it as '%s/vmlinux/%s/VERSION/vmlinux.h'",
		arch, strcmp(arch, eu_arch_host()) ? "" : " or --vmlinux running",
		EU_DATADIR, arch);
}

static void emit(void *ctx, const char *fmt, va_list ap)
{
	struct eu_buf *out = ctx;
	char *text;
	int n;

	n = vasprintf(&text, fmt, ap);
	if (n < 0) {
		out->error = -ENOMEM;
		return;
	}
	eu_buf_put(out, text, n);
	free(text);
}

static int dump(const struct btf *btf, struct btf_dump *d)
{
	int r = 0;

	for (uint32_t i = 1; i < btf__type_cnt(btf) && !r; i++)
		r = btf_dump__dump_type(d, i);
	return r;
}

/* The header of this kernel's BTF as text. */
static int dump_running(struct eu_buf *out, struct eu_error *err)
{
	struct btf *btf = btf__parse(running_btf, NULL);
	struct btf_dump *d = NULL;
	int r;

	if (!btf)
		return eu_error_set(
			err, -ENOENT,
			"this kernel does not tell its types: cannot read '%s': %s",
			running_btf, strerror(errno));
	eu_buf_puts(out, "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
			 "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			 "#pragma clang attribute push "
			 "(__attribute__((preserve_access_index)), "
			 "apply_to = record)\n#endif\n\n");
	d = btf_dump__new(btf, emit, out, NULL);
	r = d ? dump(btf, d) : -errno;
	eu_buf_puts(out, "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			 "#pragma clang attribute pop\n#endif\n\n"
			 "#endif /* __VMLINUX_H__ */\n");
	btf_dump__free(d);
	btf__free(btf);
	if (r || out->error)
		return eu_error_set(err, r ?: out->error,
				    "cannot write the types of '%s': %s",
				    running_btf, strerror(-(r ?: out->error)));
	return 0;
}

/*
 * Where nothing can be kept: a file in memory, open until this process ends,
 * which whoever uses it takes for one of another name.
 */
static int keep_in_memory(const struct eu_buf *text, char **ret_path,
			  struct eu_error *err)
{
	int fd = eu_memfd("vmlinux.h", text->data, text->len);

	if (fd < 0)
		return eu_error_set(err, fd, "cannot make a memory file: %s",
				    strerror(-fd));
	if (asprintf(ret_path, "/proc/self/fd/%d", fd) >= 0)
		return 0;
	*ret_path = NULL;
	close(fd);
	return eu_error_oom(err);
}

/* The running kernel's header, made once for its BTF. */
static int find_running(char **ret_path, struct eu_error *err)
{
	eu_auto_buf struct eu_buf text = EU_BUF(MAX_HEADER);
	eu_auto_free char *cache = eu_cache_dir(), *btf = NULL;
	eu_auto_free char *dir = NULL, *path = NULL;
	size_t len;
	int r;

	r = eu_file_read(running_btf, MAX_HEADER, &btf, &len, err);
	if (r)
		return r;
	if (asprintf(&dir, "%s/running-%016llx", cache ?: "",
		     (unsigned long long)eu_hash(0, btf, len)) < 0) {
		dir = NULL;
		return eu_error_oom(err);
	}
	path = eu_path_join(dir, "vmlinux.h");
	if (!path)
		return eu_error_oom(err);
	if (access(path, R_OK)) {
		r = dump_running(&text, err);
		if (r)
			return r;
		if (!cache || eu_make_dirs(dir) ||
		    eu_file_write(path, text.data, text.len, NULL))
			return keep_in_memory(&text, ret_path, err);
	}
	*ret_path = eu_take_ptr(path);
	return 0;
}

/* A path, as opposed to a version. */
static bool is_path(const char *which)
{
	return strchr(which, '/') || !isdigit((unsigned char)*which);
}

int eu_vmlinux_find(const char *arch, const char *which, char **ret_path,
		    struct eu_error *err)
{
	char *list[MAX_VERSIONS];
	size_t n;
	int r = 0;

	if (which && !strcmp(which, "running")) {
		if (!strcmp(arch, eu_arch_host()))
			return find_running(ret_path, err);
		return eu_error_set(
			err, -EINVAL,
			"the running kernel's types are those of %s, not of %s",
			eu_arch_host(), arch);
	}
	if (which && is_path(which)) {
		if (access(which, R_OK))
			return eu_error_set(err, -errno, "cannot open '%s': %s",
					    which, strerror(errno));
		*ret_path = strdup(which);
		return *ret_path ? 0 : eu_error_oom(err);
	}
	n = versions(arch, list);
	*ret_path = which ? header_of(arch, which) :
		    n	  ? header_of(arch, list[0]) :
			    NULL;
	if (!*ret_path)
		r = no_header(arch, which, list, n, err);
	free_list(list, n);
	return r;
}

/* Does a line of the header define @name? */
static bool defines(const char *text, const char *name)
{
	const size_t len = strlen(name);
	const char *s = text, *line, *end;

	while ((s = strstr(s, name))) {
		end = s + len;
		line = memrchr(text, '\n', s - text) ?: text;
		line += *line == '\n';
		if ((!strncmp(end, " {", 2) &&
		     (!strncmp(line, "struct ", 7) ||
		      !strncmp(line, "union ", 6) || !strncmp(line, "enum ", 5)) &&
		     s[-1] == ' ') ||
		    (*end == ';' && !strncmp(line, "typedef ", 8) &&
		     (s[-1] == ' ' || s[-1] == '*')))
			return true;
		s = end;
	}
	return false;
}

char *eu_vmlinux_with(const char *arch, const char *path, const char *name)
{
	char *list[MAX_VERSIONS], *found = NULL;
	size_t n = versions(arch, list), len;

	for (size_t i = 0; i < n && !found; i++) {
		eu_auto_free char *file = header_of(arch, list[i]);
		eu_auto_free char *text = NULL;

		if (!file || (path && !strcmp(file, path)))
			continue;
		if (!eu_file_read(file, MAX_HEADER, &text, &len, NULL) &&
		    defines(text, name))
			found = strdup(list[i]);
	}
	free_list(list, n);
	return found;
}
