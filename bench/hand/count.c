/* SPDX-License-Identifier: MIT */
#include "rows.h"

/* Only counts: what the ring itself costs. */

static volatile unsigned long long seen;

void rows_begin(bool json)
{
	(void)json;
}

void rows_text(const struct event *e)
{
	(void)e;
	seen++;
}

void rows_json(const struct event *e)
{
	(void)e;
	seen++;
}

void rows_end_batch(void)
{
}
