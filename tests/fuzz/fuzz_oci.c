/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
/*
 * What registries and users say. The first byte picks what the rest is:
 *
 *	r	a reference, which is written and read again
 *	m	a manifest or an index
 *	c	a challenge
 *	a	a file of passwords
 *	l	layers of an image, of which each begins with "LAYER"
 *	s	what is signed
 *	p	a policy; a line of a source first
 *	g	gzip data
 *	f	registries.conf; a line of a reference first
 */

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "oci/about.h"
#include "oci/artifact.h"
#include "oci/challenge.h"
#include "oci/gzip.h"
#include "oci/layers.h"
#include "oci/mirror.h"
#include "oci/payload.h"
#include "oci/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void reference(const char *text)
{
	char whole[EU_REF_TEXT], again[EU_REF_TEXT];
	struct eu_error err;
	struct eu_ref ref;

	if (eu_ref_parse(text, &ref, &err))
		return;
	eu_ref_format(&ref, whole, sizeof(whole));
	assert(!eu_ref_parse(whole, &ref, &err));
	eu_ref_format(&ref, again, sizeof(again));
	assert(!strcmp(whole, again));
}

static void manifest(const char *text, size_t len)
{
	struct eu_manifest m;
	struct eu_error err;

	if (eu_manifest_read(text, len, NULL, &m, &err))
		return;
	if (m.index)
		eu_index_pick(&m, "amd64");
	for (size_t i = 0; i < m.n; i++) {
		eu_descriptor_note(&m.parts[i], EU_OCI_TITLE);
		json_decref(eu_descriptor_json(&m.parts[i]));
	}
	eu_manifest_done(&m);
}

static void challenge(const char *text)
{
	const struct eu_ref ref = { .host = "a.b", .path = "c" };
	struct eu_buf url = EU_BUF(4096);
	struct eu_error err;

	text = eu_challenge_find(text, "Bearer") ?: text;
	eu_challenge_url(text, &ref, "repository:c:pull", 0, &url, &err);
	eu_buf_done(&url);
}

static void passwords(const char *text, size_t len)
{
	eu_auto_json json_t *j = eu_json_read(text, len, NULL);
	struct eu_credentials c = { 0 };
	struct eu_error err;

	if (j)
		eu_credentials_of(j, "a.b", &c, &err);
	if (c.user && c.password)
		free(eu_credentials_basic(&c));
	eu_credentials_done(&c);
}

static void layers(const char *data, size_t len)
{
	static const char mark[] = "LAYER";
	struct eu_layers l = { .max = 1 << 20, .max_all = 4 << 20 };
	struct eu_layer_file *f;
	struct eu_error err;
	const char *next;
	size_t n;

	for (; len; data += n, len -= n) {
		next = memmem(data + 1, len - 1, mark, sizeof(mark) - 1);
		n = next ? (size_t)(next - data) : len;
		if (n > sizeof(mark) &&
		    eu_layers_add(&l, data + sizeof(mark) - 1,
				  n - sizeof(mark) + 1, "x", &err))
			break;
	}
	if (!eu_layers_pick(&l, "y", &f, &err))
		assert(f->len && f->data[f->len] == '\0');
	eu_layers_done(&l);
}

/* Of what is accepted nothing else is said by fewer demands. */
static void payload(const char *text, size_t len)
{
	static const char digest[] =
		"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	eu_auto_json json_t *notes = json_pack("{s:s}", "by", "me");
	struct eu_error err;

	if (!eu_payload_check(text, len, digest, notes, &err))
		assert(!eu_payload_check(text, len, digest, NULL, &err));
}

/* What an address is compared as is one itself. */
static void policy(const char *text)
{
	const size_t n = strcspn(text, "\n");
	eu_auto_free char *source = strndup(text, n), *address = NULL;
	eu_auto_free char *again = NULL;
	eu_auto_policy struct eu_policy p = { 0 };
	const json_t *keys = NULL;
	struct eu_error err;

	if (!source)
		return;
	if (!eu_policy_address(source, &address, &err)) {
		assert(!eu_policy_address(address, &again, &err));
		assert(!strcmp(address, again));
	}
	if (eu_policy_read(text + n, strlen(text + n), "p", &p, &err))
		return;
	eu_policy_lists(&p, source);
	if (eu_policy_rule(&p, address ?: source, &keys) == EU_POLICY_KEYS)
		assert(json_array_size(keys));
}

static void gzip(const char *data, size_t len)
{
	eu_auto_buf struct eu_buf out = EU_BUF(1 << 20);
	struct eu_error err;
	int r = eu_gzip_inflate(data, len, &out, &err);

	assert(r == 0 || r == -EINVAL || r == -E2BIG);
	assert(out.len <= out.max);
}

/* A mirror's reference is one itself, with the same tag and digest. */
static void mirrors(const char *text)
{
	const size_t n = strcspn(text, "\n");
	eu_auto_free char *name = strndup(text, n);
	struct eu_mirror list[EU_MIRRORS];
	char whole[EU_REF_TEXT];
	struct eu_ref ref, again;
	size_t count;

	if (!name || eu_ref_parse(name, &ref, NULL))
		return;
	count = eu_mirrors_of(text + n, &ref, list);
	assert(count <= EU_MIRRORS);
	for (size_t i = 0; i < count; i++) {
		assert(!strcmp(list[i].ref.digest, ref.digest));
		eu_ref_format(&list[i].ref, whole, sizeof(whole));
		assert(!eu_ref_parse(whole, &again, NULL));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	eu_auto_free char *text = NULL;

	if (!size)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (!text)
		return 0;
	switch (data[0]) {
	case 'r': reference(text); break;
	case 'm': manifest(text, strlen(text)); break;
	case 'c': challenge(text); break;
	case 'a': passwords(text, strlen(text)); break;
	case 'l': layers((const char *)data + 1, size - 1); break;
	case 'f': mirrors(text); break;
	case 'g': gzip((const char *)data + 1, size - 1); break;
	case 'p': policy(text); break;
	case 's': payload(text, strlen(text)); break;
	}
	return 0;
}
