/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/kernel_btf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "base/file.h"
#include "pkg/xz.h"

enum { MAX_BTF = 256 << 20, MAX_PACKED = 64 << 20 };

static const char own[] = "/sys/kernel/btf/vmlinux";
static const char *const suffixes[] = { ".btf", ".btf.tar.xz" };

/* This system, in the words of BTFHub's directories. */
struct host {
	char id[64], version[64];
	struct utsname uts;
	const char *machines[2]; /* names of one machine */
};

/* KEY=value or KEY="value" of os-release(5). */
static void read_key(const char *text, const char *key, char *to, size_t size)
{
	size_t n = strlen(key);
	const char *p = text;

	while (p && (strncmp(p, key, n) || p[n] != '=')) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return;
	p += n + 1;
	p += *p == '"' || *p == '\'';
	n = strcspn(p, "\"'/\n");
	if (n < size) {
		memcpy(to, p, n);
		to[n] = '\0';
	}
}

static void know_host(struct host *h)
{
	static const char *const paths[] = { "/etc/os-release",
					     "/usr/lib/os-release" };
	eu_auto_free char *text = NULL;
	size_t len;

	memset(h, 0, sizeof(*h));
	uname(&h->uts);
	h->machines[0] = h->uts.machine;
	h->machines[1] = strcmp(h->uts.machine, "aarch64") ? h->uts.machine :
							     "arm64";
	for (size_t i = 0; i < EU_COUNT(paths) && !text; i++)
		if (eu_file_read(paths[i], 1 << 16, &text, &len, NULL))
			text = NULL;
	if (!text)
		return;
	read_key(text, "ID", h->id, sizeof(h->id));
	read_key(text, "VERSION_ID", h->version, sizeof(h->version));
}

static int to_memory(const char *data, size_t len, struct eu_kernel_btf *ret,
		     struct eu_error *err)
{
	eu_auto_close int fd = memfd_create("btf", MFD_CLOEXEC);
	int r = fd < 0 ? -errno : eu_write_all(fd, data, len);

	if (r)
		return eu_error_set(err, r, "cannot write a memfd: %s",
				    strerror(-r));
	if (asprintf(&ret->path, "/proc/self/fd/%d", fd) < 0) {
		ret->path = NULL;
		return eu_error_oom(err);
	}
	ret->fd = eu_take_fd(fd);
	return 0;
}

static int unpack(const char *data, size_t len, struct eu_kernel_btf *ret,
		  struct eu_error *err)
{
	eu_auto_buf struct eu_buf room = EU_BUF(MAX_BTF);
	const char *file;
	size_t n;
	int r = eu_xz_first_file(data, len, &room, &file, &n, err);

	return r ? r : to_memory(file, n, ret, err);
}

static int take_file(const char *path, struct eu_kernel_btf *ret,
		     struct eu_error *err)
{
	size_t n = strlen(path), len;
	eu_auto_free char *data = NULL;
	struct stat st;
	int r;

	if (n > 3 && !strcmp(path + n - 3, ".xz")) {
		r = eu_file_read(path, MAX_PACKED, &data, &len, err);
		if (r)
			return r;
		return eu_error_prefix(err, unpack(data, len, ret, err), "'%s'",
				       path);
	}
	if (access(path, R_OK) || stat(path, &st))
		return eu_error_set(err, -errno,
				    "cannot read the kernel's BTF in '%s': %s",
				    path, strerror(errno));
	/* libbpf would wait for somebody to open a pipe. */
	if (!S_ISREG(st.st_mode))
		return eu_error_set(
			err, -EINVAL,
			"cannot read the kernel's BTF in '%s': it is no file",
			path);
	ret->path = strdup(path);
	return ret->path ? 0 : eu_error_oom(err);
}

/* "DIR/ID/VERSION/machine/release.btf", if there is one: 1. */
static int try_system(const char *dir, const char *id, const char *version,
		      const struct host *h, char **ret)
{
	char *path;

	for (size_t m = 0; m < EU_COUNT(h->machines); m++)
		for (size_t i = 0; i < EU_COUNT(suffixes); i++) {
			if (asprintf(&path, "%s/%s/%s/%s/%s%s", dir, id,
				     version, h->machines[m], h->uts.release,
				     suffixes[i]) < 0)
				return -ENOMEM;
			if (!access(path, R_OK)) {
				*ret = path;
				return 1;
			}
			free(path);
		}
	return 0;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

struct names {
	struct dirent **list;
	int n;
};

static void names_done(struct names *n)
{
	for (int i = 0; i < n->n; i++)
		free(n->list[i]);
	free(n->list);
}

static void read_names(const char *dir, struct names *n)
{
	n->n = scandir(dir, &n->list, visible, alphasort);
	if (n->n < 0)
		*n = (struct names){ 0 };
}

/* Releases of kernels name the distribution that they are of. */
static int try_all(const char *dir, const struct host *h, char **ret)
{
	EU_CLEANUP(names_done) struct names ids = { 0 };
	int r = 0;

	read_names(dir, &ids);
	for (int i = 0; i < ids.n && !r; i++) {
		EU_CLEANUP(names_done) struct names versions = { 0 };
		eu_auto_free char *sub = eu_path_join(dir, ids.list[i]->d_name);

		if (!sub)
			return -ENOMEM;
		read_names(sub, &versions);
		for (int k = 0; k < versions.n && !r; k++)
			r = try_system(dir, ids.list[i]->d_name,
				       versions.list[k]->d_name, h, ret);
	}
	return r;
}

static int search(const char *dir, const struct host *h,
		  struct eu_kernel_btf *ret, struct eu_error *err)
{
	eu_auto_free char *inner = eu_path_join(dir, "btfhub-archive");
	eu_auto_free char *path = NULL;
	int r;

	if (!inner)
		return eu_error_oom(err);
	if (!access(inner, X_OK))
		dir = inner;
	r = try_system(dir, h->id, h->version, h, &path);
	if (!r)
		r = try_all(dir, h, &path);
	if (r < 0)
		return eu_error_oom(err);
	if (r)
		return take_file(path, ret, err);
	return eu_error_set(err, -ENOENT,
			    "'%s' has no BTF of this kernel: %s/%s/%s/%s.btf",
			    dir, *h->id ? h->id : "ID",
			    *h->version ? h->version : "VERSION",
			    h->machines[1], h->uts.release);
}

/* ID/VERSION/machine/... of an entry: 2 if all is this system's, 1 if its
 * machine is, else 0. The package keeps those of this release alone.
 */
static int fits(const char *name, const struct host *h)
{
	char system[160];
	const char *rest = name, *end;

	for (int i = 0; i < 2 && rest; i++) {
		rest = strchr(rest, '/');
		rest = rest ? rest + 1 : NULL;
	}
	end = rest ? strchr(rest, '/') : NULL;
	if (!end)
		return 0;
	for (size_t m = 0; m < EU_COUNT(h->machines); m++)
		if (strlen(h->machines[m]) == (size_t)(end - rest) &&
		    !strncmp(h->machines[m], rest, end - rest)) {
			snprintf(system, sizeof(system), "%s/%s/", h->id,
				 h->version);
			return strncmp(name, system, strlen(system)) ? 1 : 2;
		}
	return 0;
}

static int search_package(const struct eu_package *pkg, const struct host *h,
			  struct eu_kernel_btf *ret, struct eu_error *err)
{
	const struct eu_btf_file *best = NULL;
	int score = 0, s, r;

	for (size_t i = 0; i < pkg->n_btfs; i++) {
		s = fits(pkg->btfs[i].name, h);
		if (s > score) {
			score = s;
			best = &pkg->btfs[i];
		}
	}
	if (!best)
		return 0;
	r = eu_xz_is(best->data, best->size) ?
		    unpack(best->data, best->size, ret, err) :
		    to_memory(best->data, best->size, ret, err);
	return eu_error_prefix(err, r, "'%s' of the package", best->name);
}

int eu_kernel_btf_find(const char *named, const struct eu_package *pkg,
		       struct eu_kernel_btf *ret, struct eu_error *err)
{
	struct host h;
	struct stat st;

	if (!named)
		named = secure_getenv("BTF_FILE_PATH");
	if (named && !*named)
		named = NULL;
	if (named && stat(named, &st))
		return eu_error_set(err, -errno,
				    "cannot read the kernel's BTF in '%s': %s",
				    named, strerror(errno));
	if (named && !S_ISDIR(st.st_mode))
		return take_file(named, ret, err);
	if (!access(own, R_OK))
		return 0;
	if (!named && !pkg->n_btfs)
		return 0;
	know_host(&h);
	return named ? search(named, &h, ret, err) :
		       search_package(pkg, &h, ret, err);
}

void eu_kernel_btf_done(struct eu_kernel_btf *b)
{
	free(b->path);
	eu_close(b->fd);
}
