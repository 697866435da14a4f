/* SPDX-License-Identifier: MIT */
#include "remote.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_LINE = 4096, MAX_RETRIES = 100 };

static const uint64_t MAX_WAIT_MS = 3600 * 1000;

void remote_option(struct remote *r, int id, const char *value)
{
	switch (id) {
	case REMOTE_USER: r->o.user = value; break;
	case REMOTE_PASSWORD: r->o.password = value; break;
	case REMOTE_PASSWORD_STDIN: r->password_stdin = true; break;
	case REMOTE_PROMPT: r->prompt = true; break;
	case REMOTE_PLAIN_HTTP: r->o.plain_http = true; break;
	case REMOTE_CACERT: r->o.cacert = value; break;
	case REMOTE_INSECURE: r->o.insecure = true; break;
	case REMOTE_TIMEOUT: r->timeout = value; break;
	case REMOTE_RETRIES: r->retries = value; break;
	}
}

/* A line of standard input without its end, to be freed. */
static int read_line(const char *what, char **ret, struct eu_error *err)
{
	char line[MAX_LINE];
	size_t n;

	if (!fgets(line, sizeof(line), stdin))
		return eu_error_set(err, -ENODATA, "standard input has no %s",
				    what);
	n = strcspn(line, "\r\n");
	if (n == sizeof(line) - 1)
		return eu_error_set(err, -E2BIG, "the %s has more than %d bytes",
				    what, MAX_LINE - 2);
	line[n] = '\0';
	*ret = strdup(line);
	return *ret ? 0 : eu_error_oom(err);
}

/* Until there is a line, or a signal, which @set has blocked. */
static int wait_for_line(const sigset_t *set)
{
	eu_auto_close int signals = signalfd(-1, set, SFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };

	while (poll(fds, EU_COUNT(fds), -1) < 0 && errno == EINTR)
		;
	return fds[1].revents ? -EINTR : 0;
}

/* A line that is not shown. What ends us leaves the terminal as it was. */
static int ask_secret(const char *what, char **ret, struct eu_error *err)
{
	struct termios old, quiet;
	sigset_t set, before;
	int r;

	if (tcgetattr(STDIN_FILENO, &old))
		return read_line(what, ret, err);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, &before);
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	r = wait_for_line(&set);
	if (!r)
		r = read_line(what, ret, err);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fputc('\n', stderr);
	/* The signal comes now. */
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r == -EINTR ? eu_error_set(err, r, "no %s was given", what) : r;
}

int remote_ask(const char *what, bool secret, char **ret, struct eu_error *err)
{
	fprintf(stderr, "%s: ", what);
	return secret ? ask_secret(what, ret, err) : read_line(what, ret, err);
}

int remote_limits(struct remote *r, struct eu_error *err)
{
	char *end = NULL;
	uint64_t ns;
	unsigned long n;

	if (r->timeout && parse_duration(r->timeout, &ns, err))
		return eu_error_prefix(err, -EINVAL, "--read-timeout");
	if (r->timeout)
		r->o.stall_ms = eu_max(eu_min(ns / 1000000, MAX_WAIT_MS),
				       (uint64_t)1);
	if (!r->retries)
		return 0;
	n = strtoul(r->retries, &end, 10);
	if (!isdigit((unsigned char)*r->retries) || *end || n > MAX_RETRIES)
		return eu_error_set(err, -EINVAL,
				    "--retries: '%s' is no number up to %d",
				    r->retries, MAX_RETRIES);
	r->o.tries = n + 1;
	return 0;
}

struct eu_http_opts remote_http(const struct remote *r)
{
	return (struct eu_http_opts){
		.cacert = r->o.cacert,
		.insecure = r->o.insecure,
		.connect_ms = r->o.stall_ms,
		.stall_ms = r->o.stall_ms,
		.tries = r->o.tries,
	};
}

int remote_complete(struct remote *r, struct eu_error *err)
{
	struct eu_registry_opts *o = &r->o;
	int n;

	if (r->complete)
		return 0;
	n = remote_limits(r, err);
	if (n)
		return n;
	if (r->prompt && (o->user || o->password))
		return eu_error_set(
			err, -EINVAL,
			"--prompt asks for what --username and --password give: leave one of them out");
	if (o->password && r->password_stdin)
		return eu_error_set(
			err, -EINVAL,
			"--password and --password-stdin: give one of them");
	if ((o->password || r->password_stdin) && !o->user && !r->prompt)
		return eu_error_set(err, -EINVAL,
				    "a password is for a --username");
	if (r->prompt) {
		n = remote_ask("user name", false, &r->typed[0], err);
		if (!n)
			n = remote_ask("password", true, &r->typed[1], err);
		o->user = r->typed[0];
	} else if (r->password_stdin) {
		n = read_line("password", &r->typed[1], err);
	} else if (o->user && !o->password) {
		n = remote_ask("password", true, &r->typed[1], err);
	}
	if (!n && r->typed[1])
		o->password = r->typed[1];
	r->complete = !n;
	return n;
}

int remote_parse(struct remote *r, const struct eu_command *cmd, int argc,
		 char **argv, const char **ret_word, const char *what)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	struct eu_error err;
	int i;

	while ((i = eu_args_next(&a, cmd->options, &err)) != EU_ARGS_END) {
		if (i >= 0 && cmd->options[i].id < REMOTE_USER)
			return show_help(cmd);
		if (i >= 0) {
			remote_option(r, cmd->options[i].id, a.value);
			continue;
		}
		if (i == EU_ARGS_WORD && *ret_word)
			i = eu_error_set(&err, -EINVAL,
					 "unexpected argument '%s'", a.value);
		if (i != EU_ARGS_WORD)
			return fail_usage(cmd, &err);
		*ret_word = a.value;
	}
	if (!*ret_word)
		i = eu_error_set(&err, -EINVAL, "no %s given", what);
	else
		i = remote_complete(r, &err);
	return i ? fail_usage(cmd, &err) : -1;
}

void remote_done(struct remote *r)
{
	free(r->typed[0]);
	free(r->typed[1]);
}

int remote_note(json_t **notes, const char *text, struct eu_error *err)
{
	const char *equals = strchr(text, '=');
	eu_auto_free char *key = NULL;

	if (!equals || equals == text)
		return eu_error_set(
			err, -EINVAL,
			"annotations should be like `key=value`, not '%s'", text);
	key = strndup(text, equals - text);
	if (!key)
		return eu_error_oom(err);
	if (!*notes)
		*notes = json_object();
	eu_json_put(notes, key, eu_json_text(equals + 1));
	return *notes ? 0 : eu_error_oom(err);
}

int remote_ref(const char *text, struct eu_ref *ret, struct eu_error *err)
{
	if (!has_host(text))
		return eu_error_set(
			err, -EINVAL,
			"'%s' has no host in front: write HOST[:PORT]/PATH[:TAG], for Docker's registry docker.io/library/PATH",
			text);
	return eu_ref_parse(text, ret, err);
}
