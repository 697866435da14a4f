/* SPDX-License-Identifier: MIT */
#include "sym/sym.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/module.h"
#include "sym/functions.h"
#include "sym/kallsyms.h"
#include "sym/process.h"

enum {
	FIRST = 1024,
	MOST = 1 << 18,	       /* addresses */
	MAX_BYTES = 128 << 20, /* of their names */
	MAX_FRAMES = 4096,     /* of a stack */
	MAX_ADDRS = 1024,
};

/* An address, and its frames and their strings in one piece of memory. */
struct entry {
	uint64_t addr;
	uint32_t space;
	uint32_t n;
	struct eu_frame *frames; /* NULL: free */
};

struct eu_sym {
	const struct eu_sym_functions *functions; /* NULL: no module */
	void *module;
	int kernel_fd;	      /* of /proc/kallsyms; -1: not open */
	uint64_t kernel_read; /* when; 0: never */
	struct eu_kallsyms kernel;
	struct eu_processes processes;
	struct entry *table;
	size_t n, cap; /* a power of two */
	size_t bytes;
	struct eu_frame frames[MAX_FRAMES]; /* of the last stack */
};

/* The addresses of one call that were not known before it. */
struct query {
	struct eu_sym *s;
	uint32_t space;
	size_t n;
	uint64_t addrs[MAX_ADDRS];
};

struct eu_sym *eu_sym_new(void)
{
	struct eu_sym *s = calloc(1, sizeof(struct eu_sym));

	if (s)
		s->kernel_fd = -1;
	return s;
}

void eu_sym_open_kernel(struct eu_sym *s, const char *path)
{
	eu_close(s->kernel_fd);
	s->kernel_fd = open(path ?: "/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	s->kernel_read = 0;
}

int eu_sym_open(struct eu_sym *s, struct eu_error *err)
{
	const void *functions = NULL;
	int r;

	if (s->functions)
		return 0;
	r = eu_module_load("sym", &functions, err);
	if (r)
		return eu_error_prefix(err, r,
				       "stacks of processes without names");
	s->functions = functions;
	s->module = s->functions->open();
	if (s->module)
		return 0;
	s->functions = NULL;
	return eu_error_oom(err);
}

static void forget(struct eu_sym *s)
{
	for (size_t i = 0; i < s->cap; i++)
		free(s->table[i].frames);
	free(eu_take_ptr(s->table));
	s->n = s->cap = s->bytes = 0;
}

void eu_sym_free(struct eu_sym *s)
{
	if (!s)
		return;
	if (s->functions)
		s->functions->close(s->module);
	forget(s);
	eu_close(s->kernel_fd);
	eu_kallsyms_done(&s->kernel);
	eu_processes_done(&s->processes);
	free(s);
}

static struct entry *place_of(const struct eu_sym *s, uint32_t space,
			      uint64_t addr)
{
	uint64_t h = (addr + space) * 0x9e3779b97f4a7c15ull;

	for (size_t i = h >> 32;; i++) {
		struct entry *e = &s->table[i & (s->cap - 1)];

		if (!e->frames || (e->addr == addr && e->space == space))
			return e;
	}
}

/* At most half full with one stack more. */
static bool make_room(struct eu_sym *s, size_t more)
{
	struct entry *old = s->table;
	size_t n = s->cap, cap;

	if (s->n + more > MOST || s->bytes > MAX_BYTES) {
		forget(s);
		old = NULL;
		n = 0;
	}
	if (s->cap && (s->n + more) * 2 < s->cap)
		return true;
	for (cap = eu_max(n, (size_t)FIRST); cap < (s->n + more) * 2;)
		cap *= 2;
	s->table = calloc(cap, sizeof(*s->table));
	if (!s->table) {
		s->table = old;
		return false;
	}
	s->cap = cap;
	for (size_t i = 0; i < n; i++)
		if (old[i].frames)
			*place_of(s, old[i].space, old[i].addr) = old[i];
	free(old);
	return true;
}

static size_t length(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *copy(char **to, const char *text)
{
	const char *from = *to;
	size_t n = length(text);

	if (!n)
		return NULL;
	memcpy(*to, text, n);
	*to += n;
	return from;
}

/* A file may be named from the root on, whatever folder is told with it. */
static const char *copy_path(char **to, const char *dir, const char *file)
{
	const char *from = *to;

	if (!file || !dir || !*dir || *file == '/')
		return copy(to, file);
	copy(to, dir);
	(*to)[-1] = '/';
	copy(to, file);
	return from;
}

static void keep(void *ctx, size_t i, const struct eu_symbol *syms, size_t n)
{
	static const struct eu_symbol unknown = { 0 };
	const struct query *q = ctx;
	struct entry *e;
	size_t bytes;
	char *text;

	if (i >= q->n)
		return;
	e = place_of(q->s, q->space, q->addrs[i]);
	if (e->frames)
		return;
	if (!n) {
		syms = &unknown;
		n = 1;
	}
	bytes = n * sizeof(*e->frames);
	for (size_t k = 0; k < n; k++)
		bytes += length(syms[k].name) + length(syms[k].module) +
			 length(syms[k].dir) + length(syms[k].file);
	e->frames = malloc(bytes);
	if (!e->frames)
		return;
	text = (char *)(e->frames + n);
	for (size_t k = 0; k < n; k++)
		e->frames[k] = (struct eu_frame){
			.addr = syms[k].inlined ? 0 : q->addrs[i],
			.name = copy(&text, syms[k].name),
			.module = copy(&text, syms[k].module),
			.file = copy_path(&text, syms[k].dir, syms[k].file),
			.line = syms[k].line,
			.offset = syms[k].offset,
		};
	e->addr = q->addrs[i];
	e->space = q->space;
	e->n = (uint32_t)n;
	q->s->n++;
	q->s->bytes += bytes;
}

/*
 * Behind a call that does not return another function may begin: a return
 * address is looked up by the byte before it.
 */
static uint64_t looked_up(const uint64_t *addrs, size_t i)
{
	return addrs[i] - (i && addrs[i]);
}

/*
 * Read at the first stack of the kernel's. Modules and BPF programs come later:
 * for what is in none, again, but not all the time.
 */
static const struct eu_kallsym *find_in_kernel(struct eu_sym *s, uint64_t addr,
					       uint64_t now)
{
	const struct eu_kallsym *k = eu_kallsyms_find(&s->kernel, addr);

	if (k || (s->kernel_read && now - s->kernel_read < 1000000000))
		return k;
	s->kernel_read = now ?: 1;
	eu_kallsyms_read(&s->kernel, s->kernel_fd);
	return eu_kallsyms_find(&s->kernel, addr);
}

static void ask_kernel(struct query *q, uint64_t now)
{
	struct eu_sym *s = q->s;
	const struct eu_kallsym *k;
	struct eu_symbol sym;

	for (size_t i = 0; i < q->n; i++) {
		k = find_in_kernel(s, q->addrs[i], now);
		if (k)
			sym = (struct eu_symbol){
				.name = s->kernel.text + k->name,
				.module = k->module ? s->kernel.text + k->module :
						      NULL,
				.offset = q->addrs[i] - k->addr,
			};
		keep(q, i, &sym, k != NULL);
	}
}

static void learn(struct eu_sym *s, uint32_t space, uint32_t pid,
		  const uint64_t *addrs, size_t n, uint64_t now)
{
	struct query q = { .s = s, .space = space };
	uint64_t addr;

	for (size_t i = 0; i < n; i++) {
		addr = looked_up(addrs, i);
		if (!place_of(s, space, addr)->frames)
			q.addrs[q.n++] = addr;
	}
	if (!pid)
		ask_kernel(&q, now);
	else if (q.n &&
		 !s->functions->resolve(s->module, pid, q.addrs, q.n, keep, &q))
		for (size_t i = 0; i < q.n; i++)
			keep(&q, i, NULL, 0);
}

/* With names, if there is a place that has them. */
static size_t put(struct eu_sym *s, const struct entry *e, uint64_t addr,
		  uint64_t more, size_t at)
{
	size_t n = e && e->frames ? e->n : 1;

	if (at + n > MAX_FRAMES)
		return at;
	if (!e || !e->frames) {
		s->frames[at] = (struct eu_frame){ .addr = addr };
		return at + 1;
	}
	memcpy(s->frames + at, e->frames, n * sizeof(*e->frames));
	s->frames[at + n - 1].addr = addr;
	s->frames[at + n - 1].offset += more;
	return at + n;
}

const struct eu_frame *eu_sym_stack(struct eu_sym *s, int64_t pid,
				    const uint64_t *addrs, size_t n,
				    uint64_t now, size_t *ret_n)
{
	const struct entry *e = NULL;
	uint32_t space = 0;
	bool named;
	size_t at = 0;
	uint64_t addr;

	n = eu_min(n, (size_t)MAX_ADDRS);
	named = (pid ? pid > 0 && s->functions : s->kernel_fd >= 0) &&
		make_room(s, n);
	if (named && pid) {
		space = eu_processes_space(&s->processes, (uint32_t)pid, now);
		named = space != 0;
	}
	if (named)
		learn(s, space, (uint32_t)pid, addrs, n, now);
	for (size_t i = 0; i < n; i++) {
		addr = looked_up(addrs, i);
		if (named)
			e = place_of(s, space, addr);
		at = put(s, e, addrs[i], addrs[i] - addr, at);
	}
	*ret_n = at;
	return s->frames;
}
