/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "wasm/host.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/*
 * What a guest's own descriptors stand for. The engine opens and closes them;
 * we stand in front of it and keep a descriptor of ours for each, without the
 * right to read or write, to be given to the kernel in its place.
 *
 * Standard output is said to be a terminal, so that guests write line by line
 * and nothing waits in their memory when they are stopped.
 */

/* Beyond this they can be used as files only. */
enum { MAX_FILES = 4096, STANDARD = 3 };
/* Of wasi_snapshot_preview1. */
enum { SUCCESS = 0, BADF = 8, SYMLINK_FOLLOW = 1, CHARACTER_DEVICE = 2 };

struct fdstat {
	uint8_t filetype;
	uint8_t pad;
	uint16_t flags;
	uint8_t pad2[4];
	uint64_t rights, inheriting;
};

static const uint64_t RIGHTS = (1u << 30) - 1, SEEK = 1 << 2, TELL = 1 << 5;

static const struct eu_host_file none = EU_HOST_NO_FILE;

static void forget(struct eu_wasm *w, uint32_t fd)
{
	if (fd >= w->n_files)
		return;
	eu_close(w->files[fd].fd);
	w->files[fd] = none;
}

/* Takes @ours. Without room for it the guest's is like one of no use here. */
static void remember(struct eu_wasm *w, uint32_t fd, int ours)
{
	while (w->n_files <= fd &&
	       !eu_array_grow(&w->files, w->n_files, sizeof(none), MAX_FILES))
		w->files[w->n_files++] = none;
	forget(w, fd);
	if (fd < w->n_files)
		w->files[fd].fd = ours;
	else
		eu_close(ours);
}

void eu_host_files_open(struct eu_wasm *w, const char *const *dirs)
{
	for (uint32_t fd = 0; fd < STANDARD; fd++)
		remember(w, fd, -1);
	for (uint32_t fd = 0; fd < w->n_files; fd++)
		w->files[fd].standard = (int)fd;
	/* One that cannot be opened is what the engine fails with. */
	for (; dirs && dirs[2 * w->n_dirs]; w->n_dirs++)
		remember(w, STANDARD + w->n_dirs,
			 open(dirs[2 * w->n_dirs],
			      O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void eu_host_files_close(struct eu_wasm *w)
{
	for (size_t i = 0; i < w->n_files; i++)
		eu_close(w->files[i].fd);
	free(w->files);
}

int eu_host_file(const struct eu_wasm *w, uint32_t fd)
{
	return fd < w->n_files ? w->files[fd].fd : -1;
}

int eu_host_file_standard(const struct eu_wasm *w, uint32_t fd)
{
	return fd < w->n_files ? w->files[fd].standard : -1;
}

/* As the engine looks it up: never out of the folder. */
static int open_beneath(int dir, const char *path, bool follow)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static int path_open(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t path_at = v[2], len = v[3], fd_at = v[8];
	const int dir = eu_host_file(w, v[0]);
	const bool follow = v[1] & SYMLINK_FOLLOW;
	char path[PATH_MAX];
	const void *bytes;
	uint32_t fd;
	int r;

	bytes = eu_host_bytes(w, path_at, len);
	path[0] = '\0';
	if (bytes && len < sizeof(path)) {
		memcpy(path, bytes, len);
		path[len] = '\0';
	}
	r = w->engine_fns->wasi(w->guest, "path_open", v, err);
	if (r || v[0] != SUCCESS)
		return r;
	bytes = eu_host_bytes(w, fd_at, sizeof(fd));
	if (!bytes)
		return eu_host_trap(err);
	memcpy(&fd, bytes, sizeof(fd));
	remember(w, le32toh(fd), dir < 0 ? -1 : open_beneath(dir, path, follow));
	return 0;
}

static int fd_close(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t fd = v[0];
	int r = w->engine_fns->wasi(w->guest, "fd_close", v, err);

	if (!r && v[0] == SUCCESS)
		forget(w, fd);
	return r;
}

static int fd_renumber(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const uint32_t from = v[0], to = v[1];
	int r = w->engine_fns->wasi(w->guest, "fd_renumber", v, err);
	struct eu_host_file f = none;

	if (r || v[0] != SUCCESS || from == to)
		return r;
	if (from < w->n_files) {
		f = w->files[from];
		w->files[from] = none;
	}
	remember(w, to, f.fd);
	if (to < w->n_files)
		w->files[to].standard = f.standard;
	return 0;
}

static int fd_fdstat_get(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const int standard = eu_host_file_standard(w, v[0]);
	struct fdstat s = { .filetype = CHARACTER_DEVICE,
			    .rights = htole64(RIGHTS & ~(SEEK | TELL)),
			    .inheriting = htole64(RIGHTS) };
	char *to;

	if (standard < 0 && w->n_dirs)
		return w->engine_fns->wasi(w->guest, "fd_fdstat_get", v, err);
	to = eu_host_bytes(w, v[1], sizeof(s));
	if (!to)
		return eu_host_trap(err);
	/* Without a folder it has no others. */
	v[0] = standard < 0 ? BADF : SUCCESS;
	if (v[0] == SUCCESS)
		memcpy(to, &s, sizeof(s));
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_WASI, "path_open", "iiiiiIIii:i", path_open },
	{ EU_WASI, "fd_close", "i:i", fd_close },
	{ EU_WASI, "fd_renumber", "ii:i", fd_renumber },
	{ EU_WASI, "fd_fdstat_get", "ii:i", fd_fdstat_get },
};
const struct eu_host_calls eu_host_files = { rows, EU_COUNT(rows) };
