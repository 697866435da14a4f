/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "oci/signature.h"
#include "remote.h"

/* Signatures of what registries have: made, and looked for. */

enum { OPT_KEY, OPT_NOTE, OPT_HELP, MAX_KEYS = 64 };

static const struct eu_option sign_options[] = {
	{ 'k', "key", "FILE", "sign with this private key (PEM)", OPT_KEY },
	{ 'a', "annotations", "KEY=VALUE",
	  "sign these words, too; may be given again", OPT_NOTE },
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

static const struct eu_option verify_options[] = {
	{ 'k', "key", "FILE",
	  "a public key (PEM); given again, one of them is to have signed",
	  OPT_KEY },
	{ 'a', "annotations", "KEY=VALUE",
	  "these words are to be signed, too; may be given again", OPT_NOTE },
	REMOTE_OPTIONS,
	{ 'h', "help", NULL, "print help", OPT_HELP },
	{ 0 },
};

/* What both are told. */
struct order {
	struct remote remote;
	const char *what; /* the reference */
	const char *files[MAX_KEYS];
	struct eu_key *keys[MAX_KEYS];
	size_t n;
	json_t *notes;
};

static int take(struct order *o, const struct eu_option *option,
		const char *value, struct eu_error *err)
{
	switch (option->id) {
	case OPT_KEY:
		if (o->n == MAX_KEYS)
			return eu_error_set(err, -E2BIG, "more than %d keys",
					    MAX_KEYS);
		o->files[o->n++] = value;
		return 0;
	case OPT_NOTE: return remote_note(&o->notes, value, err);
	}
	remote_option(&o->remote, option->id, value);
	return 0;
}

/* 1 if help was asked for. */
static int parse(struct order *o, const struct eu_command *cmd, int argc,
		 char **argv, struct eu_error *err)
{
	struct eu_args a = { .argv = argv, .argc = argc, .next = 1 };
	int i, r = 0;

	while (!r && (i = eu_args_next(&a, cmd->options, err)) != EU_ARGS_END) {
		if (i == EU_ARGS_WORD && o->what)
			r = eu_error_set(err, -EINVAL,
					 "unexpected argument '%s'", a.value);
		else if (i == EU_ARGS_WORD)
			o->what = a.value;
		else if (i < 0)
			r = i;
		else if (cmd->options[i].id == OPT_HELP)
			return 1;
		else
			r = take(o, &cmd->options[i], a.value, err);
	}
	if (!r && !o->what)
		r = eu_error_set(err, -EINVAL,
				 "no reference given: HOST/PATH:TAG");
	if (!r && !o->n)
		r = eu_error_set(
			err, -EINVAL,
			"no key given: --key FILE, which 'ecli keygen' makes");
	return r ?: remote_complete(&o->remote, err);
}

/* Asks for the password of a key if it has one. */
static int open_key(const char *file, struct eu_key **ret, struct eu_error *err)
{
	eu_auto_free char *password = NULL;
	int r = eu_key_open(file, NULL, ret, err);

	if (r != -ENOKEY)
		return r;
	r = key_password("password of the key", &password, err);
	if (r)
		return r;
	r = eu_key_open(file, password, ret, err);
	explicit_bzero(password, strlen(password));
	return r;
}

static int open_keys(struct order *o, struct eu_error *err)
{
	int r = 0;

	for (size_t i = 0; i < o->n && !r; i++)
		r = open_key(o->files[i], &o->keys[i], err);
	return r;
}

/* The manifest itself is of no interest, only what it is called by its bytes. */
static int find(const struct order *o, struct eu_ref *ref,
		struct eu_registry **ret, struct eu_descriptor *d,
		struct eu_error *err)
{
	eu_auto_manifest struct eu_manifest m = { 0 };
	int r = remote_ref(o->what, ref, err);

	if (!r)
		r = eu_registry_open(ref, &o->remote.o, ret, err);
	if (!r)
		r = eu_artifact_manifest(*ret, eu_ref_which(ref), d, &m, NULL,
					 err);
	return r;
}

static void put_name(const struct eu_ref *ref, const char *digest)
{
	struct eu_ref whole = *ref;
	char name[EU_REF_TEXT];

	snprintf(whole.digest, sizeof(whole.digest), "%s", digest);
	eu_ref_format(&whole, name, sizeof(name));
	fputs(name, stdout);
}

static int sign(struct order *o, struct eu_error *err)
{
	struct eu_registry *g = NULL;
	struct eu_descriptor d, list;
	struct eu_ref ref;
	int r;

	if (o->n > 1)
		return eu_error_set(err, -EINVAL,
				    "one key signs: call it again for another");
	r = open_keys(o, err);
	if (!r)
		r = find(o, &ref, &g, &d, err);
	if (!r)
		r = eu_signature_add(g, &ref, &d, o->keys[0], o->notes, &list,
				     err);
	if (!r) {
		put_name(&ref, d.digest);
		printf(" signed in %s\n", list.digest);
	}
	eu_registry_close(g);
	return r ? eu_error_prefix(err, r, "'%s'", o->what) : 0;
}

static int verify(struct order *o, struct eu_error *err)
{
	const struct eu_signature_query q = {
		(const struct eu_key *const *)o->keys, o->n, o->notes
	};
	struct eu_registry *g = NULL;
	struct eu_descriptor d;
	struct eu_ref ref;
	size_t key;
	int r = open_keys(o, err);

	if (!r)
		r = find(o, &ref, &g, &d, err);
	if (!r)
		r = eu_signature_find(g, NULL, &ref, &d, &q, &key, err);
	if (!r) {
		put_name(&ref, d.digest);
		printf(" signed by %s\n", o->files[key]);
	}
	eu_registry_close(g);
	return r ? eu_error_prefix(err, r, "'%s'", o->what) : 0;
}

static int act(const struct eu_command *cmd, int argc, char **argv,
	       int (*fn)(struct order *o, struct eu_error *err))
{
	struct eu_error err = { 0 };
	struct order o = { 0 };
	int status, r = parse(&o, cmd, argc, argv, &err);

	if (r > 0)
		status = show_help(cmd);
	else if (r)
		status = fail_usage(cmd, &err);
	else
		status = fn(&o, &err) ? fail(&err) : EXIT_DONE;
	for (size_t i = 0; i < o.n; i++)
		eu_key_free(o.keys[i]);
	json_decref(o.notes);
	remote_done(&o.remote);
	return status;
}

static int run_sign(const struct eu_command *cmd, int argc, char **argv)
{
	return act(cmd, argc, argv, sign);
}

static int run_verify(const struct eu_command *cmd, int argc, char **argv)
{
	return act(cmd, argc, argv, verify);
}

const struct eu_command command_sign = {
	.name = "sign",
	.usage = "[OPTIONS] --key FILE REFERENCE",
	.summary = "sign what a registry has",
	.description =
		"Signs the manifest that REFERENCE stands for, and with it all that it names, and adds the signature to those that the registry has of it, where cosign finds it as well. The password of an encrypted key is $EUNOMIA_PASSWORD, or is asked for. Signed already with this key, nothing is added.",
	.examples = "ecli sign --key me.key registry.example/me/x:1\n",
	.options = sign_options,
	.run = run_sign,
};

const struct eu_command command_verify = {
	.name = "verify",
	.usage = "[OPTIONS] --key FILE REFERENCE",
	.summary = "see whether it is signed",
	.description =
		"Looks in the registry for a signature of the manifest that REFERENCE stands for, by one of the keys: one of 'ecli sign', or of 'cosign sign --key'. Prints the reference with the manifest's digest, which can be run as that.",
	.examples = "ecli verify --key me.pub registry.example/me/x:1\n",
	.options = verify_options,
	.run = run_verify,
};
