/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "rows.h"

/*
 * hand [-j] [-k KEY] [-r FD] OBJECT: what a program written with libbpf does.
 * Opens OBJECT, sets its variable "key", loads, attaches, reads its ring "rb"
 * and shows what comes by way of the file that it is linked with.
 */

enum { MAX_LINKS = 16 };

static volatile sig_atomic_t over;

static void stop(int sig)
{
	(void)sig;
	over = 1;
}

static void fail(const char *what)
{
	fprintf(stderr, "hand: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int on_text(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)size;
	rows_text(data);
	return 0;
}

static int on_json(void *ctx, void *data, size_t size)
{
	(void)ctx;
	(void)size;
	rows_json(data);
	return 0;
}

/* An int in .rodata; a skeleton has this place at compile time. */
static int *find_variable(const struct bpf_object *obj, const char *name)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_var_secinfo *v;
	const struct btf_type *t;
	struct bpf_map *map;
	size_t size;
	char *data;
	int id, i;

	map = bpf_object__find_map_by_name(obj, ".rodata");
	data = map ? bpf_map__initial_value(map, &size) : NULL;
	id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	if (!data || id < 0)
		return NULL;
	t = btf__type_by_id(btf, id);
	v = btf_var_secinfos(t);
	for (i = 0; i < btf_vlen(t); i++) {
		id = btf__type_by_id(btf, v[i].type)->name_off;
		if (!strcmp(btf__name_by_offset(btf, id), name))
			return (int *)(data + v[i].offset);
	}
	return NULL;
}

static struct bpf_object *load(const char *path, int key)
{
	struct bpf_object *obj = bpf_object__open_file(path, NULL);
	int *place;

	if (!obj)
		fail(path);
	if (key) {
		place = find_variable(obj, "key");
		if (!place)
			fail("key");
		*place = key;
	}
	if (bpf_object__load(obj))
		fail("load");
	return obj;
}

static int attach(const struct bpf_object *obj, struct bpf_link **links)
{
	struct bpf_program *prog;
	int n = 0;

	bpf_object__for_each_program (prog, obj) {
		if (n == MAX_LINKS)
			break;
		links[n] = bpf_program__attach(prog);
		if (!links[n++])
			fail("attach");
	}
	return n;
}

int main(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = stop };
	struct bpf_link *links[MAX_LINKS];
	int key = 0, ready = -1, n, c;
	struct ring_buffer *rb;
	struct bpf_object *obj;
	bool json = false;

	while ((c = getopt(argc, argv, "jk:r:")) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'k')
			key = strtol(optarg, NULL, 10);
		else if (c == 'r')
			ready = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind != argc - 1)
		return 2;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	obj = load(argv[optind], key);
	n = attach(obj, links);
	rb = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "rb"),
			      json ? on_json : on_text, NULL, NULL);
	if (!rb)
		fail("ring_buffer__new");
	rows_begin(json);
	if (ready >= 0) {
		if (write(ready, "READY=1\n", 8) != 8)
			fail("ready");
		close(ready);
	}
	while (!over) {
		if (ring_buffer__poll(rb, -1) < 0 && errno != EINTR)
			fail("ring_buffer__poll");
		rows_end_batch();
	}
	ring_buffer__free(rb);
	while (n)
		bpf_link__destroy(links[--n]);
	bpf_object__close(obj);
	return 0;
}
