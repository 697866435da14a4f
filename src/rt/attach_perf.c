/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "rt/attach.h"

/* Programs on perf events, one event for each CPU that is online. */

static const struct {
	const char *name;
	uint32_t type, config;
} events[] = {
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ },
	{ "context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS },
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
	{ "cache-references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
};

static int parse_event(const char *what, struct perf_event_attr *attr,
		       struct eu_error *err)
{
	unsigned long long config;
	unsigned int type;
	int n = 0;

	for (size_t i = 0; i < EU_COUNT(events); i++) {
		if (strcmp(what, events[i].name))
			continue;
		attr->type = events[i].type;
		attr->config = events[i].config;
		return 0;
	}
	if (sscanf(what, "r%llx%n", &config, &n) == 1 && !what[n]) {
		attr->type = PERF_TYPE_RAW;
		attr->config = config;
		return 0;
	}
	if (sscanf(what, "%u:%lli%n", &type, (long long *)&config, &n) == 2 &&
	    !what[n]) {
		attr->type = type;
		attr->config = config;
		return 0;
	}
	eu_error_set(err, -EINVAL, "unknown perf event '%s'; there are:", what);
	for (size_t i = 0; i < EU_COUNT(events); i++)
		eu_error_append(err, -EINVAL, " %s,", events[i].name);
	return eu_error_append(err, -EINVAL, " rHEX, TYPE:CONFIG");
}

static int open_event(struct perf_event_attr *attr, int pid, int cpu)
{
	return syscall(SYS_perf_event_open, attr, pid, cpu, -1,
		       PERF_FLAG_FD_CLOEXEC);
}

static int attach_cpu(const struct eu_attach *a, struct perf_event_attr *attr,
		      int pid, int cpu, struct eu_error *err)
{
	int fd = open_event(attr, pid, cpu), r;
	struct bpf_link *link;

	/* Most virtual machines count no cycles; a clock does as well. */
	/* EOPNOTSUPP: there is a counter, but none that interrupts. */
	if (fd < 0 && attr->type == PERF_TYPE_HARDWARE &&
	    (errno == ENOENT || errno == EOPNOTSUPP)) {
		eu_log(&a->p->log, 0,
		       "no hardware counter for '%s' here: using cpu-clock",
		       a->target ? a->target->what : "cycles");
		attr->type = PERF_TYPE_SOFTWARE;
		attr->config = PERF_COUNT_SW_CPU_CLOCK;
		fd = open_event(attr, pid, cpu);
	}
	if (fd < 0 && errno == ENODEV)
		return eu_error_set(err, -ENODEV, "CPU %d is not online", cpu);
	if (fd < 0)
		return eu_error_set(err, -errno, "cannot open perf event: %s",
				    strerror(errno));
	link = bpf_program__attach_perf_event(a->bpf, fd);
	r = eu_attach_keep(a, link, err);
	/* Once attached the descriptor is the link's. */
	if (!link)
		eu_close(fd);
	return r;
}

/* How often: 49 times a second unless the target says so. */
static void sampling(const struct eu_target *t, struct perf_event_attr *attr)
{
	int64_t period = eu_target_integer(t, "period", 0);

	attr->freq = !period;
	attr->sample_period = period ?: eu_target_integer(t, "freq", 49);
}

int eu_attach_perf_event(const struct eu_attach *a, struct eu_error *err)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int only = (int)eu_target_integer(a->target, "cpu", -1);
	int pid = (int)eu_target_integer(a->target, "pid", -1);
	int r, cpus, attached = 0;

	r = parse_event(a->target ? a->target->what : "cycles", &attr, err);
	if (r)
		return r;
	sampling(a->target, &attr);
	if (only >= 0 || pid >= 0)
		return attach_cpu(a, &attr, pid, only, err);
	cpus = libbpf_num_possible_cpus();
	for (int cpu = 0; cpu < cpus; cpu++) {
		r = attach_cpu(a, &attr, -1, cpu, err);
		/* Some are possible and not there. */
		if (r && r != -ENODEV)
			return r;
		attached += !r;
	}
	return attached ? 0 : r;
}
