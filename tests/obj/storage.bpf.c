/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* What is counted for each task and each control group. */
#include "fire.h"

struct cgroup {
	int level;
} __attribute__((preserve_access_index));
struct css_set {
	struct cgroup *dfl_cgrp;
} __attribute__((preserve_access_index));
struct task_struct {
	struct css_set *cgroups;
} __attribute__((preserve_access_index));

#define STORAGE(name, kind, v)        \
	struct {                      \
		__uint(type, kind);   \
		__uint(map_flags, 1); \
		__type(key, int);     \
		__type(value, v);     \
	} name SEC(".maps")

struct count {
	u64 times;
	u32 last;
};

STORAGE(tasks, BPF_MAP_TYPE_TASK_STORAGE, struct count);
/* BPF_MAP_TYPE_CGRP_STORAGE is not in all headers. */
STORAGE(groups, 32, struct count);
STORAGE(inodes, BPF_MAP_TYPE_INODE_STORAGE, struct count);
STORAGE(socks, BPF_MAP_TYPE_SK_STORAGE, struct count);

/* bpf_cgrp_storage_get(), as above. */
static void *(*const cgroup_entry)(void *map, struct cgroup *cgroup,
				   void *value, u64 flags) = (void *)210;
void bpf_rcu_read_lock(void) __attribute__((section(".ksyms")));
void bpf_rcu_read_unlock(void) __attribute__((section(".ksyms")));

static void count(struct count *c, u32 sig)
{
	if (!c)
		return;
	c->times++;
	c->last = sig;
}

FIRE int on_kill(const struct enter *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 sig = ctx->args[1];

	if (!fired(ctx))
		return 0;
	count(bpf_task_storage_get(&tasks, task, 0, 1), sig);
	bpf_rcu_read_lock();
	count(cgroup_entry(&groups, task->cgroups->dfl_cgrp, 0, 1), sig);
	bpf_rcu_read_unlock();
	return 0;
}
