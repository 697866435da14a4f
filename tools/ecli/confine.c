/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "run.h"

/*
 * What reading events calls. All else fails with EPERM from here on, so that a
 * hole in a decoder is no way into the system: nothing can be executed, no
 * socket made, no file opened but to be read. A classic filter is a table; a
 * library for it would take longer to open than all of this takes.
 */

#if defined(__x86_64__) && defined(__LP64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#endif

/* The sanitizers' run-time calls much more. */
#if defined(ARCH) && !defined(__SANITIZE_ADDRESS__)

static const unsigned int allowed[] = {
	/* The loop and its output. */
	SYS_epoll_pwait,
	SYS_epoll_ctl,
	SYS_ppoll,
	SYS_read,
	SYS_write,
	SYS_writev,
	SYS_close,
	SYS_clock_gettime,
	SYS_restart_syscall,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
#ifdef SYS_poll
	SYS_poll,
#endif
	/* Memory. */
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_mprotect,
	SYS_madvise,
	SYS_brk,
	SYS_futex,
	/* Files that are read: /proc, symbols, time zones. */
	SYS_fstat,
	SYS_newfstatat,
	SYS_statx,
	SYS_lseek,
	SYS_pread64,
	SYS_readlinkat,
	SYS_getdents64,
	SYS_fcntl,
	SYS_faccessat,
	SYS_uname,
	/* Storage of tasks is found by descriptors of those. */
	SYS_pidfd_open,
	SYS_getrandom,
#ifdef SYS_readlink
	SYS_readlink,
#endif
#ifdef SYS_access
	SYS_access,
#endif
	/* The end. */
	SYS_getpid,
	SYS_gettid,
	SYS_set_robust_list,
#ifdef SYS_rseq
	SYS_rseq,
#endif

	SYS_wait4,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_exit,
	SYS_exit_group,
};

/*
 * Of these calls an argument decides: one of the values, or of the bits. Maps
 * are read, not made; a terminal is asked, not typed into; threads, but no
 * processes, are made for detaching.
 */
static const struct {
	unsigned int call;
	int arg;
	bool bits;   /* of @values, else one is equal */
	bool allows; /* what they do */
	unsigned int values[4];
	int n;
} decided[] = {
	{ SYS_openat, 2, true, false, { O_WRONLY | O_RDWR | O_CREAT | O_TRUNC }, 1 },
	{ SYS_ioctl, 1, false, false, { TIOCSTI, TIOCLINUX, TIOCSCTTY }, 3 },
	{ SYS_bpf,
	  0,
	  false,
	  false,
	  { BPF_MAP_CREATE, BPF_PROG_LOAD, BPF_OBJ_PIN, BPF_BTF_LOAD },
	  4 },
	{ SYS_clone, 0, true, true, { CLONE_THREAD }, 1 },
};

enum { HEAD = 4, MAX = HEAD + EU_COUNT(allowed) + EU_COUNT(decided) * 8 + 4 };

#define LOAD(member)                       \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, member))
#define JUMP(op, value, yes, no) \
	BPF_JUMP(BPF_JMP | (op) | BPF_K, value, yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)

/* Where an argument's lower half lies. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW 4
#else
#define LOW 0
#endif

/* Returns the place behind the instructions for decided[i]. */
static size_t decide(struct sock_filter *f, size_t at, size_t i)
{
	const unsigned int op = decided[i].bits ? BPF_JSET : BPF_JEQ;
	const unsigned int refused = SECCOMP_RET_ERRNO | EPERM;
	const bool allows = decided[i].allows;
	const int n = decided[i].n;

	f[at++] = (struct sock_filter)JUMP(BPF_JEQ, decided[i].call, 0, n + 3);
	f[at++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args) + 8 * decided[i].arg + LOW);
	for (int k = 0; k < n; k++)
		f[at++] = (struct sock_filter)JUMP(op, decided[i].values[k],
						   n - k, 0);
	f[at++] = (struct sock_filter)RETURN(allows ? refused :
						      SECCOMP_RET_ALLOW);
	f[at++] = (struct sock_filter)RETURN(allows ? SECCOMP_RET_ALLOW :
						      refused);
	return at;
}

static int install(void)
{
	struct sock_filter f[MAX] = {
		LOAD(arch),
		JUMP(BPF_JEQ, ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
	};
	struct sock_fprog prog = { .filter = f };
	const size_t n = EU_COUNT(allowed);
	size_t at = HEAD;

	/* From each behind the jump that follows the last. */
	for (size_t i = 0; i < n; i++, at++)
		f[at] = (struct sock_filter)JUMP(BPF_JEQ, allowed[i], n - i, 0);
	f[at++] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < EU_COUNT(decided); i++)
		at = decide(f, at, i);
	/* The C library falls back to clone(2), whose flags can be seen. */
	f[at++] = (struct sock_filter)JUMP(BPF_JEQ, SYS_clone3, 0, 1);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
	prog.len = at;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) ? -errno : 0;
}

#else

static int install(void)
{
	return 0;
}

#endif

int confine(struct eu_error *err)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return eu_error_set(err, -errno,
				    "cannot give up gaining rights: %s",
				    strerror(errno));
	r = install();
	/* A kernel without seccomp, or a container that forbids filters. */
	if (r == -EINVAL || r == -EACCES || r == -ENOSYS)
		return 0;
	if (r)
		return eu_error_set(err, r, "cannot confine system calls: %s",
				    strerror(-r));
	return 0;
}
