/* SPDX-License-Identifier: MIT */
#include "rt/stacks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>

#include "out/value.h"

enum { MAX_STACKS = 8, MAX_DEPTH = 1024 };

/* An integer of the key or of the value; @name NULL: there is none. */
struct field {
	struct eu_step step;
	bool in_key;
	bool there;
};

struct stack {
	struct field at;
	struct field bytes; /* how long, of an array; negative: an errno */
	int map_fd;	    /* STACK_TRACE map whose id it is; -1: an array */
	size_t depth;
	uint64_t *addrs;
};

struct eu_stacks {
	size_t n;
	struct stack stacks[MAX_STACKS];
	struct eu_stack_member members[MAX_STACKS];
	struct eu_stack result[MAX_STACKS];
	struct field pid, pid_tgid;
};

/* What a member, or its typedef, is called in programs here and elsewhere. */
static const struct name {
	const char *name;
	bool user;
} names[] = {
	{ "kstack", false },	      { "ustack", true },
	{ "kstack_id", false },	      { "ustack_id", true },
	{ "kern_stack", false },      { "user_stack", true },
	{ "kern_stack_id", false },   { "user_stack_id", true },
	{ "kernel_stack", false },    { "gadget_user_stack", true },
	{ "kernel_stack_id", false }, { "gadget_kernel_stack", false },
};

/* Behind them, "_t" of a typedef does not count. */
static const struct name *find_name(const char *name)
{
	size_t n = strlen(name);

	if (n > 2 && !strcmp(name + n - 2, "_t"))
		n -= 2;
	for (size_t i = 0; i < EU_COUNT(names); i++)
		if (strlen(names[i].name) == n && !strncmp(names[i].name, name, n))
			return &names[i];
	return NULL;
}

/* How the package's "intepreter" calls the member @name: in old packages. */
static const char *renamed(const struct eu_map *m, const char *name)
{
	const json_t *trace = json_object_get(
		json_object_get(m->meta, "intepreter"), "stack_trace");

	return eu_json_str(json_object_get(trace, "field_map"), name) ?: name;
}

static const struct name *is_stack(const struct eu_source *s,
				   const struct eu_step *step)
{
	static const struct name kernel = { "kstack", false };
	static const struct name user = { "ustack", true };
	const struct btf *btf = s->program->pkg->btf;
	const struct btf_type *t = btf ? btf__type_by_id(btf, step->type_id) :
					 NULL;
	const struct name *found = NULL;

	if (!strcmp(step->name, renamed(s->map, "kstack")))
		return &kernel;
	if (!strcmp(step->name, renamed(s->map, "ustack")))
		return &user;
	if (t && btf_is_typedef(t))
		found = find_name(eu_btf_name(btf, step->type_id));
	return found ?: find_name(step->name);
}

static bool is_integer(const struct eu_step *s)
{
	return s->kind == EU_STEP_INT || s->kind == EU_STEP_UINT;
}

/*
 * The map whose id a member is. Of several, the one that begins with the same
 * letter as "kernel" or "user"; else the first.
 */
static const struct eu_map *map_of_ids(const struct eu_package *pkg, bool user)
{
	const struct eu_map *first = NULL, *m;

	for (size_t i = 0; i < pkg->n_maps; i++) {
		m = &pkg->maps[i];
		if (m->type != BPF_MAP_TYPE_STACK_TRACE || m->key_size != 4 ||
		    m->value_size % 8 || (m->flags & BPF_F_STACK_BUILD_ID))
			continue;
		if (*m->name == (user ? 'u' : 'k'))
			return m;
		first = first ?: m;
	}
	return first;
}

/* Fills what can be said of the member alone; false if it is no stack. */
static bool fill(const struct eu_source *s, const struct eu_layout *l,
		 const struct eu_step *step, bool user, struct stack *k)
{
	const struct eu_step *e;
	const struct eu_map *m;

	k->at.step = *step;
	k->map_fd = -1;
	if (step->kind == EU_STEP_ARRAY) {
		e = &l->steps[step->child];
		k->depth = step->count;
		return e->size == 8 &&
		       (is_integer(e) || e->kind == EU_STEP_POINTER);
	}
	m = map_of_ids(s->program->pkg, user);
	if (!m || !is_integer(step) || step->size < 4)
		return false;
	k->map_fd = bpf_object__find_map_fd_by_name(s->program->obj, m->name);
	k->depth = m->value_size / 8;
	return k->map_fd >= 0;
}

static void take_field(const struct eu_layout *l, const char *name, bool in_key,
		       struct field *f)
{
	const struct eu_step *step = l ? eu_layout_member(l, name) : NULL;

	if (f->there || !step || !is_integer(step))
		return;
	f->step = *step;
	f->in_key = in_key;
	f->there = true;
}

/* The number of bytes of the array @name, as bpf_get_stack() returned it. */
static void find_length(const struct eu_source *s,
			const struct eu_stack_member *m, struct field *f)
{
	struct eu_layout *l = m->in_key ? s->key : s->value;
	static const char *const ends[] = { "sz", "size", "len" };
	char name[256];

	take_field(l, renamed(s->map, m->user ? "ustack_sz" : "kstack_sz"),
		   m->in_key, f);
	for (size_t i = 0; i < EU_COUNT(ends); i++) {
		snprintf(name, sizeof(name), "%s_%s", m->name, ends[i]);
		take_field(l, name, m->in_key, f);
	}
	if (f->there)
		eu_layout_hide(l, f->step.name);
}

static int add(struct eu_source *s, bool in_key, bool user,
	       const struct stack *found, struct eu_error *err)
{
	struct eu_stacks *k = s->stacks ?: calloc(1, sizeof(*k));
	struct eu_stack_member *m;
	struct stack *to;

	s->stacks = k;
	if (!k)
		return eu_error_oom(err);
	if (k->n == MAX_STACKS)
		return eu_error_set(err, -E2BIG,
				    "map '%s': more than %d stack traces",
				    s->map->name, MAX_STACKS);
	to = &k->stacks[k->n];
	m = &k->members[k->n];
	*to = *found;
	to->at.in_key = in_key;
	/* The kernel writes whole values of its maps. */
	if (to->map_fd < 0)
		to->depth = eu_min(to->depth, (size_t)MAX_DEPTH);
	to->addrs = calloc(to->depth ?: 1, sizeof(*to->addrs));
	if (!to->addrs)
		return eu_error_oom(err);
	k->n++;
	m->name = *found->at.step.name ? found->at.step.name :
		  user		       ? "ustack" :
					 "kstack";
	m->user = user;
	m->in_key = in_key;
	return 0;
}

static int search(struct eu_source *s, struct eu_layout *l, bool in_key,
		  struct eu_error *err)
{
	const struct name *name;
	struct stack found;
	int r = 0;

	for (uint32_t i = 0; l && i < l->n && !r;) {
		found = (struct stack){ 0 };
		name = is_stack(s, &l->steps[i]);
		if (!name || !fill(s, l, &l->steps[i], name->user, &found)) {
			i++;
			continue;
		}
		r = add(s, in_key, name->user, &found, err);
		if (!r)
			eu_layout_hide(l, found.at.step.name);
	}
	return r;
}

int eu_stacks_new(struct eu_source *s, struct eu_error *err)
{
	struct eu_stacks *k;
	int r;

	if (!s->map || s->stream.hist)
		return 0;
	r = search(s, s->key, true, err);
	if (!r)
		r = search(s, s->value, false, err);
	k = s->stacks;
	if (r || !k)
		return r;
	for (size_t i = 0; i < k->n; i++)
		if (k->stacks[i].map_fd < 0)
			find_length(s, &k->members[i], &k->stacks[i].bytes);
	take_field(s->key, "tgid", true, &k->pid);
	take_field(s->value, "tgid", false, &k->pid);
	take_field(s->key, renamed(s->map, "pid"), true, &k->pid);
	take_field(s->value, renamed(s->map, "pid"), false, &k->pid);
	take_field(s->key, "pid_tgid", true, &k->pid_tgid);
	take_field(s->value, "pid_tgid", false, &k->pid_tgid);
	s->stream.stacks = k->members;
	s->stream.n_stacks = k->n;
	return 0;
}

bool eu_stacks_of_processes(const struct eu_source *s)
{
	for (size_t i = 0; i < s->stream.n_stacks; i++)
		if (s->stream.stacks[i].user)
			return true;
	return false;
}

bool eu_stacks_by_id(const struct eu_source *s)
{
	for (size_t i = 0; i < s->stream.n_stacks; i++)
		if (s->stacks->stacks[i].map_fd >= 0)
			return true;
	return false;
}

bool eu_stacks_named(const struct eu_source *s)
{
	const json_t *trace;

	if (!s->stacks)
		return false;
	trace = json_object_get(json_object_get(s->map->meta, "intepreter"),
				"stack_trace");
	return !json_is_false(json_object_get(trace, "with_symbols"));
}

void eu_stacks_free(struct eu_stacks *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		free(k->stacks[i].addrs);
	free(k);
}

/* Where the bytes of a field are, as many as there are of @n. */
static const char *bytes_of(const struct field *f, const char *key,
			    const char *data, size_t size, size_t n)
{
	if (f->in_key)
		return key + f->step.offset;
	return (uint64_t)f->step.offset + n <= size ? data + f->step.offset :
						      NULL;
}

static int64_t value_of(const struct field *f, const char *key,
			const char *data, size_t size)
{
	const char *p = bytes_of(f, key, data, size, f->step.size);
	struct eu_step step = f->step;

	step.offset = 0;
	return p ? eu_value_int(&step, p, step.size) : 0;
}

static int64_t pid_of(const struct eu_stacks *k, const char *key,
		      const char *data, size_t size)
{
	int64_t pid = 0;

	if (k->pid.there)
		pid = value_of(&k->pid, key, data, size);
	else if (k->pid_tgid.there)
		pid = value_of(&k->pid_tgid, key, data, size) >> 32;
	return pid > 0 && pid <= INT32_MAX ? pid : -1;
}

/* Up to the first zero, which is where shorter ones end. */
static size_t count(const uint64_t *addrs, size_t n)
{
	size_t i = 0;

	while (i < n && addrs[i])
		i++;
	return i;
}

static void read_array(struct stack *k, const char *key, const char *data,
		       size_t size, struct eu_stack *to)
{
	size_t left = size - eu_min(size, (size_t)k->at.step.offset);
	size_t n = k->depth * 8;
	const char *p;
	int64_t bytes;

	/* Records may end behind the part of the array that is in use. */
	if (!k->at.in_key)
		n = eu_min(n, left);
	if (k->bytes.there) {
		bytes = value_of(&k->bytes, key, data, size);
		/* EFAULT is what a thread without such a stack has. */
		if (bytes < 0 && bytes != -EFAULT)
			to->error = bytes < -INT32_MAX ? INT32_MAX : (int)-bytes;
		n = eu_min(n, (size_t)eu_max(bytes, (int64_t)0));
	}
	p = bytes_of(&k->at, key, data, size, n);
	n /= 8;
	if (!p || !n)
		return;
	memcpy(k->addrs, p, n * 8);
	to->n = count(k->addrs, n);
}

static void read_map(struct stack *k, const char *key, const char *data,
		     size_t size, struct eu_stack *to)
{
	const char *p = bytes_of(&k->at, key, data, size, k->at.step.size);
	int64_t id = p ? value_of(&k->at, key, data, size) : -EFAULT;
	/* Negative values of an unsigned member. */
	int32_t n = (int32_t)id;

	if (n < 0) {
		to->error = n == -EFAULT || n == INT32_MIN ? 0 : -n;
		return;
	}
	if (bpf_map_lookup_elem(k->map_fd, &n, k->addrs)) {
		to->error = errno;
		return;
	}
	to->n = count(k->addrs, k->depth);
}

const struct eu_stack *eu_stacks_read(struct eu_stacks *k, const void *key,
				      const void *data, size_t size)
{
	int64_t pid = pid_of(k, key, data, size);

	for (size_t i = 0; i < k->n; i++) {
		struct stack *s = &k->stacks[i];
		struct eu_stack *to = &k->result[i];

		*to = (struct eu_stack){
			.addrs = s->addrs,
			.pid = k->members[i].user ? pid : 0,
		};
		if (s->map_fd < 0)
			read_array(s, key, data, size, to);
		else
			read_map(s, key, data, size, to);
	}
	return k->result;
}
