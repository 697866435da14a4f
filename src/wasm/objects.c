/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <errno.h>
#include <stdlib.h>

#include "rt/attach.h"

/* BPF objects and their programs. */

enum { MAX_OBJECTS = 1024 };

struct eu_host_object *eu_host_object(struct eu_wasm *w, uint64_t handle)
{
	if (!handle || handle > w->n_objects || !w->objects[handle - 1].p)
		return NULL;
	return &w->objects[handle - 1];
}

/* The number of one that was closed, or a new one. */
static int new_handle(struct eu_wasm *w, struct eu_program *p, uint64_t *ret,
		      struct eu_error *err)
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
	w->objects[i] = (struct eu_host_object){ .p = p };
	*ret = i + 1;
	return 0;
}

static int load(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_program_opts o = { .sz = sizeof(o),
				     .origin = "the guest's object",
				     .log = w->log,
				     .log_ctx = w->log_ctx };
	struct eu_program *p = NULL;
	struct eu_error why;
	int r;

	o.len = (uint32_t)v[1];
	o.data = eu_host_bytes(w, v[0], o.len);
	if (!o.data)
		return eu_host_trap(err);
	v[0] = 0;
	r = eu_program_open(&o, &p, &why);
	if (!r) {
		/* Where to attach is said afterwards. */
		p->unattached = true;
		p->leaves = w->leaves;
		p->ctx = w->leaves_ctx;
		r = eu_program_load(p, &why);
	}
	if (!r)
		r = new_handle(w, p, &v[0], &why);
	if (r) {
		eu_host_tell(w, &why);
		eu_program_close(p);
	}
	return 0;
}

static void object_close(struct eu_wasm *w, uint64_t handle)
{
	eu_host_maps_close(w, handle);
	eu_program_close(w->objects[handle - 1].p);
	w->objects[handle - 1].p = NULL;
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
		v[0] = -EBUSY;
	else
		object_close(w, handle);
	return 0;
}

static int attach(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = eu_host_object(w, v[0]);
	const char *name = eu_host_string(w, v[1]);
	const char *target = (uint32_t)v[2] ? eu_host_string(w, v[2]) : "";
	struct eu_error why;
	int r;

	if (!name || !target)
		return eu_host_trap(err);
	r = o ? eu_attach_program(o->p, name, target, &why) : -EINVAL;
	if (o && r)
		eu_host_tell(w, &why);
	v[0] = r;
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
};
const struct eu_host_calls eu_host_objects = { rows, EU_COUNT(rows) };
