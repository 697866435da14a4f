/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool source_has(int id)
{
	return id >= REMOTE_USER;
}

static int set_pull(struct source *s, const char *value, struct eu_error *err)
{
	static const char *const words[] = {
		[PULL_MISSING] = "missing",
		[PULL_ALWAYS] = "always",
		[PULL_NEVER] = "never",
	};

	for (size_t i = 0; i < EU_COUNT(words); i++) {
		if (!strcmp(words[i], value)) {
			s->pull = i;
			return 0;
		}
	}
	return eu_error_set(err, -EINVAL,
			    "--pull takes missing, always or never, not '%s'",
			    value);
}

int source_option(struct source *s, int id, const char *value,
		  struct eu_error *err)
{
	switch (id) {
	case SOURCE_PULL: return set_pull(s, value, err);
	case SOURCE_EXPLAIN: s->explain = true; return 0;
	case SOURCE_OFFLINE:
		/* It binds all that would ask somebody. */
		return setenv("EUNOMIA_OFFLINE", "1", 1) ? eu_error_oom(err) : 0;
	}
	remote_option(&s->remote, id, value);
	return 0;
}

void source_done(struct source *s)
{
	remote_done(&s->remote);
}
