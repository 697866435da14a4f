/* SPDX-License-Identifier: MIT */
#include "confine.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/util.h"

/*
 * A classic filter is a table; a library for it would take longer to open than
 * all of this takes.
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

enum { HEAD = 4, TAIL = 3, MAX = 192 };

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

/* Returns the place behind the instructions for @d. */
static size_t decide(struct sock_filter *f, size_t at,
		     const struct decided_call *d)
{
	const unsigned int op = d->bits ? BPF_JSET : BPF_JEQ;
	const unsigned int refused = SECCOMP_RET_ERRNO | EPERM;
	const int n = d->n;

	f[at++] = (struct sock_filter)JUMP(BPF_JEQ, d->call, 0, n + 3);
	f[at++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args) + 8 * d->arg + LOW);
	for (int k = 0; k < n; k++)
		f[at++] = (struct sock_filter)JUMP(op, d->values[k], n - k, 0);
	f[at++] = (struct sock_filter)RETURN(d->allows ? refused :
							 SECCOMP_RET_ALLOW);
	f[at++] = (struct sock_filter)RETURN(d->allows ? SECCOMP_RET_ALLOW :
							 refused);
	return at;
}

static int install(const struct calls *c)
{
	struct sock_filter f[MAX] = {
		LOAD(arch),
		JUMP(BPF_JEQ, ARCH, 1, 0),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
	};
	struct sock_fprog prog = { .filter = f };
	size_t n = c->n_allowed, at = HEAD, room = HEAD + TAIL + n + 2;

	for (size_t i = 0; i < c->n_decided; i++)
		room += 4 + c->decided[i].n;
	/* A jump goes no further than 255 instructions. */
	assert(room <= MAX);

	/* From each behind the jump that follows the last. */
	for (size_t i = 0; i < n; i++, at++)
		f[at] = (struct sock_filter)JUMP(BPF_JEQ, c->allowed[i], n - i,
						 0);
	f[at++] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < c->n_decided; i++)
		at = decide(f, at, &c->decided[i]);
	/* The C library falls back to clone(2), whose flags can be seen. */
	f[at++] = (struct sock_filter)JUMP(BPF_JEQ, SYS_clone3, 0, 1);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | ENOSYS);
	f[at++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
	prog.len = at;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) ? -errno : 0;
}

#else

static int install(const struct calls *c)
{
	(void)c;
	return -ENOTSUP;
}

#endif

int confine(const struct calls *calls, struct eu_error *err)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return eu_error_set(err, -errno,
				    "cannot give up gaining rights: %s",
				    strerror(errno));
	r = install(calls);
	if (r)
		return eu_error_set(err, r, "cannot confine system calls: %s",
				    strerror(-r));
	return 0;
}
