/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <bpf/libbpf.h>

#include "ecli.h"
#include "rt/cost.h"
#include "rt/lacks.h"
#include "rt/probe.h"
#include "table.h"

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

static void on_log(void *ctx, int level, const char *text)
{
	(void)ctx;
	if (level == 0)
		fprintf(stderr, "%s: %s\n", program_name, text);
}

static json_t *lacks_json(const struct eu_feature *f, size_t n)
{
	json_t *list = json_array(), *one;
	char since[16];

	for (size_t i = 0; i < n; i++) {
		snprintf(since, sizeof(since), "%u.%u", f[i].since / 100,
			 f[i].since % 100);
		one = json_pack("{s:s, s:s, s:s}", "kind",
				eu_feature_kind_name(f[i].kind), "name",
				f[i].name, "for", f[i].owner);
		if (f[i].since)
			json_object_set_new(one, "since", json_string(since));
		json_array_append_new(list, one);
	}
	return list;
}

static void print_report(const json_t *j)
{
	static const struct table_column progs[] = {
		{ "name", "PROGRAM" },
		{ "instructions", "INSNS", true },
		{ "verified", "VERIFIED", true },
		{ "jited", "JITED", true },
	}, maps[] = {
		{ "name", "MAP" },
		{ "type", "TYPE" },
		{ "max_entries", "ENTRIES", true },
		{ "memory", "MEMORY", true },
	}, lacks[] = {
		{ "since", "LINUX" },
		{ "kind", "THIS KERNEL LACKS" },
		{ "name", "NAME" },
		{ "for", "FOR" },
	};
	eu_auto_buf struct eu_buf out = EU_BUF(16 << 20);

	if (eu_json_true(j, "loads"))
		eu_buf_printf(&out, "%s loads here\n", eu_json_str(j, "name"));
	else
		eu_buf_printf(&out, "%s does not load here: %s\n",
			      eu_json_str(j, "name"), eu_json_str(j, "error"));
	table_print(json_object_get(j, "programs"), progs, EU_COUNT(progs),
		    "  ", &out);
	table_print(json_object_get(j, "maps"), maps, EU_COUNT(maps), "  ", &out);
	table_print(json_object_get(j, "lacks"), lacks, EU_COUNT(lacks), "  ",
		    &out);
	put(eu_buf_str(&out) ?: "");
}

/* Loaded and thrown away. What is missing is a result, not an error of ours. */
static int check_package(const char *path, bool json)
{
	eu_auto_package struct eu_package *pkg = NULL;
	struct eu_program_opts po = { .sz = sizeof(po), .log = on_log };
	eu_auto_json json_t *j = NULL;
	struct eu_program *p = NULL;
	struct eu_feature *f = NULL;
	struct eu_error err, why;
	size_t n = 0;
	char *text;
	int r;

	r = eu_package_read(path, NULL, &pkg, &err);
	if (!r)
		r = eu_lacks_of(pkg, &f, &n, &err);
	if (r)
		return fail(&err);
	j = json_pack("{s:s, s:o}", "name", pkg->name, "lacks", lacks_json(f, n));
	free(f);
	eu_program_raise_memlock();
	r = eu_program_new(eu_take_ptr(pkg), &po, &p, &why);
	if (!r) {
		p->unattached = true;
		r = eu_program_load(p, &why);
	}
	json_object_set_new(j, "loads", json_boolean(!r));
	if (r)
		json_object_set_new(j, "error", json_string(why.text));
	else
		json_object_update_new(j, eu_cost_json(p));
	eu_program_close(p);
	if (json) {
		text = json_dumps(j, JSON_COMPACT);
		printf("%s\n", text ?: "");
		free(text);
	} else {
		print_report(j);
	}
	return r ? EXIT_FAILED : EXIT_DONE;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	struct eu_args args = { .argv = argv, .argc = argc, .next = 1 };
	const char *probe = NULL, *path = NULL;
	struct eu_error err;
	bool json = false;
	int i;

	while ((i = eu_args_next(&args, options, &err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && !path)
			path = args.value;
		else if (i == EU_ARGS_WORD)
			i = eu_error_set(&err, -EINVAL,
					 "unexpected argument '%s'", args.value);
		else if (i >= 0 && options[i].id == OPT_HELP)
			return show_help(cmd);
		else if (i >= 0 && options[i].id == OPT_JSON)
			json = true;
		else if (i >= 0)
			probe = args.value;
		if (i < EU_ARGS_END)
			return fail_usage(cmd, &err);
	}
	if (probe)
		return probe_one(cmd, probe);
	if (path)
		return check_package(path, json);
	if (json)
		return print_json();
	print_text();
	return EXIT_DONE;
}

const struct eu_command command_check = {
	.name = "check",
	.usage = "[OPTIONS] [PACKAGE]",
	.summary = "say what this system offers, or how a package loads here",
	.description =
		"With PACKAGE, loads it without attaching anything and says what the verifier made of each program, how much memory each map takes, and what the kernel lacks; exits with 1 if it does not load. Without, tries what programs may need: each kind of program is loaded and, where that is harmless, attached and taken off again. For what does not work, says what to enable.",
	.options = options,
	.run = command,
};
