/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/attach.h"
#include "rt/netns.h"

/*
 * XDP programs that belong to an entry of a map: to an interface that packets
 * go out of (devmap), or to a processor that works on them (cpumap). They go
 * with the map.
 */

/* What a cpumap keeps waiting for a processor, unless "size" says otherwise. */
enum { PACKETS = 192 };

static int interface_of(const struct eu_attach *a, uint32_t *ret,
			struct eu_error *err)
{
	const char *name = eu_target_key(a->target, "interface");
	int i;

	if (!name)
		return eu_error_set(
			err, -EINVAL,
			"target '%s': packets go out of which? add interface=NAME",
			a->target->text);
	i = eu_attach_interface(name, err);
	if (i < 0)
		return i;
	*ret = (uint32_t)i;
	return 0;
}

static int set_entry(const struct eu_attach *a, int map, uint32_t key,
		     struct eu_error *err)
{
	union {
		struct bpf_devmap_val dev;
		struct bpf_cpumap_val cpu;
	} value = { 0 };
	int prog = bpf_program__fd(a->bpf), r = 0;

	if (bpf_program__expected_attach_type(a->bpf) == BPF_XDP_DEVMAP) {
		value.dev.bpf_prog.fd = prog;
		r = interface_of(a, &value.dev.ifindex, err);
	} else {
		value.cpu.bpf_prog.fd = prog;
		value.cpu.qsize = eu_target_integer(a->target, "size", PACKETS);
	}
	if (r)
		return r;
	r = bpf_map_update_elem(map, &key, &value, 0);
	return r ? eu_error_set(err, r, "cannot attach to '%s': %s",
				a->target->text, strerror(-r)) :
		   0;
}

/* The map that the target names, if it has entries for this program. */
static int find_map(const struct eu_attach *a, struct eu_error *err)
{
	const char *name = a->target->what + strlen("map:");
	bool dev = bpf_program__expected_attach_type(a->bpf) == BPF_XDP_DEVMAP;
	uint32_t size = dev ? sizeof(struct bpf_devmap_val) :
			      sizeof(struct bpf_cpumap_val);
	struct bpf_map *m = bpf_object__find_map_by_name(a->p->obj, name);
	enum bpf_map_type type = m ? bpf_map__type(m) : BPF_MAP_TYPE_UNSPEC;
	bool fits = dev ? type == BPF_MAP_TYPE_DEVMAP ||
				    type == BPF_MAP_TYPE_DEVMAP_HASH :
			  type == BPF_MAP_TYPE_CPUMAP;

	if (!m)
		return eu_attach_no_map(a, name, err);
	if (!fits || bpf_map__value_size(m) != size)
		return eu_error_set(
			err, -EINVAL,
			"target '%s': '%s' is no map of type %s with values of type 'struct bpf_%s_val'",
			a->target->text, name, dev ? "devmap" : "cpumap",
			dev ? "devmap" : "cpumap");
	return bpf_map__fd(m);
}

int eu_attach_entry(const struct eu_attach *a, struct eu_error *err)
{
	const char *path = eu_target_key(a->target, "netns");
	eu_auto_close int fd = -1;
	struct eu_netns ns;
	int64_t key;
	int r, map;

	map = find_map(a, err);
	if (map < 0)
		return map;
	key = eu_target_integer(a->target, "key", 0);
	r = fd = path ? eu_netns_open(path, err) : -1;
	if (path && r < 0)
		return r;
	r = eu_netns_enter(fd, &ns, err);
	if (r)
		return r;
	r = set_entry(a, map, (uint32_t)key, err);
	eu_netns_leave(&ns);
	return r;
}
