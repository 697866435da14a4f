/* SPDX-License-Identifier: MIT */
#ifndef EU_OUT_PRINTK_H
#define EU_OUT_PRINTK_H

#include "base/buf.h"

/*
 * Appends what a line of trace_pipe says as members of a JSON object:
 * ,"task":"bash","pid":12,"cpu":0,"time":1.5,"message":"…". Nothing if the line
 * is of another sort. Time is in seconds since boot.
 */
void eu_printk_json(struct eu_buf *out, const char *line, size_t n);

#endif
