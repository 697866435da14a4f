/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <bpf/bpf.h>

#include "rt/walk.h"

/*
 * A queue or a stack: what is taken out is gone. In one round at most as many
 * as it holds, as the program may put in more all the time.
 */

static int queue_begin(struct eu_walk *w)
{
	if (!w->state)
		w->state = calloc(1, w->stride ?: 1);
	return w->state ? 0 : -ENOMEM;
}

static int queue_next(struct eu_walk *w, const void **ret_key, char **ret_value)
{
	if (w->seen++ >= w->max_entries)
		return 0;
	if (bpf_map_lookup_and_delete_elem(w->fd, NULL, w->state))
		return errno == ENOENT ? 0 : -errno;
	*ret_key = NULL;
	*ret_value = w->state;
	return 1;
}

static void queue_done(struct eu_walk *w)
{
	free(w->state);
}

const struct eu_walk_ops eu_walk_queue = {
	.begin = queue_begin,
	.next = queue_next,
	.done = queue_done,
};
