/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/file.h"
#include "guard.h"
#include "source.h"
#include "wasm/guest.h"

/* The engine lets a guest have 1 MiB of the stack; what it calls needs some. */
enum { TRAPPED = 255, MAX_WORDS = 256, PATIENCE_MS = 1000, STACK = 8 << 20 };

/* What the run waits for, beside the guest. */
enum { DONE, SIGNALS, TIMER, READER, N_WAITS };

enum {
	OPT_DIR,
	OPT_ENV,
	OPT_MEMORY,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_WRAPPER,
	OPT_CALLBACK,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
};

static const struct eu_option options[] = {
	{ 0, "dir", "DIR[:NAME]",
	  "let the program open files below DIR, which it sees as NAME", OPT_DIR },
	{ 0, "env", "NAME=VALUE", "give it an environment variable", OPT_ENV },
	{ 0, "memory-limit", "MIB",
	  "let it have no more memory than this (256)", OPT_MEMORY },
	{ 0, "timeout", "TIME",
	  "stop it after TIME: 5 (seconds), 500ms, 2m, 1h; without it, never",
	  OPT_TIMEOUT },
	{ 'j', "json", NULL, "ask it for JSON, if it asks what to write",
	  OPT_JSON },
	{ 'm', "wrapper-module-name", "NAME",
	  "where it imports the poll from that calls an export (callback-wrapper)",
	  OPT_WRAPPER },
	{ 'c', "callback-export-name", "NAME",
	  "the export that this one calls (go-callback)", OPT_CALLBACK },
	{ 'v', "verbose", NULL, "say why BPF objects are refused", OPT_VERBOSE },
	SOURCE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 'V', "version", NULL, "print the version", OPT_VERSION },
	{ 0 },
};

struct words {
	const char *list[MAX_WORDS + 1];
	size_t n;
};

struct wasm_run {
	const char *path;
	struct source from;
	struct words env, dirs, argv;
	struct eu_wasm_opts o;
	uint64_t timeout_ns; /* 0: none */
	bool verbose;
	char *copies[MAX_WORDS]; /* of the directories' names */
	size_t n_copies;

	struct eu_wasm *w;
	struct guard guard;
	int done;    /* readable: it has ended */
	int signals; /* that are for us */
	int timer;
	sem_t apart; /* the thread that waits has descriptors of its own */
	int status, stopped;
};

static int add(struct words *w, const char *word, struct eu_error *err)
{
	if (w->n == MAX_WORDS)
		return eu_error_set(err, -E2BIG, "more than %d words", MAX_WORDS);
	w->list[w->n++] = word;
	return 0;
}

/* "DIR" or "DIR:NAME". */
static int add_dir(struct wasm_run *r, const char *text, struct eu_error *err)
{
	const char *colon = strrchr(text, ':');
	char *dir = colon ? strndup(text, colon - text) : strdup(text);
	int n;

	if (!dir)
		return eu_error_oom(err);
	r->copies[r->n_copies++] = dir;
	n = add(&r->dirs, dir, err);
	return n ? n : add(&r->dirs, colon ? colon + 1 : text, err);
}

static int set_name(const char **ret, const char *value, struct eu_error *err)
{
	if (!*value)
		return eu_error_set(err, -EINVAL, "a name is empty");
	*ret = value;
	return 0;
}

static int set_option(struct wasm_run *r, int id, const char *value,
		      struct eu_error *err)
{
	unsigned long mib;
	char *end;

	if (source_has(id))
		return source_option(&r->from, id, value, err);
	switch (id) {
	case OPT_DIR: return add_dir(r, value, err);
	case OPT_ENV:
		if (*value == '=' || !strchr(value, '='))
			return eu_error_set(err, -EINVAL,
					    "--env '%s': write NAME=VALUE",
					    value);
		return add(&r->env, value, err);
	case OPT_MEMORY:
		mib = strtoul(value, &end, 10);
		if (!mib || mib > 4096 || *end)
			return eu_error_set(
				err, -EINVAL,
				"--memory-limit '%s': a number of MiB from 1 to 4096",
				value);
		r->o.max_memory = (uint64_t)mib << 20;
		return 0;
	case OPT_TIMEOUT:
		return eu_error_prefix(err,
				       parse_duration(value, &r->timeout_ns, err),
				       "--timeout");
	case OPT_JSON: r->o.json = true; return 0;
	case OPT_WRAPPER: return set_name(&r->o.wrapper, value, err);
	case OPT_CALLBACK: return set_name(&r->o.callback, value, err);
	case OPT_VERBOSE: r->verbose = true; return 0;
	}
	return 0;
}

/* Options, the file, and all behind it for the program. 1: all is said. */
static int parse(struct wasm_run *r, const struct eu_command *cmd, int argc,
		 char **argv, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	int i, n = 0;

	while (!n && (i = eu_args_next(&a, options, err)) >= 0) {
		if (options[i].id == OPT_HELP) {
			show_help(cmd);
			return 1;
		}
		if (options[i].id == OPT_VERSION) {
			printf("%s %s\n", program_name, eu_version());
			return 1;
		}
		n = set_option(r, options[i].id, a.value, err);
	}
	if (n)
		return n;
	if (i == EU_ARGS_END)
		return eu_error_set(err, -EINVAL, "no file given");
	if (i != EU_ARGS_WORD)
		return i;
	r->path = a.value;
	n = add(&r->argv, a.value, err);
	if (a.next < argc && !strcmp(argv[a.next], "--"))
		a.next++;
	for (; a.next < argc && !n; a.next++)
		n = add(&r->argv, argv[a.next], err);
	return n;
}

static void on_log(void *ctx, int level, const char *text)
{
	const struct wasm_run *r = ctx;

	/* The guest is told a number only. */
	if (level == 0 || r->verbose)
		fprintf(stderr, "%s: %s\n", program_name, text);
}

static int on_leftover(void *ctx, const struct eu_leftover *l,
		       struct eu_error *err)
{
	struct wasm_run *r = ctx;

	return guard_tell(&r->guard, l, err);
}

/* A signal: true if it is to end the guest. */
static bool take_signal(struct wasm_run *r)
{
	struct signalfd_siginfo si;

	if (read(r->signals, &si, sizeof(si)) != sizeof(si))
		return false;
	if (si.ssi_signo == SIGUSR1)
		eu_wasm_pause(r->w);
	else if (si.ssi_signo == SIGUSR2)
		eu_wasm_resume(r->w);
	return si.ssi_signo != SIGUSR1 && si.ssi_signo != SIGUSR2;
}

/*
 * Until the guest has ended, or something that ends it has come: a signal, the
 * end of its time, or nobody reading any more. -EINTR then.
 */
static int wait_for_end(struct wasm_run *r)
{
	/* What is no pipe has no reader, and is never ready. */
	struct pollfd fds[N_WAITS] = {
		[DONE] = { .fd = r->done, .events = POLLIN },
		[SIGNALS] = { .fd = r->signals, .events = POLLIN },
		[TIMER] = { .fd = r->timer, .events = POLLIN },
		[READER] = { .fd = STDOUT_FILENO },
	};
	bool ends = false;

	while (!ends) {
		if (poll(fds, N_WAITS, -1) < 0)
			continue;
		if (fds[DONE].revents)
			return 0;
		ends = fds[TIMER].revents || fds[READER].revents ||
		       (fds[SIGNALS].revents && take_signal(r));
	}
	eu_wasm_stop(r->w);
	/* Only a read or a write of its own can hold it any longer. */
	while (poll(fds, 1, PATIENCE_MS) < 0 && errno == EINTR)
		;
	if (!fds[DONE].revents)
		_exit(EXIT_DONE);
	return -EINTR;
}

/* From here on no signal is missed. */
static int prepare(struct wasm_run *r, struct eu_error *err)
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < EU_COUNT(ours); i++)
		sigaddset(&set, ours[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC);
	r->done = eventfd(0, EFD_CLOEXEC);
	if (r->signals < 0 || r->done < 0)
		return eu_error_set(err, -errno, "cannot wait for signals: %s",
				    strerror(errno));
	return 0;
}

static int start_timer(struct wasm_run *r, struct eu_error *err)
{
	const uint64_t ns = r->timeout_ns;
	const struct itimerspec at = { .it_value = { ns / 1000000000,
						     ns % 1000000000 } };

	if (!ns)
		return 0;
	r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (r->timer < 0 || timerfd_settime(r->timer, 0, &at, NULL))
		return eu_error_set(err, -errno, "cannot start a timer: %s",
				    strerror(errno));
	return 0;
}

/*
 * Beside the guest, with a table of descriptors of its own: as long as nobody
 * else uses a table, the kernel looks descriptors up without counting, which is
 * a thirtieth of a map lookup. It has to hold none that the guest's calls open:
 * a link would outlive its end.
 */
static void *wait_beside(void *arg)
{
	struct wasm_run *r = arg;

	unshare(CLONE_FILES);
	sem_post(&r->apart);
	r->stopped = wait_for_end(r);
	return NULL;
}

/* The guest has this thread's stack, of which it needs some. */
static void make_stack_large(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_STACK, &l) || l.rlim_cur >= STACK)
		return;
	l.rlim_cur = eu_min(l.rlim_max, (rlim_t)STACK);
	setrlimit(RLIMIT_STACK, &l);
}

static int execute(struct wasm_run *r, struct eu_error *err)
{
	const uint64_t one = 1;
	pthread_t thread;
	int n = start_timer(r, err);

	if (n)
		return n;
	make_stack_large();
	sem_init(&r->apart, 0, 0);
	n = pthread_create(&thread, NULL, wait_beside, r);
	if (n)
		return eu_error_set(err, -n, "cannot start a thread: %s",
				    strerror(n));
	while (sem_wait(&r->apart) < 0)
		;
	n = eu_wasm_run(r->w, &r->status, err);
	if (write(r->done, &one, sizeof(one)) != sizeof(one))
		_exit(EXIT_FAILED);
	pthread_join(thread, NULL);
	sem_destroy(&r->apart);
	return r->stopped ? 0 : n;
}

/* The exit status. */
static int run(struct wasm_run *r, const void *data, size_t len)
{
	struct eu_error err = { 0 };
	int n;

	r->o.sz = sizeof(r->o);
	r->o.wasm = data;
	r->o.len = len;
	r->o.argv = r->argv.list;
	r->o.env = r->env.n ? r->env.list : NULL;
	r->o.dirs = r->dirs.n ? r->dirs.list : NULL;
	r->o.log = on_log;
	r->o.log_ctx = r;
	eu_program_raise_memlock();
	n = prepare(r, &err);
	if (!n)
		n = eu_wasm_open(&r->o, &r->w, &err);
	if (!n) {
		eu_wasm_leaves(r->w, on_leftover, r);
		/* Where it will attach nobody knows yet. */
		r->guard.elsewhere = true;
		n = execute(r, &err);
	}
	eu_wasm_close(r->w);
	guard_end(&r->guard);
	eu_close(r->signals);
	eu_close(r->done);
	eu_close(r->timer);
	if (n) {
		eu_error_prefix(&err, n, "'%s'", r->path);
		fail(&err);
		return n == -EFAULT ? TRAPPED : EXIT_FAILED;
	}
	return r->status;
}

/* What was read to its end may be a terminal, which has no end. */
static int leave_stdin(struct eu_error *err)
{
	eu_auto_close int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return eu_error_set(err, -errno, "cannot open '/dev/null': %s",
				    strerror(errno));
	return 0;
}

/* By its first bytes: an ELF file or JSON. */
static bool is_package(const struct program_file *f)
{
	return (f->len >= 4 && !memcmp(f->data, "\177ELF", 4)) ||
	       (f->len && *f->data == '{');
}

static int read_and_run(struct wasm_run *r, struct program_file *f)
{
	struct program_file own = { 0 };
	struct eu_error err;
	int status;

	if (!f || strcmp(f->path, r->path)) {
		program_file_read(&own, r->path, &r->from);
		f = &own;
	}
	if (f->failed)
		return fail(&f->err);
	if (!eu_wasm_is(f->data, f->len) && is_package(f)) {
		eu_error_set(
			&err, -EINVAL,
			"'%s': is not Wasm: packages and BPF objects are for 'ecli run'",
			r->path);
		status = fail(&err);
	} else if (!strcmp(r->path, "-") && leave_stdin(&err)) {
		status = fail(&err);
	} else {
		status = run(r, f->data, f->len);
	}
	program_file_done(&own);
	return status;
}

int run_wasm(const struct eu_command *cmd, int argc, char **argv,
	     struct program_file *f)
{
	struct wasm_run r = { .done = -1, .signals = -1, .timer = -1 };
	struct eu_error err;
	int n = parse(&r, cmd, argc, argv, &err);
	int status = n > 0 ? EXIT_DONE :
		     n	   ? fail_usage(cmd, &err) :
			     read_and_run(&r, f);

	for (size_t i = 0; i < r.n_copies; i++)
		free(r.copies[i]);
	source_done(&r.from);
	return status;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	return run_wasm(cmd, argc, argv, NULL);
}

const struct eu_command command_wasm_bpf = {
	.name = "",
	.usage = "[OPTIONS] FILE [ARGUMENTS OF THE PROGRAM]",
	.summary = "run eBPF programs with user space in Wasm",
	.description =
		"Runs the Wasm module FILE, or '-' for standard input, which carries BPF objects and the code for them. It sees its arguments, the standard descriptors and what it may do with BPF, and nothing else of this machine but the directories of --dir. All behind FILE is for the program. Its exit status is ours; it is 255 when the program fails by a trap. SIGUSR1 pauses it, with what it attached still attached; SIGUSR2 resumes it.",
	.examples =
		"wasm-bpf bootstrap.wasm -d 100           # with an argument\n"
		"wasm-bpf --dir /sys/fs/cgroup app.wasm   # may open control groups\n",
	.options = options,
	.run = command,
};
