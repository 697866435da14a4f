/* SPDX-License-Identifier: MIT */
#include "btf/core.h"

#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <string.h>

#include "btf/elf.h"
#include "btf/pick.h"

enum {
	MAX_CHAIN = 64, /* typedefs, const … in front of a type */
	MAX_PATH = 64,	/* steps of an access; libbpf's limit too */
};

/* The header of .BTF.ext, as far as relocations need it. */
struct ext_header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t hdr_len;
	uint32_t func_info_off, func_info_len;
	uint32_t line_info_off, line_info_len;
	uint32_t core_relo_off, core_relo_len;
};

/* Stands in front of the relocations of one ELF section. */
struct ext_section {
	uint32_t name_off;
	uint32_t n;
};

struct reader {
	struct eu_core *c;
	struct eu_pick match; /* types of the object's that are to match */
	struct eu_error *err;
};

void eu_core_done(struct eu_core *c)
{
	if (!c)
		return;
	eu_wanted_done(&c->wanted);
	eu_rawbtf_done(&c->btf);
	free(c->copy);
	*c = (struct eu_core)EU_CORE;
}

/* The type behind typedefs and modifiers, its id in *@id; NULL if broken. */
static const struct btf_type *resolve(struct eu_core *c, uint32_t *id)
{
	const struct btf_type *t;

	for (int i = 0; i < MAX_CHAIN; i++) {
		t = eu_rawbtf_type(&c->btf, *id);
		if (!t)
			return NULL;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG: *id = t->type; break;
		default: return t;
		}
	}
	return NULL;
}

/* One number of an access string "0:1:2"; false at what is none. */
static bool next_index(const char **path, uint32_t *ret)
{
	const char *s = *path;
	uint64_t v = 0;

	do {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (*s++ - '0');
		if (v > INT_MAX)
			return false;
	} while (*s && *s != ':');
	*ret = v;
	*path = *s ? s + 1 : s;
	return !*s || s[1];
}

/* Member @i of the composite *@id, which becomes the member's type. */
static int add_member(struct eu_core *c, const struct btf_type *t, uint32_t i,
		      uint32_t *id)
{
	const struct btf_member *m = (const void *)(t + 1);
	const char *name;

	if (i >= BTF_INFO_VLEN(t->info))
		return -EBADMSG;
	name = eu_rawbtf_string(&c->btf, m[i].name_off);
	if (!name)
		return -EBADMSG;
	*id = m[i].type;
	return *name ? eu_wanted_member(&c->wanted, name) : 0;
}

/* The members on the way that @path describes from type @id on. */
static int add_path(struct eu_core *c, uint32_t id, const char *path)
{
	const struct btf_array *array;
	const struct btf_type *t;
	uint32_t i;
	int r = 0;

	if (!next_index(&path, &i))
		return -EBADMSG;
	for (int depth = 1; *path && !r; depth++) {
		t = resolve(c, &id);
		if (!t || depth == MAX_PATH || !next_index(&path, &i))
			return -EBADMSG;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION: r = add_member(c, t, i, &id); break;
		case BTF_KIND_ARRAY:
			array = (const void *)(t + 1);
			id = array->type;
			break;
		default: return -EBADMSG;
		}
	}
	return r;
}

/* Enumerator @path, a single number, of type @id. */
static int add_value(struct eu_core *c, uint32_t id, const char *path)
{
	const struct btf_type *t = resolve(c, &id);
	size_t size = sizeof(struct btf_enum);
	uint32_t i, name_off;
	const char *name;

	if (!t || !next_index(&path, &i) || *path || i >= BTF_INFO_VLEN(t->info))
		return -EBADMSG;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_ENUM64:
		size = sizeof(struct btf_enum64);
		/* fallthrough */
	case BTF_KIND_ENUM:
		memcpy(&name_off, (const char *)(t + 1) + i * size,
		       sizeof(name_off));
		name = eu_rawbtf_string(&c->btf, name_off);
		return name ? eu_wanted_member(&c->wanted, name) : -EBADMSG;
	default: return -EBADMSG;
	}
}

/* Kinds of which types with a name can be relocated. */
static bool is_root(uint32_t kind)
{
	const uint32_t kinds = EU_BTF_BIT(INT) | EU_BTF_BIT(FLOAT) |
			       EU_BTF_BIT(STRUCT) | EU_BTF_BIT(UNION) |
			       EU_BTF_BIT(ENUM) | EU_BTF_BIT(ENUM64) |
			       EU_BTF_BIT(TYPEDEF) | EU_BTF_BIT(FWD);

	return kinds >> kind & 1;
}

static int add_relo(struct reader *rd, const struct bpf_core_relo *relo,
		    const char *path, uint8_t *ret_depth)
{
	struct eu_core *c = rd->c;

	switch (relo->kind) {
	case BPF_CORE_FIELD_BYTE_OFFSET:
	case BPF_CORE_FIELD_BYTE_SIZE:
	case BPF_CORE_FIELD_EXISTS:
	case BPF_CORE_FIELD_SIGNED:
	case BPF_CORE_FIELD_LSHIFT_U64:
	case BPF_CORE_FIELD_RSHIFT_U64:
		*ret_depth = EU_DEPTH_FIELD;
		return add_path(c, relo->type_id, path);
	case BPF_CORE_TYPE_EXISTS:
	case BPF_CORE_TYPE_SIZE: *ret_depth = EU_DEPTH_SHAPE; return 0;
	case BPF_CORE_TYPE_MATCHES:
		*ret_depth = EU_DEPTH_MATCH;
		return eu_pick_add(&rd->match, relo->type_id, EU_DEPTH_MATCH);
	case BPF_CORE_ENUMVAL_EXISTS:
	case BPF_CORE_ENUMVAL_VALUE:
		*ret_depth = EU_DEPTH_VALUE;
		return add_value(c, relo->type_id, path);
	default: return -EOPNOTSUPP;
	}
}

static int relo_failed(struct reader *rd, int r, const char *path,
		       const char *name)
{
	switch (r) {
	case -ENOMEM: return eu_error_oom(rd->err);
	case -EBADMSG:
		return eu_error_set(rd->err, r,
				    "path '%.64s' does not fit type '%.64s'",
				    path, name);
	case -E2BIG:
		return eu_error_set(rd->err, -EOPNOTSUPP,
				    "one name more than can be looked for");
	default:
		return eu_error_set(rd->err, -EOPNOTSUPP,
				    "is of a kind that is not known");
	}
}

static int read_relo(struct reader *rd, const struct bpf_core_relo *relo)
{
	const char *path = eu_rawbtf_string(&rd->c->btf, relo->access_str_off);
	const struct btf_type *t = eu_rawbtf_type(&rd->c->btf, relo->type_id);
	const char *name;
	uint8_t depth = 0;
	int r;

	/* Known from the object alone. */
	if (relo->kind == BPF_CORE_TYPE_ID_LOCAL)
		return 0;
	if (relo->kind == BPF_CORE_TYPE_ID_TARGET)
		return eu_error_set(rd->err, -EOPNOTSUPP,
				    "asks for a type id of the kernel");
	name = t ? eu_rawbtf_string(&rd->c->btf, t->name_off) : NULL;
	if (!name || !path)
		return eu_error_set(rd->err, -EBADMSG,
				    "refers to no type or path");
	if (!*name || !is_root(BTF_INFO_KIND(t->info)))
		return eu_error_set(rd->err, -EOPNOTSUPP,
				    "starts from a type without a name");
	r = add_relo(rd, relo, path, &depth) ?:
		    eu_wanted_type(&rd->c->wanted, name, BTF_INFO_KIND(t->info),
				   depth);
	return r ? relo_failed(rd, r, path, name) : 0;
}

/* @n records, each @size bytes of which the first are known. */
static int read_relos(struct reader *rd, const char *p, uint32_t n, uint32_t size)
{
	struct bpf_core_relo relo;
	int r;

	for (; n; n--, p += size) {
		memcpy(&relo, p, sizeof(relo));
		r = read_relo(rd, &relo);
		if (r)
			return eu_error_prefix(rd->err, r, "CO-RE relocation %zu",
					       rd->c->n_relos);
		rd->c->n_relos++;
	}
	return 0;
}

static int ext_broken(struct reader *rd)
{
	return eu_error_set(rd->err, -EBADMSG, "section .BTF.ext is broken");
}

/* The subsection of relocations: a record's size, then section by section. */
static int read_sections(struct reader *rd, const char *p, size_t len)
{
	struct ext_section sec;
	uint32_t size;
	int r;

	if (len < sizeof(size))
		return ext_broken(rd);
	memcpy(&size, p, sizeof(size));
	p += sizeof(size);
	len -= sizeof(size);
	if (size < sizeof(struct bpf_core_relo))
		return ext_broken(rd);
	while (len) {
		if (len < sizeof(sec))
			return ext_broken(rd);
		memcpy(&sec, p, sizeof(sec));
		p += sizeof(sec);
		len -= sizeof(sec);
		if (sec.n > len / size)
			return ext_broken(rd);
		r = read_relos(rd, p, sec.n, size);
		if (r)
			return r;
		p += (size_t)sec.n * size;
		len -= (size_t)sec.n * size;
	}
	return 0;
}

/* Where the subsection of relocations lies; *@ret_len 0 if there is none. */
static int find_relos(struct reader *rd, const char *ext, size_t len,
		      const char **ret, size_t *ret_len)
{
	struct ext_header h = { 0 };

	*ret_len = 0;
	if (len < offsetof(struct ext_header, core_relo_off))
		return ext_broken(rd);
	memcpy(&h, ext, eu_min(len, sizeof(h)));
	if (h.magic != BTF_MAGIC || h.version != BTF_VERSION || h.flags ||
	    h.hdr_len > len)
		return ext_broken(rd);
	if (h.hdr_len < sizeof(h))
		return 0;
	len -= h.hdr_len;
	if (h.core_relo_off > len || h.core_relo_len > len - h.core_relo_off)
		return ext_broken(rd);
	*ret = ext + h.hdr_len + h.core_relo_off;
	*ret_len = h.core_relo_len;
	return 0;
}

static int add_names(struct eu_core *c, const struct btf_type *t, size_t size)
{
	const char *p = (const char *)(t + 1);
	const char *name;
	uint32_t off;
	int r = 0;

	for (uint32_t n = BTF_INFO_VLEN(t->info); n && !r; n--, p += size) {
		memcpy(&off, p, sizeof(off));
		name = eu_rawbtf_string(&c->btf, off);
		if (!name)
			return -EBADMSG;
		if (*name)
			r = eu_wanted_member(&c->wanted, name);
	}
	return r;
}

/* Members of structs by value, enumerators wherever they are met. */
static int add_matched(struct eu_core *c, const struct eu_pick_item *item)
{
	const struct btf_type *t = eu_rawbtf_type(&c->btf, item->id);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return item->depth & EU_DEPTH_MATCH ?
			       add_names(c, t, sizeof(struct btf_member)) :
			       0;
	case BTF_KIND_ENUM: return add_names(c, t, sizeof(struct btf_enum));
	case BTF_KIND_ENUM64: return add_names(c, t, sizeof(struct btf_enum64));
	default: return 0;
	}
}

/* What types of the kernel's would have to have in order to match. */
static int read_matches(struct reader *rd)
{
	int r = eu_pick_follow(&rd->match, rd->err);

	if (r)
		return eu_error_prefix(rd->err, r, "object's BTF");
	for (size_t i = 0; i < rd->match.n && !r; i++)
		r = add_matched(rd->c, &rd->match.items[i]);
	if (r == -ENOMEM)
		return eu_error_oom(rd->err);
	if (r)
		return eu_error_set(rd->err, r == -E2BIG ? -EOPNOTSUPP : r,
				    "types to be matched are broken or too many");
	return 0;
}

static int read_btf(struct reader *rd, const void *btf, size_t len)
{
	struct eu_core *c = rd->c;
	int r;

	/* The section may lie anywhere in a file. */
	if ((uintptr_t)btf % 4) {
		c->copy = malloc(len);
		if (!c->copy)
			return eu_error_oom(rd->err);
		btf = memcpy(c->copy, btf, len);
	}
	r = eu_rawbtf_init(&c->btf, btf, len, rd->err) ?:
		    eu_rawbtf_scan(&c->btf, 0, NULL, NULL, NULL, rd->err);
	return r ? eu_error_prefix(rd->err, r, "section .BTF") : 0;
}

int eu_core_read_sections(struct eu_core *c, const void *btf, size_t btf_len,
			  const void *ext, size_t ext_len, struct eu_error *err)
{
	struct reader rd = { .c = c, .match = { .raw = &c->btf }, .err = err };
	const char *relos = NULL;
	size_t len;
	int r;

	r = find_relos(&rd, ext, ext_len, &relos, &len);
	if (r || !len)
		return r;
	r = read_btf(&rd, btf, btf_len);
	if (!r)
		r = read_sections(&rd, relos, len);
	if (!r)
		r = read_matches(&rd);
	eu_pick_done(&rd.match);
	return r;
}

/* The two sections of BTF; the last of a name counts, as for libbpf. */
static int find_sections(const struct eu_elf *e, struct eu_elf_section *btf,
			 struct eu_elf_section *ext, struct eu_error *err)
{
	struct eu_elf_section s;

	for (size_t i = 1; i < e->n; i++) {
		if (!eu_elf_section(e, i, &s))
			return eu_error_set(err, -EBADMSG,
					    "section %zu is broken", i);
		if (!strcmp(s.name, ".BTF"))
			*btf = s;
		else if (!strcmp(s.name, ".BTF.ext"))
			*ext = s;
	}
	if ((btf->flags | ext->flags) & SHF_COMPRESSED)
		return eu_error_set(err, -EOPNOTSUPP, "BTF is compressed");
	return 0;
}

int eu_core_read(struct eu_core *c, const void *elf, size_t size,
		 struct eu_error *err)
{
	struct eu_elf_section btf = { 0 }, ext = { 0 };
	struct eu_elf e;
	int r;

	r = eu_elf_init(&e, elf, size, err) ?: find_sections(&e, &btf, &ext, err);
	if (r || !btf.data || !ext.data)
		return r;
	return eu_core_read_sections(c, btf.data, btf.size, ext.data, ext.size,
				     err);
}
