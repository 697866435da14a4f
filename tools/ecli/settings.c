/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "run.h"

enum { MAX_SETTINGS = 65536, MAX_FILE = 16 << 20 };

int run_add_setting(struct run *r, const struct run_setting *s,
		    struct eu_error *err)
{
	int ret = eu_array_grow(&r->set, r->n_set, sizeof(*r->set), MAX_SETTINGS);

	if (ret)
		return eu_error_grow(err, ret, MAX_SETTINGS, "options");
	r->set[r->n_set++] = *s;
	return 0;
}

/* JSON, or YAML: an object of names and values. */
static int apply_file(const struct run *r, const char *path, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	eu_auto_json json_t *j = NULL;
	const char *name;
	json_t *value;
	size_t len;
	int ret;

	ret = eu_file_read(path, MAX_FILE, &text, &len, err);
	if (ret)
		return ret;
	j = text[strspn(text, " \t\r\n")] == '{' ? eu_json_read(text, len, err) :
						   eu_yaml_read(text, len, err);
	if (!j)
		return eu_error_prefix(err, -EBADMSG, "'%s'", path);
	if (!json_is_object(j))
		return eu_error_set(err, -EBADMSG,
				    "'%s' holds no object of names and values",
				    path);
	json_object_foreach (j, name, value) {
		ret = eu_program_set_json(r->program, name, value, err);
		if (ret)
			return eu_error_prefix(err, -EBADMSG, "'%s'", path);
	}
	return 0;
}

static int apply_one(const struct run *r, const struct run_setting *s,
		     struct eu_error *err)
{
	eu_auto_free char *name = strndup(s->name, s->name_len);

	return name ? eu_program_set(r->program, name, s->value, err) :
		      eu_error_oom(err);
}

int run_apply_settings(const struct run *r, struct eu_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < r->n_set && !ret; i++)
		ret = r->set[i].name ? apply_one(r, &r->set[i], err) :
				       apply_file(r, r->set[i].value, err);
	return ret;
}
