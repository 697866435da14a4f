/* SPDX-License-Identifier: MIT */
/* A module of another version than the test, and one under another's name. */
#include "base/module.h"

extern const struct eu_module eu_module;
const struct eu_module eu_module = {
	.version = MODULE_VERSION,
	.name = "other",
};
