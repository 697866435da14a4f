/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "oci/certs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

enum { MAX_FILE = 1 << 20, MAX_ALL = 16 << 20 };

struct reading {
	const char *dir;
	struct eu_buf authorities;
	struct eu_certs c;
};

void eu_certs_done(struct eu_certs *c)
{
	free(c->authorities);
	free(c->cert);
	free(c->key);
	*c = (struct eu_certs){ 0 };
}

static int take_authority(struct reading *r, char *path, struct eu_error *err)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int n = eu_file_read(path, MAX_FILE, &text, &len, err);

	/* A link to what is not there (yet). */
	if (n == -ENOENT)
		return 0;
	if (n)
		return n;
	eu_buf_put(&r->authorities, text, len);
	eu_buf_putc(&r->authorities, '\n');
	return 0;
}

/* The other half of a pair, with another end to its name; NULL: no memory. */
static char *beside(const char *path, const char *end)
{
	const char *dot = strrchr(path, '.');
	char *other;

	return asprintf(&other, "%.*s%s", (int)(dot - path), path, end) < 0 ?
		       NULL :
		       other;
}

static int take_cert(struct reading *r, char *path, struct eu_error *err)
{
	eu_auto_free char *key = beside(path, ".key");

	if (!key)
		return eu_error_oom(err);
	if (access(key, F_OK))
		return eu_error_set(
			err, -ENOENT,
			"'%s' has no key beside it, '%s' (authorities are called *.crt)",
			path, strrchr(key, '/') + 1);
	/* The first by its name. */
	if (r->c.cert)
		return 0;
	r->c.cert = strdup(path);
	r->c.key = eu_take_ptr(key);
	return r->c.cert ? 0 : eu_error_oom(err);
}

static int take_key(struct reading *r, char *path, struct eu_error *err)
{
	eu_auto_free char *cert = beside(path, ".cert");

	(void)r;
	if (!cert)
		return eu_error_oom(err);
	return access(cert, F_OK) ?
		       eu_error_set(err, -ENOENT,
				    "'%s' has no certificate beside it, '%s'",
				    path, strrchr(cert, '/') + 1) :
		       0;
}

static const struct {
	const char *end;
	int (*take)(struct reading *r, char *path, struct eu_error *err);
} kinds[] = {
	{ ".crt", take_authority },
	{ ".cert", take_cert },
	{ ".key", take_key },
};

static int take(struct reading *r, const char *name, struct eu_error *err)
{
	const char *dot = strrchr(name, '.');
	eu_auto_free char *path = eu_path_join(r->dir, name);

	if (!path)
		return eu_error_oom(err);
	for (size_t i = 0; dot && i < EU_COUNT(kinds); i++) {
		if (!strcmp(dot, kinds[i].end))
			return kinds[i].take(r, path, err);
	}
	return 0;
}

/* -ENOENT: there is no such folder. */
static int read_folder(struct reading *r, struct eu_error *err)
{
	struct dirent **names;
	int n = scandir(r->dir, &names, NULL, alphasort), result = 0;

	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ?
			       -ENOENT :
			       eu_error_set(err, -errno, "'%s': %s", r->dir,
					    strerror(errno));
	for (int i = 0; i < n; i++) {
		if (!result)
			result = take(r, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	/* What is no file's name. */
	return result == -ENOENT ? -EINVAL : result;
}

static int find_in(const char *root, const char *host, struct eu_certs *ret,
		   struct eu_error *err)
{
	eu_auto_free char *dir = eu_path_join(root, host);
	struct reading r = { .dir = dir, .authorities = EU_BUF(MAX_ALL) };
	int n = dir ? read_folder(&r, err) : eu_error_oom(err);

	if (!n && r.authorities.len)
		r.c.authorities = eu_buf_take(&r.authorities, NULL);
	if (!n && r.authorities.error)
		n = eu_error_set(err, r.authorities.error,
				 "'%s' has too many authorities", dir);
	eu_buf_done(&r.authorities);
	if (n) {
		eu_certs_done(&r.c);
		return n;
	}
	r.c.found = true;
	*ret = r.c;
	return 0;
}

int eu_certs_find(const char *host, struct eu_certs *ret, struct eu_error *err)
{
	const char *home = getenv("HOME");
	eu_auto_free char *own =
		home && *home == '/' ?
			eu_path_join(home, ".config/containers/certs.d") :
			NULL;
	const char *const roots[] = { own, "/etc/containers/certs.d",
				      "/etc/docker/certs.d" };
	int r = -ENOENT;

	*ret = (struct eu_certs){ 0 };
	if (home && *home == '/' && !own)
		return eu_error_oom(err);
	for (size_t i = 0; i < EU_COUNT(roots) && r == -ENOENT; i++) {
		/* HOME may be another user's, who is nobody's business here. */
		if (roots[i] && (roots[i] != own || !access(own, X_OK)))
			r = find_in(roots[i], host, ret, err);
	}
	return r == -ENOENT ? 0 : r;
}
