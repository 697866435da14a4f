/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "net/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/cachedir.h"
#include "base/file.h"
#include "base/sha256.h"

#define FILE_SCHEME "file://"

enum { MAX_TAG = 16 << 10, MAX_KEPT = 256, MAX_BYTES = 256 << 20 };

/* ---- what was fetched before */

static const char LED[] = "Led-To: ";

/*
 * A file of the cache: a line for each address that it was led to, a line that
 * asks whether there is something newer, as the header that it is sent as, and
 * the bytes.
 */
struct kept {
	char *dir, *path; /* NULL: nothing is kept */
	char *data;
	size_t len;
	char *question; /* in @data */
	size_t at;	/* where the bytes begin */
};

/* The line at @at, ended by NUL now, and what is behind it; NULL: there is none. */
static char *take_line(struct kept *k)
{
	char *const line = k->data + k->at;
	char *end = memchr(line, '\n', k->len - k->at);

	if (!end)
		return NULL;
	*end = '\0';
	k->at = end + 1 - k->data;
	return line;
}

/* May what is kept still come from where it was led to? */
static bool may_come(const struct eu_http_opts *o, const char *url)
{
	return !o || !o->follow || !o->follow(o->follow_ctx, url, NULL);
}

static void kept_open(struct kept *k, const char *address,
		      const struct eu_http_opts *o, uint64_t max)
{
	uint8_t sum[EU_SHA256_SIZE];
	char name[EU_SHA256_HEX + 1];
	char *line;

	*k = (struct kept){ .dir = eu_cachedir_open("http") };
	if (!k->dir || eu_sha256(address, strlen(address), sum, NULL))
		return;
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(name + 2 * i, 3, "%02x", sum[i]);
	k->path = eu_path_join(k->dir, name);
	if (!k->path ||
	    eu_file_read(k->path, max + MAX_TAG, &k->data, &k->len, NULL))
		return;
	while ((line = take_line(k)) && !strncmp(line, LED, strlen(LED))) {
		if (!may_come(o, line + strlen(LED)))
			return;
	}
	/* What is used last is thrown away last. */
	if (line)
		utimensat(AT_FDCWD, k->path, NULL, 0);
	k->question = line;
}

static void kept_done(struct kept *k)
{
	free(k->dir);
	free(k->path);
	free(k->data);
}

static void keep(const struct kept *k, const struct eu_http *h,
		 const char *data, size_t len)
{
	eu_auto_buf struct eu_buf file = EU_BUF(len + MAX_TAG);
	const char *led = h->led.data;
	const char *control = eu_http_header(h, "cache-control");
	const char *tag = eu_http_header(h, "etag");
	const char *date = eu_http_header(h, "last-modified");

	if (!k->path || (!tag && !date) ||
	    (control && strcasestr(control, "no-store")))
		return;
	for (; led < h->led.data + h->led.len; led += strlen(led) + 1)
		eu_buf_printf(&file, "%s%s\n", LED, led);
	eu_buf_printf(&file, "%s: %s\n",
		      tag ? "If-None-Match" : "If-Modified-Since", tag ?: date);
	eu_buf_put(&file, data, len);
	/* Without it the file is fetched again the next time. */
	if (file.error || file.len > MAX_BYTES)
		return;
	eu_cachedir_make_room(k->dir, MAX_KEPT, MAX_BYTES, file.len);
	eu_file_write(k->path, file.data, file.len, NULL);
}

/* ---- the schemes */

/* Takes @data. */
static int take(const struct eu_http_opts *o, char **ret_data, size_t *ret_len,
		char *data, size_t len, struct eu_error *err)
{
	int r;

	if (!data)
		return eu_error_oom(err);
	r = o->check ? o->check(o->check_ctx, data, len, err) : 0;
	if (r) {
		free(data);
		return r;
	}
	*ret_data = data;
	*ret_len = len;
	return 0;
}

static int take_kept(struct kept *k, const struct eu_http_opts *o,
		     char **ret_data, size_t *ret_len, struct eu_error *err)
{
	const size_t len = k->len - k->at;

	memmove(k->data, k->data + k->at, len + 1);
	return take(o, ret_data, ret_len, eu_take_ptr(k->data), len, err);
}

static int answer(struct eu_http *h, struct kept *k, const struct eu_http_opts *o,
		  char **ret_data, size_t *ret_len, struct eu_error *err)
{
	size_t len;
	char *data;
	int r;

	if (h->status == 304 && k->question)
		return take_kept(k, o, ret_data, ret_len, err);
	if (h->status != 200)
		return eu_error_set(err,
				    h->status == 404 ? -ENOENT :
				    h->status == 403 ? -EACCES :
						       -EIO,
				    "'%s': the server answers %d", h->url,
				    h->status);
	data = eu_buf_take(&h->text, &len);
	r = take(o, ret_data, ret_len, data, len, err);
	if (!r)
		keep(k, h, data, len);
	return r;
}

static int from_web(const char *address, const struct eu_http_opts *o,
		    uint64_t max, char **ret_data, size_t *ret_len,
		    struct eu_error *err)
{
	const char *headers[] = { NULL, NULL };
	struct eu_http h = {
		.method = "GET", .url = address, .headers = headers, .max = max
	};
	struct eu_net *net = NULL;
	struct kept k;
	int r;

	/* Who can be asked says where it is by now. */
	kept_open(&k, address, eu_net_is_offline() ? o : NULL, max);
	headers[0] = k.question;
	if (eu_net_is_offline() && k.question) {
		r = take_kept(&k, o, ret_data, ret_len, err);
		kept_done(&k);
		return r;
	}
	r = eu_net_open(o, &net, err);
	if (r)
		eu_error_prefix(err, r, "'%s'", address);
	else
		r = eu_http_run(net, &h, err);
	if (!r)
		r = answer(&h, &k, o, ret_data, ret_len, err);
	eu_http_done(&h);
	kept_done(&k);
	eu_net_close(net);
	return r;
}

void eu_fetch_forget(const char *address)
{
	struct kept k;

	kept_open(&k, address, NULL, 0);
	if (k.path)
		unlink(k.path);
	kept_done(&k);
}

int eu_fetch_kept(const char *address, const struct eu_http_opts *o,
		  uint64_t max, char **ret_data, size_t *ret_len)
{
	struct kept k;
	int r = -ENOENT;

	kept_open(&k, address, o, max);
	if (k.question) {
		*ret_len = k.len - k.at;
		memmove(k.data, k.data + k.at, *ret_len + 1);
		*ret_data = eu_take_ptr(k.data);
		r = 0;
	}
	kept_done(&k);
	return r;
}

/* "%41" as "A", in place. */
static int unescape(char *s, size_t *ret_len)
{
	char *const begin = s;
	char *to = s, hex[3] = "";

	for (; *s; s++) {
		if (*s != '%') {
			*to++ = *s;
			continue;
		}
		if (!isxdigit((unsigned char)s[1]) ||
		    !isxdigit((unsigned char)s[2]))
			return -EINVAL;
		memcpy(hex, s + 1, 2);
		*to++ = (char)strtoul(hex, NULL, 16);
		s += 2;
	}
	*to = '\0';
	*ret_len = to - begin;
	return 0;
}

int eu_fetch_path(const char *address, char **ret, struct eu_error *err)
{
	eu_auto_free char *path = NULL;
	const char *rest = address + strlen(FILE_SCHEME);
	size_t len;

	if (strncasecmp(address, FILE_SCHEME, strlen(FILE_SCHEME)) != 0)
		return eu_error_set(err, -ENOENT, "'%s' is no file", address);
	if (!strncmp(rest, "localhost/", 10))
		rest += strlen("localhost");
	if (*rest != '/')
		return eu_error_set(err, -EINVAL,
				    "'%s': write file:///PATH, from the root",
				    address);
	path = strdup(rest);
	if (!path)
		return eu_error_oom(err);
	if (unescape(path, &len))
		return eu_error_set(
			err, -EINVAL,
			"'%s': a '%%' is not followed by two hexadecimal digits",
			address);
	if (strlen(path) != len)
		return eu_error_set(err, -EINVAL,
				    "'%s': no file has a NUL in its name",
				    address);
	*ret = eu_take_ptr(path);
	return 0;
}

static int from_file(const char *address, const struct eu_http_opts *o,
		     uint64_t max, char **ret_data, size_t *ret_len,
		     struct eu_error *err)
{
	eu_auto_free char *path = NULL;
	char *data;
	size_t len;
	int r = eu_fetch_path(address, &path, err);

	if (!r)
		r = eu_file_read(path, max, &data, &len, err);
	return r ?: take(o, ret_data, ret_len, data, len, err);
}

/* data:[TYPE][;base64],BYTES, as RFC 2397 has it. */
static int from_data(const char *address, const struct eu_http_opts *o,
		     uint64_t max, char **ret_data, size_t *ret_len,
		     struct eu_error *err)
{
	eu_auto_buf struct eu_buf out = EU_BUF(max);
	const char *comma = strchr(address, ',');
	eu_auto_free char *text = comma ? strdup(comma + 1) : NULL;
	size_t len;
	char *data;
	int r;

	if (!comma)
		return eu_error_set(err, -EINVAL,
				    "a data address without a comma");
	if (!text)
		return eu_error_oom(err);
	r = unescape(text, &len);
	if (r)
		return eu_error_set(
			err, r,
			"a data address with a '%%' that is not followed by two hexadecimal digits");
	if (comma - address >= 7 && !strncasecmp(comma - 7, ";base64", 7))
		r = eu_base64_decode(text, len, &out, err);
	else
		eu_buf_put(&out, text, len);
	if (r)
		return eu_error_prefix(err, r, "a data address");
	if (out.error == -E2BIG)
		return eu_error_set(err, -E2BIG,
				    "a data address with more than %llu bytes",
				    (unsigned long long)max);
	data = eu_buf_take(&out, &len);
	return take(o, ret_data, ret_len, data, len, err);
}

static const struct {
	const char *scheme;
	int (*from)(const char *address, const struct eu_http_opts *o,
		    uint64_t max, char **ret_data, size_t *ret_len,
		    struct eu_error *err);
} schemes[] = {
	{ "http://", from_web },
	{ "https://", from_web },
	{ FILE_SCHEME, from_file },
	{ "data:", from_data },
};

bool eu_fetch_knows(const char *address)
{
	for (size_t i = 0; i < EU_COUNT(schemes); i++) {
		if (!strncasecmp(address, schemes[i].scheme,
				 strlen(schemes[i].scheme)))
			return true;
	}
	return false;
}

int eu_fetch(const char *address, const struct eu_http_opts *o, uint64_t max,
	     char **ret_data, size_t *ret_len, struct eu_error *err)
{
	for (size_t i = 0; i < EU_COUNT(schemes); i++) {
		if (!strncasecmp(address, schemes[i].scheme,
				 strlen(schemes[i].scheme)))
			return schemes[i].from(address, o, max, ret_data,
					       ret_len, err);
	}
	return eu_error_set(err, -EINVAL,
			    "'%s': http, https, file and data are known here",
			    address);
}
