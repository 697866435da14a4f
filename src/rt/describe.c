/* SPDX-License-Identifier: MIT */
#include "pkg/describe.h"

#include <errno.h>
#include <string.h>

#include "rt/cost.h"

/* What is known of a program, as JSON for the public interface. */

static int write_json(json_t *j, eu_write_fn write, void *ctx,
		      struct eu_error *err)
{
	eu_auto_free char *text = eu_json_line(j);
	int r;

	json_decref(j);
	if (!text)
		return eu_error_oom(err);
	r = write(ctx, text, strlen(text));
	if (r < 0)
		return eu_error_set(err, r, "cannot write: %s", strerror(-r));
	return 0;
}

int eu_program_describe(const struct eu_program *p, eu_write_fn write,
			void *ctx, struct eu_error *err)
{
	struct eu_error why;
	json_t *j = eu_package_describe(p->pkg, err ?: &why);

	return j ? write_json(j, write, ctx, err) : (err ?: &why)->code;
}

int eu_program_costs(const struct eu_program *p, eu_write_fn write, void *ctx,
		     struct eu_error *err)
{
	json_t *j;

	if (p->phase == EU_PHASE_OPEN)
		return eu_program_expect(p, EU_PHASE_LOADED, err);
	j = eu_cost_json(p);
	return j ? write_json(j, write, ctx, err) : eu_error_oom(err);
}
