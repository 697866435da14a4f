/* SPDX-License-Identifier: MIT */
#include "sym/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST = 64, MOST = 1 << 16 };

/* How long a process is taken to be the one that it was, in nanoseconds. */
static const uint64_t trust = 1000000000;

/* Field 22 of /proc/PID/stat; the name before it may hold anything. */
static uint64_t began_at(uint32_t pid)
{
	eu_auto_close int fd = -1;
	char path[32], text[1024], *p;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoull(p, NULL, 10) : 0;
}

static void identify(uint32_t pid, uint64_t id[3])
{
	char path[32];
	struct stat st;

	memset(id, 0, 3 * sizeof(*id));
	id[0] = began_at(pid);
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/exe", pid);
	if (!id[0] || stat(path, &st))
		return;
	id[1] = st.st_dev;
	id[2] = st.st_ino;
}

static struct eu_process *place_of(const struct eu_processes *p, uint32_t pid)
{
	size_t i = pid * 2654435761u;

	for (;; i++) {
		struct eu_process *at = &p->table[i & (p->cap - 1)];

		if (!at->pid || at->pid == pid)
			return at;
	}
}

/* At most half full. What is too much is forgotten all at once. */
static bool make_room(struct eu_processes *p)
{
	struct eu_processes old = *p;
	bool forget = p->n >= MOST;

	if (p->cap && p->n * 2 < p->cap)
		return true;
	p->cap = forget ? FIRST : eu_max(old.cap * 2, (size_t)FIRST);
	p->table = calloc(p->cap, sizeof(*p->table));
	if (!p->table) {
		*p = old;
		return false;
	}
	p->n = forget ? 0 : old.n;
	for (size_t i = 0; i < old.cap && !forget; i++)
		if (old.table[i].pid)
			*place_of(p, old.table[i].pid) = old.table[i];
	free(old.table);
	return true;
}

uint32_t eu_processes_space(struct eu_processes *p, uint32_t pid, uint64_t now)
{
	struct eu_process *at;
	uint64_t id[3];

	if (!make_room(p))
		return 0;
	at = place_of(p, pid);
	if (at->pid && now - at->checked < trust)
		return at->space;
	identify(pid, id);
	/* One that is gone has left its names behind. */
	if (!at->pid || (id[0] && memcmp(id, at->id, sizeof(id)))) {
		p->n += !at->pid;
		at->pid = pid;
		at->space = ++p->last_space;
		memcpy(at->id, id, sizeof(id));
	}
	at->checked = now;
	return at->space;
}

void eu_processes_done(struct eu_processes *p)
{
	free(p->table);
	*p = (struct eu_processes){ 0 };
}
