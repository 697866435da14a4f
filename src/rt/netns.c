/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int eu_netns_open(const char *path, struct eu_error *err)
{
	eu_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return eu_error_set(err, -errno, "cannot open '%s': %s", path,
				    strerror(errno));
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET)
		return eu_error_set(
			err, -EINVAL,
			"'%s' is no network namespace: give /run/netns/NAME or /proc/PID/ns/net",
			path);
	return eu_take_fd(fd);
}

/* Then no right is needed to get there. */
static bool is_current(int fd)
{
	struct stat here, there;

	return !stat("/proc/thread-self/ns/net", &here) && !fstat(fd, &there) &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

int eu_netns_current(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int eu_netns_enter(int fd, struct eu_netns *ret, struct eu_error *err)
{
	eu_auto_close int home = -1;

	ret->home = -1;
	if (fd < 0 || is_current(fd))
		return 0;
	home = eu_netns_current();
	if (home < 0 || setns(fd, CLONE_NEWNET))
		return eu_error_set(
			err, -errno, "cannot enter the network namespace: %s",
			errno == EINVAL ? "it is not one" : strerror(errno));
	ret->home = eu_take_fd(home);
	return 0;
}

void eu_netns_leave(struct eu_netns *ns)
{
	if (ns->home >= 0 && setns(ns->home, CLONE_NEWNET))
		abort();
	eu_close(eu_take_fd(ns->home));
}
