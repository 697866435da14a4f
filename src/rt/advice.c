/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/advice.h"

#include <string.h>

#include "base/util.h"

/* The first that is in it; kernels have worded some differently. */
static const struct {
	const char *words, *advice;
} rows[] = {
	{ "invalid mem access 'map_value_or_null'",
	  "check the result of bpf_map_lookup_elem() for NULL before using it" },
	{ "mem_or_null'",
	  "check the result of bpf_ringbuf_reserve() for NULL before using it" },
	{ "_or_null", "check the pointer for NULL before using it" },
	{ "Unreleased reference",
	  "every path, early returns too, needs bpf_ringbuf_submit() or bpf_ringbuf_discard() of what was reserved (bpf_sk_release() of a socket)" },
	{ "reference leak",
	  "every path, early returns too, needs bpf_ringbuf_submit() or bpf_ringbuf_discard() of what was reserved (bpf_sk_release() of a socket)" },
	{ "GPL-restricted",
	  "add to the source: char LICENSE[] SEC(\"license\") = \"GPL\";" },
	{ "from non-GPL compatible",
	  "add to the source: char LICENSE[] SEC(\"license\") = \"GPL\";" },
	{ "invalid access to map value",
	  "check the index or length against the size just before: if (i >= SIZE) return 0;" },
	{ "unbounded memory access",
	  "check the index or length against the size just before: if (i >= SIZE) return 0;" },
	{ "invalid access to packet",
	  "compare with data_end before reading: if (data + SIZE > data_end) return 0;" },
	{ "infinite loop detected",
	  "give the loop a constant bound: for (int i = 0; i < 100; i++), or use bpf_loop(); if it has one, let no helper have the address of the counter, which may be anything then" },
	{ "back-edge",
	  "give the loop a constant bound: for (int i = 0; i < 100; i++); kernels before 5.3 need #pragma unroll" },
	{ "program is too large",
	  "make loops shorter, or use bpf_loop(): the verifier follows each round and path" },
	{ "too many states",
	  "make loops shorter, or use bpf_loop(): the verifier follows each round and path" },
	{ "invalid mem access 'scalar'",
	  "read the kernel's memory by bpf_probe_read_kernel() or BPF_CORE_READ(), a process's by bpf_probe_read_user()" },
	{ "invalid mem access 'inv'",
	  "read the kernel's memory by bpf_probe_read_kernel() or BPF_CORE_READ(), a process's by bpf_probe_read_user()" },
	/* Where the kernel allows no odd addresses this is said first. */
	{ "misaligned access off (0x0; 0xffffffffffffffff)",
	  "read the kernel's memory by bpf_probe_read_kernel() or BPF_CORE_READ(), a process's by bpf_probe_read_user()" },
	{ "JIT",
	  "this needs the kernel's BPF compiler: sysctl net.core.bpf_jit_enable=1, on architectures that have one" },
	{ "read from stack",
	  "set all of the variable first, padding too: = {} or __builtin_memset()" },
	{ "!read_ok", "a variable is used before it is set" },
};

const char *eu_advice(const char *log, size_t len)
{
	for (size_t i = 0; i < EU_COUNT(rows); i++)
		if (memmem(log, len, rows[i].words, strlen(rows[i].words)))
			return rows[i].advice;
	return NULL;
}
