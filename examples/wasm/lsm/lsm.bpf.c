// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/// @brief Keep folders inside of one named can_not_rm
/// @details The kernel asks its security modules; this is one. It needs bpf among those of the boot parameter lsm=.
char LICENSE[] SEC("license") = "GPL";

static const char name[] = "can_not_rm";

/* As strcmp(). Of a function that is inlined the compiler may make arithmetic, in
 * which the verifier does not see that the program returns 0 or -1. */
static __noinline int differs(const char *parent)
{
	for (unsigned int i = 0; i < sizeof(name); i++) {
		if (parent[i] != name[i])
			return parent[i] - name[i];
	}
	return 0;
}

SEC("lsm/path_rmdir")
int BPF_PROG(path_rmdir, const struct path *dir, struct dentry *dentry)
{
	char parent[sizeof(name) + 1] = "";

	/* One byte more than the name: one that only begins like it differs. */
	bpf_probe_read_kernel_str(parent, sizeof(parent),
				  dir->dentry->d_name.name);
	return differs(parent) ? 0 : -1 /* EPERM */;
}
