/* SPDX-License-Identifier: MIT */
#ifndef EU_TEST_COMMA_H
#define EU_TEST_COMMA_H

/*
 * A locale whose numbers have a comma, as an embedder may have chosen one. It
 * is made here: the machine need not have any but "C".
 */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

static const char comma_make[] =
	"cd \"$LOCPATH\" && printf '%s\\n' LC_NUMERIC 'decimal_point \",\"' "
	"'thousands_sep \"\"' 'grouping -1' 'END LC_NUMERIC' >comma.src && "
	"{ localedef -c -i comma.src ./comma >log 2>&1; [ -s comma/LC_NUMERIC ]; }";

static inline void comma_begin(void)
{
	char dir[] = "/tmp/eunomia-comma-XXXXXX", text[8];

	/* Guests have nothing to make a locale with. */
	if (getenv("GUEST"))
		skip();
	assert_non_null(mkdtemp(dir));
	setenv("LOCPATH", dir, 1);
	assert_int_equal(system(comma_make), 0);
	assert_non_null(setlocale(LC_NUMERIC, "comma"));
	assert_int_equal(system("rm -r \"$LOCPATH\""), 0);
	unsetenv("LOCPATH");
	/* It is in force. */
	snprintf(text, sizeof(text), "%g", 1.5);
	assert_string_equal(text, "1,5");
}

static inline void comma_end(void)
{
	setlocale(LC_NUMERIC, "C");
}

#endif
