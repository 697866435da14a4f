/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>

#include "rows.h"

/*
 * As most tools do it, but for the time, which they format for each row:
 * printf, buffered, flushed once a batch. Nothing is escaped.
 */

static const char *clock_text(void)
{
	static char text[16];
	static time_t last;
	time_t now = time(NULL);
	struct tm tm;

	if (now != last) {
		localtime_r(&now, &tm);
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
		last = now;
	}
	return text;
}

void rows_begin(bool json)
{
	setvbuf(stdout, NULL, _IOFBF, 64 << 10);
	if (!json)
		fputs(ROWS_HEADER, stdout);
	fflush(stdout);
}

void rows_text(const struct event *e)
{
	printf("%s %-6d %-6d %-9u %-11llu %-6s %-8s %s\n", clock_text(), e->pid,
	       e->ppid, e->exit_code, e->duration_ns, e->comm, e->filename,
	       e->exit_event ? "true" : "false");
}

void rows_json(const struct event *e)
{
	printf("{\"pid\":%d,\"ppid\":%d,\"exit_code\":%u,\"duration_ns\":%llu,\"comm\":\"%s\",\"filename\":\"%s\",\"exit_event\":%s}\n",
	       e->pid, e->ppid, e->exit_code, e->duration_ns, e->comm,
	       e->filename, e->exit_event ? "true" : "false");
}

void rows_end_batch(void)
{
	fflush(stdout);
}
