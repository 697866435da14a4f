/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_ACCOUNT_H
#define EU_BASE_ACCOUNT_H

/*
 * Users and groups by /etc/passwd and /etc/group, as the files that they are:
 * the name service would come along into static executables, where it does not
 * work.
 */

#include <stdint.h>

struct eu_account {
	const char *name; /* while the callback runs */
	uint32_t id;
	uint32_t gid; /* a user's group, or the group itself */
};

/* Non-zero ends it and is returned. */
typedef int (*eu_account_fn)(void *ctx, const struct eu_account *a);

int eu_accounts_users(eu_account_fn fn, void *ctx);
int eu_accounts_groups(eu_account_fn fn, void *ctx);

/* By name; @ret->name is @name. 1, or 0 if there is none. */
int eu_account_user(const char *name, struct eu_account *ret);
int eu_account_group(const char *name, struct eu_account *ret);

#endif
