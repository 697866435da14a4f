/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ecli.h"
#include "rt/cost.h"
#include "rt/lacks.h"
#include "table.h"

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
		one = json_object();
		eu_json_put_text(&one, "kind", eu_feature_kind_name(f[i].kind));
		eu_json_put_text(&one, "name", f[i].name);
		eu_json_put_text(&one, "for", f[i].owner);
		if (f[i].since)
			eu_json_put_text(&one, "since", since);
		eu_json_add(&list, one);
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

	if (json_is_null(json_object_get(j, "loads")))
		eu_buf_printf(&out, "whether %s loads here is unknown: %s\n",
			      eu_json_str(j, "name"), eu_json_str(j, "error"));
	else if (eu_json_true(j, "loads") && !eu_json_true(j, "attaches"))
		eu_buf_printf(&out, "%s loads here, but cannot be attached\n",
			      eu_json_str(j, "name"));
	else if (eu_json_true(j, "loads"))
		eu_buf_printf(&out, "%s loads here\n", eu_json_str(j, "name"));
	else
		eu_buf_printf(&out, "%s does not load here: %s\n",
			      eu_json_str(j, "name"), eu_json_str(j, "error"));
	table_print(json_object_get(j, "programs"), progs, EU_COUNT(progs),
		    "  ", &out);
	table_print(json_object_get(j, "maps"), maps, EU_COUNT(maps), "  ", &out);
	table_print(json_object_get(j, "lacks"), lacks, EU_COUNT(lacks), "  ",
		    &out);
	put_foreign(eu_buf_str(&out) ?: "");
}

/* What is in @more too. */
static void add_all(json_t **j, json_t *more)
{
	if (!json_object_update_new(*j, more))
		return;
	json_decref(*j);
	*j = NULL;
}

/* Is what it is attached by there for each program that cannot be left out? */
static bool attaches(const struct eu_package *pkg, const struct eu_feature *f,
		     size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < pkg->n_progs; k++)
			if (f[i].kind == EU_FEATURE_ATTACH &&
			    !pkg->progs[k].optional && !pkg->progs[k].manual &&
			    !strcmp(pkg->progs[k].name, f[i].owner))
				return false;
	return true;
}

/* What is missing is a result, not an error of ours. */
static int try(struct eu_package *pkg, json_t **j)
{
	struct eu_program_opts po = { .sz = sizeof(po), .log = on_log };
	struct eu_program *p = NULL;
	struct eu_feature *f = NULL;
	struct eu_error why;
	size_t n = 0;
	bool runs;
	int r = eu_lacks_to_run(pkg, &f, &n, &why);

	if (r) {
		eu_package_free(pkg);
		eu_json_put(j, "loads", json_null());
		eu_json_put_text(j, "error",
				 r == -EPERM && geteuid() ? "run as root to know" :
							    why.text);
		return r;
	}
	eu_json_put(j, "lacks", lacks_json(f, n));
	runs = attaches(pkg, f, n);
	free(f);
	eu_program_raise_memlock();
	r = eu_program_new(pkg, &po, &p, &why);
	if (!r) {
		p->unattached = true;
		r = eu_program_load(p, &why);
	}
	eu_json_put(j, "loads", json_boolean(!r));
	if (r) {
		eu_json_put_text(j, "error", why.text);
	} else {
		eu_json_put(j, "attaches", json_boolean(runs));
		add_all(j, eu_cost_json(p));
	}
	eu_program_close(p);
	return r || runs ? r : -EOPNOTSUPP;
}

int check_package(const char *path, struct source *from, bool json)
{
	eu_auto_package struct eu_package *pkg = NULL;
	eu_auto_json json_t *j = NULL;
	struct eu_error err;
	int r;

	if (open_package(path, from, NULL, &pkg, &err))
		return fail(&err);
	j = json_object();
	eu_json_put_text(&j, "name", pkg->name);
	r = try(eu_take_ptr(pkg), &j);
	if (json) {
		r = print_whole(j) ?: r;
	} else if (j) {
		print_report(j);
	} else {
		eu_error_oom(&err);
		return fail(&err);
	}
	return r ? EXIT_FAILED : EXIT_DONE;
}
