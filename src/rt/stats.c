/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "btf/layout.h"
#include "rt/source.h"

/*
 * A BPF ring buffer does not count what did not fit; the program has to. It
 * does so in a global variable, or a map, that is called lost_events or has
 * the annotation @lost: an integer, or an array of them that is summed.
 */

static uint64_t sum(const unsigned char *data, size_t len, size_t size)
{
	uint64_t total = 0, n;

	for (size_t i = 0; i + size <= len; i += size) {
		n = 0;
		if (size == 4) {
			uint32_t n32;

			memcpy(&n32, data + i, sizeof(n32));
			n = n32;
		} else {
			memcpy(&n, data + i, sizeof(n));
		}
		total += n;
	}
	return total;
}

/* Bytes of one integer of a variable: 4 or 8; 0 for what is no counter. */
static size_t integer_size(const struct eu_program *p, uint32_t type_id)
{
	const struct btf_type *t = p->pkg->btf ? eu_btf_resolve(p->pkg->btf,
								type_id, NULL) :
						 NULL;

	if (t && btf_is_array(t))
		t = eu_btf_resolve(p->pkg->btf, btf_array(t)->type, NULL);
	if (!t || !btf_is_int(t) || (t->size != 4 && t->size != 8))
		return 0;
	return t->size;
}

/*
 * The bytes of a section's variables as they are now. Mapped where the kernel
 * can, which takes no rights; else copied.
 */
static int read_section(const struct bpf_map *m, void *dst, size_t size)
{
	const uint32_t zero = 0;
	void *at;

	at = mmap(NULL, size, PROT_READ, MAP_SHARED, bpf_map__fd(m), 0);
	if (at == MAP_FAILED)
		return bpf_map_lookup_elem(bpf_map__fd(m), &zero, dst);
	memcpy(dst, at, size);
	munmap(at, size);
	return 0;
}

static bool add_variable(const struct eu_program *p, const struct eu_var *v,
			 uint64_t *lost)
{
	const struct bpf_map *m = bpf_object__find_map_by_name(p->obj,
							       v->section);
	size_t each = integer_size(p, v->type_id), size;
	eu_auto_free unsigned char *data = NULL;

	if (!m || !each || !strcmp(v->section, ".kconfig"))
		return false;
	size = bpf_map__value_size(m);
	data = calloc(1, size);
	if (!data || v->offset + (uint64_t)v->size > size ||
	    read_section(m, data, size))
		return false;
	*lost += sum(data + v->offset, v->size, each);
	return true;
}

static bool is_per_cpu(const struct eu_map *m)
{
	return m->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool add_map(const struct eu_program *p, const struct eu_map *m,
		    uint64_t *lost)
{
	int fd = bpf_object__find_map_fd_by_name(p->obj, m->name);
	int cpus = is_per_cpu(m) ? libbpf_num_possible_cpus() : 1;
	eu_auto_free unsigned char *data = NULL;

	if ((!is_per_cpu(m) && m->type != BPF_MAP_TYPE_ARRAY) || fd < 0 ||
	    cpus < 1 || (m->value_size != 4 && m->value_size != 8))
		return false;
	data = calloc(cpus, 8);
	for (uint32_t i = 0; data && i < m->max_entries; i++) {
		if (bpf_map_lookup_elem(fd, &i, data))
			return false;
		/* Values of several processors stand eight bytes apart. */
		for (int c = 0; c < cpus; c++)
			*lost += sum(data + 8 * c, m->value_size, m->value_size);
	}
	return data;
}

static bool count_losses(const struct eu_program *p, uint64_t *ret_lost)
{
	uint64_t lost = 0;
	bool counts = false;

	for (size_t i = 0; i < p->pkg->n_vars; i++) {
		const struct eu_var *v = &p->pkg->vars[i];

		if (eu_counts_losses(v->name, v->meta))
			counts = add_variable(p, v, &lost) || counts;
	}
	for (size_t i = 0; i < p->pkg->n_maps; i++) {
		const struct eu_map *m = &p->pkg->maps[i];

		if (!m->internal && eu_counts_losses(m->name, m->meta))
			counts = add_map(p, m, &lost) || counts;
	}
	*ret_lost = lost;
	return counts;
}

int eu_program_stats(const struct eu_program *p, struct eu_stats *ret)
{
	struct eu_stats s = { .sz = ret->sz,
			      .records = p->n_records,
			      .lost_known = true };
	uint64_t counted;
	bool counts = count_losses(p, &counted);

	for (size_t i = 0; i < p->n_sources; i++) {
		s.lost += p->sources[i].lost;
		s.nearly_full += p->sources[i].nearly_full;
		s.lost_known = s.lost_known &&
			       (p->sources[i].lost_known || counts);
	}
	s.lost += counted;
	memcpy(ret, &s, eu_min(ret->sz, sizeof(s)));
	return 0;
}
