/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Bytes that nothing gives a type. */
#include "fire.h"

RINGBUF(rb, 4096);

FIRE int on_kill(const struct enter *ctx)
{
	u8 bytes[6] = { 0, 1, 0x7f, 0x80, 0xfe, 0xff };

	if (fired(ctx))
		bpf_ringbuf_output(&rb, bytes, sizeof(bytes), 0);
	return 0;
}
