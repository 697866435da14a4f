/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_PROGRAM_H
#define EU_RT_PROGRAM_H

/*
 * The running thing behind <eunomia/eunomia.h>: a package, its BPF object, its
 * links and its sources of records, in the phases open, load, attach.
 */

#include <bpf/libbpf.h>

#include "out/sink.h"
#include "pkg/package.h"
#include "pkg/target.h"
#include "rt/kernel_btf.h"
#include "rt/leftover.h"
#include "rt/log.h"

enum eu_phase { EU_PHASE_OPEN, EU_PHASE_LOADED, EU_PHASE_ATTACHED };

/* Something attached: what holds it, or what it would leave behind. */
struct eu_link {
	struct bpf_link *link;
	int fd;	     /* owned; -1: none */
	bool shares; /* state with others of the object: one by one */
	struct eu_leftover left;
};

/* A target given for this run, and the programs that it goes to. */
struct eu_goal {
	struct eu_target *target;
	const struct eu_prog *prog;
};

/* What is known of a program by what the user and the kernel say. */
enum { EU_CHOICE_ASKED = 1, EU_CHOICE_SKIPPED = 2 };

struct eu_program {
	struct eu_package *pkg;
	struct bpf_object *obj;
	struct eu_kernel_btf kernel_btf;
	char *btf_path;	 /* for libbpf; NULL: the kernel's own */
	uint8_t *choice; /* for each program of the package */
	bool only;	 /* no program but those that are asked for */
	bool has_either; /* some stand in for others */
	enum eu_phase phase;
	struct eu_log log;

	struct eu_goal *goals;
	size_t n_goals;
	struct eu_link *links;
	size_t n_links;

	struct eu_source *sources;
	size_t n_sources;
	int epoll_fd;
	bool polls; /* not all sources are asked at every dispatch */
	struct eu_sink sink;
	struct eu_names *names; /* of ids in records; NULL: there are none */
	struct {
		char *fields, *filter, *sort; /* or NULL */
		uint64_t head;		      /* 0: all */
	} wanted;
	eu_record_fn record;
	void *ctx;
	/*
	 * Told before something is made that would outlive this process; NULL:
	 * nobody is. Only descriptors of the leftover's are lent.
	 */
	int (*leaves)(void *ctx, const struct eu_leftover *l,
		      struct eu_error *err);
	struct eu_reader **readers; /* of members, for embedders */
	size_t n_readers;
	bool top;     /* sort by the first number unless told otherwise */
	bool refresh; /* each round takes the place of the one before */
	/* Of lines of bpf_printk(), only those; NULL: all. Borrowed. */
	const char *line_task, *line_text;
	struct eu_input **inputs;
	size_t n_inputs;
	uint64_t now; /* wall clock of this dispatch */
	uint64_t n_records;
	uint64_t max_records;  /* UINT64_MAX: no limit */
	bool ended;	       /* what sinks had gathered is written */
	bool draining;	       /* rounds of sampling end early */
	bool finished;	       /* only to be closed any more */
	bool misused;	       /* what is to be shown is said in wrong words */
	bool unfinished;       /* there is more of them: dispatch again */
	int tailored_fd;       /* -1: none */
	char *btf;	       /* file with the kernel's BTF, or NULL */
	struct eu_buf kconfig; /* lines in front of the kernel's own */
	bool unattached;       /* only to be loaded: needs no targets */
	int once_fd; /* readable: all that there is has run; -1: not so */
};

/* What eu_program_open() does, with a package that it takes. */
int eu_program_new(struct eu_package *pkg, const struct eu_program_opts *opts,
		   struct eu_program **ret, struct eu_error *err);

/*
 * As eu_program_dispatch(), before the end: what maps have gathered since they
 * were last sampled is handed out too. To be called again while @p->unfinished.
 */
int eu_program_drain(struct eu_program *p, struct eu_error *err);

/*
 * Writes what the format shows at the end, such as a flame graph.
 * eu_program_close() does it too, but cannot fail.
 */
int eu_program_end(struct eu_program *p, struct eu_error *err);

/*
 * For tools, before load. Kernels before 5.11 charge maps to RLIMIT_MEMLOCK.
 * libbpf raises it when its probe, a map and a program, finds that; a process
 * of our own may have the limit raised without asking.
 */
void eu_program_raise_memlock(void);

/*
 * Once attached: output begins anew in @format, or as records. Of what is shown
 * together with stack traces only formats of one kind are exchanged.
 */
int eu_program_output(struct eu_program *p, const char *format,
		      eu_record_fn record, struct eu_error *err);

/* -EBUSY, -EALREADY and what is wrong when @p is not in the phase @want. */
int eu_program_expect(const struct eu_program *p, enum eu_phase want,
		      struct eu_error *err);

/* eu_program_set() with a value out of JSON. */
int eu_program_set_json(struct eu_program *p, const char *name,
			const json_t *value, struct eu_error *err);

/*
 * Before load: opens the package's object once more, with what was set in
 * @p->obj, in its place; where to pin only if @pins. The old one is the
 * caller's to close, or to put back.
 */
int eu_program_renew(struct eu_program *p, bool pins,
		     struct bpf_object **ret_old, struct eu_error *err);

/* Sets what the package says that variables have unless told otherwise. */
int eu_program_own_values(struct eu_program *p, struct eu_error *err);

/* Targets that the package brings, for programs that got none for this run. */
int eu_program_own_targets(struct eu_program *p, struct eu_error *err);

/* -ENOENT, with the maps that may have been meant. */
int eu_program_no_map(const struct eu_program *p, const char *name,
		      struct eu_error *err);

/*
 * One more link, zero but for fd -1, valid until the next. -ENOMEM; -E2BIG at
 * the limit.
 */
int eu_program_add_link(struct eu_program *p, struct eu_link **ret,
			struct eu_error *err);

/* What @l says is going to be made. */
static inline int eu_program_leaves(const struct eu_program *p,
				    const struct eu_leftover *l,
				    struct eu_error *err)
{
	return p->leaves ? p->leaves(p->ctx, l, err) : 0;
}

/* Detaches and removes the last links until @n are left. */
void eu_program_detach(struct eu_program *p, size_t n);

/* Detaches and removes @n links from number @from on; later ones move down. */
void eu_program_detach_some(struct eu_program *p, size_t from, size_t n);

/*
 * Before load: whether the program @name is loaded, for those who choose one by
 * one; the others stay as they are. -ENOENT.
 */
int eu_program_autoload(struct eu_program *p, const char *name, bool load,
			struct eu_error *err);

/* Is what maps have gathered to be handed out for the last time? */
static inline bool eu_program_ending(const struct eu_program *p)
{
	return p->draining || p->once_fd >= 0;
}

void eu_readers_free(struct eu_program *p);

/* What is left of closing once nothing is attached any more. */
void eu_program_free(struct eu_program *p);

static inline struct bpf_program *eu_program_find(const struct eu_program *p,
						  const char *name)
{
	return bpf_object__find_program_by_name(p->obj, name);
}

#endif
