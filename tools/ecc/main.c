/* SPDX-License-Identifier: MIT */
#include "ecc.h"

#include <stdio.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

int main(int argc, char **argv)
{
	const struct eu_command *me = tool_find("")->otherwise;

	int status = me->run(me, argc, argv);

	fflush(NULL);
#ifdef __SANITIZE_ADDRESS__
	/* Otherwise done by exit(3). */
	__lsan_do_leak_check();
#endif
	/* Without the destructors of LLVM, which may have been opened. */
	_exit(status);
}
