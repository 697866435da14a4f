/* SPDX-License-Identifier: MIT */
#include "ecc.h"

int main(int argc, char **argv)
{
	const struct eu_command *me = tool_find("")->otherwise;

	return me->run(me, argc, argv);
}
