/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "run.h"

/* sd_notify(3): a datagram to the socket that the service manager names. */
int run_find_manager(struct run *r)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;

	if (!n || n >= sizeof(a.sun_path))
		return 0;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	r->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->notify_fd >= 0 &&
	    connect(r->notify_fd, (struct sockaddr *)&a,
		    offsetof(struct sockaddr_un, sun_path) + n))
		eu_close(eu_take_fd(r->notify_fd));
	return 0;
}

int run_may_say_ready(const struct run *r, struct eu_error *err)
{
	const int fd = r->o->ready_fd;

	if (fd < 0 || fcntl(fd, F_GETFD) >= 0)
		return 0;
	return eu_error_set(err, -errno, "cannot write to descriptor %d: %s",
			    fd, strerror(errno));
}

int run_say_ready(const struct run *r, struct eu_error *err)
{
	int ret;

	if (r->notify_fd >= 0)
		(void)!write(r->notify_fd, "READY=1", 7);
	if (r->o->ready_fd < 0)
		return 0;
	ret = eu_write_all(r->o->ready_fd, "READY=1\n", 8);
	if (ret)
		return eu_error_set(err, ret, "cannot write to descriptor %d: %s",
				    r->o->ready_fd, strerror(-ret));
	close(r->o->ready_fd);
	return 0;
}
