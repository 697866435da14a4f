/* SPDX-License-Identifier: MIT */
#include "calm.h"

#include <stdio.h>

#include "child.h"

/* Of a round's time, in which somebody else waited. */
static const double BEARABLE = 0.05;

/* Seconds since the system started; 0 if it does not tell. */
static double waited(void)
{
	FILE *f = fopen("/proc/pressure/cpu", "re");
	double us = 0;

	if (!f)
		return 0;
	if (fscanf(f, "some avg10=%*f avg60=%*f avg300=%*f total=%lf", &us) < 1)
		us = 0;
	fclose(f);
	return us / 1e6;
}

void calm_begin(struct calm *c)
{
	c->waited = waited();
	c->from = now();
}

bool calm_keep(struct calm *c)
{
	double share = (waited() - c->waited) / (now() - c->from);
	bool disturbed = share > BEARABLE;

	if (disturbed && c->again > 0) {
		c->again--;
		sleep_us(50000);
		return false;
	}
	c->rounds++;
	c->disturbed += disturbed;
	return true;
}
