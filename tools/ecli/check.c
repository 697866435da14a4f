/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <bpf/libbpf.h>

#include "ecli.h"
#include "rt/probe.h"

enum { OPT_JSON, OPT_PROBE, OPT_HELP };

static const struct eu_option options[] = {
	{ 'j', "json", NULL, "print one JSON object", OPT_JSON },
	{ 0, "probe", "NAME", "exit with 0 if NAME works here, else with 1",
	  OPT_PROBE },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int probe_one(const struct eu_command *cmd, const char *name)
{
	const struct eu_probe *p = eu_probe_find(name);
	struct eu_error err;

	if (p)
		return p->run(p) ? EXIT_FAILED : EXIT_DONE;
	eu_error_set(&err, -EINVAL, "unknown probe '%s'; there are:", name);
	for (size_t i = 0; (p = eu_probe_at(i)); i++)
		eu_error_append(&err, -EINVAL, " %s", p->name);
	return fail_usage(cmd, &err);
}

static void print_text(void)
{
	const struct eu_probe *p;
	const char *group = "";
	struct utsname u;
	int r;

	uname(&u);
	printf("%s %s %s, libbpf %s\n", u.sysname, u.release, u.machine,
	       libbpf_version_string());
	for (size_t i = 0; (p = eu_probe_at(i)); i++) {
		if (strcmp(group, p->group))
			printf("\n%s\n", p->group);
		group = p->group;
		r = p->run(p);
		if (r)
			printf("  %-18s no   %s; needs: %s\n", p->name,
			       strerror(-r), p->hint);
		else
			printf("  %-18s yes\n", p->name);
	}
}

static int print_json(void)
{
	eu_auto_json json_t *j = json_object();
	eu_auto_free char *text = NULL;
	const struct eu_probe *p;
	struct utsname u;
	json_t *list;
	int r;

	uname(&u);
	json_object_set_new(j, "kernel", json_string(u.release));
	json_object_set_new(j, "machine", json_string(u.machine));
	json_object_set_new(j, "libbpf", json_string(libbpf_version_string()));
	list = json_object();
	json_object_set_new(j, "features", list);
	for (size_t i = 0; (p = eu_probe_at(i)); i++) {
		json_t *one;

		r = p->run(p);
		one = json_pack("{s:b, s:s}", "works", !r, "group", p->group);
		if (r)
			json_object_set_new(one, "error",
					    json_string(strerror(-r)));
		if (r)
			json_object_set_new(one, "needs", json_string(p->hint));
		json_object_set_new(list, p->name, one);
	}
	text = json_dumps(j, JSON_COMPACT);
	printf("%s\n", text ?: "");
	return EXIT_DONE;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	const char *probe = NULL;
	struct eu_error err;
	bool json = false;
	int i;

	while ((i = eu_args_next(&args, options, &err)) >= 0) {
		if (options[i].id == OPT_HELP)
			return show_help(cmd);
		if (options[i].id == OPT_JSON)
			json = true;
		else
			probe = args.value;
	}
	if (i == EU_ARGS_WORD)
		i = eu_error_set(&err, -EINVAL, "unexpected argument '%s'",
				 args.value);
	if (i != EU_ARGS_END)
		return fail_usage(cmd, &err);
	if (probe)
		return probe_one(cmd, probe);
	if (json)
		return print_json();
	print_text();
	return EXIT_DONE;
}

const struct eu_command command_check = {
	.name = "check",
	.usage = "[OPTIONS]",
	.summary = "say what this system offers, and what to enable",
	.description =
		"Tries what programs may need: each kind of program is loaded and, where that is harmless, attached and taken off again. For what does not work, says what to enable.",
	.options = options,
	.run = command,
};
