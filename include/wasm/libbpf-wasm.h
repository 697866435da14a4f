/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_H
#define LIBBPF_WASM_H

/*
 * User space of an eBPF program as Wasm: what of libbpf's interface a guest has.
 * All of it is in this header, for C and C++; a guest includes it in place of
 * <bpf/libbpf.h> and <bpf/bpf.h>, or gets it by its skeleton, which
 * "wasm-bpftool gen skeleton -j x.bpf.o" writes.
 *
 * Errors are negative numbers of Linux (-2 for what is not there, -22 for what
 * is invalid), not of wasi-libc's <errno.h>.
 */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the host's functions; docs/wasm-abi.md describes them */

#define WASM_BPF_IMPORT(fn) \
	__attribute__((import_module("wasm_bpf"), import_name(#fn))) extern

WASM_BPF_IMPORT(wasm_load_bpf_object)
uint64_t wasm_load_bpf_object(const void *obj_buf, int obj_buf_sz);
WASM_BPF_IMPORT(wasm_close_bpf_object)
int wasm_close_bpf_object(uint64_t obj);
WASM_BPF_IMPORT(wasm_attach_bpf_program)
int wasm_attach_bpf_program(uint64_t obj, const char *name,
			    const char *attach_target);
WASM_BPF_IMPORT(wasm_bpf_buffer_poll)
int wasm_bpf_buffer_poll(uint64_t program, int fd, int32_t sample_func,
			 uint32_t ctx, char *data, int max_size, int timeout_ms);
WASM_BPF_IMPORT(wasm_bpf_map_fd_by_name)
int wasm_bpf_map_fd_by_name(uint64_t obj, const char *name);
WASM_BPF_IMPORT(wasm_bpf_map_operate)
int wasm_bpf_map_operate(int fd, int cmd, void *key, void *value,
			 void *next_key, uint64_t flags);

#ifdef __cplusplus
}
#endif

/* What kernel and guest call by the same numbers. */
enum { BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK = 4 };

enum bpf_cmd {
	BPF_MAP_CREATE,
	BPF_MAP_LOOKUP_ELEM,
	BPF_MAP_UPDATE_ELEM,
	BPF_MAP_DELETE_ELEM,
	BPF_MAP_GET_NEXT_KEY,
};

/* ---- objects, maps, programs */

typedef uint64_t bpf_object_skel;
typedef int (*bpf_buffer_sample_fn)(void *ctx, void *data, size_t size);

struct bpf_map {
	bpf_object_skel obj_ptr;
	char name[64];
};

struct bpf_program {
	bpf_object_skel obj_ptr;
	char name[64];
	char attach_target[128]; /* empty: what its section says */
	bool autoattach;
};

struct bpf_map_skeleton {
	const char *name;
	struct bpf_map **map;
	void **mmaped;
};

struct bpf_prog_skeleton {
	const char *name;
	struct bpf_program **prog;
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
};

struct bpf_object_open_opts;

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
	return wasm_bpf_map_fd_by_name(map->obj_ptr, map->name);
}

WASM_BPF_API const char *bpf_map__name(const struct bpf_map *map)
{
	return map->name;
}

WASM_BPF_API const char *bpf_program__name(const struct bpf_program *prog)
{
	return prog->name;
}

WASM_BPF_API int bpf_program__set_autoload(struct bpf_program *prog, bool load)
{
	prog->autoattach = load;
	return 0;
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

/* Maps and programs without the kernel's; constants can be set after this. */
WASM_BPF_API int bpf_object__open_skeleton(struct bpf_object_skeleton *s,
					   const struct bpf_object_open_opts *opts)
{
	(void)opts;
	for (int i = 0; i < s->map_cnt; i++) {
		struct bpf_map_skeleton *m = wasm_bpf_map_at(s, i);

		*m->map = (struct bpf_map *)calloc(1, sizeof(**m->map));
		if (!*m->map)
			return -1;
		wasm_bpf_copy_name((*m->map)->name, sizeof((*m->map)->name),
				   m->name);
		if (m->mmaped && str_has_surfix(m->name, "rodata"))
			*m->mmaped = (char *)s->data + s->rodata_offset;
	}
	for (int i = 0; i < s->prog_cnt; i++) {
		struct bpf_prog_skeleton *p = wasm_bpf_prog_at(s, i);

		*p->prog = (struct bpf_program *)calloc(1, sizeof(**p->prog));
		if (!*p->prog)
			return -1;
		wasm_bpf_copy_name((*p->prog)->name, sizeof((*p->prog)->name),
				   p->name);
		(*p->prog)->autoattach = true;
	}
	return 0;
}

WASM_BPF_API int bpf_object__load_skeleton(struct bpf_object_skeleton *s)
{
	s->obj = wasm_load_bpf_object(s->data, (int)s->data_sz);
	if (!s->obj)
		return -1;
	for (int i = 0; i < s->map_cnt; i++)
		(*wasm_bpf_map_at(s, i)->map)->obj_ptr = s->obj;
	for (int i = 0; i < s->prog_cnt; i++)
		(*wasm_bpf_prog_at(s, i)->prog)->obj_ptr = s->obj;
	return 0;
}

/* Attaches one program, to its target if one was set. */
WASM_BPF_API int wasm_bpf_attach(const struct bpf_program *prog)
{
	return wasm_attach_bpf_program(
		prog->obj_ptr, prog->name,
		*prog->attach_target ? prog->attach_target : NULL);
}

/* Stops at the first that fails, and returns its error. */
WASM_BPF_API int bpf_object__attach_skeleton(struct bpf_object_skeleton *s)
{
	for (int i = 0; i < s->prog_cnt; i++) {
		const struct bpf_program *p = *wasm_bpf_prog_at(s, i)->prog;
		int r = p->autoattach ? wasm_bpf_attach(p) : 0;

		if (r < 0)
			return r;
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
	for (int i = 0; s->maps && i < s->map_cnt; i++)
		free(*wasm_bpf_map_at(s, i)->map);
	for (int i = 0; s->progs && i < s->prog_cnt; i++)
		free(*wasm_bpf_prog_at(s, i)->prog);
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
		return -22;
	return wasm_bpf_buffer_poll(
		b->events->obj_ptr, b->fd, (int32_t)(uintptr_t)b->sample_fn,
		(uint32_t)(uintptr_t)b->ctx, record, sizeof(record),
		timeout_ms > 0 ? timeout_ms : POLL_TIMEOUT_MS);
}

WASM_BPF_API void bpf_buffer__free(struct bpf_buffer *b)
{
	free(b);
}

/* ---- entries of maps */

WASM_BPF_API int bpf_map_update_elem(int fd, const void *key, const void *value,
				     uint64_t flags)
{
	return wasm_bpf_map_operate(fd, BPF_MAP_UPDATE_ELEM, (void *)key,
				    (void *)value, NULL, flags);
}

WASM_BPF_API int bpf_map_lookup_elem_flags(int fd, const void *key, void *value,
					   uint64_t flags)
{
	return wasm_bpf_map_operate(fd, BPF_MAP_LOOKUP_ELEM, (void *)key, value,
				    NULL, flags);
}

WASM_BPF_API int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	return bpf_map_lookup_elem_flags(fd, key, value, 0);
}

WASM_BPF_API int bpf_map_delete_elem_flags(int fd, const void *key, uint64_t flags)
{
	return wasm_bpf_map_operate(fd, BPF_MAP_DELETE_ELEM, (void *)key, NULL,
				    NULL, flags);
}

WASM_BPF_API int bpf_map_delete_elem(int fd, const void *key)
{
	return bpf_map_delete_elem_flags(fd, key, 0);
}

/* The first key for @key NULL. */
WASM_BPF_API int bpf_map_get_next_key(int fd, const void *key, void *next_key)
{
	return wasm_bpf_map_operate(fd, BPF_MAP_GET_NEXT_KEY, (void *)key, NULL,
				    next_key, 0);
}

#endif
