/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "ecc.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/file.h"
#include "btf/tailor.h"
#include "pkg/package.h"
#include "pkg/tar.h"
#include "pkg/xz.h"

enum { DEPTH = 3, MAX_BTF = 256 << 20, MAX_PACKED = 64 << 20 };

struct archive {
	const struct eu_package *pkg;
	struct eu_buf *out;
	struct eu_error *err;
	size_t n_kernels;
};

/* What uname(2) calls the machines that objects are compiled for. */
static const struct {
	const char *machine, *arch;
} machines[] = {
	{ "x86_64", "x86" }, { "arm64", "arm64" }, { "aarch64", "arm64" },
	{ "armv7l", "arm" }, { "arm", "arm" },	   { "riscv64", "riscv" },
	{ "s390x", "s390" },
};

/* The object for the machine of ID/VERSION/MACHINE, or NULL. */
static const struct eu_object *object_for(const struct archive *a, const char *dir)
{
	const char *machine = strrchr(dir, '/') + 1;
	const char *arch = machine;

	for (size_t i = 0; i < EU_COUNT(machines); i++)
		if (!strcmp(machines[i].machine, machine))
			arch = machines[i].arch;
	for (size_t i = 0; i < a->pkg->n_objects; i++)
		if (!a->pkg->objects[i].arch ||
		    !strcmp(a->pkg->objects[i].arch, arch))
			return &a->pkg->objects[i];
	return NULL;
}

static bool ends(const char *name, const char *with)
{
	size_t n = strlen(name), k = strlen(with);

	return n > k && !strcmp(name + n - k, with);
}

/* The BTF in a file as a file of memory, for the tailor. */
static int open_btf(const char *path, struct eu_buf *room, const char **ret,
		    size_t *ret_len, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	r = eu_file_read(path, ends(path, ".xz") ? MAX_PACKED : MAX_BTF, &data,
			 &len, err);
	if (r)
		return r;
	if (eu_xz_is(data, len))
		return eu_error_prefix(
			err, eu_xz_first_file(data, len, room, ret, ret_len, err),
			"'%s'", path);
	eu_buf_put(room, data, len);
	*ret = room->data;
	*ret_len = room->len;
	return room->error ? eu_error_oom(err) : 0;
}

static int tailor(const struct eu_object *o, const char *btf, size_t len,
		  struct eu_buf *out, struct eu_error *err)
{
	eu_auto_close int fd = memfd_create("btf", MFD_CLOEXEC);
	struct eu_tailor_opts t = { .object = o->data, .object_size = o->size };
	char path[EU_TAILOR_PATH];
	int r = fd < 0 ? -errno : eu_write_all(fd, btf, len);

	if (r)
		return eu_error_set(err, r, "cannot write a memfd: %s",
				    strerror(-r));
	eu_tailor_path(path, fd);
	t.btf_path = path;
	r = eu_tailor_write(&t, out, err);
	if (r != -EOPNOTSUPP)
		return r;
	/* The object may look at anything. */
	eu_buf_put(out, btf, len);
	return out->error ? eu_error_oom(err) : 0;
}

static int add_kernel(struct archive *a, const char *root, const char *dir,
		      const char *file)
{
	eu_auto_buf struct eu_buf room = EU_BUF(MAX_BTF), out = EU_BUF(MAX_BTF);
	const struct eu_object *o = object_for(a, dir);
	eu_auto_free char *path = NULL, *name = NULL;
	const char *btf;
	size_t len, n = strlen(file);
	int r;

	if (!o)
		return 0;
	n -= ends(file, ".tar.xz") ? strlen(".tar.xz") : 0;
	if (asprintf(&path, "%s/%s/%s", root, dir, file) < 0) {
		path = NULL;
		return eu_error_oom(a->err);
	}
	if (asprintf(&name, "btfhub-archive/%s/%.*s", dir, (int)n, file) < 0) {
		name = NULL;
		return eu_error_oom(a->err);
	}
	r = open_btf(path, &room, &btf, &len, a->err);
	if (r)
		return r;
	r = tailor(o, btf, len, &out, a->err);
	if (r)
		return eu_error_prefix(a->err, r, "'%s'", path);
	a->n_kernels++;
	/* Nothing at all is looked at. */
	if (!out.len)
		return 0;
	if (eu_tar_put(a->out, name, out.data, out.len))
		return eu_error_set(a->err, -E2BIG, "'%s': too long a name",
				    name);
	return 0;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* ID, VERSION and MACHINE, then files; each in the order of names. */
static int walk(struct archive *a, const char *root, const char *dir, int depth)
{
	eu_auto_free char *at = *dir ? eu_path_join(root, dir) : strdup(root);
	struct dirent **list = NULL;
	int n, r = 0;

	if (!at)
		return eu_error_oom(a->err);
	n = scandir(at, &list, visible, alphasort);
	if (n < 0 && errno == ENOTDIR && depth)
		return 0;
	if (n < 0)
		return eu_error_set(a->err, -errno, "'%s': %s", at,
				    strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		eu_auto_free char *sub = *dir ? eu_path_join(dir, name) :
						strdup(name);

		if (!r && !sub)
			r = eu_error_oom(a->err);
		else if (!r && depth < DEPTH)
			r = walk(a, root, sub, depth + 1);
		else if (!r && (ends(name, ".btf") || ends(name, ".btf.tar.xz")))
			r = add_kernel(a, root, dir, name);
		free(list[i]);
	}
	free(list);
	return r;
}

int ecc_archive(const char *btfs, const char *name, const struct eu_package *pkg,
		struct eu_buf *out, struct eu_error *err)
{
	struct archive a = { .pkg = pkg, .out = out, .err = err };
	eu_auto_json json_t *all = eu_package_json(pkg, err);
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	if (!all)
		return -ENOMEM;
	text = eu_json_write(all, &len);
	if (!text)
		return eu_error_oom(err);
	eu_tar_put(out, "package.json", text, len);
	if (eu_tar_put(out, name, pkg->objects[0].data, pkg->objects[0].size))
		return eu_error_set(err, -E2BIG, "'%s': too long a name", name);
	r = walk(&a, btfs, "", 0);
	if (r)
		return r;
	if (!a.n_kernels)
		return eu_error_set(
			err, -ENOENT,
			"'%s' has no BTF for this package: ID/VERSION/MACHINE/RELEASE.btf",
			btfs);
	eu_tar_end(out);
	if (out->error)
		return eu_error_set(err, out->error, "the archive is too large");
	return 0;
}
