/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "rt/source.h"

/*
 * bpf_printk() lines through a trace instance of our own: other readers of
 * trace_pipe lose nothing. The instance is called after our process id; those
 * of processes that are gone are removed when one is made.
 *
 * A line does not say which program wrote it: all lines of the machine are seen.
 * It names the task that was running, so lines that our own writing gave
 * rise to are recognised by our process id and left out: a program that traces
 * write(2) would never come to an end.
 */

enum { MAX_READS = 1024, NAME_WIDTH = 16, MAX_INSTANCES = 1000 };

static const char prefix[] = "eunomia-";

struct trace {
	struct eu_leftover left;
	const char *dir; /* in @left, once it is made */
	int pipe;
	pid_t self;
	char buf[65536];
	size_t len; /* of an unfinished line at the start of buf */
};

static int write_file(const char *dir, const char *name, const char *text)
{
	eu_auto_free char *path = eu_path_join(dir, name);
	eu_auto_close int fd = -1;

	if (!path)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return eu_write_all(fd, text, strlen(text));
}

static const char *tracefs(void)
{
	static const char *const places[] = { "/sys/kernel/tracing",
					      "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < EU_COUNT(places); i++) {
		eu_auto_free char *path = eu_path_join(places[i], "instances");

		if (path && !access(path, W_OK))
			return places[i];
	}
	return NULL;
}

static void remove_stale(const char *instances)
{
	DIR *d = opendir(instances);
	struct dirent *e;
	long pid;

	while (d && (e = readdir(d))) {
		eu_auto_free char *path = NULL;

		if (strncmp(e->d_name, prefix, strlen(prefix)))
			continue;
		pid = strtol(e->d_name + strlen(prefix), NULL, 10);
		if (pid <= 0 || !kill(pid, 0) || errno != ESRCH)
			continue;
		path = eu_path_join(instances, e->d_name);
		if (path)
			rmdir(path);
	}
	if (d)
		closedir(d);
}

/* -EEXIST: there is one of that number. */
static int make_instance(const struct eu_program *p, struct trace *t,
			 const char *instances, unsigned int number,
			 struct eu_error *err)
{
	struct eu_leftover left = EU_LEFTOVER_INIT;
	int r;

	left.kind = EU_LEFTOVER_TRACE;
	snprintf(left.instance, sizeof(left.instance), "%s/%s%d.%u", instances,
		 prefix, t->self, number);
	r = eu_program_leaves(p, &left, err);
	if (r)
		return r;
	if (mkdir(left.instance, 0700))
		return eu_error_set(err, -errno,
				    "cannot make a trace instance: %s",
				    strerror(errno));
	t->left = left;
	t->dir = t->left.instance;
	return 0;
}

static int open_instance(const struct eu_program *p, struct trace *t,
			 struct eu_error *err)
{
	eu_auto_free char *instances = NULL;
	const char *root = tracefs();
	int r = -EEXIST;

	if (!root)
		return eu_error_set(
			err, -ENOENT,
			"bpf_printk lines need tracefs: mount -t tracefs tracefs /sys/kernel/tracing");
	instances = eu_path_join(root, "instances");
	if (!instances)
		return eu_error_oom(err);
	remove_stale(instances);
	/* One process may run several programs. */
	for (unsigned int i = 0; r == -EEXIST && i < MAX_INSTANCES; i++)
		r = make_instance(p, t, instances, i, err);
	return r;
}

static int trace_open(struct eu_source *s, struct eu_error *err)
{
	struct trace *t = calloc(1, sizeof(*t));
	eu_auto_free char *path = NULL;
	int r;

	if (!t)
		return eu_error_oom(err);
	s->state = t;
	t->left = EU_LEFTOVER_INIT;
	t->pipe = -1;
	s->lost_known = true;
	t->self = getpid();
	r = open_instance(s->program, t, err);
	if (r)
		return r;
	/* The header's flags would stand between task and text. */
	write_file(t->dir, "options/print-tgid", "0");
	r = write_file(t->dir, "events/bpf_trace/bpf_trace_printk/enable", "1");
	if (r)
		return eu_error_set(
			err, r,
			"cannot show bpf_printk lines: the kernel has no bpf_trace_printk event (%s)",
			strerror(-r));
	path = eu_path_join(t->dir, "trace_pipe");
	if (path)
		t->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (t->pipe < 0)
		return eu_error_set(err, -errno, "cannot open trace_pipe: %s",
				    strerror(errno));
	return 0;
}

static int trace_fd(const struct eu_source *s)
{
	const struct trace *t = s->state;

	return t->pipe;
}

/*
 * "            bash-1234    [001] ...": was it written while we were running?
 * Names have at most 15 bytes, whatever those are, and are padded to 16.
 */
static bool is_own(const struct trace *t, const char *line, size_t n)
{
	return n > NAME_WIDTH && line[NAME_WIDTH] == '-' &&
	       strtol(line + NAME_WIDTH + 1, NULL, 10) == t->self;
}

/* Is it a line of a thread, and with a text, that are asked for? */
static bool is_wanted(const struct eu_program *p, const char *line, size_t n)
{
	const char *task = p->line_task, *text = p->line_text, *end;
	size_t pad = strspn(line, " "), len;

	if (text && !memmem(line, n, text, strlen(text)))
		return false;
	if (!task)
		return true;
	if (n <= NAME_WIDTH || line[NAME_WIDTH] != '-')
		return false;
	len = strlen(task);
	if (task[strspn(task, "0123456789")] == '\0') {
		end = line + NAME_WIDTH + 1;
		return !strncmp(end, task, len) && end[len] == ' ';
	}
	/* The kernel keeps fifteen bytes of a name. */
	len = eu_min(len, (size_t)NAME_WIDTH - 1);
	return pad + len == NAME_WIDTH && !memcmp(line + pad, task, len);
}

/* "CPU:1 [LOST 42 EVENTS]", or without a number: they are counted. */
static bool is_loss(struct eu_source *s, const char *line, size_t n)
{
	static const char lost[] = " [LOST ";
	const char *at = memmem(line, n, lost, strlen(lost));

	if (!at || n < 4 || memcmp(line, "CPU:", 4))
		return false;
	at += strlen(lost);
	s->lost += eu_max(strtoull(at, NULL, 10), 1ull);
	return true;
}

static int give_lines(struct eu_source *s)
{
	struct trace *t = s->state;
	char *line = t->buf, *nl;
	size_t left = t->len;
	int r = 0;

	while (!r && (nl = memchr(line, '\n', left))) {
		size_t n = nl - line;

		/* Behind a text with a newline of its own stands nothing. */
		if (n && !is_own(t, line, n) && !is_loss(s, line, n) &&
		    is_wanted(s->program, line, n))
			r = eu_source_record(s, NULL, line, n);
		line += n + 1;
		left -= n + 1;
	}
	/* A line longer than all the room is given in pieces. */
	if (left == sizeof(t->buf)) {
		r = eu_source_record(s, NULL, line, left);
		left = 0;
	}
	memmove(t->buf, line, left);
	t->len = left;
	return r;
}

static int trace_dispatch(struct eu_source *s, struct eu_error *err)
{
	struct trace *t = s->state;
	ssize_t n = 0;
	int r;

	/* Lines may come as fast as they are read; others want a turn too. */
	for (int i = 0; i < MAX_READS; i++) {
		n = read(t->pipe, t->buf + t->len, sizeof(t->buf) - t->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		t->len += n;
		r = give_lines(s);
		if (r)
			return r;
	}
	if (n < 0 && errno != EAGAIN)
		return eu_error_set(err, -errno, "cannot read trace_pipe: %s",
				    strerror(errno));
	return 0;
}

static void trace_close(struct eu_source *s)
{
	struct trace *t = s->state;

	if (!t)
		return;
	eu_close(t->pipe);
	eu_leftover_remove(&t->left);
	free(t);
}

const struct eu_source_ops eu_source_trace = {
	.name = "trace pipe",
	.open = trace_open,
	.fd = trace_fd,
	.dispatch = trace_dispatch,
	.close = trace_close,
};
