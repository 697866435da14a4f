/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "fire.h"

SEC("tp_btf/sys_entre")
int nowhere(void *ctx)
{
	return 0;
}
