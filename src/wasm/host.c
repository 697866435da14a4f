/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "rt/attach.h"
#include "wasm/wasi.h"

enum { MAX_OBJECTS = 1024, MAX_MAPS = 65536, PAGES = 64 };

/* A ring or perf buffer that is polled. */
struct poller {
	struct eu_wasm *w;
	struct eu_host_map *map;
	struct ring_buffer *ring;
	struct perf_buffer *perf;
	bool busy; /* its callback runs */
	/* Of the poll that goes on. */
	bool by_name; /* the callback is an export */
	uint32_t func, ctx, data, room;
	int delivered;
	int32_t returned; /* by the callback */
	int failed;
	struct eu_error *err;
};

struct eu_host_object {
	struct eu_program *p; /* NULL: closed */
};

struct eu_host_map {
	uint64_t handle; /* of its object; 0: closed */
	int fd;		 /* borrowed of the object */
	enum bpf_map_type type;
	uint32_t key_size, value_size; /* as the kernel copies them */
	bool holds_maps;
	struct poller *poller;
};

int eu_host_trap(struct eu_error *err)
{
	return eu_error_set(err, -EFAULT, "out of bounds memory access");
}

void *eu_host_bytes(struct eu_wasm *w, uint32_t at, uint32_t len)
{
	size_t size;
	uint8_t *m = w->engine_fns->memory(w->guest, &size);

	return at <= size && len <= size - at ? m + at : NULL;
}

/* A string of the guest's; NULL if its end is not in the memory. */
static const char *string_at(struct eu_wasm *w, uint32_t at)
{
	size_t size;
	const char *m = (char *)w->engine_fns->memory(w->guest, &size);

	if (at >= size || !memchr(m + at, 0, size - at))
		return NULL;
	return m + at;
}

static struct eu_host_object *object_of(struct eu_wasm *w, uint64_t handle)
{
	if (!handle || handle > w->n_objects || !w->objects[handle - 1].p)
		return NULL;
	return &w->objects[handle - 1];
}

static struct eu_host_map *map_of(struct eu_wasm *w, uint32_t fd)
{
	struct eu_host_map *m;

	if (fd < EU_HOST_FIRST_FD || fd - EU_HOST_FIRST_FD >= w->n_maps)
		return NULL;
	m = &w->maps[fd - EU_HOST_FIRST_FD];
	return m->handle ? m : NULL;
}

/* What a guest only gets a number for is told to who wants to know. */
static void tell(struct eu_wasm *w, const struct eu_error *err)
{
	if (w->log)
		w->log(w->log_ctx, 0, err->text);
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
		tell(w, &why);
		eu_program_close(p);
	}
	return 0;
}

static void poller_free(struct poller *p)
{
	if (!p)
		return;
	ring_buffer__free(p->ring);
	perf_buffer__free(p->perf);
	free(p);
}

static bool is_polled(const struct eu_wasm *w, uint64_t handle)
{
	for (size_t i = 0; i < w->n_maps; i++) {
		if (w->maps[i].handle == handle && w->maps[i].poller &&
		    w->maps[i].poller->busy)
			return true;
	}
	return false;
}

static void object_close(struct eu_wasm *w, uint64_t handle)
{
	for (size_t i = 0; i < w->n_maps; i++) {
		if (w->maps[i].handle != handle)
			continue;
		poller_free(w->maps[i].poller);
		w->maps[i] = (struct eu_host_map){ 0 };
	}
	eu_program_close(w->objects[handle - 1].p);
	w->objects[handle - 1].p = NULL;
}

static int unload(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	uint64_t handle = v[0];

	(void)err;
	v[0] = 0;
	if (!object_of(w, handle))
		return 0;
	if (is_polled(w, handle))
		v[0] = -EBUSY;
	else
		object_close(w, handle);
	return 0;
}

static int attach(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = object_of(w, v[0]);
	const char *name = string_at(w, v[1]);
	const char *target = (uint32_t)v[2] ? string_at(w, v[2]) : "";
	struct eu_error why;
	int r;

	if (!name || !target)
		return eu_host_trap(err);
	r = o ? eu_attach_program(o->p, name, target, &why) : -EINVAL;
	if (o && r)
		tell(w, &why);
	v[0] = r;
	return 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* Guests do not know what libbpf puts before ".rodata". */
static struct bpf_map *find_map(const struct eu_program *p, const char *name)
{
	const char *section = strchr(name, '.');
	struct bpf_map *m;

	m = bpf_object__find_map_by_name(p->obj, name);
	if (m || !section)
		return m;
	bpf_object__for_each_map (m, p->obj) {
		if (bpf_map__is_internal(m) &&
		    ends_with(bpf_map__name(m), section))
			return m;
	}
	return NULL;
}

static bool is_percpu(enum bpf_map_type t)
{
	return t == BPF_MAP_TYPE_PERCPU_HASH || t == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       t == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       t == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

/*
 * Its keys and values are bytes. In other maps they are descriptors, of which
 * a guest must not name ours.
 */
static bool is_plain(enum bpf_map_type t)
{
	switch (t) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE:
	case BPF_MAP_TYPE_CGROUP_STORAGE:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_BLOOM_FILTER: return true;
	default: return false;
	}
}

static int describe_map(struct eu_wasm *w, uint64_t handle,
			const struct bpf_map *m, struct eu_host_map *ret)
{
	uint32_t size = bpf_map__value_size(m);

	*ret = (struct eu_host_map){ .handle = handle,
				     .fd = bpf_map__fd(m),
				     .type = bpf_map__type(m),
				     .key_size = bpf_map__key_size(m),
				     .value_size = size };
	ret->holds_maps = ret->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
			  ret->type == BPF_MAP_TYPE_HASH_OF_MAPS;
	if (!is_percpu(ret->type))
		return 0;
	w->n_cpus = w->n_cpus ?: libbpf_num_possible_cpus();
	if (w->n_cpus < 0 ||
	    __builtin_mul_overflow((size + 7) / 8 * 8, (uint32_t)w->n_cpus,
				   &ret->value_size))
		return -E2BIG;
	return 0;
}

static int map_fd(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	struct eu_host_object *o = object_of(w, v[0]);
	const char *name = string_at(w, v[1]);
	uint64_t handle = v[0];
	struct bpf_map *m;
	size_t i = 0;
	int r = 0;

	if (!name)
		return eu_host_trap(err);
	m = o ? find_map(o->p, name) : NULL;
	v[0] = -EINVAL;
	if (!m)
		return 0;
	for (; i < w->n_maps; i++) {
		if (w->maps[i].handle == handle &&
		    w->maps[i].fd == bpf_map__fd(m)) {
			v[0] = EU_HOST_FIRST_FD + i;
			return 0;
		}
	}
	for (i = 0; i < w->n_maps && w->maps[i].handle; i++)
		;
	if (i == w->n_maps)
		r = eu_array_grow(&w->maps, i, sizeof(*w->maps), MAX_MAPS);
	if (!r)
		r = describe_map(w, handle, m, &w->maps[i]);
	if (!r)
		w->n_maps = eu_max(w->n_maps, i + 1);
	v[0] = r ?: EU_HOST_FIRST_FD + (int)i;
	return 0;
}

/* A value that is to hold a map: the guest's descriptor of it as ours. */
static int translate(struct eu_wasm *w, const struct eu_host_map *m,
		     const void *value, uint32_t *ret)
{
	const struct eu_host_map *inner;
	uint32_t fd;

	memcpy(&fd, value, sizeof(fd));
	inner = map_of(w, fd);
	if (!m->holds_maps || !inner)
		return -EBADF;
	*ret = inner->fd;
	return 0;
}

static int update(struct eu_wasm *w, const struct eu_host_map *m,
		  const void *key, const void *value, uint64_t flags)
{
	uint32_t fd;
	int r;

	if (!m->holds_maps)
		return bpf_map_update_elem(m->fd, key, value, flags);
	r = translate(w, m, value, &fd);
	return r ? r : bpf_map_update_elem(m->fd, key, &fd, flags);
}

/* Both of its signatures: addresses of 64 bits are cut. */
static int operate(void *ctx, uint64_t *v, struct eu_error *err)
{
	enum { LOOKUP = 1, UPDATE, DELETE, GET_NEXT_KEY };
	struct eu_wasm *w = ctx;
	const struct eu_host_map *m = map_of(w, v[0]);
	const uint32_t cmd = v[1], key_at = v[2], value_at = v[3], next_at = v[4];
	const uint64_t flags = v[5];
	void *key, *value, *next;
	int r = -EINVAL;

	if (cmd < LOOKUP || cmd > GET_NEXT_KEY) {
		v[0] = -EINVAL;
		return 0;
	}
	if (!m) {
		v[0] = -EBADF;
		return 0;
	}
	if (!is_plain(m->type) && !m->holds_maps) {
		v[0] = -EBADF;
		return 0;
	}
	key = eu_host_bytes(w, key_at, m->key_size);
	value = eu_host_bytes(w, value_at, cmd <= UPDATE ? m->value_size : 0);
	next = eu_host_bytes(w, next_at, cmd == GET_NEXT_KEY ? m->key_size : 0);
	if (!key || !value || !next)
		return eu_host_trap(err);
	/* A queue or a stack has none. */
	if (!m->key_size)
		key = NULL;
	switch (cmd) {
	case LOOKUP:
		r = bpf_map_lookup_elem_flags(m->fd, key, value, flags);
		break;
	case UPDATE: r = update(w, m, key, value, flags); break;
	case DELETE: r = bpf_map_delete_elem_flags(m->fd, key, flags); break;
	case GET_NEXT_KEY:
		r = bpf_map_get_next_key(m->fd, key_at ? key : NULL, next);
		break;
	}
	v[0] = r;
	return 0;
}

/* Hands one record to the guest; what is not 0 ends the poll. */
static int deliver(struct poller *p, const void *data, size_t size)
{
	struct eu_wasm *w = p->w;
	const uint32_t n = eu_min(size, (size_t)p->room);
	const uint32_t args[3] = { p->ctx, p->data, n };
	/* The last callback may have made the memory larger. */
	void *to = eu_host_bytes(w, p->data, p->room);

	if (!to) {
		p->failed = eu_host_trap(p->err);
		return -ECANCELED;
	}
	memcpy(to, data, n);
	p->failed = p->by_name ?
			    w->engine_fns->call_export(w->guest, w->callback,
						       args, &p->returned,
						       p->err) :
			    w->engine_fns->call(w->guest, p->func, args,
						&p->returned, p->err);
	if (p->failed == -ENOENT)
		eu_error_set(p->err, -EFAULT,
			     p->by_name ? "there is no callback of this name" :
					  "undefined element");
	if (p->failed)
		return -ECANCELED;
	p->delivered++;
	return p->returned < 0 && !p->by_name ? -ECANCELED : 0;
}

static int on_ring(void *ctx, void *data, size_t size)
{
	return deliver(ctx, data, size);
}

static enum bpf_perf_event_ret on_perf(void *ctx, int cpu,
				       struct perf_event_header *h)
{
	const struct {
		struct perf_event_header h;
		uint32_t size;
		char data[];
	} *sample = (void *)h;

	(void)cpu;
	if (h->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	return deliver(ctx, sample->data, sample->size) ?
		       LIBBPF_PERF_EVENT_ERROR :
		       LIBBPF_PERF_EVENT_CONT;
}

static int poller_new(struct eu_wasm *w, struct eu_host_map *m)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = 1,
	};
	struct poller *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->w = w;
	if (m->type == BPF_MAP_TYPE_RINGBUF)
		p->ring = ring_buffer__new(m->fd, on_ring, p, NULL);
	else
		p->perf = perf_buffer__new_raw(m->fd, PAGES, &attr, on_perf, p,
					       NULL);
	if (!p->ring && !p->perf) {
		free(p);
		return -errno;
	}
	m->poller = p;
	return 0;
}

/* Until there are records, the time is over, or the guest is to stop. */
static int wait_for(struct poller *p, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = p->ring ? ring_buffer__epoll_fd(p->ring) :
				  perf_buffer__epoll_fd(p->perf),
		  .events = POLLIN },
		{ .fd = p->w->stop_fd, .events = POLLIN },
	};
	int r = poll(fds, EU_COUNT(fds), timeout);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	return fds[1].revents ? -EINTR : 0;
}

/* A negative number for the guest, or @p->failed. */
static int poll_once(struct poller *p, int timeout)
{
	int r = wait_for(p, timeout);

	if (r == -EINTR) {
		p->failed = eu_error_set(p->err, -EINTR, "stopped");
		return 0;
	}
	if (r)
		return r;
	p->busy = true;
	r = p->ring ? ring_buffer__consume(p->ring) :
		      perf_buffer__consume(p->perf);
	p->busy = false;
	if (p->returned < 0 && !p->by_name)
		return p->returned;
	return p->delivered || r == -ECANCELED ? p->delivered : eu_min(r, 0);
}

static int poll_map(struct eu_wasm *w, uint64_t handle, uint32_t fd,
		    const struct poller *how, int timeout, uint64_t *v)
{
	struct eu_host_map *m = map_of(w, fd);
	struct poller *p;
	int r = 0;

	if (!object_of(w, handle) || !m || m->handle != handle)
		r = -EINVAL;
	else if (m->type != BPF_MAP_TYPE_RINGBUF &&
		 m->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		r = -ENOMEM; /* so it has always been */
	else if (!eu_host_bytes(w, how->data, how->room))
		return eu_host_trap(how->err);
	if (!r && !m->poller)
		r = poller_new(w, m);
	p = m ? m->poller : NULL;
	if (!r && p->busy)
		r = -EBUSY;
	if (r) {
		v[0] = r;
		return 0;
	}
	p->by_name = how->by_name;
	p->func = how->func;
	p->ctx = how->ctx;
	p->data = how->data;
	p->room = how->room;
	p->err = how->err;
	p->delivered = p->returned = p->failed = 0;
	r = poll_once(p, timeout);
	v[0] = r;
	return p->failed == -ENOENT ? -EFAULT : p->failed;
}

static int buffer_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct poller how = {
		.func = v[2], .ctx = v[3], .data = v[4], .room = v[5], .err = err
	};

	return poll_map(ctx, v[0], v[1], &how, (int32_t)v[6], v);
}

/* Of guests that cannot say which entry of their table a function is. */
static int wrapped_poll(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct poller how = {
		.by_name = true, .ctx = v[2], .data = v[3], .room = v[4], .err = err
	};

	return poll_map(ctx, v[0], v[1], &how, (int32_t)v[5], v);
}

/* The modules: today's and the first one's name, and that of the other poll. */
static const char OURS[] = "wasm_bpf", OLD[] = "env";

static const struct eu_import functions[] = {
	{ OURS, "wasm_load_bpf_object", "ii:I", load },
	{ OURS, "wasm_close_bpf_object", "I:i", unload },
	{ OURS, "wasm_attach_bpf_program", "Iii:i", attach },
	{ OURS, "wasm_bpf_map_fd_by_name", "Ii:i", map_fd },
	{ OURS, "wasm_bpf_map_operate", "iiiiiI:i", operate },
	{ OURS, "wasm_bpf_map_operate", "iiIIII:i", operate },
	{ OURS, "wasm_bpf_buffer_poll", "Iiiiiii:i", buffer_poll },
	{ NULL, "wasm_bpf_buffer_poll", "Iiiiii:i", wrapped_poll },
};

static bool same(const char *a, const char *b, size_t len)
{
	return strlen(a) == len && !memcmp(a, b, len);
}

/* The row for @wanted, or NULL; @other is the type that one of its name has. */
static const struct eu_import *find_in(const struct eu_import *table, size_t n,
				       const struct eu_wanted_import *wanted,
				       bool wrapper, const char **other)
{
	for (size_t i = 0; i < n; i++) {
		if (!table[i].module != wrapper ||
		    !same(table[i].name, wanted->name, wanted->name_len))
			continue;
		*other = table[i].type;
		if (!strcmp(*other, wanted->type))
			return &table[i];
	}
	return NULL;
}

int eu_host_find(const struct eu_wasm *w, const struct eu_wanted_import *wanted,
		 const struct eu_import **ret, struct eu_error *err)
{
	const bool wrapper = same(w->wrapper, wanted->module, wanted->module_len);
	const char *other = NULL;

	*ret = NULL;
	if (same(EU_WASI, wanted->module, wanted->module_len)) {
		*ret = find_in(eu_wasi_functions, eu_wasi_n_functions, wanted,
			       false, &other);
		return 0;
	}
	if (wrapper || same(OURS, wanted->module, wanted->module_len) ||
	    same(OLD, wanted->module, wanted->module_len))
		*ret = find_in(functions, EU_COUNT(functions), wanted, wrapper,
			       &other);
	if (*ret)
		return 0;
	eu_error_set(err, -ENOENT, "imports '%.*s' from '%.*s', ",
		     (int)wanted->name_len, wanted->name,
		     (int)wanted->module_len, wanted->module);
	return other ? eu_error_append(err, -ENOENT, "of type %s where it has %s",
				       wanted->type, other) :
		       eu_error_append(err, -ENOENT, "which is not known here");
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
