/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	WORTH = 1 << 20, /* bytes; what is smaller has come before it is seen */
	AROUND = 46,	 /* columns of what stands beside the bar */
	WIDEST = 40,
	SHOWN_HEX = 12,
};

static void show(struct progress *p, uint64_t done, uint64_t size)
{
	static const char full[] = "########################################",
			  none[] = "                                        ";
	const int n = p->width * p->percent / 100;
	char what[32];

	if (p->n == 1)
		snprintf(what, sizeof(what), "%.*s", SHOWN_HEX,
			 strchr(p->blobs->digest, ':') + 1);
	else
		snprintf(what, sizeof(what), "%zu blobs", p->n);
	fprintf(stderr, "\r%s [%.*s%.*s] %3d%% %.1f of %.1f MB\033[K", what, n,
		full, p->width - n, none, p->percent, (double)done / 1e6,
		(double)size / 1e6);
}

/* Its place; those that have come make room for others. */
static size_t place_of(struct progress *p, const struct eu_descriptor *d)
{
	size_t moving = 0, i;

	for (i = 0; i < p->n; i++) {
		if (!strcmp(p->blobs[i].digest, d->digest))
			return i;
		moving += p->blobs[i].done < p->blobs[i].size;
	}
	if (!moving || p->n == EU_COUNT(p->blobs))
		p->n = 0;
	memcpy(p->blobs[p->n].digest, d->digest, EU_DIGEST);
	p->blobs[p->n].size = d->size;
	p->percent = -1;
	return p->n++;
}

static void on_progress(void *ctx, const struct eu_descriptor *d, uint64_t done)
{
	uint64_t all = 0, size = 0;
	struct progress *p = ctx;
	int percent;

	if (d->size < WORTH)
		return;
	p->blobs[place_of(p, d)].done = eu_min(done, d->size);
	for (size_t i = 0; i < p->n; i++) {
		all += p->blobs[i].done;
		size += p->blobs[i].size;
	}
	percent = (int)eu_scale(all, 100, size);
	if (percent == p->percent)
		return;
	p->percent = percent;
	show(p, all, size);
}

void progress_begin(struct progress *p, struct eu_registry_opts *o)
{
	struct winsize size = { 0 };

	if (!isatty(STDERR_FILENO))
		return;
	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	p->width = eu_max(eu_min(size.ws_col - AROUND, WIDEST), 1);
	o->progress = on_progress;
	o->progress_ctx = p;
}

void progress_end(struct progress *p)
{
	if (p->n)
		fputs("\r\033[K", stderr);
	p->n = 0;
}
