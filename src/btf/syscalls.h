/* SPDX-License-Identifier: MIT */
#ifndef EU_BTF_SYSCALLS_H
#define EU_BTF_SYSCALLS_H

/*
 * Names of system calls of the architecture that this is compiled for, taken
 * from <asm/unistd.h> when it is: syscalls.py writes the .c file.
 */

#include "base/util.h"

/* "openat"; NULL if there is none of that number. Static. */
const char *eu_syscall_name(uint64_t number);

/* -1 if there is none of that name. */
int eu_syscall_number(const char *name);

#endif
