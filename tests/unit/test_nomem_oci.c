/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "oci/challenge.h"
#include "oci/gzip.h"
#include "oci/layers.h"
#include "oci/mirror.h"
#include "oci/payload.h"
#include "pkg/tar.h"

#include "gzip_bytes.h"
#include "nomem.h"
#include "store_dir.h"

/*
 * What reads JSON is not among them: jansson loses bytes of a token without
 * saying so when it has no memory for them.
 */

enum { MAX = 1 << 20 };

static struct eu_buf plain, packed; /* a layer */
static struct eu_store store;
static struct eu_descriptor hello, manifest;
static struct eu_ref ref;

static int prepare(void **state)
{
	(void)state;
	eu_buf_init(&plain, MAX);
	eu_buf_init(&packed, MAX);
	assert_int_equal(eu_tar_put(&plain, "d/a", "\0asm\1\0\0\0", 8), 0);
	assert_int_equal(eu_tar_put(&plain, "d/.wh.b", "", 0), 0);
	assert_int_equal(eu_tar_put(&plain, ".wh..wh..opq", "", 0), 0);
	eu_tar_end(&plain);
	gzip_put(&packed, plain.data, plain.len, 9);
	store_new(&store);
	describe("a/b", "hello", &hello);
	store_image(&store, "program", &manifest);
	parse_ref("a.b/me/x:1", &ref);
	return 0;
}

static int clean_up(void **state)
{
	(void)state;
	eu_buf_done(&plain);
	eu_buf_done(&packed);
	store_remove(&store);
	return 0;
}

static int gzip(void)
{
	eu_auto_buf struct eu_buf out = EU_BUF(MAX);
	int r = eu_gzip_inflate(packed.data, packed.len, &out, NULL);

	return r || !memcmp(out.data, plain.data, plain.len) ? r : -EIO;
}

static int layers(void)
{
	eu_auto_layers struct eu_layers l = { .max = MAX, .max_all = MAX };
	struct eu_layer_file *f;
	struct eu_error err;
	int r = 0;

	for (int i = 0; i < 3 && !r; i++)
		r = i == 1 ? eu_layers_add(&l, packed.data, packed.len, NULL,
					   &err) :
			     eu_layers_add(&l, plain.data, plain.len, NULL, &err);
	if (!r)
		r = eu_layers_pick(&l, NULL, &f, &err);
	return r || (l.n == 1 && f->layer == 3) ? r : -EIO;
}

static int challenge(void)
{
	eu_auto_buf struct eu_buf url = EU_BUF(4096);
	int r = eu_challenge_url("Bearer realm=\"https://a.b/t\",service=\"c d\"",
				 &ref, "repository:me/x:pull", EU_CHALLENGE_TLS,
				 &url, NULL);

	return r || !strcmp(eu_buf_str(&url) ?: "",
			    "https://a.b/t?service=c%20d&scope=repository%3Ame%"
			    "2Fx%3Apull") ?
		       r :
		       -EIO;
}

static int payload(void)
{
	json_t *notes = json_pack("{s:s}", "by", "me");
	char *text = NULL;
	size_t len;
	int r = -ENOMEM;

	/* Without the notes it would say less. */
	if (notes)
		text = eu_payload_write(&ref, hello.digest, notes, &len);
	json_decref(notes);
	if (text)
		r = strstr(text, "\"optional\":{\"by\":\"me\"}") ? 0 : -EIO;
	free(text);
	return r;
}

static int entry(void)
{
	json_t *j = eu_store_entry(&ref, &manifest);
	char *text = j ? eu_json_write(j, NULL) : NULL;
	int r = -ENOMEM;

	if (text)
		r = strstr(text, manifest.digest) &&
				    strstr(text, "\"a.b/me/x:1\"") ?
			    0 :
			    -EIO;
	free(text);
	json_decref(j);
	return r;
}

/* Put, looked at in both ways, and gone again. */
static int blob(void)
{
	char *path = NULL, *data = NULL;
	size_t len;
	int fd = -1;
	int r = eu_store_put(&store, &hello, "hello", NULL);

	if (!r)
		r = eu_store_read(&store, hello.digest, 5, &data, &len, NULL);
	if (!r && strcmp(data, "hello") != 0)
		r = -EIO;
	if (!r) {
		fd = eu_store_open_blob(&store, hello.digest, 5, NULL);
		r = fd < 0 ? fd : 0;
	}
	eu_close(fd);
	free(data);
	/* Under its digest there is all of it, or nothing. */
	if (r && eu_store_has(&store, &hello) && r != -ENOMEM)
		r = -EIO;
	path = eu_path_join(store.blobs, hello.digest + strlen("sha256:"));
	if (path)
		unlink(path);
	free(path);
	return r;
}

static int opened(void)
{
	struct eu_store s;
	int r = eu_store_open(store.dir, &s, NULL);

	if (!r)
		eu_store_done(&s);
	return r;
}

static const struct scenario scenarios[] = {
	{ "gzip", gzip },	    { "layers", layers },
	{ "challenge", challenge }, { "payload", payload },
	{ "entry", entry },	    { "blob", blob },
	{ "opened", opened },
};

static void survives_any_failure(void **state)
{
	(void)state;
	survive_any_failure(scenarios, EU_COUNT(scenarios));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_any_failure),
	};

	return cmocka_run_group_tests(tests, prepare, clean_up);
}
