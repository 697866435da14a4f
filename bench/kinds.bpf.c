/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* Nothing but the BTF of kinds.h. */
#include "kinds.h"

#define ANCHOR(kind, label) \
	const struct kind *unused_##kind __attribute__((unused));
KINDS(ANCHOR)
