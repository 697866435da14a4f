/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "net.h"

SEC("xdp")
int on_xdp(struct xdp_md *ctx)
{
	SHOW(ctx->ingress_ifindex, (unsigned int)(ctx->data_end - ctx->data),
	     "xdp");
	return XDP_PASS;
}
