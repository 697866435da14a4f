/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Global variables of objects: before load those they begin with. */

enum { MAX_SECTIONS = 1024 };

/* A variable of an object. */
struct place {
	const struct bpf_map *map;
	const struct eu_var *var;
	size_t offset; /* of its bytes in the map's value */
	bool loaded;
};

static bool is_constant(const struct eu_var *var)
{
	return !strncmp(var->section, ".rodata", strlen(".rodata"));
}

static int find(const struct eu_program *p, const char *name, uint32_t offset,
		uint32_t len, struct place *ret, struct eu_error *err)
{
	const struct eu_var *var = eu_package_var(p->pkg, name);
	const struct bpf_map *m;

	if (!var)
		return eu_error_set(err, -ENOENT, "no variable '%s'", name);
	m = bpf_object__find_map_by_name(p->obj, var->section);
	if (!m || !strcmp(var->section, ".kconfig"))
		return eu_error_set(err, -EINVAL,
				    "variable '%s': section '%s' has no values",
				    name, var->section);
	if (offset > var->size || len > var->size - offset ||
	    (uint64_t)var->offset + var->size > bpf_map__value_size(m))
		return eu_error_set(err, -ERANGE, "variable '%s' has %u bytes",
				    name, var->size);
	*ret = (struct place){ .map = m,
			       .var = var,
			       .offset = (size_t)var->offset + offset,
			       .loaded = p->phase != EU_PHASE_OPEN };
	return 0;
}

void eu_host_sections_close(struct eu_host_object *o)
{
	for (size_t i = 0; i < o->n_sections; i++)
		if (o->sections[i].at)
			munmap(o->sections[i].at, o->sections[i].size);
	free(o->sections);
}

/* NULL: it cannot be mapped, as on Linux 5.4 and older. */
static char *mapped(struct eu_host_object *o, const struct place *at)
{
	const bool writable = !is_constant(at->var);
	struct eu_host_section *s = o->sections;
	size_t i = 0;

	while (i < o->n_sections && s[i].map != at->map)
		i++;
	if (i < o->n_sections)
		return s[i].at;
	if (eu_array_grow(&o->sections, i, sizeof(*s), MAX_SECTIONS))
		return NULL;
	s = &o->sections[o->n_sections++];
	s->map = at->map;
	s->size = bpf_map__value_size(at->map);
	s->at = mmap(NULL, s->size, PROT_READ | (writable ? PROT_WRITE : 0),
		     MAP_SHARED, bpf_map__fd(at->map), 0);
	if (s->at == MAP_FAILED)
		s->at = NULL;
	return s->at;
}

/* Where its bytes lie as memory: libbpf's before load, then the kernel's. */
static char *memory_of(struct eu_host_object *o, const struct place *at)
{
	size_t size;
	char *all = at->loaded ? mapped(o, at) :
				 bpf_map__initial_value(at->map, &size);

	return all ? all + at->offset : NULL;
}

/* The whole value by system calls, with @from in it if that is not NULL. */
static int exchange(const struct place *at, void *to, const void *from,
		    uint32_t len)
{
	const int fd = bpf_map__fd(at->map);
	eu_auto_free char *all = calloc(1, bpf_map__value_size(at->map));
	const uint32_t zero = 0;

	if (!all)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &zero, all))
		return -errno;
	if (!from) {
		memcpy(to, all + at->offset, len);
		return 0;
	}
	memcpy(all + at->offset, from, len);
	return bpf_map_update_elem(fd, &zero, all, 0) ? -errno : 0;
}

/* Numbers as a whole: the program runs meanwhile. */
static void copy(void *to, const void *from, uint32_t len)
{
	const uintptr_t both = (uintptr_t)to | (uintptr_t)from;

	if (len == sizeof(uint64_t) && both % sizeof(uint64_t) == 0)
		__atomic_store_n((uint64_t *)to,
				 __atomic_load_n((const uint64_t *)from,
						 __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
	else if (len == sizeof(uint32_t) && both % sizeof(uint32_t) == 0)
		__atomic_store_n((uint32_t *)to,
				 __atomic_load_n((const uint32_t *)from,
						 __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
	else
		memcpy(to, from, len);
}

/* Number of bytes, or negative with words. */
static int transfer(struct eu_host_object *o, const char *name, uint32_t offset,
		    void *bytes, uint32_t len, bool writes, struct eu_error *err)
{
	struct place at = { 0 };
	char *memory;
	int r = find(o->p, name, offset, len, &at, err);

	if (r)
		return r;
	if (writes && at.loaded && is_constant(at.var))
		return eu_error_set(
			err, -EROFS,
			"variable '%s' is constant once the object is loaded",
			name);
	memory = memory_of(o, &at);
	if (memory && writes)
		copy(memory, bytes, len);
	else if (memory)
		copy(bytes, memory, len);
	else
		r = at.loaded ? exchange(&at, bytes, writes ? bytes : NULL, len) :
				-EINVAL;
	return r ? eu_error_set(err, r, "variable '%s': %s", name, strerror(-r)) :
		   (int)len;
}

static int call(struct eu_wasm *w, uint64_t *v, bool writes, struct eu_error *err)
{
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	void *bytes = eu_host_bytes(w, v[3], v[4]);
	struct eu_error why;
	int r;

	if (!name || !bytes)
		return eu_host_trap(err);
	if (!o || o->broken) {
		v[0] = eu_host_answer(w, -EINVAL);
		return 0;
	}
	r = transfer(o, name, v[2], bytes, v[4], writes, &why);
	v[0] = r < 0 ? eu_host_fail(w, 1, &why) : r;
	return 0;
}

static int global_read(void *ctx, uint64_t *v, struct eu_error *err)
{
	return call(ctx, v, false, err);
}

static int global_write(void *ctx, uint64_t *v, struct eu_error *err)
{
	return call(ctx, v, true, err);
}

static const struct eu_import rows[] = {
	{ EU_EUNOMIA, "global_read", "Iiiii:i", global_read },
	{ EU_EUNOMIA, "global_write", "Iiiii:i", global_write },
};
const struct eu_host_calls eu_host_variables = { rows, EU_COUNT(rows) };
