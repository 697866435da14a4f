/* SPDX-License-Identifier: MIT */

/*
 * The types of a kernel that never was: its BTF has one of each shape that
 * relocations stumble over. Compiled for BTF alone. The objects beside it name
 * the same types with other members, orders and widths.
 */

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum colour { RED = 1, GREEN = 7, BLUE = -3 };
enum wide { WIDE_LOW = 5, WIDE_HIGH = 0x123456789abcULL };
enum turned { TURNED_A = 1ULL << 40, TURNED_B };
enum flavour___v1 { FLAVOUR_X___v1 = 11, FLAVOUR_Y = 12 };

struct hidden;

struct point {
	long pad;
	int x;
	int y;
};

union either {
	u64 number;
	struct point point;
	u8 bytes[24];
};

typedef struct {
	int before;
	struct point at;
} nameless_t;

typedef struct point point_t;
typedef const volatile point_t point_cv_t;
typedef int (*callback_t)(struct point *p, u64 n);
typedef int function_t(struct point *p, enum colour c);
typedef int grid_t[3][4];
typedef struct hidden *hidden_p;
typedef u32 number_t;

struct item {
	u8 tag;
	struct point points[3];
	short last;
};

struct task {
	char filler[17];
	int pid;
	u32 shrunk;
	u64 grown;
	signed char narrow;
	const char *name;
	struct task *parent;
	struct hidden *hidden;
	struct item items[4];
	struct item table[2][5];
	grid_t grid;
	union either either;
	nameless_t nameless;
	point_cv_t cv;
	callback_t call;
	enum colour colour;
	enum wide wide;
	double ratio;
	union {
		struct {
			int deep_a;
			union {
				int deep_b;
				struct point deep_point;
			};
		};
		u64 over;
	};
	number_t typed;
	volatile const int *tagged;
};

struct bits {
	u32 head;
	u32 one:1;
	u32 seven:7;
	int minus:5;
	u64 split:40;
	u64 more:33;
	enum colour colour:6;
	u8 tail;
};

struct flexible {
	int n;
	struct item items[];
};

/* Not a flexible array: another member stands behind it. */
struct hollow {
	int n;
	struct item items[0];
	int after;
};

/* Two of one name that do not agree, and two that do. */
struct quarrel___1 {
	int a;
	int b;
};

struct quarrel___2 {
	int b;
	int a;
};

struct twin___1 {
	int a;
	int b;
	struct point *p;
};

struct twin___2 {
	int a;
	int b;
	struct hidden *p;
};

/* Only one of the two has the member. */
struct half___1 {
	long x;
	int here;
};

struct half___2 {
	int gone;
};

struct far {
	char filler[40000];
	int beyond;
};

struct changed {
	struct point was_int;
	int was_struct;
	int *was_array;
	int was_pointer[2];
	enum wide was_colour;
	float was_double;
	callback_t was_function;
};

/* In objects: a struct, an enumeration, a union. */
union was_struct {
	int a;
};

struct was_enum {
	int a;
};

enum was_union { WAS_UNION };

struct long_name_that_has_more_than_sixty_four_characters_as_kernels_now_have_them {
	char filler[3];
	int member_with_a_long_name_that_has_more_than_sixty_four_characters_too;
};

struct ops {
	int (*open)(struct task *t, struct point p);
	void (*close)(struct task *t);
	function_t *other;
	struct hidden *owner;
	enum colour colour;
	int list[4];
	struct {
		int inner;
		struct point by_value;
	};
	long extra;
};

#define ANCHOR(type, name) type *anchor_##name

ANCHOR(struct task, task);
ANCHOR(struct bits, bits);
ANCHOR(struct flexible, flexible);
ANCHOR(struct hollow, hollow);
ANCHOR(struct quarrel___1, quarrel_1);
ANCHOR(struct quarrel___2, quarrel_2);
ANCHOR(struct twin___1, twin_1);
ANCHOR(struct twin___2, twin_2);
ANCHOR(struct half___1, half_1);
ANCHOR(struct half___2, half_2);
ANCHOR(struct far, far);
ANCHOR(struct changed, changed);
ANCHOR(union was_struct, was_struct);
ANCHOR(struct was_enum, was_enum);
ANCHOR(enum was_union, was_union);
ANCHOR(struct long_name_that_has_more_than_sixty_four_characters_as_kernels_now_have_them,
       long_name);
ANCHOR(struct ops, ops);
ANCHOR(enum turned, turned);
ANCHOR(enum flavour___v1, flavour);
ANCHOR(point_t, point);
ANCHOR(function_t, function);
ANCHOR(hidden_p, hidden);
