/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rt/probe.h"

static bool has_capability(const struct __user_cap_data_struct *c, int cap)
{
	return c[cap / 32].effective >> (cap % 32) & 1;
}

bool eu_rights_missing(struct eu_error *err)
{
	static const struct {
		const char *name;
		int cap;
	} needed[] = {
		{ "CAP_BPF", CAP_BPF },
		{ "CAP_PERFMON", CAP_PERFMON },
		{ "CAP_NET_ADMIN", CAP_NET_ADMIN },
	};
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct c[_LINUX_CAPABILITY_U32S_3] = { 0 };
	bool lacks = false;

	if (syscall(SYS_capget, &h, c) || has_capability(c, CAP_SYS_ADMIN))
		return false;
	eu_error_set(err, -EPERM, "loading BPF programs %s: this process lacks",
		     geteuid() ? "needs root" : "is not allowed here");
	for (size_t i = 0; i < EU_COUNT(needed); i++) {
		if (has_capability(c, needed[i].cap))
			continue;
		eu_error_append(err, -EPERM, "%s %s", lacks ? "," : "",
				needed[i].name);
		lacks = true;
	}
	if (lacks && geteuid())
		eu_error_append(err, -EPERM, "; try sudo");
	return lacks;
}

int eu_rights_check(struct eu_error *err)
{
	const struct eu_probe *bpf = eu_probe_find("bpf");

	if (eu_rights_missing(err))
		return -EPERM;
	/* Namespaces, seccomp and lockdown know no capabilities. */
	if (bpf->run(bpf) == -EPERM)
		return eu_error_set(err, -EPERM,
				    "loading BPF programs is forbidden here");
	return 0;
}
