/* SPDX-License-Identifier: MIT */
#include "gen/printers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "btf/layout.h"
#include "gen/cstruct.h"

/* What <bpf-print.h> calls them: all kinds that steps have. */
static const char *const kinds[] = {
	[EU_STEP_UINT] = "UINT",       [EU_STEP_INT] = "INT",
	[EU_STEP_BOOL] = "BOOL",       [EU_STEP_STRING] = "STRING",
	[EU_STEP_POINTER] = "UINT",    [EU_STEP_ENUM] = "ENUM",
	[EU_STEP_FLOAT] = "FLOAT",     [EU_STEP_INT128] = "INT128",
	[EU_STEP_UINT128] = "UINT128", [EU_STEP_BITS] = "UINT",
	[EU_STEP_SBITS] = "INT",       [EU_STEP_ARRAY] = "ARRAY",
	[EU_STEP_STRUCT] = "STRUCT",   [EU_STEP_BYTES] = "BYTES",
};

static const char *const formats[EU_FORMAT_COUNT] = {
	[EU_FORMAT_IPV4] = "IPV4", [EU_FORMAT_IPV6] = "IPV6",
	[EU_FORMAT_MAC] = "MAC",   [EU_FORMAT_PORT] = "PORT",
	[EU_FORMAT_HEX] = "HEX",
};

/* Names need no escapes: a layout has none but those of is_name() there. */
static void put_steps(const struct eu_layout *l, const char *name,
		      struct eu_buf *out)
{
	eu_buf_printf(out, "static const struct bpf_print_step %s__steps[] = {\n",
		      name);
	for (size_t i = 0; i < l->n_steps; i++) {
		const struct eu_step *s = &l->steps[i];

		eu_buf_printf(
			out,
			"\t{ \"%s\", BPF_PRINT_%s, BPF_PRINT_%s, %u, %u, %u, %u, %u, %u },\n",
			s->name ?: "", kinds[s->kind],
			formats[s->format] ?: "PLAIN", s->bit_offset,
			s->bit_size, s->offset, s->size, s->count, s->child);
	}
	if (!l->n_steps)
		eu_buf_puts(out, "\t{ 0, 0, 0, 0, 0, 0, 0, 0, 0 },\n");
	eu_buf_puts(out, "};\n");
}

static void put_enums(const struct eu_layout *l, const char *name,
		      struct eu_buf *out)
{
	for (size_t i = 0; i < l->n_enums; i++) {
		const struct eu_enum *e = &l->enums[i];

		eu_buf_printf(
			out,
			"static const struct bpf_print_value %s__values%zu[] = {\n",
			name, i);
		/* The lowest of all has no literal of its own in C. */
		for (size_t k = 0; k < e->n; k++)
			eu_buf_printf(out,
				      "\t{ (int64_t)%" PRIu64 "ull, \"%s\" },\n",
				      (uint64_t)e->values[k].value,
				      e->values[k].name);
		if (!e->n)
			eu_buf_puts(out, "\t{ 0, \"\" },\n");
		eu_buf_puts(out, "};\n");
	}
	if (!l->n_enums)
		return;
	eu_buf_printf(out, "static const struct bpf_print_enum %s__enums[] = {\n",
		      name);
	for (size_t i = 0; i < l->n_enums; i++)
		eu_buf_printf(out, "\t{ %s__values%zu, %zu, %s },\n", name, i,
			      l->enums[i].n,
			      l->enums[i].is_signed ? "true" : "false");
	eu_buf_puts(out, "};\n");
}

static void put_functions(const char *name, const char *what, struct eu_buf *out)
{
	static const struct {
		const char *name, *json;
	} forms[] = { { "json", "true" }, { "text", "false" } };

	eu_buf_printf(out, "%s %s;\n\n", what, name);
	for (size_t i = 0; i < EU_COUNT(forms); i++)
		eu_buf_printf(
			out,
			"BPF_PRINT_API int %s__print_%s(FILE *f, const %s %s *data)\n{\n"
			"\treturn bpf_print_line(f, &%s__type, data, %s);\n}\n\n"
			"BPF_PRINT_API int %s__%s(char *to, size_t room, const %s %s *data)\n{\n"
			"\treturn bpf_print_to(to, room, &%s__type, data, %s);\n}\n\n",
			name, forms[i].name, what, name, name, forms[i].json,
			name, forms[i].name, what, name, name, forms[i].json);
}

static int put_type(const struct btf *btf, uint32_t id, struct eu_buf *out,
		    struct eu_error *err)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name = btf__name_by_offset(btf, t->name_off) ?: "";
	const char *what = btf_is_struct(t) ? "struct" : "union";
	struct eu_error why = { 0 };
	struct eu_layout *l;
	int r = eu_layout_new(btf, id, &l, &why);

	if (r == -ENOMEM)
		return eu_error_oom(err);
	if (r) {
		eu_buf_printf(out,
			      "/* %s %s has no values that can be told. */\n\n",
			      what, name);
		return 0;
	}
	put_steps(l, name, out);
	put_enums(l, name, out);
	eu_buf_printf(
		out,
		"static const struct bpf_print_type %s__type = { %s__steps, %u, ",
		name, name, l->n);
	if (l->n_enums)
		eu_buf_printf(out, "%s__enums };\n\n", name);
	else
		eu_buf_puts(out, "0 };\n\n");
	put_functions(name, what, out);
	eu_layout_free(l);
	return 0;
}

struct named {
	const char *name;
	uint32_t id;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : x->id < y->id ? -1 : 1;
}

static int by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return x->id < y->id ? -1 : 1;
}

/*
 * Structs and unions with a name, in their order; of several with one name the
 * first, as functions are called after them.
 */
static int list(const struct btf *btf, struct named **ret, size_t *ret_n)
{
	const uint32_t types = btf__type_cnt(btf);
	struct named *all = calloc(types, sizeof(*all));
	size_t n = 0, kept = 0;

	if (!all)
		return -ENOMEM;
	for (uint32_t id = 1; id < types; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off) ?: "";

		if (btf_is_composite(t) && eu_cstruct_is_name(name))
			all[n++] = (struct named){ name, id };
	}
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++) {
		if (!i || strcmp(all[i].name, all[kept - 1].name) != 0)
			all[kept++] = all[i];
	}
	qsort(all, kept, sizeof(*all), by_id);
	*ret = all;
	*ret_n = kept;
	return 0;
}

int eu_printers_write(const struct eu_package *pkg, struct eu_buf *out,
		      struct eu_error *err)
{
	struct named *all = NULL;
	size_t n = 0;
	int r = 0;

	if (pkg->btf && list(pkg->btf, &all, &n))
		return eu_error_oom(err);
	eu_buf_puts(out,
		    "/* Made by \"wasm-bpftool gen printers\": changes will be lost. */\n"
		    "#pragma once\n\n#include \"bpf-print.h\"\n\n"
		    "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	for (size_t i = 0; i < n && !r; i++)
		r = put_type(pkg->btf, all[i].id, out, err);
	free(all);
	eu_buf_puts(out, "#ifdef __cplusplus\n}\n#endif\n");
	return r ? r : out->error ? eu_error_oom(err) : 0;
}
