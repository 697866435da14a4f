/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_LATE_H
#define EU_BASE_LATE_H

/*
 * Shared libraries of others that few runs need, opened at first use: each that
 * the dynamic loader has to open costs every start 70 to 100 microseconds. What
 * is used of one is listed once, EU_NAME_FUNCTIONS(F) with F(function) for each,
 * and held in a struct of pointers to them. The static ecli has them linked.
 */

#include <stddef.h>

#include "base/error.h"

#define EU_LATE_MEMBER(f) __typeof__(&f) f;
#define EU_LATE_NAME(f) #f,

/*
 * Opens the library @file, or finds it open, and stores where the @n functions
 * of @names are, in this order, to @ret_functions, a struct of EU_LATE_MEMBERs.
 * It stays open. -ENOENT if it is not installed, -ELIBBAD without a function.
 */
int eu_late_open(const char *file, const char *const *names, size_t n,
		 void *ret_functions, struct eu_error *err);

#endif
