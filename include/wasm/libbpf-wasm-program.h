/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_PROGRAM_H
#define LIBBPF_WASM_PROGRAM_H

/* Programs one by one: attached, detached, run. */

#ifdef __cplusplus
extern "C" {
#endif

/* NULL where the skeleton does not say it. */
WASM_BPF_API const char *bpf_program__section_name(const struct bpf_program *prog)
{
	return prog->section;
}

WASM_BPF_API bool bpf_program__autoload(const struct bpf_program *prog)
{
	return prog->autoload;
}

/* Is it attached with the others of its skeleton? */
WASM_BPF_API bool bpf_program__autoattach(const struct bpf_program *prog)
{
	return prog->autoattach;
}

WASM_BPF_API void bpf_program__set_autoattach(struct bpf_program *prog,
					      bool autoattach)
{
	prog->autoattach = autoattach;
}

/* Of a loaded one, to be put into maps of programs. */
WASM_BPF_API int bpf_program__fd(const struct bpf_program *prog)
{
	return prog->obj_ptr ? eunomia_program_fd(prog->obj_ptr, prog->name) :
			       -22;
}

/*
 * To a target as in docs/targets.md; NULL: the one that was set, or what the
 * section says. The link is freed by bpf_link__destroy().
 */
WASM_BPF_API struct bpf_link *bpf_program__attach_target(struct bpf_program *prog,
							 const char *target)
{
	struct bpf_link *l;
	int r;

	if (!target)
		target = prog->attach_target;
	if (!prog->obj_ptr)
		return (struct bpf_link *)wasm_bpf_null(-22);
	r = eunomia_program_attach(prog->obj_ptr, prog->name, target);
	if (r < 0)
		return (struct bpf_link *)wasm_bpf_null(r);
	prog->object->link_cnt = r;
	l = wasm_bpf_new_link(prog);
	return l ? l : (struct bpf_link *)wasm_bpf_null(-12);
}

WASM_BPF_API struct bpf_link *bpf_program__attach(const struct bpf_program *prog)
{
	return bpf_program__attach_target((struct bpf_program *)prog, NULL);
}

__attribute__((unused, format(printf, 2, 3))) static inline struct bpf_link *wasm_bpf_attach_to(
	const struct bpf_program *prog, const char *fmt, ...)
{
	char target[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(target, sizeof(target), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(target))
		return (struct bpf_link *)wasm_bpf_null(-22);
	return bpf_program__attach_target((struct bpf_program *)prog, target);
}

WASM_BPF_API struct bpf_link *bpf_program__attach_tracepoint(
	const struct bpf_program *prog, const char *category, const char *name)
{
	return wasm_bpf_attach_to(prog, "%s/%s", category, name);
}

WASM_BPF_API struct bpf_link *bpf_program__attach_raw_tracepoint(
	const struct bpf_program *prog, const char *name)
{
	return wasm_bpf_attach_to(prog, "%s", name);
}

/* Whether at its return is said by the program's section. */
WASM_BPF_API struct bpf_link *bpf_program__attach_kprobe(
	const struct bpf_program *prog, bool retprobe, const char *function)
{
	(void)retprobe;
	return wasm_bpf_attach_to(prog, "%s", function);
}

/* @pid -1: any process. */
WASM_BPF_API struct bpf_link *bpf_program__attach_uprobe(
	const struct bpf_program *prog, bool retprobe, int pid,
	const char *path, size_t offset)
{
	(void)retprobe;
	return pid > 0 ? wasm_bpf_attach_to(prog, "%s:0x%zx,pid=%d", path,
					    offset, pid) :
			 wasm_bpf_attach_to(prog, "%s:0x%zx", path, offset);
}

struct bpf_uprobe_opts {
	size_t sz;
	size_t ref_ctr_offset; /* has to be 0 */
	uint64_t bpf_cookie;
	bool retprobe; /* said by the program's section */
	const char *func_name;
};

/* With a func_name @offset counts from there. */
WASM_BPF_API struct bpf_link *bpf_program__attach_uprobe_opts(
	const struct bpf_program *prog, int pid, const char *path,
	size_t offset, const struct bpf_uprobe_opts *opts)
{
	const char *name = opts ? opts->func_name : NULL;
	char more[64] = "";
	int n = 0;

	if (opts && opts->ref_ctr_offset)
		return (struct bpf_link *)wasm_bpf_null(-95);
	if (pid > 0)
		n = snprintf(more, sizeof(more), ",pid=%d", pid);
	if (opts && opts->bpf_cookie)
		snprintf(more + n, sizeof(more) - n, ",cookie=%llu",
			 (unsigned long long)opts->bpf_cookie);
	if (!name)
		return wasm_bpf_attach_to(prog, "%s:0x%zx%s", path, offset, more);
	if (!offset)
		return wasm_bpf_attach_to(prog, "%s:%s%s", path, name, more);
	return wasm_bpf_attach_to(prog, "%s:%s+0x%zx%s", path, name, offset,
				  more);
}

WASM_BPF_API struct bpf_link *bpf_program__attach_usdt(
	const struct bpf_program *prog, int pid, const char *path,
	const char *provider, const char *name, const void *opts)
{
	(void)opts;
	return pid > 0 ?
		       wasm_bpf_attach_to(prog, "%s:%s:%s,pid=%d", path,
					  provider, name, pid) :
		       wasm_bpf_attach_to(prog, "%s:%s:%s", path, provider, name);
}

WASM_BPF_API struct bpf_link *bpf_program__attach_xdp(const struct bpf_program *prog,
						      int ifindex)
{
	return wasm_bpf_attach_to(prog, "%d", ifindex);
}

/* To what a descriptor of the guest's stands for. */
WASM_BPF_API struct bpf_link *wasm_bpf_attach_fd(const struct bpf_program *prog,
						 int fd)
{
	struct bpf_program *p = (struct bpf_program *)prog;
	struct bpf_link *l;
	int r = p->obj_ptr && fd >= 0 ?
			wasm_attach_bpf_program_fd(p->obj_ptr, p->name, fd) :
			-22;

	if (r < 0)
		return (struct bpf_link *)wasm_bpf_null(r);
	p->object->link_cnt++;
	l = wasm_bpf_new_link(p);
	return l ? l : (struct bpf_link *)wasm_bpf_null(-12);
}

/* A folder below one that the guest was given (--dir). */
WASM_BPF_API struct bpf_link *bpf_program__attach_cgroup(
	const struct bpf_program *prog, int cgroup_fd)
{
	return wasm_bpf_attach_fd(prog, cgroup_fd);
}

/* A map of the program's own object. */
WASM_BPF_API struct bpf_link *bpf_program__attach_sockmap(
	const struct bpf_program *prog, int map_fd)
{
	return wasm_bpf_attach_fd(prog, map_fd);
}

/* Also of a skeleton's "links". It is attached no more. */
WASM_BPF_API int bpf_link__detach(struct bpf_link *link)
{
	int number = link->number;

	if (!number)
		return 0;
	link->number = 0;
	return wasm_bpf_result(
		eunomia_link_detach(link->program->obj_ptr, number));
}

/* Accepts NULL. */
WASM_BPF_API int bpf_link__destroy(struct bpf_link *link)
{
	int r = link ? bpf_link__detach(link) : 0;

	free(link);
	return r;
}

/* Once, with that context. *@ret: the program's result. */
WASM_BPF_API int bpf_program__run(const struct bpf_program *prog,
				  const void *ctx, size_t size, int32_t *ret)
{
	return wasm_bpf_result(eunomia_program_run(prog->obj_ptr, prog->name,
						   ctx, (uint32_t)size, ret));
}

#ifdef __cplusplus
}
#endif

#endif
