/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "rt/attach.h"
#include "rt/netns.h"

/* Interfaces by what targets call them. */

int eu_attach_list_interfaces(int code, struct eu_error *err)
{
	struct if_nameindex *list = if_nameindex();

	for (struct if_nameindex *n = list; n && n->if_index; n++)
		eu_error_append(err, code, "%s %s",
				n == list ? "; there are:" : ",", n->if_name);
	if (list)
		if_freenameindex(list);
	return code;
}

int eu_attach_interface(const char *name, struct eu_error *err)
{
	bool digits = !name[strspn(name, "0123456789")];
	unsigned long number = digits ? strtoul(name, NULL, 10) : 0;
	char unused[IF_NAMESIZE];
	int i = if_nametoindex(name);

	if (!i && number <= INT_MAX && if_indextoname(number, unused))
		i = (int)number;
	if (i)
		return i;
	eu_error_set(err, -ENODEV, "no interface '%s'", name);
	return eu_attach_list_interfaces(-ENODEV, err);
}

int eu_attach_at_interface(const struct eu_attach *a, eu_attach_at_fn fn,
			   struct eu_error *err)
{
	const char *what = a->target->what;
	const char *path = eu_target_key(a->target, "netns");
	eu_auto_free char *name = strndup(what, strcspn(what, ":"));
	eu_auto_close int fd = -1;
	struct eu_netns ns;
	int r;

	if (!name)
		return eu_error_oom(err);
	fd = path ? eu_netns_open(path, err) : -1;
	r = path && fd < 0 ? fd : eu_netns_enter(fd, &ns, err);
	if (r)
		return r;
	r = eu_attach_interface(name, err);
	if (r >= 0)
		r = fn(a, r, err);
	eu_netns_leave(&ns);
	return r;
}
