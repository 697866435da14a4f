/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>

#include <bpf/bpf.h>

#include "base/file.h"
#include "btf/names.h"
#include "btf/tailor.h"
#include "rt/attach.h"
#include "rt/choice.h"
#include "rt/buffers.h"
#include "rt/failure.h"
#include "rt/input.h"
#include "rt/source.h"
#include "rt/stacks.h"

enum { MAX_KCONFIG = 1 << 20, MAX_LINKS = 65536 };

/* Among the sources' numbers: nothing more will happen. */
static const uint64_t ONCE = UINT64_MAX;

const char *eu_version(void)
{
	return EU_VERSION;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int drop(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return 0;
}

/* Options of older callers are shorter: what they lack is zero. */
static int take_opts(const struct eu_program_opts *in,
		     struct eu_program_opts *out, struct eu_error *err)
{
	if (!in ||
	    in->sz < offsetof(struct eu_program_opts, path) + sizeof(in->path))
		return eu_error_set(err, -EINVAL, "options without size");
	*out = (struct eu_program_opts){ 0 };
	memcpy(out, in, eu_min(in->sz, sizeof(*out)));
	return 0;
}

static int init(struct eu_program *p, const struct eu_program_opts *o,
		struct eu_error *err)
{
	int r;

	p->record = o->record;
	p->ctx = o->ctx;
	p->max_records = o->max_records ?: UINT64_MAX;
	eu_log_init(&p->log, o->log, o->log_ctx);
	r = eu_shown_all_take(p, o, err);
	r = r	  ?:
		    eu_sink_init(&p->sink, o->format ?: "text",
				 o->write ?: drop, o->ctx, err);
	if (!r && o->timestamps)
		r = eu_sink_times(&p->sink, o->timestamps, err);
	p->sink.color = o->color;
	p->sink.width = o->width;
	return r;
}

/*
 * Only the part of the kernel's BTF that the object's relocations look at, if
 * that can be told; else libbpf reads all of it.
 */
static const char *tailored(struct eu_program *p, const struct eu_program_opts *o,
			    char path[EU_TAILOR_PATH])
{
	const struct eu_tailor_opts t = {
		.object = p->pkg->object->data,
		.object_size = p->pkg->object->size,
		.btf_path = p->kernel_btf.path,
	};
	struct eu_error why;

	if (o->no_tailor)
		return p->kernel_btf.path;
	if (eu_tailor_open(&t, &p->tailored_fd, &why)) {
		eu_log(&p->log, 1, "reading all of the kernel's BTF: %s",
		       why.text);
		return p->kernel_btf.path;
	}
	if (p->tailored_fd < 0)
		return p->kernel_btf.path;
	eu_tailor_path(path, p->tailored_fd);
	return path;
}

/*
 * Pins outlive us; a package has to be allowed to leave something behind. Maps
 * that ask for it go into @dir then, or are taken from there.
 */
static int settle_pins(struct eu_program *p, const char *dir, struct eu_error *err)
{
	struct bpf_map *m;
	int r = 0;

	bpf_object__for_each_map (m, p->obj) {
		eu_auto_free char *path = NULL;

		if (dir && bpf_map__pin_path(m)) {
			path = eu_path_join(dir, bpf_map__name(m));
			if (!path)
				return eu_error_oom(err);
		}
		r = bpf_map__set_pin_path(m, path);
		if (r)
			return eu_error_set(err, r, "map '%s': %s",
					    bpf_map__name(m), strerror(-r));
	}
	return 0;
}

static int open_object(struct eu_program *p, struct eu_error *err)
{
	const struct eu_package *pkg = p->pkg;
	LIBBPF_OPTS(bpf_object_open_opts, oo, .object_name = pkg->name,
		    .btf_custom_path = p->btf_path);
	int r;

	if (p->kconfig.len)
		oo.kconfig = eu_buf_str(&p->kconfig);
	eu_log_enter(&p->log);
	p->obj = bpf_object__open_mem(pkg->object->data, pkg->object->size, &oo);
	eu_log_leave();
	if (p->obj)
		return eu_buffers_pick(p, err);
	r = -errno;
	eu_error_set(err, r, "cannot open the BPF object of '%s'",
		     pkg->origin ?: pkg->name);
	eu_log_explain(&p->log, r, err);
	return eu_failure_hint(p, r, err);
}

/* What was set in one object is set in another; where to pin only if @pins. */
static void copy_settings(const struct bpf_object *from, struct bpf_object *to,
			  bool pins)
{
	const void *old;
	struct bpf_map *m, *n;
	size_t size, room;
	void *data;

	bpf_object__for_each_map (m, from) {
		n = bpf_object__find_map_by_name(to, bpf_map__name(m));
		if (!n)
			continue;
		bpf_map__set_pin_path(n, pins ? bpf_map__pin_path(m) : NULL);
		old = bpf_map__initial_value(m, &size);
		data = old ? bpf_map__initial_value(n, &room) : NULL;
		if (data)
			memcpy(data, old, eu_min(size, room));
		else
			bpf_map__set_max_entries(n, bpf_map__max_entries(m));
	}
}

int eu_program_renew(struct eu_program *p, bool pins,
		     struct bpf_object **ret_old, struct eu_error *err)
{
	struct bpf_object *old = eu_take_ptr(p->obj);
	int r = open_object(p, err);

	if (r) {
		p->obj = old;
		return r;
	}
	copy_settings(old, p->obj, pins);
	*ret_old = old;
	return 0;
}

static int prepare_object(struct eu_program *p, const struct eu_program_opts *o,
			  struct eu_error *err)
{
	char room[EU_TAILOR_PATH];
	const char *path;
	int r;

	r = eu_kernel_btf_find(o->btf, p->pkg, &p->kernel_btf, err);
	if (r)
		return r;
	p->choice = calloc(p->pkg->n_progs ?: 1, sizeof(*p->choice));
	path = tailored(p, o, room);
	p->btf_path = path ? strdup(path) : NULL;
	if (!p->choice || (path && !p->btf_path))
		return eu_error_oom(err);
	for (size_t i = 0; i < p->pkg->n_progs; i++)
		p->has_either = p->has_either || p->pkg->progs[i].either;
	return open_object(p, err);
}

int eu_program_new(struct eu_package *pkg, const struct eu_program_opts *opts,
		   struct eu_program **ret, struct eu_error *err)
{
	struct eu_program *p = calloc(1, sizeof(*p));
	struct eu_program_opts o;
	int r;

	if (!p) {
		eu_package_free(pkg);
		return eu_error_oom(err);
	}
	p->pkg = pkg;
	p->epoll_fd = -1;
	p->tailored_fd = -1;
	eu_buf_init(&p->kconfig, MAX_KCONFIG);
	p->kernel_btf.fd = -1;
	p->once_fd = -1;
	r = take_opts(opts, &o, err);
	if (!r)
		r = init(p, &o, err);
	if (!r)
		r = prepare_object(p, &o, err);
	if (!r)
		r = settle_pins(p, o.pin, err);
	if (!r)
		r = eu_program_own_values(p, err);
	if (r) {
		eu_program_close(p);
		return r;
	}
	*ret = p;
	return 0;
}

int eu_program_open(const struct eu_program_opts *opts, struct eu_program **ret,
		    struct eu_error *err)
{
	struct eu_package *pkg = NULL;
	struct eu_program_opts o;
	struct eu_log log;
	int r;

	r = take_opts(opts, &o, err);
	if (r)
		return r;
	/* What libbpf thinks of broken BTF is no concern of standard error. */
	eu_log_init(&log, o.log, o.log_ctx);
	eu_log_enter(&log);
	if (o.data)
		r = eu_package_parse(o.data, o.len, o.origin ?: "package", NULL,
				     &pkg, err);
	else if (o.path)
		r = eu_package_read(o.path, NULL, &pkg, err);
	else
		r = eu_error_set(err, -EINVAL, "neither path nor data given");
	eu_log_leave();
	eu_log_done(&log);
	return r ? r : eu_program_new(pkg, opts, ret, err);
}

int eu_program_expect(const struct eu_program *p, enum eu_phase want,
		      struct eu_error *err)
{
	static const char *const words[] = {
		[EU_PHASE_OPEN] = "the program is loaded already",
		[EU_PHASE_LOADED] = "the program is not loaded",
		[EU_PHASE_ATTACHED] = "the program is not attached",
	};

	if (p->finished)
		return eu_error_set(err, -EALREADY,
				    "the program is finished already");
	if (p->phase == want)
		return 0;
	if (want == EU_PHASE_LOADED && p->phase == EU_PHASE_ATTACHED)
		return eu_error_set(err, -EALREADY,
				    "the program is attached already");
	return eu_error_set(err, -EBUSY, "%s", words[want]);
}

void eu_program_raise_memlock(void)
{
	struct rlimit rl;

	libbpf_set_memlock_rlim(0);
	if (!getrlimit(RLIMIT_MEMLOCK, &rl) && rl.rlim_cur != RLIM_INFINITY) {
		rl.rlim_cur = rl.rlim_max = RLIM_INFINITY;
		setrlimit(RLIMIT_MEMLOCK, &rl);
	}
}

/*
 * libbpf rounds up rings, gives arrays for CPUs as many as there are, and has
 * sizes for keys and values of which nothing is said.
 */
static void take_sizes(struct eu_program *p)
{
	for (size_t i = 0; i < p->pkg->n_maps; i++) {
		struct eu_map *m = &p->pkg->maps[i];
		const struct bpf_map *map = bpf_object__find_map_by_name(
			p->obj, m->name);

		if (!map)
			continue;
		m->max_entries = bpf_map__max_entries(map);
		m->key_size = m->key_size ?: bpf_map__key_size(map);
		m->value_size = m->value_size ?: bpf_map__value_size(map);
	}
}

int eu_program_load(struct eu_program *p, struct eu_error *err)
{
	int r = eu_program_expect(p, EU_PHASE_OPEN, err), retried;

	if (!r)
		r = eu_program_own_targets(p, err);
	if (!r)
		r = eu_choice_check(p, err);
	if (!r)
		eu_choice_apply(p);
	if (!r)
		r = eu_attach_check(p, err);
	if (!r)
		r = eu_sources_check(p, err);
	if (r)
		return r;
	if (!p->pkg->n_progs && !p->pkg->n_maps)
		return eu_error_set(err, -EINVAL,
				    "'%s' holds neither programs nor maps",
				    p->pkg->origin ?: p->pkg->name);
	eu_log_enter(&p->log);
	r = bpf_object__load(p->obj);
	eu_log_leave();
	if (r) {
		eu_failure_explain(p, r, err);
		retried = eu_choice_retry(p, err);
		r = retried == -ENOENT ? r : retried;
	}
	if (r)
		return r;
	take_sizes(p);
	p->phase = EU_PHASE_LOADED;
	return 0;
}

int eu_program_add_link(struct eu_program *p, struct eu_link **ret,
			struct eu_error *err)
{
	struct eu_link *l;
	int r = eu_array_grow(&p->links, p->n_links, sizeof(*l), MAX_LINKS);

	if (r == -E2BIG)
		return eu_error_set(err, r,
				    "more than %d programs and targets to attach",
				    MAX_LINKS);
	if (r)
		return eu_error_oom(err);
	l = &p->links[p->n_links++];
	*l = (struct eu_link){ .fd = -1, .left = EU_LEFTOVER_INIT };
	*ret = l;
	return 0;
}

int eu_source_record(struct eu_source *s, const void *key, const void *data,
		     size_t size)
{
	struct eu_program *p = s->program;
	struct eu_record r;

	if (__builtin_expect(p->n_records == p->max_records, 0))
		return -ECANCELED;
	r.stream = &s->stream;
	r.key = key;
	r.data = data;
	r.size = size;
	r.when = p->now;
	if (__builtin_expect(s->shown != NULL, 0) && !eu_shown_wants(s, &r))
		return 0;
	p->n_records++;
	if (p->record)
		return p->record(p->ctx, s->stream.name, key, data, size);
	if (__builtin_expect(s->stacks != NULL, 0))
		r.stacks = eu_stacks_read(s->stacks, key, data, size);
	if (__builtin_expect(s->shown && s->shown->gather, 0))
		return eu_gather_add(s->shown->gather, &r);
	eu_sink_record(&p->sink, &r);
	return eu_sink_full(&p->sink) ? eu_sink_flush(&p->sink) : 0;
}

void eu_source_round(struct eu_source *s)
{
	eu_shown_round(s);
	if (!s->program->record)
		eu_sink_round(&s->program->sink, &s->stream);
}

/* The headers come when all is attached, before any row. */
static int begin_sinks(struct eu_program *p, struct eu_error *err)
{
	int r = 0;

	if (p->record)
		return 0;
	if (p->refresh && p->n_sources == 1)
		eu_buf_puts(&p->sink.out, "\033[H\033[2J");
	for (size_t i = 0; i < p->n_sources && !r; i++)
		r = eu_sink_begin(&p->sink, &p->sources[i].stream, err);
	if (r)
		return r;
	r = eu_sink_flush(&p->sink);
	if (r)
		return eu_error_set(err, r, "cannot write: %s", strerror(-r));
	return 0;
}

int eu_program_output(struct eu_program *p, const char *format,
		      eu_record_fn record, struct eu_error *err)
{
	struct eu_sink old = p->sink;
	int r;

	r = eu_program_expect(p, EU_PHASE_ATTACHED, err);
	if (!r)
		r = eu_sink_check(format, err);
	if (r)
		return r;
	for (size_t i = 0; i < p->n_sources; i++) {
		eu_sink_finish(&p->sink, &p->sources[i].stream);
		p->sources[i].stream.view = NULL;
	}
	p->sink.sym = NULL;
	eu_sink_done(&p->sink);
	p->record = record;
	r = eu_sink_init(&p->sink, format, old.write, old.ctx, err);
	p->sink.sym = old.sym;
	p->sink.labelled = old.labelled;
	return r ?: begin_sinks(p, err);
}

/* Where nothing stays attached the first dispatch is the last. */
static int end_after_once(struct eu_program *p, struct eu_error *err)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = ONCE };

	if (!eu_attach_once(p))
		return 0;
	p->once_fd = eventfd(1, EFD_CLOEXEC);
	if (p->once_fd < 0 ||
	    epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, p->once_fd, &ev))
		return eu_error_set(err, -errno, "cannot wait: %s",
				    strerror(errno));
	return 0;
}

int eu_program_attach(struct eu_program *p, struct eu_error *err)
{
	int r = eu_program_expect(p, EU_PHASE_LOADED, err);

	if (r)
		return r;
	eu_log_enter(&p->log);
	r = eu_sources_open(p, err);
	if (!r)
		r = eu_attach_all(p, err);
	if (!r)
		r = begin_sinks(p, err);
	if (!r)
		r = end_after_once(p, err);
	if (r) {
		eu_program_detach(p, 0);
		eu_sources_close(p);
	}
	eu_log_leave();
	if (r)
		return r;
	p->phase = EU_PHASE_ATTACHED;
	if (p->sources[0].ops == &eu_source_trace)
		eu_sources_warn_if_silent(p);
	return 0;
}

int eu_program_fd(const struct eu_program *p)
{
	return p->epoll_fd;
}

/* One that is dispatched whether or not it seems to have work. */
static bool ask_anyway(const struct eu_program *p, const struct eu_source *s)
{
	return eu_program_ending(p) || s->ops->always;
}

int eu_program_dispatch(struct eu_program *p, struct eu_error *err)
{
	struct epoll_event ev[64];
	uint64_t before = p->n_records;
	struct eu_source *s;
	int n = 0, r = 0, w;

	if (p->phase != EU_PHASE_ATTACHED || p->finished)
		return eu_program_expect(p, EU_PHASE_ATTACHED, err);
	if (p->polls)
		n = epoll_wait(p->epoll_fd, ev, EU_COUNT(ev), 0);
	if (n < 0)
		return errno == EINTR ?
			       0 :
			       eu_error_set(err, -errno, "epoll_wait: %s",
					    strerror(errno));
	p->now = clock_ns(CLOCK_REALTIME);
	p->unfinished = false;
	if (p->names)
		eu_names_tick(p->names);
	if (err)
		err->text[0] = '\0';
	eu_log_enter(&p->log);
	for (int i = 0; i < n && !r; i++) {
		if (ev[i].data.u64 == ONCE)
			continue;
		s = &p->sources[ev[i].data.u64];
		r = ask_anyway(p, s) ? 0 : s->ops->dispatch(s, err);
	}
	for (size_t i = 0; i < p->n_sources && !r; i++) {
		s = &p->sources[i];
		r = ask_anyway(p, s) ? s->ops->dispatch(s, err) : 0;
	}
	eu_log_leave();
	w = p->record ? 0 : eu_sink_flush(&p->sink);
	if (w)
		return eu_error_set(err, w, "cannot write: %s", strerror(-w));
	if ((!r || r == -ECANCELED) && p->n_records == p->max_records)
		return eu_error_set(err, -ENODATA, "all records were handed out");
	if (!r && p->once_fd >= 0 && !p->unfinished)
		return eu_error_set(err, -ENODATA, "all programs have run");
	if (r && err && !err->text[0])
		eu_error_set(err, r, "a record was refused: %s", strerror(-r));
	return r ? r : (int)(p->n_records - before);
}

int eu_program_drain(struct eu_program *p, struct eu_error *err)
{
	p->draining = true;
	return eu_program_dispatch(p, err);
}

int eu_program_end(struct eu_program *p, struct eu_error *err)
{
	int r;

	if (p->record || p->phase != EU_PHASE_ATTACHED || p->ended)
		return 0;
	p->ended = true;
	for (size_t i = 0; i < p->n_sources; i++)
		eu_shown_round(&p->sources[i]);
	eu_sink_end(&p->sink);
	r = eu_sink_flush(&p->sink);
	if (r)
		return eu_error_set(err, r, "cannot write: %s", strerror(-r));
	return 0;
}

int eu_program_finish(struct eu_program *p, struct eu_error *err)
{
	uint64_t before = p->n_records;
	int r;

	if (p->finished)
		return eu_program_expect(p, EU_PHASE_ATTACHED, err);
	do
		r = eu_program_drain(p, err);
	while (r >= 0 && p->unfinished);
	if (r >= 0 || r == -ENODATA)
		r = eu_program_end(p, err);
	p->finished = p->phase == EU_PHASE_ATTACHED;
	return r ? r : (int)eu_min(p->n_records - before, (uint64_t)INT_MAX);
}

int eu_program_map_fd(const struct eu_program *p, const char *name)
{
	const struct bpf_map *map;

	if (p->phase == EU_PHASE_OPEN)
		return -EBUSY;
	map = bpf_object__find_map_by_name(p->obj, name);
	return map ? bpf_map__fd(map) : -ENOENT;
}

int eu_program_prog_fd(const struct eu_program *p, const char *name)
{
	struct bpf_program *prog;

	if (p->phase == EU_PHASE_OPEN)
		return -EBUSY;
	prog = eu_program_find(p, name);
	return prog ? bpf_program__fd(prog) : -ENOENT;
}

void eu_program_free(struct eu_program *p)
{
	eu_log_enter(&p->log);
	eu_program_end(p, NULL);
	eu_sources_close(p);
	eu_inputs_close(p);
	bpf_object__close(p->obj);
	eu_log_leave();
	for (size_t i = 0; i < p->n_goals; i++)
		eu_target_free(p->goals[i].target);
	free(p->goals);
	free(p->links);
	eu_readers_free(p);
	eu_close(p->tailored_fd);
	eu_buf_done(&p->kconfig);
	eu_kernel_btf_done(&p->kernel_btf);
	free(p->btf_path);
	free(p->choice);
	eu_close(p->once_fd);
	eu_sink_done(&p->sink);
	eu_names_free(p->names);
	eu_shown_all_done(p);
	eu_log_done(&p->log);
	eu_package_free(p->pkg);
	free(p);
}

void eu_program_close(struct eu_program *p)
{
	eu_programs_close(&p, 1);
}
