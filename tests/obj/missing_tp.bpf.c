/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
#include "fire.h"

SEC("tp/sched/eu_no_such_tracepoint")
int nowhere(void *ctx)
{
	return 0;
}
