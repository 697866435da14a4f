/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_STORE_DIR_H
#define EU_TEST_STORE_DIR_H

/* A store in a folder of its own; the file that includes this has _GNU_SOURCE. */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "oci/store.h"

static inline void store_new(struct eu_store *ret)
{
	char dir[] = "/tmp/eu_test_XXXXXX";
	struct eu_error err;

	unsetenv("EUNOMIA_STORE_MAX");
	assert_non_null(mkdtemp(dir));
	if (eu_store_open(dir, ret, &err))
		fail_msg("%s", err.text);
}

static inline int remove_one(const char *path, const struct stat *st, int type,
			     struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void store_remove(struct eu_store *s)
{
	nftw(s->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	eu_store_done(s);
}

/* For cmocka: each test has one. */
static inline int new_store(void **state)
{
	static struct eu_store s;

	store_new(&s);
	*state = &s;
	return 0;
}

static inline int remove_store(void **state)
{
	store_remove(*state);
	return 0;
}

static inline void describe(const char *type, const char *text,
			    struct eu_descriptor *ret)
{
	*ret = (struct eu_descriptor){ .size = strlen(text) };
	snprintf(ret->type, sizeof(ret->type), "%s", type);
	assert_int_equal(eu_digest_of(text, ret->size, ret->digest, NULL), 0);
}

static inline void store_text(const struct eu_store *s, const char *type,
			      const char *text, struct eu_descriptor *ret)
{
	struct eu_error err;

	describe(type, text, ret);
	if (eu_store_put(s, ret, text, &err))
		fail_msg("%s", err.text);
}

#define PART(d)                                                              \
	"{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%llu}", (d)->type, \
		(d)->digest, (unsigned long long)(d)->size

/* An image of one layer, or an index of one manifest, as text. */
static inline void write_image(const struct eu_descriptor *config,
			       const struct eu_descriptor *layer,
			       struct eu_buf *to)
{
	eu_buf_clear(to);
	eu_buf_puts(to, "{\"schemaVersion\":2,\"config\":");
	eu_buf_printf(to, PART(config));
	eu_buf_puts(to, ",\"layers\":[");
	eu_buf_printf(to, PART(layer));
	eu_buf_puts(to, "]}");
}

static inline void write_index(const struct eu_descriptor *manifest,
			       struct eu_buf *to)
{
	eu_buf_clear(to);
	eu_buf_puts(to, "{\"schemaVersion\":2,\"manifests\":[");
	eu_buf_printf(to, PART(manifest));
	eu_buf_puts(to, "]}");
}

/* The image whose layer is @text, in the store. */
static inline void store_image(const struct eu_store *s, const char *text,
			       struct eu_descriptor *ret)
{
	struct eu_buf b = EU_BUF(4096);
	struct eu_descriptor config, layer;

	store_text(s, EU_OCI_EMPTY, "{}", &config);
	store_text(s, "a/b", text, &layer);
	write_image(&config, &layer, &b);
	store_text(s, EU_OCI_MANIFEST, eu_buf_str(&b), ret);
	eu_buf_done(&b);
}

static inline void parse_ref(const char *text, struct eu_ref *ret)
{
	assert_int_equal(eu_ref_parse(text, ret, NULL), 0);
}

#endif
