/* SPDX-License-Identifier: MIT */
#include "wasm/guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/file.h"
#include "base/module.h"
#include "wasm/bytes.h"
#include "wasm/cache.h"
#include "wasm/host.h"

enum { MAX_IMPORTS = 256, MAX_MODULE = 64 << 20 };

static const uint64_t MEMORY = 256 << 20;

bool eu_wasm_is(const void *data, size_t len)
{
	return len >= 4 && !memcmp(data, "\0asm", 4);
}

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
	} else if (w->log) {
		w->log(w->log_ctx, 1, "the code was compiled before");
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

	while (o->dirs && o->dirs[2 * w->n_dirs])
		w->n_dirs++;
	w->log = o->log;
	w->log_ctx = o->log_ctx;
	w->wrapper = strdup(o->wrapper ?: "callback-wrapper");
	w->callback = strdup(o->callback ?: "go-callback");
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!w->wrapper || !w->callback)
		return eu_error_oom(err);
	if (w->stop_fd < 0)
		return eu_error_set(err, -errno, "cannot make an eventfd: %s",
				    strerror(errno));
	r = eu_module_load("wasm", &functions, err);
	if (r)
		return r;
	w->engine_fns = functions;
	w->engine = w->engine_fns->open(err);
	return w->engine ? 0 : err->code;
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
		.ctx = w,
	};

	return w->engine_fns->guest_open(w->engine, w->module, &g, &w->guest,
					 err);
}

int eu_wasm_open(const struct eu_wasm_opts *o, struct eu_wasm **ret,
		 struct eu_error *err)
{
	struct eu_wasm *w = calloc(1, sizeof(*w));
	struct eu_error own;
	int r;

	err = err ?: &own;
	if (!w)
		return eu_error_oom(err);
	w->stop_fd = -1;
	r = init(w, o, err);
	if (!r)
		r = make_module(w, o, err);
	if (!r)
		r = bind_all(w, err);
	if (!r)
		r = start(w, o, err);
	if (r) {
		eu_wasm_close(w);
		return r;
	}
	*ret = w;
	return 0;
}

int eu_wasm_run(struct eu_wasm *w, int *ret_status, struct eu_error *err)
{
	struct eu_error own;

	return w->engine_fns->run(w->guest, ret_status, err ?: &own);
}

void eu_wasm_stop(struct eu_wasm *w)
{
	const uint64_t one = 1;
	ssize_t n = write(w->stop_fd, &one, sizeof(one));

	(void)n;
	w->engine_fns->interrupt(w->engine);
}

void eu_wasm_close(struct eu_wasm *w)
{
	if (!w)
		return;
	if (w->guest)
		w->engine_fns->guest_close(w->guest);
	eu_host_done(w);
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
	free(w);
}
