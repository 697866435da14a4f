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

#include "base/base64.h"
#include "oci/payload.h"
#include "oci/signature.h"

#include "store_dir.h"

#define LAYER "application/vnd.dev.cosign.simplesigning.v1+json"
#define NOTE "dev.cosignproject.cosign/signature"

enum { MAX = 1 << 20, KINDS = 2 };

static const char *const kinds[KINDS] = { "ed25519", "ecdsa-p256" };
static struct eu_key *keys[KINDS], *other;

static int make_keys(void **state)
{
	struct eu_error err;

	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		if (eu_key_make(kinds[i], &keys[i], &err))
			fail_msg("%s", err.text);
	}
	return eu_key_make("ed25519", &other, &err);
}

static int free_keys(void **state)
{
	(void)state;
	eu_key_free(keys[0]);
	eu_key_free(keys[1]);
	eu_key_free(other);
	return 0;
}

/* The layer of a signature, as others may write it. */
struct layer {
	const char *type;
	const char *payload;
	const char *base64; /* NULL: none */
	bool is_lost;	    /* the payload is not there */
};

static void put_layers(const struct eu_store *s, const struct eu_ref *ref,
		       const char *digest, const struct layer *layers, size_t n)
{
	eu_auto_buf struct eu_buf b = EU_BUF(MAX);
	struct eu_descriptor config, d;
	struct eu_error err;
	struct eu_ref sig;

	store_text(s, EU_OCI_EMPTY, "{}", &config);
	eu_buf_puts(&b, "{\"config\":");
	eu_buf_printf(&b, PART(&config));
	eu_buf_puts(&b, ",\"layers\":[");
	for (size_t i = 0; i < n; i++) {
		if (layers[i].is_lost)
			describe(layers[i].type, layers[i].payload, &d);
		else
			store_text(s, layers[i].type, layers[i].payload, &d);
		if (i)
			eu_buf_putc(&b, ',');
		eu_buf_printf(&b, PART(&d));
		if (!layers[i].base64)
			continue;
		b.len--;
		eu_buf_printf(&b, ",\"annotations\":{\"" NOTE "\":\"%s\"}}",
			      layers[i].base64);
	}
	eu_buf_puts(&b, "]}");
	store_text(s, EU_OCI_MANIFEST, eu_buf_str(&b), &d);
	eu_ref_signatures(ref, digest, &sig);
	if (eu_store_tag(s, &sig, &d, &err))
		fail_msg("%s", err.text);
}

/* To be freed. */
static char *sign(const struct eu_key *key, const char *text)
{
	eu_auto_buf struct eu_buf raw = EU_BUF(4096);
	struct eu_buf out = EU_BUF(4096);
	struct eu_error err;

	if (eu_key_sign(key, text, strlen(text), &raw, &err))
		fail_msg("%s", err.text);
	eu_base64_encode(raw.data, raw.len, &out);
	return eu_buf_take(&out, NULL);
}

struct signed_image {
	struct eu_store s;
	struct eu_ref ref;
	struct eu_descriptor d;
	char *payload;
};

static void make_image(struct signed_image *i)
{
	eu_auto_json json_t *notes = json_pack("{s:s}", "by", "me");
	size_t len;

	store_new(&i->s);
	store_image(&i->s, "program", &i->d);
	parse_ref("a.b/x:1", &i->ref);
	assert_int_equal(eu_store_tag(&i->s, &i->ref, &i->d, NULL), 0);
	i->payload = eu_payload_write(&i->ref, i->d.digest, notes, &len);
	assert_non_null(i->payload);
}

static void image_done(struct signed_image *i)
{
	free(i->payload);
	store_remove(&i->s);
}

static int find(const struct signed_image *i, const struct eu_key *key,
		const char *by, size_t *ret_key, struct eu_error *err)
{
	const struct eu_key *const all[] = { other, key };
	eu_auto_json json_t *notes = by ? json_pack("{s:s}", "by", by) : NULL;
	const struct eu_signature_query q = { all, 2, notes };

	return eu_signature_find(NULL, &i->s, &i->ref, &i->d, &q, ret_key, err);
}

static void a_signature_by_one_of_the_keys_holds(void **state)
{
	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		eu_auto_free char *base64 = NULL;
		struct signed_image i;
		struct eu_error err;
		size_t key = 77;

		print_message("%s\n", kinds[k]);
		make_image(&i);
		assert_int_equal(find(&i, keys[k], NULL, &key, &err), -ENOENT);
		assert_non_null(strstr(err.text, "is not signed here"));
		assert_int_equal(key, 77);
		base64 = sign(keys[k], i.payload);
		put_layers(&i.s, &i.ref, i.d.digest,
			   &(struct layer){ LAYER, i.payload, base64 }, 1);
		if (find(&i, keys[k], NULL, &key, &err))
			fail_msg("%s", err.text);
		assert_int_equal(key, 1);
		assert_int_equal(find(&i, keys[k], "me", NULL, &err), 0);
		/* Signed, but not this; and by nobody of these. */
		assert_int_equal(find(&i, keys[k], "you", NULL, &err),
				 -EKEYREJECTED);
		assert_non_null(strstr(err.text, "does not say 'by=you'"));
		assert_int_equal(find(&i, keys[1 - k], NULL, NULL, &err),
				 -EKEYREJECTED);
		assert_non_null(strstr(err.text, "are not by one of the keys"));
		image_done(&i);
	}
}

/* Each bit of the signature, each byte of the payload. */
static void what_was_changed_does_not_hold(void **state)
{
	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		eu_auto_buf struct eu_buf raw = EU_BUF(4096);
		const struct eu_key *const only[] = { keys[k] };
		const struct eu_signature_query q = { only, 1, NULL };
		eu_auto_free char *base64 = NULL;
		struct signed_image i;
		struct eu_error err;

		make_image(&i);
		base64 = sign(keys[k], i.payload);
		for (char *c = i.payload; *c; c++) {
			*c ^= 1;
			put_layers(&i.s, &i.ref, i.d.digest,
				   &(struct layer){ LAYER, i.payload, base64 },
				   1);
			*c ^= 1;
			assert_int_equal(eu_signature_find(NULL, &i.s, &i.ref,
							   &i.d, &q, NULL, &err),
					 -EKEYREJECTED);
		}
		assert_int_equal(
			eu_base64_decode(base64, strlen(base64), &raw, NULL), 0);
		for (size_t bit = 0; bit < raw.len * 8; bit++) {
			eu_auto_buf struct eu_buf text = EU_BUF(4096);

			raw.data[bit / 8] ^= (char)(1 << bit % 8);
			eu_base64_encode(raw.data, raw.len, &text);
			raw.data[bit / 8] ^= (char)(1 << bit % 8);
			put_layers(&i.s, &i.ref, i.d.digest,
				   &(struct layer){ LAYER, i.payload,
						    eu_buf_str(&text) },
				   1);
			assert_int_equal(eu_signature_find(NULL, &i.s, &i.ref,
							   &i.d, &q, NULL, &err),
					 -EKEYREJECTED);
		}
		image_done(&i);
	}
}

static void what_is_no_signature(void **state)
{
	static const struct {
		const char *type, *payload, *base64; /* NULL: the right ones */
		bool no_note, is_lost;
		int code;
		const char *why;
	} cases[] = {
		{ .why = "" },
		{ .type = "a/b", .code = -ENOENT, .why = "is not signed" },
		{ .no_note = true,
		  .code = -EKEYREJECTED,
		  .why = "its annotation '" NOTE "' is missing" },
		{ .base64 = "",
		  .code = -EKEYREJECTED,
		  .why = "are not by one of the keys" },
		{ .base64 = "!",
		  .code = -EKEYREJECTED,
		  .why = "is no base64, or too long" },
		{ .base64 = "AAAA",
		  .code = -EKEYREJECTED,
		  .why = "are not by one of the keys" },
		{ .is_lost = true, .code = -EKEYREJECTED, .why = "its payload" },
		/* Signed by the key, but something else. */
		{ .payload = "", .code = -EKEYREJECTED, .why = "is no JSON" },
		{ .payload = "{}", .code = -EKEYREJECTED, .why = "is not of type" },
		{ .payload = "{\"critical\":{\"type\":\"cosign container image signature\","
			     "\"image\":{\"docker-manifest-digest\":\"sha256:"
			     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}}}",
		  .code = -EKEYREJECTED,
		  .why = "is about another manifest, sha256:0123" },
	};

	(void)state;
	for (size_t n = 0; n < EU_COUNT(cases); n++) {
		struct layer l = { cases[n].type ?: LAYER };
		eu_auto_free char *base64 = NULL;
		struct signed_image i;
		struct eu_error err = { 0 };
		int r;

		print_message("%zu: %s\n", n, cases[n].why);
		make_image(&i);
		l.payload = cases[n].payload ?: i.payload;
		base64 = sign(keys[0], l.payload);
		l.base64 = cases[n].no_note ? NULL : cases[n].base64 ?: base64;
		l.is_lost = cases[n].is_lost;
		put_layers(&i.s, &i.ref, i.d.digest, &l, 1);
		r = find(&i, keys[0], NULL, NULL, &err);
		if (r != cases[n].code || (r && !strstr(err.text, cases[n].why)))
			fail_msg("%d, %s", r, err.text);
		image_done(&i);
	}
}

/* Others may sign before and behind, and may be many. */
static void one_that_holds_is_enough(void **state)
{
	static const struct {
		size_t before, behind;
		int code;
	} cases[] = {
		{ 0, 0, 0 },   { 1, 1, 0 },	   { 99, 0, 0 },
		{ 0, 200, 0 }, { 100, 0, -E2BIG },
	};

	(void)state;
	for (size_t n = 0; n < EU_COUNT(cases); n++) {
		static struct layer layers[256];
		const size_t before = cases[n].before;
		eu_auto_free char *good = NULL, *bad = NULL;
		struct signed_image i;
		struct eu_error err = { 0 };

		make_image(&i);
		good = sign(keys[0], i.payload);
		bad = sign(keys[1], i.payload);
		for (size_t k = 0; k <= before + cases[n].behind; k++)
			layers[k] = (struct layer){ LAYER, i.payload,
						    k == before ? good : bad };
		put_layers(&i.s, &i.ref, i.d.digest, layers,
			   before + 1 + cases[n].behind);
		assert_int_equal(find(&i, keys[0], NULL, NULL, &err),
				 cases[n].code);
		if (cases[n].code)
			assert_non_null(
				strstr(err.text, "more than 100 signatures"));
		image_done(&i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_by_one_of_the_keys_holds),
		cmocka_unit_test(what_was_changed_does_not_hold),
		cmocka_unit_test(what_is_no_signature),
		cmocka_unit_test(one_that_holds_is_enough),
	};

	setenv("EUNOMIA_MODULE_DIR", MODULES, 1);
	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
