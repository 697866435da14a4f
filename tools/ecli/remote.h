/* SPDX-License-Identifier: MIT */
#ifndef ECLI_REMOTE_H
#define ECLI_REMOTE_H

/* What the commands that talk to registries have in common. */

#include "ecli.h"
#include "oci/artifact.h"

struct remote {
	struct eu_registry_opts o;
	bool prompt, password_stdin;
	bool complete; /* by remote_complete() */
	const char *timeout, *retries;
	char *typed[2]; /* user and password */
};

enum {
	REMOTE_USER = 100,
	REMOTE_PASSWORD,
	REMOTE_PASSWORD_STDIN,
	REMOTE_PROMPT,
	REMOTE_PLAIN_HTTP,
	REMOTE_CACERT,
	REMOTE_INSECURE,
	REMOTE_TIMEOUT,
	REMOTE_RETRIES,
};

/* Rows of their tables of options; @letter is that of the password. */
/* clang-format off */
#define REMOTE_ROWS(letter)                                                    \
	{ 'u', "username", "NAME", "who you are for the registry",             \
	  REMOTE_USER },                                                       \
	{ letter, "password", "PASSWORD",                                      \
	  "with --username; others see it in the list of processes",           \
	  REMOTE_PASSWORD },                                                   \
	{ 0, "password-stdin", NULL,                                           \
	  "with --username: read the password from standard input",            \
	  REMOTE_PASSWORD_STDIN },                                             \
	{ 'i', "prompt", NULL, "ask for user name and password",               \
	  REMOTE_PROMPT },                                                     \
	{ 0, "plain-http", NULL,                                               \
	  "no TLS, as it is for registries of this machine",                   \
	  REMOTE_PLAIN_HTTP },                                                 \
	{ 0, "cacert", "FILE",                                                 \
	  "trust the authorities of this PEM file as well", REMOTE_CACERT },   \
	{ 0, "insecure", NULL, "accept any certificate", REMOTE_INSECURE },    \
	{ 0, "read-timeout", "TIME",                                           \
	  "give up when nothing has come for so long (30s)", REMOTE_TIMEOUT }, \
	{ 0, "retries", "N",                                                   \
	  "try again so often what breaks off or is put off (3)",              \
	  REMOTE_RETRIES }

#define REMOTE_OPTIONS REMOTE_ROWS('p')
/* clang-format on */

/* Takes the option @id if it is one of them. */
void remote_option(struct remote *r, int id, const char *value);
/* Reads how long and how often; remote_complete() does, too. */
int remote_limits(struct remote *r, struct eu_error *err);
/* What of it is for the web as well, when that has been read. */
struct eu_http_opts remote_http(const struct remote *r);
/* When all options have been seen: asks for what is to be asked for, once. */
int remote_complete(struct remote *r, struct eu_error *err);
/*
 * A command line of nothing but these options, --help (the last row) and one
 * word, @what it is. An exit status, or -1 to go on.
 */
int remote_parse(struct remote *r, const struct eu_command *cmd, int argc,
		 char **argv, const char **ret_word, const char *what);
void remote_done(struct remote *r);

/* A line of whoever calls us, to be freed; @secret is not shown. */
int remote_ask(const char *what, bool secret, char **ret, struct eu_error *err);

/* Adds "KEY=VALUE" to an object, which is made if there is none. */
int remote_note(json_t **notes, const char *text, struct eu_error *err);

/*
 * A reference with a host: Docker's own registry takes any word, but a word
 * alone is rather a slip.
 */
int remote_ref(const char *text, struct eu_ref *ret, struct eu_error *err);

#endif
