/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/nearest.h"
#include "ecli.h"

/* The names that users know, and the commands behind each. */
static const struct eu_command *const ecli_commands[] = {
	&command_run,	&command_check, &command_inspect, &command_push,
	&command_pull,	&command_login, &command_logout,  &command_images,
	&command_tag,	&command_rm,	&command_prune,	  &command_save,
	&command_load,	&command_sign,	&command_verify,  &command_keygen,
	&command_names, NULL,
};

static const struct eu_command *const lmp_commands[] = {
	&lmp_init,	&lmp_build,	  &lmp_gen_wasm_skel, &lmp_build_wasm,
	&lmp_run,	&lmp_push,	  &lmp_pull,	      &lmp_list,
	&command_check, &command_inspect, &command_names,     NULL,
};

static const struct eu_tool tools[] = {
	{ "ecli", "run eBPF packages", ecli_commands, &command_run },
	{ "lmp", "make, build and run eBPF programs", lmp_commands, NULL },
	{ "wasm-bpf", "run eBPF programs with user space in Wasm", NULL,
	  &command_wasm_bpf },
	{ "wasm-bpftool", "write C headers for Wasm guests", NULL,
	  &command_wasm_bpftool },
};

const struct eu_tool *tool_find(const char *path)
{
	const char *name = eu_path_name(path);

	for (size_t i = 0; i < EU_COUNT(tools); i++)
		if (!strcmp(tools[i].name, name))
			return &tools[i];
	return &tools[0];
}

const struct eu_command *command_find(const char *name)
{
	const struct eu_tool *me = tool_find(program_name);

	for (size_t i = 0; me->commands[i]; i++)
		if (!strcmp(me->commands[i]->name, name))
			return me->commands[i];
	return NULL;
}

int command_unknown(const char *word, struct eu_error *err)
{
	const struct eu_tool *me = tool_find(program_name);
	struct eu_nearest near = { .wanted = word };

	eu_error_set(err, -ENOENT, "'%s' is %s (", word,
		     me->otherwise ? "neither a command" : "no command");
	for (size_t i = 0; me->commands[i]; i++) {
		eu_error_append(err, -ENOENT, "%s%s", i ? ", " : "",
				me->commands[i]->name);
		eu_nearest_try(&near, me->commands[i]->name,
			       strlen(me->commands[i]->name));
	}
	eu_error_append(err, -ENOENT, ")%s", me->otherwise ? " nor a file" : "");
	return eu_nearest_append(&near, -ENOENT, err);
}
