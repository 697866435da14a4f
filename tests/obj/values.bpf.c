/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* One event with a value of every kind at the ends of its range. */
#include "fire.h"

enum color { RED, GREEN = 7 };
enum minus { LOWEST = -2147483647 - 1, NONE = 0 };
enum wide { WIDEST = 0xffffffffffffffffull };

enum { HIGH_HALF = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };

struct value {
	u8 u8_200;
	u8 u8_max;
	s8 s8_min;
	u16 u16_max;
	s16 s16_min;
	u32 u32_max;
	s32 s32_min;
	u64 u64_max;
	s64 s64_min;
	unsigned long ulong_top;
	bool yes;
	bool no;
	char letter;
	enum color green;
	enum color nameless;
	enum minus lowest;
	enum wide widest;
	void *pointer;
	int list[3];
	u8 grid[2][2];
	struct {
		int x;
		struct {
			s16 y;
			char name[4];
		} deep;
	} inner;
	union {
		u32 either;
		u32 other;
	};
	u32 low:3, high:5;
	int minus_one:4;
	u64 across:33;
	unsigned __int128 huge;
	double real;
	char cut[4];
	char full[4];
	char quoted[8];
	char last[8];
};

RINGBUF(rb, 4096);
struct value *unused_value __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct value *v;

	if (!fired(ctx))
		return 0;
	v = bpf_ringbuf_reserve(&rb, sizeof(*v), 0);
	if (!v)
		return 0;
	__builtin_memset(v, 0, sizeof(*v));
	v->u8_200 = 200;
	v->u8_max = 255;
	v->s8_min = -128;
	v->u16_max = 65535;
	v->s16_min = -32768;
	v->u32_max = 4294967295;
	v->s32_min = -2147483647 - 1;
	v->u64_max = 0xffffffffffffffff;
	v->s64_min = 1ull << 63;
	v->ulong_top = 1ull << 63;
	v->yes = true;
	v->letter = 'A';
	v->green = GREEN;
	v->nameless = 9;
	v->lowest = LOWEST;
	v->widest = WIDEST;
	v->pointer = (void *)0xffff800000000000;
	v->list[0] = 1;
	v->list[1] = -2;
	v->list[2] = 3;
	v->grid[0][1] = 1;
	v->grid[1][0] = 254;
	v->inner.x = -5;
	v->inner.deep.y = -6;
	v->inner.deep.name[0] = 'i';
	v->inner.deep.name[1] = 'n';
	v->either = 77;
	v->low = 5;
	v->high = 30;
	v->minus_one = -1;
	v->across = 0x1ffffffff;
	((u64 *)&v->huge)[HIGH_HALF] = 1;      /* 2^64 */
	*(u64 *)&v->real = 0x3ff8000000000000; /* 1.5 */
	/* "aé" and the first of the two bytes of another "é". */
	__builtin_memcpy(v->cut, "a\xc3\xa9\xc3", 4);
	__builtin_memcpy(v->full, "full", 4);
	__builtin_memcpy(v->quoted, "a\"b\\c\td", 8);
	__builtin_memcpy(v->last, "end", 4);
	bpf_ringbuf_submit(v, 0);
	return 0;
}
