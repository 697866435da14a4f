/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Values of enumerators, signed, wide, turned from one width to the other. */

enum colour { BLUE, RED, GREEN, MAGENTA };
enum wide { WIDE_HIGH = 1ull << 33, WIDE_LOW };
enum turned { TURNED_B, TURNED_A };
enum flavour { FLAVOUR_X, FLAVOUR_Y___local };
enum no_colour { NO_RED };
typedef enum colour colour_alias_t;

PROG(values, void, p)
{
	out = bpf_core_enum_value(enum colour, RED);
	out = bpf_core_enum_value(enum colour, BLUE);
	out = bpf_core_enum_value(enum wide, WIDE_LOW);
	out = bpf_core_enum_value(enum wide, WIDE_HIGH);
	out = bpf_core_enum_value(enum turned, TURNED_A);
	out = bpf_core_enum_value(enum turned, TURNED_B);
	out = bpf_core_enum_value(enum flavour, FLAVOUR_X);
	return bpf_core_enum_value(enum flavour, FLAVOUR_Y___local);
}

PROG(existence, void, p)
{
	out = bpf_core_enum_value_exists(enum colour, GREEN);
	out = bpf_core_enum_value_exists(enum colour, MAGENTA);
	out = bpf_core_enum_value_exists(enum no_colour, NO_RED);
	out = bpf_core_enum_value_exists(colour_alias_t, RED);
	return bpf_core_enum_value_exists(enum turned, TURNED_B);
}
