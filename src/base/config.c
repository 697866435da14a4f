/* SPDX-License-Identifier: MIT */
#include "base/config.h"

#include <stdlib.h>

#include "base/file.h"

char *eu_config_path(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	eu_auto_free char *own = NULL;

	if (config && *config == '/')
		return eu_path_join(config, name);
	if (!home || *home != '/')
		return NULL;
	own = eu_path_join(home, ".config");
	return own ? eu_path_join(own, name) : NULL;
}
