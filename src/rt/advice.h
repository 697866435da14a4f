/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_ADVICE_H
#define EU_RT_ADVICE_H

#include <stddef.h>

/*
 * What to change in a program that the verifier refused with @log, the last
 * lines of what it said; NULL if that says it well enough, or is rare.
 */
const char *eu_advice(const char *log, size_t len);

#endif
