/* SPDX-License-Identifier: MIT */
#ifndef FILTERED_H
#define FILTERED_H

/* Records with a member of every kind that can be compared, and their BTF. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>

struct filtered {
	int32_t pid;
	uint32_t uid;
	uint64_t took;
	char comm[16];
	uint8_t addr[4];
	uint8_t port[2];
	uint16_t low:4, high:12;
	uint32_t color;
	int32_t ret;
	double load;
	uint64_t wide[2];
	struct {
		uint32_t x;
		struct {
			int32_t y;
		} deep;
	} at;
	uint32_t list[3];
	uint8_t yes;
	char last[8];
};

static int filtered_field(struct btf *b, const char *name, int type, size_t at,
			  unsigned int bits, unsigned int bit)
{
	return btf__add_field(b, name, type, (unsigned int)at * 8 + bit, bits);
}

#define F(member, type) \
	filtered_field(b, #member, type, offsetof(struct filtered, member), 0, 0)

/* The id of struct filtered. */
static inline int filtered_btf(struct btf **ret)
{
	struct btf *b = *ret = btf__new_empty();
	int s32, u32, u64, u8, u16, ch, boolean, real, u128, color, comm, addr;
	int port, took, uid, err, deep, at, list, last, id;

	btf__set_pointer_size(b, 8);
	s32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	u32 = btf__add_int(b, "unsigned int", 4, 0);
	u64 = btf__add_int(b, "unsigned long long", 8, 0);
	u8 = btf__add_int(b, "unsigned char", 1, 0);
	u16 = btf__add_int(b, "unsigned short", 2, 0);
	ch = btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	boolean = btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	real = btf__add_float(b, "double", 8);
	u128 = btf__add_int(b, "unsigned __int128", 16, 0);
	color = btf__add_enum(b, "color", 4);
	btf__add_enum_value(b, "RED", 0);
	btf__add_enum_value(b, "BLUE", 6);
	comm = btf__add_array(b, u32, ch, 16);
	last = btf__add_array(b, u32, ch, 8);
	list = btf__add_array(b, u32, u32, 3);
	addr = btf__add_typedef(b, "eu_ipv4", btf__add_array(b, u32, u8, 4));
	port = btf__add_typedef(b, "eu_port", u16);
	took = btf__add_typedef(b, "eu_duration", u64);
	uid = btf__add_typedef(b, "eu_uid", u32);
	err = btf__add_typedef(b, "eu_errno", s32);
	deep = btf__add_struct(b, NULL, 4);
	btf__add_field(b, "y", s32, 0, 0);
	at = btf__add_struct(b, NULL, 8);
	btf__add_field(b, "x", u32, 0, 0);
	btf__add_field(b, "deep", deep, 32, 0);
	id = btf__add_struct(b, "filtered", sizeof(struct filtered));
	F(pid, s32);
	F(uid, uid);
	F(took, took);
	F(comm, comm);
	F(addr, addr);
	F(port, port);
	filtered_field(b, "low", u16, offsetof(struct filtered, port) + 2, 4, 0);
	filtered_field(b, "high", u16, offsetof(struct filtered, port) + 2, 12,
		       4);
	F(color, color);
	F(ret, err);
	F(load, real);
	F(wide, u128);
	F(at, at);
	F(list, list);
	F(yes, boolean);
	F(last, last);
	return id;
}

#undef F

static inline struct filtered filtered_sample(void)
{
	struct filtered f;

	memset(&f, 0, sizeof(f));
	f.pid = -7;
	f.took = 1500000;
	memcpy(f.comm, "bash", 5);
	memcpy(f.addr, "\x0a\1\2\3", 4);
	memcpy(f.port, "\1\xbb", 2);
	f.low = 5;
	f.high = 300;
	f.color = 6;
	f.ret = -2;
	f.load = 0.5;
	f.wide[0] = f.wide[1] = 1;
	f.at.x = 9;
	f.at.deep.y = -1;
	f.list[1] = 42;
	f.yes = 1;
	memcpy(f.last, "caf\xc3\xa9", 5);
	return f;
}

#endif
