/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cc/compile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cc/advise.h"
#include "cc/annotate.h"
#include "base/child.h"
#include "cc/decls.h"
#include "cc/hints.h"
#include "cc/module.h"
#include "cc/source.h"
#include "cc/strip.h"
#include "cc/vmlinux.h"

enum { MAX_SOURCE = 32 << 20, MAX_HEADER = 64 << 20, MAX_ARCHS = 16 };

/* The same text everywhere: loaders must not tell objects apart by it. */
static const char anchors_file[] = "<ecc>";

/* One architecture's compile. */
struct job {
	const char *arch;
	char *vmlinux; /* path of the header, or NULL */
	struct eu_module module;
	bool use_module;
	bool foreign_asm;     /* <asm/...> is this machine's */
	struct eu_argv base;  /* flags that the module shares */
	struct eu_argv flags; /* for compiler and libclang */
	struct eu_child child;
	void *object; /* stripped */
	size_t object_len;
};

struct compile {
	const struct eu_compile *o;
	struct eu_clang clang;
	char *text; /* the source */
	size_t len;
	char *dir; /* its folder as typed, with '/' */
	bool has_vmlinux, use_module;
	struct job jobs[MAX_ARCHS];
	struct eu_type_names guess;
	struct eu_decls decls;
	struct eu_error *err;
};

char *eu_compile_name(const char *source)
{
	const char *base = eu_path_name(source);

	return strndup(base, strcspn(base, "."));
}

static void show_command(const struct compile *c, const struct eu_argv *a)
{
	eu_auto_buf struct eu_buf line = EU_BUF(1 << 20);

	eu_argv_format(a, &line);
	if (c->o->command && eu_buf_str(&line))
		c->o->command(line.data);
}

static bool is_big_endian(const char *arch)
{
	return !strcmp(arch, "s390");
}

static void add_base_flags(const struct job *j, struct eu_argv *a)
{
	eu_argv_add(a, "-g");
	eu_argv_add(a, "-O2");
	eu_argv_add(a, "-target");
	eu_argv_add(a, is_big_endian(j->arch) ? "bpfeb" : "bpfel");
	eu_argv_add(a, "-Wno-unknown-attributes");
	eu_argv_addf(a, "-D__TARGET_ARCH_%s", j->arch);
}

/*
 * What clang for an architecture's own programs would search besides: on
 * Debian and its like <asm/types.h> lies in a folder of the architecture's,
 * for others than this machine's in one of a cross compiler's.
 */
static const struct {
	const char *arch, *dir, *package;
} asm_dirs[] = {
	{ "x86", "/usr/include/x86_64-linux-gnu", "amd64" },
	{ "x86", "/usr/x86_64-linux-gnu/include", "amd64" },
	{ "arm64", "/usr/include/aarch64-linux-gnu", "arm64" },
	{ "arm64", "/usr/aarch64-linux-gnu/include", "arm64" },
	{ "arm", "/usr/include/arm-linux-gnueabihf", "armhf" },
	{ "arm", "/usr/arm-linux-gnueabihf/include", "armhf" },
	{ "riscv", "/usr/include/riscv64-linux-gnu", "riscv64" },
	{ "riscv", "/usr/riscv64-linux-gnu/include", "riscv64" },
	{ "s390", "/usr/include/s390x-linux-gnu", "s390x" },
	{ "s390", "/usr/s390x-linux-gnu/include", "s390x" },
};

static size_t add_asm_dirs(const char *arch, struct eu_argv *a)
{
	size_t n = 0;

	for (size_t i = 0; i < EU_COUNT(asm_dirs); i++)
		if (!strcmp(asm_dirs[i].arch, arch) &&
		    !access(asm_dirs[i].dir, R_OK)) {
			eu_argv_addf(a, "-idirafter%s", asm_dirs[i].dir);
			n++;
		}
	return n;
}

static void add_system_dirs(struct job *j, struct eu_argv *a)
{
	eu_auto_free char *own = eu_data_dir("include");

	/* <uapi/linux/...> as the kernel's samples say it. */
	if (own)
		eu_argv_addf(a, "-idirafter%s", own);
	/* "bpf_helpers.h" without its folder. */
	eu_argv_addf(a, "-idirafter%s/bpf", EU_LIBBPF_INCLUDE);
	eu_argv_addf(a, "-idirafter%s", EU_LIBBPF_INCLUDE);
	j->foreign_asm = !add_asm_dirs(j->arch, a) &&
			 strcmp(j->arch, eu_arch_host());
	/* Good enough for what no architecture does differently. */
	if (j->foreign_asm)
		add_asm_dirs(eu_arch_host(), a);
}

/*
 * File names in the object's debug information must not depend on where the
 * compiler was called, while its messages are to have them as typed. The
 * prefixes make both forms of a name, typed absolute or relative, "./NAME".
 */
static void add_prefix_flags(const struct compile *c, struct eu_argv *a)
{
	const char *dir = *c->dir ? c->dir : "./";

	eu_argv_add(a, "-fdebug-compilation-dir=.");
	eu_argv_addf(a, "-fdebug-prefix-map=%s=%s", dir, *dir == '/' ? "./" : "");
	eu_argv_addf(a, "-fmacro-prefix-map=%s=", dir);
	/*
	 * Only BTF is kept; of the formats of the rest this one is made fastest.
	 * BTF shows the text of lines, which LLVM reads from a file of the name
	 * above. Where there is none the text has to come with the debug
	 * information: the driver takes that flag for DWARF 5 alone, BTF needs
	 * no DWARF for it.
	 */
	eu_argv_add(a, "-gdwarf-4");
	if (*c->dir) {
		eu_argv_add(a, "-Xclang");
		eu_argv_add(a, "-gembed-source");
	}
}

static int add_vmlinux_flags(struct job *j, struct eu_argv *a)
{
	const char *slash;

	if (j->use_module)
		eu_module_flags(&j->module, a);
	else if (j->module.dir)
		eu_argv_addf(a, "-I%s", j->module.dir);
	else if (j->vmlinux) {
		slash = strrchr(j->vmlinux, '/');
		eu_argv_addf(a, "-I%.*s", slash ? (int)(slash - j->vmlinux) : 1,
			     slash ? j->vmlinux : ".");
	}
	return a->failed ? -ENOMEM : 0;
}

static int make_flags(struct compile *c, struct job *j)
{
	struct eu_argv *a = &j->flags;

	eu_argv_done(a);
	add_base_flags(j, a);
	add_vmlinux_flags(j, a);
	for (size_t i = 0; i < c->o->n_flags; i++)
		eu_argv_add(a, c->o->flags[i]);
	eu_argv_addf(a, "-I%s", *c->dir ? c->dir : ".");
	add_system_dirs(j, a);
	add_prefix_flags(c, a);
	eu_argv_add(a, "-x");
	eu_argv_add(a, "c");
	return a->failed ? eu_error_oom(c->err) : 0;
}

/* Is the header's file not called vmlinux.h, so that it must be copied? */
static bool is_renamed(const char *path)
{
	return strcmp(eu_path_name(path), "vmlinux.h");
}

/* A file's bytes without copying them: it is read on every run. */
struct mapping {
	char *data;
	size_t len;
};

static void mapping_done(struct mapping *m)
{
	if (m->data)
		munmap(m->data, m->len);
}

static int map_file(struct mapping *m, const char *path, struct eu_error *err)
{
	eu_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return eu_error_set(err, -errno, "cannot open '%s': %s", path,
				    strerror(errno));
	if (!S_ISREG(st.st_mode) || !st.st_size || st.st_size > MAX_HEADER)
		return eu_error_set(err, -EINVAL, "'%s' is no header file", path);
	m->data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
		       fd, 0);
	if (m->data == MAP_FAILED) {
		m->data = NULL;
		return eu_error_set(err, -errno, "cannot read '%s': %s", path,
				    strerror(errno));
	}
	m->len = st.st_size;
	return 0;
}

/* Which vmlinux.h, and whether as a module. */
static int find_vmlinux(struct compile *c, struct job *j)
{
	EU_CLEANUP(mapping_done) struct mapping h = { 0 };
	bool renamed, module = c->use_module;
	struct eu_error why = { 0 };
	int r;

	r = eu_vmlinux_find(j->arch, c->o->vmlinux, &j->vmlinux, &why);
	if (r && !c->o->vmlinux && !c->has_vmlinux)
		return 0;
	if (r)
		return eu_error_set(c->err, r, "%s", why.text);
	renamed = is_renamed(j->vmlinux);
	if (!module && !renamed)
		return 0;
	r = map_file(&h, j->vmlinux, c->err);
	if (r)
		return r;
	/* Nothing else is to get into the cache. */
	if (!memmem(h.data, h.len, "struct", 6) &&
	    !memmem(h.data, h.len, "typedef", 7) &&
	    !memmem(h.data, h.len, "#", 1))
		return eu_error_set(c->err, -EINVAL, "'%s' is no header file",
				    j->vmlinux);
	module = module &&
		 eu_module_fits(h.data, h.len, c->o->flags, c->o->n_flags);
	j->use_module = module;
	add_base_flags(j, &j->base);
	if (module)
		return eu_module_open(&j->module, &c->clang, &j->base, j->arch,
				      h.data, h.len, c->o->say, c->err);
	if (renamed)
		return eu_module_place(&j->module, &c->clang, &j->base, j->arch,
				       h.data, h.len, c->err);
	return 0;
}

/* The source with a pointer to each exported type after its end. */
static int with_anchors(const struct compile *c, const struct eu_type_names *types)
{
	eu_auto_buf struct eu_buf b = EU_BUF(2u * MAX_SOURCE);
	const struct eu_type_name *t;

	eu_buf_put(&b, c->text, c->len);
	/* 3: a system header, about which there are no warnings. */
	eu_buf_printf(&b, "\n# 1 \"%s\" 3\n", anchors_file);
	for (size_t i = 0; i < types->n; i++) {
		t = &types->list[i];
		eu_buf_printf(
			&b,
			"static const %s%s *const volatile eu_type_%s __attribute__((section(\".eu_types\"), used));\n",
			t->is_typedef ? "" : "struct ", t->name, t->name);
	}
	if (b.error)
		return b.error;
	return eu_memfd("source", b.data, b.len);
}

/* Starts the compiler, with anchors if there are types. */
static int start(struct compile *c, struct job *j,
		 const struct eu_type_names *types)
{
	eu_auto_argv struct eu_argv a = { 0 };
	eu_auto_close int in = -1;

	eu_argv_add(&a, c->clang.path);
	for (size_t i = 0; i < j->flags.n; i++)
		eu_argv_add(&a, j->flags.list[i]);
	if (c->o->color)
		eu_argv_add(&a, "-fcolor-diagnostics");
	if (types->n) {
		in = with_anchors(c, types);
		if (in < 0)
			return eu_error_set(c->err, in,
					    "cannot make a memory file: %s",
					    strerror(-in));
		eu_argv_add(&a, "-Xclang");
		eu_argv_add(&a, "-remap-file");
		eu_argv_add(&a, "-Xclang");
		eu_argv_addf(&a, "%s;/proc/self/fd/0", c->o->source);
	}
	eu_argv_add(&a, "-c");
	eu_argv_add(&a, c->o->source);
	eu_argv_add(&a, "-o");
	eu_argv_add(&a, "-");
	show_command(c, &a);
	eu_child_done(&j->child);
	return eu_child_start(&j->child, &a, in, c->err);
}

/* Identifiers in quotes that an error is about: perhaps of another kernel. */
static char *missing_type(const struct job *j, const char *text, size_t len,
			  char *name, size_t size)
{
	static const char *const kinds[] = { "struct ", "union ", "enum " };
	const char *s = text, *end = text + len, *eol, *q;
	size_t n;

	for (; s < end; s = eol + 1) {
		eol = memchr(s, '\n', end - s) ?: end;
		if (!memmem(s, eol - s, "error:", 6) ||
		    memmem(s, eol - s, "no member named", 15) ||
		    memmem(s, eol - s, "redefinition", 12))
			continue;
		q = memchr(s, '\'', eol - s);
		if (!q++)
			continue;
		for (size_t i = 0; i < EU_COUNT(kinds); i++)
			if (!strncmp(q, kinds[i], strlen(kinds[i])))
				q += strlen(kinds[i]);
		for (n = 0; isalnum((unsigned char)q[n]) || q[n] == '_'; n++)
			;
		if (!n || n >= size || q[n] != '\'')
			continue;
		memcpy(name, q, n);
		name[n] = '\0';
		q = eu_vmlinux_with(j->arch, j->vmlinux, name);
		if (q)
			return (char *)q;
	}
	return NULL;
}

static int refused(struct compile *c, struct job *j, int status)
{
	eu_auto_free char *text = NULL, *version = NULL;
	char name[128];
	size_t len = 0;

	if (!eu_memfd_read(j->child.err, "output", &text, &len, NULL)) {
		c->o->relay(text, len);
		if (j->vmlinux && c->has_vmlinux && !eu_hints_blame_name(text))
			version = missing_type(j, text, len, name, sizeof(name));
	}
	if (status < 0 || status > 128)
		return eu_error_set(c->err, -EIO, "the compiler '%s' crashed",
				    c->clang.path);
	if (version)
		return eu_error_set(
			c->err, -EBADMSG,
			"cannot compile '%s' for %s; the vmlinux.h of %s has '%s': try --vmlinux %s",
			c->o->source, j->arch, version, name, version);
	eu_error_set(c->err, -EBADMSG, "cannot compile '%s' for %s",
		     c->o->source, j->arch);
	for (size_t i = 0;
	     j->foreign_asm && !c->has_vmlinux && i < EU_COUNT(asm_dirs); i++)
		if (!strcmp(asm_dirs[i].arch, j->arch))
			return eu_error_append(
				c->err, -EBADMSG,
				"; its <asm/...> headers are missing: install linux-libc-dev-%s-cross, or include vmlinux.h",
				asm_dirs[i].package);
	return text ? eu_hints_append(text, -EBADMSG, c->err) : -EBADMSG;
}

/* Do the messages speak of the lines that were added? */
static bool blames_anchors(const struct job *j)
{
	eu_auto_free char *text = NULL;
	size_t len;

	return !eu_memfd_read(j->child.err, "output", &text, &len, NULL) &&
	       memmem(text, len, anchors_file, strlen(anchors_file));
}

static int relay_warnings(const struct compile *c, const struct job *j)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	r = eu_memfd_read(j->child.err, "warnings", &text, &len, c->err);
	if (!r && len)
		c->o->relay(text, len);
	return r;
}

/* By the user's own tool; our pass follows all the same. */
static int run_strip(struct compile *c, int in, char **ret, size_t *ret_len)
{
	eu_auto_child struct eu_child child = EU_CHILD;
	eu_auto_argv struct eu_argv a = { 0 };
	eu_auto_free char *text = NULL;
	size_t len = 0;
	int r;

	eu_argv_add(&a, c->o->strip);
	eu_argv_add(&a, "-g");
	eu_argv_add(&a, "-");
	eu_argv_add(&a, "-o");
	eu_argv_add(&a, "-");
	show_command(c, &a);
	lseek(in, 0, SEEK_SET);
	r = eu_child_start(&child, &a, in, c->err);
	if (r)
		return r;
	if (!eu_child_wait(&child))
		return eu_memfd_read(child.out, "stripped object", ret, ret_len,
				     c->err);
	if (!eu_memfd_read(child.err, "output", &text, &len, NULL))
		c->o->relay(text, len);
	return eu_error_set(c->err, -EIO, "'%s' failed", c->o->strip);
}

static int take_object(struct compile *c, struct job *j)
{
	eu_auto_free char *raw = NULL;
	size_t len = 0;
	int r;

	r = relay_warnings(c, j);
	if (!r)
		r = c->o->strip ? run_strip(c, j->child.out, &raw, &len) :
				  eu_memfd_read(j->child.out, "compiled object",
						&raw, &len, c->err);
	return r ? r : eu_strip(raw, len, &j->object, &j->object_len, c->err);
}

/* The folder part as typed: "dir/", "" if there is none. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash ? slash - path + 1 : 0);
}

static int read_sources(struct compile *c)
{
	eu_auto_free char *header = NULL, *local = NULL;
	const struct eu_compile *o = c->o;
	size_t len;
	int r;

	r = eu_file_read(o->source, MAX_SOURCE, &c->text, &c->len, c->err);
	if (r)
		return r;
	if (c->len >= 4 && !memcmp(c->text, "\177ELF", 4))
		return eu_error_set(
			c->err, -EINVAL,
			"'%s' is an object, compiled already: run it with 'ecli run %s'",
			o->source, o->source);
	if (strchr(o->source, ';'))
		return eu_error_set(c->err, -EINVAL,
				    "the path '%s' must not have a ';'",
				    o->source);
	c->dir = folder_of(o->source);
	local = c->dir ? eu_path_join(*c->dir ? c->dir : ".", "vmlinux.h") : NULL;
	if (!local)
		return eu_error_oom(c->err);
	c->has_vmlinux = eu_source_has_vmlinux(c->text);
	c->use_module = eu_source_starts_with_vmlinux(c->text) &&
			access(local, F_OK);
	if (!o->header || !strcmp(o->header, o->source)) {
		r = eu_source_types(c->text, !o->header, &c->guess);
	} else {
		r = eu_file_read(o->header, MAX_SOURCE, &header, &len, c->err);
		if (r)
			return r;
		r = eu_source_types(header, false, &c->guess);
		if (!r)
			r = eu_source_types(c->text, true, &c->guess);
	}
	eu_type_names_limit(&c->guess);
	return r ? eu_error_oom(c->err) : 0;
}

/* Nothing for libclang to find? It takes some time to open. */
static bool needs_decls(const struct compile *c)
{
	return c->o->header || eu_source_has_docs(c->text);
}

static int parse_decls(struct compile *c, const struct job *j)
{
	const struct eu_compile *o = c->o;

	eu_decls_done(&c->decls);
	return eu_decls_read(&c->decls, c->clang.libclang, &j->flags, o->source,
			     o->header, c->err);
}

/*
 * A libclang of another version than the compiler's cannot read its modules,
 * and takes vmlinux.h as it is.
 */
static int read_decls(struct compile *c)
{
	struct job *j = &c->jobs[0];
	int r;

	if (!needs_decls(c))
		return 0;
	r = parse_decls(c, j);
	if (r || !c->decls.fatal || !j->use_module)
		return r;
	j->use_module = false;
	r = make_flags(c, j);
	if (!r)
		r = parse_decls(c, j);
	j->use_module = true;
	return r ? r : make_flags(c, j);
}

/* After the compiler has found no fault. */
static int check_decls(struct compile *c)
{
	const struct eu_compile *o = c->o;

	if (c->decls.fatal)
		return eu_error_set(c->err, -EIO, "libclang cannot read '%s': %s",
				    o->source, c->decls.fatal);
	if (o->header && !c->decls.header_seen)
		return eu_error_set(
			c->err, -EINVAL,
			"'%s' does not include '%s', so its types cannot be exported",
			o->source, o->header);
	return 0;
}

/* Is the module in the cache broken? A full disk leaves such files. */
static bool blames_module(const struct job *j)
{
	static const char *const words[] = { " AST file", "module file" };
	eu_auto_free char *text = NULL;
	size_t len;

	if (!j->use_module ||
	    eu_memfd_read(j->child.err, "output", &text, &len, NULL))
		return false;
	for (size_t i = 0; i < EU_COUNT(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static int rebuild_module(struct compile *c, struct job *j)
{
	unlink(j->module.file);
	eu_module_done(&j->module);
	eu_argv_done(&j->base);
	free(eu_take_ptr(j->vmlinux));
	return find_vmlinux(c, j);
}

/* The compile with the types that libclang found, or with none. */
static int again(struct compile *c, struct job *j,
		 const struct eu_type_names *types, int *ret_status)
{
	int r = start(c, j, types);

	if (!r)
		*ret_status = eu_child_wait(&j->child);
	return r;
}

/*
 * Waits for the compile that was started with the guessed types. If the guess
 * was wrong it counts for nothing, whatever came of it. Messages about the
 * anchors are told again as the source alone gets them.
 */
static int finish(struct compile *c, struct job *j)
{
	static const struct eu_type_names none;
	int status = eu_child_wait(&j->child), r = 0;

	if (status && blames_module(j)) {
		r = rebuild_module(c, j);
		if (!r && j == c->jobs)
			r = read_decls(c);
		if (!r)
			r = again(c, j, &c->decls.types, &status);
	} else if (!eu_type_names_equal(&c->guess, &c->decls.types)) {
		r = again(c, j, &c->decls.types, &status);
	}
	if (r)
		return r;
	if (status && blames_anchors(j)) {
		r = again(c, j, &none, &status);
		if (!r && !status)
			r = eu_error_set(c->err, -EBADMSG,
					 "cannot export the types of '%s'",
					 c->o->header ?: c->o->source);
	}
	return r ? r : status ? refused(c, j, status) : 0;
}

static int make_package(struct compile *c, struct eu_package **ret)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_free char *name = eu_compile_name(c->o->source);
	eu_auto_free char *file = NULL;
	int r;

	if (!name || asprintf(&file, "%s.bpf.o", name) < 0) {
		file = NULL;
		return eu_error_oom(c->err);
	}
	r = eu_package_from_object(c->jobs[0].object, c->jobs[0].object_len,
				   file, NULL, &pkg, c->err);
	if (r)
		return r;
	pkg->object->arch = strdup(c->jobs[0].arch);
	if (!pkg->object->arch)
		return eu_error_oom(c->err);
	for (size_t i = 1; i < c->o->n_archs && !r; i++)
		r = eu_package_add_object(pkg, c->jobs[i].arch, c->jobs[i].object,
					  c->jobs[i].object_len, c->err);
	if (!r)
		r = eu_annotate(pkg, &c->decls, c->o->source, c->err);
	if (!r)
		*ret = eu_take_ptr(pkg);
	return r;
}

/* A package that has nothing to run would only take the place of a good one. */
static int check_empty(const struct compile *c, const struct eu_package *pkg)
{
	const struct eu_compile *o = c->o;
	const size_t len = strlen(o->source);
	size_t n = pkg->n_progs;

	/* Of a header alone only the types are wanted. */
	if (o->header && !strcmp(o->header, o->source))
		return 0;
	/* libbpf takes what others call for a program if there is no other. */
	if (n && !strcmp(pkg->progs[0].section, ".text"))
		return eu_error_set(
			c->err, -EINVAL,
			"nothing to run in '%s': '%s' is no program, it has no SEC(\"...\") that says what it is for",
			o->source, pkg->progs[0].name);
	for (size_t i = 0; i < pkg->n_maps; i++)
		n += !pkg->maps[i].internal;
	if (n)
		return 0;
	eu_error_set(c->err, -EINVAL,
		     "neither a program nor a map in '%s': nothing to run",
		     o->source);
	if (len > 2 && !strcmp(o->source + len - 2, ".h"))
		eu_error_append(
			c->err, -EINVAL,
			"; a header follows its source: ecc SOURCE %s (alone: --header-only)",
			o->source);
	return -EINVAL;
}

static int advise(const struct compile *c, const struct eu_package *pkg)
{
	const struct eu_advice a = { pkg, &c->decls, c->o->source, c->text,
				     c->o->header };
	eu_auto_buf struct eu_buf lines = EU_BUF(1 << 20);

	if (eu_advise(&a, &lines))
		return eu_error_oom(c->err);
	if (lines.len)
		c->o->relay(lines.data, lines.len);
	return 0;
}

/*
 * The compilers work while libclang is opened and parses, on the other
 * processor; they start with types that a look at the text found.
 */
static int compile(struct compile *c, struct eu_package **ret)
{
	eu_auto_package struct eu_package *pkg = NULL;
	int r;

	r = eu_clang_find(c->o->clang, &c->clang, c->err);
	if (!r)
		r = read_sources(c);
	for (size_t i = 0; i < c->o->n_archs && !r; i++) {
		struct job *j = &c->jobs[i];

		j->arch = c->o->archs[i];
		r = find_vmlinux(c, j);
		if (!r)
			r = make_flags(c, j);
		if (!r)
			r = start(c, j, &c->guess);
	}
	if (!r)
		r = read_decls(c);
	for (size_t i = 0; i < c->o->n_archs && !r; i++) {
		r = finish(c, &c->jobs[i]);
		if (!r)
			r = take_object(c, &c->jobs[i]);
	}
	if (!r)
		r = check_decls(c);
	if (!r)
		r = make_package(c, &pkg);
	if (!r)
		r = check_empty(c, pkg);
	if (!r)
		r = advise(c, pkg);
	if (!r)
		*ret = eu_take_ptr(pkg);
	return r;
}

int eu_compile(const struct eu_compile *o, struct eu_package **ret,
	       struct eu_error *err)
{
	struct compile c = { .o = o, .err = err };
	int r;

	if (o->n_archs > MAX_ARCHS)
		return eu_error_set(err, -E2BIG, "more than %d architectures",
				    MAX_ARCHS);
	for (size_t i = 0; i < MAX_ARCHS; i++)
		c.jobs[i].child = (struct eu_child)EU_CHILD;
	r = compile(&c, ret);
	for (size_t i = 0; i < o->n_archs; i++) {
		eu_child_done(&c.jobs[i].child);
		eu_argv_done(&c.jobs[i].base);
		eu_argv_done(&c.jobs[i].flags);
		eu_module_done(&c.jobs[i].module);
		free(c.jobs[i].vmlinux);
		free(c.jobs[i].object);
	}
	eu_decls_done(&c.decls);
	eu_type_names_done(&c.guess);
	eu_clang_done(&c.clang);
	free(c.text);
	free(c.dir);
	return r;
}
