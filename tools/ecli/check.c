/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "source.h"
#include "rt/probe.h"

enum { OPT_JSON, OPT_PROBE, OPT_HELP };

static const struct eu_option options[] = {
	{ 'j', "json", NULL, "print one JSON object", OPT_JSON },
	{ 0, "probe", "NAME", "exit with 0 if NAME works here, else with 1",
	  OPT_PROBE },
	SOURCE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int probe_one(const struct eu_command *cmd, const char *name)
{
	const struct eu_probe *p = eu_probe_find(name);
	struct eu_error err;
	int r;

	if (p)
		return eu_probe_ask(p, &r) == EU_PROBE_WORKS ? EXIT_DONE :
							       EXIT_FAILED;
	eu_error_set(&err, -EINVAL, "unknown probe '%s'; there are:", name);
	for (size_t i = 0; (p = eu_probe_at(i)); i++)
		eu_error_append(&err, -EINVAL, " %s", p->name);
	return fail_usage(cmd, &err);
}

/* How to find out what is unknown. */
static const char *remedy(void)
{
	return geteuid() ? "run as root to know" :
			   "loading BPF programs is forbidden here";
}

static void print_text(void)
{
	const struct eu_probe *p;
	char needs[EU_PROBE_NEEDS];
	const char *group = "";
	bool unknown = false;
	struct utsname u;
	int r;

	uname(&u);
	printf("%s %s %s, libbpf %s\n", u.sysname, u.release, u.machine,
	       libbpf_version_string());
	for (size_t i = 0; (p = eu_probe_at(i)); i++) {
		if (strcmp(group, p->group))
			printf("\n%s\n", p->group);
		group = p->group;
		switch (eu_probe_ask(p, &r)) {
		case EU_PROBE_WORKS: printf("  %-18s yes\n", p->name); break;
		case EU_PROBE_FAILS:
			eu_probe_needs(p, needs, sizeof(needs));
			printf("  %-18s no   %s; needs: %s\n", p->name,
			       strerror(-r), needs);
			break;
		case EU_PROBE_UNKNOWN:
			printf("  %-18s unknown\n", p->name);
			unknown = true;
		}
	}
	if (unknown)
		printf("\nunknown: %s\n", remedy());
}

static json_t *probe_json(const struct eu_probe *p)
{
	json_t *one = json_object();
	char needs[EU_PROBE_NEEDS];
	int r;

	eu_json_put_text(&one, "group", p->group);
	switch (eu_probe_ask(p, &r)) {
	case EU_PROBE_WORKS: eu_json_put(&one, "works", json_true()); break;
	case EU_PROBE_FAILS:
		eu_json_put(&one, "works", json_false());
		eu_json_put_text(&one, "error", strerror(-r));
		eu_probe_needs(p, needs, sizeof(needs));
		eu_json_put_text(&one, "needs", needs);
		break;
	case EU_PROBE_UNKNOWN:
		eu_json_put(&one, "works", json_null());
		eu_json_put_text(&one, "error", remedy());
	}
	return one;
}

static int print_json(void)
{
	eu_auto_json json_t *j = json_object();
	const struct eu_probe *p;
	struct utsname u;
	json_t *list;

	uname(&u);
	eu_json_put_text(&j, "kernel", u.release);
	eu_json_put_text(&j, "machine", u.machine);
	eu_json_put_text(&j, "libbpf", libbpf_version_string());
	list = json_object();
	for (size_t i = 0; (p = eu_probe_at(i)); i++)
		eu_json_put(&list, p->name, probe_json(p));
	eu_json_put(&j, "features", list);
	return print_whole(j);
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(options)] = { 0 }, *path = NULL;
	struct source from = { 0 };
	int status = one_program(cmd, argc, argv, &path, value, &from);

	if (status < 0 && value[OPT_PROBE]) {
		status = probe_one(cmd, value[OPT_PROBE]);
	} else if (status < 0 && path) {
		status = check_package(path, &from, value[OPT_JSON]);
	} else if (status < 0 && value[OPT_JSON]) {
		status = print_json();
	} else if (status < 0) {
		print_text();
		status = EXIT_DONE;
	}
	source_done(&from);
	return status;
}

const struct eu_command command_check = {
	.name = "check",
	.usage = "[OPTIONS] [PACKAGE]",
	.summary = "say what this system offers, or how a package loads here",
	.description =
		"With PACKAGE, loads it without attaching anything and says what the verifier made of each program, how much memory each map takes, and what the kernel lacks; exits with 1 if it does not load or cannot be attached. Without, tries what programs may need: each kind of program is loaded and, where that is harmless, attached and taken off again. For what does not work, says what to enable; without the right to try, that it is unknown.",
	.options = options,
	.names = true,
	.run = command,
};
