/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/net.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/util.h"
#include "confine.h"

/* Names that 32-bit machines have, where no filter is installed. */
#ifndef SYS_mmap
#define SYS_mmap SYS_mmap2
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat SYS_fstatat64
#endif
#ifdef SYS_poll
#define OLD_POLL SYS_poll,
#else
#define OLD_POLL
#endif
#ifdef SYS_epoll_wait
#define OLD_EPOLL_WAIT SYS_epoll_wait,
#else
#define OLD_EPOLL_WAIT
#endif
#ifdef SYS_readlink
#define OLD_READLINK SYS_readlink,
#else
#define OLD_READLINK
#endif
#ifdef SYS_access
#define OLD_ACCESS SYS_access,
#else
#define OLD_ACCESS
#endif
#ifdef SYS_rmdir
#define OLD_RMDIR SYS_rmdir,
#else
#define OLD_RMDIR
#endif
#ifdef SYS_rseq
#define RSEQ SYS_rseq,
#else
#define RSEQ
#endif

/* Which of its arguments they are. */
#ifdef __s390__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* What any process calls: memory, time, its end. */
/* clang-format off */
#define ANY                                                              \
	SYS_read, SYS_write, SYS_close, SYS_ppoll, OLD_POLL              \
	SYS_clock_gettime, SYS_restart_syscall,                          \
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise,     \
	SYS_brk, SYS_futex,                                              \
	SYS_fstat, SYS_newfstatat, SYS_statx,                            \
	SYS_getpid, SYS_gettid, SYS_set_robust_list, RSEQ                \
	SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,          \
	SYS_exit, SYS_exit_group

static const unsigned int reader_allowed[] = {
	ANY,
	/* The loop and its output. */
	SYS_epoll_pwait, SYS_epoll_ctl, OLD_EPOLL_WAIT
	SYS_writev,
	/* Files that are read: /proc, symbols, time zones. */
	SYS_lseek, SYS_pread64, SYS_getdents64, SYS_fcntl, SYS_uname,
	SYS_readlinkat, OLD_READLINK
	SYS_faccessat, OLD_ACCESS
	/* Storage of tasks is found by descriptors of those. */
	SYS_pidfd_open,
	SYS_getrandom,
	/* The end of the guard. */
	SYS_wait4,
};

static const unsigned int guard_allowed[] = {
	ANY,
	SYS_recvmsg,
	SYS_nanosleep, SYS_clock_nanosleep,
	OLD_RMDIR
	/* Filters are asked for and removed by netlink. */
	SYS_sendto, SYS_sendmsg, SYS_recvfrom,
	SYS_bind, SYS_getsockname, SYS_setsockopt,
};
/* clang-format on */

/*
 * Maps are read, not made; a terminal is asked, not typed into; threads, but
 * no processes, are made for detaching.
 */
static const struct decided_call reader_decided[] = {
	{ SYS_openat, 2, true, false, { O_WRONLY | O_RDWR | O_CREAT | O_TRUNC }, 1 },
	{ SYS_ioctl, 1, false, false, { TIOCSTI, TIOCLINUX, TIOCSCTTY }, 3 },
	{ SYS_bpf,
	  0,
	  false,
	  false,
	  { BPF_MAP_CREATE, BPF_PROG_LOAD, BPF_OBJ_PIN, BPF_BTF_LOAD },
	  4 },
	{ SYS_clone, CLONE_FLAGS, true, true, { CLONE_THREAD }, 1 },
};

/* It takes off and makes nothing. */
static const struct decided_call guard_decided[] = {
	{ SYS_openat, 2, true, false, { O_WRONLY | O_RDWR | O_CREAT | O_TRUNC }, 1 },
	{ SYS_bpf,
	  0,
	  false,
	  true,
	  { BPF_PROG_DETACH, BPF_PROG_QUERY, BPF_MAP_DELETE_ELEM },
	  3 },
	{ SYS_socket, 0, false, true, { AF_NETLINK }, 1 },
#ifdef SYS_socketcall
	/* What glibc calls on s390x: their arguments are not to be seen. */
	{ SYS_socketcall,
	  0,
	  false,
	  true,
	  { SYS_SOCKET, SYS_BIND, SYS_GETSOCKNAME, SYS_SETSOCKOPT, SYS_SEND,
	    SYS_SENDTO, SYS_SENDMSG, SYS_RECV, SYS_RECVFROM, SYS_RECVMSG },
	  10 },
#endif
	{ SYS_setns, 1, false, true, { CLONE_NEWNET }, 1 },
	{ SYS_unlinkat, 2, true, true, { AT_REMOVEDIR }, 1 },
};

const struct calls reader_calls = {
	reader_allowed,
	EU_COUNT(reader_allowed),
	reader_decided,
	EU_COUNT(reader_decided),
};

const struct calls guard_calls = {
	guard_allowed,
	EU_COUNT(guard_allowed),
	guard_decided,
	EU_COUNT(guard_decided),
};
