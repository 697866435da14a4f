/* SPDX-License-Identifier: MIT */
#include "local.h"

/* A type that is in a module's BTF, where libbpf looks last. */

struct veth_priv {
	struct net_device *peer;
} __k;

PROG(read, struct veth_priv, p)
{
	return (long)BPF_CORE_READ(p, peer);
}
