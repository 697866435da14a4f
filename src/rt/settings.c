/* SPDX-License-Identifier: MIT */
#include "rt/program.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "base/nearest.h"
#include "pkg/param.h"
#include "pkg/types.h"
#include "rt/choice.h"
#include "rt/kconfig.h"

enum { MAX_GOALS = 4096 };

static int no_such_section(const struct eu_var *var, struct eu_error *err)
{
	return eu_error_set(err, -EINVAL,
			    "variable '%s': section '%s' cannot be set",
			    var->name, var->section);
}

/* Before load: libbpf keeps what the section's map will begin with. */
static int set_initial(struct eu_program *p, const struct eu_var *var,
		       const void *value, struct eu_error *err)
{
	/* libbpf finds maps of sections by the sections' full names. */
	struct bpf_map *m = bpf_object__find_map_by_name(p->obj, var->section);
	size_t size;
	char *data;

	if (!strcmp(var->section, ".kconfig"))
		return eu_kconfig_set(p, var, value, err);
	if (!m)
		return no_such_section(var, err);
	data = bpf_map__initial_value(m, &size);
	if (!data || (uint64_t)var->offset + var->size > size)
		return no_such_section(var, err);
	memcpy(data + var->offset, value, var->size);
	return 0;
}

/* Where a map cannot be mapped (Linux 5.4 and older) all of it is written. */
static int rewrite(int fd, const struct eu_var *var, const void *value,
		   size_t size)
{
	eu_auto_free char *all = calloc(1, size);
	const uint32_t zero = 0;

	if (!all)
		return -ENOMEM;
	if (bpf_map_lookup_elem(fd, &zero, all))
		return -errno;
	memcpy(all + var->offset, value, var->size);
	return bpf_map_update_elem(fd, &zero, all, 0) ? -errno : 0;
}

/* Numbers change as a whole: the program may read at any moment. */
static void store(char *dst, const void *value, size_t size)
{
	uint64_t v8;
	uint32_t v4;

	if (size == sizeof(v8) && (uintptr_t)dst % sizeof(v8) == 0) {
		memcpy(&v8, value, sizeof(v8));
		__atomic_store_n((uint64_t *)(void *)dst, v8, __ATOMIC_RELAXED);
	} else if (size == sizeof(v4) && (uintptr_t)dst % sizeof(v4) == 0) {
		memcpy(&v4, value, sizeof(v4));
		__atomic_store_n((uint32_t *)(void *)dst, v4, __ATOMIC_RELAXED);
	} else {
		memcpy(dst, value, size);
	}
}

/* Where it can be mapped nothing else is touched. */
static int set_running(struct eu_program *p, const struct eu_var *var,
		       const void *value, struct eu_error *err)
{
	const struct bpf_map *m = bpf_object__find_map_by_name(p->obj,
							       var->section);
	size_t size = m ? bpf_map__value_size(m) : 0;
	char *at;
	int r = 0;

	if (!m || !strcmp(var->section, ".kconfig") ||
	    !strncmp(var->section, ".rodata", strlen(".rodata")))
		return eu_error_set(
			err, -EROFS,
			"variable '%s' is constant once the program is loaded",
			var->name);
	if ((uint64_t)var->offset + var->size > size)
		return no_such_section(var, err);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
		  bpf_map__fd(m), 0);
	if (at == MAP_FAILED) {
		r = rewrite(bpf_map__fd(m), var, value, size);
	} else {
		store(at + var->offset, value, var->size);
		munmap(at, size);
	}
	return r ? eu_error_set(err, r, "cannot set variable '%s': %s",
				var->name, strerror(-r)) :
		   0;
}

static int set_var(struct eu_program *p, const struct eu_var *var,
		   const char *text, const json_t *json, struct eu_error *err)
{
	eu_auto_free void *value = calloc(1, var->size ?: 1);
	int r;

	if (!value)
		return eu_error_oom(err);
	r = text ? eu_param_parse(p->pkg->btf, var, text, value, err) :
		   eu_param_json(p->pkg->btf, var, json, value, err);
	if (r)
		return r;
	return p->phase == EU_PHASE_OPEN ? set_initial(p, var, value, err) :
					   set_running(p, var, value, err);
}

static int find_var(const struct eu_program *p, const char *name,
		    struct eu_var **ret, struct eu_error *err)
{
	struct eu_var *var = eu_package_var(p->pkg, name);
	struct eu_nearest near = { .wanted = name };

	if (var) {
		*ret = var;
		return 0;
	}
	eu_error_set(err, -ENOENT, "no variable '%s' in '%s'", name,
		     p->pkg->name);
	for (size_t i = 0; i < p->pkg->n_vars; i++)
		if (!eu_param_hidden(&p->pkg->vars[i]))
			eu_nearest_try(&near, p->pkg->vars[i].name,
				       strlen(p->pkg->vars[i].name));
	return eu_nearest_or_all(&near, -ENOENT, err);
}

int eu_program_set(struct eu_program *p, const char *name, const char *value,
		   struct eu_error *err)
{
	struct eu_var *var = NULL;
	int r = find_var(p, name, &var, err);

	return r ? r : set_var(p, var, value, NULL, err);
}

int eu_program_set_json(struct eu_program *p, const char *name,
			const json_t *value, struct eu_error *err)
{
	struct eu_var *var = NULL;
	int r = find_var(p, name, &var, err);

	return r ? r : set_var(p, var, NULL, value, err);
}

int eu_program_own_values(struct eu_program *p, struct eu_error *err)
{
	int r;

	for (size_t i = 0; i < p->pkg->n_vars; i++) {
		const struct eu_var *v = &p->pkg->vars[i];

		if (!v->def || json_is_null(v->def))
			continue;
		r = set_var(p, v, NULL, v->def, err);
		if (r)
			return eu_error_prefix(err, r, "'%s'",
					       p->pkg->origin ?: p->pkg->name);
	}
	return 0;
}

static int add_goal(struct eu_program *p, const char *text,
		    const struct eu_prog *prog, struct eu_error *err)
{
	struct eu_goal *g;
	int r;

	r = eu_array_grow(&p->goals, p->n_goals, sizeof(*p->goals), MAX_GOALS);
	if (r)
		return eu_error_grow(err, r, MAX_GOALS, "targets");
	g = &p->goals[p->n_goals];
	*g = (struct eu_goal){ .prog = prog };
	r = eu_target_parse(text, &g->target, err);
	if (!r)
		p->n_goals++;
	return r;
}

/* Says what would be taken: of one kind of programs exactly, else by name. */
static int nobody_takes(const struct eu_program *p, const struct eu_target *t,
			struct eu_error *err)
{
	const struct eu_section *s, *only = NULL;
	const struct eu_prog *prog;
	bool several = false;

	eu_error_set(err, -EINVAL, "target '%s': no program of '%s' takes it",
		     t->text, p->pkg->name);
	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		prog = &p->pkg->progs[i];
		s = eu_section_find(prog->section);
		if (!s || s->shape == EU_SHAPE_NONE)
			continue;
		several = several || (only && only->shape != s->shape);
		only = only ? only : s;
		eu_error_append(err, -EINVAL, "; %s (%s) takes %s", prog->name,
				prog->section, eu_shape_words(s->shape));
	}
	return only && !several ? eu_target_check(t, only, err) : -EINVAL;
}

static int unknown_program(const struct eu_program *p,
			   const struct eu_target *t, struct eu_error *err)
{
	eu_choice_unknown(p, t->program, err);
	return eu_error_prefix(err, -ENOENT, "target '%s'", t->text);
}

int eu_program_target(struct eu_program *p, const char *text, struct eu_error *err)
{
	struct eu_target *t;
	size_t before = p->n_goals;
	int r = eu_program_expect(p, EU_PHASE_OPEN, err);

	if (!r)
		r = eu_target_parse(text, &t, err);
	if (r)
		return r;
	if (!t->program && eu_target_none(t))
		r = eu_error_set(err, -EINVAL,
				 "target 'none' is for one program: PROGRAM=none");
	else if (t->program && !eu_package_prog(p->pkg, t->program))
		r = unknown_program(p, t, err);
	for (size_t i = 0; i < p->pkg->n_progs && !r; i++) {
		const struct eu_prog *prog = &p->pkg->progs[i];
		const struct eu_section *s = eu_section_find(prog->section);

		if (!s || (t->program ? strcmp(t->program, prog->name) != 0 :
					eu_target_check(t, s, NULL) != 0))
			continue;
		/* A named program says what is wrong with its target. */
		r = eu_target_check(t, s, err);
		if (!r)
			r = add_goal(p, text, prog, err);
	}
	if (!r && p->n_goals == before)
		r = nobody_takes(p, t, err);
	eu_target_free(t);
	return r;
}

int eu_program_no_map(const struct eu_program *p, const char *name,
		      struct eu_error *err)
{
	struct eu_nearest near = { .wanted = name };

	eu_error_set(err, -ENOENT, "no map '%s' in '%s'", name, p->pkg->name);
	for (size_t i = 0; i < p->pkg->n_maps; i++)
		if (!p->pkg->maps[i].internal)
			eu_nearest_try(&near, p->pkg->maps[i].name,
				       strlen(p->pkg->maps[i].name));
	return eu_nearest_or_all(&near, -ENOENT, err);
}

int eu_program_type(struct eu_program *p, const char *map, const char *type,
		    struct eu_error *err)
{
	struct eu_map *m = eu_package_map(p->pkg, map);
	uint32_t id;
	int r = eu_program_expect(p, EU_PHASE_OPEN, err);

	if (r)
		return r;
	if (!m)
		return eu_program_no_map(p, map, err);
	r = eu_types_by_name(p->pkg, type, &id, err);
	if (!r)
		r = eu_types_fit(p->pkg, m, id, err);
	if (r)
		return r;
	m->export_type_id = id;
	m->exported = true;
	return 0;
}

int eu_program_own_targets(struct eu_program *p, struct eu_error *err)
{
	size_t given = p->n_goals;
	int r = 0;

	for (size_t i = 0; i < p->pkg->n_progs && !r; i++) {
		const struct eu_prog *prog = &p->pkg->progs[i];
		bool has = false;

		for (size_t k = 0; k < given; k++)
			has = has || p->goals[k].prog == prog;
		for (size_t k = 0; k < prog->n_targets && !has && !r; k++)
			r = add_goal(p, prog->targets[k], prog, err);
	}
	return r;
}
