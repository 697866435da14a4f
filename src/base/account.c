/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

enum { LEAST = 1024, MOST = 1 << 20 }; /* room for a line */

/* 0, or an errno: ENOENT at the end, ERANGE if @room is too small. */
typedef int (*next_fn)(FILE *f, char *room, size_t size, struct eu_account *ret);

static int next_user(FILE *f, char *room, size_t size, struct eu_account *ret)
{
	struct passwd pw, *got;
	int r = fgetpwent_r(f, &pw, room, size, &got);

	if (!r)
		*ret = (struct eu_account){ pw.pw_name, pw.pw_uid, pw.pw_gid };
	return r;
}

static int next_group(FILE *f, char *room, size_t size, struct eu_account *ret)
{
	struct group gr, *got;
	int r = fgetgrent_r(f, &gr, room, size, &got);

	if (!r)
		*ret = (struct eu_account){ gr.gr_name, gr.gr_gid, gr.gr_gid };
	return r;
}

/* As @next, with as much room as the line needs. */
static int next_whole(FILE *f, next_fn next, char **room, size_t *size,
		      struct eu_account *ret)
{
	int r = ERANGE;
	fpos_t at;
	char *more;

	if (fgetpos(f, &at))
		return errno;
	if (*room)
		r = next(f, *room, *size, ret);
	/* Not every C library goes back to where the line begins. */
	while (r == ERANGE && *size < MOST && !fsetpos(f, &at)) {
		more = realloc(*room, *size ? *size * 2 : LEAST);
		if (!more)
			return ENOMEM;
		*room = more;
		*size = *size ? *size * 2 : LEAST;
		r = next(f, *room, *size, ret);
	}
	return r;
}

static int each(const char *path, next_fn next, eu_account_fn fn, void *ctx)
{
	FILE *f = fopen(path, "re");
	eu_auto_free char *room = NULL;
	struct eu_account a;
	size_t size = 0;
	int r = 0;

	while (f && !r && !next_whole(f, next, &room, &size, &a))
		r = fn(ctx, &a);
	if (f)
		fclose(f);
	return r;
}

int eu_accounts_users(eu_account_fn fn, void *ctx)
{
	return each("/etc/passwd", next_user, fn, ctx);
}

int eu_accounts_groups(eu_account_fn fn, void *ctx)
{
	return each("/etc/group", next_group, fn, ctx);
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
