/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pkg/section.h"

static void names_find_their_kind(void **state)
{
	static const struct {
		const char *name;
		enum eu_attach_kind attach;
		enum eu_shape shape;
		bool arch_bound;
	} cases[] = {
		{ "kprobe", EU_ATTACH_KPROBE, EU_SHAPE_SYMBOL, true },
		{ "kprobe/do_unlinkat", EU_ATTACH_KPROBE, EU_SHAPE_SYMBOL, true },
		{ "kretprobe/x+0x10", EU_ATTACH_KPROBE, EU_SHAPE_SYMBOL, true },
		{ "kprobe.multi/vfs_*", EU_ATTACH_KPROBE_MULTI, EU_SHAPE_SYMBOL,
		  true },
		{ "ksyscall/unlinkat", EU_ATTACH_KSYSCALL, EU_SHAPE_NAME, true },
		{ "uprobe//bin/sh:main", EU_ATTACH_UPROBE, EU_SHAPE_BINARY, true },
		{ "uprobe.s/libc:malloc", EU_ATTACH_UPROBE, EU_SHAPE_BINARY,
		  true },
		{ "uretprobe", EU_ATTACH_UPROBE, EU_SHAPE_BINARY, true },
		{ "uprobe.multi/x:y*", EU_ATTACH_UPROBE_MULTI, EU_SHAPE_BINARY,
		  true },
		{ "usdt/libc:libc:setjmp", EU_ATTACH_USDT, EU_SHAPE_USDT, true },
		{ "tp/sched/sched_switch", EU_ATTACH_TRACEPOINT,
		  EU_SHAPE_TRACEPOINT },
		{ "tracepoint", EU_ATTACH_TRACEPOINT, EU_SHAPE_TRACEPOINT },
		{ "raw_tp/sys_enter", EU_ATTACH_RAW_TRACEPOINT, EU_SHAPE_NAME },
		{ "raw_tracepoint.w/x", EU_ATTACH_RAW_TRACEPOINT, EU_SHAPE_NAME },
		{ "xdp", EU_ATTACH_XDP, EU_SHAPE_INTERFACE },
		{ "xdp.frags", EU_ATTACH_XDP, EU_SHAPE_INTERFACE },
		{ "xdp/name", EU_ATTACH_XDP, EU_SHAPE_INTERFACE },
		{ "xdp/cpumap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY },
		{ "xdp.frags/devmap", EU_ATTACH_ENTRY, EU_SHAPE_ENTRY },
		{ "tc", EU_ATTACH_TC, EU_SHAPE_TRAFFIC },
		{ "tc/name", EU_ATTACH_TC, EU_SHAPE_TRAFFIC },
		{ "classifier/x", EU_ATTACH_TC, EU_SHAPE_TRAFFIC },
		{ "tc/ingress", EU_ATTACH_TCX, EU_SHAPE_TRAFFIC },
		{ "tcx/egress", EU_ATTACH_TCX, EU_SHAPE_TRAFFIC },
		{ "cgroup_skb/egress", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP },
		{ "cgroup/connect4", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP },
		{ "sockops", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP },
		{ "lsm_cgroup/socket_bind", EU_ATTACH_CGROUP, EU_SHAPE_CGROUP },
		{ "perf_event", EU_ATTACH_PERF_EVENT, EU_SHAPE_PERF },
		{ "socket", EU_ATTACH_SOCKET_FILTER, EU_SHAPE_SOCKET },
		{ "fentry/vfs_read", EU_ATTACH_BTF, EU_SHAPE_SYMBOL },
		{ "fexit.s/vfs_read", EU_ATTACH_BTF, EU_SHAPE_SYMBOL },
		{ "lsm/path_rmdir", EU_ATTACH_BTF, EU_SHAPE_NAME },
		{ "tp_btf/sched_switch", EU_ATTACH_BTF, EU_SHAPE_NAME },
		{ "iter/task", EU_ATTACH_ITER, EU_SHAPE_ITER },
		{ "sk_skb/stream_verdict", EU_ATTACH_SOCKMAP, EU_SHAPE_MAP },
		{ "sk_lookup", EU_ATTACH_NETNS, EU_SHAPE_NETNS },
		{ "syscall", EU_ATTACH_SYSCALL, EU_SHAPE_NONE },
		{ "netkit/peer", EU_ATTACH_NETKIT, EU_SHAPE_NETKIT },
		{ "netfilter", EU_ATTACH_NETFILTER, EU_SHAPE_HOOK },
		{ "lwt_xmit/x", EU_ATTACH_NONE, EU_SHAPE_NONE },
		/* "?" says that it is not loaded unless asked for. */
		{ "?tp/sched/sched_switch", EU_ATTACH_TRACEPOINT,
		  EU_SHAPE_TRACEPOINT },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const struct eu_section *s = eu_section_find(cases[i].name);

		if (!s || s->attach != cases[i].attach ||
		    s->shape != cases[i].shape ||
		    s->arch_bound != cases[i].arch_bound)
			fail_msg("%s: %s", cases[i].name,
				 s ? s->prefix : "not found");
	}
}

static void other_names_have_none(void **state)
{
	static const char *const names[] = {
		"",	     "?",	    "kprobes/x",   "tracepoints",
		"xdpx",	     "cgroup",	    "cgroup_skb",  "license",
		".maps",     "maps",	    "version",	   "tcx",
		"raw_tpx/y", "lsm_cgroups", "perf_events", "socketx",
		"SEC",	     "kprobe:x",    "tp_",	   "fentryx/vfs_read",
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(names); i++)
		if (eu_section_find(names[i]))
			fail_msg("'%s' is taken for %s", names[i],
				 eu_section_find(names[i])->prefix);
}

static void every_shape_has_words(void **state)
{
	(void)state;
	for (int s = EU_SHAPE_NONE; s <= EU_SHAPE_MAP; s++) {
		assert_non_null(eu_shape_words(s));
		assert_true(strlen(eu_shape_words(s)) > 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_find_their_kind),
		cmocka_unit_test(other_names_have_none),
		cmocka_unit_test(every_shape_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
