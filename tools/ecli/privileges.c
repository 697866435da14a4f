/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/account.h"
#include "rt/source.h"
#include "rt/stacks.h"
#include "run.h"

/*
 * Once all is attached, reading events needs no privilege at all: rings are
 * mapped, and links go with their descriptors. Sampled maps are read by
 * bpf(2), and stack traces are given names from what belongs to others; what
 * has no link is taken off by a process of its own (guard.c).
 *
 * capset(2) itself and no library for it: it would take longer to open than
 * all of this takes.
 */

static bool reads_maps(const struct eu_program *p)
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

bool attaches_elsewhere(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_goals; i++)
		if (eu_target_key(p->goals[i].target, "netns"))
			return true;
	return false;
}

/* Before Linux 5.8 CAP_SYS_ADMIN stood for CAP_BPF. */
static int bpf_capability(void)
{
	return prctl(PR_CAPBSET_READ, CAP_BPF, 0, 0, 0) < 0 ? CAP_SYS_ADMIN :
							      CAP_BPF;
}

/* Before Linux 5.9 CAP_SYS_ADMIN stood for it here. */
static int map_files_capability(void)
{
	return prctl(PR_CAPBSET_READ, CAP_CHECKPOINT_RESTORE, 0, 0, 0) < 0 ?
		       CAP_SYS_ADMIN :
		       CAP_CHECKPOINT_RESTORE;
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

/*
 * Names for stacks come out of the memory maps and files of whoever was traced.
 * The kernel's own come out of a file that is open already.
 */
static uint64_t for_stacks(const struct eu_program *p)
{
	uint64_t keep = 0;

	for (size_t i = 0; i < p->n_sources; i++) {
		if (eu_stacks_by_id(&p->sources[i]))
			keep |= 1ull << bpf_capability();
		if (eu_stacks_of_processes(&p->sources[i]))
			keep |= 1ull << CAP_SYS_PTRACE |
				1ull << CAP_DAC_READ_SEARCH |
				1ull << map_files_capability();
	}
	return keep;
}

void guard_privileges(bool elsewhere)
{
	uint64_t keep = 1ull << bpf_capability() | 1ull << CAP_NET_ADMIN |
			1ull << CAP_DAC_OVERRIDE;

	if (elsewhere)
		keep |= 1ull << CAP_SYS_ADMIN;
	keep_only(keep);
}

/* A line of /etc/passwd, or a number for both. */
int find_user(const char *name, struct run_user *ret, struct eu_error *err)
{
	char *end;
	unsigned long id = strtoul(name, &end, 10);
	struct eu_account a;

	if (eu_account_user(name, &a)) {
		*ret = (struct run_user){ a.id, a.gid };
		return 0;
	}
	if (!*name || *end || *name == '-' || id >= UINT32_MAX)
		return eu_error_set(err, -ENOENT, "no user '%s' in /etc/passwd",
				    name);
	*ret = (struct run_user){ id, id };
	return 0;
}

static int become(const struct run_user *u, struct eu_error *err)
{
	if (!prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) && !setgroups(0, NULL) &&
	    !setresgid(u->gid, u->gid, u->gid) &&
	    !setresuid(u->uid, u->uid, u->uid))
		return 0;
	return eu_error_set(err, -errno, "cannot become user %u: %s", u->uid,
			    strerror(errno));
}

/* Inner maps are found by their ids, for which CAP_BPF does not do. */
static uint64_t for_inner_maps(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].map && p->sources[i].map->sample &&
		    p->sources[i].map->inner)
			return 1ull << CAP_SYS_ADMIN;
	return 0;
}

int drop_privileges(const struct run *r, struct eu_error *err)
{
	uint64_t keep = for_stacks(r->program) | for_inner_maps(r->program);
	int ret = 0;

	if (r->o->stats || reads_maps(r->program))
		keep |= 1ull << bpf_capability();
	if (r->o->user)
		ret = become(&r->user, err);
	if (ret)
		return ret;
	ret = keep_only(keep);
	if (ret)
		return eu_error_set(err, ret, "cannot give up capabilities: %s",
				    strerror(-ret));
	return 0;
}
