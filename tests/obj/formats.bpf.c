/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* One event with a value of every format, by the names of typedefs. */
#include "fire.h"
#include <eunomia/format.bpf.h>

struct in6_addr {
	u8 bytes[16];
};

struct value {
	eu_ipv4 ipv4;
	struct in6_addr ipv6;
	eu_mac mac;
	eu_port port;
	eu_duration took;
	eu_duration_ms took_ms;
	eu_timestamp at;
	eu_wallclock wall;
	eu_size size;
	eu_errno ret;
	eu_signal sig;
	eu_syscall call;
	eu_uid uid;
	eu_gid gid;
	eu_device dev;
	eu_mode mode;
	eu_cgroup cgroup;
	eu_netns netns;
	eu_hex hex;
};

RINGBUF(rb, 4096);
struct value *unused_value __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct value *v;

	if (!fired(ctx))
		return 0;
	v = bpf_ringbuf_reserve(&rb, sizeof(*v), 0);
	if (!v)
		return 0;
	__builtin_memset(v, 0, sizeof(*v));
	__builtin_memcpy(&v->ipv4, "\x7f\0\0\1", 4);
	v->ipv6.bytes[15] = 1;
	v->mac[0] = 2;
	__builtin_memcpy(&v->port, "\x1\xbb", 2);
	v->took = 1500000;
	v->took_ms = 1500;
	v->at = bpf_ktime_get_ns();
	v->wall = 1500000000123456789;
	v->size = 3 << 19;
	v->ret = -2;
	v->sig = 15;
	v->call = (u32)ctx->id;
	v->uid = bpf_get_current_uid_gid();
	v->gid = bpf_get_current_uid_gid() >> 32;
	v->dev = 8 << 20 | 1;
	v->mode = 0100755;
	v->cgroup = bpf_get_current_cgroup_id();
	v->netns = 12345;
	v->hex = 0xbeef;
	bpf_ringbuf_submit(v, 0);
	return 0;
}
