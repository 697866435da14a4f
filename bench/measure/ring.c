/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "ring.h"

#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* libbpf would make this process larger than those that it measures. */
static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

/* The map of @type behind a descriptor of the process, or 0. */
static unsigned int map_behind(const char *fdinfo, unsigned int type)
{
	unsigned int t = 0, id = 0;
	char line[256];
	FILE *f = fopen(fdinfo, "re");

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "map_type: %u", &t);
		sscanf(line, "map_id: %u", &id);
	}
	if (f)
		fclose(f);
	return t == type ? id : 0;
}

static int open_map(unsigned int id, const char *name)
{
	struct bpf_map_info info = { 0 };
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_id = id;
	fd = bpf(BPF_MAP_GET_FD_BY_ID, &attr);
	if (fd < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (unsigned long)&info;
	if (!bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) && !strcmp(info.name, name))
		return fd;
	close(fd);
	return -1;
}

static int find_map(pid_t pid, unsigned int type, const char *name)
{
	char dir[64], path[512];
	struct dirent *e;
	unsigned int id;
	int fd = -1;
	DIR *d;

	snprintf(dir, sizeof(dir), "/proc/%d/fdinfo", (int)pid);
	d = opendir(dir);
	if (!d)
		fail("cannot read %s: %s", dir, strerror(errno));
	while (fd < 0 && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		id = map_behind(path, type);
		if (id)
			fd = open_map(id, name);
	}
	closedir(d);
	if (fd < 0)
		fail("process %d has no map '%s'", (int)pid, name);
	return fd;
}

static const unsigned long *map_page(int fd, long at)
{
	void *p = mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED, fd, at);

	if (p == MAP_FAILED)
		fail("cannot map the ring: %s", strerror(errno));
	return p;
}

void ring_open_many(struct ring *r, const struct child *c, int n)
{
	char name[8] = "rb";

	r->n = n;
	r->counts = find_map(c->pid, BPF_MAP_TYPE_ARRAY, "counts");
	for (int i = 0; i < n; i++) {
		if (i)
			snprintf(name, sizeof(name), "rb%d", i);
		r->map[i] = find_map(c->pid, BPF_MAP_TYPE_RINGBUF, name);
		r->consumer[i] = map_page(r->map[i], 0);
		r->producer[i] = map_page(r->map[i], getpagesize());
	}
}

void ring_open(struct ring *r, const struct child *c)
{
	ring_open_many(r, c, 1);
}

void ring_close(struct ring *r)
{
	for (int i = 0; i < r->n; i++) {
		munmap((void *)r->consumer[i], getpagesize());
		munmap((void *)r->producer[i], getpagesize());
		close(r->map[i]);
	}
	close(r->counts);
}

unsigned long ring_taken(const struct ring *r)
{
	unsigned long taken = 0;

	for (int i = 0; i < r->n; i++)
		taken += __atomic_load_n(r->consumer[i], __ATOMIC_ACQUIRE);
	return taken;
}

bool ring_drained(const struct ring *r)
{
	for (int i = 0; i < r->n; i++)
		if (__atomic_load_n(r->consumer[i], __ATOMIC_ACQUIRE) !=
		    __atomic_load_n(r->producer[i], __ATOMIC_ACQUIRE))
			return false;
	return true;
}

struct burst_counts ring_counts(const struct ring *r)
{
	struct burst_counts c = { 0 };
	union bpf_attr attr;
	unsigned int zero = 0;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = r->counts;
	attr.key = (unsigned long)&zero;
	attr.value = (unsigned long)&c;
	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		fail("cannot read the counters: %s", strerror(errno));
	return c;
}

void burst(int key, int n, bool wake_once)
{
	int ask = BURST_ASK | (wake_once ? BURST_WAKE_ONCE : 0) |
		  key << BURST_KEY_SHIFT | n;

	/* Not by getpgid(): libc may one day answer by itself. */
	syscall(__NR_getpgid, ask);
}
