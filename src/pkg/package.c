/* SPDX-License-Identifier: MIT */
#include "pkg/package.h"

#include <errno.h>
#include <string.h>

#include "pkg/object.h"
#include "pkg/section.h"

static void free_vars(struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_vars; i++) {
		struct eu_var *v = &pkg->vars[i];

		free(v->name);
		free(v->section);
		free(v->type);
		free(v->description);
		free(v->flag);
		free(v->short_flag);
		free(v->help);
		json_decref(v->def);
		json_decref(v->meta);
	}
	free(pkg->vars);
}

static void free_maps(struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_maps; i++) {
		struct eu_map *m = &pkg->maps[i];

		free(m->name);
		free(m->ident);
		free(m->description);
		free(m->unit);
		free(m->sort);
		free(m->buckets);
		free(m->inner);
		for (size_t k = 0; k < m->n_members; k++)
			free(m->members[k].name);
		free(m->members);
		json_decref(m->meta);
	}
	free(pkg->maps);
}

static void free_progs(struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_progs; i++) {
		struct eu_prog *p = &pkg->progs[i];

		free(p->name);
		free(p->section);
		free(p->description);
		for (size_t k = 0; k < p->n_targets; k++)
			free(p->targets[k]);
		free(p->targets);
		free(p->either);
		json_decref(p->meta);
	}
	free(pkg->progs);
}

void eu_package_drop_exports(struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_exports; i++) {
		free(pkg->exports[i].name);
		json_decref(pkg->exports[i].meta);
	}
	free(pkg->exports);
	pkg->exports = NULL;
	pkg->n_exports = 0;
}

static void free_objects(struct eu_package *pkg)
{
	for (size_t i = 0; i < pkg->n_objects; i++) {
		free(pkg->objects[i].arch);
		free(pkg->objects[i].data);
		json_decref(pkg->objects[i].packed);
	}
	free(pkg->objects);
}

void eu_package_free(struct eu_package *pkg)
{
	if (!pkg)
		return;
	free_vars(pkg);
	free_maps(pkg);
	free_progs(pkg);
	eu_package_drop_exports(pkg);
	for (size_t i = 0; i < EU_COUNT(pkg->by_name); i++)
		free(pkg->by_name[i].items);
	free_objects(pkg);
	btf__free(pkg->btf);
	free(pkg->name);
	free(pkg->origin);
	free(pkg->brief);
	free(pkg->details);
	free(pkg->description);
	free(pkg->version);
	json_decref(pkg->meta);
	json_decref(pkg->extra);
	for (size_t i = 0; i < pkg->n_btfs; i++) {
		free(pkg->btfs[i].name);
		free(pkg->btfs[i].data);
	}
	free(pkg->btfs);
	free(pkg);
}

int eu_package_add_object(struct eu_package *pkg, const char *arch,
			  const void *elf, size_t len, struct eu_error *err)
{
	size_t current = pkg->object ? pkg->object - pkg->objects : 0;
	struct eu_object *o;
	int r;

	if (len > EU_PACKAGE_MAX_OBJECT)
		return eu_error_set(err, -E2BIG,
				    "an object of %zu bytes; %d MiB are allowed",
				    len, EU_PACKAGE_MAX_OBJECT >> 20);
	r = eu_package_grow(pkg->objects, pkg->n_objects,
			    EU_PACKAGE_MAX_OBJECTS, "objects", &o, err);
	if (r)
		return r;
	if (pkg->object)
		pkg->object = &pkg->objects[current];
	o->data = malloc(len ?: 1);
	o->arch = arch ? strdup(arch) : NULL;
	if (!o->data || (arch && !o->arch))
		return eu_error_oom(err);
	memcpy(o->data, elf, len);
	o->size = len;
	return 0;
}

enum { VARS, MAPS, PROGS };

_Static_assert(offsetof(struct eu_var, name) == 0, "indexed by name");
_Static_assert(offsetof(struct eu_map, name) == 0, "indexed by name");
_Static_assert(offsetof(struct eu_prog, name) == 0, "indexed by name");

static const char *name_of(const void *item)
{
	return *(char *const *)item;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(name_of(*(void *const *)a), name_of(*(void *const *)b));
}

static int make_index(struct eu_index *x, void *items, size_t n, size_t size,
		      const char *kind, struct eu_error *err)
{
	const char *name, *last = NULL;

	x->items = calloc(n + 1, sizeof(*x->items));
	if (!x->items)
		return eu_error_oom(err);
	for (; x->n < n; x->n++)
		x->items[x->n] = (char *)items + x->n * size;
	qsort(x->items, n, sizeof(*x->items), by_name);
	for (size_t i = 0; i < n; i++, last = name) {
		name = name_of(x->items[i]);
		if (!*name)
			return eu_error_set(err, -EINVAL,
					    "it has a %s without a name", kind);
		if (last && !strcmp(name, last))
			return eu_error_set(err, -EINVAL,
					    "it has two %ss called '%s'", kind,
					    name);
	}
	return 0;
}

int eu_package_index(struct eu_package *pkg, struct eu_error *err)
{
	int r;

	r = make_index(&pkg->by_name[VARS], pkg->vars, pkg->n_vars,
		       sizeof(*pkg->vars), "variable", err);
	if (!r)
		r = make_index(&pkg->by_name[MAPS], pkg->maps, pkg->n_maps,
			       sizeof(*pkg->maps), "map", err);
	if (!r)
		r = make_index(&pkg->by_name[PROGS], pkg->progs, pkg->n_progs,
			       sizeof(*pkg->progs), "program", err);
	return r;
}

static void *find(const struct eu_index *x, const char *name)
{
	const void *item = &name;
	void **found = x->n ? bsearch(&item, x->items, x->n, sizeof(*x->items),
				      by_name) :
			      NULL;

	return found ? *found : NULL;
}

struct eu_var *eu_package_var(struct eu_package *pkg, const char *name)
{
	return find(&pkg->by_name[VARS], name);
}

struct eu_map *eu_package_map(struct eu_package *pkg, const char *name)
{
	return find(&pkg->by_name[MAPS], name);
}

struct eu_prog *eu_package_prog(struct eu_package *pkg, const char *name)
{
	return find(&pkg->by_name[PROGS], name);
}

const struct eu_prog *eu_package_bound(const struct eu_package *pkg)
{
	const struct eu_section *s;

	for (size_t i = 0; i < pkg->n_progs; i++) {
		s = eu_section_find(pkg->progs[i].section);
		if (s && s->arch_bound)
			return &pkg->progs[i];
	}
	return NULL;
}

const char *eu_arch_host(void)
{
#if defined(__x86_64__)
	return "x86";
#elif defined(__aarch64__)
	return "arm64";
#elif defined(__arm__)
	return "arm";
#elif defined(__riscv)
	return "riscv";
#elif defined(__s390x__)
	return "s390";
#elif defined(__powerpc64__)
	return "powerpc";
#elif defined(__mips64)
	return "mips";
#elif defined(__loongarch__)
	return "loongarch";
#else
#error "name this architecture as __TARGET_ARCH_ of bpf_tracing.h does"
#endif
}

bool eu_counts_losses(const char *name, const json_t *meta)
{
	return !strcmp(name, "lost_events") || json_object_get(meta, "lost");
}
