/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ecli.h"

/* The names that users know, and the commands behind each. */
static const struct eu_command *const ecli_commands[] = {
	&command_run,
	&command_check,
	&command_inspect,
	NULL,
};

static const struct eu_command *const lmp_commands[] = {
	&lmp_init, &lmp_build, &lmp_run, &command_check, &command_inspect, NULL,
};

static const struct eu_tool tools[] = {
	{ "ecli", "run eBPF packages", ecli_commands, &command_run },
	{ "lmp", "make, build and run eBPF programs", lmp_commands, NULL },
};

const struct eu_tool *tool_find(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < EU_COUNT(tools); i++)
		if (!strcmp(tools[i].name, name))
			return &tools[i];
	return &tools[0];
}
