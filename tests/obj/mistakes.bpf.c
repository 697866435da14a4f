/* SPDX-License-Identifier: MIT */
/* What beginners write: the verifier refuses each of these programs. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} rb SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[16]);
} room SEC(".maps");

struct enter {
	__u64 unused, nr, args[6];
};

#define PROGRAM SEC("tp/syscalls/sys_enter_kill")

PROGRAM int null_value(const struct enter *ctx)
{
	__u32 zero = 0;
	char *at = bpf_map_lookup_elem(&room, &zero);

	*at = 1;
	return 0;
}

PROGRAM int null_reserve(const struct enter *ctx)
{
	__u64 *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);

	*e = 1;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

PROGRAM int leak(const struct enter *ctx)
{
	__u64 *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0);

	if (!e || ctx->args[0])
		return 0;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

PROGRAM int restricted(const struct enter *ctx)
{
	bpf_printk("here");
	return 0;
}

PROGRAM int beyond(const struct enter *ctx)
{
	__u32 zero = 0;
	char *at = bpf_map_lookup_elem(&room, &zero);

	if (at)
		at[ctx->args[0] & 63] = 1;
	return 0;
}

PROGRAM int endless(const struct enter *ctx)
{
	volatile int stop = 0;

	while (!stop)
		;
	return 0;
}

PROGRAM int foreign(const struct enter *ctx)
{
	return *(volatile int *)(long)ctx->args[1];
}

char LICENSE[] SEC("license") = "Proprietary";
