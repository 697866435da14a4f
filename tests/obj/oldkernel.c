/* SPDX-License-Identifier: MIT */
/*
 * Preloaded, this makes bpf(2) refuse what the kernel named by $OLDKERNEL (5.4
 * or 4.19) does not have yet: commands, types of maps and programs, ways of
 * attaching, flags of programs, helpers, mmapable maps, global data. It stands
 * in for kernels that nobody packages any more, and is no more than that: what
 * it lets through is done by this kernel. For the program named by $NOMEM there
 * is too little memory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

struct old {
	const char *name;
	/* The last ones that it has. */
	uint32_t command, map, prog, attach, flags;
	int32_t helper;
	bool global_data;
};

static const struct old kernels[] = {
	{ "5.4", BPF_BTF_GET_NEXT_ID, BPF_MAP_TYPE_DEVMAP_HASH,
	  BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT,
	  BPF_F_TEST_STATE_FREQ, BPF_FUNC_tcp_gen_syncookie, true },
	{ "4.19", BPF_TASK_FD_QUERY, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY,
	  BPF_PROG_TYPE_SK_REUSEPORT, BPF_LIRC_MODE2, BPF_F_ANY_ALIGNMENT,
	  BPF_FUNC_get_current_cgroup_id, false },
};

/* What may stand behind a branch that is never taken: not looked at then. */
static bool behind_a_flag(int32_t helper)
{
	return helper >= BPF_FUNC_ringbuf_output &&
	       helper <= BPF_FUNC_ringbuf_query;
}

static bool program_is_old(const struct old *k, const union bpf_attr *a)
{
	const struct bpf_insn *insn = (const void *)(uintptr_t)a->insns;

	if (a->prog_type > k->prog || a->prog_flags >= k->flags * 2)
		return false;
	/* Those that are checked when they are loaded. */
	if ((a->prog_type == BPF_PROG_TYPE_CGROUP_SOCK ||
	     a->prog_type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR) &&
	    a->expected_attach_type > k->attach)
		return false;
	for (uint32_t i = 0; i < a->insn_cnt; i++, insn++) {
		if (insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg &&
		    insn->imm > k->helper && !behind_a_flag(insn->imm)) {
			if (a->log_buf && a->log_size > 64)
				snprintf((char *)(uintptr_t)a->log_buf, 64,
					 "invalid func unknown#%d\n", insn->imm);
			return false;
		}
		if (insn->code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    insn->src_reg == BPF_PSEUDO_MAP_VALUE && !k->global_data)
			return false;
	}
	return true;
}

static bool map_is_old(const struct old *k, const union bpf_attr *a)
{
	return a->map_type <= k->map && !(a->map_flags & BPF_F_MMAPABLE);
}

static bool is_old(const struct old *k, long command, const union bpf_attr *a)
{
	if (command > k->command)
		return false;
	if (command == BPF_MAP_CREATE)
		return map_is_old(k, a);
	if (command == BPF_PROG_LOAD)
		return program_is_old(k, a);
	if (command == BPF_PROG_ATTACH)
		return a->attach_type <= k->attach;
	return true;
}

static bool has_no_memory(long number, long command, const union bpf_attr *a)
{
	const char *name = getenv("NOMEM");

	return number == SYS_bpf && command == BPF_PROG_LOAD && name &&
	       !strcmp(a->prog_name, name);
}

long syscall(long number, ...);
long syscall(long number, ...)
{
	static long (*real)(long, ...);
	const char *name = getenv("OLDKERNEL");
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++)
		if (number == SYS_bpf && name && !strcmp(name, kernels[i].name) &&
		    !is_old(&kernels[i], a[0], (const void *)a[1])) {
			errno = EINVAL;
			return -1;
		}
	if (has_no_memory(number, a[0], (const void *)a[1])) {
		errno = ENOMEM;
		return -1;
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
