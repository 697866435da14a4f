/* SPDX-License-Identifier: MIT */
#include "out/number.h"

#include <ctype.h>
#include <errno.h>

bool eu_number_parse(const char *text, struct eu_number *ret)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (!isdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*ret = (struct eu_number){
		.negative = *text == '-',
		.low = strtoull(digits, &end, eu_number_base(digits)),
	};
	return !*end && !errno;
}
