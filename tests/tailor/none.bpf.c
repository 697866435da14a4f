/* SPDX-License-Identifier: MIT */
#include "local.h"

/* No relocation at all. */

PROG(nothing, int, p)
{
	return p != 0;
}
