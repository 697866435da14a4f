/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_CONFIG_H
#define EU_BASE_CONFIG_H

/*
 * The file @name of the folder where users say what they want, to be freed:
 * $XDG_CONFIG_HOME/NAME or ~/.config/NAME. It need not be there. NULL if there
 * is no such folder.
 */
char *eu_config_path(const char *name);

#endif
