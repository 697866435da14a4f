/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("sk_lookup")
int on_lookup(struct bpf_sk_lookup *ctx)
{
	SHOW(ctx->family, ctx->local_port, "lookup");
	return SK_PASS;
}
