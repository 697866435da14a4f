/* SPDX-License-Identifier: MIT */
#include "btf/wanted.h"

#include <errno.h>
#include <string.h>

/* Names that were made to collide cost their number squared. */
enum { MAX_NAMES = 1 << 14 };

void eu_wanted_done(struct eu_wanted *w)
{
	if (!w)
		return;
	free(w->names);
	free(w->slots);
	*w = (struct eu_wanted){ 0 };
}

/* "x___y" at @s, of which "___" is the last thing in front of a flavour. */
static bool is_flavour(const char *s)
{
	return s[0] != '_' && s[1] == '_' && s[2] == '_' && s[3] == '_' &&
	       s[4] != '_';
}

/*
 * Is "___" in these @n bytes? Eight at a time, as names are many and long and
 * nearly none has it.
 */
static bool has_underscores(const char *s, size_t n)
{
	const uint64_t ones = ~0ull / 255, low = ones * 0x7f;
	uint64_t w, other;

	for (; n >= 8; s += 6, n -= 6) {
		memcpy(&w, s, sizeof(w));
		w ^= ones * '_';
		/* The top bit of each byte that is no '_', exactly. */
		other = ((w & low) + low) | w;
		other = ~other & (ones << 7);
		if (other & other >> 8 & other >> 16)
			return true;
	}
	for (; n >= 3; s++, n--) {
		if (s[0] == '_' && s[1] == '_' && s[2] == '_')
			return true;
	}
	return false;
}

static uint32_t essential_len(const char *name)
{
	size_t n = strlen(name);

	if (!has_underscores(name, n))
		return n;

	for (size_t i = n < 5 ? 0 : n - 4; i > 0; i--) {
		if (is_flavour(name + i - 1))
			return i;
	}
	return n;
}

static uint32_t hash_of(const char *s, uint32_t len)
{
	uint64_t h = len, w;

	for (; len >= 8; s += 8, len -= 8) {
		memcpy(&w, s, sizeof(w));
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, s, len);
	h = (h ^ w) * 0x9e3779b97f4a7c15ull;
	return h >> 32;
}

static uint32_t *slot_of(const struct eu_wanted *w, const char *name,
			 uint32_t len, uint32_t hash)
{
	const struct eu_wanted_name *n;
	uint32_t *slot;
	size_t i = hash;

	for (;; i++) {
		slot = &w->slots[i & (w->n_slots - 1)];
		if (!*slot)
			return slot;
		n = &w->names[*slot - 1];
		if (n->hash == hash && n->len == len &&
		    !memcmp(n->text, name, len))
			return slot;
	}
}

/* The table is at most half full. */
static int grow_slots(struct eu_wanted *w)
{
	uint32_t *old = w->slots;
	size_t n_slots = w->n_slots ? w->n_slots * 2 : 32;

	if (w->n * 2 < w->n_slots)
		return 0;
	w->slots = calloc(n_slots, sizeof(*w->slots));
	if (!w->slots) {
		w->slots = old;
		return -ENOMEM;
	}
	w->n_slots = n_slots;
	for (size_t i = 0; i < w->n; i++)
		*slot_of(w, w->names[i].text, w->names[i].len,
			 w->names[i].hash) = i + 1;
	free(old);
	return 0;
}

static void set_bit(uint64_t filter[64], uint32_t bit)
{
	filter[bit / 64] |= 1ull << bit % 64;
}

static int add(struct eu_wanted *w, const char *name, struct eu_wanted_name **ret)
{
	uint32_t len = essential_len(name), hash = hash_of(name, len);
	uint32_t *slot;
	int r;

	r = eu_array_grow(&w->names, w->n, sizeof(*w->names), MAX_NAMES) ?:
		    grow_slots(w);
	if (r)
		return r;
	slot = slot_of(w, name, len, hash);
	if (!*slot) {
		w->names[w->n] = (struct eu_wanted_name){ .text = name,
							  .len = len,
							  .hash = hash };
		*slot = ++w->n;
		set_bit(w->starts, eu_wanted_start(name));
	}
	*ret = &w->names[*slot - 1];
	return 0;
}

uint32_t eu_wanted_kinds(uint32_t kind)
{
	const uint32_t enums = 1u << BTF_KIND_ENUM | 1u << BTF_KIND_ENUM64;

	return enums >> kind & 1 ? enums : 1u << kind;
}

int eu_wanted_type(struct eu_wanted *w, const char *name, uint32_t kind,
		   uint8_t depth)
{
	struct eu_wanted_name *n;
	int r = add(w, name, &n);

	if (r)
		return r;
	for (uint32_t k = 0; k < EU_BTF_KINDS; k++) {
		if (eu_wanted_kinds(kind) >> k & 1)
			n->depth[k] |= depth;
	}
	w->kinds |= eu_wanted_kinds(kind);
	set_bit(w->type_starts, eu_wanted_start(name));
	if (n->len < EU_WANTED_LONG)
		set_bit(w->short_starts, eu_wanted_start(name));
	else
		set_bit(w->type_middles, eu_wanted_middle(name));
	return 0;
}

int eu_wanted_member(struct eu_wanted *w, const char *name)
{
	struct eu_wanted_name *n;
	int r = add(w, name, &n);

	if (!r)
		n->member = true;
	return r;
}

struct eu_wanted_name *eu_wanted_find(const struct eu_wanted *w, const char *name)
{
	uint32_t bit = eu_wanted_start(name), len;
	uint32_t *slot;

	if (!(w->starts[bit / 64] >> bit % 64 & 1))
		return NULL;
	len = essential_len(name);
	slot = slot_of(w, name, len, hash_of(name, len));
	return *slot ? &w->names[*slot - 1] : NULL;
}
