/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "rt/advice.h"

enum { MAX_KEPT = 256 << 10, VERIFIER_LINES = 6, ADVISED = 2, WARNINGS = 3 };

static _Thread_local struct eu_log *current;
static libbpf_print_fn_t previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The end matters: the verifier says at last why it refused. */
static void keep(struct eu_buf *b, const char *s, size_t n)
{
	size_t drop;

	if (n > MAX_KEPT) {
		s += n - MAX_KEPT;
		n = MAX_KEPT;
	}
	if (b->len + n > MAX_KEPT) {
		drop = b->len + n - MAX_KEPT;
		memmove(b->data, b->data + drop, b->len - drop);
		b->len -= drop;
	}
	eu_buf_put(b, s, n);
}

static int print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	struct eu_log *log = current;
	char *text;
	int n;

	if (!log)
		return previous ? previous(level, fmt, ap) : 0;
	if (level != LIBBPF_WARN && !log->fn)
		return 0;
	n = vasprintf(&text, fmt, ap);
	if (n < 0)
		return 0;
	if (level == LIBBPF_WARN)
		keep(&log->kept, text, n);
	if (n && text[n - 1] == '\n')
		text[n - 1] = '\0';
	/* Its warnings become the words of an error: no need to say it twice. */
	if (log->fn)
		log->fn(log->ctx, 2, text);
	free(text);
	return 0;
}

static void install(void)
{
	previous = libbpf_set_print(print);
}

void eu_log_init(struct eu_log *log, eu_log_fn fn, void *ctx)
{
	*log = (struct eu_log){
		.fn = fn,
		.ctx = ctx,
		.kept = EU_BUF(MAX_KEPT + 1),
	};
}

void eu_log_done(struct eu_log *log)
{
	eu_buf_done(&log->kept);
}

void eu_log_enter(struct eu_log *log)
{
	pthread_once(&once, install);
	eu_buf_clear(&log->kept);
	current = log;
}

void eu_log_leave(void)
{
	current = NULL;
}

void eu_log(struct eu_log *log, int level, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	if (!log->fn)
		return;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	log->fn(log->ctx, level, text);
	free(text);
}

/* The line that ends before @end and does not begin before @from. */
static const char *line_before(const char *from, const char *end)
{
	const char *nl;

	if (end > from && end[-1] == '\n')
		end--;
	nl = memrchr(from, '\n', end - from);
	return nl ? nl + 1 : from;
}

static bool begins(const char *line, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - line) >= n && !memcmp(line, with, n);
}

static void trim(const char **line, const char **end, const char *prefix)
{
	if (begins(*line, *end, prefix))
		*line += strlen(prefix);
	while (*end > *line && ((*end)[-1] == '\n' || (*end)[-1] == '\r'))
		(*end)--;
}

/* Statistics, and states that were compared: nothing about the cause. */
static bool is_aside(const char *line, const char *end)
{
	static const char *const with[] = {
		"processed ", "verification time", "stack depth",
		"cur state:", "old state:",
	};

	for (size_t i = 0; i < EU_COUNT(with); i++)
		if (begins(line, end, with[i]))
			return true;
	return false;
}

/*
 * Between the two markers stands the verifier's log. Lines with "; " in front
 * are the source.
 */
static void explain_verifier(const char *from, const char *end,
			     struct eu_error *err, int code)
{
	const char *line, *stop = end, *source = NULL, *source_end = NULL;
	const char *last[VERIFIER_LINES], *last_end[VERIFIER_LINES], *advice;
	int n = 0;

	while (stop > from) {
		line = line_before(from, stop);
		if (begins(line, stop, "; ") && !source) {
			source = line;
			source_end = stop;
			trim(&source, &source_end, "; ");
		}
		if (n < VERIFIER_LINES && *line != '\n' && !is_aside(line, stop)) {
			last[n] = line;
			last_end[n++] = stop;
		}
		if (source && n == VERIFIER_LINES)
			break;
		stop = line;
	}
	advice = n ? eu_advice(last[eu_min(n, ADVISED) - 1],
			       last_end[0] - last[eu_min(n, ADVISED) - 1]) :
		     NULL;
	if (n) {
		trim(&last[0], &last_end[0], "");
		eu_error_append(err, code, ": the verifier says: %.*s",
				(int)(last_end[0] - last[0]), last[0]);
	}
	if (source)
		eu_error_append(err, code, "\n  source line: %.*s",
				(int)(source_end - source), source);
	if (advice)
		eu_error_append(err, code, "\n  what to do: %s", advice);
	if (n > 1)
		eu_error_append(err, code, "\n  end of the verifier's log:");
	for (int i = n - 1; n > 1 && i >= 0; i--) {
		trim(&last[i], &last_end[i], "");
		eu_error_append(err, code, "\n    %.*s",
				(int)(last_end[i] - last[i]), last[i]);
	}
}

/* A line that says what failed after another one, or was tried again. */
static bool is_echo(const char *line, size_t n)
{
	static const char *const words[] = {
		"failed to load object '",
		"': failed to load: ",
		"': failed to prepare load attributes: ",
		". Retrying without BTF.",
	};

	for (size_t i = 0; i < EU_COUNT(words); i++)
		if (memmem(line, n, words[i], strlen(words[i])))
			return true;
	return false;
}

/*
 * libbpf's warnings but for echoes. The first is the cause more often than
 * not, the last stand next to the failure: of many these are taken.
 */
static void explain_warnings(const char *from, const char *end,
			     struct eu_error *err, int code)
{
	const char *line[WARNINGS], *stop_of[WARNINGS], *first = from, *stop;
	size_t n = 0;

	for (; from < end; from = stop + 1) {
		stop = memchr(from, '\n', end - from) ?: end;
		if (stop == from || is_echo(from, stop - from))
			continue;
		if (n == WARNINGS) {
			line[1] = line[2];
			stop_of[1] = stop_of[2];
			n--;
		}
		line[n] = from;
		stop_of[n++] = stop;
	}
	/* Nothing but echoes: the first of them. */
	if (!n) {
		line[0] = first;
		stop_of[n++] = memchr(first, '\n', end - first) ?: end;
	}
	for (size_t i = 0; i < n; i++) {
		trim(&line[i], &stop_of[i], "libbpf: ");
		eu_error_append(err, code, "%s %.*s", i ? ";" : ":",
				(int)(stop_of[i] - line[i]), line[i]);
	}
}

int eu_log_explain(const struct eu_log *log, int code, struct eu_error *err)
{
	static const char begin[] = "-- BEGIN PROG LOAD LOG --\n";
	static const char finish[] = "-- END PROG LOAD LOG --";
	const char *data = log->kept.data, *from, *end;
	size_t n = log->kept.len;

	if (!err || !n)
		return code;
	from = memmem(data, n, begin, strlen(begin));
	end = memmem(data, n, finish, strlen(finish));
	/* The log's beginning may have been dropped. */
	if (end && (!from || from < end))
		explain_verifier(from ? from + strlen(begin) : data, end, err,
				 code);
	else
		explain_warnings(data, data + n, err, code);
	return code;
}

const char *eu_log_refused(const struct eu_log *log, size_t *ret_n)
{
	static const char behind[] = "': failed to load";
	const char *data = log->kept.data, *end, *name;

	end = data ? memmem(data, log->kept.len, behind, strlen(behind)) : NULL;
	name = end ? memrchr(data, '\'', end - data) : NULL;
	if (!name)
		return NULL;
	*ret_n = end - (name + 1);
	return name + 1;
}
