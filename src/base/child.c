/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"

enum { MAX_ARGS = 4096, MAX_OUTPUT = 1 << 30 };

static void take(struct eu_argv *a, char *word)
{
	/* One more for the NULL at the end. */
	if (!word || a->failed || a->n >= MAX_ARGS ||
	    eu_array_grow(&a->list, a->n, sizeof(*a->list), MAX_ARGS + 1)) {
		a->failed = true;
		free(word);
		return;
	}
	a->list[a->n++] = word;
	if (eu_array_grow(&a->list, a->n, sizeof(*a->list), MAX_ARGS + 1)) {
		a->failed = true;
		return;
	}
	a->list[a->n] = NULL;
}

void eu_argv_add(struct eu_argv *a, const char *word)
{
	take(a, strdup(word));
}

void eu_argv_addf(struct eu_argv *a, const char *fmt, ...)
{
	char *word;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&word, fmt, ap);
	va_end(ap);
	take(a, n < 0 ? NULL : word);
}

void eu_argv_done(struct eu_argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->list[i]);
	free(a->list);
	memset(a, 0, sizeof(*a));
}

void eu_argv_format(const struct eu_argv *a, struct eu_buf *out)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_=./,:+@%";

	for (size_t i = 0; i < a->n; i++) {
		const char *w = a->list[i];

		if (i)
			eu_buf_putc(out, ' ');
		if (*w && strspn(w, plain) == strlen(w)) {
			eu_buf_puts(out, w);
			continue;
		}
		eu_buf_putc(out, '\'');
		for (; *w; w++)
			if (*w == '\'')
				eu_buf_puts(out, "'\\''");
			else
				eu_buf_putc(out, *w);
		eu_buf_putc(out, '\'');
	}
}

int eu_memfd(const char *name, const void *data, size_t len)
{
	eu_auto_close int fd = memfd_create(name, MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = eu_write_all(fd, data, len);
	if (r)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return eu_take_fd(fd);
}

int eu_memfd_read(int fd, const char *name, char **ret_data, size_t *ret_len,
		  struct eu_error *err)
{
	if (lseek(fd, 0, SEEK_SET) < 0)
		return eu_error_set(err, -errno, "cannot read '%s': %s", name,
				    strerror(errno));
	return eu_file_read_fd(fd, name, MAX_OUTPUT, ret_data, ret_len, err);
}

/*
 * The environment with a wish for huge pages added: a compiler allocates and
 * touches some 100 MB, and a tenth of its time would go into page faults.
 * glibc before 2.35 ignores it.
 */
static int make_env(struct eu_argv *env)
{
	static const char name[] = "GLIBC_TUNABLES=";
	static const char wish[] = "glibc.malloc.hugetlb=1:"
				   "glibc.malloc.top_pad=67108864:"
				   "glibc.malloc.trim_threshold=268435456";
	const char *old = NULL;

	for (char **e = environ; *e; e++)
		if (!strncmp(*e, name, strlen(name)))
			old = *e + strlen(name);
		else
			eu_argv_add(env, *e);
	eu_argv_addf(env, "%s%s%s%s", name, wish, old && *old ? ":" : "",
		     old ?: "");
	return env->failed ? -ENOMEM : 0;
}

static int spawn(struct eu_child *c, const struct eu_argv *a, int in)
{
	eu_auto_argv struct eu_argv env = { 0 };
	posix_spawn_file_actions_t acts;
	int r;

	r = make_env(&env);
	if (r)
		return r;
	r = -posix_spawn_file_actions_init(&acts);
	if (r)
		return r;
	r = in < 0 ? -posix_spawn_file_actions_addopen(&acts, STDIN_FILENO,
						       "/dev/null", O_RDONLY, 0) :
		     -posix_spawn_file_actions_adddup2(&acts, in, STDIN_FILENO);
	if (!r)
		r = -posix_spawn_file_actions_adddup2(&acts, c->out,
						      STDOUT_FILENO);
	if (!r)
		r = -posix_spawn_file_actions_adddup2(&acts, c->err,
						      STDERR_FILENO);
	if (!r)
		r = -posix_spawnp(&c->pid, a->list[0], &acts, NULL, a->list,
				  env.list);
	posix_spawn_file_actions_destroy(&acts);
	return r;
}

int eu_child_start(struct eu_child *c, const struct eu_argv *a, int in,
		   struct eu_error *err)
{
	int r;

	if (a->failed)
		return eu_error_oom(err);
	c->out = eu_memfd("stdout", NULL, 0);
	c->err = eu_memfd("stderr", NULL, 0);
	if (c->out < 0 || c->err < 0)
		return eu_error_set(err, eu_min(c->out, c->err),
				    "cannot make a memory file: %s",
				    strerror(-eu_min(c->out, c->err)));
	r = spawn(c, a, in);
	if (!r)
		return 0;
	c->pid = 0;
	return eu_error_set(err, r, "cannot run '%s': %s", a->list[0],
			    strerror(-r));
}

int eu_child_wait(struct eu_child *c)
{
	int status;
	pid_t pid;

	do {
		pid = waitpid(c->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	c->pid = 0;
	if (pid < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void eu_child_done(struct eu_child *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		eu_child_wait(c);
	}
	eu_close(c->out);
	eu_close(c->err);
	*c = (struct eu_child)EU_CHILD;
}
