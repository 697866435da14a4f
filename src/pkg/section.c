/* SPDX-License-Identifier: MIT */
#include "pkg/section.h"

#include <string.h>

/*
 * The first row that fits counts. A prefix with '+' at its end fits the bare
 * name and the name followed by '/' or '.'; others fit what begins with them.
 */
static const struct eu_section sections[] = {
	{ "kprobe.multi+", EU_ATTACH_KPROBE_MULTI, EU_SHAPE_SYMBOL, "kprobe",
	  true },
	{ "kretprobe.multi+", EU_ATTACH_KPROBE_MULTI, EU_SHAPE_SYMBOL, "kprobe",
	  true },
	{ "kprobe+", EU_ATTACH_KPROBE, EU_SHAPE_SYMBOL, "kprobe", true },
	{ "kretprobe+", EU_ATTACH_KPROBE, EU_SHAPE_SYMBOL, "kprobe", true },
	{ "ksyscall+", EU_ATTACH_KSYSCALL, EU_SHAPE_NAME, "kprobe", true },
	{ "kretsyscall+", EU_ATTACH_KSYSCALL, EU_SHAPE_NAME, "kprobe", true },
	{ "uprobe.multi+", EU_ATTACH_UPROBE_MULTI, EU_SHAPE_BINARY, "uprobe",
	  true },
	{ "uretprobe.multi+", EU_ATTACH_UPROBE_MULTI, EU_SHAPE_BINARY, "uprobe",
	  true },
	{ "uprobe+", EU_ATTACH_UPROBE, EU_SHAPE_BINARY, "uprobe", true },
	{ "uretprobe+", EU_ATTACH_UPROBE, EU_SHAPE_BINARY, "uprobe", true },
	{ "usdt+", EU_ATTACH_USDT, EU_SHAPE_USDT, "uprobe", true },
	{ "tracepoint+", EU_ATTACH_TRACEPOINT, EU_SHAPE_TRACEPOINT },
	{ "tp+", EU_ATTACH_TRACEPOINT, EU_SHAPE_TRACEPOINT },
	{ "raw_tracepoint+", EU_ATTACH_RAW_TRACEPOINT, EU_SHAPE_NAME, "raw_tp" },
	{ "raw_tp+", EU_ATTACH_RAW_TRACEPOINT, EU_SHAPE_NAME, "raw_tp" },
	{ "xdp/cpumap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY, "xdp.cpumap" },
	{ "xdp/devmap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY, "xdp.devmap" },
	{ "xdp.frags/cpumap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY, "xdp.cpumap" },
	{ "xdp.frags/devmap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY, "xdp.devmap" },
	{ "xdp.frags+", EU_ATTACH_XDP, EU_SHAPE_INTERFACE, "xdp.frags" },
	{ "xdp+", EU_ATTACH_XDP, EU_SHAPE_INTERFACE, "xdp" },
	{ "tcx/", EU_ATTACH_TCX, EU_SHAPE_TRAFFIC, "tc" },
	{ "tc/ingress", EU_ATTACH_TCX, EU_SHAPE_TRAFFIC, "tc" },
	{ "tc/egress", EU_ATTACH_TCX, EU_SHAPE_TRAFFIC, "tc" },
	{ "tc+", EU_ATTACH_TC, EU_SHAPE_TRAFFIC, "tc" },
	{ "classifier+", EU_ATTACH_TC, EU_SHAPE_TRAFFIC, "tc" },
	{ "netkit/", EU_ATTACH_NETKIT, EU_SHAPE_NETKIT, "netkit" },
	{ "cgroup_skb/", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP, "cgroup_skb" },
	{ "cgroup/", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP },
	{ "sockops+", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP, "sockops" },
	{ "perf_event+", EU_ATTACH_PERF_EVENT, EU_SHAPE_PERF, "perf_event" },
	{ "socket+", EU_ATTACH_SOCKET_FILTER, EU_SHAPE_SOCKET, "socket" },
	{ "fentry+", EU_ATTACH_BTF, EU_SHAPE_SYMBOL, "fentry" },
	{ "fexit+", EU_ATTACH_BTF, EU_SHAPE_SYMBOL, "fexit" },
	{ "fmod_ret+", EU_ATTACH_BTF, EU_SHAPE_SYMBOL, "fmod_ret" },
	{ "freplace+", EU_ATTACH_FREPLACE, EU_SHAPE_PROGRAM, "freplace" },
	{ "tp_btf+", EU_ATTACH_BTF, EU_SHAPE_NAME, "tp_btf" },
	{ "lsm+", EU_ATTACH_BTF, EU_SHAPE_NAME, "lsm" },
	{ "lsm_cgroup+", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP, "lsm_cgroup" },
	{ "iter/cgroup+", EU_ATTACH_ITER, EU_SHAPE_ITER, "iter.cgroup" },
	{ "iter.s/cgroup+", EU_ATTACH_ITER, EU_SHAPE_ITER, "iter.cgroup" },
	{ "iter+", EU_ATTACH_ITER, EU_SHAPE_ITER, "iter" },
	{ "netfilter+", EU_ATTACH_NETFILTER, EU_SHAPE_HOOK, "netfilter" },
	{ "struct_ops+", EU_ATTACH_NONE, EU_SHAPE_NONE },
	{ "syscall+", EU_ATTACH_SYSCALL, EU_SHAPE_NONE, "syscall" },
	{ "action+", EU_ATTACH_NONE, EU_SHAPE_NONE },
	{ "lwt_", EU_ATTACH_NONE, EU_SHAPE_NONE },
	{ "sk_msg+", EU_ATTACH_SOCKMAP, EU_SHAPE_MAP, "sk_msg" },
	{ "sk_skb/verdict", EU_ATTACH_SOCKMAP, EU_SHAPE_MAP, "sk_skb.verdict" },
	{ "sk_skb+", EU_ATTACH_SOCKMAP, EU_SHAPE_MAP, "sk_skb" },
	{ "sk_lookup+", EU_ATTACH_NETNS, EU_SHAPE_NETNS, "sk_lookup" },
	{ "sk_reuseport+", EU_ATTACH_NONE, EU_SHAPE_NONE },
	{ "flow_dissector+", EU_ATTACH_NETNS, EU_SHAPE_NETNS, "flow_dissector" },
};

static bool fits(const char *prefix, const char *name)
{
	size_t n = strlen(prefix);

	if (prefix[n - 1] != '+')
		return !strncmp(prefix, name, n);
	n--;
	return !strncmp(prefix, name, n) && strchr("/.", name[n]);
}

const struct eu_section *eu_section_find(const char *name)
{
	name += *name == '?';
	for (size_t i = 0; i < EU_COUNT(sections); i++)
		if (fits(sections[i].prefix, name))
			return &sections[i];
	return NULL;
}

const char *eu_shape_words(enum eu_shape shape)
{
	static const char *const words[] = {
		[EU_SHAPE_NONE] = "no target",
		[EU_SHAPE_NAME] = "a name (sched_switch)",
		[EU_SHAPE_TRACEPOINT] = "GROUP/NAME (sched/sched_switch)",
		[EU_SHAPE_INTERFACE] = "an interface (eth0)",
		[EU_SHAPE_TRAFFIC] = "an interface and a direction "
				     "(eth0:ingress, eth0:egress)",
		[EU_SHAPE_CGROUP] = "a cgroup (/sys/fs/cgroup/NAME)",
		[EU_SHAPE_BINARY] = "a binary and a symbol "
				    "(/bin/bash:readline, libc:malloc)",
		[EU_SHAPE_USDT] = "a binary, a provider and a probe "
				  "(libc:libc:setjmp)",
		[EU_SHAPE_SYMBOL] = "a kernel function (do_unlinkat)",
		[EU_SHAPE_PERF] = "an event (cpu-clock,freq=49)",
		[EU_SHAPE_SOCKET] = "an interface, or any",
		[EU_SHAPE_NETNS] = "a network namespace (/proc/PID/ns/net)",
		[EU_SHAPE_MAP] = "a map of the package (map:NAME)",
		[EU_SHAPE_NETKIT] = "a netkit interface (nk0)",
		[EU_SHAPE_ITER] = "what to walk over "
				  "(map:NAME, pid:N, tid:N, cgroup:PATH)",
		[EU_SHAPE_HOOK] = "a family and a hook (ipv4:prerouting)",
		[EU_SHAPE_PROGRAM] = "a loaded program "
				     "(prog:ID:FUNCTION, /sys/fs/bpf/PIN)",
		[EU_SHAPE_ENTRY] = "an entry of a map of the package "
				   "(map:NAME,key=0,interface=eth0)",
	};

	return words[shape];
}
