/* SPDX-License-Identifier: MIT */
#ifndef EU_PKG_LIBLZMA_H
#define EU_PKG_LIBLZMA_H

/* What is used of liblzma. */

#include <lzma.h>

#include "base/late.h"

#define EU_LIBLZMA_FUNCTIONS(F) \
	F(lzma_code)            \
	F(lzma_end)             \
	F(lzma_stream_decoder)

struct eu_liblzma {
	EU_LIBLZMA_FUNCTIONS(EU_LATE_MEMBER)
};

#endif
