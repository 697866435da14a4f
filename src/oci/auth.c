/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/auth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/base64.h"

enum { MAX_FILE = 1 << 20, MAX_PASSWORD = 64 << 10 };

void eu_credentials_done(struct eu_credentials *c)
{
	free(c->user);
	free(c->password);
	free(c->identity_token);
	*c = (struct eu_credentials){ 0 };
}

char *eu_credentials_basic(const struct eu_credentials *c)
{
	eu_auto_buf struct eu_buf plain = EU_BUF(MAX_PASSWORD);
	eu_auto_buf struct eu_buf out = EU_BUF(2 * MAX_PASSWORD);

	eu_buf_printf(&plain, "%s:%s", c->user, c->password);
	eu_buf_puts(&out, "Basic ");
	if (!plain.error)
		eu_base64_encode(plain.data, plain.len, &out);
	return plain.error ? NULL : eu_buf_take(&out, NULL);
}

/* "auth" is the base64 of USER:PASSWORD. */
static int decode(const char *auth, struct eu_credentials *ret,
		  struct eu_error *err)
{
	eu_auto_buf struct eu_buf plain = EU_BUF(MAX_PASSWORD);
	const char *text, *colon;
	int r = eu_base64_decode(auth, strlen(auth), &plain, err);

	if (r)
		return r;
	text = eu_buf_str(&plain);
	colon = text ? strchr(text, ':') : NULL;
	if (!colon)
		return eu_error_set(err, -EINVAL, "is not USER:PASSWORD");
	ret->user = strndup(text, colon - text);
	ret->password = strdup(colon + 1);
	return ret->user && ret->password ? 0 : eu_error_oom(err);
}

static int take(const json_t *entry, const char *host,
		struct eu_credentials *ret, struct eu_error *err)
{
	const char *auth = eu_json_str(entry, "auth");
	const char *token = eu_json_str(entry, "identitytoken");
	int r = auth && *auth ? decode(auth, ret, err) : 0;

	if (r)
		return eu_error_prefix(err, r, "what it has for '%s'", host);
	if (token && *token) {
		ret->identity_token = strdup(token);
		if (!ret->identity_token)
			return eu_error_oom(err);
	}
	return 0;
}

/* Docker's own registry goes by an address of old times. */
static const char *const aliases[][2] = {
	{ "docker.io", "https://index.docker.io/v1/" },
	{ "docker.io", "index.docker.io" },
	{ "docker.io", "registry-1.docker.io" },
};

static const json_t *entry_of(const json_t *auths, const char *host)
{
	const json_t *e = json_object_get(auths, host);

	for (size_t i = 0; !e && i < EU_COUNT(aliases); i++) {
		if (!strcmp(aliases[i][0], host))
			e = json_object_get(auths, aliases[i][1]);
	}
	return e;
}

static int read_file(const char *path, const char *host,
		     struct eu_credentials *ret, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	eu_auto_json json_t *j = NULL;
	const json_t *entry;
	size_t len;
	int r;

	if (access(path, F_OK))
		return 0;
	r = eu_file_read(path, MAX_FILE, &data, &len, err);
	if (r)
		return r;
	j = eu_json_read(data, len, err);
	if (!j)
		return eu_error_prefix(err, -EINVAL, "'%s'", path);
	entry = entry_of(json_object_get(j, "auths"), host);
	r = entry ? take(entry, host, ret, err) : 0;
	return r ? eu_error_prefix(err, r, "'%s'", path) : 0;
}

/* The files, first to last: a folder from the environment, and what is in it. */
static const struct {
	const char *variable, *below;
} files[] = {
	{ "REGISTRY_AUTH_FILE", NULL },
	{ "XDG_RUNTIME_DIR", "containers/auth.json" },
	{ "XDG_CONFIG_HOME", "containers/auth.json" },
	{ "HOME", ".config/containers/auth.json" },
	{ "DOCKER_CONFIG", "config.json" },
	{ "HOME", ".docker/config.json" },
};

int eu_credentials_find(const char *host, struct eu_credentials *ret,
			struct eu_error *err)
{
	struct eu_credentials c = { 0 };
	int r = 0;

	for (size_t i = 0; i < EU_COUNT(files) && !r && !c.user; i++) {
		const char *dir = getenv(files[i].variable);
		eu_auto_free char *path = NULL;

		if (!dir || !*dir)
			continue;
		path = files[i].below ? eu_path_join(dir, files[i].below) :
					strdup(dir);
		r = path ? read_file(path, host, &c, err) : eu_error_oom(err);
	}
	if (r) {
		eu_credentials_done(&c);
		return r;
	}
	*ret = c;
	return 0;
}
