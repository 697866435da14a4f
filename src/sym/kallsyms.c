/* SPDX-License-Identifier: MIT */
#include "sym/kallsyms.h"

#include <errno.h>
#include <string.h>

enum {
	CHUNK = 64 << 10,
	MAX_SYMS = 1 << 22,
	MAX_TEXT = 256 << 20,
	LONGEST = 64 << 10, /* bytes of a function */
};

static int add_text(struct eu_kallsyms *k, size_t *cap, const char *s, size_t n,
		    uint32_t *ret)
{
	size_t want = k->len + n + 1;
	char *p;

	if (want > MAX_TEXT)
		return -E2BIG;
	if (want > *cap) {
		want = eu_max(want, *cap * 2);
		p = realloc(k->text, want);
		if (!p)
			return -ENOMEM;
		k->text = p;
		*cap = want;
	}
	*ret = (uint32_t)k->len;
	memcpy(k->text + k->len, s, n);
	k->text[k->len + n] = '\0';
	k->len += n + 1;
	return 0;
}

/* "[MODULE]" at @s; those of one module come in a row. */
static int add_module(struct eu_kallsyms *k, size_t *cap, const char *s,
		      const char *end, uint32_t *ret)
{
	uint32_t last = k->n ? k->syms[k->n - 1].module : 0;
	const char *to;

	if (s == end || *s != '[')
		return 0;
	s++;
	to = memchr(s, ']', (size_t)(end - s)) ?: end;
	if (last && strlen(k->text + last) == (size_t)(to - s) &&
	    !memcmp(k->text + last, s, (size_t)(to - s))) {
		*ret = last;
		return 0;
	}
	return add_text(k, cap, s, (size_t)(to - s), ret);
}

static uint64_t parse_hex(const char **p, const char *end)
{
	uint64_t v = 0;

	for (; *p < end && **p != ' '; (*p)++)
		v = v << 4 | (uint64_t)((**p & 15) + (**p > '9' ? 9 : 0));
	return v;
}

static int add_line(struct eu_kallsyms *k, size_t *cap, const char *s,
		    const char *end)
{
	struct eu_kallsym sym = { 0 };
	const char *tab;
	int r;

	sym.addr = parse_hex(&s, end);
	/* Functions; and not what hides its address, or marks a place. */
	if (end - s < 4 || !strchr("tTwW", s[1]) || !sym.addr)
		return 0;
	s += 3;
	tab = memchr(s, '\t', (size_t)(end - s)) ?: end;
	if (tab - s == 6 && !memcmp(s, "_stext", 6))
		return 0;
	r = add_module(k, cap, tab < end ? tab + 1 : end, end, &sym.module);
	if (!r)
		r = add_text(k, cap, s, (size_t)(tab - s), &sym.name);
	if (!r)
		r = eu_array_grow(&k->syms, k->n, sizeof(sym), MAX_SYMS);
	if (!r)
		k->syms[k->n++] = sym;
	return r;
}

/* Of several at one address the one that is listed first. */
static int by_address(const void *a, const void *b)
{
	const struct eu_kallsym *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

int eu_kallsyms_read(struct eu_kallsyms *k, int fd)
{
	eu_auto_free char *buf = malloc(CHUNK);
	size_t kept = 0, cap = 0;
	char *line, *end;
	off_t at = 0;
	ssize_t n;
	int r = buf ? 0 : -ENOMEM;

	eu_kallsyms_done(k);
	/* 0 stands for no module. */
	if (!r)
		r = add_text(k, &cap, "", 0, &(uint32_t){ 0 });
	while (!r && (n = pread(fd, buf + kept, CHUNK - kept, at)) > 0) {
		at += n;
		kept += (size_t)n;
		line = buf;
		while (!r &&
		       (end = memchr(line, '\n', kept - (size_t)(line - buf)))) {
			r = add_line(k, &cap, line, end);
			line = end + 1;
		}
		kept -= (size_t)(line - buf);
		memmove(buf, line, kept);
		/* No line is that long. */
		if (kept == CHUNK)
			r = -EINVAL;
	}
	if (!r && n < 0)
		r = -errno;
	if (r) {
		eu_kallsyms_done(k);
		return r;
	}
	if (k->n)
		qsort(k->syms, k->n, sizeof(*k->syms), by_address);
	return 0;
}

void eu_kallsyms_done(struct eu_kallsyms *k)
{
	free(k->syms);
	free(k->text);
	*k = (struct eu_kallsyms){ 0 };
}

const struct eu_kallsym *eu_kallsyms_find(const struct eu_kallsyms *k,
					  uint64_t addr)
{
	size_t lo = 0, hi = k->n, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (k->syms[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || addr - k->syms[lo - 1].addr >= LONGEST)
		return NULL;
	while (lo > 1 && k->syms[lo - 2].addr == k->syms[lo - 1].addr)
		lo--;
	return &k->syms[lo - 1];
}
