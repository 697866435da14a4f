/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include "base/file.h"
#include "ecli.h"
#include "pkg/param.h"
#include "rt/source.h"

enum {
	OPT_JSON,
	OPT_FORMAT,
	OPT_TYPE_OF_PROGRAM,
	OPT_TARGET,
	OPT_TYPE,
	OPT_TIMEOUT,
	OPT_MAX_EVENTS,
	OPT_OUTPUT,
	OPT_READY_FD,
	OPT_BTF,
	OPT_NO_TAILOR,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
	OPT_COUNT,
};

enum { PATIENCE = 1000 }; /* milliseconds for a slow reader at the end */

const struct eu_option run_options[] = {
	{ 'j', "json", NULL, "print events as JSON, one object a line", OPT_JSON },
	{ 0, "format", "NAME",
	  "print as text (the default), compact, json or raw", OPT_FORMAT },
	{ 't', "target", "[PROGRAM=]TARGET[,KEY=VALUE]",
	  "attach to TARGET: an interface, a cgroup, binary:symbol, a perf event; may be repeated",
	  OPT_TARGET },
	{ 0, "type", "MAP=STRUCT",
	  "show the records of MAP as values of STRUCT", OPT_TYPE },
	{ 0, "timeout", "TIME", "stop after TIME: 5, 500ms, 2m", OPT_TIMEOUT },
	{ 0, "max-events", "N", "stop after N events", OPT_MAX_EVENTS },
	{ 'o', "output", "FILE", "write to FILE", OPT_OUTPUT },
	{ 'p', "prog-type", "TYPE",
	  "accepted for compatibility: the type is seen from the content",
	  OPT_TYPE_OF_PROGRAM },
	{ 0, "ready-fd", "N", "write READY=1 to descriptor N once attached",
	  OPT_READY_FD },
	{ 0, "btf", "FILE", "the kernel's BTF, where it has none of its own",
	  OPT_BTF },
	{ 0, "no-tailor", NULL, "let libbpf read all of the kernel's BTF",
	  OPT_NO_TAILOR },
	{ 'v', "verbose", NULL, "say what is done; twice: libbpf's lines too",
	  OPT_VERBOSE },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 'V', "version", NULL, "print the version", OPT_VERSION },
	{ 0 },
};

/* One run: options, package, flags, loop. */
struct run {
	const struct eu_command *cmd;
	struct run_opts *o;
	struct eu_args args;
	struct eu_package *pkg;
	struct eu_flags flags;
	struct eu_program *program;
	char **targets, **types; /* borrowed from argv */
	size_t n_targets, n_types;
	struct {
		const struct eu_flag *flag;
		const char *value;
	} *set;
	size_t n_set;
	int out_fd;
	bool out_blocks; /* it is a pipe or a terminal */
	bool closed;	 /* the reader of our output is gone */
	bool announced;
	int signals, timer, loop;
};

static uint64_t to_number(const char *s, bool *ok)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(s, &end, eu_number_base(s));
	*ok = *s && *s != '-' && !*end && !errno;
	return n;
}

int parse_duration(const char *text, uint64_t *ret_ns, struct eu_error *err)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {
		{ "", 1e9 },   { "s", 1e9 },  { "ms", 1e6 },
		{ "us", 1e3 }, { "m", 60e9 }, { "h", 3600e9 },
	};
	char *end;
	double d;

	d = strtod(text, &end);
	for (size_t i = 0; i < EU_COUNT(units) && end != text; i++) {
		if (strcmp(end, units[i].unit) || !(d > 0) ||
		    d * units[i].ns > 9e18)
			continue;
		*ret_ns = eu_max((uint64_t)(d * units[i].ns), (uint64_t)1);
		return 0;
	}
	return eu_error_set(err, -EINVAL, "'%s' is no duration: 5, 500ms, 2m",
			    text);
}

static int take_number(const char *name, const char *s, uint64_t max,
		       uint64_t *ret, struct eu_error *err)
{
	bool ok;

	*ret = to_number(s, &ok);
	if (ok && *ret <= max)
		return 0;
	return eu_error_set(err, -EINVAL,
			    "--%s: '%s' is no number from 0 to %" PRIu64, name,
			    s, max);
}

static int add_word(char ***list, size_t *n, const char *word,
		    struct eu_error *err)
{
	if (eu_array_grow(list, *n, sizeof(**list), 4096))
		return eu_error_set(err, -E2BIG, "too many options");
	(*list)[(*n)++] = (char *)word;
	return 0;
}

/* One of ours. Positive: done, exit with that less one. */
static int take_option(struct run *r, int id, struct eu_error *err)
{
	struct run_opts *o = r->o;
	const char *v = r->args.value;
	uint64_t n = 0;
	int ret = 0;

	switch (id) {
	case OPT_JSON: o->format = "json"; break;
	case OPT_FORMAT: o->format = v; return eu_sink_check(v, err);
	case OPT_TARGET: return add_word(&r->targets, &r->n_targets, v, err);
	case OPT_TYPE:
		if (!strchr(v, '='))
			return eu_error_set(err, -EINVAL,
					    "--type takes MAP=STRUCT, not '%s'",
					    v);
		return add_word(&r->types, &r->n_types, v, err);
	case OPT_TIMEOUT: return parse_duration(v, &o->timeout_ns, err);
	case OPT_MAX_EVENTS:
		return take_number("max-events", v, UINT64_MAX, &o->max_events,
				   err);
	case OPT_READY_FD:
		ret = take_number("ready-fd", v, INT32_MAX, &n, err);
		o->ready_fd = (int)n;
		break;
	case OPT_OUTPUT: o->output = v; break;
	case OPT_BTF: o->btf = v; break;
	case OPT_NO_TAILOR: o->no_tailor = true; break;
	case OPT_VERBOSE: o->verbose++; break;
	default: break;
	}
	return ret;
}

/* Options up to the program's name. EU_ARGS_WORD when it is there. */
static int parse_head(struct run *r, struct eu_error *err)
{
	int i, ret;

	while ((i = eu_args_next(&r->args, run_options, err)) >= 0) {
		int id = run_options[i].id;

		if (id == OPT_HELP) {
			show_help(r->cmd);
			return 1;
		}
		if (id == OPT_VERSION) {
			printf("%s %s\n", program_name, eu_version());
			return 1;
		}
		ret = take_option(r, id, err);
		if (ret)
			return ret;
	}
	if (i == EU_ARGS_WORD) {
		r->o->path = r->args.value;
		return 0;
	}
	if (i == EU_ARGS_END && !r->o->path)
		return eu_error_set(err, -EINVAL, "no program given");
	return i == EU_ARGS_END ? 0 : i;
}

static int program_help(const struct run *r, const struct eu_option *all)
{
	const struct eu_package *pkg = r->pkg;
	const char *about = pkg->brief ?: pkg->description;
	eu_auto_buf struct eu_buf b = EU_BUF(1 << 20);

	eu_buf_printf(&b, "%s\n\nUsage: %s %s%s%s [OPTIONS]\n",
		      about ?: "A simple eBPF program", program_name,
		      r->cmd->name, *r->cmd->name ? " " : "", r->o->path);
	if (r->flags.n) {
		eu_buf_puts(&b, "\nOptions of the program:\n");
		eu_options_help(r->flags.options, &b);
	}
	eu_buf_puts(&b, "\nOptions of the runner:\n");
	eu_options_help(all + r->flags.n, &b);
	if (pkg->details)
		eu_buf_printf(&b, "\n%s\n", pkg->details);
	put(eu_buf_str(&b) ?: "");
	return 1;
}

/* The program's flags and ours behind them: the first of a name wins. */
static struct eu_option *join_options(const struct run *r)
{
	struct eu_option *all = calloc(r->flags.n + EU_COUNT(run_options),
				       sizeof(*all));

	if (!all)
		return NULL;
	memcpy(all, r->flags.options, r->flags.n * sizeof(*all));
	memcpy(all + r->flags.n, run_options, sizeof(run_options));
	return all;
}

static int set_flag(struct run *r, size_t i, struct eu_error *err)
{
	if (eu_array_grow(&r->set, r->n_set, sizeof(*r->set), 65536))
		return eu_error_set(err, -E2BIG, "too many options");
	r->set[r->n_set].flag = &r->flags.flag[i];
	r->set[r->n_set++].value = r->flags.flag[i].fixed ?: r->args.value;
	return 0;
}

/* "--" in front of the next word, or seen already, ends our options. */
static bool ours_end(struct eu_args *a)
{
	bool end = a->ended;

	if (!a->letters && a->next < a->argc && !strcmp(a->argv[a->next], "--")) {
		a->next++;
		end = true;
	}
	a->ended = false;
	return end;
}

/* Options behind the program's name. */
static int parse_tail(struct run *r, struct eu_error *err)
{
	eu_auto_free struct eu_option *all = join_options(r);
	int i, ret = 0;

	if (!all)
		return eu_error_oom(err);
	while (!ret) {
		if (ours_end(&r->args))
			memset(&all[r->flags.n], 0, sizeof(*all));
		i = eu_args_next(&r->args, all, err);
		if (i == EU_ARGS_END)
			break;
		if (i == EU_ARGS_WORD)
			return eu_error_set(
				err, -EINVAL,
				"unexpected argument '%s': flags of the program begin with --",
				r->args.value);
		if (i < 0)
			return i;
		if ((size_t)i < r->flags.n) {
			ret = set_flag(r, i, err);
		} else if (all[i].id == OPT_HELP) {
			ret = program_help(r, all);
		} else if (all[i].id == OPT_VERSION) {
			printf("%s %s\n", r->pkg->name,
			       r->pkg->version ?: "0.1.0");
			ret = 1;
		} else {
			ret = take_option(r, all[i].id, err);
		}
	}
	return ret;
}

/*
 * Until there is room in a pipe or terminal. Its reader may have stopped: once
 * the end is asked for we are not patient any more.
 */
static int wait_for_room(const struct run *r)
{
	struct pollfd p[] = {
		{ .fd = r->out_fd, .events = POLLOUT },
		{ .fd = r->signals, .events = POLLIN },
		{ .fd = r->timer, .events = POLLIN },
	};

	while (poll(p, EU_COUNT(p), -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (p[0].revents || poll(p, 1, PATIENCE) > 0)
		return 0;
	return -EPIPE;
}

/* No more at once than fits where poll(2) says that there is room. */
static int write_out(const struct run *r, const void *data, size_t len)
{
	const char *s = data;
	ssize_t n;
	int ret;

	while (len) {
		ret = r->out_blocks ? wait_for_room(r) : 0;
		if (ret)
			return ret;
		n = write(r->out_fd, s,
			  r->out_blocks ? eu_min(len, (size_t)PIPE_BUF) : len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		s += eu_max(n, 0);
		len -= eu_max(n, 0);
	}
	return 0;
}

/* Files have room, or an error; and so has /dev/null. */
static bool may_block(int fd)
{
	struct stat st;

	return fstat(fd, &st) || isatty(fd) ||
	       !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ||
		 S_ISCHR(st.st_mode));
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
	return write_out(r, text, strlen(text));
}

static int on_output(void *ctx, const void *data, size_t len)
{
	struct run *r = ctx;
	int ret = announce(r);

	ret = ret ? ret : write_out(r, data, len);
	r->closed = ret == -EPIPE;
	return ret;
}

static void on_log(void *ctx, int level, const char *text)
{
	const struct run *r = ctx;

	if (level <= r->o->verbose)
		fprintf(stderr, "%s: %s\n", program_name, text);
}

static int apply(struct run *r, struct eu_error *err)
{
	char *eq;
	int ret = 0;

	for (size_t i = 0; i < r->n_set && !ret; i++)
		ret = eu_program_set(r->program, r->set[i].flag->var->name,
				     r->set[i].value, err);
	for (size_t i = 0; i < r->n_targets && !ret; i++)
		ret = eu_program_target(r->program, r->targets[i], err);
	for (size_t i = 0; i < r->n_types && !ret; i++) {
		eu_auto_free char *copy = strdup(r->types[i]);

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

/* Signals are held from before load on, so that none is missed. */
static int prepare_loop(struct run *r, struct eu_error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	r->loop = epoll_create1(EPOLL_CLOEXEC);
	if (r->loop < 0 || watch(r, r->signals))
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

/* sd_notify(3): a datagram to the socket that the service manager names. */
static void notify(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof(a.sun_path))
		return;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)!sendto(fd, "READY=1", 7, MSG_NOSIGNAL,
			      (struct sockaddr *)&a,
			      offsetof(struct sockaddr_un, sun_path) + n);
	eu_close(fd);
}

static int say_ready(struct run *r, struct eu_error *err)
{
	int ret;

	notify();
	if (r->o->ready_fd < 0)
		return 0;
	ret = eu_write_all(r->o->ready_fd, "READY=1\n", 8);
	if (ret)
		return eu_error_set(err, ret, "cannot write to descriptor %d: %s",
				    r->o->ready_fd, strerror(-ret));
	close(r->o->ready_fd);
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

static int loop(struct run *r, struct eu_error *err)
{
	struct epoll_event ev[4];
	bool over = false;
	int n, ret = 0;

	if (watch(r, eu_program_fd(r->program)))
		return eu_error_set(err, -errno, "cannot wait: %s",
				    strerror(errno));
	watch_reader(r);
	while (!over) {
		n = epoll_wait(r->loop, ev, EU_COUNT(ev), -1);
		if (n < 0 && errno != EINTR)
			return eu_error_set(err, -errno, "cannot wait: %s",
					    strerror(errno));
		for (int i = 0; i < n; i++)
			over = over || ev[i].data.fd != eu_program_fd(r->program);
		/* What happened before the end is part of the output. */
		if (dispatch(r, over, &ret, err))
			break;
	}
	return eu_min(ret, 0);
}

/* What did not get through is said at the end, on standard error. */
static void report_losses(const struct run *r)
{
	struct eu_stats st = { .sz = sizeof(st) };

	eu_program_stats(r->program, &st);
	if (st.lost)
		fprintf(stderr, "%s: %" PRIu64 " events were lost\n",
			program_name, st.lost);
	if (st.nearly_full && !st.lost_known)
		fprintf(stderr,
			"%s: a ring buffer was nearly full %" PRIu64
			" times: events may have been lost\n",
			program_name, st.nearly_full);
}

static int make_program(struct run *r, struct eu_error *err)
{
	const struct eu_program_opts po = {
		.sz = sizeof(po),
		.format = r->o->format,
		.write = on_output,
		.ctx = r,
		.log = on_log,
		.log_ctx = r,
		.btf = r->o->btf,
		.max_records = r->o->max_events,
		.no_tailor = r->o->no_tailor,
	};

	return eu_program_new(eu_take_ptr(r->pkg), &po, &r->program, err);
}

static int execute(struct run *r, struct eu_error *err)
{
	int ret;

	eu_program_raise_memlock();
	ret = prepare_loop(r, err);
	ret = ret ? ret : eu_program_load(r->program, err);
	if (!ret && r->o->output) {
		r->out_fd = open(r->o->output,
				 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (r->out_fd < 0)
			return eu_error_set(err, -errno, "cannot write '%s': %s",
					    r->o->output, strerror(errno));
	}
	r->out_blocks = may_block(r->out_fd);
	ret = ret ? ret : eu_program_attach(r->program, err);
	ret = ret ? ret : drop_privileges(r->program, err);
	ret = ret ? ret : announce(r);
	ret = ret ? ret : say_ready(r, err);
	ret = ret ? ret : start_timer(r, err);
	ret = ret ? ret : loop(r, err);
	if (!ret)
		report_losses(r);
	return r->closed ? 0 : ret;
}

static void done(struct run *r)
{
	eu_program_close(r->program);
	eu_flags_done(&r->flags);
	eu_package_free(r->pkg);
	free(r->targets);
	free(r->types);
	free(r->set);
	eu_close(r->signals);
	eu_close(r->timer);
	eu_close(r->loop);
	if (r->o->output)
		eu_close(r->out_fd);
}

static bool is_source(const char *path)
{
	size_t n = strlen(path);

	return n > 2 && !strcmp(path + n - 2, ".c");
}

/* Wrong flags of a program: its own help lists them. */
static int fail_flags(const struct run *r, const struct eu_error *err)
{
	fprintf(stderr, "%s: %s\n", program_name, err->text);
	fprintf(stderr, "Try '%s %s %s --help'.\n", program_name, r->cmd->name,
		r->o->path);
	return EXIT_USAGE;
}

static int run(struct run *r)
{
	struct eu_error err = { 0 };
	int ret;

	ret = parse_head(r, &err);
	if (ret)
		return ret > 0 ? EXIT_DONE : fail_usage(r->cmd, &err);
	if (is_source(r->o->path)) {
		eu_error_set(&err, -EINVAL,
			     "'%s' is a C source: compile it with ecc first",
			     r->o->path);
		return fail(&err);
	}
	ret = eu_package_read(r->o->path, NULL, &r->pkg, &err);
	ret = ret ? ret : eu_flags_new(r->pkg, &r->flags, &err);
	if (ret)
		return fail(&err);
	ret = parse_tail(r, &err);
	if (ret)
		return ret > 0 ? EXIT_DONE : fail_flags(r, &err);
	if (make_program(r, &err))
		return fail(&err);
	if (apply(r, &err))
		return fail_flags(r, &err);
	return execute(r, &err) ? fail(&err) : EXIT_DONE;
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
		.timer = -1,
		.loop = -1,
	};
	int status = run(&r);

	done(&r);
	return status;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct run_opts o = { .ready_fd = -1 };

	return run_command(cmd, &o, argc, argv);
}

const struct eu_command command_run = {
	.name = "run",
	.usage = "[OPTIONS] PROGRAM [OPTIONS OF THE PROGRAM]",
	.summary = "load, attach and show the events of a program",
	.description =
		"Runs PROGRAM until Ctrl-C: package.json, package.yaml, a tar of those, a BPF object (x.bpf.o), or '-' for standard input. Options may stand before and after PROGRAM; after it, a flag of the program with the same name comes first. '--' ends our options.",
	.examples =
		"ecli run package.json                    # a table of events\n"
		"ecli run package.json -j                 # JSON, one object a line\n"
		"ecli run package.json --min_duration_ns 1000000\n"
		"ecli run xdp.bpf.o -t eth0               # attach to an interface\n"
		"ecli run x.bpf.o --type rb=event         # name the type of records",
	.options = run_options,
	.run = command,
};
