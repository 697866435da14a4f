/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/binary.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "rt/ldcache.h"

enum { MAX_CACHE = 64 << 20 };

/*
 * Below @root even where links are absolute; as O_PATH does not, it reads. A
 * pipe is not waited for.
 */
static int open_in(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_IN_ROOT,
	};

	if (root < 0)
		return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Is it for this machine? A cache names libraries of others too. */
static bool is_native(int fd)
{
	unsigned char own[20], other[20];
	eu_auto_close int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return self >= 0 && pread(self, own, 20, 0) == 20 &&
	       pread(fd, other, 20, 0) == 20 &&
	       own[EI_CLASS] == other[EI_CLASS] &&
	       !memcmp(own + 18, other + 18, 2);
}

/* "libc" is "libc.so.6", "libc.so" too; "libc.so.6" is that alone. */
static bool is_called(const char *file, const char *name)
{
	size_t n = strlen(name);
	bool bare = !strstr(name, ".so");

	if (strncmp(file, name, n))
		return false;
	file += n;
	if (bare && strncmp(file, ".so", 3))
		return false;
	file += bare ? 3 : 0;
	return !*file || *file == '.';
}

static bool is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static int take(struct eu_binary *b, int root, const char *path)
{
	eu_auto_close int fd = open_in(root, path);

	if (fd < 0)
		return -errno;
	if (!is_file(fd))
		return -EMEDIUMTYPE;
	b->name = strdup(path);
	if (root < 0)
		b->path = strdup(path);
	else if (asprintf(&b->path, "/proc/self/fd/%d", fd) < 0)
		b->path = NULL;
	if (!b->name || !b->path)
		return -ENOMEM;
	b->fd = root < 0 ? -1 : eu_take_fd(fd);
	return 0;
}

static int take_native(struct eu_binary *b, int root, const char *path)
{
	eu_auto_close int fd = open_in(root, path);

	if (fd < 0 || !is_native(fd))
		return -ENOENT;
	return take(b, root, path);
}

struct wanted {
	struct eu_binary *b;
	int root;
	const char *name;
};

/* 1 ends the search. */
static int take_if_wanted(void *ctx, const char *name, const char *path)
{
	const struct wanted *w = ctx;
	int r = is_called(name, w->name) ? take_native(w->b, w->root, path) :
					   -ENOENT;

	return r == -ENOENT ? 0 : r ?: 1;
}

static int look_in_cache(struct eu_binary *b, int root, const char *name)
{
	eu_auto_close int fd = open_in(root, "/etc/ld.so.cache");
	struct wanted w = { b, root, name };
	eu_auto_free char *data = NULL;
	size_t size;
	int r;

	if (fd < 0 || !is_file(fd))
		return -ENOENT;
	r = eu_file_read_fd(fd, "cache", MAX_CACHE, &data, &size, NULL);
	if (!r)
		r = eu_ldcache_foreach(data, size, take_if_wanted, &w) ?: -ENOENT;
	return eu_min(r, 0);
}

/* A library of that name in one folder. */
static int look_in_folder(struct eu_binary *b, int root, const char *dir,
			  const char *name)
{
	int fd = open_in(root, dir), r = -ENOENT;
	const struct dirent *e;
	char path[4096];
	DIR *d;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		eu_close(fd);
	while (d && r == -ENOENT && (e = readdir(d))) {
		if (!is_called(e->d_name, name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		r = take_native(b, root, path);
	}
	if (d)
		closedir(d);
	return r;
}

/* The folders of @list, which colons separate. */
static int look_in_list(struct eu_binary *b, int root, const char *list,
			const char *name, bool library)
{
	eu_auto_free char *copy = strdup(list ?: "");
	char *rest = copy, path[4096];
	const char *dir;
	int r = -ENOENT;

	while (r == -ENOENT && rest && (dir = strsep(&rest, ":"))) {
		dir = *dir ? dir : ".";
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		r = library ? look_in_folder(b, root, dir, name) :
			      take_native(b, root, path);
	}
	return r;
}

#if defined(__x86_64__)
#define TRIPLET "x86_64-linux-gnu"
#elif defined(__aarch64__)
#define TRIPLET "aarch64-linux-gnu"
#elif defined(__riscv)
#define TRIPLET "riscv64-linux-gnu"
#elif defined(__s390x__)
#define TRIPLET "s390x-linux-gnu"
#else
#define TRIPLET "arm-linux-gnueabihf"
#endif

static int find(struct eu_binary *b, int root, const char *what)
{
	static const char libs[] =
		"/lib/" TRIPLET ":/usr/lib/" TRIPLET
		":/lib64:/usr/lib64:/lib:/usr/lib:/usr/local/lib";
	static const char bins[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:"
				   "/usr/bin:/sbin:/bin";
	bool library = !strncmp(what, "lib", 3), ours = root < 0;
	int r;

	if (strchr(what, '/'))
		return take(b, root, what);
	if (!library)
		return look_in_list(b, root, ours ? getenv("PATH") ?: bins : bins,
				    what, false);
	r = ours && !getauxval(AT_SECURE) ?
		    look_in_list(b, root, getenv("LD_LIBRARY_PATH"), what, true) :
		    -ENOENT;
	if (r == -ENOENT)
		r = look_in_cache(b, root, what);
	if (r == -ENOENT)
		r = look_in_list(b, root, libs, what, true);
	return r;
}

int eu_binary_open(struct eu_binary *b, const char *what, size_t n,
		   int64_t container, struct eu_error *err)
{
	eu_auto_free char *name = strndup(what, n);
	eu_auto_close int root = -1;
	char path[64];
	int r;

	*b = (struct eu_binary){ .fd = -1 };
	if (!name)
		return eu_error_oom(err);
	snprintf(path, sizeof(path), "/proc/%lld/root", (long long)container);
	if (container)
		root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (container && root < 0)
		return eu_error_set(
			err, -errno, "container=%lld: %s", (long long)container,
			errno == ENOENT ? "no such process" : strerror(errno));
	r = find(b, root, name);
	if (!r)
		return 0;
	eu_binary_close(b);
	if (r == -ENOMEM)
		return eu_error_oom(err);
	if (strchr(name, '/'))
		return eu_error_set(err, r, "cannot open '%s'%s: %s", name,
				    container ? " of that process" : "",
				    r == -EMEDIUMTYPE ? "it is no file" :
							strerror(-r));
	return eu_error_set(err, r,
			    "no %s '%s' where the %s looks%s: give its path",
			    strncmp(name, "lib", 3) ? "program" : "library",
			    name, strncmp(name, "lib", 3) ? "shell" : "loader",
			    container ? " in the root of that process" : "");
}

void eu_binary_close(struct eu_binary *b)
{
	free(eu_take_ptr(b->path));
	free(eu_take_ptr(b->name));
	eu_close(eu_take_fd(b->fd));
}

/* Calls @fn for each section of the file. */
static int foreach_section(const struct eu_binary *b,
			   int (*fn)(Elf *elf, Elf_Scn *scn,
				     const GElf_Shdr *sh, void *ctx),
			   void *ctx)
{
	eu_auto_close int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	Elf *elf;
	int r = 0;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	while (elf && !r && (scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, &sh))
			r = fn(elf, scn, &sh, ctx);
	elf_end(elf);
	return r;
}

struct symbols {
	eu_binary_fn fn;
	void *ctx;
};

static int walk_symbols(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, void *ctx)
{
	const struct symbols *s = ctx;
	Elf_Data *data;
	const char *name;
	GElf_Sym sym;
	int r = 0;

	if (sh->sh_type != SHT_SYMTAB && sh->sh_type != SHT_DYNSYM)
		return 0;
	data = elf_getdata(scn, NULL);
	if (!data || !sh->sh_entsize)
		return 0;
	for (size_t i = 0; i < sh->sh_size / sh->sh_entsize && !r; i++) {
		if (!gelf_getsym(data, i, &sym) ||
		    GELF_ST_TYPE(sym.st_info) != STT_FUNC || !sym.st_value)
			continue;
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
		r = name && *name ? s->fn(s->ctx, name, sym.st_value) : 0;
	}
	return r;
}

int eu_binary_foreach(const struct eu_binary *b, eu_binary_fn fn, void *ctx)
{
	struct symbols s = { fn, ctx };

	return foreach_section(b, walk_symbols, &s);
}

struct probes {
	eu_binary_probe_fn fn;
	void *ctx;
};

/*
 * A note of SystemTap's: three addresses, then provider, probe and arguments,
 * each with a zero behind it.
 */
static int take_probe(const struct probes *p, const char *desc, size_t size,
		      size_t address)
{
	const char *provider = desc + 3 * address, *end = desc + size, *probe;
	char name[512];

	if (size <= 3 * address || !memchr(provider, 0, end - provider))
		return 0;
	probe = provider + strlen(provider) + 1;
	if (probe == end || !memchr(probe, 0, end - probe))
		return 0;
	snprintf(name, sizeof(name), "%s:%s", provider, probe);
	return p->fn(p->ctx, name);
}

static int walk_notes(Elf *elf, Elf_Scn *scn, const GElf_Shdr *sh, void *ctx)
{
	enum { STAPSDT = 3 };
	const size_t address = gelf_getclass(elf) == ELFCLASS32 ? 4 : 8;
	size_t at = 0, name, desc;
	GElf_Nhdr note;
	Elf_Data *d;
	int r = 0;

	if (sh->sh_type != SHT_NOTE)
		return 0;
	d = elf_getdata(scn, NULL);
	while (d && !r && (at = gelf_getnote(d, at, &note, &name, &desc)))
		if (note.n_type == STAPSDT && note.n_namesz == 8 &&
		    !memcmp((char *)d->d_buf + name, "stapsdt", 8))
			r = take_probe(ctx, (char *)d->d_buf + desc,
				       note.n_descsz, address);
	return r;
}

int eu_binary_foreach_probe(const struct eu_binary *b, eu_binary_probe_fn fn,
			    void *ctx)
{
	struct probes p = { fn, ctx };

	return foreach_section(b, walk_notes, &p);
}
