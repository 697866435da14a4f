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
	case SOURCE_DIGEST:
		s->digest = value;
		return eu_digest_is_valid(value) ?
			       0 :
			       eu_error_set(
				       err, -EINVAL,
				       "--digest: '%s' is not sha256: and 64 digits, lower case",
				       value);
	case SOURCE_QUIET: s->quiet = true; return 0;
	case SOURCE_EXPLAIN: s->explain = true; return 0;
	case SOURCE_OFFLINE:
		/* It binds all that would ask somebody. */
		return setenv("EUNOMIA_OFFLINE", "1", 1) ? eu_error_oom(err) : 0;
	}
	remote_option(&s->remote, id, value);
	return 0;
}

int source_check(const struct source *s, const void *data, size_t len,
		 struct eu_error *err)
{
	char digest[EU_DIGEST];
	int r;

	if (!s || !s->digest)
		return 0;
	r = eu_digest_of(data, len, digest, err);
	if (!r && strcmp(digest, s->digest) != 0)
		r = eu_error_set(err, -EBADMSG, "it is %s, and --digest wants %s",
				 digest, s->digest);
	return r;
}

void source_done(struct source *s)
{
	remote_done(&s->remote);
}
