/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "rt/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/cgroup.h"
#include "base/file.h"
#include "rt/kernel.h"
#include "rt/rights.h"

/* Types of the kernel's BTF that tell what it can do. */
enum { BTF_TYPE_ITER_CGROUP, BTF_TYPE_ITER_TASK, BTF_TYPE_STRUCT_OPS };

/* return 0; */
static const struct bpf_insn nothing[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static int load(enum bpf_prog_type type, enum bpf_attach_type attach,
		uint32_t btf_id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = attach,
		    .attach_btf_id = btf_id);
	int fd = bpf_prog_load(type, "eu_probe", "GPL", nothing,
			       EU_COUNT(nothing), &o);

	return fd < 0 ? -errno : fd;
}

static int readable(const char *path)
{
	return access(path, R_OK) ? -errno : 0;
}

static int probe_root(const struct eu_probe *p)
{
	(void)p;
	return geteuid() ? -EPERM : 0;
}

static int probe_bpf(const struct eu_probe *p)
{
	eu_auto_close int fd = load(BPF_PROG_TYPE_SOCKET_FILTER, 0, 0);

	(void)p;
	return eu_min(fd, 0);
}

static int probe_btf(const struct eu_probe *p)
{
	(void)p;
	return readable("/sys/kernel/btf/vmlinux");
}

static int mounted(const char *path, long magic)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return -errno;
	return fs.f_type == magic ? 0 : -ENODEV;
}

static int probe_tracefs(const struct eu_probe *p)
{
	(void)p;
	return mounted("/sys/kernel/tracing", TRACEFS_MAGIC) &&
			       mounted("/sys/kernel/debug/tracing",
				       TRACEFS_MAGIC) ?
		       -ENODEV :
		       0;
}

static int probe_bpffs(const struct eu_probe *p)
{
	(void)p;
	return mounted("/sys/fs/bpf", BPF_FS_MAGIC);
}

static int probe_cgroup2(const struct eu_probe *p)
{
	eu_auto_free char *root = eu_cgroup_root();

	(void)p;
	return root ? 0 : -ENODEV;
}

/* Attaches a program to a perf event as tracing programs are. */
static int attach_perf(struct perf_event_attr *attr, int prog)
{
	eu_auto_close int fd = -1;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 || ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog))
		return -errno;
	return 0;
}

static int read_number(const char *path, int *ret)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r = eu_file_read(path, 4096, &text, &len, NULL);

	if (!r)
		*ret = (int)strtol(text, NULL, 10);
	return r;
}

static int probe_tracepoint(const struct eu_probe *p)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.sample_period = 1 };
	eu_auto_close int fd = load(BPF_PROG_TYPE_TRACEPOINT, 0, 0);
	int id = 0, r;

	(void)p;
	if (fd < 0)
		return fd;
	r = read_number("/sys/kernel/tracing/events/sched/sched_switch/id", &id);
	if (r)
		r = read_number(
			"/sys/kernel/debug/tracing/events/sched/sched_switch/id",
			&id);
	attr.config = id;
	return r ? r : attach_perf(&attr, fd);
}

static int probe_raw_tp(const struct eu_probe *p)
{
	eu_auto_close int fd = load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);
	eu_auto_close int link = -1;

	(void)p;
	if (fd < 0)
		return fd;
	link = bpf_raw_tracepoint_open("sched_switch", fd);
	return eu_min(link, 0);
}

static int probe_kprobe(const struct eu_probe *p)
{
	struct perf_event_attr attr = { .sample_period = 1 };
	eu_auto_close int fd = load(BPF_PROG_TYPE_KPROBE, 0, 0);
	int type = 0, r;

	(void)p;
	if (fd < 0)
		return fd;
	r = read_number("/sys/bus/event_source/devices/kprobe/type", &type);
	attr.type = type;
	attr.config1 = (uintptr_t) "vfs_read";
	return r ? r : attach_perf(&attr, fd);
}

static int probe_kprobe_multi(const struct eu_probe *p)
{
	const char *symbol = "vfs_read";
	LIBBPF_OPTS(bpf_link_create_opts, o);
	eu_auto_close int fd = load(BPF_PROG_TYPE_KPROBE,
				    BPF_TRACE_KPROBE_MULTI, 0);
	eu_auto_close int link = -1;

	(void)p;
	if (fd < 0)
		return fd;
	o.kprobe_multi.syms = &symbol;
	o.kprobe_multi.cnt = 1;
	link = bpf_link_create(fd, 0, BPF_TRACE_KPROBE_MULTI, &o);
	return eu_min(link, 0);
}

/* The file offset of a function of ours is what the kernel wants. */
static int offset_of(const void *address, char *path, size_t size, uint64_t *ret)
{
	unsigned long from, to, offset, at = (uintptr_t)address;
	eu_auto_free char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen("/proc/self/maps", "re");
	int name, r = -ENOENT;

	while (f && r && getline(&line, &cap, f) > 0) {
		if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %n", &from, &to,
			   &offset, &name) < 3 ||
		    at < from || at >= to)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, size, "%s", line + name);
		*ret = at - from + offset;
		r = 0;
	}
	if (f)
		fclose(f);
	return r;
}

static int probe_uprobe(const struct eu_probe *p)
{
	struct perf_event_attr attr = { .sample_period = 1 };
	eu_auto_close int fd = load(BPF_PROG_TYPE_KPROBE, 0, 0);
	char path[4096];
	uint64_t offset = 0;
	int type = 0, r;

	(void)p;
	if (fd < 0)
		return fd;
	r = read_number("/sys/bus/event_source/devices/uprobe/type", &type);
	if (!r)
		r = offset_of((const void *)(uintptr_t)probe_uprobe, path,
			      sizeof(path), &offset);
	attr.type = type;
	attr.config1 = (uintptr_t)path;
	attr.config2 = offset;
	return r ? r : attach_perf(&attr, fd);
}

static int probe_uprobe_multi(const struct eu_probe *p)
{
	LIBBPF_OPTS(bpf_link_create_opts, o);
	eu_auto_close int fd = load(BPF_PROG_TYPE_KPROBE, p->arg, 0);
	eu_auto_close int link = -1;
	unsigned long offset;
	char path[4096];
	uint64_t at = 0;
	int r;

	if (fd < 0)
		return fd;
	r = offset_of((const void *)(uintptr_t)probe_uprobe_multi, path,
		      sizeof(path), &at);
	offset = at;
	o.uprobe_multi.path = path;
	o.uprobe_multi.offsets = &offset;
	o.uprobe_multi.cnt = 1;
	link = r ? r : bpf_link_create(fd, 0, p->arg, &o);
	return eu_min(link, 0);
}

static int probe_perf_event(const struct eu_probe *p)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000000,
	};
	eu_auto_close int fd = load(BPF_PROG_TYPE_PERF_EVENT, 0, 0);

	(void)p;
	return fd < 0 ? fd : attach_perf(&attr, fd);
}

/* Programs on functions found by BTF: loading is not yet attaching. */
static int probe_btf_id(const struct eu_probe *p)
{
	static const struct {
		enum bpf_prog_type type;
		const char *name;
	} what[] = {
		[BPF_TRACE_FENTRY] = { BPF_PROG_TYPE_TRACING, "vfs_read" },
		[BPF_TRACE_FEXIT] = { BPF_PROG_TYPE_TRACING, "vfs_read" },
		[BPF_TRACE_RAW_TP] = { BPF_PROG_TYPE_TRACING, "sched_switch" },
		[BPF_LSM_MAC] = { BPF_PROG_TYPE_LSM, "file_open" },
		[BPF_TRACE_ITER] = { BPF_PROG_TYPE_TRACING, "task" },
	};
	eu_auto_close int fd = -1, link = -1;
	int id;

	id = libbpf_find_vmlinux_btf_id(what[p->arg].name, p->arg);
	if (id < 0)
		return id;
	fd = load(what[p->arg].type, p->arg, id);
	/* Iterators have links of another kind. */
	if (fd < 0 || p->arg == BPF_TRACE_ITER)
		return eu_min(fd, 0);
	link = bpf_raw_tracepoint_open(NULL, fd);
	return eu_min(link, 0);
}

/* A kernel without "bpf" among its LSMs attaches what never runs. */
static int probe_lsm(const struct eu_probe *p)
{
	eu_auto_free char *list = NULL;
	size_t len;
	int r;

	r = eu_file_read("/sys/kernel/security/lsm", 4096, &list, &len, NULL);
	if (!r && !strstr(list, "bpf"))
		return -EOPNOTSUPP;
	return probe_btf_id(p);
}

/* Where lsm attaches; that it loads for a group is not enough to know. */
static int probe_lsm_cgroup(const struct eu_probe *p)
{
	const struct eu_probe *lsm = eu_probe_find("lsm");
	eu_auto_close int fd = -1;
	int r = lsm->run(lsm), id;

	if (r)
		return r;
	id = libbpf_find_vmlinux_btf_id("socket_create", p->arg);
	fd = id < 0 ? id : load(BPF_PROG_TYPE_LSM, p->arg, id);
	return eu_min(fd, 0);
}

/* Only functions that exist to decide may be decided for. */
static int probe_fmod_ret(const struct eu_probe *p)
{
	eu_auto_close int fd = -1, link = -1;
	int id = libbpf_find_vmlinux_btf_id("security_path_rmdir",
					    BPF_MODIFY_RETURN);

	(void)p;
	if (id < 0)
		return id;
	fd = load(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, id);
	if (fd < 0)
		return fd;
	link = bpf_raw_tracepoint_open(NULL, fd);
	return eu_min(link, 0);
}

static int probe_type(const struct eu_probe *p)
{
	int r = libbpf_probe_bpf_prog_type(p->arg, NULL);

	return r == 1 ? 0 : r ?: -EOPNOTSUPP;
}

/* The call that makes links knows what a descriptor is, or is not there. */
static int probe_create_link(const struct eu_probe *p)
{
	int r = bpf_link_create(-1, 0, BPF_CGROUP_INET_INGRESS, NULL);

	(void)p;
	return r == -EBADF ? 0 : r;
}

/* An empty map of sockets, with a program. */
static int probe_sockmap(const struct eu_probe *p)
{
	eu_auto_close int map = bpf_map_create(BPF_MAP_TYPE_SOCKMAP, "eu_probe",
					       sizeof(int), sizeof(int), 1, NULL);
	eu_auto_close int fd = load(BPF_PROG_TYPE_SK_SKB, p->arg, 0);

	if (map < 0 || fd < 0)
		return eu_min(map, fd);
	return bpf_prog_attach(fd, map, p->arg, 0);
}

/* An XDP program that knows of packets in pieces. */
static int probe_frags(const struct eu_probe *p)
{
	LIBBPF_OPTS(bpf_prog_load_opts, o, .prog_flags = p->arg);
	eu_auto_close int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "eu_probe", "GPL",
					     nothing, EU_COUNT(nothing), &o);

	return eu_min(fd, 0);
}

/* Kernels load what belongs to a map's entry before they have such entries. */
static int probe_entry(const struct eu_probe *p)
{
	eu_auto_close int fd = bpf_map_create(
		p->arg, "eu_probe", sizeof(uint32_t),
		p->arg == BPF_MAP_TYPE_DEVMAP ? sizeof(struct bpf_devmap_val) :
						sizeof(struct bpf_cpumap_val),
		1, NULL);

	return eu_min(fd, 0);
}

/* No interface has the number 0: who knows the kind says that first. */
static int probe_link(const struct eu_probe *p)
{
	LIBBPF_OPTS(bpf_link_create_opts, o);
	eu_auto_close int fd = load(BPF_PROG_TYPE_SCHED_CLS, p->arg, 0);
	int r;

	/* Where load knows no such attach type links do not either. */
	if (fd < 0)
		return fd;
	r = bpf_link_create(fd, INT32_MAX, p->arg, &o);
	if (r >= 0)
		close(r);
	return r == -ENODEV ? 0 : r;
}

static int probe_netfilter(const struct eu_probe *p)
{
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = p->arg);
	static const struct bpf_insn accept[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_0,
		  .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	eu_auto_close int fd = bpf_prog_load(
		(enum bpf_prog_type)EU_BPF_PROG_TYPE_NETFILTER, "eu_probe",
		"GPL", accept, EU_COUNT(accept), &o);

	return eu_min(fd, 0);
}

/* Iterators and tables of functions are known by types of the kernel's BTF. */
static int probe_btf_type(const struct eu_probe *p)
{
	static const struct {
		const char *name;
		uint32_t kind;
	} types[] = {
		[BTF_TYPE_ITER_CGROUP] = { "bpf_iter__cgroup", BTF_KIND_STRUCT },
		[BTF_TYPE_ITER_TASK] = { "bpf_iter_task_type", BTF_KIND_ENUM },
		/* What attaches by a link; without one nothing is taken off. */
		[BTF_TYPE_STRUCT_OPS] = { "bpf_struct_ops_link", BTF_KIND_STRUCT },
	};
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, types[p->arg].name,
					      types[p->arg].kind) :
		       -errno;

	btf__free(btf);
	return id == -ENOENT ? -EOPNOTSUPP : eu_min(id, 0);
}

static int probe_map(const struct eu_probe *p)
{
	int r = libbpf_probe_bpf_map_type(p->arg, NULL);

	return r == 1 ? 0 : r ?: -EOPNOTSUPP;
}

/* Something that can have an entry in storage of that kind. */
static int open_owner(int type)
{
	eu_auto_free char *root = NULL;

	if (type == BPF_MAP_TYPE_TASK_STORAGE)
		return (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (type == BPF_MAP_TYPE_INODE_STORAGE)
		return open("/", O_RDONLY | O_CLOEXEC);
	root = eu_cgroup_root();
	return root ? open(root, O_RDONLY | O_CLOEXEC) : -1;
}

/*
 * New kernels (7.2 at least) have such maps and no memory for entries on x86
 * processors without cmpxchg16b: so one is made.
 */
static int probe_storage(const struct eu_probe *p)
{
	LIBBPF_OPTS(bpf_map_create_opts, o, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();
	eu_auto_close int map = -1, owner = -1;
	int id = btf ? btf__add_int(btf, "int", 4, BTF_INT_SIGNED) : -errno;
	int r = id < 0 ? id : btf__load_into_kernel(btf);

	o.btf_fd = r ? 0 : btf__fd(btf);
	o.btf_key_type_id = o.btf_value_type_id = id;
	if (!r)
		r = map = bpf_map_create(p->arg, "eu_probe", 4, 4, 0, &o);
	btf__free(btf);
	if (r < 0)
		return r;
	owner = open_owner(p->arg);
	return owner < 0 ? 0 : bpf_map_update_elem(map, &owner, &id, BPF_ANY);
}

/* Calls of kernel functions, trampolines and arenas need one. */
static int probe_jit(const struct eu_probe *p)
{
	int on = 0, r = read_number("/proc/sys/net/core/bpf_jit_enable", &on);

	(void)p;
	return r ? r : on ? 0 : -EOPNOTSUPP;
}

/* The kernel says no more than that it knows the kind. */
static int probe_freplace(const struct eu_probe *p)
{
	int r = probe_jit(p);

	return r ? r : probe_type(p);
}

static int probe_cookie(const struct eu_probe *p)
{
	eu_auto_close int fd = load(BPF_PROG_TYPE_KPROBE, 0, 0);
	int r;

	(void)p;
	/* Of a program that does not load at all libbpf believes the best. */
	if (fd < 0)
		return fd;
	r = libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE,
				    BPF_FUNC_get_attach_cookie, NULL);
	return r == 1 ? 0 : r ?: -EOPNOTSUPP;
}

static int probe_printk(const struct eu_probe *p)
{
	static const char event[] = "events/bpf_trace/bpf_trace_printk/enable";
	char path[256];

	(void)p;
	snprintf(path, sizeof(path), "/sys/kernel/tracing/%s", event);
	if (!access(path, W_OK))
		return 0;
	snprintf(path, sizeof(path), "/sys/kernel/debug/tracing/%s", event);
	return access(path, W_OK) ? -errno : 0;
}

#define BTF_HINT "CONFIG_DEBUG_INFO_BTF=y; else give a file with --btf"
#define TRAMPOLINE \
	"CONFIG_FUNCTION_TRACER, CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS and kernel BTF"

static const struct eu_probe probes[] = {
	{ "root", "system", probe_root, 0, 0, "run as root: sudo ecli check",
	  true },
	{ "bpf", "system", probe_bpf, 0, 0,
	  "root or CAP_BPF; CONFIG_BPF_SYSCALL=y; kernel.unprivileged_bpf_disabled, lockdown or seccomp may forbid it",
	  true },
	{ "btf", "system", probe_btf, 0, 0, BTF_HINT, true },
	{ "tracefs", "system", probe_tracefs, 0, 0,
	  "mount -t tracefs tracefs /sys/kernel/tracing", true },
	{ "bpffs", "system", probe_bpffs, 0, 0, "mount -t bpf bpf /sys/fs/bpf",
	  true },
	{ "cgroup2", "system", probe_cgroup2, 0, 0,
	  "mount -t cgroup2 cgroup2 /sys/fs/cgroup", true },
	{ "bpf_link", "system", probe_create_link, 0, 507, NULL },
	{ "printk", "system", probe_printk, 0, 509,
	  "tracefs and CONFIG_BPF_EVENTS=y" },

	{ "jit", "system", probe_jit, 0, 0,
	  "CONFIG_BPF_JIT=y and sysctl net.core.bpf_jit_enable=1", true },
	{ "tracepoint", "tracing", probe_tracepoint, 0, 407,
	  "tracefs and CONFIG_BPF_EVENTS=y" },
	{ "raw_tp", "tracing", probe_raw_tp, 0, 417, "CONFIG_BPF_EVENTS=y" },
	{ "tp_btf", "tracing", probe_btf_id, BPF_TRACE_RAW_TP, 505, BTF_HINT },
	{ "kprobe", "tracing", probe_kprobe, 0, 401,
	  "CONFIG_KPROBES=y and CONFIG_KPROBE_EVENTS=y" },
	{ "kprobe.multi", "tracing", probe_kprobe_multi, 0, 518,
	  "CONFIG_FPROBE=y" },
	{ "uprobe", "tracing", probe_uprobe, 0, 401, "CONFIG_UPROBE_EVENTS=y" },
	{ "cookie", "tracing", probe_cookie, 0, 515, NULL },
	{ "uprobe.multi", "tracing", probe_uprobe_multi,
	  EU_BPF_TRACE_UPROBE_MULTI, 606, "CONFIG_UPROBES=y" },
	{ "perf_event", "tracing", probe_perf_event, 0, 409,
	  "CONFIG_PERF_EVENTS=y" },
	{ "fentry", "tracing", probe_btf_id, BPF_TRACE_FENTRY, 505, TRAMPOLINE },
	{ "fexit", "tracing", probe_btf_id, BPF_TRACE_FEXIT, 505, TRAMPOLINE },
	{ "iter", "tracing", probe_btf_id, BPF_TRACE_ITER, 508, "kernel BTF" },
	{ "iter.cgroup", "tracing", probe_btf_type, BTF_TYPE_ITER_CGROUP, 601,
	  "kernel BTF and CONFIG_CGROUPS=y" },
	{ "iter.task", "tracing", probe_btf_type, BTF_TYPE_ITER_TASK, 601,
	  "kernel BTF" },
	{ "syscall", "tracing", probe_type, BPF_PROG_TYPE_SYSCALL, 514, NULL },
	{ "fmod_ret", "tracing", probe_fmod_ret, 0, 507, TRAMPOLINE },
	{ "freplace", "tracing", probe_freplace, BPF_PROG_TYPE_EXT, 506,
	  "CONFIG_BPF_JIT=y, sysctl net.core.bpf_jit_enable=1 and kernel BTF" },
	{ "lsm_cgroup", "tracing", probe_lsm_cgroup, BPF_LSM_CGROUP, 600,
	  "what lsm needs and CONFIG_CGROUP_BPF=y" },
	{ "lsm", "tracing", probe_lsm, BPF_LSM_MAC, 507,
	  "CONFIG_BPF_LSM=y, 'bpf' in the boot parameter lsm=, and what fentry needs" },

	{ "xdp", "network", probe_type, BPF_PROG_TYPE_XDP, 408, "CONFIG_NET=y" },
	{ "xdp.frags", "network", probe_frags, BPF_F_XDP_HAS_FRAGS, 518, NULL },
	{ "xdp.devmap", "network", probe_entry, BPF_MAP_TYPE_DEVMAP, 508, NULL },
	{ "xdp.cpumap", "network", probe_entry, BPF_MAP_TYPE_CPUMAP, 509, NULL },
	{ "tc", "network", probe_type, BPF_PROG_TYPE_SCHED_CLS, 401,
	  "CONFIG_NET_CLS_ACT=y" },
	{ "tcx", "network", probe_link, EU_BPF_TCX_INGRESS, 606,
	  "CONFIG_NET_XGRESS=y" },
	{ "netkit", "network", probe_link, EU_BPF_NETKIT_PRIMARY, 607,
	  "CONFIG_NETKIT=y" },
	{ "netfilter", "network", probe_netfilter, EU_BPF_NETFILTER, 604,
	  "CONFIG_NETFILTER_BPF_LINK=y" },
	{ "struct_ops", "network", probe_btf_type, BTF_TYPE_STRUCT_OPS, 604,
	  "CONFIG_BPF_JIT=y and kernel BTF" },
	{ "socket", "network", probe_type, BPF_PROG_TYPE_SOCKET_FILTER, 319,
	  "CONFIG_NET=y" },
	{ "cgroup_skb", "network", probe_type, BPF_PROG_TYPE_CGROUP_SKB, 410,
	  "CONFIG_CGROUP_BPF=y" },
	{ "sockops", "network", probe_type, BPF_PROG_TYPE_SOCK_OPS, 413,
	  "CONFIG_CGROUP_BPF=y" },
	{ "sk_msg", "network", probe_type, BPF_PROG_TYPE_SK_MSG, 417,
	  "CONFIG_BPF_STREAM_PARSER=y" },
	{ "sk_skb", "network", probe_sockmap, BPF_SK_SKB_STREAM_VERDICT, 414,
	  "CONFIG_BPF_STREAM_PARSER=y" },
	{ "sk_skb.verdict", "network", probe_sockmap, BPF_SK_SKB_VERDICT, 513,
	  "CONFIG_NET=y" },
	{ "sk_lookup", "network", probe_type, BPF_PROG_TYPE_SK_LOOKUP, 509, NULL },
	{ "flow_dissector", "network", probe_type, BPF_PROG_TYPE_FLOW_DISSECTOR,
	  420, "CONFIG_NET=y" },
	{ "sk_reuseport", "network", probe_type, BPF_PROG_TYPE_SK_REUSEPORT,
	  419, "CONFIG_INET=y" },
	{ "lwt", "network", probe_type, BPF_PROG_TYPE_LWT_IN, 410,
	  "CONFIG_NET=y; routes take them with CONFIG_LWTUNNEL_BPF=y" },

	{ "inode_storage", "maps", probe_storage, BPF_MAP_TYPE_INODE_STORAGE,
	  510, "CONFIG_BPF_LSM=y" },
	{ "task_storage", "maps", probe_storage, BPF_MAP_TYPE_TASK_STORAGE, 511,
	  "cmpxchg16b where newer kernels allocate by it (x86)" },
	{ "cgrp_storage", "maps", probe_storage, EU_BPF_MAP_TYPE_CGRP_STORAGE, 602,
	  "CONFIG_CGROUPS=y, cmpxchg16b where newer kernels allocate by it (x86)" },
	{ "ringbuf", "maps", probe_map, BPF_MAP_TYPE_RINGBUF, 508,
	  "else perf buffers: they work everywhere" },
	{ "user_ringbuf", "maps", probe_map, BPF_MAP_TYPE_USER_RINGBUF, 601,
	  NULL },
	{ "perf_event_array", "maps", probe_map, BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	  403, "CONFIG_PERF_EVENTS=y" },
	{ "hash", "maps", probe_map, BPF_MAP_TYPE_HASH, 319,
	  "CONFIG_BPF_SYSCALL=y" },
	{ "stack_trace", "maps", probe_map, BPF_MAP_TYPE_STACK_TRACE, 406,
	  "CONFIG_PERF_EVENTS=y" },
};

enum eu_probe_answer eu_probe_ask(const struct eu_probe *p, int *ret_code)
{
	bool unsure = !p->harmless && eu_rights_check(NULL);
	int r;

	*ret_code = r = unsure && probe_bpf(p) ? -EPERM : p->run(p);
	return !r ? EU_PROBE_WORKS : unsure ? EU_PROBE_UNKNOWN : EU_PROBE_FAILS;
}

void eu_probe_needs(const struct eu_probe *p, char *to, size_t size)
{
	if (p->since)
		snprintf(to, size, "Linux %u.%u or later%s%s", p->since / 100,
			 p->since % 100, p->hint ? ", " : "", p->hint ?: "");
	else
		snprintf(to, size, "%s", p->hint);
}

const struct eu_probe *eu_probe_at(size_t i)
{
	return i < EU_COUNT(probes) ? &probes[i] : NULL;
}

const struct eu_probe *eu_probe_find(const char *name)
{
	for (size_t i = 0; i < EU_COUNT(probes); i++)
		if (!strcmp(probes[i].name, name))
			return &probes[i];
	return NULL;
}
