/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_H
#define LIBBPF_WASM_H

/*
 * User space of an eBPF program as Wasm: what of libbpf's interface a guest has.
 * All of it is in this header and those beside it, for C and C++; a guest
 * includes this one in place of <bpf/libbpf.h> and <bpf/bpf.h>, or gets it by
 * its skeleton, which "wasm-bpftool gen skeleton -j x.bpf.o" writes.
 *
 * Errors are negative numbers of Linux (-2 for what is not there, -22 for what
 * is invalid), not of wasi-libc's <errno.h>; libbpf_strerror() knows them. A
 * function that returns NULL sets errno, for strerror().
 *
 * What stands in this file uses the functions that every runtime of the
 * interface has. A guest that calls nothing of the other files runs on those.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libbpf-wasm-host.h"
#include "libbpf-wasm-kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- objects, maps, programs */

typedef uint64_t bpf_object_skel;
typedef int (*bpf_buffer_sample_fn)(void *ctx, void *data, size_t size);

struct bpf_object;

/* What the object says of a map; all 0 where that is not known. */
struct bpf_map_facts {
	uint32_t type, key_size;
	uint32_t value_size; /* of one CPU */
	uint32_t max_entries, flags;
};

struct bpf_map {
	bpf_object_skel obj_ptr;
	char name[64];
	struct bpf_object *object;
	struct bpf_map_facts facts;
	uint32_t wanted_entries; /* 0: as the object says */
	/* Of a section with global variables: a copy of it, and its bytes. */
	void *section;
	size_t section_size;
	bool section_allocated;
	int fd; /* 0: not asked for yet */
};

struct bpf_link {
	struct bpf_program *program;
	int number; /* that the host knows it by */
};

struct bpf_program {
	bpf_object_skel obj_ptr;
	char name[64];
	char attach_target[128]; /* empty: what its section says */
	bool autoattach;
	bool autoload;
	struct bpf_object *object;
	const char *section; /* its name, or NULL */
	uint32_t code_mark;  /* where its mark of code is; 0: not known */
};

struct bpf_object {
	bpf_object_skel handle; /* 0: the host does not have it yet */
	const char *name;
	const void *data; /* the ELF file */
	size_t data_sz;
	bool loaded;
	struct bpf_map **maps;
	int map_cnt;
	struct bpf_program **progs;
	int prog_cnt;
	int link_cnt;
	/* Instead of the one call that does it all; NULL: that. */
	int (*load)(struct bpf_object *obj);
	int (*set_autoload)(struct bpf_program *prog, bool on);
	struct bpf_object *next;
};

struct bpf_map_skeleton {
	const char *name;
	struct bpf_map **map;
	void **mmaped;
	/* Where a section's bytes are in the object, 0: they are zero. */
	size_t section_offset;
	size_t section_size;
	struct bpf_map_facts facts;
};

struct bpf_prog_skeleton {
	const char *name;
	struct bpf_program **prog;
	struct bpf_link **link;
	const char *section;
	uint32_t code_mark;
};

struct bpf_object_skeleton {
	size_t sz;
	const char *name;
	void *data; /* the BPF object, writable */
	size_t data_sz;
	size_t rodata_offset; /* of the section in @data */
	size_t bss_offset;
	bpf_object_skel obj;
	int map_cnt;
	int map_skel_sz;
	struct bpf_map_skeleton *maps;
	int prog_cnt;
	int prog_skel_sz;
	struct bpf_prog_skeleton *progs;
	struct bpf_object **object; /* the skeleton's "obj", or NULL */
	struct bpf_object *self;
};

/* Of bpf_object__open_mem(); a skeleton takes no options. */
struct bpf_object_open_opts {
	size_t sz;
	const char *object_name;
};

/* A ring or perf buffer. */
struct bpf_buffer {
	struct bpf_map *events;
	int fd;
	void *ctx;
	bpf_buffer_sample_fn sample_fn;
};

#define POLL_TIMEOUT_MS 100
#define WASM_BPF_RECORD_MAX 4096

#define WASM_BPF_API __attribute__((unused)) static inline

/* What all files of a guest have in common. */
struct wasm_bpf_guest {
	struct bpf_object *objects;
	int error; /* the last one, for libbpf_get_error() */
	/* After a failure; set by libbpf_set_print(). */
	void (*failed)(void);
	/* The load that knows why it fails; set by the same. */
	int (*load)(struct bpf_object *obj);
};
__attribute__((weak)) struct wasm_bpf_guest wasm_bpf_guest;

/* Sets errno, to wasi-libc's number, if @r is a negative one of Linux. */
WASM_BPF_API int wasm_bpf_errno(int r);

WASM_BPF_API int wasm_bpf_result(int r)
{
	if (r >= 0)
		return r;
	wasm_bpf_guest.error = r;
	if (wasm_bpf_guest.failed)
		wasm_bpf_guest.failed();
	return wasm_bpf_errno(r);
}

WASM_BPF_API void wasm_bpf_copy_name(char *to, size_t room, const char *from)
{
	strncpy(to, from, room - 1);
	to[room - 1] = '\0';
}

/* Between load and attach: an interface, a control group, a binary's symbol. */
WASM_BPF_API void bpf_set_prog_attach_target(struct bpf_program *prog,
					     const char *target)
{
	wasm_bpf_copy_name(prog->attach_target, sizeof(prog->attach_target),
			   target);
}

WASM_BPF_API int libbpf_err_errno(int ret)
{
	return ret < 0 ? -errno : ret;
}

WASM_BPF_API bool str_has_surfix(const char *str, const char *suffix)
{
	size_t n = strlen(str), m = strlen(suffix);

	return n >= m && !strcmp(str + n - m, suffix);
}

WASM_BPF_API int bpf_map__fd(const struct bpf_map *map)
{
	struct bpf_map *m = (struct bpf_map *)map;

	if (!m || !m->obj_ptr)
		return wasm_bpf_errno(-22);
	if (m->fd <= 0)
		m->fd = wasm_bpf_map_fd_by_name(m->obj_ptr, m->name);
	return wasm_bpf_errno(m->fd);
}

WASM_BPF_API const char *bpf_map__name(const struct bpf_map *map)
{
	return map->name;
}

WASM_BPF_API const char *bpf_program__name(const struct bpf_program *prog)
{
	return prog->name;
}

WASM_BPF_API struct bpf_map_skeleton *wasm_bpf_map_at(
	const struct bpf_object_skeleton *s, int i)
{
	return (struct bpf_map_skeleton *)((char *)s->maps + i * s->map_skel_sz);
}

WASM_BPF_API struct bpf_prog_skeleton *wasm_bpf_prog_at(
	const struct bpf_object_skeleton *s, int i)
{
	return (struct bpf_prog_skeleton *)((char *)s->progs +
					    i * s->prog_skel_sz);
}

/*
 * Before load. A program is left out by taking the mark of code off its
 * section, which every runtime understands: one that shares its section with
 * others is left out when all of them are, else it is loaded but not attached.
 */
WASM_BPF_API int bpf_program__set_autoload(struct bpf_program *prog, bool load)
{
	const struct bpf_object *o = prog->object;
	bool any = false;

	prog->autoload = load;
	prog->autoattach = load;
	if (o && o->set_autoload)
		return wasm_bpf_result(o->set_autoload(prog, load));
	if (!o || o->loaded || !prog->code_mark)
		return 0;
	for (int i = 0; i < o->prog_cnt; i++)
		any |= o->progs[i]->code_mark == prog->code_mark &&
		       o->progs[i]->autoload;
	/* SHF_EXECINSTR of sh_flags. */
	if (any)
		((char *)o->data)[prog->code_mark] |= 4;
	else
		((char *)o->data)[prog->code_mark] &= ~4;
	return 0;
}

WASM_BPF_API struct bpf_object *wasm_bpf_object_new(int map_cnt, int prog_cnt)
{
	struct bpf_object *o = (struct bpf_object *)calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->maps = (struct bpf_map **)calloc(map_cnt + 1, sizeof(*o->maps));
	o->progs = (struct bpf_program **)calloc(prog_cnt + 1, sizeof(*o->progs));
	o->next = wasm_bpf_guest.objects;
	wasm_bpf_guest.objects = o;
	return o;
}

/* Accepts NULL. The host's part is closed by who opened it. */
WASM_BPF_API void wasm_bpf_object_free(struct bpf_object *o)
{
	struct bpf_object **at = &wasm_bpf_guest.objects;

	if (!o)
		return;
	while (*at && *at != o)
		at = &(*at)->next;
	if (*at)
		*at = o->next;
	for (int i = 0; i < o->map_cnt; i++) {
		if (o->maps[i]->section_allocated)
			free(o->maps[i]->section);
		free(o->maps[i]);
	}
	for (int i = 0; i < o->prog_cnt; i++)
		free(o->progs[i]);
	free(o->maps);
	free(o->progs);
	free(o);
}

WASM_BPF_API struct bpf_map *wasm_bpf_add_map(struct bpf_object *o,
					      const char *name)
{
	struct bpf_map *m = (struct bpf_map *)calloc(1, sizeof(*m));

	if (!m || !o->maps)
		return NULL;
	wasm_bpf_copy_name(m->name, sizeof(m->name), name);
	m->object = o;
	return o->maps[o->map_cnt++] = m;
}

WASM_BPF_API struct bpf_program *wasm_bpf_add_program(struct bpf_object *o,
						      const char *name)
{
	struct bpf_program *p = (struct bpf_program *)calloc(1, sizeof(*p));

	if (!p || !o->progs)
		return NULL;
	wasm_bpf_copy_name(p->name, sizeof(p->name), name);
	p->object = o;
	p->autoload = p->autoattach = true;
	return o->progs[o->prog_cnt++] = p;
}

/* Where the guest has the variables of a section. */
WASM_BPF_API int wasm_bpf_open_section(const struct bpf_object_skeleton *s,
				       const struct bpf_map_skeleton *k,
				       struct bpf_map *m)
{
	m->section_size = k->section_size;
	if (k->section_offset) {
		m->section = (char *)s->data + k->section_offset;
	} else if (k->section_size) {
		m->section = calloc(1, (k->section_size + 7) / 8 * 8);
		m->section_allocated = true;
		if (!m->section)
			return -1;
	} else if (str_has_surfix(k->name, "rodata")) {
		m->section = (char *)s->data + s->rodata_offset;
	}
	*k->mmaped = m->section;
	return 0;
}

/*
 * Maps and programs without the kernel's; variables can be set after this, and
 * are as they are set then when the object is loaded.
 */
WASM_BPF_API int bpf_object__open_skeleton(struct bpf_object_skeleton *s,
					   const struct bpf_object_open_opts *opts)
{
	struct bpf_object *o = wasm_bpf_object_new(s->map_cnt, s->prog_cnt);

	(void)opts;
	s->self = o;
	if (!o)
		return wasm_bpf_errno(-12);
	if (s->object)
		*s->object = o;
	o->name = s->name;
	o->data = s->data;
	o->data_sz = s->data_sz;
	for (int i = 0; i < s->map_cnt; i++) {
		struct bpf_map_skeleton *k = wasm_bpf_map_at(s, i);
		struct bpf_map *m = wasm_bpf_add_map(o, k->name);

		*k->map = m;
		if (!m)
			return wasm_bpf_errno(-12);
		m->facts = k->facts;
		if (k->mmaped && wasm_bpf_open_section(s, k, m))
			return wasm_bpf_errno(-12);
	}
	for (int i = 0; i < s->prog_cnt; i++) {
		struct bpf_prog_skeleton *k = wasm_bpf_prog_at(s, i);
		struct bpf_program *p = wasm_bpf_add_program(o, k->name);

		*k->prog = p;
		if (!p)
			return wasm_bpf_errno(-12);
		p->section = k->section;
		p->code_mark = k->code_mark;
	}
	return 0;
}

/* Sets what is not zero of a section that the object has no bytes for. */
WASM_BPF_API int wasm_bpf_load_section(struct bpf_map *m)
{
	const char *p = (const char *)m->section;
	uint32_t zero = 0;
	size_t i = 0;

	while (m->section_allocated && i < m->section_size && !p[i])
		i++;
	if (!m->section_allocated || i == m->section_size)
		return 0;
	return wasm_bpf_map_operate(bpf_map__fd(m), BPF_MAP_UPDATE_ELEM, &zero,
				    m->section, NULL, 0);
}

/* After the host has it: its handle to all that belongs to it. */
WASM_BPF_API int wasm_bpf_object_loaded(struct bpf_object *o)
{
	int r = 0;

	o->loaded = true;
	for (int i = 0; i < o->prog_cnt; i++)
		o->progs[i]->obj_ptr = o->handle;
	for (int i = 0; i < o->map_cnt; i++)
		o->maps[i]->obj_ptr = o->handle;
	for (int i = 0; i < o->map_cnt && r >= 0; i++)
		r = wasm_bpf_load_section(o->maps[i]);
	return r < 0 ? r : 0;
}

/*
 * Once. The published interface does not say why it fails: the error is -22 for
 * every reason, unless libbpf_set_print() or bpf_map__set_max_entries() was
 * called before.
 */
WASM_BPF_API int bpf_object__load_skeleton(struct bpf_object_skeleton *s)
{
	struct bpf_object *o = s->self;
	int (*load)(struct bpf_object *) = o->load ? o->load :
						     wasm_bpf_guest.load;
	int r = 0;

	if (o->handle)
		return wasm_bpf_result(-22);
	if (load)
		r = load(o);
	else
		o->handle = wasm_load_bpf_object(o->data, (int)o->data_sz);
	s->obj = o->handle;
	if (r < 0 || !o->handle)
		return wasm_bpf_result(r < 0 ? r : -22);
	return wasm_bpf_result(wasm_bpf_object_loaded(o));
}

/* Attaches one program, to its target if one was set. */
WASM_BPF_API int wasm_bpf_attach(const struct bpf_program *prog)
{
	return wasm_attach_bpf_program(
		prog->obj_ptr, prog->name,
		*prog->attach_target ? prog->attach_target : NULL);
}

/*
 * The host numbers the links of an object in the order that they are made in.
 * What a guest attaches by wasm_attach_bpf_program() or
 * wasm_attach_bpf_program_fd() itself has a number that nobody counts here: let
 * it attach so, or detach links, but not both.
 */
WASM_BPF_API struct bpf_link *wasm_bpf_new_link(struct bpf_program *prog)
{
	struct bpf_link *l = (struct bpf_link *)calloc(1, sizeof(*l));

	if (l) {
		l->program = prog;
		l->number = prog->object->link_cnt;
	}
	return l;
}

/*
 * All but those that were told not to be, or that have a link already. Stops at
 * the first that fails, and returns its error.
 */
WASM_BPF_API int bpf_object__attach_skeleton(struct bpf_object_skeleton *s)
{
	for (int i = 0; i < s->prog_cnt; i++) {
		struct bpf_prog_skeleton *k = wasm_bpf_prog_at(s, i);
		struct bpf_program *p = *k->prog;
		int r;

		if (!p->autoattach || (k->link && *k->link))
			continue;
		r = wasm_bpf_attach(p);
		if (r < 0)
			return wasm_bpf_result(r);
		p->object->link_cnt++;
		if (k->link)
			*k->link = wasm_bpf_new_link(p);
	}
	return 0;
}

/* Programs are detached when their object is closed. */
WASM_BPF_API int bpf_object__detach_skeleton(struct bpf_object_skeleton *s)
{
	(void)s;
	return 0;
}

WASM_BPF_API void bpf_object__destroy_skeleton(struct bpf_object_skeleton *s)
{
	if (!s)
		return;
	if (s->obj)
		wasm_close_bpf_object(s->obj);
	for (int i = 0; s->progs && i < s->prog_cnt; i++) {
		if (wasm_bpf_prog_at(s, i)->link)
			free(*wasm_bpf_prog_at(s, i)->link);
	}
	wasm_bpf_object_free(s->self);
	free(s->maps);
	free(s->progs);
	free(s);
}

/* ---- ring and perf buffers */

WASM_BPF_API struct bpf_buffer *bpf_buffer__new(struct bpf_map *events)
{
	struct bpf_buffer *b = (struct bpf_buffer *)calloc(1, sizeof(*b));

	if (b)
		b->events = events;
	return b;
}

WASM_BPF_API struct bpf_buffer *bpf_buffer__open(struct bpf_map *events,
						 bpf_buffer_sample_fn sample_cb,
						 void *ctx)
{
	struct bpf_buffer *b = bpf_buffer__new(events);

	if (b) {
		b->fd = bpf_map__fd(events);
		b->sample_fn = sample_cb;
		b->ctx = ctx;
	}
	return b;
}

/*
 * Calls the callback for each record that is there or comes within @timeout_ms
 * milliseconds (0 and less: 100). Returns how many, or a negative number.
 */
WASM_BPF_API int bpf_buffer__poll(struct bpf_buffer *b, int timeout_ms)
{
	char record[WASM_BPF_RECORD_MAX];

	if (!b->sample_fn)
		return wasm_bpf_errno(-22);
	return wasm_bpf_errno(wasm_bpf_buffer_poll(
		b->events->obj_ptr, b->fd, (int32_t)(uintptr_t)b->sample_fn,
		(uint32_t)(uintptr_t)b->ctx, record, sizeof(record),
		timeout_ms > 0 ? timeout_ms : POLL_TIMEOUT_MS));
}

WASM_BPF_API void bpf_buffer__free(struct bpf_buffer *b)
{
	free(b);
}

/* ---- entries of maps */

WASM_BPF_API int bpf_map_update_elem(int fd, const void *key, const void *value,
				     uint64_t flags)
{
	return wasm_bpf_errno(wasm_bpf_map_operate(fd, BPF_MAP_UPDATE_ELEM,
						   (void *)key, (void *)value,
						   NULL, flags));
}

WASM_BPF_API int bpf_map_lookup_elem_flags(int fd, const void *key, void *value,
					   uint64_t flags)
{
	return wasm_bpf_errno(wasm_bpf_map_operate(
		fd, BPF_MAP_LOOKUP_ELEM, (void *)key, value, NULL, flags));
}

WASM_BPF_API int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_elem_flags(fd, key, value, 0);
}

WASM_BPF_API int bpf_map_delete_elem_flags(int fd, const void *key, uint64_t flags)
{
	return wasm_bpf_errno(wasm_bpf_map_operate(
		fd, BPF_MAP_DELETE_ELEM, (void *)key, NULL, NULL, flags));
}

WASM_BPF_API int bpf_map_delete_elem(int fd, const void *key)
{
	return bpf_map_delete_elem_flags(fd, key, 0);
}

/* The first key for @key NULL. */
WASM_BPF_API int bpf_map_get_next_key(int fd, const void *key, void *next_key)
{
	return wasm_bpf_errno(wasm_bpf_map_operate(
		fd, BPF_MAP_GET_NEXT_KEY, (void *)key, NULL, next_key, 0));
}

/*
 * The copy of a section of global variables that a skeleton points to (bss,
 * data): read from the kernel, and written to it as a whole. What programs
 * changed since the last read is overwritten by a write.
 */
WASM_BPF_API int bpf_map__read_section(struct bpf_map *map)
{
	uint32_t zero = 0;

	if (!map->section || !map->section_size)
		return wasm_bpf_errno(-22);
	return bpf_map_lookup_elem(bpf_map__fd(map), &zero, map->section);
}

WASM_BPF_API int bpf_map__write_section(const struct bpf_map *map)
{
	uint32_t zero = 0;

	if (!map->section || !map->section_size)
		return wasm_bpf_errno(-22);
	return bpf_map_update_elem(bpf_map__fd(map), &zero, map->section, 0);
}

#ifdef __cplusplus
}
#endif

#include "libbpf-wasm-log.h"
#include "libbpf-wasm-map.h"
#include "libbpf-wasm-object.h"
#include "libbpf-wasm-program.h"
#include "libbpf-wasm-buffer.h"

#endif
