/* SPDX-License-Identifier: MIT */

/* The module "sym": blazesym behind the functions of sym/functions.h. */

#include <blazesym.h>
#include <stdlib.h>

#include "base/module.h"
#include "sym/functions.h"

enum { MAX_INLINED = 64 };

struct state {
	blaze_symbolizer *symbolizer;
	blaze_normalizer *normalizer;
};

static void sym_close(void *m)
{
	struct state *s = m;

	if (s->symbolizer)
		blaze_symbolizer_free(s->symbolizer);
	if (s->normalizer)
		blaze_normalizer_free(s->normalizer);
	free(s);
}

static void *sym_open(void)
{
	const blaze_symbolizer_opts o = {
		.type_size = sizeof(o),
		.auto_reload = true,
		.code_info = true,
		.inlined_fns = true,
		.demangle = true,
	};
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->symbolizer = blaze_symbolizer_new_opts(&o);
	s->normalizer = blaze_normalizer_new();
	if (s->symbolizer && s->normalizer)
		return s;
	sym_close(s);
	return NULL;
}

static void set_place(struct eu_symbol *to, const blaze_symbolize_code_info *c)
{
	to->dir = c->dir;
	to->file = c->file;
	to->line = c->line;
}

/* Outermost first is how they come; callers want what runs first. */
static size_t take(const blaze_sym *from, struct eu_symbol *to)
{
	size_t n = 0;

	for (size_t i = from->inlined_cnt; i > 0 && n < MAX_INLINED; i--) {
		const blaze_symbolize_inlined_fn *f = &from->inlined[i - 1];

		to[n] = (struct eu_symbol){
			.name = f->name,
			.module = from->module,
			.inlined = true,
		};
		set_place(&to[n++], &f->code_info);
	}
	to[n] = (struct eu_symbol){
		.name = from->name,
		.module = from->module,
		.offset = from->offset,
	};
	set_place(&to[n++], &from->code_info);
	return n;
}

/* Without a name: in which file it is, and where there. */
static void tell_place(struct state *s, uint32_t pid, uint64_t addr, size_t i,
		       eu_symbol_fn fn, void *ctx)
{
	const blaze_normalize_opts o = { .type_size = sizeof(o) };
	const blaze_user_meta *meta = NULL;
	blaze_normalized_user_output *out;
	struct eu_symbol sym = { 0 };

	out = blaze_normalize_user_addrs_opts(s->normalizer, pid, &addr, 1, &o);
	if (out && out->output_cnt && out->outputs[0].meta_idx < out->meta_cnt)
		meta = &out->metas[out->outputs[0].meta_idx];
	if (meta && meta->kind == BLAZE_USER_META_KIND_ELF) {
		sym.module = meta->variant.elf.path;
		sym.offset = out->outputs[0].output;
	}
	fn(ctx, i, &sym, sym.module != NULL);
	if (out)
		blaze_user_output_free(out);
}

static bool sym_resolve(void *m, uint32_t pid, const uint64_t *addrs, size_t n,
			eu_symbol_fn fn, void *ctx)
{
	struct eu_symbol syms[MAX_INLINED + 1];
	const blaze_symbolize_src_process process = {
		.type_size = sizeof(process),
		.pid = pid,
		.debug_syms = true,
		.perf_map = true,
	};
	struct state *s = m;
	const blaze_syms *found;

	found = blaze_symbolize_process_abs_addrs(s->symbolizer, &process,
						  addrs, n);
	if (!found)
		return false;
	for (size_t i = 0; i < found->cnt; i++) {
		if (found->syms[i].name)
			fn(ctx, i, syms, take(&found->syms[i], syms));
		else
			tell_place(s, pid, addrs[i], i, fn, ctx);
	}
	blaze_syms_free(found);
	return true;
}

static const struct eu_sym_functions functions = {
	.open = sym_open,
	.close = sym_close,
	.resolve = sym_resolve,
};

extern const struct eu_module eu_module;
const struct eu_module eu_module = {
	.version = EU_VERSION,
	.name = "sym",
	.functions = &functions,
};
