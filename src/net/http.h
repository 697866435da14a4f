/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_HTTP_H
#define EU_NET_HTTP_H

/*
 * A client of HTTP. The library that does it is a module, opened with the
 * client. What a server asks to be done later (429, 503) or could not do (500,
 * 502, 504) is tried again, and so is what breaks off: at once, then after
 * pauses that grow, or that the server asks for. What has been written already
 * is not asked for again.
 */

#include "base/buf.h"
#include "net/functions.h"

struct eu_net;

/* Not 0 ends the transfer and is returned. */
typedef int (*eu_http_write_fn)(void *ctx, const void *data, size_t len,
				struct eu_error *err);

/* A request, zero but for what is asked, and what came of it. */
struct eu_http {
	const char *method;
	const char *url;
	const char *const *headers; /* as of a transfer; or NULL */
	const void *body;
	size_t body_len;
	/* Takes the body of an answer of 2xx; NULL: it goes to @text. */
	eu_http_write_fn write;
	void *ctx;
	bool once;    /* not tried again: half of it may have been done */
	uint64_t max; /* bytes of such a body; 0: 4 MiB */

	/* The rest is the answer's. */
	int result; /* 0: there is one; negative, and @err */
	struct eu_error err;
	int status;
	struct eu_buf received; /* the last answer's headers, each ended by NUL */
	struct eu_buf led;  /* the addresses of redirects, each ended by NUL */
	struct eu_buf text; /* of other answers no more than 64 KiB */
	/*
	 * Bytes of a body of 2xx. Where there is @write a request that is run
	 * again goes on behind them.
	 */
	uint64_t taken;
	uint64_t skip; /* bytes that have come a second time */
	bool whole;    /* the server does not give parts */
	bool enough;   /* of what is only shown */
	struct eu_transfer transfer;
	/* Where it is with its tries. */
	struct eu_net *net;
	unsigned int tries;
	uint64_t had; /* bytes when they began to be counted */
	int pause;
	bool ended, more; /* this try; another one is worth it */
};

/* Is $EUNOMIA_OFFLINE set, and not to 0? Then nobody is asked. */
bool eu_net_is_offline(void);

/*
 * -ENOENT if the module is not installed, -ENETUNREACH when offline; and what is
 * wrong with @o->cacert.
 */
int eu_net_open(const struct eu_http_opts *o, struct eu_net **ret,
		struct eu_error *err);
/* Accepts NULL. */
void eu_net_close(struct eu_net *n);

/*
 * Does one request. 0 whatever the server said; without an answer the error. To
 * be ended by eu_http_done().
 */
int eu_http_run(struct eu_net *n, struct eu_http *h, struct eu_error *err);

/*
 * The same for several at once. A try comes when the others have had theirs. The
 * first that has no answer, or one that is neither of 2xx nor a 401, ends them
 * all: then those that were not finished have -ECANCELED for a result. 0, or the
 * error of one that has no answer.
 */
int eu_http_run_all(struct eu_net *n, struct eu_http *const *all, size_t count,
		    struct eu_error *err);

/* Frees what belongs to the answer. */
void eu_http_done(struct eu_http *h);

/*
 * Milliseconds before the next try, the one after @tries: what the server says
 * in Retry-After, seconds or a date, else what grows. Negative: it wants to be
 * left alone for longer than anybody would wait.
 */
int eu_http_pause(const struct eu_http *h, unsigned int tries);

/* A header's value, or NULL. Names are compared as HTTP does. */
const char *eu_http_header(const struct eu_http *h, const char *name);
/* Of several of that name the one behind that which had @value, or NULL. */
const char *eu_http_header_after(const struct eu_http *h, const char *name,
				 const char *value);

#endif
