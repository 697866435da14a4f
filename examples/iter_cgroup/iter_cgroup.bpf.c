// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief List control groups with their ids and depths
/// @details All below one: -t cgroup:/sys/fs/cgroup/system.slice. The order is self, pre (default), post or up: -t cgroup:PATH,order=up
char LICENSE[] SEC("license") = "GPL";

SEC("iter/cgroup")
int list(struct bpf_iter__cgroup *ctx)
{
	struct cgroup *group = ctx->cgroup;

	if (group)
		BPF_SEQ_PRINTF(ctx->meta->seq, "%llu %d\n", group->kn->id,
			       group->level);
	return 0;
}
