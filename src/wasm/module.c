/* SPDX-License-Identifier: MIT */

/* The module "wasm": wasmtime behind the functions of wasm/functions.h. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasmtime.h>

#include "base/module.h"
#include "wasm/functions.h"

enum { MAX_STACK = 1 << 20, MAX_PARAMS = 16 };
/* Of one guest; entries of a table take eight bytes. */
enum { MAX_TABLE = 1 << 20, MAX_TABLES = 4, MAX_MEMORIES = 1 };
/* The guest, and what calls WASI for it. */
enum { MAX_INSTANCES = 2 };

struct guest {
	wasmtime_store_t *store;
	wasmtime_context_t *context;
	wasmtime_instance_t instance;
	wasmtime_memory_t memory;
	wasmtime_table_t table;
	bool has_table;
	bool open; /* its memory is known */
	wasmtime_instance_t wasi;
	bool has_wasi;
	bool (*interrupted)(void *ctx);
	void *ctx;
	void *engine; /* borrowed */
	int status;   /* of an exit inside of a callback */
	int failed;   /* 0, or what ends the guest */
	struct eu_error why;
	struct eu_error now; /* of the call at hand; large for a stack */
};

/* An import bound to a guest. */
struct binding {
	const struct eu_import *import;
	struct guest *guest;
	void *ctx;
	size_t n_params, n_results;
	uint32_t wide; /* a bit for each parameter of 64 bits */
};

/*
 * The layer's functions stand in libeunomia, which this does not link; words
 * are put into the error by hand.
 */
__attribute__((format(printf, 3, 4))) static int fail(struct eu_error *err,
						      int code, const char *fmt,
						      ...)
{
	va_list ap;

	if (err) {
		err->code = code;
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return code;
}

/* In the words of the specification's tests. */
static const char *const traps[] = {
	[WASMTIME_TRAP_CODE_STACK_OVERFLOW] = "call stack exhausted",
	[WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS] = "out of bounds memory access",
	[WASMTIME_TRAP_CODE_HEAP_MISALIGNED] = "unaligned atomic",
	[WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS] = "undefined element",
	[WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL] = "uninitialized element",
	[WASMTIME_TRAP_CODE_BAD_SIGNATURE] = "indirect call type mismatch",
	[WASMTIME_TRAP_CODE_INTEGER_OVERFLOW] = "integer overflow",
	[WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO] = "integer divide by zero",
	[WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER] =
		"invalid conversion to integer",
	[WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED] = "unreachable",
	"it failed",
};

/* The line that says most: the last of the causes, "N: " before it or not. */
static char *cause_in(char *text)
{
	static const char causes[] = "Caused by:\n";
	char *at = strstr(text, causes), *end;

	at = at ? at + strlen(causes) : text;
	while (at > text && (end = strchr(at, '\n')) && end[1])
		at = end + 1;
	at += strspn(at, " ");
	end = at + strspn(at, "0123456789");
	at = *end == ':' ? end + 1 + strspn(end + 1, " ") : at;
	at[strcspn(at, "\n")] = '\0';
	return at;
}

/* Takes @e. */
static int failed(wasmtime_error_t *e, struct eu_error *err)
{
	wasm_byte_vec_t m = { 0 };
	char *text;

	wasmtime_error_message(e, &m);
	text = strndup(m.data ?: "", m.size);
	wasm_byte_vec_delete(&m);
	wasmtime_error_delete(e);
	fail(err, -EINVAL, "%s", text ? cause_in(text) : "out of memory");
	free(text);
	return -EINVAL;
}

/*
 * What a call into the guest ended with; takes both. 0: it returned; 1: exit,
 * with @g->status.
 */
static int ended(struct guest *g, wasmtime_error_t *e, wasm_trap_t *t,
		 struct eu_error *err)
{
	wasmtime_trap_code_t code;

	if (!e && !t)
		return 0;
	if (e && wasmtime_error_exit_status(e, &g->status)) {
		wasmtime_error_delete(e);
		return 1;
	}
	if (g->failed) {
		/* It began inside of a host function, or of one of its callbacks. */
		if (e)
			wasmtime_error_delete(e);
		if (t)
			wasm_trap_delete(t);
		if (err && err != &g->why && g->failed < 0)
			*err = g->why;
		return g->failed;
	}
	if (e)
		return failed(e, err);
	if (!wasmtime_trap_code(t, &code))
		code = EU_COUNT(traps) - 1;
	code = eu_min(code, EU_COUNT(traps) - 1);
	wasm_trap_delete(t);
	return fail(err, -EFAULT, "%s", traps[code]);
}

static void *engine_open(struct eu_error *err)
{
	wasm_config_t *c = wasm_config_new();
	wasm_engine_t *e;

	wasmtime_config_epoch_interruption_set(c, true);
	wasmtime_config_max_wasm_stack_set(c, MAX_STACK);
	/* Guests have 32 bits and one memory, which has room to grow. */
	wasmtime_config_memory_may_move_set(c, false);
	wasmtime_config_wasm_multi_memory_set(c, false);
	wasmtime_config_wasm_memory64_set(c, false);
	/* LLVM has done that: it gains a twentieth, and takes a fifth longer. */
	wasmtime_config_cranelift_opt_level_set(c, WASMTIME_OPT_LEVEL_NONE);
	e = wasm_engine_new_with_config(c);
	if (!e)
		fail(err, -ENOMEM, "the engine does not start");
	return e;
}

static void engine_close(void *engine)
{
	wasm_engine_delete(engine);
}

static const char *engine_version(void)
{
	return "wasmtime " WASMTIME_VERSION;
}

static int compile(void *engine, const void *wasm, size_t len, void **ret,
		   struct eu_error *err)
{
	wasmtime_module_t *m;
	wasmtime_error_t *e = wasmtime_module_new(engine, wasm, len, &m);

	if (e)
		return failed(e, err);
	*ret = m;
	return 0;
}

static int serialize(void *module, void **ret, size_t *ret_len,
		     struct eu_error *err)
{
	wasm_byte_vec_t out;
	wasmtime_error_t *e = wasmtime_module_serialize(module, &out);
	void *copy;

	if (e)
		return failed(e, err);
	copy = malloc(out.size);
	if (copy)
		memcpy(copy, out.data, out.size);
	*ret_len = out.size;
	wasm_byte_vec_delete(&out);
	if (!copy)
		return fail(err, -ENOMEM, "out of memory");
	*ret = copy;
	return 0;
}

static int deserialize(void *engine, const void *data, size_t len, void **ret,
		       struct eu_error *err)
{
	wasmtime_module_t *m;
	wasmtime_error_t *e = wasmtime_module_deserialize(engine, data, len, &m);

	if (e)
		return failed(e, err);
	*ret = m;
	return 0;
}

static void module_close(void *module)
{
	wasmtime_module_delete(module);
}

static struct eu_module_info info(void *module)
{
	struct eu_module_info r = { 0 };
	wasm_exporttype_vec_t all;

	wasmtime_module_exports(module, &all);
	for (size_t i = 0; i < all.size; i++) {
		const wasm_name_t *name = wasm_exporttype_name(all.data[i]);
		wasm_externkind_t kind = wasm_externtype_kind(
			wasm_exporttype_type(all.data[i]));

		r.memory = r.memory ||
			   (kind == WASM_EXTERN_MEMORY && name->size == 6 &&
			    !memcmp(name->data, "memory", 6));
		r.start = r.start ||
			  (kind == WASM_EXTERN_FUNC && name->size == 6 &&
			   !memcmp(name->data, "_start", 6));
		r.bpf_main = r.bpf_main ||
			     (kind == WASM_EXTERN_FUNC && name->size == 8 &&
			      !memcmp(name->data, "bpf_main", 8));
	}
	wasm_exporttype_vec_delete(&all);
	return r;
}

static char *put_types(char *to, const wasm_valtype_vec_t *v)
{
	for (size_t i = 0; i < v->size && i < MAX_PARAMS; i++) {
		wasm_valkind_t k = wasm_valtype_kind(v->data[i]);

		*to++ = k == WASM_I32 ? 'i' : k == WASM_I64 ? 'I' : '?';
	}
	return to;
}

static void put_type(char *to, const wasm_externtype_t *type)
{
	const wasm_functype_t *f = wasm_externtype_as_functype_const(type);

	if (f) {
		to = put_types(to, wasm_functype_params(f));
		*to++ = ':';
		to = put_types(to, wasm_functype_results(f));
	}
	*to = '\0';
}

static int imports(void *module,
		   int (*fn)(void *ctx, const struct eu_wanted_import *w),
		   void *ctx)
{
	wasm_importtype_vec_t all;
	int r = 0;

	wasmtime_module_imports(module, &all);
	for (size_t i = 0; i < all.size && !r; i++) {
		const wasm_name_t *m = wasm_importtype_module(all.data[i]);
		const wasm_name_t *n = wasm_importtype_name(all.data[i]);
		struct eu_wanted_import w = { .module = m->data,
					      .module_len = m->size,
					      .name = n->data,
					      .name_len = n->size };

		put_type(w.type, wasm_importtype_type(all.data[i]));
		r = fn(ctx, &w);
	}
	wasm_importtype_vec_delete(&all);
	return r;
}

/* A host function was called. */
static wasm_trap_t *enter(void *env, wasmtime_caller_t *caller,
			  wasmtime_val_raw_t *raw, size_t n)
{
	struct binding *b = env;
	struct guest *g = b->guest;
	/* Clearing all of it would take longer than most of what is called. */
	uint64_t v[MAX_PARAMS];
	int r;

	(void)caller;
	(void)n;
	v[0] = 0;
	for (size_t i = 0; i < b->n_params; i++)
		v[i] = b->wide >> i & 1 ? (uint64_t)raw[i].i64 :
					  (uint32_t)raw[i].i32;
	r = g->open ? b->import->call(b->ctx, v, &g->now) :
		      fail(&g->now, -EFAULT, "calls the host before its _start");
	if (r) {
		if (!g->failed) {
			g->failed = r;
			g->why = g->now;
		}
		return wasmtime_trap_new("host", 4);
	}
	if (b->n_results) {
		if (b->import->type[b->n_params + 1] == 'i')
			raw[0].i32 = (int32_t)v[0];
		else
			raw[0].i64 = (int64_t)v[0];
	}
	return NULL;
}

static wasm_functype_t *functype(const char *type, size_t *n_params,
				 size_t *n_results)
{
	const char *colon = strchr(type, ':');
	wasm_valtype_vec_t params, results;

	*n_params = colon - type;
	*n_results = strlen(colon + 1);
	wasm_valtype_vec_new_uninitialized(&params, *n_params);
	wasm_valtype_vec_new_uninitialized(&results, *n_results);
	for (size_t i = 0; i < *n_params; i++)
		params.data[i] = wasm_valtype_new(type[i] == 'i' ? WASM_I32 :
								   WASM_I64);
	for (size_t i = 0; i < *n_results; i++)
		results.data[i] = wasm_valtype_new(
			colon[1 + i] == 'i' ? WASM_I32 : WASM_I64);
	return wasm_functype_new(&params, &results);
}

static int bind(struct guest *g, wasmtime_linker_t *l,
		const struct eu_import *im, void *ctx, struct eu_error *err)
{
	struct binding *b = calloc(1, sizeof(*b));
	wasmtime_error_t *e;
	wasm_functype_t *f;

	if (!b)
		return fail(err, -ENOMEM, "out of memory");
	*b = (struct binding){ .import = im, .guest = g, .ctx = ctx };
	f = functype(im->type, &b->n_params, &b->n_results);
	for (size_t i = 0; i < b->n_params; i++)
		b->wide |= (uint32_t)(im->type[i] == 'I') << i;
	e = wasmtime_linker_define_func_unchecked(l, im->module,
						  strlen(im->module), im->name,
						  strlen(im->name), f, enter, b,
						  free);
	wasm_functype_delete(f);
	return e ? failed(e, err) : 0;
}

static int set_env(wasi_config_t *w, const char *const *env, struct eu_error *err)
{
	size_t n = 0, done = 0;
	const char **names, **values;
	bool ok = false;

	while (env[n])
		n++;
	names = calloc(n + 1, sizeof(*names));
	values = calloc(n + 1, sizeof(*values));
	for (size_t i = 0; names && values && i < n; i++) {
		const char *eq = strchr(env[i], '=');

		names[i] = strndup(env[i],
				   eq ? (size_t)(eq - env[i]) : strlen(env[i]));
		values[i] = eq ? eq + 1 : "";
		if (!names[i])
			break;
		done++;
	}
	if (names && values && done == n)
		ok = wasi_config_set_env(w, n, names, values);
	for (size_t i = 0; i < done; i++)
		free((char *)names[i]);
	free(names);
	free(values);
	return ok ? 0 : fail(err, -EINVAL, "the environment is not UTF-8");
}

static int set_wasi(struct guest *g, const struct eu_guest_opts *o,
		    struct eu_error *err)
{
	wasi_config_t *w = wasi_config_new();
	wasmtime_error_t *e;
	size_t argc = 0;
	int r = 0;

	while (o->argv[argc])
		argc++;
	wasi_config_inherit_stdin(w);
	wasi_config_inherit_stdout(w);
	wasi_config_inherit_stderr(w);
	if (!wasi_config_set_argv(w, argc, (const char **)o->argv))
		r = fail(err, -EINVAL, "an argument is not UTF-8");
	if (!r && o->env)
		r = set_env(w, o->env, err);
	for (size_t i = 0; o->dirs && o->dirs[i] && !r; i += 2) {
		if (!wasi_config_preopen_dir(w, o->dirs[i], o->dirs[i + 1], true))
			r = fail(err, -ENOENT, "cannot open the directory '%s'",
				 o->dirs[i]);
	}
	if (r) {
		wasi_config_delete(w);
		return r;
	}
	e = wasmtime_context_set_wasi(g->context, w);
	return e ? failed(e, err) : 0;
}

/* What the host looks at in a guest. */
static void find_exports(struct guest *g)
{
	wasmtime_extern_t x;
	size_t len;
	char *name;

	for (size_t i = 0; wasmtime_instance_export_nth(g->context, &g->instance,
							i, &name, &len, &x);
	     i++) {
		if (x.kind == WASMTIME_EXTERN_TABLE && !g->has_table) {
			g->table = x.of.table;
			g->has_table = true;
		}
		wasmtime_extern_delete(&x);
	}
	/* It is there: the host asked info(). */
	if (wasmtime_instance_export_get(g->context, &g->instance, "memory", 6,
					 &x) &&
	    x.kind == WASMTIME_EXTERN_MEMORY)
		g->memory = x.of.memory;
}

static void guest_close(void *guest)
{
	struct guest *g = guest;

	if (g->store)
		wasmtime_store_delete(g->store);
	free(g);
}

static int instantiate(struct guest *g, wasmtime_linker_t *l, void *module,
		       const struct eu_guest_opts *o, struct eu_error *err)
{
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *e = wasmtime_linker_define_wasi(l);
	int r = e ? failed(e, err) : 0;

	for (size_t i = 0; i < o->n_imports && !r; i++)
		r = bind(g, l, o->imports[i], o->ctx, err);
	if (!r)
		r = set_wasi(g, o, err);
	if (r)
		return r;
	e = wasmtime_linker_instantiate(l, g->context, module, &g->instance,
					&trap);
	return ended(g, e, trap, err);
}

/* The deadline has passed: the next one follows if the guest goes on. */
static wasmtime_error_t *on_deadline(wasmtime_context_t *context, void *data,
				     uint64_t *delta,
				     wasmtime_update_deadline_kind_t *kind)
{
	struct guest *g = data;

	(void)context;
	*delta = 1;
	*kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
	if (!g->interrupted(g->ctx))
		return NULL;
	g->failed = fail(&g->why, -EINTR, "stopped");
	return wasmtime_error_new("stopped");
}

static int guest_open(void *engine, void *module, const struct eu_guest_opts *o,
		      void **ret, struct eu_error *err)
{
	struct guest *g = calloc(1, sizeof(*g));
	wasmtime_linker_t *l;
	int r;

	if (!g)
		return fail(err, -ENOMEM, "out of memory");
	g->store = wasmtime_store_new(engine, NULL, NULL);
	g->context = wasmtime_store_context(g->store);
	wasmtime_store_limiter(g->store, o->max_memory, MAX_TABLE,
			       MAX_INSTANCES, MAX_TABLES, MAX_MEMORIES);
	g->interrupted = o->interrupted;
	g->ctx = o->ctx;
	g->engine = engine;
	wasmtime_context_set_epoch_deadline(g->context, 1);
	wasmtime_store_epoch_deadline_callback(g->store, on_deadline, g, NULL);
	l = wasmtime_linker_new(engine);
	/* Some functions of WASI are the host's. */
	wasmtime_linker_allow_shadowing(l, true);
	r = instantiate(g, l, module, o, err);
	wasmtime_linker_delete(l);
	if (r) {
		guest_close(g);
		return r < 0 ? r : fail(err, -EINVAL, "it ends before its start");
	}
	find_exports(g);
	g->open = true;
	*ret = g;
	return 0;
}

static int run(void *guest, int *ret_status, struct eu_error *err)
{
	struct guest *g = guest;
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *e;
	wasmtime_extern_t x;
	int r;

	if (!wasmtime_instance_export_get(g->context, &g->instance, "_start", 6,
					  &x) ||
	    x.kind != WASMTIME_EXTERN_FUNC)
		return fail(err, -ENOENT, "there is no function '_start'");
	e = wasmtime_func_call(g->context, &x.of.func, NULL, 0, NULL, 0, &trap);
	r = ended(g, e, trap, err);
	if (r < 0)
		return r;
	*ret_status = g->status;
	return 0;
}

static int call_func(struct guest *g, const wasmtime_func_t *f,
		     const uint32_t args[3], int32_t *ret, struct eu_error *err)
{
	wasmtime_val_raw_t v[3] = { { .i32 = (int32_t)args[0] },
				    { .i32 = (int32_t)args[1] },
				    { .i32 = (int32_t)args[2] } };
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *e;

	e = wasmtime_func_call_unchecked(g->context, f, v, 3, &trap);
	if (__builtin_expect(e || trap, 0)) {
		g->failed = ended(g, e, trap, &g->why);
		if (err)
			*err = g->why;
		return g->failed;
	}
	*ret = v[0].i32;
	return 0;
}

/* Of the one type that callbacks have? */
static bool is_callback(struct guest *g, const wasmtime_func_t *f)
{
	wasm_functype_t *t = wasmtime_func_type(g->context, f);
	char type[2 * MAX_PARAMS + 2], *end;

	end = put_types(type, wasm_functype_params(t));
	*end++ = ':';
	end = put_types(end, wasm_functype_results(t));
	*end = '\0';
	wasm_functype_delete(t);
	return !strcmp(type, "iii:i");
}

static int find(void *guest, uint32_t index, struct eu_guest_function *ret)
{
	struct guest *g = guest;
	wasmtime_val_t v;

	_Static_assert(sizeof(v.of.funcref) <= sizeof(*ret), "does not fit");
	if (!g->has_table ||
	    !wasmtime_table_get(g->context, &g->table, index, &v))
		return -ENOENT;
	if (v.kind != WASMTIME_FUNCREF ||
	    wasmtime_funcref_is_null(&v.of.funcref) ||
	    !is_callback(g, &v.of.funcref))
		return -ENOENT;
	memcpy(ret, &v.of.funcref, sizeof(v.of.funcref));
	return 0;
}

static int call(void *guest, const struct eu_guest_function *f,
		const uint32_t args[3], int32_t *ret, struct eu_error *err)
{
	wasmtime_func_t func;

	memcpy(&func, f, sizeof(func));
	return call_func(guest, &func, args, ret, err);
}

static int call_export(void *guest, const char *name, const uint32_t args[3],
		       int32_t *ret, struct eu_error *err)
{
	struct guest *g = guest;
	wasmtime_extern_t x;

	if (!wasmtime_instance_export_get(g->context, &g->instance, name,
					  strlen(name), &x) ||
	    x.kind != WASMTIME_EXTERN_FUNC || !is_callback(g, &x.of.func))
		return -ENOENT;
	return call_func(g, &x.of.func, args, ret, err);
}

/*
 * The engine's functions of WASI want a caller that exports "memory". This one
 * imports the guest's and hands on the functions that the host stands in front
 * of: "g" "m" is the memory.
 */
static const char between[] =
	"\0asm\1\0\0\0"
	/* Types: path_open, fd_close, of two parameters, of four. */
	"\x01\x21\4"
	"\x60\x09\x7f\x7f\x7f\x7f\x7f\x7e\x7e\x7f\x7f\1\x7f"
	"\x60\1\x7f\1\x7f"
	"\x60\2\x7f\x7f\1\x7f"
	"\x60\4\x7f\x7f\x7f\x7f\1\x7f"
	/* Imports */
	"\x02\xdc\1\7"
	"\1g\1m\2\0\0"
	"\x16wasi_snapshot_preview1\x09path_open\0\0"
	"\x16wasi_snapshot_preview1\x08"
	"fd_close\0\1"
	"\x16wasi_snapshot_preview1\x0b"
	"fd_renumber\0\2"
	"\x16wasi_snapshot_preview1\x0d"
	"fd_fdstat_get\0\2"
	"\x16wasi_snapshot_preview1\x08"
	"fd_write\0\3"
	"\x16wasi_snapshot_preview1\7"
	"fd_read\0\3"
	/* Functions and exports */
	"\x03\7\6\0\1\2\2\3\3"
	"\x07\x54\7"
	"\6memory\2\0"
	"\x09path_open\0\6"
	"\x08"
	"fd_close\0\7"
	"\x0b"
	"fd_renumber\0\x08"
	"\x0d"
	"fd_fdstat_get\0\x09"
	"\x08"
	"fd_write\0\x0a"
	"\7"
	"fd_read\0\x0b"
	/* Code: all parameters, and the call */
	"\x0a\x4b\6"
	"\x16\0\x20\0\x20\1\x20\2\x20\3\x20\4\x20\5\x20\6\x20\7\x20\x08\x10\0\x0b"
	"\6\0\x20\0\x10\1\x0b"
	"\x08\0\x20\0\x20\1\x10\2\x0b"
	"\x08\0\x20\0\x20\1\x10\3\x0b"
	"\x0c\0\x20\0\x20\1\x20\2\x20\3\x10\4\x0b"
	"\x0c\0\x20\0\x20\1\x20\2\x20\3\x10\5\x0b";

/* Once for a guest that opens files. */
static int stand_between(struct guest *g, void *engine, struct eu_error *err)
{
	wasmtime_linker_t *l = wasmtime_linker_new(engine);
	wasmtime_extern_t m = { .kind = WASMTIME_EXTERN_MEMORY,
				.of.memory = g->memory };
	wasmtime_module_t *module = NULL;
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *e;
	int r;

	e = wasmtime_linker_define_wasi(l);
	if (!e)
		e = wasmtime_linker_define(l, g->context, "g", 1, "m", 1, &m);
	if (!e)
		e = wasmtime_module_new(engine, (const uint8_t *)between,
					sizeof(between) - 1, &module);
	if (!e)
		e = wasmtime_linker_instantiate(l, g->context, module, &g->wasi,
						&trap);
	r = ended(g, e, trap, err);
	if (module)
		wasmtime_module_delete(module);
	wasmtime_linker_delete(l);
	g->has_wasi = !r;
	return r;
}

static int wasi(void *guest, const char *name, uint64_t *v, struct eu_error *err)
{
	struct guest *g = guest;
	wasmtime_val_raw_t raw[MAX_PARAMS];
	wasm_trap_t *trap = NULL;
	wasmtime_error_t *e;
	wasmtime_extern_t x;
	int r = g->has_wasi ? 0 : stand_between(g, g->engine, err);

	if (r)
		return r;
	if (!wasmtime_instance_export_get(g->context, &g->wasi, name,
					  strlen(name), &x))
		return fail(err, -ENOENT, "there is no function '%s'", name);
	/* Both kinds of numbers lie at its beginning. */
	for (size_t i = 0; i < MAX_PARAMS; i++)
		raw[i].i64 = (int64_t)v[i];
	e = wasmtime_func_call_unchecked(g->context, &x.of.func, raw,
					 MAX_PARAMS, &trap);
	r = ended(g, e, trap, err);
	if (!r)
		v[0] = (uint32_t)raw[0].i32;
	return r;
}

static uint8_t *memory(void *guest, size_t *ret_len)
{
	struct guest *g = guest;

	*ret_len = wasmtime_memory_data_size(g->context, &g->memory);
	return wasmtime_memory_data(g->context, &g->memory);
}

static void interrupt(void *engine)
{
	wasmtime_engine_increment_epoch(engine);
}

static const struct eu_engine_functions functions = {
	.open = engine_open,
	.close = engine_close,
	.version = engine_version,
	.compile = compile,
	.serialize = serialize,
	.deserialize = deserialize,
	.module_close = module_close,
	.info = info,
	.imports = imports,
	.guest_open = guest_open,
	.guest_close = guest_close,
	.run = run,
	.find = find,
	.call = call,
	.call_export = call_export,
	.wasi = wasi,
	.memory = memory,
	.interrupt = interrupt,
};

extern const struct eu_module eu_module;
const struct eu_module eu_module = {
	.version = EU_VERSION,
	.name = "wasm",
	.functions = &functions,
};
