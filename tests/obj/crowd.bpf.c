/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* 2,049 programs, each in a section of its own. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define P1(n)                                   \
	SEC("tp/eu/nothing_" #n)                \
	int prog_##n(void *ctx)                 \
	{                                       \
		return bpf_ktime_get_ns() != 0; \
	}
#define P8(n) \
	P1(n##0) P1(n##1) P1(n##2) P1(n##3) P1(n##4) P1(n##5) P1(n##6) P1(n##7)
#define P64(n) \
	P8(n##0) P8(n##1) P8(n##2) P8(n##3) P8(n##4) P8(n##5) P8(n##6) P8(n##7)
#define P512(n)   \
	P64(n##0) \
	P64(n##1) P64(n##2) P64(n##3) P64(n##4) P64(n##5) P64(n##6) P64(n##7)

P512(1)
P512(2)
P512(3)
P512(4)

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp/eu/first")
int prog_000(void *ctx)
{
	return bpf_get_current_pid_tgid() != 0;
}
