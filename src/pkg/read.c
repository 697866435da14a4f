/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pkg/package.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/base64.h"
#include "pkg/legacy.h"
#include "pkg/object.h"
#include "pkg/tar.h"
#include "pkg/zlib.h"

enum {
	MAX_VALUES = 2000000, /* of JSON: each takes some 100 bytes */
	MAX_BTFS = 64,	      /* for one release of the kernel */
	SNIFFED = 512,	      /* bytes that tell text from binary */
};

struct source {
	const char *data;
	size_t len;
	const char *origin;
	const char *arch; /* wanted; never NULL */
	bool in_tar;
	struct eu_error *err;
};

static int parse(const struct source *s, struct eu_package **ret);

static int refuse(const struct source *s, int code, const char *what)
{
	return eu_error_set(s->err, code, "'%s' %s", s->origin, what);
}

static bool arch_is_big(const char *arch)
{
	if (!strcmp(arch, eu_arch_host()))
		return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	return !strcmp(arch, "s390");
}

static bool object_is_big(const struct eu_object *o)
{
	return o->data && o->size > EI_DATA &&
	       ((const char *)o->data)[EI_DATA] == ELFDATA2MSB;
}

static int parse_elf(const struct source *s, struct eu_package **ret)
{
	eu_auto_package struct eu_package *pkg = NULL;
	int r;

	r = eu_package_from_object(s->data, s->len, s->origin, NULL, &pkg,
				   s->err);
	if (r)
		return r;
	if (object_is_big(pkg->object) != arch_is_big(s->arch))
		return eu_error_set(
			s->err, -ENOTSUP,
			"'%s' is a %s-endian object, which %s cannot run",
			s->origin,
			object_is_big(pkg->object) ? "big" : "little", s->arch);
	*ret = eu_take_ptr(pkg);
	return 0;
}

/* One kernel's BTF, if its name is RELEASE.btf or RELEASE.btf.tar.xz. */
static int keep_btf(struct eu_package *pkg, const struct eu_tar *tar,
		    const char *release, struct eu_error *err)
{
	static const char root[] = "btfhub-archive/";
	const char *name = strstr(tar->name, root);
	const char *base = strrchr(tar->name, '/');
	size_t n = strlen(release);
	struct eu_btf_file *f;
	int r;

	if (!name)
		return 0;
	pkg->has_btfs = true;
	if (strncmp(base + 1, release, n) ||
	    (strcmp(base + 1 + n, ".btf") && strcmp(base + 1 + n, ".btf.tar.xz")))
		return 0;
	r = eu_array_grow(&pkg->btfs, pkg->n_btfs, sizeof(*f), MAX_BTFS);
	if (r)
		return eu_error_grow(err, r, MAX_BTFS, "BTF files");
	f = &pkg->btfs[pkg->n_btfs++];
	f->name = strdup(name + sizeof(root) - 1);
	f->data = malloc(tar->size ?: 1);
	f->size = tar->size;
	if (!f->name || !f->data)
		return eu_error_oom(err);
	memcpy(f->data, tar->file, tar->size);
	return 0;
}

static int keep_btfs(const struct source *s, struct eu_package *pkg)
{
	struct utsname uts;
	struct eu_tar tar;
	int r = 0;

	uname(&uts);
	eu_tar_init(&tar, s->data, s->len);
	while (!r && (r = eu_tar_next(&tar, s->err)) > 0)
		r = keep_btf(pkg, &tar, uts.release, s->err);
	return r;
}

static int parse_tar(const struct source *s, struct eu_package **ret)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct source inner = *s;
	struct eu_tar tar;
	int r;

	if (s->in_tar)
		return refuse(s, -EINVAL, "is an archive in an archive");
	eu_tar_init(&tar, s->data, s->len);
	while ((r = eu_tar_next(&tar, s->err)) > 0)
		if (!inner.in_tar && (!strcmp(tar.name, "package.json") ||
				      !strcmp(tar.name, "package.yaml"))) {
			inner.data = tar.file;
			inner.len = tar.size;
			inner.in_tar = true;
		}
	if (r < 0)
		return eu_error_prefix(s->err, r, "'%s'", s->origin);
	if (!inner.in_tar)
		return refuse(s, -EINVAL, "is an archive without a package.json");
	r = parse(&inner, &pkg);
	if (!r)
		r = keep_btfs(s, pkg);
	if (!r)
		*ret = eu_take_ptr(pkg);
	return r;
}

/*
 * One object of the package, not unpacked yet: "bpf_object" and
 * "bpf_object_size" of @from.
 */
static int read_object(struct eu_package *pkg, json_t *from, const char *arch,
		       struct eu_error *err)
{
	json_t *text = json_object_get(from, "bpf_object");
	struct eu_object *o;
	uint64_t size;
	int r;

	if (!json_is_string(text))
		return eu_error_set(err, -EINVAL,
				    "'bpf_object' is missing or no string");
	if (eu_json_u64(json_object_get(from, "bpf_object_size"), &size) || !size)
		return eu_error_set(err, -EINVAL,
				    "'bpf_object_size' is missing or no size");
	if (size > EU_PACKAGE_MAX_OBJECT)
		return eu_error_set(
			err, -E2BIG,
			"'bpf_object_size' is %llu; %d MiB are allowed",
			(unsigned long long)size, EU_PACKAGE_MAX_OBJECT >> 20);
	r = eu_package_grow(pkg->objects, pkg->n_objects,
			    EU_PACKAGE_MAX_OBJECTS, "objects", &o, err);
	if (r)
		return r;
	o->size = size;
	o->packed = json_incref(text);
	o->arch = arch ? strdup(arch) : NULL;
	return arch && !o->arch ? eu_error_oom(err) : 0;
}

static int unpack(struct eu_object *o, struct eu_error *err)
{
	eu_auto_buf struct eu_buf zipped = EU_BUF(EU_PACKAGE_MAX_FILE);
	int r;

	if (o->data)
		return 0;
	r = eu_base64_decode(json_string_value(o->packed),
			     json_string_length(o->packed), &zipped, err);
	if (!r)
		r = eu_zlib_inflate(zipped.data, zipped.len, o->size, &o->data,
				    err);
	return r ? eu_error_prefix(err, r, "'bpf_object'") : 0;
}

static int read_objects(struct eu_package *all, json_t *root, struct eu_error *err)
{
	json_t *others = json_object_get(root, "objects"), *one;
	const char *arch;
	int r;

	r = read_object(all, root, eu_json_str(root, "arch"), err);
	if (r || !others)
		return r;
	if (!json_is_object(others))
		return eu_error_set(err, -EINVAL,
				    "'objects' must be an object by architecture");
	json_object_foreach (others, arch, one) {
		r = read_object(all, one, arch, err);
		if (r)
			return eu_error_prefix(err, r, "'objects', '%s'", arch);
	}
	return 0;
}

/* Unpacked; a failure names which of several it is. */
static int unpack_at(struct eu_package *pkg, size_t i, struct eu_error *err)
{
	int r = unpack(&pkg->objects[i], err);

	return r && i ? eu_error_prefix(err, r, "'objects', '%s'",
					pkg->objects[i].arch) :
			r;
}

/*
 * The object for @arch, else the first of its byte order, else the first.
 * Unpacked is that one, and what had to be looked at.
 */
static int choose(struct eu_package *pkg, const char *arch, size_t *ret,
		  struct eu_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < pkg->n_objects; i++)
		if (pkg->objects[i].arch && !strcmp(pkg->objects[i].arch, arch)) {
			*ret = i;
			return unpack_at(pkg, i, err);
		}
	for (i = 0; i < pkg->n_objects; i++) {
		r = unpack_at(pkg, i, err);
		if (r)
			return r;
		if (object_is_big(&pkg->objects[i]) == arch_is_big(arch))
			break;
	}
	*ret = i < pkg->n_objects ? i : 0;
	return 0;
}

static void list_archs(const struct eu_package *pkg, struct eu_buf *out)
{
	for (size_t i = 0; i < pkg->n_objects; i++) {
		if (i)
			eu_buf_puts(out, i + 1 < pkg->n_objects ? ", " : " and ");
		eu_buf_puts(out, pkg->objects[i].arch ?:
					 object_is_big(&pkg->objects[i]) ?
					 "big-endian machines" :
					 "little-endian machines");
	}
}

/* Can the chosen object run on @arch? */
static int check_arch(const struct eu_package *pkg, const char *arch,
		      struct eu_error *err)
{
	eu_auto_buf struct eu_buf has = EU_BUF(4096);
	const char *own = pkg->object->arch;
	const struct eu_prog *bound = eu_package_bound(pkg);

	if (own && !strcmp(own, arch))
		return 0;
	list_archs(pkg, &has);
	if (object_is_big(pkg->object) != arch_is_big(arch))
		return eu_error_set(
			err, -ENOTSUP,
			"the package is for %s, which have another byte order than %s: build it with 'ecc --arch %s'",
			eu_buf_str(&has) ?: "others", arch, arch);
	if (!own || !bound)
		return 0;
	return eu_error_set(
		err, -ENOTSUP,
		"the package is for %s, and its program '%s' (%s) runs nowhere else: build it with 'ecc --arch %s'",
		eu_buf_str(&has) ?: "others", bound->name, bound->section, arch);
}

/*
 * Hands the objects that were read over to the package made of one of them.
 * The others stay packed, to be written again as they were.
 */
static void adopt_objects(struct eu_package *pkg, struct eu_package *all,
			  size_t chosen)
{
	struct eu_object *o;

	free(pkg->objects[0].data);
	free(pkg->objects);
	pkg->objects = eu_take_ptr(all->objects);
	pkg->n_objects = all->n_objects;
	all->n_objects = 0;
	pkg->object = &pkg->objects[chosen];
	for (size_t i = 0; i < pkg->n_objects; i++) {
		o = &pkg->objects[i];
		if (o == pkg->object)
			json_decref(eu_take_ptr(o->packed));
		else
			free(eu_take_ptr(o->data));
	}
}

/* Does the metadata name types by nothing but their ids? */
static bool needs_ids(const json_t *meta)
{
	const json_t *skel = json_object_get(meta, "bpf_skel"), *map, *config;
	size_t i;

	json_array_foreach (json_object_get(skel, "maps"), i, map) {
		config = json_object_get(map, "export_config");
		if (json_object_get(config, "btf_type_id") ||
		    json_object_get(config, "custom_members"))
			return true;
	}
	return false;
}

/*
 * The BTF of the first object, for which the metadata was written; NULL if it
 * has none.
 */
static int first_btf(struct eu_package *all, struct btf **ret,
		     struct eu_error *err)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_object *o = &all->objects[0];
	int r;

	r = unpack(o, err);
	if (!r)
		r = eu_package_from_object(o->data, o->size, "bpf_object", NULL,
					   &pkg, err);
	if (r)
		return r;
	*ret = eu_take_ptr(pkg->btf);
	return 0;
}

static int keep_unknown(struct eu_package *pkg, json_t *root, struct eu_error *err)
{
	static const char *const known[] = {
		"bpf_object", "bpf_object_size", "meta", "arch", "objects",
	};
	json_t *extra = json_copy(root);

	if (!extra)
		return eu_error_oom(err);
	for (size_t i = 0; i < EU_COUNT(known); i++)
		json_object_del(extra, known[i]);
	pkg->extra = extra;
	return 0;
}

static int from_json(const struct source *s, json_t *root, struct eu_package **ret)
{
	eu_auto_package struct eu_package *all = calloc(1, sizeof(*all));
	eu_auto_package struct eu_package *pkg = NULL;
	json_t *meta = json_object_get(root, "meta");
	struct btf *first = NULL;
	size_t chosen;
	int r;

	if (!all)
		return eu_error_oom(s->err);
	r = read_objects(all, root, s->err);
	if (!r)
		r = choose(all, s->arch, &chosen, s->err);
	if (!r)
		r = eu_package_from_object(all->objects[chosen].data,
					   all->objects[chosen].size, s->origin,
					   NULL, &pkg, s->err);
	if (!r && chosen && needs_ids(meta))
		r = first_btf(all, &first, s->err);
	if (r)
		return r;
	adopt_objects(pkg, all, chosen);
	r = eu_package_apply(pkg, meta, chosen ? first : pkg->btf, s->err);
	btf__free(first);
	if (!r)
		r = check_arch(pkg, s->arch, s->err);
	if (!r)
		r = keep_unknown(pkg, root, s->err);
	if (!r)
		*ret = eu_take_ptr(pkg);
	return r;
}

static int check_root(const struct source *s, const json_t *root)
{
	if (!json_is_object(root))
		return refuse(s, -EINVAL, "is no package: no object at the top");
	if (json_object_get(root, "bpf_skel"))
		return refuse(
			s, -EINVAL,
			"is metadata without its object (a NAME.skel.json): give its package.json");
	if (!json_object_get(root, "bpf_object") ||
	    !json_is_object(json_object_get(root, "meta")))
		return refuse(
			s, -EINVAL,
			"is no package: it must have 'bpf_object' and 'meta'");
	return 0;
}

static int parse_tree(const struct source *s, json_t *root,
		      struct eu_package **ret)
{
	eu_auto_json json_t *converted = NULL;
	int r = 0;

	if (eu_legacy_is(root)) {
		r = eu_legacy_convert(root, &converted, s->err);
		root = converted;
	}
	if (r)
		return eu_error_prefix(s->err, r, "'%s'", s->origin);
	r = check_root(s, root);
	if (r)
		return r;
	r = from_json(s, root, ret);
	return r < 0 ? eu_error_prefix(s->err, r, "'%s'", s->origin) : 0;
}

/* Every value but the first has a comma, colon or bracket before it. */
static bool too_many_values(const struct source *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++) {
		const char c = s->data[i];

		n += c == ',' || c == ':' || c == '[' || c == '{';
	}
	return n > MAX_VALUES;
}

static int parse_text(const struct source *s, struct eu_package **ret,
		      json_t *(*reader)(const char *, size_t, struct eu_error *))
{
	eu_auto_json json_t *root = NULL;

	if (too_many_values(s))
		return refuse(s, -E2BIG, "has too many values for a package");
	root = reader(s->data, s->len, s->err);
	if (!root)
		return eu_error_prefix(s->err, -EINVAL, "'%s'", s->origin);
	return parse_tree(s, root, ret);
}

static bool is_text(const struct source *s)
{
	size_t n = eu_min(s->len, (size_t)SNIFFED), i = 0, k;
	uint32_t cp;

	/* The last character may be cut. */
	while (i + 4 < n) {
		k = eu_utf8_next(s->data + i, n - i, &cp);
		if (cp == 0xfffd || (cp < ' ' && !isspace(cp)))
			return false;
		i += k;
	}
	return true;
}

/* Nearly all text is YAML of some sort; a package has this key. */
static bool is_yaml(const struct source *s)
{
	static const char key[] = "bpf_";

	return memmem(s->data, s->len, key, sizeof(key) - 1) && *s->data != '<';
}

/* What else people give, in words. */
static int name_other(const struct source *s)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *words;
	} others[] = {
		{ "\0asm", 4, "is a Wasm module, no package: 'ecli run' runs it" },
		{ "\x1f\x8b", 2, "is compressed by gzip: unpack it first" },
		{ "\x28\xb5\x2f\xfd", 4,
		  "is compressed by zstd: unpack it first" },
		{ "\xfd"
		  "7zXZ",
		  5, "is compressed by xz: unpack it first" },
		{ "PK\x03\x04", 4, "is a zip archive: unpack it first" },
		{ "<", 1, "is an HTML or XML page, no package" },
	};

	for (size_t i = 0; i < EU_COUNT(others); i++)
		if (s->len >= others[i].len &&
		    !memcmp(s->data, others[i].magic, others[i].len))
			return refuse(s, -EINVAL, others[i].words);
	return refuse(s, -EINVAL,
		      "is no package: neither a BPF object nor JSON, YAML or tar");
}

static int parse(const struct source *s, struct eu_package **ret)
{
	struct source text = *s;

	if (!s->len)
		return refuse(s, -EINVAL, "is empty");
	if (s->len >= SELFMAG && !memcmp(s->data, ELFMAG, SELFMAG))
		return parse_elf(s, ret);
	if (eu_tar_is(s->data, s->len))
		return parse_tar(s, ret);
	if (text.len >= 3 && !memcmp(text.data, "\xef\xbb\xbf", 3)) {
		text.data += 3;
		text.len -= 3;
	}
	while (text.len && isspace((unsigned char)*text.data)) {
		text.data++;
		text.len--;
	}
	if (text.len && (*text.data == '{' || *text.data == '['))
		return parse_text(&text, ret, eu_json_read);
	if (!is_text(&text) || !is_yaml(&text))
		return name_other(&text);
	return parse_text(&text, ret, eu_yaml_read);
}

int eu_package_parse(const void *data, size_t len, const char *origin,
		     const char *arch, struct eu_package **ret,
		     struct eu_error *err)
{
	const struct source s = {
		.data = data,
		.len = len,
		.origin = origin,
		.arch = arch ? arch : eu_arch_host(),
		.err = err,
	};

	if (len > EU_PACKAGE_MAX_FILE)
		return eu_error_set(
			err, -E2BIG,
			"'%s' is larger than the %d MiB that are allowed",
			origin, EU_PACKAGE_MAX_FILE >> 20);
	return parse(&s, ret);
}

int eu_package_read(const char *path, const char *arch, struct eu_package **ret,
		    struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	r = eu_file_read(path, EU_PACKAGE_MAX_FILE, &data, &len, err);
	if (r)
		return r;
	return eu_package_parse(data, len,
				strcmp(path, "-") ? path : "standard input",
				arch, ret, err);
}
