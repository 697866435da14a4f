/* SPDX-License-Identifier: MIT */
#include "btf/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/account.h"
#include "base/cgroup.h"

enum {
	MAX_NAMES = 1 << 18,
	MAX_DEPTH = 32,	    /* of control groups in each other */
	AGAIN_AFTER = 1000, /* milliseconds */
	CLOCK_TEXT = 12,
	DATE_TEXT = 32,
};

struct named {
	uint64_t id;
	char *name;
};

struct list {
	struct named *names; /* ascending */
	size_t n;
	uint64_t read_at; /* milliseconds; 0: never */
};

struct eu_names {
	struct list lists[EU_NAMES_LISTS];
	int64_t offset; /* from the monotonic clock to the wall's */
	bool utc;
	uint64_t second; /* that @clock shows */
	char clock[CLOCK_TEXT];
	uint64_t date_second; /* that @date shows */
	char date[DATE_TEXT];
};

static int64_t now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

struct eu_names *eu_names_new(void)
{
	struct eu_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->second = n->date_second = UINT64_MAX;
	eu_names_tick(n);
	return n;
}

static void clear(struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i].name);
	l->n = 0;
}

void eu_names_free(struct eu_names *n)
{
	if (!n)
		return;
	for (int i = 0; i < EU_NAMES_LISTS; i++) {
		clear(&n->lists[i]);
		free(n->lists[i].names);
	}
	free(n);
}

void eu_names_utc(struct eu_names *n)
{
	n->utc = true;
	n->second = UINT64_MAX;
}

void eu_names_tick(struct eu_names *n)
{
	n->offset = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);
}

uint64_t eu_names_wall(const struct eu_names *n, uint64_t ktime)
{
	return ktime + (uint64_t)n->offset;
}

const char *eu_names_clock(struct eu_names *n, uint64_t second)
{
	time_t t = (time_t)second;
	struct tm tm = { 0 };

	if (second == n->second)
		return n->clock;
	if (!(n->utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)))
		tm = (struct tm){ 0 };
	snprintf(n->clock, sizeof(n->clock), "%02u:%02u:%02u",
		 (unsigned int)tm.tm_hour % 100, (unsigned int)tm.tm_min % 100,
		 (unsigned int)tm.tm_sec % 100);
	n->second = second;
	return n->clock;
}

const char *eu_names_date(struct eu_names *n, uint64_t second)
{
	time_t t = (time_t)second;
	struct tm tm = { 0 };

	if (second == n->date_second)
		return n->date;
	if (!gmtime_r(&t, &tm) ||
	    !strftime(n->date, sizeof(n->date), "%Y-%m-%dT%H:%M:%S", &tm))
		*n->date = '\0';
	n->date_second = second;
	return n->date;
}

/* What finds no room stays a number. */
static void add(struct list *l, uint64_t id, const char *name, size_t max)
{
	char *copy;

	if (eu_array_grow(&l->names, l->n, sizeof(*l->names), MAX_NAMES))
		return;
	copy = strndup(name, max);
	if (copy)
		l->names[l->n++] = (struct named){ id, copy };
}

static int add_account(void *ctx, const struct eu_account *a)
{
	add(ctx, a->id, a->name, EU_NAMES_MAX);
	return 0;
}

static void read_users(struct list *l)
{
	eu_accounts_users(add_account, l);
}

static void read_groups(struct list *l)
{
	eu_accounts_groups(add_account, l);
}

/* The number of a folder's entry is the id of the group below it. */
static void read_cgroups_in(struct list *l, int dir_fd, char *path, size_t len,
			    int depth)
{
	DIR *d = fdopendir(dir_fd);
	struct dirent *e;
	size_t n;
	int fd;

	while (d && (e = readdir(d))) {
		n = strlen(e->d_name);
		if (e->d_type != DT_DIR || *e->d_name == '.' ||
		    len + n + 2 > EU_NAMES_PATH)
			continue;
		path[len] = '/';
		memcpy(path + len + 1, e->d_name, n + 1);
		add(l, e->d_ino, path, EU_NAMES_PATH);
		fd = depth < MAX_DEPTH ? openat(dirfd(d), e->d_name,
						O_RDONLY | O_DIRECTORY |
							O_CLOEXEC | O_NOFOLLOW) :
					 -1;
		if (fd >= 0)
			read_cgroups_in(l, fd, path, len + 1 + n, depth + 1);
	}
	path[len] = '\0';
	if (d)
		closedir(d);
	else
		eu_close(dir_fd);
}

static int open_cgroups(void)
{
	eu_auto_free char *root = eu_cgroup_root();

	return root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

static void read_cgroups(struct list *l)
{
	char path[EU_NAMES_PATH + 1] = "";
	struct stat st;
	int fd = open_cgroups();

	if (fd < 0)
		return;
	if (!fstat(fd, &st))
		add(l, st.st_ino, "/", EU_NAMES_PATH);
	read_cgroups_in(l, fd, path, 0, 0);
}

static void read_namespaces(struct list *l)
{
	DIR *d = opendir("/run/netns");
	struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.' && !fstatat(dirfd(d), e->d_name, &st, 0))
			add(l, st.st_ino, e->d_name, EU_NAMES_MAX);
	if (d)
		closedir(d);
}

static void (*const readers[EU_NAMES_LISTS])(struct list *l) = {
	[EU_NAMES_USER] = read_users,
	[EU_NAMES_GROUP] = read_groups,
	[EU_NAMES_CGROUP] = read_cgroups,
	[EU_NAMES_NETNS] = read_namespaces,
};

static int by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const char *search(const struct list *l, uint64_t id)
{
	const struct named key = { .id = id }, *found;

	found = l->n ? bsearch(&key, l->names, l->n, sizeof(key), by_id) : NULL;
	return found ? found->name : NULL;
}

const char *eu_names_find(struct eu_names *n, enum eu_names_of list, uint64_t id)
{
	struct list *l = &n->lists[list];
	const char *name = search(l, id);
	uint64_t ms;

	if (name)
		return name;
	ms = (uint64_t)now(CLOCK_MONOTONIC) / 1000000;
	if (l->read_at && ms - l->read_at < AGAIN_AFTER)
		return NULL;
	l->read_at = eu_max(ms, (uint64_t)1);
	clear(l);
	readers[list](l);
	if (l->n)
		qsort(l->names, l->n, sizeof(*l->names), by_id);
	return search(l, id);
}
