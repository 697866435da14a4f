/* SPDX-License-Identifier: MIT */
/* A module "sym" that knows a few functions of 16 bytes each. */
#include <stdlib.h>

#include "base/module.h"
#include "sym/functions.h"

static const struct eu_symbol known[][2] = {
	[1] = { { .name = "main", .module = "/bin/p", .file = "p.c", .line = 3 } },
	[2] = { { .name = "a<b>(char&, \"\\\")", .module = "/bin/p" } },
	[3] = { { .name = "inner", .inlined = true, .dir = "/src", .file = "i.h" },
		{ .name = "outer;1\n", .dir = "/src", .file = "o.c", .line = 9 } },
	[4] = { { .module = "/lib/li\xff"
			    "b.so" } },
	[5] = { { .name = "\xef\xbf\xbe" } },
};

static void *fake_open(void)
{
	return malloc(1);
}

static void fake_close(void *m)
{
	free(m);
}

static bool resolve(void *m, uint32_t pid, const uint64_t *addrs, size_t n,
		    eu_symbol_fn fn, void *ctx)
{
	struct eu_symbol s[2];
	uint64_t f;

	(void)m;
	/* A process of which nothing can be told. */
	if (pid == 13)
		return false;
	for (size_t i = 0; i < n; i++) {
		f = addrs[i] >> 4;
		if (f >= EU_COUNT(known) ||
		    (!known[f][0].name && !known[f][0].module)) {
			fn(ctx, i, NULL, 0);
			continue;
		}
		s[0] = known[f][0];
		s[1] = known[f][1];
		s[s[0].inlined].offset = addrs[i] & 15;
		fn(ctx, i, s, 1 + s[0].inlined);
	}
	return true;
}

static const struct eu_sym_functions functions = {
	.open = fake_open,
	.close = fake_close,
	.resolve = resolve,
};

extern const struct eu_module eu_module;
const struct eu_module eu_module = {
	.version = EU_VERSION,
	.name = "sym",
	.functions = &functions,
};
