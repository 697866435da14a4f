/* SPDX-License-Identifier: MIT */
#include "wasm/guest.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/module.h"
#include "wasm/bytes.h"
#include "wasm/cache.h"
#include "wasm/host.h"

enum { MAX_IMPORTS = 256, MAX_MODULE = 64 << 20 };
enum { TRIES = 20, PAUSE_NS = 1000000 };

static const uint64_t MEMORY = 256 << 20;

struct binding {
	struct eu_wasm *w;
	struct eu_error *err;
};

static int bind(void *ctx, const struct eu_wanted_import *wanted)
{
	struct binding *b = ctx;
	struct eu_wasm *w = b->w;
	const struct eu_import *im;
	int r = eu_host_find(w, wanted, &im, b->err);

	if (r || !im)
		return r;
	r = eu_array_grow(&w->imports, w->n_imports, sizeof(*im), MAX_IMPORTS);
	if (r)
		return eu_error_grow(b->err, r, MAX_IMPORTS, "imports");
	w->imports[w->n_imports] = *im;
	w->imports[w->n_imports].module = strndup(wanted->module,
						  wanted->module_len);
	return w->imports[w->n_imports++].module ? 0 : eu_error_oom(b->err);
}

static int bind_all(struct eu_wasm *w, struct eu_error *err)
{
	struct binding b = { w, err };
	int r = w->engine_fns->imports(w->module, bind, &b);

	if (r)
		return r;
	w->bound = calloc(w->n_imports + 1, sizeof(*w->bound));
	if (!w->bound)
		return eu_error_oom(err);
	for (size_t i = 0; i < w->n_imports; i++)
		w->bound[i] = &w->imports[i];
	return 0;
}

/* From the bytes, or from what was made of them before. */
static int compile(struct eu_wasm *w, const void *wasm, size_t len,
		   struct eu_error *err)
{
	const struct eu_engine_functions *e = w->engine_fns;
	struct eu_cache cache;
	size_t code_len;
	void *code;
	int r;

	eu_cache_init(&cache, wasm, len, e->version());
	code = eu_cache_read(&cache, &code_len);
	r = code ? e->deserialize(w->engine, code, code_len, &w->module, NULL) :
		   -ENOENT;
	free(code);
	if (r) {
		r = e->compile(w->engine, wasm, len, &w->module, err);
		if (!r && !e->serialize(w->module, &code, &code_len, NULL)) {
			eu_cache_write(&cache, code, code_len);
			free(code);
		}
	} else {
		eu_host_log(w, 1, "the code was compiled before");
	}
	eu_cache_done(&cache);
	return r;
}

static int make_module(struct eu_wasm *w, const struct eu_wasm_opts *o,
		       struct eu_error *err)
{
	eu_auto_buf struct eu_buf with_table = EU_BUF(MAX_MODULE + 4096);
	struct eu_module_info info;
	int r;

	if (o->len > MAX_MODULE)
		return eu_error_set(err, -E2BIG, "has more than %d MiB",
				    MAX_MODULE >> 20);
	if (!eu_wasm_is(o->wasm, o->len))
		return eu_error_set(err, -EINVAL, "is not Wasm");
	r = eu_bytes_export_table(o->wasm, o->len, &with_table, err);
	if (!r)
		r = compile(w, with_table.len ? with_table.data : o->wasm,
			    with_table.len ?: o->len, err);
	if (r)
		return r;
	info = w->engine_fns->info(w->module);
	if (!info.start && info.bpf_main)
		return eu_host_earlier(err);
	if (!info.start || !info.memory)
		return eu_error_set(
			err, -EINVAL,
			"exports no '%s': is it built as a command (crt1-command.o)?",
			info.start ? "memory" : "_start");
	return 0;
}

static int init(struct eu_wasm *w, const struct eu_wasm_opts *o,
		struct eu_error *err)
{
	const void *functions;
	int r;

	w->log = o->log;
	w->log_ctx = o->log_ctx;
	w->wrapper = strdup(o->wrapper ?: "callback-wrapper");
	w->callback = strdup(o->callback ?: "go-callback");
	w->json = o->json;
	eu_host_files_open(w, o->dirs);
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->go_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!w->wrapper || !w->callback)
		return eu_error_oom(err);
	if (w->stop_fd < 0 || w->go_fd < 0)
		return eu_error_set(err, -errno, "cannot make an eventfd: %s",
				    strerror(errno));
	r = eu_module_load("wasm", &functions, err);
	if (r)
		return r;
	w->engine_fns = functions;
	w->engine = w->engine_fns->open(err);
	return w->engine ? 0 : err->code;
}

static bool is(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void set(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}

static unsigned int looked(const struct eu_wasm *w)
{
	return __atomic_load_n(&w->looked, __ATOMIC_SEQ_CST);
}

/* The guest has come to a function or loop, and goes on when this returns. */
static bool interrupted(void *ctx)
{
	struct eu_wasm *w = ctx;
	struct pollfd fds[] = { { .fd = w->stop_fd, .events = POLLIN },
				{ .fd = w->go_fd, .events = POLLIN } };
	uint64_t n;

	do {
		__atomic_add_fetch(&w->looked, 1, __ATOMIC_SEQ_CST);
		set(&w->standing, true);
		while (is(&w->paused) && !is(&w->stopped)) {
			poll(fds, EU_COUNT(fds), -1);
			(void)!read(w->go_fd, &n, sizeof(n));
		}
		set(&w->standing, false);
		/* Who paused it again meanwhile may have seen it standing. */
	} while (is(&w->paused) && !is(&w->stopped));
	return is(&w->stopped);
}

/*
 * Has the guest look at what was set before. When it has been here already, it
 * may be about to set its next deadline, and would pass over this one.
 */
static void interrupt(struct eu_wasm *w)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	const unsigned int before = looked(w);
	const int saved = errno;

	w->engine_fns->interrupt(w->engine);
	for (int i = 0; i < TRIES && before; i++) {
		if (looked(w) != before || !is(&w->running))
			break;
		nanosleep(&pause, NULL);
		w->engine_fns->interrupt(w->engine);
	}
	errno = saved;
}

static void wake(int fd)
{
	const uint64_t one = 1;
	const int saved = errno;

	(void)!write(fd, &one, sizeof(one));
	errno = saved;
}

static int start(struct eu_wasm *w, const struct eu_wasm_opts *o,
		 struct eu_error *err)
{
	const struct eu_guest_opts g = {
		.argv = o->argv,
		.env = o->env,
		.dirs = o->dirs,
		.max_memory = o->max_memory ?: MEMORY,
		.imports = w->bound,
		.n_imports = w->n_imports,
		.interrupted = interrupted,
		.ctx = w,
	};

	return w->engine_fns->guest_open(w->engine, w->module, &g, &w->guest,
					 err);
}

/* Options of older callers are shorter: what they lack is zero. */
static int take_opts(const struct eu_wasm_opts *in, struct eu_wasm_opts *out,
		     struct eu_error *err)
{
	if (!in || in->sz < offsetof(struct eu_wasm_opts, json) || !in->argv)
		return eu_error_set(err, -EINVAL,
				    "options without size or arguments");
	*out = (struct eu_wasm_opts){ 0 };
	memcpy(out, in, eu_min(in->sz, sizeof(*out)));
	return 0;
}

int eu_wasm_open(const struct eu_wasm_opts *opts, struct eu_wasm **ret,
		 struct eu_error *err)
{
	struct eu_wasm *w = calloc(1, sizeof(*w));
	struct eu_wasm_opts o;
	struct eu_error own;
	int r;

	err = err ?: &own;
	if (!w)
		return eu_error_oom(err);
	w->stop_fd = w->go_fd = -1;
	r = take_opts(opts, &o, err);
	if (!r)
		r = init(w, &o, err);
	if (!r)
		r = make_module(w, &o, err);
	if (!r)
		r = bind_all(w, err);
	if (!r)
		r = start(w, &o, err);
	if (r) {
		eu_wasm_close(w);
		return r;
	}
	*ret = w;
	return 0;
}

void eu_wasm_leaves(struct eu_wasm *w,
		    int (*leaves)(void *ctx, const struct eu_leftover *l,
				  struct eu_error *err),
		    void *ctx)
{
	w->leaves = leaves;
	w->leaves_ctx = ctx;
}

int eu_wasm_run(struct eu_wasm *w, int *ret_status, struct eu_error *err)
{
	struct eu_error own;
	int r;

	set(&w->running, true);
	r = w->engine_fns->run(w->guest, ret_status, err ?: &own);
	set(&w->running, false);
	if (r < 0 && w->exited) {
		*ret_status = w->status;
		return 0;
	}
	return r;
}

void eu_wasm_pause(struct eu_wasm *w)
{
	set(&w->paused, true);
	if (!is(&w->standing))
		interrupt(w);
}

void eu_wasm_resume(struct eu_wasm *w)
{
	set(&w->paused, false);
	wake(w->go_fd);
}

void eu_wasm_stop(struct eu_wasm *w)
{
	set(&w->stopped, true);
	wake(w->stop_fd);
	interrupt(w);
}

void eu_wasm_close(struct eu_wasm *w)
{
	if (!w)
		return;
	if (w->guest)
		w->engine_fns->guest_close(w->guest);
	eu_host_done(w);
	eu_host_files_close(w);
	if (w->module)
		w->engine_fns->module_close(w->module);
	if (w->engine)
		w->engine_fns->close(w->engine);
	for (size_t i = 0; i < w->n_imports; i++)
		free((char *)w->imports[i].module);
	free(w->imports);
	free(w->bound);
	free(w->wrapper);
	free(w->callback);
	eu_close(w->stop_fd);
	eu_close(w->go_fd);
	free(w);
}
