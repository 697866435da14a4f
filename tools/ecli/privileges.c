/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "ecli.h"
#include "rt/source.h"

/*
 * Once all is attached, reading events needs no privilege at all: rings are
 * mapped, and links go with their descriptors. Sampled maps are read by
 * bpf(2), and what has no link is taken off by it or by netlink.
 *
 * capset(2) itself and no library for it: that would bring the user database
 * into the static ecli.
 */

static bool uses_bpf(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].ops == &eu_source_iter ||
		    (p->sources[i].map && p->sources[i].map->sample))
			return true;
	for (size_t i = 0; i < p->pkg->n_maps; i++)
		if (eu_counts_losses(p->pkg->maps[i].name, p->pkg->maps[i].meta))
			return true;
	return false;
}

static bool detaches(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_links; i++)
		if (p->links[i].detach)
			return true;
	return false;
}

/* To take off what is in another network namespace one has to go there. */
static bool detaches_elsewhere(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_links; i++)
		if (p->links[i].elsewhere)
			return true;
	return false;
}

/* Before Linux 5.8 CAP_SYS_ADMIN stood for CAP_BPF. */
static int bpf_capability(void)
{
	return prctl(PR_CAPBSET_READ, CAP_BPF, 0, 0, 0) < 0 ? CAP_SYS_ADMIN :
							      CAP_BPF;
}

/* Bits that are not permitted already would make the call fail. */
static int keep_only(uint64_t keep)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return -errno;
	for (int i = 0; i < 2; i++) {
		d[i].permitted &= (uint32_t)(keep >> (32 * i));
		d[i].effective = d[i].permitted;
		d[i].inheritable = 0;
	}
	return syscall(SYS_capset, &h, d) ? -errno : 0;
}

int drop_privileges(const struct eu_program *p, bool asks, struct eu_error *err)
{
	uint64_t keep = 0;
	int r;

	if (asks || uses_bpf(p) || detaches(p))
		keep |= 1ull << bpf_capability();
	if (detaches(p))
		keep |= 1ull << CAP_NET_ADMIN;
	if (detaches_elsewhere(p))
		keep |= 1ull << CAP_SYS_ADMIN;
	r = keep_only(keep);
	if (r)
		return eu_error_set(err, r, "cannot give up capabilities: %s",
				    strerror(-r));
	return 0;
}
