/* SPDX-License-Identifier: MIT */
#include "oci/helper.h"

#include <errno.h>
#include <string.h>

#include "base/child.h"
#include "base/json.h"

/* So a token is told from a password: by its user. */
static const char TOKEN[] = "<token>";

/* What it says; @input goes to its standard input. Its exit status. */
static int ask(const char *name, const char *verb, const char *input,
	       char **ret_said, struct eu_error *err)
{
	eu_auto_argv struct eu_argv argv = { 0 };
	eu_auto_child struct eu_child child = EU_CHILD;
	eu_auto_close int in = eu_memfd("input", input, strlen(input));
	size_t len;
	int r, status;

	/* A name from a file that somebody may have got from elsewhere. */
	if (strchr(name, '/'))
		return eu_error_set(err, -EINVAL,
				    "a helper for passwords called '%s'", name);
	if (in < 0)
		return eu_error_oom(err);
	eu_argv_addf(&argv, "docker-credential-%s", name);
	eu_argv_add(&argv, verb);
	r = eu_child_start(&child, &argv, in, err);
	if (r)
		return r;
	status = eu_child_wait(&child);
	r = eu_memfd_read(child.out, argv.list[0], ret_said, &len, err);
	return r ?: status;
}

static int failed(const char *name, const char *said, struct eu_error *err)
{
	return eu_error_set(err, -EACCES, "docker-credential-%s: %.*s", name,
			    (int)strcspn(said, "\r\n"), said);
}

static int take(const char *name, const char *said, struct eu_credentials *ret,
		struct eu_error *err)
{
	eu_auto_json json_t *j = eu_json_read(said, strlen(said), err);
	const char *user = eu_json_str(j, "Username");
	const char *secret = eu_json_str(j, "Secret");

	if (!user || !secret)
		return eu_error_set(
			err, -EINVAL,
			"docker-credential-%s gives no JSON with Username and Secret",
			name);
	if (!strcmp(user, TOKEN)) {
		ret->identity_token = strdup(secret);
		return ret->identity_token ? 0 : eu_error_oom(err);
	}
	ret->user = strdup(user);
	ret->password = strdup(secret);
	return ret->user && ret->password ? 0 : eu_error_oom(err);
}

int eu_helper_get(const char *name, const char *host,
		  struct eu_credentials *ret, struct eu_error *err)
{
	eu_auto_free char *said = NULL;
	int r = ask(name, "get", host, &said, err);

	if (r < 0)
		return r;
	if (!r)
		return take(name, said, ret, err);
	return strstr(said, "credentials not found") ? 0 :
						       failed(name, said, err);
}

int eu_helper_store(const char *name, const char *host,
		    const struct eu_credentials *c, struct eu_error *err)
{
	eu_auto_free char *said = NULL, *text = NULL;
	const bool token = c->identity_token;
	eu_auto_json json_t *j = json_pack(
		"{s:s, s:s, s:s}", "ServerURL", host, "Username",
		token ? TOKEN : c->user, "Secret",
		token ? c->identity_token : c->password);
	int r;

	text = j ? eu_json_write(j, NULL) : NULL;
	if (!text)
		return eu_error_oom(err);
	r = ask(name, "store", text, &said, err);
	return r <= 0 ? r : failed(name, said, err);
}

int eu_helper_erase(const char *name, const char *host, struct eu_error *err)
{
	eu_auto_free char *said = NULL;
	int r = ask(name, "erase", host, &said, err);

	return r <= 0 ? r : failed(name, said, err);
}
