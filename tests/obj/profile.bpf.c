/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A sample of what runs on each CPU. */
#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>
#include <bpf/bpf_helpers.h>

struct event {
	int pid;
	unsigned int cpu;
	unsigned long long period;
};

#ifdef __TARGET_ARCH_arm
/* BPF has longs of 64 bits; that kernel has not. */
typedef struct {
	unsigned int regs[18];
	unsigned long long sample_period, addr;
} context;
#else
typedef struct bpf_perf_event_data context;
#endif

const volatile int only = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} rb SEC(".maps");

struct event *unused_event __attribute__((unused));

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("perf_event")
int sample(context *ctx)
{
	struct event e = { 0 };

	e.pid = bpf_get_current_pid_tgid() >> 32;
	e.cpu = bpf_get_smp_processor_id();
	e.period = ctx->sample_period;
	if (!only || e.pid == only)
		bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
