/* SPDX-License-Identifier: MIT */
#include "rt/source.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "btf/names.h"
#include "pkg/types.h"
#include "out/hist.h"
#include "rt/attach.h"
#include "rt/stacks.h"
#include "rt/walk.h"

/* Which kind of source a map is, or NULL. */
static const struct eu_source_ops *source_kind(const struct eu_package *pkg,
					       const struct eu_map *m)
{
	if (m->internal || (pkg->multiple_exports && !m->exported))
		return NULL;
	if (m->sample)
		return &eu_source_sample;
	if (m->type == BPF_MAP_TYPE_RINGBUF)
		return &eu_source_ring;
	if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return &eu_source_perf;
	return NULL;
}

static int make_layout(struct eu_program *p, const struct eu_map *m,
		       uint32_t type_id, uint32_t size, struct eu_layout **ret,
		       struct eu_error *err)
{
	int r;

	if (type_id && p->pkg->btf) {
		r = eu_types_layout(p->pkg, type_id, ret, err);
		if (r)
			return eu_error_prefix(err, r, "map '%s'", m->name);
		return 0;
	}
	if (!m->sample)
		eu_log(&p->log, 0,
		       "map '%s': the type of its records is not known, showing bytes; compile with 'ecc SOURCE HEADER', put '/// @export' above the struct, or name it with --type %s=STRUCT",
		       m->name, m->name);
	*ret = eu_layout_bytes(EU_STEP_BYTES, "data", size);
	return *ret ? 0 : eu_error_oom(err);
}

/* Ids that are to be shown by name want somebody who knows the names. */
static int name_ids(struct eu_program *p, struct eu_layout *l,
		    struct eu_error *err)
{
	for (size_t i = 0; l && i < l->n_steps; i++) {
		if (!l->steps[i].format)
			continue;
		p->names = p->names ?: eu_names_new();
		if (!p->names)
			return eu_error_oom(err);
		if (p->sink.times == EU_TIMES_UTC)
			eu_names_utc(p->names);
		l->names = p->names;
		break;
	}
	return 0;
}

/* Records without a type may be as long as the kernel lets them be. */
enum { MAX_BYTES = 65536, MAX_LINE = 65536 };

/* Is it to be shown as a histogram, and can it be? */
static bool has_slots(const struct eu_source *s)
{
	const struct eu_step *slots;

	if (!s->map->sample || s->map->sample == EU_SAMPLE_KV)
		return false;
	slots = eu_layout_member(s->value, "slots");
	if (slots && slots->kind == EU_STEP_ARRAY)
		return true;
	eu_log(&s->program->log, 0,
	       "map '%s': its values have no array 'slots', showing no histogram but columns",
	       s->map->name);
	return false;
}

/* Where the slots of a histogram begin that are no powers of two. */
static int set_bounds(struct eu_source *s, struct eu_error *err)
{
	const struct eu_step *slots = eu_layout_member(s->value, "slots");
	const struct eu_map *m = s->map;
	size_t n = m->n_buckets;

	if (m->sample != EU_SAMPLE_LINEAR && m->sample != EU_SAMPLE_BUCKETS)
		return 0;
	if (m->sample == EU_SAMPLE_LINEAR)
		n = eu_min((size_t)slots->count, (size_t)EU_HIST_SLOTS) + 1;
	s->bounds = calloc(n, sizeof(*s->bounds));
	if (!s->bounds)
		return eu_error_oom(err);
	for (size_t i = 0; i < n; i++)
		s->bounds[i] = m->sample == EU_SAMPLE_LINEAR ?
				       m->min + (int64_t)i * m->step :
				       m->buckets[i];
	s->stream.bounds = s->bounds;
	s->stream.n_bounds = n;
	return 0;
}

static int fill_source(struct eu_source *s, struct eu_error *err)
{
	struct eu_program *p = s->program;
	const struct eu_map *m = s->map;
	const struct eu_map *leaf = m && m->sample && m->inner ? m->inner : m;
	int r = 0;

	if (!m) {
		s->value = eu_layout_bytes(EU_STEP_STRING, "line", MAX_LINE);
		s->stream.lines = true;
		s->stream.printk = !s->prog && !p->wanted.fields;
		s->stream.name = s->prog ? s->prog->name : "trace_pipe";
		if (!s->value)
			return eu_error_oom(err);
	} else {
		s->map_fd = bpf_object__find_map_fd_by_name(p->obj, m->name);
		if (s->map_fd < 0)
			return eu_error_set(err, s->map_fd, "no map '%s'",
					    m->name);
		s->stream.name = m->name;
		s->stream.unit = m->unit;
		if (m->sample)
			r = eu_source_sample_key(s, err);
		if (!r)
			r = make_layout(p, m, eu_types_of_map(p->pkg, leaf),
					m->sample ? leaf->value_size : MAX_BYTES,
					&s->value, err);
		r = r ?: name_ids(p, s->key, err);
		r = r ?: name_ids(p, s->value, err);
		s->stream.hist = !r && has_slots(s);
		if (s->stream.hist)
			r = set_bounds(s, err);
		s->stream.kept = m->keep;
		/* Whoever wants the bytes gets them. */
		if (!r && !p->record && p->sink.ops->takes_stacks)
			r = eu_stacks_new(s, err);
	}
	s->stream.key = s->key;
	s->stream.value = s->value;
	return r;
}

static int open_source(struct eu_program *p, size_t i, struct eu_error *err)
{
	struct eu_source *s = &p->sources[i];
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = i };
	int r;

	r = fill_source(s, err);
	if (!r)
		r = s->ops->open(s, err);
	if (r)
		return r;
	if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, s->ops->fd(s), &ev))
		return eu_error_set(err, -errno, "cannot wait for %s '%s': %s",
				    s->ops->name, s->stream.name,
				    strerror(errno));
	return 0;
}

static int count_sources(const struct eu_package *pkg)
{
	int n = 0;

	for (size_t i = 0; i < pkg->n_maps; i++)
		n += source_kind(pkg, &pkg->maps[i]) != NULL;
	return n;
}

/* One for each target of each iterator; counts them where @s is NULL. */
static size_t add_iterators(struct eu_program *p, struct eu_source *s)
{
	const struct eu_prog *prog;
	size_t n = 0;

	for (size_t i = 0; i < p->pkg->n_progs; i++) {
		prog = &p->pkg->progs[i];
		if (eu_attach_kind(p, prog) != EU_ATTACH_ITER)
			continue;
		for (size_t at = 0, k = 0;; k++) {
			const struct eu_goal *g = eu_attach_goal(p, prog, &at);

			if (!g && k)
				break;
			if (s)
				s[n] = (struct eu_source){
					.ops = &eu_source_iter,
					.program = p,
					.prog = prog,
					.target = g ? g->target : NULL,
				};
			n++;
			if (!g)
				break;
		}
	}
	return n;
}

int eu_sources_check(struct eu_program *p, struct eu_error *err)
{
	int r = 0;

	if ((p->line_task || p->line_text) &&
	    (count_sources(p->pkg) || add_iterators(p, NULL)))
		return eu_error_set(
			err, -EINVAL,
			"--task and --grep choose among bpf_printk lines, and this program shows something else");

	for (size_t i = 0; i < p->pkg->n_maps && !r; i++)
		if (source_kind(p->pkg, &p->pkg->maps[i]) == &eu_source_sample)
			r = eu_walk_check(&p->pkg->maps[i], err);
	return r;
}

static bool calls_printk(const struct bpf_program *prog)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);

	for (size_t i = 0; i < bpf_program__insn_cnt(prog); i++)
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg &&
		    (insn[i].imm == BPF_FUNC_trace_printk ||
		     insn[i].imm == BPF_FUNC_trace_vprintk))
			return true;
	return false;
}

void eu_sources_warn_if_silent(struct eu_program *p)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, p->obj)
		if (calls_printk(prog))
			return;
	eu_log(&p->log, 0,
	       "nothing will be shown: the program has no ring or perf buffer, no sampled map (@sample) and no bpf_printk");
}

/* Names are looked for once; without them stacks are addresses. */
static int prepare_stacks(struct eu_program *p, struct eu_error *err)
{
	bool any = false, named = false, of_processes = false;
	struct eu_error why;

	for (size_t i = 0; i < p->n_sources; i++) {
		any = any || p->sources[i].stacks;
		of_processes = of_processes ||
			       eu_stacks_of_processes(&p->sources[i]);
		named = named || eu_stacks_named(&p->sources[i]);
	}
	if (!any && p->sink.ops->needs_stacks && !p->record)
		return eu_error_set(
			err, -EINVAL,
			"--format %s is for stack traces, and no map that is shown has any: no member is called kstack, ustack, kstack_id or ustack_id",
			p->sink.ops->name);
	if (!any || p->sink.sym)
		return 0;
	p->sink.sym = eu_sym_new();
	if (!p->sink.sym)
		return eu_error_oom(err);
	if (named)
		eu_sym_open_kernel(p->sink.sym, NULL);
	if (named && of_processes && eu_sym_open(p->sink.sym, &why))
		eu_log(&p->log, 0, "%s", why.text);
	return 0;
}

int eu_sources_open(struct eu_program *p, struct eu_error *err)
{
	size_t n = count_sources(p->pkg) + add_iterators(p, NULL);
	int r = 0;

	p->sources = calloc(n ?: 1, sizeof(*p->sources));
	p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!p->sources || p->epoll_fd < 0)
		return eu_error_set(err, -errno, "cannot wait: %s",
				    strerror(errno));
	for (size_t i = 0; i < p->pkg->n_maps; i++) {
		const struct eu_map *m = &p->pkg->maps[i];
		const struct eu_source_ops *ops = source_kind(p->pkg, m);

		if (ops)
			p->sources[p->n_sources++] = (struct eu_source){
				.ops = ops,
				.program = p,
				.map = m,
			};
	}
	p->n_sources += add_iterators(p, p->sources + p->n_sources);
	if (!n)
		p->sources[p->n_sources++] = (struct eu_source){
			.ops = &eu_source_trace,
			.program = p,
		};
	p->sink.labelled = p->n_sources > 1;
	for (size_t i = 0; i < p->n_sources; i++)
		p->polls = p->polls || !p->sources[i].ops->always;
	for (size_t i = 0; i < p->n_sources && !r; i++)
		r = open_source(p, i, err);
	if (!r)
		r = prepare_stacks(p, err);
	if (!r)
		r = eu_shown_all_open(p, err);
	return r;
}

void eu_sources_close(struct eu_program *p)
{
	for (size_t i = 0; i < p->n_sources; i++) {
		struct eu_source *s = &p->sources[i];

		s->ops->close(s);
		eu_sink_finish(&p->sink, &s->stream);
		eu_layout_free(s->key);
		eu_layout_free(s->value);
		free(s->bounds);
		eu_stacks_free(s->stacks);
		eu_shown_free(s->shown);
	}
	free(eu_take_ptr(p->sources));
	p->n_sources = 0;
	eu_close(eu_take_fd(p->epoll_fd));
}
