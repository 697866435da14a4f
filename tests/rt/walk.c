/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/walk.h"

/*
 * walk: fills hashes and arrays, walks over them in batches and key by key, and
 * says whether each entry was seen once and what is left in the map.
 */

enum { ENTRIES = 70000 };

static char seen[ENTRIES];
static int points;

static const struct way {
	const char *name;
	const struct eu_walk_ops *ops;
} ways[] = {
	{ "in batches", &eu_walk_batch },
	{ "key by key", &eu_walk_keys },
};

static int make_map(struct eu_map *m)
{
	int fd = bpf_map_create(m->type, m->name, m->key_size, m->value_size,
				m->max_entries, NULL);

	for (uint32_t i = 0; fd >= 0 && i < ENTRIES; i++) {
		uint64_t value = (uint64_t)i + 1;

		if (bpf_map_update_elem(fd, &i, &value, BPF_ANY))
			return -1;
	}
	return fd;
}

/* How many entries a round hands out; -1 for a wrong or a second one. */
static long count(struct eu_walk *w)
{
	const void *key;
	char *value;
	long n = 0;
	int r;

	memset(seen, 0, sizeof(seen));
	r = eu_walk_begin(w);
	while (!r && (r = eu_walk_next(w, &key, &value)) > 0) {
		uint64_t v;
		uint32_t k;

		memcpy(&k, key, sizeof(k));
		memcpy(&v, value, sizeof(v));
		if (k >= ENTRIES || v != (uint64_t)k + 1 || seen[k]++)
			return -1;
		n++;
		r = 0;
	}
	return r ? -1 : n;
}

static void test(struct eu_map *m, const struct way *way, bool keep)
{
	struct eu_walk *w = NULL;
	long first = -1, second = -1;
	int fd = make_map(m);

	if (fd >= 0 && !eu_walk_new(m, fd, keep, &w, NULL)) {
		w->ops = way->ops;
		first = count(w);
		second = count(w);
	}
	printf("%s %d %s %s, %s: %ld, then %ld\n",
	       first == ENTRIES && second == (keep ? ENTRIES : 0) ? "ok" :
								    "not ok",
	       ++points, m->name, way->name, keep ? "kept" : "taken", first,
	       second);
	eu_walk_free(w);
	if (fd >= 0)
		close(fd);
}

/* A map that is not what it was said to be is not read. */
static void test_sizes(const struct eu_map *said, uint32_t key, uint32_t value)
{
	int fd = bpf_map_create(said->type, said->name, key, value, 4, NULL);
	struct eu_error err = { 0 };
	struct eu_walk *w = NULL;
	int r = fd < 0 ? fd : eu_walk_new(said, fd, true, &w, &err);

	printf("%s %d %s with keys of %u and values of %u bytes: %s\n",
	       r == -EINVAL && !w ? "ok" : "not ok", ++points, said->name, key,
	       value, err.text);
	eu_walk_free(w);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	static struct eu_map maps[] = {
		{ .name = (char *)"hash", .type = BPF_MAP_TYPE_HASH },
		{ .name = (char *)"array", .type = BPF_MAP_TYPE_ARRAY },
	};

	for (size_t i = 0; i < EU_COUNT(maps); i++) {
		maps[i].key_size = sizeof(uint32_t);
		maps[i].value_size = sizeof(uint64_t);
		maps[i].max_entries = ENTRIES;
		for (size_t k = 0; k < EU_COUNT(ways); k++) {
			test(&maps[i], &ways[k], false);
			test(&maps[i], &ways[k], true);
		}
	}
	test_sizes(&maps[0], 4, 16);
	test_sizes(&maps[0], 8, 8);
	test_sizes(&maps[1], 4, 4);
	return 0;
}
