/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>

#include "oci/request.h"

/* What each registry has at /v2/: JSON, or nothing; few forget the header. */
static int check_registry(const struct eu_registry *g, const struct eu_http *h,
			  struct eu_error *err)
{
	const char *p = h->text.data ?: "";
	const char *const end = p + h->text.len;

	if (h->status != 200)
		return eu_request_refused(g, h, "is no registry", err);
	if (eu_http_header(h, "docker-distribution-api-version"))
		return 0;
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (!eu_request_is_web_page(h) && (p == end || *p != '<'))
		return 0;
	return eu_error_set(err, -EINVAL,
			    "'%s' gives a web page: is it a registry?",
			    g->ref.host);
}

int eu_registry_login(struct eu_registry *g, char **ret_identity,
		      struct eu_error *err)
{
	eu_auto_buf struct eu_buf url = EU_BUF(EU_REQUEST_URL);
	const char *headers[] = { NULL, NULL };
	struct eu_http h = { .method = "GET" };
	int r;

	g->wants_identity = true;
	eu_request_host(g, &url);
	eu_buf_puts(&url, "/v2/");
	h.url = eu_buf_str(&url);
	r = eu_request_run(g, &h, headers, 0, err);
	r = r ?: check_registry(g, &h, err);
	if (!r)
		*ret_identity = eu_take_ptr(g->identity);
	eu_http_done(&h);
	return r;
}
