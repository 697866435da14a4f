/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* A global variable of every type; what they hold comes back in an event. */
#include "fire.h"

enum color { RED, GREEN = 7, BLUE = 0x80000000 };
enum minus { LOWEST = -2147483647 - 1, NONE = 0 };
enum wide { NARROW, WIDEST = 0xffffffffffffffffull };

const volatile u8 p_u8 = 1;
const volatile s8 p_s8 = -1;
const volatile u16 p_u16 = 2;
const volatile s16 p_s16 = -2;
const volatile u32 p_u32 = 3;
const volatile s32 p_s32 = -3;
const volatile u64 p_u64 = 4;
const volatile s64 p_s64 = -4;
const volatile bool p_bool = false;
const volatile bool p_on = true;
const volatile char p_char = 'a';
const volatile enum color p_color = RED;
const volatile enum minus p_minus = NONE;
const volatile enum wide p_wide = NARROW;
const volatile char p_text[8] = "text";
const volatile float p_float = 0.5;
const volatile double p_double = 0.25;
const volatile int p_list[2] = { 1, 2 };

typedef u32 eu_ipv4;
typedef u64 eu_duration;
struct point {
	int x;
	u8 tag[4];
};

const volatile struct point p_point = { .x = 3 };
const volatile eu_ipv4 p_ip = 0;
const volatile eu_duration p_wait = 0;

int d_int = 11; /* .data */
u64 b_u64;	/* .bss */
char b_text[4];

/* Names that the runner has options of as well. */
const volatile int timeout = 5;
const volatile int verbose = 0;

struct params {
	u8 p_u8;
	s8 p_s8;
	u16 p_u16;
	s16 p_s16;
	u32 p_u32;
	s32 p_s32;
	u64 p_u64;
	s64 p_s64;
	bool p_bool;
	bool p_on;
	char p_char;
	enum color p_color;
	enum minus p_minus;
	enum wide p_wide;
	char p_text[8];
	float p_float;
	double p_double;
	int p_list[2];
	int p_x;
	char p_tag[4];
	u8 p_ip[4];
	u64 p_wait;
	int d_int;
	u64 b_u64;
	char b_text[4];
	int timeout;
	int verbose;
};

RINGBUF(rb, 4096);
struct params *unused_params __attribute__((unused));

FIRE int on_kill(const struct enter *ctx)
{
	struct params *p;

	if (!fired(ctx))
		return 0;
	p = bpf_ringbuf_reserve(&rb, sizeof(*p), 0);
	if (!p)
		return 0;
	p->p_u8 = p_u8;
	p->p_s8 = p_s8;
	p->p_u16 = p_u16;
	p->p_s16 = p_s16;
	p->p_u32 = p_u32;
	p->p_s32 = p_s32;
	p->p_u64 = p_u64;
	p->p_s64 = p_s64;
	p->p_bool = p_bool;
	p->p_on = p_on;
	p->p_char = p_char;
	p->p_color = p_color;
	p->p_minus = p_minus;
	p->p_wide = p_wide;
	for (int i = 0; i < 8; i++)
		p->p_text[i] = p_text[i];
	*(u32 *)&p->p_float = *(const volatile u32 *)&p_float;
	*(u64 *)&p->p_double = *(const volatile u64 *)&p_double;
	p->p_list[0] = p_list[0];
	p->p_list[1] = p_list[1];
	p->p_x = p_point.x;
	for (int i = 0; i < 4; i++)
		p->p_tag[i] = p_point.tag[i];
	*(u32 *)p->p_ip = p_ip;
	p->p_wait = p_wait;
	p->d_int = d_int;
	p->b_u64 = b_u64;
	for (int i = 0; i < 4; i++)
		p->b_text[i] = b_text[i];
	p->timeout = timeout;
	p->verbose = verbose;
	bpf_ringbuf_submit(p, 0);
	return 0;
}
