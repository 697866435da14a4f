/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/file.h"
#include "confine.h"
#include "rt/source.h"
#include "run.h"
#include "wasm/guest.h"

/* Would a line of words among the output be taken for a record? */
static bool is_data(const struct run *r)
{
	const char *format = r->program->sink.ops->name;

	return strcmp(format, "text") && strcmp(format, "compact");
}

/* Once, when all is attached and before any output. */
static int announce(struct run *r)
{
	const struct eu_program *p = r->program;
	eu_auto_free char *text = NULL;

	if (!r->o->announce || r->announced)
		return 0;
	r->announced = true;
	if (asprintf(&text, "running and waiting for the ebpf events from %s...\n",
		     p->sources[0].ops->name) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	if (!is_data(r) && !r->o->output)
		return run_write(r, text, strlen(text));
	fputs(text, stderr);
	return 0;
}

/*
 * The file of -o keeps what was there until all is attached, when headers are
 * written. What cannot be emptied is no file, and has nothing in it.
 */
static void empty_output(struct run *r)
{
	if (r->o->output && !r->emptied)
		(void)!ftruncate(r->out_fd, 0);
	r->emptied = true;
}

static int on_output(void *ctx, const void *data, size_t len)
{
	struct run *r = ctx;
	int ret;

	empty_output(r);
	ret = announce(r);
	if (!ret)
		ret = run_write(r, data, len);
	r->closed = ret == -EPIPE;
	return ret;
}

static void on_log(void *ctx, int level, const char *text)
{
	const struct run *r = ctx;

	if (level <= r->o->verbose)
		fprintf(stderr, "%s: %s\n", program_name, text);
}

static int on_leftover(void *ctx, const struct eu_leftover *l,
		       struct eu_error *err)
{
	struct run *r = ctx;

	r->guard.elsewhere = attaches_elsewhere(r->program);
	return guard_tell(&r->guard, l, err);
}

static int apply(struct run *r, struct eu_error *err)
{
	char *eq;
	int ret = 0;

	ret = run_apply_settings(r, err);
	for (size_t i = 0; i < r->only.n && !ret; i++)
		ret = eu_program_only(r->program, r->only.word[i], err);
	for (size_t i = 0; i < r->skip.n && !ret; i++)
		ret = eu_program_skip(r->program, r->skip.word[i], err);
	for (size_t i = 0; i < r->targets.n && !ret; i++)
		ret = eu_program_target(r->program, r->targets.word[i], err);
	for (size_t i = 0; i < r->types.n && !ret; i++) {
		eu_auto_free char *copy = strdup(r->types.word[i]);

		if (!copy)
			return eu_error_oom(err);
		eq = strchr(copy, '=');
		*eq = '\0';
		ret = eu_program_type(r->program, copy, eq + 1, err);
	}
	return ret;
}

static int watch(struct run *r, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return fd < 0 ? -1 : epoll_ctl(r->loop, EPOLL_CTL_ADD, fd, &ev);
}

/* A descriptor for signals that are held from now on. */
static int hold(const int *signals, size_t n)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* From before load on, so that none is missed. */
static int prepare_loop(struct run *r, struct eu_error *err)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	static const int asks[] = { SIGUSR1, SIGWINCH };

	r->signals = hold(ends, EU_COUNT(ends));
	r->asks = hold(asks, EU_COUNT(asks));
	r->loop = epoll_create1(EPOLL_CLOEXEC);
	if (r->loop < 0 || watch(r, r->signals) || watch(r, r->asks))
		return eu_error_set(err, -errno, "cannot wait: %s",
				    strerror(errno));
	return 0;
}

static int start_timer(struct run *r, struct eu_error *err)
{
	const uint64_t ns = r->o->timeout_ns;
	struct itimerspec at = { .it_value = { ns / 1000000000,
					       ns % 1000000000 } };

	if (!ns)
		return 0;
	r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (r->timer < 0 || timerfd_settime(r->timer, 0, &at, NULL) ||
	    watch(r, r->timer))
		return eu_error_set(err, -errno, "cannot start a timer: %s",
				    strerror(errno));
	return 0;
}

/* What is there is handed out; true when the run is over. */
static bool dispatch(struct run *r, bool last, int *ret, struct eu_error *err)
{
	*ret = last ? eu_program_drain(r->program, err) :
		      eu_program_dispatch(r->program, err);
	if (*ret >= 0)
		return false;
	if (*ret == -ENODATA || r->closed)
		*ret = 0;
	return true;
}

/* A reader that goes away ends the run, not only the next write. */
static void watch_reader(struct run *r)
{
	struct epoll_event ev = { .data.fd = r->out_fd };

	/* Files are refused; they have no reader. */
	epoll_ctl(r->loop, EPOLL_CTL_ADD, r->out_fd, &ev);
}

/* SIGUSR1 asks how it is going, SIGWINCH says that the terminal has changed. */
static void answer(struct run *r, uint32_t signal)
{
	if (signal == SIGWINCH)
		r->program->sink.width = run_width(r);
	else
		run_report(r);
}

/* All but events and what asks for something ends the run. */
static bool ends(struct run *r, int fd)
{
	struct signalfd_siginfo si;

	if ((fd == r->asks || fd == r->signals || fd == r->timer) &&
	    read(fd, &si, sizeof(si)) > 0 && fd == r->asks)
		answer(r, si.ssi_signo);
	if (run_input_is(r, fd)) {
		run_input(r);
		return false;
	}
	return fd != r->asks && fd != eu_program_fd(r->program);
}

static int loop(struct run *r, struct eu_error *err)
{
	struct epoll_event ev[4];
	int n, ret = 0;
	bool asked;

	if (watch(r, eu_program_fd(r->program)))
		return eu_error_set(err, -errno, "cannot wait: %s",
				    strerror(errno));
	watch_reader(r);
	while (!r->ending || r->program->unfinished) {
		n = epoll_wait(r->loop, ev, EU_COUNT(ev), r->ending ? 0 : -1);
		if (n < 0 && errno != EINTR)
			return eu_error_set(err, -errno, "cannot wait: %s",
					    strerror(errno));
		asked = false;
		for (int i = 0; i < n; i++)
			asked = ends(r, ev[i].data.fd) || asked;
		/* Large maps take their time; who asks again does not have it. */
		if (r->ending && asked)
			break;
		r->ending = r->ending || asked;
		/* What happened before the end is part of the output. */
		if (dispatch(r, r->ending, &ret, err))
			break;
	}
	return eu_min(ret, 0);
}

/* The name of an image says that it is to be one. */
static const char *format_of(const struct run_opts *o)
{
	if (!o->format && o->output && eu_ends_with(o->output, ".svg"))
		return "flamegraph";
	return o->format;
}

static int make_program(struct run *r, struct eu_error *err)
{
	const struct eu_program_opts po = {
		.sz = sizeof(po),
		.format = format_of(r->o),
		.write = on_output,
		.ctx = r,
		.log = on_log,
		.log_ctx = r,
		.btf = r->o->btf,
		.max_records = r->o->max_events,
		.no_tailor = r->o->no_tailor,
		.pin = r->o->pin,
		.fields = r->o->fields,
		.filter = r->o->filter,
		.sort = r->o->sort,
		.head = r->o->head,
		.timestamps = r->o->timestamps,
		.color = run_colored(r),
		.width = run_width(r),
	};
	int ret;

	ret = eu_program_new(eu_take_ptr(r->pkg), &po, &r->program, err);
	if (ret)
		return ret;
	r->program->top = r->o->top;
	r->program->refresh = r->o->top && run_refreshes(r);
	r->program->line_task = r->o->task;
	r->program->line_text = r->o->grep;
	r->program->leaves = on_leftover;
	return 0;
}

/* What is not confined for want of a filter is said, and runs. */
static int give_up_rights(struct run *r, struct eu_error *err)
{
	int ret = drop_privileges(r, err);

	if (ret)
		return ret;
	ret = confine(&reader_calls, err);
	if (ret == -ENOTSUP)
		on_log(r, 1, "system calls are not confined here");
	else if (ret == -EINVAL || ret == -EACCES || ret == -ENOSYS)
		fprintf(stderr,
			"%s: %s: the kernel has no seccomp filters, or we may not use them; all are left\n",
			program_name, err->text);
	else
		return ret;
	return 0;
}

static int execute(struct run *r, struct eu_error *err)
{
	int ret;

	eu_program_raise_memlock();
	ret = prepare_loop(r, err);
	if (!ret)
		ret = eu_program_load(r->program, err);
	ret = ret ?: run_input_open(r, err);
	ret = ret ?: run_may_say_ready(r, err);
	if (!ret && r->o->output) {
		r->out_fd = open(r->o->output, O_WRONLY | O_CREAT | O_CLOEXEC,
				 0666);
		if (r->out_fd < 0)
			return eu_error_set(err, -errno, "cannot write '%s': %s",
					    r->o->output, strerror(errno));
	}
	r->out_blocks = run_may_block(r->out_fd);
	if (!ret && r->o->stats)
		ret = run_count_time(r, err);
	if (!ret)
		ret = eu_program_attach(r->program, err);
	if (!ret)
		empty_output(r);
	if (!ret)
		run_input_begin(r);
	if (!ret)
		ret = start_timer(r, err);
	if (!ret)
		ret = run_find_manager(r);
	if (!ret)
		ret = give_up_rights(r, err);
	if (!ret)
		ret = announce(r);
	if (!ret)
		ret = run_say_ready(r, err);
	if (!ret)
		ret = loop(r, err);
	if (!ret && !r->closed)
		ret = eu_program_end(r->program, err);
	if (!ret && r->o->stats)
		run_report(r);
	else if (!ret)
		run_report_losses(r);
	return r->closed ? 0 : ret;
}

static void done(struct run *r)
{
	run_input_done(r);
	eu_program_close(r->program);
	guard_end(&r->guard);
	eu_flags_done(&r->flags);
	eu_package_free(r->pkg);
	free(r->targets.word);
	free(r->only.word);
	free(r->skip.word);
	free(r->types.word);
	free(r->set);
	eu_close(r->signals);
	eu_close(r->asks);
	eu_close(r->timer);
	eu_close(r->loop);
	eu_close(r->stats_fd);
	eu_close(r->notify_fd);
	if (r->out_fd != STDOUT_FILENO)
		eu_close(r->out_fd);
}

/* Wrong flags of a program: its own help lists them. */
static int fail_flags(const struct run *r, const struct eu_error *err)
{
	put_error(err, "");
	fprintf(stderr, "Try '%s %s %s --help'.\n", program_name, r->cmd->name,
		r->o->path);
	return EXIT_USAGE;
}

/* The command line is well, and what it names is not there or not as it says. */
static bool is_elsewhere(int code)
{
	return code == -ENOENT || code == -EBADMSG || code == -EACCES ||
	       code == -EPERM || code == -EISDIR || code == -ENOTDIR;
}

static int open_program(struct run *r, struct eu_error *err)
{
	struct program_file *f = r->o->file;

	/* A command in front of it may have been taken for it. */
	if (!f || strcmp(f->path, r->o->path))
		return open_package(r->o->path, r->o->from, NULL, &r->pkg, err);
	return program_file_parse(f, NULL, &r->pkg, err);
}

static int run(struct run *r)
{
	struct eu_error err = { 0 };
	int ret;

	ret = run_parse_head(r, &err);
	if (ret)
		return ret > 0 ? EXIT_DONE : fail_usage(r->cmd, &err);
	ret = open_program(r, &err);
	if (!ret)
		ret = eu_flags_new(r->pkg, &r->flags, &err);
	if (ret)
		return fail(&err);
	ret = run_parse_tail(r, &err);
	if (ret)
		return ret > 0 ? EXIT_DONE : fail_flags(r, &err);
	if (make_program(r, &err))
		return fail(&err);
	ret = apply(r, &err);
	if (ret)
		return is_elsewhere(ret) ? fail(&err) : fail_flags(r, &err);
	ret = execute(r, &err);
	if (ret && r->program->misused)
		return fail_flags(r, &err);
	return ret ? fail(&err) : EXIT_DONE;
}

int run_command(const struct eu_command *cmd, struct run_opts *o, int argc,
		char **argv)
{
	struct run r = {
		.cmd = cmd,
		.o = o,
		.out_fd = STDOUT_FILENO,
		.args = { .argv = argv, .argc = argc, .next = 1 },
		.signals = -1,
		.asks = -1,
		.timer = -1,
		.loop = -1,
		.stats_fd = -1,
		.notify_fd = -1,
	};
	int status = run(&r);

	done(&r);
	return status;
}

/*
 * The first word behind options of @table, or NULL; those that say how it is
 * got go to @from. Less than 0 if one of these is wrong.
 */
static int first_word(const struct eu_option *table, int argc, char **argv,
		      struct source *from, const char **ret, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	struct eu_error unsaid;
	int i;

	while ((i = eu_args_next(&a, table, &unsaid)) >= 0) {
		if (source_has(table[i].id) &&
		    source_option(from, table[i].id, a.value, err))
			return -EINVAL;
	}
	*ret = i == EU_ARGS_WORD ? a.value : NULL;
	return 0;
}

/*
 * An option in front of the program that is in the table for the other kind of
 * programs only. -EINVAL with words if there is one.
 */
static int refuse_other(const struct eu_option *own,
			const struct eu_option *other, const char *what,
			int argc, char **argv, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	struct eu_error unsaid;
	struct eu_args same;
	const char *word;
	int i;

	while ((i = eu_args_next(&a, own, err)) >= 0)
		;
	if (i == EU_ARGS_WORD || i == EU_ARGS_END)
		return 0;
	same = (struct eu_args){ .argv = argv, .argc = argc, .next = a.next - 1 };
	word = argv[same.next];
	i = eu_args_next(&same, other, &unsaid);
	/* What is cut short may be meant for either. */
	if (i < 0 ||
	    (word[1] == '-' && strlen(other[i].name) != strcspn(word + 2, "=")))
		return 0;
	return eu_error_set(err, -EINVAL, "'%.*s' is %s",
			    (int)strcspn(word, "="), word, what);
}

/* With the name of @cmd in its help. */
static int run_module(const struct eu_command *cmd, int argc, char **argv,
		      struct program_file *f)
{
	struct eu_command as = command_wasm_bpf;
	struct eu_error err;

	as.name = cmd->name;
	if (as.options && refuse_other(as.options, run_options,
				       "not for Wasm modules", argc, argv, &err))
		return fail_usage(&as, &err);
	return run_wasm(&as, argc, argv, f);
}

/* Options in front of it are those of packages, or of Wasm. */
int run_any(const struct eu_command *cmd, struct run_opts *o, int argc,
	    char **argv)
{
	const struct eu_option *wasm = command_wasm_bpf.options;
	struct program_file f = { 0 };
	struct source from = { 0 };
	const char *path = NULL;
	struct eu_error err;
	int status;

	o->from = &from;
	if (first_word(run_options, argc, argv, &from, &path, &err) ||
	    (!path && wasm && first_word(wasm, argc, argv, &from, &path, &err)))
		return fail_usage(cmd, &err);
	if (!path) {
		status = run_command(cmd, o, argc, argv);
		source_done(&from);
		return status;
	}
	if (o->file)
		f = *o->file;
	else
		program_file_read(&f, path, &from);
	o->file = &f;
	if (eu_wasm_is(f.data, f.len))
		status = run_module(cmd, argc, argv, &f);
	else if (wasm && refuse_other(run_options, wasm,
				      "only for Wasm modules", argc, argv, &err))
		status = fail_usage(cmd, &err);
	else
		status = run_command(cmd, o, argc, argv);
	program_file_done(&f);
	source_done(&from);
	return status;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct run_opts o = { .ready_fd = -1 };

	return run_any(cmd, &o, argc, argv);
}

const struct eu_command command_run = {
	.name = "run",
	.usage = "[OPTIONS] PROGRAM [OPTIONS OF THE PROGRAM]",
	.summary = "load, attach and show the events of a program",
	.description =
		"Runs PROGRAM until Ctrl-C: package.json, package.yaml, a tar of those, a BPF object (x.bpf.o), or '-' for standard input, a URL, or a reference to a registry (HOST/PATH:TAG); or a Wasm module, with options of its own in front of it: --dir, --env, --memory-limit, --timeout, -j, -v, -m, -c ('ecli run --help x.wasm' explains them); all behind it is for the module. Options may stand before and after PROGRAM; after it, a flag of the program with the same name comes first. '--' ends our options. The name of an option may be cut short as long as only one begins so: --max for --max-events.",
	.examples =
		"ecli run package.json                    # a table of events\n"
		"ecli run package.json -j                 # JSON, one object a line\n"
		"ecli run package.json --min_duration_ns 1000000\n"
		"ecli run xdp.bpf.o -t eth0               # attach to an interface\n"
		"ecli run x.bpf.o --type rb=event         # name the type of records",
	.options = run_options,
	.names = true,
	.run = command,
};
