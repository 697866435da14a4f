/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "keys.h"
#include "remote.h"

enum { OPT_TYPE, OPT_ENCRYPT, OPT_HELP };

static const struct eu_option options[] = {
	{ 't', "type", "TYPE", "ed25519 (the default) or ecdsa-p256", OPT_TYPE },
	{ 'e', "encrypt", NULL,
	  "encrypt the private key with $EUNOMIA_PASSWORD, else with what is asked for",
	  OPT_ENCRYPT },
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

int key_password(const char *what, char **ret, struct eu_error *err)
{
	const char *env = getenv("EUNOMIA_PASSWORD");

	if (!env || !*env)
		return remote_ask(what, true, ret, err);
	*ret = strdup(env);
	return *ret ? 0 : eu_error_oom(err);
}

static void free_secret(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
}

#define auto_secret EU_CLEANUP(free_secret)

/* A key that is there stays: what it has signed is signed. */
static int write_new(const char *path, mode_t mode, const char *text,
		     struct eu_error *err)
{
	eu_auto_close int fd = open(
		path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int r = fd < 0 ? -errno : eu_write_all(fd, text, strlen(text));

	if (!r && fsync(fd))
		r = -errno;
	if (r && fd >= 0)
		unlink(path);
	return r ? eu_error_set(err, r, "cannot write '%s': %s", path,
				strerror(-r)) :
		   0;
}

static int make(const char *name, const char *type, bool encrypt,
		struct eu_error *err)
{
	eu_auto_key struct eu_key *key = NULL;
	auto_secret char *password = NULL, *private = NULL;
	eu_auto_free char *public = NULL, *own = NULL, *others = NULL;
	int r;

	if (asprintf(&own, "%s.key", name) < 0)
		own = NULL;
	if (asprintf(&others, "%s.pub", name) < 0)
		others = NULL;
	if (!own || !others)
		return eu_error_oom(err);
	r = eu_key_make(type, &key, err);
	if (!r && encrypt)
		r = key_password("password for the key", &password, err);
	if (!r && password && !*password)
		r = eu_error_set(err, -EINVAL, "the password is empty");
	if (!r)
		r = eu_key_write(key, password, &private, &public, err);
	if (!r)
		r = write_new(own, 0600, private, err);
	if (r)
		return r;
	r = write_new(others, 0644, public, err);
	if (r) {
		unlink(own);
		return r;
	}
	printf("%s\n%s\n", own, others);
	return 0;
}

static int command(const struct eu_command *cmd, int argc, char **argv)
{
	const char *value[EU_COUNT(options)] = { 0 }, *name = NULL;
	int status = one_word(cmd, argc, argv, &name, value);
	struct eu_error err;

	if (status >= 0)
		return status;
	if (!name) {
		eu_error_set(&err, -EINVAL, "no name given for the key's files");
		return fail_usage(cmd, &err);
	}
	return make(name, value[OPT_TYPE] ?: "ed25519", value[OPT_ENCRYPT], &err) ?
		       fail(&err) :
		       EXIT_DONE;
}

const struct eu_command command_keygen = {
	.name = "keygen",
	.usage = "[OPTIONS] NAME",
	.summary = "make a pair of keys to sign with",
	.description =
		"Writes a private key to NAME.key, which only its owner may read, and the public one to NAME.pub, both as PEM. Keys that other programs made serve as well: Ed25519 and ECDSA over P-256, in PEM.",
	.examples = "ecli keygen -e me                       # me.key and me.pub\n",
	.options = options,
	.run = command,
};
