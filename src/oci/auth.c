/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/auth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/file.h"
#include "oci/helper.h"

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

static bool is_known(const struct eu_credentials *c)
{
	return c->user || c->identity_token;
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

/* Docker's own registry goes by addresses of old times: the first is today's. */
static const char *const docker_keys[] = {
	"https://index.docker.io/v1/",
	"docker.io",
	"index.docker.io",
	"registry-1.docker.io",
};

/* What files and helpers know a host by, the first for what is new. */
static size_t keys_of(const char *const *host, const char *const **ret)
{
	const bool docker = !strcmp(*host, "docker.io");

	*ret = docker ? docker_keys : host;
	return docker ? EU_COUNT(docker_keys) : 1;
}

static const char *new_key(const char *host)
{
	const char *const *keys;

	keys_of(&host, &keys);
	return keys[0];
}

static const json_t *entry_of(const json_t *auths, const char *host)
{
	const char *const *keys;
	const size_t n = keys_of(&host, &keys);
	const json_t *e = NULL;

	for (size_t i = 0; !e && i < n; i++)
		e = json_object_get(auths, keys[i]);
	return e;
}

/* The name of the helper that has the passwords of @host, or NULL. */
static const char *helper_of(const json_t *config, const char *host)
{
	const json_t *entry = entry_of(json_object_get(config, "credHelpers"),
				       host);

	return json_string_value(entry) ?: eu_json_str(config, "credsStore");
}

/* A file's JSON; NULL without @err being set if it is not there. */
static int read_config(const char *path, json_t **ret, struct eu_error *err)
{
	eu_auto_free char *data = NULL;
	size_t len;
	int r;

	*ret = NULL;
	if (access(path, F_OK))
		return 0;
	r = eu_file_read(path, MAX_FILE, &data, &len, err);
	if (r)
		return r;
	*ret = eu_json_read(data, len, err);
	if (!*ret)
		return eu_error_prefix(err, -EINVAL, "'%s'", path);
	if (json_is_object(*ret))
		return 0;
	json_decref(*ret);
	*ret = NULL;
	return eu_error_set(err, -EINVAL, "'%s' is no JSON object", path);
}

int eu_credentials_of(const json_t *config, const char *host,
		      struct eu_credentials *ret, struct eu_error *err)
{
	const json_t *entry = entry_of(json_object_get(config, "auths"), host);

	return entry ? take(entry, host, ret, err) : 0;
}

static int read_file(const char *path, const char *host,
		     struct eu_credentials *ret, struct eu_error *err)
{
	eu_auto_json json_t *j = NULL;
	const char *helper;
	int r = read_config(path, &j, err);

	if (r || !j)
		return r;
	helper = helper_of(j, host);
	r = eu_credentials_of(j, host, ret, err);
	if (!r && !is_known(ret) && helper)
		r = eu_helper_get(helper, new_key(host), ret, err);
	return r ? eu_error_prefix(err, r, "'%s'", path) : 0;
}

/* The files, first to last: a folder from the environment, and what is in it. */
static const struct place {
	const char *variable, *below;
	bool written; /* by us, where the variable is there */
} places[] = {
	{ "REGISTRY_AUTH_FILE", NULL, true },
	{ "XDG_RUNTIME_DIR", "containers/auth.json", false },
	{ "XDG_CONFIG_HOME", "containers/auth.json", false },
	{ "HOME", ".config/containers/auth.json", false },
	{ "DOCKER_CONFIG", "config.json", true },
	{ "HOME", ".docker/config.json", true },
};

/* To be freed; NULL if the environment does not say where. */
static char *path_of(const struct place *p)
{
	const char *dir = getenv(p->variable);

	if (!dir || !*dir)
		return NULL;
	return p->below ? eu_path_join(dir, p->below) : strdup(dir);
}

int eu_credentials_find(const char *host, struct eu_credentials *ret,
			struct eu_error *err)
{
	struct eu_credentials c = { 0 };
	int r = 0;

	for (size_t i = 0; i < EU_COUNT(places) && !r && !is_known(&c); i++) {
		eu_auto_free char *path = path_of(&places[i]);

		r = path ? read_file(path, host, &c, err) : 0;
	}
	if (r) {
		eu_credentials_done(&c);
		return r;
	}
	*ret = c;
	return 0;
}

/* ---- changing them */

static int write_config(const char *path, const json_t *j, struct eu_error *err)
{
	eu_auto_free char *text = NULL, *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	mode_t mask;
	size_t len;
	int r;

	text = eu_json_write(j, &len);
	if (!text || !dir)
		return eu_error_oom(err);
	if (slash) {
		*slash = '\0';
		mkdir(dir, 0700);
	}
	/* From its birth: it replaces what was there. */
	mask = umask(0077);
	r = eu_file_write(path, text, len, err);
	umask(mask);
	return r;
}

static json_t *entry_for(const struct eu_credentials *c)
{
	eu_auto_free char *basic = eu_credentials_basic(c);
	json_t *j = basic ? json_object() : NULL;

	if (!j)
		return NULL;
	eu_json_put_text(&j, "auth", basic + strlen("Basic "));
	eu_json_put_text(&j, "identitytoken", c->identity_token);
	return j;
}

static int keep_in(const char *path, const char *host,
		   const struct eu_credentials *c, struct eu_error *err)
{
	eu_auto_json json_t *j = NULL;
	json_t *auths;
	const char *helper;
	int r = read_config(path, &j, err);

	if (r)
		return r;
	j = j ?: json_object();
	helper = helper_of(j, host);
	if (helper)
		return eu_helper_store(helper, new_key(host), c, err);
	auths = json_object_get(j, "auths");
	if (!auths && !json_object_set_new(j, "auths", json_object()))
		auths = json_object_get(j, "auths");
	if (json_object_set_new(auths, new_key(host), entry_for(c)))
		return eu_error_oom(err);
	return write_config(path, j, err);
}

int eu_credentials_keep(const char *host, const struct eu_credentials *c,
			struct eu_error *err)
{
	for (size_t i = 0; i < EU_COUNT(places); i++) {
		eu_auto_free char *path = NULL;

		if (!places[i].written)
			continue;
		path = path_of(&places[i]);
		if (path)
			return keep_in(path, host, c, err);
	}
	return eu_error_set(err, -ENOENT,
			    "no place to keep a password in: set HOME");
}

static int forget_in(const char *path, const char *host, bool *ret_found,
		     struct eu_error *err)
{
	struct eu_credentials c = { 0 };
	eu_auto_json json_t *j = NULL;
	const char *const *keys;
	const size_t n = keys_of(&host, &keys);
	const char *helper;
	bool changed = false;
	int r = read_config(path, &j, err);

	if (r || !j)
		return r;
	helper = helper_of(j, host);
	if (helper) {
		r = eu_helper_get(helper, new_key(host), &c, err);
		if (!r && is_known(&c)) {
			*ret_found = true;
			r = eu_helper_erase(helper, new_key(host), err);
		}
		eu_credentials_done(&c);
		if (r)
			return r;
	}
	for (size_t i = 0; i < n; i++) {
		if (!json_object_del(json_object_get(j, "auths"), keys[i]))
			changed = true;
	}
	if (!changed)
		return 0;
	*ret_found = true;
	return write_config(path, j, err);
}

int eu_credentials_forget(const char *host, struct eu_error *err)
{
	bool found = false;
	int r = 0;

	for (size_t i = 0; i < EU_COUNT(places) && !r; i++) {
		eu_auto_free char *path = path_of(&places[i]);

		r = path ? forget_in(path, host, &found, err) : 0;
	}
	if (!r && !found)
		r = eu_error_set(err, -ENOENT, "there is nothing for '%s'", host);
	return r;
}
