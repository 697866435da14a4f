/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkg/param.h"
#include "hub.h"
#include "run.h"

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
	const char *end;
	double d = eu_number_real(text, &end);

	if (end != text && d <= 0)
		return eu_error_set(err, -EINVAL, "'%s' must be above 0", text);
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

static int add_word(struct run_words *w, const char *word, struct eu_error *err)
{
	const size_t max = 4096;
	int r = eu_array_grow(&w->word, w->n, sizeof(*w->word), max);

	if (r)
		return eu_error_grow(err, r, max, "options");
	w->word[w->n++] = word;
	return 0;
}

static int take_json(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	r->o->format = "json";
	return 0;
}

static int take_format(struct run *r, const char *v, struct eu_error *err)
{
	r->o->format = v;
	return eu_sink_check(v, err);
}

static int take_target(struct run *r, const char *v, struct eu_error *err)
{
	return add_word(&r->targets, v, err);
}

static int take_only(struct run *r, const char *v, struct eu_error *err)
{
	return add_word(&r->only, v, err);
}

static int take_skip(struct run *r, const char *v, struct eu_error *err)
{
	return add_word(&r->skip, v, err);
}

static int take_type(struct run *r, const char *v, struct eu_error *err)
{
	const char *eq = strchr(v, '=');

	if (!eq || eq == v || !eq[1])
		return eu_error_set(err, -EINVAL,
				    "--type takes MAP=STRUCT, not '%s'", v);
	return add_word(&r->types, v, err);
}

static int take_set(struct run *r, const char *v, struct eu_error *err)
{
	const char *eq = strchr(v, '=');
	const struct run_setting one = {
		.name = v,
		.name_len = eq ? eq - v : 0,
		.value = eq ? eq + 1 : NULL,
	};

	if (!eq)
		return eu_error_set(err, -EINVAL,
				    "--set takes NAME=VALUE, not '%s'", v);
	return run_add_setting(r, &one, err);
}

static int take_params(struct run *r, const char *v, struct eu_error *err)
{
	const struct run_setting file = { .value = v };

	return run_add_setting(r, &file, err);
}

static int take_timeout(struct run *r, const char *v, struct eu_error *err)
{
	return eu_error_prefix(err, parse_duration(v, &r->o->timeout_ns, err),
			       "--timeout");
}

static int take_max_events(struct run *r, const char *v, struct eu_error *err)
{
	return take_number("max-events", v, UINT64_MAX, &r->o->max_events, err);
}

static int take_fields(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->fields = v;
	return 0;
}

static int take_filter(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->filter = v;
	return 0;
}

static int take_sort(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->sort = v;
	return 0;
}

static int take_head(struct run *r, const char *v, struct eu_error *err)
{
	return take_number("head", v, UINT64_MAX, &r->o->head, err);
}

static int take_top(struct run *r, const char *v, struct eu_error *err)
{
	r->o->top = true;
	return take_number("top", v, UINT64_MAX, &r->o->head, err);
}

static int take_timestamps(struct run *r, const char *v, struct eu_error *err)
{
	struct eu_sink s = { 0 };

	r->o->timestamps = v;
	return eu_sink_times(&s, v, err);
}

static int take_color(struct run *r, const char *v, struct eu_error *err)
{
	static const char *const words[] = { "auto", "always", "never" };

	r->o->color = v;
	for (size_t i = 0; i < EU_COUNT(words); i++)
		if (!strcmp(words[i], v))
			return 0;
	return eu_error_set(err, -EINVAL,
			    "--color takes auto, always or never, not '%s'", v);
}

static int take_width(struct run *r, const char *v, struct eu_error *err)
{
	uint64_t n = 0;
	int ret = take_number("width", v, 65535, &n, err);

	r->o->width = n + 1;
	return ret;
}

static int take_output(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->output = v;
	return 0;
}

static int take_prog_type(struct run *r, const char *v, struct eu_error *err)
{
	(void)r;
	(void)v;
	(void)err;
	return 0;
}

static int take_ready_fd(struct run *r, const char *v, struct eu_error *err)
{
	uint64_t n = 0;
	int ret = take_number("ready-fd", v, INT32_MAX, &n, err);

	r->o->ready_fd = (int)n;
	return ret;
}

static int take_btf(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->btf = v;
	return 0;
}

static int take_no_tailor(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	r->o->no_tailor = true;
	return 0;
}

static int take_stats(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	r->o->stats = true;
	return 0;
}

static int take_pin(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->pin = v;
	return 0;
}

static int take_user(struct run *r, const char *v, struct eu_error *err)
{
	r->o->user = v;
	return find_user(v, &r->user, err);
}

static int take_input(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->input = v;
	return 0;
}

static int take_task(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->task = v;
	return 0;
}

static int take_grep(struct run *r, const char *v, struct eu_error *err)
{
	(void)err;
	r->o->grep = v;
	return 0;
}

static int take_verbose(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	r->o->verbose++;
	return 0;
}

/* Behind the program's name these two are about the program. */
static int take_help(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	if (r->pkg)
		run_program_help(r);
	else
		show_help(r->cmd);
	return 1;
}

static int take_version(struct run *r, const char *v, struct eu_error *err)
{
	(void)v;
	(void)err;
	if (r->pkg)
		printf("%s %s\n", r->pkg->name, r->pkg->version ?: "0.1.0");
	else
		printf("%s %s\n", program_name, eu_version());
	return 1;
}

/* Letter, name, name of the value, help, what takes it. */
/* clang-format off */
#define OPTIONS(X)                                                             \
	X('j', "json", NULL, "print events as JSON, one object a line",        \
	  take_json)                                                           \
	X(0, "format", "NAME",                                                 \
	  "print as text (the default), compact, json, json-array, csv, yaml or raw, or stack traces as folded or flamegraph", \
	  take_format)                                                         \
	X('t', "target", "[PROGRAM=]TARGET[,KEY=VALUE]",                       \
	  "attach to TARGET: an interface, a cgroup, binary:symbol, a perf event; may be repeated", \
	  take_target)                                                         \
	X(0, "only", "PROGRAM",                                                \
	  "run this program of the package and no other; may be repeated",     \
	  take_only)                                                           \
	X(0, "skip", "PROGRAM", "leave out this program; may be repeated",     \
	  take_skip)                                                           \
	X(0, "type", "MAP=STRUCT",                                             \
	  "show the records of MAP as values of STRUCT", take_type)            \
	X(0, "set", "NAME=VALUE", "set a global variable of the program",      \
	  take_set)                                                            \
	X(0, "params", "FILE",                                                 \
	  "set variables from FILE: an object of names and values, JSON or YAML", \
	  take_params)                                                         \
	X(0, "timeout", "TIME",                                                \
	  "stop after TIME, which is above 0: 5 (seconds), 500ms, 2m, 1h; without it, never", \
	  take_timeout)                                                        \
	X(0, "max-events", "N",                                                \
	  "stop after N events; 0, as without it: never", take_max_events)     \
	X(0, "fields", "LIST",                                                 \
	  "show these members in this order: a,b.c; all but some: -a,-b; some more: +b.c", \
	  take_fields)                                                         \
	X(0, "filter", "EXPR",                                                 \
	  "show what this is true of: 'comm ~ ^ssh and (uid == root or took > 10ms)'", \
	  take_filter)                                                         \
	X(0, "sort", "[-]FIELD[,...]",                                         \
	  "show rows in this order, '-' for the largest first: of sampled maps in each round, of events at the end", \
	  take_sort)                                                           \
	X(0, "head", "N",                                                      \
	  "show the first N rows: of sampled maps in each round; of events, then stop", \
	  take_head)                                                           \
	X(0, "top", "N",                                                       \
	  "show the N largest entries of each round, by --sort or else their first number; on a terminal in the place of the round before", \
	  take_top)                                                            \
	X(0, "timestamps", "HOW",                                              \
	  "show the time of rows as local (the default), utc, mono (since the start of the system), delta (since the row before) or none", \
	  take_timestamps)                                                     \
	X(0, "color", "WHEN",                                                  \
	  "highlight headers and names: auto (the default: on a terminal, unless NO_COLOR is set), always or never", \
	  take_color)                                                          \
	X(0, "width", "N",                                                     \
	  "cut rows of the table at column N; 0: never; without it, at a terminal's edge", \
	  take_width)                                                          \
	X('o', "output", "FILE",                                               \
	  "write to FILE; to NAME.svg a flame graph", take_output)             \
	X('p', "prog-type", "TYPE",                                            \
	  "accepted for compatibility: the type is seen from the content",     \
	  take_prog_type)                                                      \
	X(0, "ready-fd", "N", "write READY=1 to descriptor N once attached",   \
	  take_ready_fd)                                                       \
	X(0, "btf", "PATH", "a file, or a directory as BTFHub's: the kernel's BTF, where it has none of its own", \
	  take_btf)                                                            \
	X(0, "no-tailor", NULL, "let libbpf read all of the kernel's BTF",     \
	  take_no_tailor)                                                      \
	X(0, "stats", NULL,                                                    \
	  "say at the end how often programs ran and for how long, and what maps take; SIGUSR1 asks at any time", \
	  take_stats)                                                          \
	X(0, "pin", "DIR",                                                     \
	  "keep maps that ask for it (LIBBPF_PIN_BY_NAME) in DIR of a BPF file system, or take them from there", \
	  take_pin)                                                            \
	X(0, "input", "MAP",                                                   \
	  "give lines of standard input, JSON or 0x and hexadecimal bytes, to the user ring buffer MAP", \
	  take_input)                                                          \
	X(0, "task", "NAME|ID",                                                \
	  "of bpf_printk lines, show those of threads of that name or id",     \
	  take_task)                                                           \
	X(0, "grep", "TEXT", "of bpf_printk lines, show those with TEXT in them", \
	  take_grep)                                                           \
	X(0, "user", "NAME", "become this user once all is attached",          \
	  take_user)                                                           \
	X('v', "verbose", NULL,                                                \
	  "say what is done; twice: libbpf's lines too", take_verbose)

#define LAST_OPTIONS(X)                                                        \
	X('h', "help", NULL, "print help", take_help)                          \
	X('V', "version", NULL, "print the version", take_version)
/* clang-format on */

/* One number each, which is that of what takes it, too. */
#define AS_ID(letter_, name_, arg_, help_, take_) ID_##take_,
#define AS_OPTION(letter_, name_, arg_, help_, take_) \
	{ letter_, name_, arg_, help_, ID_##take_ },
#define AS_TAKE(letter_, name_, arg_, help_, take_) take_,

enum { OPTIONS(AS_ID) LAST_OPTIONS(AS_ID) };

const struct eu_option run_options[] = { OPTIONS(AS_OPTION) SOURCE_OPTIONS,
					 LAST_OPTIONS(AS_OPTION){ 0 } };
const struct eu_option lmp_run_options[] = { HUB_OPTION, HUB_TIMEOUT_OPTION,
					     OPTIONS(AS_OPTION) SOURCE_OPTIONS,
					     LAST_OPTIONS(AS_OPTION){ 0 } };

static int (*const takes[])(struct run *r, const char *v, struct eu_error *err) = {
	OPTIONS(AS_TAKE) LAST_OPTIONS(AS_TAKE)
};

int run_take_option(struct run *r, size_t i, struct eu_error *err)
{
	const struct eu_option *o = &run_options[i];

	if (!source_has(o->id))
		return takes[o->id](r, r->args.value, err);
	if (!r->pkg)
		return source_option(r->o->from, o->id, r->args.value, err);
	/* It is here already. */
	return eu_error_set(err, -EINVAL,
			    "'--%s' has to stand in front of the program",
			    o->name);
}
