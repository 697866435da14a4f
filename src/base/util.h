/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_UTIL_H
#define EU_BASE_UTIL_H

/*
 * Small things that every layer uses: destructors for locals, ownership
 * hand-over, array lengths.
 *
 * A local that carries a destructor is initialised at its declaration and is
 * given up with eu_take_ptr() or eu_take_fd().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define EU_CLEANUP(fn) __attribute__((cleanup(fn)))
#define EU_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define EU_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define eu_min(a, b)                               \
	({                                         \
		__typeof__(a) min_a_ = (a);        \
		__typeof__(b) min_b_ = (b);        \
		min_a_ < min_b_ ? min_a_ : min_b_; \
	})

#define eu_max(a, b)                               \
	({                                         \
		__typeof__(a) max_a_ = (a);        \
		__typeof__(b) max_b_ = (b);        \
		max_a_ > max_b_ ? max_a_ : max_b_; \
	})

/* The pointer's value; the variable is NULL afterwards. */
#define eu_take_ptr(p)                       \
	({                                   \
		__typeof__(p) take_p_ = (p); \
		(p) = NULL;                  \
		take_p_;                     \
	})

/* The descriptor; the variable is -1 afterwards. */
#define eu_take_fd(fd)               \
	({                           \
		int take_fd_ = (fd); \
		(fd) = -1;           \
		take_fd_;            \
	})

static inline void eu_free_ptr_(void *p)
{
	free(*(void **)p);
}

/* close() that accepts -1. errno is kept. */
void eu_close(int fd);

static inline void eu_close_ptr_(int *fd)
{
	eu_close(*fd);
}

#define eu_auto_free EU_CLEANUP(eu_free_ptr_)
#define eu_auto_close EU_CLEANUP(eu_close_ptr_)

/*
 * Make room for one more element in *@arr (elements of @size bytes, @n in
 * use): capacity doubles at powers of two. Returns 0, -ENOMEM, or -E2BIG when
 * @n has reached @max.
 */
int eu_array_grow(void *arr, size_t n, size_t size, size_t max);

/*
 * The base of an unsigned number's digits for strtoull(3): 16 after "0x",
 * else 10. A leading zero does not mean octal to those who type numbers.
 */
int eu_number_base(const char *digits);

/*
 * strtod(3) with a point, whatever the locale of the process has. *@ret_end is
 * @text if no number begins there; spaces in front are none.
 */
double eu_number_real(const char *text, const char **ret_end);

/* Does @text end with @end, and have more in front of it? */
bool eu_ends_with(const char *text, const char *end);

/*
 * @n of @total, at least as many, scaled to @by; near enough where the product
 * of the two has more than 64 bits.
 */
static inline uint64_t eu_scale(uint64_t n, uint64_t by, uint64_t total)
{
	return n <= UINT64_MAX / by ? n * by / total : n / (total / by);
}

#endif
