/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_SOURCE_H
#define EU_RT_SOURCE_H

/*
 * A source is where records come from: a ring buffer, a perf buffer, a map
 * that is sampled, a trace instance. Each kind is one file with a const struct
 * eu_source_ops. A source has a descriptor that is readable when it has work.
 */

#include "out/record.h"
#include "rt/program.h"
#include "rt/shown.h"

struct eu_source;

struct eu_source_ops {
	const char *name; /* "ring buffer" */
	/*
	 * Dispatched whether or not the descriptor is readable: asking costs
	 * less than polling, or whoever polls uses up that it is readable (the
	 * loop outside has seen it and we do not).
	 */
	bool always;
	int (*open)(struct eu_source *s, struct eu_error *err);
	int (*fd)(const struct eu_source *s);
	/* Gives what is there to eu_source_record(); 0 or a negative errno. */
	int (*dispatch)(struct eu_source *s, struct eu_error *err);
	void (*close)(struct eu_source *s);
};

struct eu_source {
	const struct eu_source_ops *ops;
	struct eu_program *program;
	const struct eu_map *map;	/* NULL: none */
	const struct eu_prog *prog;	/* an iterator's, else NULL */
	const struct eu_target *target; /* of it, or NULL */
	int map_fd;			/* borrowed */
	struct eu_layout *key, *value;	/* owned */
	struct eu_stream stream;
	int64_t *bounds;	  /* of stream.bounds; owned */
	struct eu_stacks *stacks; /* owned; NULL: none */
	struct eu_shown *shown;	  /* owned; NULL: all is shown as it comes */
	uint64_t lost;
	bool lost_known;
	uint64_t nearly_full;
	void *state; /* the kind's own */
};

extern const struct eu_source_ops eu_source_ring, eu_source_perf,
	eu_source_sample, eu_source_trace, eu_source_iter;

/* The iterator is attached: the source for it reads what it writes. */
int eu_source_iter_start(struct eu_program *p, const struct eu_prog *prog,
			 const struct eu_target *target, struct bpf_link *link,
			 struct eu_error *err);

/* The layout of the keys of a sampled map, as s->key; NULL: it has none. */
int eu_source_sample_key(struct eu_source *s, struct eu_error *err);

/* Before load: -EINVAL for a map that is to be sampled and cannot be. */
int eu_sources_check(struct eu_program *p, struct eu_error *err);

/* The sources of a loaded program, in its list; closed by the other call. */
int eu_sources_open(struct eu_program *p, struct eu_error *err);
void eu_sources_close(struct eu_program *p);

/* A program that has nothing to say is no error, but may be a surprise. */
void eu_sources_warn_if_silent(struct eu_program *p);

/*
 * Hands one record on. Returns 0, a negative errno of the user's function, or
 * -ECANCELED when the program's limit is reached; the source then stops and
 * returns that.
 */
int eu_source_record(struct eu_source *s, const void *key, const void *data,
		     size_t size);

/* A sampling round is over. */
void eu_source_round(struct eu_source *s);

#endif
