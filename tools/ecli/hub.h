/* SPDX-License-Identifier: MIT */
#ifndef ECLI_HUB_H
#define ECLI_HUB_H

/*
 * Hubs: places that programs come from by their name. A hub is a web server's
 * folder (http, https) or one of this machine (file) with NAME/app.wasm and
 * NAME/package.json in it, or a namespace of a registry (oci). docs/hub.md.
 */

#include "source.h"

enum { HUBS_MAX = 16, HUB_MAX_FILE = EU_PACKAGE_MAX_FILE };

/* NAME[:VERSION], of small letters, digits, '-' and '_'. */
struct hub_name {
	char name[EU_REF_PATH];
	char version[EU_REF_TAG]; /* "latest" if none was given */
};

struct hubs {
	char *address[HUBS_MAX]; /* no slash at the end */
	size_t n;
	uint64_t limit_ns;  /* for each request */
	struct source from; /* how registries are asked */
};

/* Apart from those of source.h. */
enum { HUB_ADDRESS = 300, HUB_TIMEOUT };

/* Rows of tables of options. */
#define HUB_OPTION                                                                                                                       \
	{                                                                                                                                \
		0, "hub", "ADDRESS",                                                                                                     \
			"a hub (http, https, file or oci), instead of those of EUNOMIA_HUB and ~/.config/eunomia/hubs; may be repeated", \
			HUB_ADDRESS                                                                                                      \
	}
#define HUB_TIMEOUT_OPTION                                                    \
	{                                                                     \
		0, "hub-timeout", "TIME",                                     \
			"wait for no answer of a hub longer than that (20s)", \
			HUB_TIMEOUT                                           \
	}

/* Is the word like the name of something in a hub? */
bool hub_name_parse(const char *word, struct hub_name *ret);

/* Takes the option @id, of the rows above or those of source.h. -EINVAL. */
int hubs_option(struct hubs *h, int id, const char *value, struct eu_error *err);
/*
 * When all options have been seen: without --hub those of $EUNOMIA_HUB, else of
 * the first file. -ENOENT says where to name one, @wanted for what.
 */
int hubs_complete(struct hubs *h, const char *wanted, struct eu_error *err);
void hubs_done(struct hubs *h);

/* Is it a namespace of a registry? What is behind oci://, else NULL. */
const char *hub_namespace(const char *address);
/* What NAME:VERSION is called in a namespace. */
int hub_reference(const char *space, const struct hub_name *name,
		  struct eu_ref *ret, struct eu_error *err);

/*
 * What is told of a folder of a hub, not to be run: the file @path of it, as
 * eu_fetch(), if the policy lets that be asked for, and where it leads: -EPERM.
 */
int hub_fetch(struct hubs *h, const char *address, const char *path,
	      char **ret_data, size_t *ret_len, struct eu_error *err);

/*
 * Is the file @file of a hub, which came from @url, what its index.json says of it,
 * if it has one that says anything? -EKEYREJECTED.
 */
int hub_check(struct hubs *h, const char *address, const struct hub_name *n,
	      const char *file, const char *url, const void *data, size_t len,
	      struct eu_error *err);

/*
 * The program of that name: what was fetched before if that is as new as the
 * hub's, else what the first hub that has it gives, a Wasm module before a
 * package. What is done is said on standard error. -ENOENT if none has it.
 */
int hubs_get(struct hubs *h, const struct hub_name *name, char **ret_data,
	     size_t *ret_len, struct eu_error *err);

/*
 * Puts a file, @data, into the folder of a hub as NAME/VERSION/@file and, as it
 * is the newest now, NAME/@file, and into its index.json. @about is what people
 * are told of it: "description", "license" ..., strings.
 */
int hub_folder_put(const char *dir, const struct hub_name *n, const char *file,
		   const void *data, size_t len, const json_t *about,
		   struct eu_error *err);

/*
 * Adds to @list what the hub has: objects with "name", "description", "version",
 * the newest, and "versions", a list.
 */
int hub_list(struct hubs *h, const char *address, json_t **list,
	     struct eu_error *err);

#endif
