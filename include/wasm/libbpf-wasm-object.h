/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_OBJECT_H
#define LIBBPF_WASM_OBJECT_H

/*
 * Objects: one without a skeleton, opened from memory or a file; its maps,
 * programs and variables by name.
 */

#ifdef __cplusplus
extern "C" {
#endif

WASM_BPF_API const char *bpf_object__name(const struct bpf_object *obj)
{
	return obj->name ? obj->name : "";
}

/* The one behind @prev; NULL: the first. */
WASM_BPF_API struct bpf_map *bpf_object__next_map(const struct bpf_object *obj,
						  const struct bpf_map *prev)
{
	int i = 0;

	while (prev && i < obj->map_cnt && obj->maps[i++] != prev)
		;
	return i < obj->map_cnt ? obj->maps[i] : NULL;
}

WASM_BPF_API struct bpf_program *bpf_object__next_program(
	const struct bpf_object *obj, struct bpf_program *prev)
{
	int i = 0;

	while (prev && i < obj->prog_cnt && obj->progs[i++] != prev)
		;
	return i < obj->prog_cnt ? obj->progs[i] : NULL;
}

#define bpf_object__for_each_map(pos, obj)                             \
	for ((pos) = bpf_object__next_map((obj), NULL); (pos) != NULL; \
	     (pos) = bpf_object__next_map((obj), (pos)))
#define bpf_map__for_each(pos, obj) bpf_object__for_each_map (pos, obj)
#define bpf_object__for_each_program(pos, obj)                             \
	for ((pos) = bpf_object__next_program((obj), NULL); (pos) != NULL; \
	     (pos) = bpf_object__next_program((obj), (pos)))

/* Of a section: by its own name too, ".bss". NULL if there is none. */
WASM_BPF_API struct bpf_map *bpf_object__find_map_by_name(
	const struct bpf_object *obj, const char *name)
{
	for (int i = 0; i < obj->map_cnt; i++) {
		const char *own = obj->maps[i]->name;
		const char *dot = strchr(own, '.');

		if (!strcmp(own, name) || (dot && !strcmp(dot, name)))
			return obj->maps[i];
	}
	return (struct bpf_map *)wasm_bpf_null(-2);
}

WASM_BPF_API int bpf_object__find_map_fd_by_name(const struct bpf_object *obj,
						 const char *name)
{
	struct bpf_map *m = bpf_object__find_map_by_name(obj, name);

	return m ? bpf_map__fd(m) : -2;
}

WASM_BPF_API struct bpf_program *bpf_object__find_program_by_name(
	const struct bpf_object *obj, const char *name)
{
	for (int i = 0; i < obj->prog_cnt; i++) {
		if (!strcmp(obj->progs[i]->name, name))
			return obj->progs[i];
	}
	return (struct bpf_program *)wasm_bpf_null(-2);
}

/* Of a variable of .rodata, .data or .bss; bytes, or a negative error. */
WASM_BPF_API int bpf_object__read_global(const struct bpf_object *obj,
					 const char *name, void *to, size_t size)
{
	return wasm_bpf_result(
		eunomia_global_read(obj->handle, name, 0, to, (uint32_t)size));
}

/* One in .rodata before load only, of bpf_object__open_mem(). */
WASM_BPF_API int bpf_object__write_global(const struct bpf_object *obj,
					  const char *name, const void *from,
					  size_t size)
{
	return wasm_bpf_result(eunomia_global_write(obj->handle, name, 0, from,
						    (uint32_t)size));
}

/* ---- without a skeleton */

WASM_BPF_API int wasm_bpf_load_opened(struct bpf_object *o)
{
	return eunomia_object_load(o->handle);
}

WASM_BPF_API int wasm_bpf_autoload_opened(struct bpf_program *p, bool on)
{
	return eunomia_program_autoload(p->object->handle, p->name, on);
}

/* How many there are of that kind. */
WASM_BPF_API int wasm_bpf_count(uint64_t handle, int kind)
{
	char name[64];
	int n = 0;

	while (eunomia_object_name(handle, kind, n, name, sizeof(name)) >= 0)
		n++;
	return n;
}

WASM_BPF_API bool wasm_bpf_list(struct bpf_object *o, int maps, int progs)
{
	char name[64];

	for (int i = 0; i < maps; i++) {
		eunomia_object_name(o->handle, 0, i, name, sizeof(name));
		if (!wasm_bpf_add_map(o, name))
			return false;
	}
	for (int i = 0; i < progs; i++) {
		eunomia_object_name(o->handle, 1, i, name, sizeof(name));
		if (!wasm_bpf_add_program(o, name))
			return false;
	}
	return true;
}

/* Accepts NULL. Detaches what belongs to it. Not of a skeleton's. */
WASM_BPF_API void bpf_object__close(struct bpf_object *obj)
{
	if (obj && obj->handle)
		wasm_close_bpf_object(obj->handle);
	wasm_bpf_object_free(obj);
}

/* The bytes of an object file, which are not needed any more afterwards. */
WASM_BPF_API struct bpf_object *bpf_object__open_mem(
	const void *buf, size_t size, const struct bpf_object_open_opts *opts)
{
	uint64_t handle = eunomia_object_open(buf, (uint32_t)size);
	struct bpf_object *o;
	int maps, progs;

	if (!handle)
		return (struct bpf_object *)wasm_bpf_null(-22);
	maps = wasm_bpf_count(handle, 0);
	progs = wasm_bpf_count(handle, 1);
	o = wasm_bpf_object_new(maps, progs);
	if (!o) {
		wasm_close_bpf_object(handle);
		return (struct bpf_object *)wasm_bpf_null(-12);
	}
	o->handle = handle;
	o->name = opts ? opts->object_name : NULL;
	o->load = wasm_bpf_load_opened;
	o->set_autoload = wasm_bpf_autoload_opened;
	if (wasm_bpf_list(o, maps, progs))
		return o;
	bpf_object__close(o);
	return (struct bpf_object *)wasm_bpf_null(-12);
}

/* A file below a folder that the guest was given. */
WASM_BPF_API struct bpf_object *bpf_object__open_file(
	const char *path, const struct bpf_object_open_opts *opts)
{
	struct bpf_object *o = NULL;
	FILE *f = fopen(path, "rb");
	void *data = NULL;
	long size = -1;

	if (!f)
		return (struct bpf_object *)wasm_bpf_null(-2);
	if (!fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size > 0 && !fseek(f, 0, SEEK_SET))
		data = malloc((size_t)size);
	if (data && fread(data, 1, (size_t)size, f) == (size_t)size)
		o = bpf_object__open_mem(data, (size_t)size, opts);
	else
		wasm_bpf_null(-5);
	free(data);
	fclose(f);
	return o;
}

WASM_BPF_API struct bpf_object *bpf_object__open(const char *path)
{
	return bpf_object__open_file(path, NULL);
}

/* Of one that was opened without a skeleton. */
WASM_BPF_API int bpf_object__load(struct bpf_object *obj)
{
	int r = obj->loaded || !obj->load ? -22 : obj->load(obj);

	return wasm_bpf_result(r < 0 ? r : wasm_bpf_object_loaded(obj));
}

#ifdef __cplusplus
}
#endif

#endif
