/* SPDX-License-Identifier: MIT */
#include "rt/input.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "pkg/types.h"
#include "pkg/literal.h"

enum { MAX_INPUTS = 64, MAX_RECORD = 1 << 20 };

static int find_map(struct eu_program *p, const char *name,
		    const struct eu_map **ret, struct eu_error *err)
{
	const struct eu_map *m = eu_package_map(p->pkg, name);

	if (!m)
		eu_error_set(err, -ENOENT, "no map '%s'", name);
	else if (m->type == BPF_MAP_TYPE_USER_RINGBUF)
		*ret = m;
	else
		return eu_error_set(
			err, -EINVAL,
			"map '%s' takes no input: it is of type %s, not user_ringbuf",
			name, libbpf_bpf_map_type_str(m->type) ?: "?");
	for (size_t i = 0; !m && i < p->pkg->n_maps; i++)
		if (p->pkg->maps[i].type == BPF_MAP_TYPE_USER_RINGBUF)
			eu_error_append(err, -ENOENT, "; there is '%s'",
					p->pkg->maps[i].name);
	return m ? 0 : -ENOENT;
}

static int open_ring(struct eu_program *p, struct eu_input *in,
		     struct eu_error *err)
{
	int64_t size = 0;

	in->type_id = eu_types_of_map(p->pkg, in->map);
	if (in->type_id)
		size = btf__resolve_size(p->pkg->btf, in->type_id);
	in->size = size > 0 && size <= MAX_RECORD ? size : 0;
	in->fd = bpf_object__find_map_fd_by_name(p->obj, in->map->name);
	if (in->fd >= 0)
		in->ring = user_ring_buffer__new(in->fd, NULL);
	if (!in->ring)
		return eu_error_set(err, -errno, "cannot write to map '%s': %s",
				    in->map->name, strerror(errno));
	return 0;
}

int eu_input_open(struct eu_program *p, const char *name, struct eu_input **ret,
		  struct eu_error *err)
{
	struct eu_input *in;
	int r;

	for (size_t i = 0; i < p->n_inputs; i++)
		if (!strcmp(p->inputs[i]->map->name, name)) {
			*ret = p->inputs[i];
			return 0;
		}
	r = eu_array_grow(&p->inputs, p->n_inputs, sizeof(*p->inputs),
			  MAX_INPUTS);
	if (r)
		return eu_error_grow(err, r, MAX_INPUTS, "inputs");
	in = calloc(1, sizeof(*in));
	if (!in)
		return eu_error_oom(err);
	eu_log_enter(&p->log);
	r = find_map(p, name, &in->map, err);
	if (!r)
		r = open_ring(p, in, err);
	eu_log_leave();
	if (r) {
		free(in);
		return r;
	}
	*ret = p->inputs[p->n_inputs++] = in;
	return 0;
}

void eu_inputs_close(struct eu_program *p)
{
	for (size_t i = 0; i < p->n_inputs; i++) {
		user_ring_buffer__free(p->inputs[i]->ring);
		free(p->inputs[i]);
	}
	free(eu_take_ptr(p->inputs));
	p->n_inputs = 0;
}

int eu_input_send(struct eu_input *in, const void *data, size_t size)
{
	void *at;

	if (size > in->map->max_entries)
		return -E2BIG;
	at = user_ring_buffer__reserve(in->ring, size);
	if (!at)
		return -errno;
	memcpy(at, data, size);
	user_ring_buffer__submit(in->ring, at);
	return 0;
}

static int digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 :
					    -1;
}

static int parse_hex(const char *text, char *data, size_t n, struct eu_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int high = digit(text[2 * i]), low = -1;

		if (high >= 0)
			low = digit(text[2 * i + 1]);
		if (low < 0)
			return eu_error_set(
				err, -EINVAL,
				"'0x%s' is no record: two hexadecimal digits for each byte",
				text);
		data[i] = (char)(high << 4 | low);
	}
	return 0;
}

int eu_input_send_text(struct eu_program *p, struct eu_input *in,
		       const char *text, struct eu_error *err)
{
	const bool hex = !strncmp(text, "0x", 2);
	const struct eu_literal_for f = { .btf = p->pkg->btf,
					  .name = in->map->name };
	size_t size = hex ? (strlen(text) - 1) / 2 : in->size;
	eu_auto_free char *data = calloc(1, size ?: 1);
	int r;

	if (!data)
		return eu_error_oom(err);
	if (!size)
		return eu_error_set(
			err, -EINVAL,
			"map '%s': the type of its records is not known: name it with --type %s=STRUCT, or write bytes as 0x…",
			in->map->name, in->map->name);
	if (hex)
		r = parse_hex(text + 2, data, size, err);
	else
		r = eu_literal_parse(&f, in->type_id, text, data, err);
	if (r)
		return r;
	r = eu_input_send(in, data, size);
	if (r && r != -ENOSPC)
		return eu_error_set(err, r,
				    "a record of %zu bytes for map '%s': %s",
				    size, in->map->name, strerror(-r));
	return r;
}

int eu_program_send(struct eu_program *p, const char *map, const void *data,
		    size_t size, struct eu_error *err)
{
	struct eu_input *in;
	int r;

	if (p->phase == EU_PHASE_OPEN)
		return eu_program_expect(p, EU_PHASE_LOADED, err);
	r = eu_input_open(p, map, &in, err);
	if (r)
		return r;
	r = eu_input_send(in, data, size);
	if (r)
		return eu_error_set(err, r, "map '%s' has no room: %s", map,
				    strerror(-r));
	return 0;
}
