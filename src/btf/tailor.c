/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "btf/tailor.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/file.h"
#include "btf/core.h"
#include "btf/pick.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

enum { MAX_OUT = 32 << 20 };

struct tailor {
	struct eu_core *core;
	struct eu_rawbtf *kernel;
	struct eu_pick pick;
	struct eu_error *err;
};

static struct eu_wanted_name *wanted_type(struct tailor *t, const char *name,
					  uint32_t kind)
{
	struct eu_wanted_name *n = eu_wanted_find(&t->core->wanted, name);

	return *name && n && n->depth[kind] ? n : NULL;
}

/* libbpf takes the size of pointers from the first "long" that it meets. */
static bool is_long(uint32_t kind, const char *name)
{
	return kind == BTF_KIND_INT && strstr(name, "long");
}

static int see_type(void *ctx, uint32_t id, const struct btf_type *type)
{
	uint32_t kind = BTF_INFO_KIND(type->info);
	struct eu_wanted_name *n;
	struct tailor *t = ctx;
	const char *name;
	int r = 0;

	name = eu_rawbtf_string(t->kernel, type->name_off);
	if (!name)
		return eu_error_set(t->err, eu_rawbtf_error(t->kernel),
				    "the name of type %u cannot be read", id);
	n = wanted_type(t, name, kind);
	if (n) {
		n->found |= eu_wanted_kinds(kind);
		r = eu_pick_add(&t->pick, id, n->depth[kind]);
	} else if (is_long(kind, name)) {
		r = eu_pick_add(&t->pick, id, EU_DEPTH_SHAPE);
	}
	if (r == -ENOMEM)
		return eu_error_oom(t->err);
	return r ? eu_error_set(t->err, -EOPNOTSUPP, "too many candidates") : 0;
}

struct module {
	struct tailor *t;
	struct eu_rawbtf btf;
	const char *name;
};

/* A type of the module's that libbpf would take, as the kernel has none. */
static int see_module_type(void *ctx, uint32_t id, const struct btf_type *type)
{
	uint32_t kind = BTF_INFO_KIND(type->info);
	struct eu_wanted_name *n;
	struct module *m = ctx;
	const char *name;

	name = eu_rawbtf_string(&m->btf, type->name_off);
	if (!name)
		return eu_error_set(m->t->err, eu_rawbtf_error(&m->btf),
				    "the name of type %u cannot be read", id);
	n = wanted_type(m->t, name, kind);
	if (!n || n->found >> kind & 1)
		return 0;
	return eu_error_set(m->t->err, -EOPNOTSUPP,
			    "type '%s' is in the BTF of module '%s'", name,
			    m->name);
}

static int check_module(struct tailor *t, const char *dir, const char *name)
{
	struct module m = { .t = t, .btf = EU_RAWBTF, .name = name };
	eu_auto_free char *path = eu_path_join(dir, name);
	int r;

	if (!path)
		return eu_error_oom(t->err);
	m.btf.base = t->kernel;
	r = eu_rawbtf_open(&m.btf, path, false, t->err) ?:
		    eu_rawbtf_scan(&m.btf, 0, &t->core->wanted, see_module_type,
				   &m, t->err);
	eu_rawbtf_done(&m.btf);
	return r;
}

static bool all_found(const struct eu_wanted *w)
{
	for (size_t i = 0; i < w->n; i++) {
		for (uint32_t k = 0; k < EU_BTF_KINDS; k++) {
			if (w->names[i].depth[k] && !(w->names[i].found >> k & 1))
				return false;
		}
	}
	return true;
}

/*
 * libbpf looks for a type in the modules' BTF if the kernel has no candidate,
 * unless it was given BTF of ours.
 */
static int check_modules(struct tailor *t, const char *dir)
{
	struct dirent *e;
	DIR *d;
	int r = 0;

	if (all_found(&t->core->wanted))
		return 0;
	d = opendir(dir);
	if (!d)
		return eu_error_set(t->err, -errno, "cannot open '%s': %s", dir,
				    strerror(errno));
	while (!r && (e = readdir(d))) {
		if (e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux"))
			r = check_module(t, dir, e->d_name);
	}
	closedir(d);
	return r;
}

static int read_types(struct tailor *t, const char *path, bool map)
{
	return eu_rawbtf_open(t->kernel, path, map, t->err) ?:
		       eu_rawbtf_scan(t->kernel, EU_BTF_BIT(INT),
				      &t->core->wanted, see_type, t, t->err);
}

static int read_running(struct tailor *t, const char *dir)
{
	eu_auto_free char *path = eu_path_join(dir, "vmlinux");

	if (!path)
		return eu_error_oom(t->err);
	return read_types(t, path, true) ?: check_modules(t, dir);
}

static int read_kernel(struct tailor *t, const struct eu_tailor_opts *opts)
{
	const struct eu_wanted_name *n;

	/* The name under which members that nobody asked for are written. */
	n = eu_wanted_find(&t->core->wanted, EU_PICK_UNWANTED);
	if (n)
		return eu_error_set(t->err, -EOPNOTSUPP,
				    "the object asks for a name '%s'", n->text);
	if (opts->btf_path)
		return read_types(t, opts->btf_path, false);
	return read_running(t, opts->btf_dir ?: "/sys/kernel/btf");
}

int eu_tailor_write(const struct eu_tailor_opts *opts, struct eu_buf *out,
		    struct eu_error *err)
{
	eu_auto_rawbtf struct eu_rawbtf kernel = EU_RAWBTF;
	eu_auto_core struct eu_core core = EU_CORE;
	struct tailor t = {
		.core = &core,
		.kernel = &kernel,
		.pick = { .raw = &kernel, .wanted = &core.wanted },
		.err = err,
	};
	int r;

	r = eu_core_read(&core, opts->object, opts->object_size, err);
	if (r || !core.n_relos)
		return r;
	/* Local ids are all that it asks for: an empty BTF does. */
	if (core.wanted.kinds)
		r = read_kernel(&t, opts);
	if (!r)
		r = eu_pick_follow(&t.pick, err);
	if (!r)
		r = eu_pick_write(&t.pick, out, err);
	eu_pick_done(&t.pick);
	return r;
}

static int open_memory(void)
{
	int fd = memfd_create("btf", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	/* The second flag is known since Linux 6.3, and may be asked for. */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("btf", MFD_CLOEXEC);
	return fd;
}

void eu_tailor_path(char path[EU_TAILOR_PATH], int fd)
{
	snprintf(path, EU_TAILOR_PATH, "/proc/self/fd/%d", fd);
}

int eu_tailor_open(const struct eu_tailor_opts *opts, int *ret_fd,
		   struct eu_error *err)
{
	eu_auto_buf struct eu_buf out = EU_BUF(MAX_OUT);
	eu_auto_close int fd = -1;
	char path[EU_TAILOR_PATH];
	int r;

	r = eu_tailor_write(opts, &out, err);
	if (r)
		return r;
	if (!out.len) {
		*ret_fd = -1;
		return 0;
	}
	fd = open_memory();
	if (fd < 0)
		return eu_error_set(err, -errno, "cannot make a memfd: %s",
				    strerror(errno));
	r = eu_write_all(fd, out.data, out.len);
	if (r)
		return eu_error_set(err, r, "cannot write a memfd: %s",
				    strerror(-r));
	eu_tailor_path(path, fd);
	if (access(path, R_OK))
		return eu_error_set(err, -EOPNOTSUPP,
				    "'%s' cannot be opened: is /proc mounted?",
				    path);
	*ret_fd = eu_take_fd(fd);
	return 0;
}
