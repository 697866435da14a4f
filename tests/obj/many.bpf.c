/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* 4,096 global variables. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define V1(n) const volatile int number_##n = 1;
#define V8(n) \
	V1(n##0) V1(n##1) V1(n##2) V1(n##3) V1(n##4) V1(n##5) V1(n##6) V1(n##7)
#define V64(n) \
	V8(n##0) V8(n##1) V8(n##2) V8(n##3) V8(n##4) V8(n##5) V8(n##6) V8(n##7)
#define V512(n)   \
	V64(n##0) \
	V64(n##1) V64(n##2) V64(n##3) V64(n##4) V64(n##5) V64(n##6) V64(n##7)

V512(0)
V512(1)
V512(2)
V512(3)
V512(4)
V512(5)
V512(6)
V512(7)

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	return number_0000 + number_7777;
}
