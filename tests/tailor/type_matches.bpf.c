/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Matches: each member by name and type, as deep as values go. */

struct hidden;
struct task;

struct point {
	int x;
	int y;
};

struct point___wrong {
	int x;
	long y;
};

struct point___more {
	int x;
	int y;
	int z;
};

/* As many members as there are there, though two go by one name. */
struct point___twice {
	int x;
	int x___again;
	int y;
};

enum colour { GREEN, RED };
enum colour___twice { GREEN___1, RED___1, RED___2 };
enum colour___subset { GREEN___s };
enum colour___wrong { RED___w, PURPLE___w };
enum wide { WIDE_HIGH = 1ull << 33 };
enum wide___narrow { WIDE_LOW___n };

struct ops {
	int (*open)(struct task *t, struct point p);
	void (*close)(struct task *t);
	struct hidden *owner;
	enum colour colour;
	int list[4];
};

struct ops___args {
	int (*open)(struct task *t, struct point *p);
};

struct ops___list {
	int list[5];
};

struct ops___inner {
	struct {
		int inner;
		struct point by_value;
	};
};

struct ops___inner_wrong {
	struct {
		struct {
			int x;
			char *y;
		} by_value;
	};
};

/* A forward declaration there, a struct here. */
struct hidden {
	int now_seen;
};

typedef int (*callback_t)(struct point *p, u64 n);
typedef int (*callback_t___wrong)(struct point *p, int n);
typedef int function_t(struct point *p, enum colour c);
typedef int grid_t[3][4];
typedef int grid_t___wrong[4][3];
typedef struct hidden *hidden_p;

union either {
	u64 number;
	struct point point;
};

PROG(structs, void, p)
{
	out = bpf_core_type_matches(struct point);
	out = bpf_core_type_matches(struct point___wrong);
	out = bpf_core_type_matches(struct point___more);
	out = bpf_core_type_matches(struct point___twice);
	out = bpf_core_type_matches(struct ops);
	out = bpf_core_type_matches(struct ops___args);
	out = bpf_core_type_matches(struct ops___list);
	out = bpf_core_type_matches(struct ops___inner);
	out = bpf_core_type_matches(struct ops___inner_wrong);
	return bpf_core_type_matches(union either);
}

PROG(others, void, p)
{
	out = bpf_core_type_matches(enum colour);
	out = bpf_core_type_matches(enum colour___subset);
	out = bpf_core_type_matches(enum colour___twice);
	out = bpf_core_type_matches(enum colour___wrong);
	out = bpf_core_type_matches(enum wide);
	out = bpf_core_type_matches(enum wide___narrow);
	out = bpf_core_type_matches(callback_t);
	out = bpf_core_type_matches(callback_t___wrong);
	out = bpf_core_type_matches(function_t);
	out = bpf_core_type_matches(grid_t);
	out = bpf_core_type_matches(grid_t___wrong);
	return bpf_core_type_matches(hidden_p);
}
