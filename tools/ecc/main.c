/* SPDX-License-Identifier: MIT */
#include "ecc.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct eu_command *me = tool_find("")->otherwise;

	int status = me->run(me, argc, argv);

	/* Without the destructors of LLVM, which may have been opened. */
	fflush(NULL);
	_exit(status);
}
