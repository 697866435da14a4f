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

static void show(struct progress *p, const struct eu_descriptor *d, uint64_t done)
{
	static const char full[] = "########################################",
			  none[] = "                                        ";
	const int n = p->width * p->percent / 100;

	fprintf(stderr, "\r%.*s [%.*s%.*s] %3d%% %.1f of %.1f MB\033[K",
		SHOWN_HEX, strchr(d->digest, ':') + 1, n, full, p->width - n,
		none, p->percent, (double)done / 1e6, (double)d->size / 1e6);
}

static void on_progress(void *ctx, const struct eu_descriptor *d, uint64_t done)
{
	struct progress *p = ctx;
	int percent;

	if (d->size < WORTH)
		return;
	if (strcmp(p->digest, d->digest) != 0) {
		memcpy(p->digest, d->digest, sizeof(p->digest));
		p->percent = -1;
	}
	percent = (int)eu_scale(eu_min(done, d->size), 100, d->size);
	if (percent == p->percent)
		return;
	p->percent = percent;
	show(p, d, done);
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
	if (*p->digest)
		fputs("\r\033[K", stderr);
	*p->digest = '\0';
}
