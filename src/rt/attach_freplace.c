/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <bpf/bpf.h>

#include "rt/attach.h"

/* Programs that take the place of a function of another, loaded program. */

/* "prog:ID[:function]" or "/path/of/a/pin[:function]". */
static int open_program(const struct eu_target *t, const char **ret_function,
			struct eu_error *err)
{
	bool pin = *t->what == '/';
	const char *from = pin ? t->what : t->what + strlen("prog:");
	const char *colon = strrchr(from, ':');
	eu_auto_free char *name = NULL;
	char *end;
	long id;
	int fd;

	name = strndup(from, colon ? (size_t)(colon - from) : strlen(from));
	if (!name)
		return eu_error_oom(err);
	if (colon)
		*ret_function = colon + 1;
	errno = 0;
	id = pin ? 0 : strtol(name, &end, 10);
	if (!pin && (errno || *end || id < 1 || id > UINT32_MAX))
		return eu_error_set(err, -EINVAL,
				    "target '%s': '%s' is no id of a program",
				    t->text, name);
	fd = pin ? bpf_obj_get(name) : bpf_prog_get_fd_by_id((uint32_t)id);
	if (fd < 0)
		return eu_error_set(err, fd, "target '%s': no such program (%s)",
				    t->text, strerror(-fd));
	return fd;
}

int eu_attach_freplace_prepare(struct eu_program *p, const struct eu_prog *prog,
			       struct eu_error *err)
{
	const char *slash = strchr(prog->section, '/');
	const char *function = slash ? slash + 1 : NULL;
	const struct eu_goal *g;
	struct eu_link *l;
	size_t at = 0;
	int fd, r;

	g = eu_attach_goal(p, prog, &at);
	if (eu_attach_goal(p, prog, &at))
		return eu_error_set(err, -EINVAL,
				    "program '%s' (%s) takes one target",
				    prog->name, prog->section);
	fd = open_program(g->target, &function, err);
	if (fd < 0)
		return fd;
	/* The load wants it open; it is closed with the links. */
	r = eu_program_add_link(p, &l, err);
	if (r) {
		eu_close(fd);
		return r;
	}
	l->fd = fd;
	if (!function)
		return eu_error_set(
			err, -EINVAL,
			"target '%s': which function? write prog:ID:FUNCTION",
			g->target->text);
	eu_log_enter(&p->log);
	r = bpf_program__set_attach_target(eu_program_find(p, prog->name), fd,
					   function);
	eu_log_leave();
	if (r)
		return eu_error_set(
			err, r,
			"target '%s': that program has no function '%s' that can be replaced",
			g->target->text, function);
	return 0;
}
