// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Keep folders inside of one named can_not_rm
/// @details The kernel asks its security modules; this is one. It needs bpf among those of the boot parameter lsm=.
char LICENSE[] SEC("license") = "GPL";

static const char name[] = "can_not_rm";

SEC("lsm/path_rmdir")
int BPF_PROG(path_rmdir, const struct path *dir, struct dentry *dentry)
{
	char parent[sizeof(name) + 1] = "";

	/* One byte more than the name: one that only begins like it differs. */
	bpf_probe_read_kernel_str(parent, sizeof(parent),
				  dir->dentry->d_name.name);
	if (bpf_strncmp(parent, sizeof(name), name))
		return 0;
	return -1; /* EPERM */
}
