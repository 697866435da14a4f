/* SPDX-License-Identifier: MIT */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

/* A struct for each kind of member, four members each unless they are long. */

#include <linux/types.h>

#ifdef __bpf__
typedef _Bool bool;
#else
#include <stdbool.h>
#endif

#include <eunomia/format.bpf.h>

enum bench_state { BENCH_IDLE, BENCH_RUNNING, BENCH_WAITING, BENCH_STOPPED };

struct integers {
	__s8 a;
	__u16 b;
	__s32 c;
	__u64 d;
};
struct bools {
	bool a, b, c, d;
};
struct enums {
	enum bench_state a, b, c, d;
};
struct bits {
	__u32 a:3, b:5, c:12, d:12;
};
struct unions {
	union {
		__u32 a;
		__s32 b;
	};
	union {
		__u64 c;
		__s64 d;
	};
};
struct nested {
	struct {
		int x, y;
	} a, b;
	int c, d;
};
struct arrays {
	__u32 a[4], b[4];
};
struct texts {
	char a[16], b[32];
};
struct reals {
	double a, b;
	float c, d;
};
struct wide {
	unsigned __int128 a, b;
	__int128 c, d;
};
struct pointers {
	void *a, *b, *c, *d;
};
struct addresses {
	eu_ipv4 a, b;
	eu_mac c, d;
};
struct addresses6 {
	eu_ipv6 a, b;
};
struct durations {
	eu_duration a, b, c, d;
};
struct times {
	eu_wallclock a, b;
};
struct sizes {
	eu_size a, b, c, d;
};
struct names {
	eu_errno a, b;
	eu_signal c, d;
};
struct hexes {
	eu_hex a, b, c, d;
};

#define KINDS(K)                               \
	K(integers, "integers")                \
	K(bools, "booleans")                   \
	K(enums, "enumerations")               \
	K(bits, "bit fields")                  \
	K(unions, "unions")                    \
	K(nested, "nested structs")            \
	K(arrays, "arrays")                    \
	K(texts, "texts")                      \
	K(reals, "floats")                     \
	K(wide, "integers of 128 bits")        \
	K(pointers, "pointers")                \
	K(addresses, "IPv4 and MAC addresses") \
	K(addresses6, "IPv6 addresses")        \
	K(durations, "durations")              \
	K(times, "times")                      \
	K(sizes, "sizes")                      \
	K(names, "errors and signals")         \
	K(hexes, "hexadecimal numbers")

#endif
