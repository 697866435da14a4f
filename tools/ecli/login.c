/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "remote.h"

enum { OPT_HELP };

static const struct eu_option login_options[] = {
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

/* A host has no path, but the grammar of references wants one. */
static int parse_host(const char *text, struct eu_ref *ret, struct eu_error *err)
{
	char whole[EU_REF_TEXT], host[EU_REF_HOST];

	/* As browsers show it. */
	if (!strncmp(text, "https://", 8))
		text += 8;
	snprintf(host, sizeof(host), "%.*s", (int)strcspn(text, "/"), text);
	/* In references only these are hosts. */
	snprintf(whole, sizeof(whole), "%s%s/x", host,
		 strpbrk(host, ".:") || !strcmp(host, "localhost") ? "" : ":443");
	if (eu_ref_parse(whole, ret, NULL))
		return eu_error_set(err, -EINVAL,
				    "'%s' is no host: write HOST[:PORT]", text);
	ret->path[0] = '\0';
	return 0;
}

static int log_in(struct remote *m, const char *host, struct eu_error *err)
{
	eu_auto_free char *identity = NULL;
	struct eu_credentials c = { 0 };
	struct eu_registry *g = NULL;
	struct eu_ref ref;
	int r = parse_host(host, &ref, err);

	/* Where others would go on as nobody, it asks. */
	if (!r && !m->o.user) {
		m->prompt = true;
		m->complete = false;
		r = remote_complete(m, err);
	}
	if (!r)
		r = eu_registry_open(&ref, &m->o, &g, err);
	if (!r)
		r = eu_registry_login(g, &identity, err);
	eu_registry_close(g);
	c.user = (char *)m->o.user;
	c.password = (char *)(identity ? "" : m->o.password);
	c.identity_token = identity;
	if (!r)
		r = eu_credentials_keep(ref.host, &c, err);
	if (!r)
		printf("logged in to %s as %s\n", ref.host, m->o.user);
	return r;
}

static int login(const struct eu_command *cmd, int argc, char **argv)
{
	struct remote m = { 0 };
	struct eu_error err = { 0 };
	const char *host = NULL;
	int status = remote_parse(&m, cmd, argc, argv, &host, "host");

	if (status < 0)
		status = log_in(&m, host, &err) ? fail(&err) : EXIT_DONE;
	remote_done(&m);
	return status;
}

const struct eu_command command_login = {
	.name = "login",
	.usage = "[OPTIONS] HOST",
	.summary = "keep a user name and password for a registry",
	.description =
		"Tries the user name and password at the registry HOST[:PORT], and keeps them, or the token that it gives in their place, where docker and podman look: in $REGISTRY_AUTH_FILE, else in config.json of $DOCKER_CONFIG or ~/.docker, or with the helper that this file names.",
	.examples = "ecli login -u me --password-stdin registry.example <file\n",
	.options = login_options,
	.run = login,
};

static const struct eu_option logout_options[] = {
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static int logout(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(logout_options)] = { 0 }, *host = NULL;
	int status = one_word(cmd, argc, argv, &host, value);
	struct eu_error err;
	struct eu_ref ref;

	if (status >= 0)
		return status;
	if (!host) {
		eu_error_set(&err, -EINVAL, "no host given");
		return fail_usage(cmd, &err);
	}
	if (parse_host(host, &ref, &err) || eu_credentials_forget(ref.host, &err))
		return fail(&err);
	printf("logged out of %s\n", ref.host);
	return EXIT_DONE;
}

const struct eu_command command_logout = {
	.name = "logout",
	.usage = "HOST",
	.summary = "forget what 'login' has kept",
	.options = logout_options,
	.run = logout,
};
