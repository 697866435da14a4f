/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ecli.h"
#include "net/fetch.h"
#include "oci/artifact.h"

enum { CONNECT_MS = 10000, STALL_MS = 30000 };

static const char OCI[] = "oci://";

static int pull(const struct eu_store *s, const struct eu_ref *ref,
		struct eu_descriptor *ret, struct eu_error *err)
{
	const struct eu_registry_opts o = { 0 };
	struct eu_registry *g = NULL;
	int r = eu_registry_open(ref, &o, &g, err);

	if (!r)
		r = eu_artifact_pull(g, s, ref, ret, err);
	eu_registry_close(g);
	return r;
}

/* What the store has; else what the registry has, which it has then. */
static int from_registry(const struct eu_ref *ref, uint64_t max,
			 char **ret_data, size_t *ret_len, struct eu_error *err)
{
	eu_auto_store struct eu_store s = { 0 };
	char name[EU_REF_TEXT];
	struct eu_descriptor d;
	int r = eu_store_open(NULL, &s, err);

	if (r)
		return r;
	r = eu_store_find(&s, ref, &d, err);
	if (!r)
		r = eu_artifact_read(&s, &d, max, ret_data, ret_len, NULL, err);
	/* Not there, or not whole. */
	if (r == -ENOENT || r == -EBADMSG) {
		r = pull(&s, ref, &d, err);
		if (!r)
			r = eu_artifact_read(&s, &d, max, ret_data, ret_len,
					     NULL, err);
	}
	eu_ref_format(ref, name, sizeof(name));
	return r ? eu_error_prefix(err, r, "'%s'", name) : 0;
}

bool has_host(const char *word)
{
	const size_t n = strcspn(word, "/");

	return word[n] && (memchr(word, '.', n) || memchr(word, ':', n) ||
			   (n == 9 && !memcmp(word, "localhost", n)));
}

int fetch(const char *word, uint64_t max, char **ret_data, size_t *ret_len,
	  struct eu_error *err)
{
	const struct eu_http_opts http = { .connect_ms = CONNECT_MS,
					   .stall_ms = STALL_MS };
	const bool named = !strncmp(word, OCI, strlen(OCI));
	struct eu_ref ref;

	if (!strcmp(word, "-") || (!named && !access(word, F_OK)))
		return FETCH_NOT;
	if (eu_fetch_knows(word))
		return eu_fetch(word, &http, max, ret_data, ret_len, err);
	if (named) {
		if (eu_ref_parse(word + strlen(OCI), &ref, err))
			return -EINVAL;
	} else if (strstr(word, "://")) {
		return eu_error_set(
			err, -EINVAL,
			"'%s': http, https, oci, file and data are known here",
			word);
	} else if (!has_host(word)) {
		/* Somebody may have misspelt a file. */
		return FETCH_NOT;
	} else if (eu_ref_parse(word, &ref, err)) {
		/* Folders have dots in their names, too. */
		return memchr(word, ':', strcspn(word, "/")) ? -EINVAL :
							       FETCH_NOT;
	}
	return from_registry(&ref, max, ret_data, ret_len, err);
}
