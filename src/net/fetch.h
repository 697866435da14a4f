/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_FETCH_H
#define EU_NET_FETCH_H

/*
 * Files by their address. Those of HTTP are kept with what their servers name
 * them by (ETag, Last-Modified), and sent again only if they have changed.
 */

#include "net/http.h"

/* Has it a scheme: http, https, file or data? */
bool eu_fetch_knows(const char *address);

/*
 * The bytes at @address with a NUL behind them, to be freed. -ENOENT for 404,
 * -EACCES for 403, -E2BIG above @max bytes, -EIO for other answers than 200. What
 * @o->check refuses is not kept; what is kept already stays.
 */
int eu_fetch(const char *address, const struct eu_http_opts *o, uint64_t max,
	     char **ret_data, size_t *ret_len, struct eu_error *err);

/*
 * What file is at file:///PATH, "%20" read as a space, to be freed. -ENOENT for
 * other schemes, -EINVAL for what names no file of this machine.
 */
int eu_fetch_path(const char *address, char **ret, struct eu_error *err);

/*
 * What was fetched from an address of the web before, as above, whether it has
 * changed there or not. -ENOENT if nothing is kept, or only what @o would not be led
 * to any more.
 */
int eu_fetch_kept(const char *address, const struct eu_http_opts *o,
		  uint64_t max, char **ret_data, size_t *ret_len);
/* What is kept of it is not to be used again. */
void eu_fetch_forget(const char *address);

#endif
