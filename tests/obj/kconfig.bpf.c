/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* How the kernel is configured, or is said to be. */
#include "fire.h"

extern int CONFIG_HZ __kconfig __weak;
extern bool CONFIG_EU_SOMETHING __kconfig __weak;
extern enum libbpf_tristate CONFIG_BPF_SYSCALL __kconfig __weak;
extern char CONFIG_EU_NAME[8] __kconfig __weak;
extern unsigned long long CONFIG_EU_BIG __kconfig __weak;
extern unsigned char CONFIG_EU_SMALL __kconfig __weak;
extern signed char CONFIG_EU_LOW __kconfig __weak;
extern int LINUX_KERNEL_VERSION __kconfig;

struct event {
	int hz;
	bool something;
	int bpf;
	char name[8];
	int version;
	int data;
	unsigned long long big;
	unsigned char small;
	signed char low;
};

int data = 1;

RINGBUF(rb, 4096);
struct event *unused_event __attribute__((unused));

FIRE int on_kill(struct enter *ctx)
{
	struct event e = { 0 };

	if (!fired(ctx))
		return 0;
	e.hz = CONFIG_HZ;
	e.something = CONFIG_EU_SOMETHING;
	e.bpf = CONFIG_BPF_SYSCALL;
	for (int i = 0; i < 8; i++)
		e.name[i] = CONFIG_EU_NAME[i];
	e.version = LINUX_KERNEL_VERSION;
	e.data = data;
	e.big = CONFIG_EU_BIG;
	e.small = CONFIG_EU_SMALL;
	e.low = CONFIG_EU_LOW;
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
