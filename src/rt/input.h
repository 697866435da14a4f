/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_INPUT_H
#define EU_RT_INPUT_H

/*
 * What goes the other way: records that user space gives to a program through
 * a user ring buffer (BPF_MAP_TYPE_USER_RINGBUF, Linux 6.1). The program takes
 * them by bpf_user_ringbuf_drain() when it runs. Inputs belong to the program.
 */

#include "rt/program.h"

struct eu_input {
	const struct eu_map *map;
	int fd; /* of the map: EPOLLOUT when there is room; borrowed */
	struct user_ring_buffer *ring;
	uint32_t type_id; /* of records; 0: not known */
	size_t size;	  /* bytes of that type */
};

/*
 * The input of the map @name, opened at the first call, after load. -ENOENT,
 * -EINVAL for what is no user ring buffer.
 */
int eu_input_open(struct eu_program *p, const char *name, struct eu_input **ret,
		  struct eu_error *err);
void eu_inputs_close(struct eu_program *p);

/* -ENOSPC when there is no room now, -E2BIG when there never will be. */
int eu_input_send(struct eu_input *in, const void *data, size_t size);

/*
 * A record as text: a value of the map's type (JSON, as eu_program_set() takes
 * it), or bytes in hexadecimal behind "0x". -EINVAL, and as above.
 */
int eu_input_send_text(struct eu_program *p, struct eu_input *in,
		       const char *text, struct eu_error *err);

#endif
