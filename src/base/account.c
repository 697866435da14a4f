/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/account.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

int eu_accounts_users(eu_account_fn fn, void *ctx)
{
	FILE *f = fopen("/etc/passwd", "re");
	struct passwd *pw;
	int r = 0;

	while (f && !r && (pw = fgetpwent(f)))
		r = fn(ctx, &(struct eu_account){ pw->pw_name, pw->pw_uid,
						  pw->pw_gid });
	if (f)
		fclose(f);
	return r;
}

int eu_accounts_groups(eu_account_fn fn, void *ctx)
{
	FILE *f = fopen("/etc/group", "re");
	struct group *gr;
	int r = 0;

	while (f && !r && (gr = fgetgrent(f)))
		r = fn(ctx, &(struct eu_account){ gr->gr_name, gr->gr_gid,
						  gr->gr_gid });
	if (f)
		fclose(f);
	return r;
}

static int take_named(void *ctx, const struct eu_account *a)
{
	struct eu_account *ret = ctx;

	if (strcmp(a->name, ret->name))
		return 0;
	ret->id = a->id;
	ret->gid = a->gid;
	return 1;
}

int eu_account_user(const char *name, struct eu_account *ret)
{
	ret->name = name;
	return eu_accounts_users(take_named, ret);
}

int eu_account_group(const char *name, struct eu_account *ret)
{
	ret->name = name;
	return eu_accounts_groups(take_named, ret);
}
