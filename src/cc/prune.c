/* SPDX-License-Identifier: MIT */
#include "cc/prune.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "cc/refs.h"

/*
 * How much of a type is kept, and through how many pointers more what it leads
 * to is kept whole. What stands behind the last pointer is a shell: a struct
 * or union without members but those that are kept one by one.
 */
enum { NOTHING, SHELL, WHOLE, WHOLE_AND_BEHIND };

enum { MAX_CHAIN = 64, MAX_MAP_DEPTH = 3 };

/* Of .BTF.ext; its format is specified in Documentation/bpf/btf.rst. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	struct {
		uint32_t off, len;
	} parts[3]; /* functions, lines, relocations */
};

struct prune {
	const struct btf *btf;
	struct btf *out;
	uint32_t n;	   /* types, the one without a name included */
	uint8_t *kept;	   /* how much of each */
	uint8_t *changed;  /* and whether its references know of it */
	uint32_t *new_ids; /* 0: not taken over */
	uint32_t *first;   /* index of a type's first member, over all types */
	uint8_t *members;  /* of shells, kept */
	uint32_t from;	   /* whose references are visited */
	bool again;
	int r;
};

static const char *name_of(const struct prune *p, uint32_t id)
{
	return btf__name_by_offset(p->btf, eu_type_at(p->btf, id)->name_off) ?:
									       "";
}

static void keep(struct prune *p, uint32_t id, uint8_t how)
{
	if (id >= p->n) {
		p->r = -EBADMSG;
		return;
	}
	if (how <= p->kept[id])
		return;
	p->kept[id] = how;
	p->changed[id] = true;
	p->again = true;
}

static bool is_shell(const struct prune *p, uint32_t id)
{
	return p->kept[id] == SHELL && btf_is_composite(eu_type_at(p->btf, id));
}

static void keep_ref(void *ctx, uint32_t *id, uint32_t i)
{
	struct prune *p = ctx;
	uint8_t how = p->kept[p->from];

	if (is_shell(p, p->from)) {
		if (p->members[p->first[p->from] + i])
			keep(p, *id, SHELL);
	} else if (btf_is_ptr(eu_type_at(p->btf, p->from))) {
		keep(p, *id, how > SHELL ? how - 1 : SHELL);
	} else if (btf_is_func_proto(eu_type_at(p->btf, p->from))) {
		keep(p, *id, how > WHOLE ? WHOLE : how);
	} else {
		keep(p, *id, how);
	}
}

/* Follows references until nothing is added. */
static int follow(struct prune *p)
{
	do {
		p->again = false;
		for (p->from = 1; p->from < p->n; p->from++) {
			if (!p->changed[p->from])
				continue;
			p->changed[p->from] = false;
			eu_refs_foreach(eu_type_at(p->btf, p->from), keep_ref, p);
		}
	} while (p->again && !p->r);
	return p->r;
}

/* The type behind typedefs and modifiers, and behind arrays if @arrays. */
static uint32_t resolve(const struct prune *p, uint32_t id, bool arrays)
{
	const struct btf_type *t;

	for (int i = 0; i < MAX_CHAIN && id < p->n; i++) {
		t = eu_type_at(p->btf, id);
		if (btf_is_mod(t) || btf_is_typedef(t))
			id = t->type;
		else if (arrays && btf_is_array(t))
			id = btf_array(t)->type;
		else
			return id;
	}
	return 0;
}

/*
 * The struct that defines a map: its members' pointers lead to what keys and
 * values are, and with "values" to what the maps in it are.
 */
static void keep_map(struct prune *p, uint32_t id, int depth)
{
	const struct btf_type *t, *ptr;
	const struct btf_member *m;

	keep(p, id, WHOLE);
	id = resolve(p, id, true);
	t = id ? eu_type_at(p->btf, id) : NULL;
	if (!t || !btf_is_struct(t) || depth == MAX_MAP_DEPTH)
		return;
	m = btf_members(t);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		id = resolve(p, m[i].type, true);
		ptr = id ? eu_type_at(p->btf, id) : NULL;
		if (!ptr || !btf_is_ptr(ptr))
			continue;
		if (strcmp(btf__name_by_offset(p->btf, m[i].name_off) ?: "",
			   "values") == 0)
			keep_map(p, ptr->type, depth + 1);
		else
			keep(p, ptr->type, WHOLE);
	}
}

static void keep_section(struct prune *p, uint32_t id)
{
	const struct btf_type *t = eu_type_at(p->btf, id);
	const struct btf_var_secinfo *v = btf_var_secinfos(t);
	const char *name = name_of(p, id);

	keep(p, id, SHELL);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (!strcmp(name, ".maps") && v[i].type < p->n)
			keep_map(p, eu_type_at(p->btf, v[i].type)->type, 0);
		keep(p, v[i].type,
		     !strcmp(name, ".maps") || !strcmp(name, ".ksyms") ?
			     SHELL :
			     WHOLE_AND_BEHIND);
	}
}

/* From which libbpf takes the size of pointers. */
static bool is_long(const char *name)
{
	return strstr(name, "long") && !strstr(name, "long long");
}

/* Everything that is no matter of relocations. */
static void keep_roots(struct prune *p)
{
	const struct btf_type *t;
	bool has_long = false;

	for (uint32_t id = 1; id < p->n; id++) {
		t = eu_type_at(p->btf, id);
		if (btf_is_datasec(t)) {
			keep_section(p, id);
		} else if (btf_is_func(t)) {
			keep(p, id, WHOLE);
		} else if (btf_is_int(t) && !has_long && is_long(name_of(p, id))) {
			keep(p, id, WHOLE);
			has_long = true;
		}
	}
	/* Anchors: their section is gone. */
	for (uint32_t id = 1; id < p->n; id++) {
		if (btf_is_var(eu_type_at(p->btf, id)) && !p->kept[id])
			keep(p, id, WHOLE_AND_BEHIND);
	}
}

/* Tags stay with what they say something of, a shell's members excepted. */
static void keep_tags(struct prune *p)
{
	const struct btf_type *t;

	for (uint32_t id = 1; id < p->n; id++) {
		t = eu_type_at(p->btf, id);
		if (btf_is_decl_tag(t) && t->type < p->n && p->kept[t->type] &&
		    (!is_shell(p, t->type) ||
		     btf_decl_tag(t)->component_idx == -1))
			keep(p, id, p->kept[t->type]);
	}
}

/*
 * Goes along the members of an access "0:1:2" from type @id on. They are kept,
 * or, with @to, their numbers written as they are afterwards.
 */
static int walk_path(struct prune *p, uint32_t id, const char *path,
		     struct eu_buf *to)
{
	const struct btf_type *t;
	unsigned int i, k, at;
	int used;

	for (int depth = 0; *path; depth++, path += used) {
		if (depth && *path++ != ':')
			return -EBADMSG;
		if (sscanf(path, "%u%n", &i, &used) != 1)
			return -EBADMSG;
		at = i;
		if (depth) {
			id = resolve(p, id, false);
			t = id ? eu_type_at(p->btf, id) : NULL;
			if (t && btf_is_composite(t) && i < btf_vlen(t)) {
				keep(p, id, SHELL);
				p->members[p->first[id] + i] = true;
				for (k = 0; is_shell(p, id) && k < i; k++)
					at -= !p->members[p->first[id] + k];
				id = btf_members(t)[i].type;
			} else if (t && btf_is_array(t)) {
				id = btf_array(t)->type;
			} else {
				return -EBADMSG;
			}
		}
		if (to)
			eu_buf_printf(to, depth ? ":%u" : "%u", at);
	}
	return 0;
}

static bool is_path(uint32_t kind)
{
	return kind <= BPF_CORE_FIELD_RSHIFT_U64;
}

static int keep_relo(struct prune *p, void *rec)
{
	struct bpf_core_relo *relo = rec;
	const char *path = btf__name_by_offset(p->btf, relo->access_str_off);

	if (relo->kind > BPF_CORE_TYPE_MATCHES || !path)
		return -EBADMSG;
	keep(p, relo->type_id,
	     relo->kind == BPF_CORE_TYPE_MATCHES  ? WHOLE_AND_BEHIND + 1 :
	     relo->kind == BPF_CORE_TYPE_ID_LOCAL ? WHOLE_AND_BEHIND :
						    SHELL);
	return is_path(relo->kind) ? walk_path(p, relo->type_id, path, NULL) :
				     p->r;
}

static int new_string(struct prune *p, uint32_t *off)
{
	int r = btf__add_str(p->out, btf__name_by_offset(p->btf, *off) ?: "");

	if (r < 0)
		return r;
	*off = r;
	return 0;
}

static int new_id(struct prune *p, uint32_t *id)
{
	if (*id >= p->n)
		return -EBADMSG;
	*id = p->new_ids[*id];
	return 0;
}

static int write_relo(struct prune *p, void *rec)
{
	struct bpf_core_relo *relo = rec;
	eu_auto_buf struct eu_buf path = EU_BUF(4096);
	const char *old = btf__name_by_offset(p->btf, relo->access_str_off);
	int r;

	if (!is_path(relo->kind))
		return new_string(p, &relo->access_str_off) ?:
			       new_id(p, &relo->type_id);
	r = walk_path(p, relo->type_id, old, &path);
	if (r)
		return r;
	eu_buf_putc(&path, '\0');
	if (path.error)
		return path.error;
	r = btf__add_str(p->out, path.data);
	if (r < 0)
		return r;
	relo->access_str_off = r;
	return new_id(p, &relo->type_id);
}

static int write_func(struct prune *p, void *rec)
{
	struct bpf_func_info *f = rec;

	return new_id(p, &f->type_id);
}

static int write_line(struct prune *p, void *rec)
{
	struct bpf_line_info *l = rec;

	return new_string(p, &l->file_name_off) ?: new_string(p, &l->line_off);
}

typedef int record_fn(struct prune *p, void *rec);

/* A part's records: their size, then section by section a name and a number. */
static int each(struct prune *p, char *at, size_t len, size_t known,
		record_fn *fn, bool writes)
{
	union {
		struct bpf_func_info func;
		struct bpf_line_info line;
		struct bpf_core_relo relo;
	} rec;
	uint32_t size, sec[2];
	char *end = at + len;
	int r = 0;

	if (!len)
		return 0;
	if (len < sizeof(size))
		return -EBADMSG;
	memcpy(&size, at, sizeof(size));
	if (size < known)
		return -EBADMSG;
	for (at += sizeof(size); at < end && !r;) {
		if ((size_t)(end - at) < sizeof(sec))
			return -EBADMSG;
		memcpy(sec, at, sizeof(sec));
		if (writes)
			r = new_string(p, &sec[0]);
		memcpy(at, sec, sizeof(sec));
		at += sizeof(sec);
		if (sec[1] > (end - at) / size)
			return -EBADMSG;
		for (; sec[1] && !r; sec[1]--, at += size) {
			memcpy(&rec, at, known);
			r = fn(p, &rec);
			memcpy(at, &rec, known);
		}
	}
	return r;
}

static int find_parts(const struct eu_buf *ext, struct ext_header *h)
{
	if (ext->len < sizeof(*h))
		return -EBADMSG;
	memcpy(h, ext->data, sizeof(*h));
	if (h->magic != BTF_MAGIC || h->version != BTF_VERSION || h->flags ||
	    h->hdr_len != sizeof(*h))
		return -EBADMSG;
	for (size_t i = 0; i < EU_COUNT(h->parts); i++) {
		if (h->parts[i].off > ext->len - sizeof(*h) ||
		    h->parts[i].len > ext->len - sizeof(*h) - h->parts[i].off)
			return -EBADMSG;
	}
	return 0;
}

static int mark(struct prune *p, const struct ext_header *h, struct eu_buf *ext)
{
	int r = each(p, ext->data + sizeof(*h) + h->parts[2].off, h->parts[2].len,
		     sizeof(struct bpf_core_relo), keep_relo, false);

	if (r)
		return r;
	keep_roots(p);
	r = follow(p);
	if (r)
		return r;
	keep_tags(p);
	return follow(p);
}

static int copy_shell(struct prune *p, uint32_t id)
{
	const struct btf_type *t = eu_type_at(p->btf, id);
	const struct btf_member *m = btf_members(t);
	const char *name = name_of(p, id);
	int r;

	r = btf_is_struct(t) ? btf__add_struct(p->out, name, t->size) :
			       btf__add_union(p->out, name, t->size);
	p->new_ids[id] = r;
	for (uint32_t i = 0; i < btf_vlen(t) && r >= 0; i++) {
		if (p->members[p->first[id] + i])
			r = btf__add_field(
				p->out,
				btf__name_by_offset(p->btf, m[i].name_off),
				m[i].type, btf_member_bit_offset(t, i),
				btf_member_bitfield_size(t, i));
	}
	return r < 0 ? r : 0;
}

static int copy_type(struct prune *p, uint32_t id)
{
	int r;

	if (is_shell(p, id))
		return copy_shell(p, id);
	r = btf__add_type(p->out, p->btf, eu_type_at(p->btf, id));
	p->new_ids[id] = r;
	return r < 0 ? r : 0;
}

static void renumber(void *ctx, uint32_t *id, uint32_t i)
{
	struct prune *p = ctx;

	(void)i;
	if (new_id(p, id))
		p->r = -EBADMSG;
}

static int copy_types(struct prune *p)
{
	int r = 0;

	for (uint32_t id = 1; id < p->n && !r; id++) {
		if (p->kept[id])
			r = copy_type(p, id);
	}
	for (uint32_t id = 1; id < btf__type_cnt(p->out) && !r; id++) {
		eu_refs_foreach(eu_type_at(p->out, id), renumber, p);
		r = p->r;
	}
	return r;
}

static int write_ext(struct prune *p, const struct ext_header *h,
		     struct eu_buf *ext)
{
	static const struct {
		size_t known;
		record_fn *write;
	} parts[] = {
		{ sizeof(struct bpf_func_info), write_func },
		{ sizeof(struct bpf_line_info), write_line },
		{ sizeof(struct bpf_core_relo), write_relo },
	};
	int r = 0;

	for (size_t i = 0; i < EU_COUNT(parts) && !r; i++)
		r = each(p, ext->data + sizeof(*h) + h->parts[i].off,
			 h->parts[i].len, parts[i].known, parts[i].write, true);
	return r;
}

static int prune(struct prune *p, struct eu_buf *btf, struct eu_buf *ext)
{
	struct ext_header h;
	const void *raw;
	uint32_t len;
	int r;

	r = find_parts(ext, &h)	     ?:
		    mark(p, &h, ext) ?:
		    copy_types(p)    ?:
				       write_ext(p, &h, ext);
	if (r)
		return r;
	raw = btf__raw_data(p->out, &len);
	if (!raw)
		return -ENOMEM;
	eu_buf_put(btf, raw, len);
	return btf->error;
}

static int init(struct prune *p)
{
	const struct btf_type *t;
	uint32_t n_members = 0;

	p->kept = calloc(p->n, 1);
	p->changed = calloc(p->n, 1);
	p->new_ids = calloc(p->n, sizeof(*p->new_ids));
	p->first = calloc(p->n, sizeof(*p->first));
	p->out = btf__new_empty();
	if (!p->kept || !p->changed || !p->new_ids || !p->first || !p->out)
		return -ENOMEM;
	for (uint32_t id = 1; id < p->n; id++) {
		t = eu_type_at(p->btf, id);
		p->first[id] = n_members;
		if (btf_is_composite(t))
			n_members += btf_vlen(t);
	}
	p->members = calloc(n_members + 1, 1);
	return p->members ? 0 : -ENOMEM;
}

int eu_prune(struct btf *btf, const void *ext, size_t ext_len,
	     struct eu_buf *ret_btf, struct eu_buf *ret_ext, struct eu_error *err)
{
	struct prune p = { .btf = btf, .n = btf__type_cnt(btf) };
	int r = init(&p);

	eu_buf_put(ret_ext, ext, ext_len);
	if (!r)
		r = ret_ext->error ?: prune(&p, ret_btf, ret_ext);
	if (r) {
		eu_buf_clear(ret_btf);
		eu_buf_clear(ret_ext);
	}
	btf__free(p.out);
	free(p.kept);
	free(p.changed);
	free(p.new_ids);
	free(p.first);
	free(p.members);
	return r == -ENOMEM ? eu_error_oom(err) : 0;
}
