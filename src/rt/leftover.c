/* SPDX-License-Identifier: MIT */
#include "rt/leftover.h"

#include <dirent.h>
#include <stdlib.h>

#include "rt/source.h"

bool eu_leftover_any(const struct eu_program *p)
{
	for (size_t i = 0; i < p->n_links; i++)
		if (p->links[i].detach)
			return true;
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].ops->remove)
			return true;
	return false;
}

static bool needed(const struct eu_program *p, int fd)
{
	for (size_t i = 0; i < p->n_links; i++)
		if (p->links[i].detach &&
		    (fd == p->links[i].fd || fd == p->links[i].prog_fd))
			return true;
	return false;
}

static bool is_among(int fd, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == fd)
			return true;
	return false;
}

void eu_leftover_hold(const struct eu_program *p, const int *keep, size_t n)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int fd;

	/* Without /proc all that there may be are tried. */
	for (fd = 0; !d && fd < sysconf(_SC_OPEN_MAX); fd++)
		if (!needed(p, fd) && !is_among(fd, keep, n))
			close(fd);
	while (d && (e = readdir(d))) {
		fd = (int)strtol(e->d_name, NULL, 10);
		if (*e->d_name != '.' && fd != dirfd(d) && !needed(p, fd) &&
		    !is_among(fd, keep, n))
			close(fd);
	}
	if (d)
		closedir(d);
}

void eu_leftover_remove(struct eu_program *p)
{
	for (size_t i = p->n_links; i-- > 0;)
		if (p->links[i].detach)
			p->links[i].detach(&p->links[i]);
	for (size_t i = 0; i < p->n_sources; i++)
		if (p->sources[i].ops->remove)
			p->sources[i].ops->remove(&p->sources[i]);
}
