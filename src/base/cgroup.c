/* SPDX-License-Identifier: MIT */
#include "base/cgroup.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>

char *eu_cgroup_root(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	char *dir = NULL, line[8192];
	struct mntent m;

	while (f && !dir && getmntent_r(f, &m, line, sizeof(line)))
		if (!strcmp(m.mnt_type, "cgroup2"))
			dir = strdup(m.mnt_dir);
	if (f)
		endmntent(f);
	return dir;
}
