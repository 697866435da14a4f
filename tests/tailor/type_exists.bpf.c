/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Existence of types of every kind that has a name. */

struct point {
	int x;
};
struct nowhere {
	int x;
};
union either {
	int x;
};
union never {
	int x;
};
enum colour { RED };
enum no_colour { NO_RED };
typedef struct point point_t;
typedef int no_such_t;
typedef int (*callback_t)(struct point *p, u64 n);
typedef int (*callback_t___other)(struct point *p);
typedef int (*callback_t___void)(struct point *p, void *n);
typedef int function_t(struct point *p, enum colour c);
typedef void function_t___void(struct point *p, enum colour c);
typedef char grid_t[3][4];
typedef struct point grid_t___struct[3][4];
typedef struct hidden *hidden_p;
typedef int number_t;
typedef struct point number_t___struct;

PROG(structs, void, p)
{
	out = bpf_core_type_exists(struct point);
	out = bpf_core_type_exists(struct nowhere);
	out = bpf_core_type_exists(union either);
	out = bpf_core_type_exists(union never);
	out = bpf_core_type_exists(enum colour);
	return bpf_core_type_exists(enum no_colour);
}

PROG(aliases, void, p)
{
	out = bpf_core_type_exists(point_t);
	out = bpf_core_type_exists(no_such_t);
	out = bpf_core_type_exists(callback_t);
	out = bpf_core_type_exists(callback_t___other);
	out = bpf_core_type_exists(callback_t___void);
	out = bpf_core_type_exists(function_t);
	out = bpf_core_type_exists(function_t___void);
	out = bpf_core_type_exists(grid_t);
	out = bpf_core_type_exists(grid_t___struct);
	out = bpf_core_type_exists(hidden_p);
	out = bpf_core_type_exists(number_t);
	return bpf_core_type_exists(number_t___struct);
}
