/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt/attach.h"

/* BPF objects and their programs. */

enum { MAX_OBJECTS = 1024, MAX_MIB = 256, MAX_ATTACHED = 65536 };

struct eu_host_object *eu_host_object(struct eu_wasm *w, uint64_t handle)
{
	if (!handle || handle > w->n_objects || !w->objects[handle - 1].p)
		return NULL;
	return &w->objects[handle - 1];
}

/* Each is kept here until it is closed: a guest has no memory without end. */
static int check_room(const struct eu_wasm *w, uint32_t len, struct eu_error *err)
{
	uint64_t all = len;

	for (size_t i = 0; i < w->n_objects; i++)
		all += w->objects[i].len;
	return all <= (uint64_t)MAX_MIB << 20 ?
		       0 :
		       eu_error_set(
			       err, -E2BIG,
			       "the guest's objects have more than %d MiB in all",
			       MAX_MIB);
}

/* The number of one that was closed, or a new one. */
static int new_handle(struct eu_wasm *w, struct eu_program *p, uint32_t len,
		      uint64_t *ret, struct eu_error *err)
{
	size_t i = 0;
	int r;

	while (i < w->n_objects && w->objects[i].p)
		i++;
	if (i == w->n_objects) {
		r = eu_array_grow(&w->objects, i, sizeof(*w->objects),
				  MAX_OBJECTS);
		if (r)
			return eu_error_grow(err, r, MAX_OBJECTS, "objects");
		w->n_objects++;
	}
	w->objects[i] = (struct eu_host_object){ .p = p, .len = len };
	*ret = i + 1;
	return 0;
}

/* The handle of what the guest has at @v, or 0. */
static int open_object(struct eu_wasm *w, uint64_t *v, bool loads,
		       struct eu_error *err)
{
	struct eu_program_opts o = { .sz = sizeof(o),
				     .origin = "the guest's object",
				     .log = eu_host_log,
				     .log_ctx = w };
	struct eu_program *p = NULL;
	struct eu_error why;
	int r;

	o.len = (uint32_t)v[1];
	o.data = eu_host_bytes(w, v[0], o.len);
	if (!o.data)
		return eu_host_trap(err);
	v[0] = 0;
	r = check_room(w, o.len, &why) ?: eu_program_open(&o, &p, &why);
	if (!r) {
		/* Where to attach is said afterwards. */
		p->unattached = true;
		p->leaves = w->leaves;
		p->ctx = w->leaves_ctx;
	}
	if (!r && loads)
		r = eu_program_load(p, &why);
	if (!r)
		r = new_handle(w, p, o.len, &v[0], &why);
	if (r) {
		eu_host_fail(w, 0, &why);
		eu_program_close(p);
	}
	return 0;
}

static int load(void *ctx, uint64_t *v, struct eu_error *err)
{
	return open_object(ctx, v, true, err);
}

static int object_open(void *ctx, uint64_t *v, struct eu_error *err)
{
	return open_object(ctx, v, false, err);
}

static int object_load(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	struct eu_error why;

	(void)err;
	if (!o) {
		v[0] = eu_host_answer(w, -EINVAL);
		return 0;
	}
	v[0] = eu_program_load(o->p, &why) ? eu_host_fail(w, 0, &why) : 0;
	o->broken = o->p->phase == EU_PHASE_OPEN;
	return 0;
}

static void object_close(struct eu_wasm *w, uint64_t handle)
{
	struct eu_host_object *o = &w->objects[handle - 1];

	eu_host_maps_close(w, handle);
	eu_program_close(o->p);
	eu_host_sections_close(o);
	free(o->attached);
	*o = (struct eu_host_object){ 0 };
}

static int unload(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	uint64_t handle = v[0];

	(void)err;
	v[0] = 0;
	if (!eu_host_object(w, handle))
		return 0;
	if (eu_host_maps_busy(w, handle))
		v[0] = eu_host_answer(w, -EBUSY);
	else
		object_close(w, handle);
	return 0;
}

/* NULL behind the last. */
static const char *nth_name(const struct eu_program *p, uint32_t kind, uint32_t i)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	const char *name;

	switch (kind) {
	case EU_HOST_MAP:
		bpf_object__for_each_map (map, p->obj) {
			if (i--)
				continue;
			name = bpf_map__name(map);
			/* What libbpf puts in front is no part of it. */
			return bpf_map__is_internal(map) ?
				       strchr(name, '.') ?: name :
				       name;
		}
		return NULL;
	case EU_HOST_PROGRAM:
		bpf_object__for_each_program (prog, p->obj) {
			if (!i--)
				return bpf_program__name(prog);
		}
		return NULL;
	case EU_HOST_VARIABLE:
		return i < p->pkg->n_vars ? p->pkg->vars[i].name : NULL;
	default: return NULL;
	}
}

static int object_name(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const uint32_t kind = v[1];
	const char *name;

	if (!o || kind > EU_HOST_VARIABLE) {
		v[0] = eu_host_answer(w, -EINVAL);
		return 0;
	}
	name = nth_name(o->p, kind, v[2]);
	if (name)
		return eu_host_copy_text(w, name, v[3], v[4], v, err);
	v[0] = eu_host_answer(w, -ENOENT);
	return 0;
}

static int autoload(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	struct eu_error why;

	if (!name)
		return eu_host_trap(err);
	if (!o)
		v[0] = eu_host_answer(w, -EINVAL);
	else
		v[0] = eu_program_autoload(o->p, name, (uint32_t)v[2], &why) ?
			       eu_host_fail(w, 1, &why) :
			       0;
	return 0;
}

/*
 * The number of what is new among the object's links, or an error. Every call
 * counts: a guest that knows the order can detach what has not told its number.
 */
static int attach_to(struct eu_wasm *w, struct eu_host_object *o,
		     const char *name, const char *target)
{
	struct eu_host_attached *a;
	struct eu_error why;
	size_t before;
	int r;

	if (!o)
		return eu_host_answer(w, -EINVAL);
	before = o->p->n_links;
	r = eu_array_grow(&o->attached, o->n_attached, sizeof(*a), MAX_ATTACHED);
	if (r)
		return eu_host_answer(w, r);
	if (eu_attach_program(o->p, name, target, &why))
		return eu_host_fail(w, 0, &why);
	if (o->last_number == INT32_MAX)
		o->last_number = 0;
	a = &o->attached[o->n_attached++];
	*a = (struct eu_host_attached){ .number = ++o->last_number,
					.first = before,
					.n = o->p->n_links - before };
	return a->number;
}

static int attach_link(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const char *name = eu_host_string(w, v[1]);
	const char *target = (uint32_t)v[2] ? eu_host_string(w, v[2]) : "";

	if (!name || !target)
		return eu_host_trap(err);
	v[0] = attach_to(w, eu_host_object(w, v[0]), name, target);
	return 0;
}

static int attach(void *ctx, uint64_t *v, struct eu_error *err)
{
	int r = attach_link(ctx, v, err);

	v[0] = eu_min((int32_t)v[0], 0);
	return r;
}

/* To what a descriptor of the guest's stands for: a control group, a map. */
static int attach_fd(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const char *name = eu_host_string(w, v[1]);
	const int32_t fd = v[2];
	const struct eu_host_map *m = fd < 0 ? NULL : eu_host_map(w, fd);
	const int file = fd < 0 ? -1 : eu_host_file(w, fd);
	char target[256] = "";
	int r;

	if (!name)
		return eu_host_trap(err);
	if (fd >= 0 && file < 0 && (!m || m->handle != v[0])) {
		v[0] = eu_host_answer(w, -EBADF);
		return 0;
	}
	if (m)
		snprintf(target, sizeof(target), "%s", bpf_map__name(m->map));
	else if (file >= 0)
		snprintf(target, sizeof(target), "/proc/self/fd/%d", file);
	r = attach_to(w, eu_host_object(w, v[0]), name, target);
	v[0] = eu_min(r, 0);
	return 0;
}

static int link_detach(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	struct eu_host_attached a;
	size_t i = 0;

	(void)err;
	while (o && i < o->n_attached && o->attached[i].number != (uint32_t)v[1])
		i++;
	if (!o || i == o->n_attached) {
		v[0] = eu_host_answer(w, o ? -ENOENT : -EINVAL);
		return 0;
	}
	a = o->attached[i];
	o->attached[i] = o->attached[--o->n_attached];
	eu_program_detach_some(o->p, a.first, a.n);
	for (i = 0; i < o->n_attached; i++)
		if (o->attached[i].first > a.first)
			o->attached[i].first -= a.n;
	v[0] = 0;
	return 0;
}

/* Those of packets take theirs as data, the others what they are called with. */
static bool takes_packets(enum bpf_prog_type t)
{
	switch (t) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_FLOW_DISSECTOR: return true;
	default: return false;
	}
}

static int run_once(struct eu_program *p, const char *name, void *data,
		    uint32_t size, uint32_t *ret, struct eu_error *err)
{
	LIBBPF_OPTS(bpf_test_run_opts, o);
	struct bpf_program *prog = eu_program_find(p, name);
	int r = eu_program_expect(p, EU_PHASE_LOADED, err);

	if (r)
		return r;
	if (!prog)
		return eu_error_set(err, -ENOENT, "no program '%s'", name);
	if (takes_packets(bpf_program__type(prog))) {
		o.data_in = data;
		o.data_size_in = size;
	} else if (size) {
		o.ctx_in = data;
		o.ctx_size_in = size;
	}
	/* What was not loaded has none, which the kernel says. */
	r = bpf_prog_test_run_opts(bpf_program__fd(prog), &o);
	/* The kernel's ENOTSUPP has no words. */
	if (r == -524)
		r = -EOPNOTSUPP;
	*ret = o.retval;
	return r ? eu_error_set(err, r, "program '%s': cannot be run: %s", name,
				strerror(-r)) :
		   0;
}

static int program_run(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	void *data = eu_host_bytes(w, v[2], v[3]);
	void *to = eu_host_bytes(w, v[4], sizeof(uint32_t));
	struct eu_error why;
	uint32_t result = 0;
	int r;

	if (!name || !data || !to)
		return eu_host_trap(err);
	if (!o) {
		v[0] = eu_host_answer(w, -EINVAL);
		return 0;
	}
	r = run_once(o->p, name, data, v[3], &result, &why);
	if (!r)
		memcpy(to, &result, sizeof(result));
	v[0] = r ? eu_host_fail(w, 1, &why) : 0;
	return 0;
}

void eu_host_done(struct eu_wasm *w)
{
	for (size_t i = 0; i < w->n_objects; i++) {
		if (w->objects[i].p)
			object_close(w, i + 1);
	}
	free(w->objects);
	free(w->maps);
}

static const struct eu_import rows[] = {
	{ EU_WASM_BPF, "wasm_load_bpf_object", "ii:I", load },
	{ EU_WASM_BPF, "wasm_close_bpf_object", "I:i", unload },
	{ EU_WASM_BPF, "wasm_attach_bpf_program", "Iii:i", attach },
	{ EU_WASM_BPF, "wasm_attach_bpf_program_fd", "Iii:i", attach_fd },
	{ EU_EUNOMIA, "object_open", "ii:I", object_open },
	{ EU_EUNOMIA, "object_load", "I:i", object_load },
	{ EU_EUNOMIA, "object_name", "Iiiii:i", object_name },
	{ EU_EUNOMIA, "program_autoload", "Iii:i", autoload },
	{ EU_EUNOMIA, "program_attach", "Iii:i", attach_link },
	{ EU_EUNOMIA, "link_detach", "Ii:i", link_detach },
	{ EU_EUNOMIA, "program_run", "Iiiii:i", program_run },
};
const struct eu_host_calls eu_host_objects = { rows, EU_COUNT(rows) };
