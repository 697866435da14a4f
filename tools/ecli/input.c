/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "rt/input.h"
#include "run.h"

/*
 * --input: lines of standard input as records for a user ring buffer. Reading
 * stops while the ring is full, and goes on when the program has made room. A
 * line that is no record is told, and left out.
 */

enum { MAX_LINE = 64 << 10 };

struct run_input {
	struct eu_input *to;
	char text[MAX_LINE + 1];
	size_t len;	     /* bytes of it */
	unsigned long lines; /* so far */
	bool watched;	     /* standard input is */
	bool full;	     /* the ring was */
	bool skip;	     /* the rest of a line that is too long */
	bool ended;
};

static void watch_input(struct run *r, bool on)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = STDIN_FILENO };
	struct run_input *in = r->input;

	/* Files are refused: they are always readable. */
	if (on != in->watched &&
	    !epoll_ctl(r->loop, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
		       STDIN_FILENO, &ev))
		in->watched = on;
}

static void complain(unsigned long line, const char *what)
{
	fprintf(stderr, "%s: line %lu of the input: %s\n", program_name, line,
		what);
}

/* One line; false if there is no room for it. */
static bool send_line(struct run *r, const char *line)
{
	struct run_input *in = r->input;
	struct eu_error err = { 0 };
	int ret;

	if (!line[strspn(line, " \t\r")])
		return true;
	ret = eu_input_send_text(r->program, in->to, line, &err);
	if (ret && ret != -ENOSPC)
		complain(in->lines, err.text);
	return ret != -ENOSPC;
}

/* The whole lines that are there. */
static void send_lines(struct run *r)
{
	struct run_input *in = r->input;
	char *at = in->text, *end = in->text + in->len, *nl;

	in->full = false;
	while ((nl = memchr(at, '\n', end - at))) {
		*nl = '\0';
		in->lines++;
		if (!in->skip && !send_line(r, at)) {
			in->full = true;
			in->lines--;
			*nl = '\n';
			break;
		}
		in->skip = false;
		at = nl + 1;
	}
	in->len = end - at;
	memmove(in->text, at, in->len);
	if (in->full || in->len < MAX_LINE)
		return;
	if (!in->skip)
		complain(in->lines + 1, "it is longer than 65536 bytes");
	in->skip = true;
	in->len = 0;
}

static void end_input(struct run *r)
{
	struct run_input *in = r->input;

	/* The last line may lack its end. */
	if (in->len && in->len < MAX_LINE) {
		in->text[in->len++] = '\n';
		send_lines(r);
	}
	in->ended = !in->full;
}

/* Or it may be the ring alone that has room. */
static bool is_readable(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

void run_input(struct run *r)
{
	struct run_input *in = r->input;
	ssize_t n;

	send_lines(r);
	while (!in->full && !in->ended && is_readable()) {
		n = read(STDIN_FILENO, in->text + in->len, MAX_LINE - in->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			end_input(r);
			break;
		}
		in->len += n;
		send_lines(r);
		/* More of a pipe or a terminal might have to be waited for. */
		if (in->watched)
			break;
	}
	watch_input(r, !in->full && !in->ended);
}

int run_input_open(struct run *r, struct eu_error *err)
{
	struct epoll_event room = { .events = EPOLLOUT | EPOLLET };
	struct run_input *in;

	if (!r->o->input)
		return 0;
	if (!strcmp(r->o->path, "-"))
		return eu_error_set(
			err, -EINVAL,
			"the program comes from standard input, which --input reads");
	in = calloc(1, sizeof(*in));
	if (!in)
		return eu_error_oom(err);
	r->input = in;
	if (eu_input_open(r->program, r->o->input, &in->to, err))
		return err->code;
	room.data.fd = in->to->fd;
	if (epoll_ctl(r->loop, EPOLL_CTL_ADD, in->to->fd, &room))
		return eu_error_set(err, -errno, "cannot wait for map '%s': %s",
				    r->o->input, strerror(errno));
	return 0;
}

void run_input_begin(struct run *r)
{
	if (!r->input)
		return;
	watch_input(r, true);
	/* All of a file that fits, before anybody is told that we are ready. */
	if (!r->input->watched)
		run_input(r);
}

bool run_input_is(const struct run *r, int fd)
{
	return r->input && (fd == STDIN_FILENO || fd == r->input->to->fd);
}

void run_input_done(struct run *r)
{
	const struct run_input *in = r->input;

	if (in && in->full)
		fprintf(stderr,
			"%s: map '%s' was full: input from line %lu on was not taken\n",
			program_name, r->o->input, in->lines + 1);
	free(r->input);
}
