/* SPDX-License-Identifier: MIT */

/*
 * Packages in one loop of our own, five events of each as JSON. Installed:
 *	cc embed.c -o embed $(pkg-config --cflags --libs libeunomia)
 *	ecc -o /tmp ../bootstrap/bootstrap.bpf.c ../bootstrap/bootstrap.h
 *	sudo ./embed /tmp/package.json /tmp/bootstrap.bpf.o
 */

#include <eunomia/eunomia.h>
#include <stdio.h>
#include <sys/epoll.h>

static int print(void *ctx, const void *data, size_t len)
{
	return printf("%s:\n%.*s", (char *)ctx, (int)len, (char *)data) < 0;
}

static struct eu_program *start(char *path, int loop, struct eu_error *err)
{
	const struct eu_program_opts opts = { .sz = sizeof(opts),
					      .path = path,
					      .format = "json",
					      .write = print,
					      .ctx = path,
					      .max_records = 5 };
	struct epoll_event ev = { .events = EPOLLIN };
	struct eu_program *p;

	if (eu_program_open(&opts, &p, err))
		return NULL;
	ev.data.ptr = p;
	if (eu_program_load(p, err) || eu_program_attach(p, err) ||
	    epoll_ctl(loop, EPOLL_CTL_ADD, eu_program_fd(p), &ev)) {
		eu_program_close(p);
		return NULL;
	}
	return p;
}

int main(int argc, char **argv)
{
	int loop = epoll_create1(0), running = 0;
	struct epoll_event ev;
	struct eu_error err;

	if (argc < 2)
		return fprintf(stderr, "usage: embed PACKAGE...\n"), 2;
	for (int i = 1; i < argc; i++, running++)
		if (!start(argv[i], loop, &err))
			return fprintf(stderr, "embed: %s\n", err.text), 1;
	while (running && epoll_wait(loop, &ev, 1, -1) == 1) {
		if (eu_program_dispatch(ev.data.ptr, &err) >= 0)
			continue;
		eu_program_close(ev.data.ptr);
		running--;
	}
	return 0;
}
