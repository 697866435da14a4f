/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/cost.h"
#include "run.h"
#include "table.h"

int run_count_time(struct run *r, struct eu_error *err)
{
	r->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (r->stats_fd >= 0)
		return 0;
	return eu_error_set(
		err, -errno,
		"cannot count runs: %s (Linux 5.8 can; before, set kernel.bpf_stats_enabled)",
		strerror(errno));
}

/* What did not get through is said at the end, on standard error. */
void run_report_losses(const struct run *r)
{
	struct eu_stats st = { .sz = sizeof(st) };

	eu_program_stats(r->program, &st);
	if (st.lost)
		fprintf(stderr, "%s: %" PRIu64 " events were lost\n",
			program_name, st.lost);
	if (st.nearly_full && !st.lost_known)
		fprintf(stderr,
			"%s: a ring buffer was nearly full %" PRIu64
			" times: events may have been lost\n",
			program_name, st.nearly_full);
}

static void report_events(const struct run *r, struct eu_buf *out)
{
	struct eu_stats st = { .sz = sizeof(st) };

	eu_program_stats(r->program, &st);
	eu_buf_printf(out, "%s: %" PRIu64 " events", program_name, st.records);
	if (st.lost_known || st.lost)
		eu_buf_printf(out, ", %" PRIu64 "%s lost", st.lost,
			      st.lost_known ? "" : " known to be");
	else
		eu_buf_puts(out, "; losses are not counted");
	if (!st.lost_known && st.nearly_full)
		eu_buf_printf(out,
			      "; a ring buffer was nearly full %" PRIu64 " times",
			      st.nearly_full);
	eu_buf_putc(out, '\n');
}

void run_report(const struct run *r)
{
	static const struct table_column progs[] = {
		{ "name", "PROGRAM" },
		{ "runs", "RUNS", true },
		{ "ns_per_run", "NS/RUN", true },
		{ "verified", "VERIFIED", true },
	}, maps[] = {
		{ "name", "MAP" },
		{ "type", "TYPE" },
		{ "max_entries", "ENTRIES", true },
		{ "memory", "MEMORY", true },
	};
	eu_auto_json json_t *j = eu_cost_json(r->program);
	eu_auto_buf struct eu_buf out = EU_BUF(16 << 20);

	report_events(r, &out);
	table_print(json_object_get(j, "programs"), progs, EU_COUNT(progs),
		    "  ", &out);
	table_print(json_object_get(j, "maps"), maps, EU_COUNT(maps), "  ", &out);
	fputs(eu_buf_str(&out) ?: "", stderr);
}
