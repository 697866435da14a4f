/* SPDX-License-Identifier: MIT */
#include "wasm/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int eu_host_trap(struct eu_error *err)
{
	return eu_error_set(err, -EFAULT, "out of bounds memory access");
}

void *eu_host_new_bytes(struct eu_wasm *w, uint32_t at, uint32_t len)
{
	w->memory = w->engine_fns->memory(w->guest, &w->memory_size);
	return (uint64_t)at + len <= w->memory_size ? w->memory + at : NULL;
}

const char *eu_host_string(struct eu_wasm *w, uint32_t at)
{
	size_t size;
	const char *m = (char *)w->engine_fns->memory(w->guest, &size);

	if (at >= size || !memchr(m + at, 0, size - at))
		return NULL;
	return m + at;
}

void eu_host_log(void *ctx, int level, const char *text)
{
	const struct eu_wasm *w = ctx;

	/* What the guest wants said is as important as errors are, and so on. */
	if (w->log)
		w->log(w->log_ctx, eu_max(level - w->log_level, 0), text);
}

int eu_host_fail(struct eu_wasm *w, int level, const struct eu_error *err)
{
	eu_host_log(w, level, err->text);
	w->last = *err;
	return err->code;
}

int eu_host_copy_text(struct eu_wasm *w, const char *text, uint32_t at,
		      uint32_t len, uint64_t *v, struct eu_error *err)
{
	char *to = eu_host_bytes(w, at, len);
	size_t n = strlen(text);

	if (!to)
		return eu_host_trap(err);
	if (len) {
		memcpy(to, text, eu_min(n, (size_t)len - 1));
		to[eu_min(n, (size_t)len - 1)] = '\0';
	}
	v[0] = n;
	return 0;
}

int eu_host_cpus(struct eu_wasm *w)
{
	w->n_cpus = w->n_cpus ?: libbpf_num_possible_cpus();
	return w->n_cpus;
}

static int last_error(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const char *text = w->last.text;

	if (w->last.code && !*text)
		text = strerror(-w->last.code);
	return eu_host_copy_text(w, text, v[0], v[1], v, err);
}

static int log_level(void *ctx, uint64_t *v, struct eu_error *err)
{
	struct eu_wasm *w = ctx;
	const int before = w->log_level;

	(void)err;
	w->log_level = eu_max(eu_min((int32_t)v[0], 2), -1);
	v[0] = before;
	return 0;
}

static int output_format(void *ctx, uint64_t *v, struct eu_error *err)
{
	const struct eu_wasm *w = ctx;

	(void)err;
	v[0] = w->json;
	return 0;
}

static int cpu_count(void *ctx, uint64_t *v, struct eu_error *err)
{
	(void)err;
	v[0] = eu_host_answer(ctx, eu_host_cpus(ctx));
	return 0;
}

static const struct eu_import rows[] = {
	{ EU_EUNOMIA, "error", "ii:i", last_error },
	{ EU_EUNOMIA, "log_level", "i:i", log_level },
	{ EU_EUNOMIA, "output_format", ":i", output_format },
	{ EU_EUNOMIA, "cpu_count", ":i", cpu_count },
};
const struct eu_host_calls eu_host_general = { rows, EU_COUNT(rows) };

/* The first one's name for the module; the same functions. */
static const char OLD[] = "env";

static const struct eu_host_calls *const nouns[] = {
	&eu_host_general, &eu_host_objects, &eu_host_variables, &eu_host_maps,
	&eu_host_buffers, &eu_host_files,   &eu_host_output,	&eu_wasi_calls,
};

static bool same(const char *a, const char *b, size_t len)
{
	return strlen(a) == len && !memcmp(a, b, len);
}

/* Is the function @im of the module that is wanted? */
static bool is_of(const struct eu_wasm *w, const struct eu_import *im,
		  const struct eu_wanted_import *wanted)
{
	const char *m = im->module ?: w->wrapper;

	return same(m, wanted->module, wanted->module_len) ||
	       (!strcmp(m, EU_WASM_BPF) &&
		same(OLD, wanted->module, wanted->module_len));
}

/* The row for @wanted, or NULL; @other is the type that one of its name has. */
static const struct eu_import *find_in(const struct eu_wasm *w,
				       const struct eu_host_calls *calls,
				       const struct eu_wanted_import *wanted,
				       const char **other)
{
	for (size_t i = 0; i < calls->n; i++) {
		const struct eu_import *im = &calls->rows[i];

		if (!same(im->name, wanted->name, wanted->name_len) ||
		    !is_of(w, im, wanted))
			continue;
		*other = im->type;
		if (!strcmp(im->type, wanted->type))
			return im;
	}
	return NULL;
}

/* Does it import what modules did before there was this interface? */
static bool is_earlier(const struct eu_wanted_import *wanted)
{
	static const char *const names[] = { "create_bpf", "run_bpf",
					     "wait_and_poll_bpf" };
	bool is = false;

	for (size_t i = 0; i < EU_COUNT(names); i++)
		is = is || same(names[i], wanted->name, wanted->name_len);
	return is && same(OLD, wanted->module, wanted->module_len);
}

int eu_host_earlier(struct eu_error *err)
{
	return eu_error_set(
		err, -ENOTSUP,
		"is a module of the earlier interface ('bpf_main', 'create_bpf'), which nothing runs any more: build its source anew with a main() and <libbpf-wasm.h>, as docs/wasm.md says");
}

int eu_host_find(const struct eu_wasm *w, const struct eu_wanted_import *wanted,
		 const struct eu_import **ret, struct eu_error *err)
{
	const char *other = NULL;

	*ret = NULL;
	for (size_t i = 0; i < EU_COUNT(nouns) && !*ret; i++)
		*ret = find_in(w, nouns[i], wanted, &other);
	if (*ret || same(EU_WASI, wanted->module, wanted->module_len))
		return 0;
	if (is_earlier(wanted))
		return eu_host_earlier(err);
	eu_error_set(err, -ENOENT, "imports '%.*s' from '%.*s', ",
		     (int)wanted->name_len, wanted->name,
		     (int)wanted->module_len, wanted->module);
	return other ? eu_error_append(err, -ENOENT, "of type %s where it has %s",
				       wanted->type, other) :
		       eu_error_append(err, -ENOENT, "which is not known here");
}
