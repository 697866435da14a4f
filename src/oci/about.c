/* SPDX-License-Identifier: MIT */
#include "oci/about.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "pkg/feature.h"
#include "pkg/image.h"

enum { MAX_NEEDS = 8 << 10, MAX_LICENSE = 128 };

void eu_about_put(json_t **notes, const char *name, const char *value)
{
	if (value && *value && !json_object_get(*notes, name))
		eu_json_put(notes, name, eu_json_text(value));
}

/* As RFC 3339 has it. Without it the same file would differ each time. */
void eu_about_time(json_t **notes)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end = NULL, when[32];
	time_t t = text ? strtoll(text, &end, 10) : 0;
	struct tm tm;

	if (text && *text && !*end && gmtime_r(&t, &tm) &&
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm))
		eu_about_put(notes, EU_OCI_CREATED, when);
}

/* The kernel does not say which licence of that name it means. */
static const struct {
	const char *kernels, *spdx;
} licenses[] = {
	{ "GPL", "GPL-2.0" },
	{ "GPL v2", "GPL-2.0-only" },
	{ "GPL and additional rights", "GPL-2.0" },
	{ "Dual BSD/GPL", "LicenseRef-BSD OR GPL-2.0" },
	{ "Dual MIT/GPL", "MIT OR GPL-2.0" },
	{ "Dual MPL/GPL", "LicenseRef-MPL OR GPL-2.0" },
};

const char *eu_about_license(const char *kernels, char *to, size_t size)
{
	for (size_t i = 0; i < EU_COUNT(licenses); i++) {
		if (!strcmp(licenses[i].kernels, kernels))
			return licenses[i].spdx;
	}
	for (const char *p = kernels; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-.", *p))
			return NULL;
	}
	if (!strcmp(kernels, "Proprietary"))
		snprintf(to, size, "LicenseRef-%s", kernels);
	else
		snprintf(to, size, "%s", kernels);
	return *kernels ? to : NULL;
}

static void put_license(const struct eu_package *pkg, json_t **notes)
{
	eu_auto_image struct eu_image e = { 0 };
	const struct eu_image_section *s;
	char text[MAX_LICENSE] = "", spdx[MAX_LICENSE + 16];

	if (!pkg->object->data ||
	    eu_image_init(&e, pkg->object->data, pkg->object->size, NULL))
		return;
	s = eu_image_section(&e, "license");
	if (!s || !s->data || s->size > sizeof(text))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)s->size, (const char *)s->data);
	eu_about_put(notes, EU_OCI_LICENSES,
		     eu_about_license(text, spdx, sizeof(spdx)));
}

static void put_needs(const struct eu_package *pkg, json_t **notes)
{
	eu_auto_buf struct eu_buf needs = EU_BUF(MAX_NEEDS);
	eu_auto_free struct eu_feature *f = NULL;
	uint16_t newest = 0;
	char kernel[16];
	size_t n = 0;

	if (eu_features_of(pkg, NULL, NULL, &f, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		newest = eu_max(newest, f[i].since);
		eu_buf_printf(&needs, "%s%s %s", i ? ", " : "",
			      eu_feature_kind_name(f[i].kind), f[i].name);
	}
	snprintf(kernel, sizeof(kernel), "%u.%u", newest / 100, newest % 100);
	if (newest)
		eu_about_put(notes, EU_OCI_KERNEL, kernel);
	eu_about_put(notes, EU_OCI_NEEDS, eu_buf_str(&needs));
}

/*
 * Whoever pushes it: in the form for the first of these that it can run on, and
 * not for the machine that we are.
 */
static int parse(const void *data, size_t len, const char *origin,
		 struct eu_package **ret, struct eu_error *err)
{
	static const char *const archs[] = {
		"x86",	   "arm64",	"arm",	"riscv",
		"powerpc", "loongarch", "mips", "s390",
	};
	int r = -ENOTSUP;

	for (size_t i = 0; i < EU_COUNT(archs) && r == -ENOTSUP; i++)
		r = eu_package_parse(data, len, origin, archs[i], ret, err);
	return r;
}

int eu_about_program(const void *data, size_t len, const char *origin,
		     json_t **notes, struct eu_error *err)
{
	eu_auto_package struct eu_package *pkg = NULL;
	int r = parse(data, len, origin, &pkg, err);

	/* Of a machine that is not known here is not said that it is none. */
	if (r || !notes)
		return r == -ENOTSUP ? 0 : r;
	eu_about_put(notes, EU_OCI_DESCRIPTION, pkg->brief ?: pkg->description);
	eu_about_put(notes, EU_OCI_VERSION, pkg->version);
	put_license(pkg, notes);
	put_needs(pkg, notes);
	return 0;
}
