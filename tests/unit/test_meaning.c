/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <time.h>
#include <cmocka.h>

#include "btf/meaning.h"
#include "btf/syscalls.h"

static char text[2048];

static const char *shown(const struct eu_meaning *m, bool json)
{
	size_t columns = 0;
	char *end = json ? eu_meaning_json(text, m) :
			   eu_meaning_text(text, m, &columns);

	*end = '\0';
	assert_true(strlen(text) <= eu_format_max(m->format) + m->size * 2);
	if (!json)
		assert_int_equal(columns, strlen(text));
	return text;
}

static void numbers_have_a_form_for_people_and_one_for_machines(void **state)
{
	static const struct {
		enum eu_format format;
		uint32_t size;
		bool is_signed;
		uint64_t number;
		const char *text, *json;
	} cases[] = {
		{ EU_FORMAT_DURATION, 8, 0, 0, "0", "0" },
		{ EU_FORMAT_DURATION, 8, 0, 999, "999ns", "999" },
		{ EU_FORMAT_DURATION, 8, 0, 1500, "1.5us", "1500" },
		{ EU_FORMAT_DURATION, 8, 0, 1234567, "1.235ms", "1234567" },
		{ EU_FORMAT_DURATION, 8, 0, 999999999, "1s", "999999999" },
		{ EU_FORMAT_DURATION, 8, 0, 59999600000ull, "1m", "59999600000" },
		{ EU_FORMAT_DURATION, 8, 0, 65000000000ull, "1m05s",
		  "65000000000" },
		{ EU_FORMAT_DURATION, 8, 1, (uint64_t)-1500, "-1.5us", "-1500" },
		{ EU_FORMAT_DURATION, 8, 0, UINT64_MAX, "213503d23h",
		  "18446744073709551615" },
		{ EU_FORMAT_DURATION_US, 4, 0, 10, "10us", "10" },
		{ EU_FORMAT_DURATION_MS, 4, 0, 10, "10ms", "10" },
		{ EU_FORMAT_DURATION_S, 4, 0, 7200, "2h", "7200" },
		{ EU_FORMAT_DURATION_S, 8, 0, UINT64_MAX, "213503982334601d07h",
		  "18446744073709551615" },
		{ EU_FORMAT_DURATION_MS, 8, 0, UINT64_MAX, "213503982334d14h",
		  "18446744073709551615" },
		{ EU_FORMAT_DURATION_S, 8, 1, INT64_MIN, "-106751991167300d15h",
		  "-9223372036854775808" },
		{ EU_FORMAT_SIZE, 8, 0, 1023, "1023", "1023" },
		{ EU_FORMAT_SIZE, 8, 0, 65536, "64K", "65536" },
		{ EU_FORMAT_SIZE, 8, 0, 1572864, "1.5M", "1572864" },
		{ EU_FORMAT_SIZE, 8, 0, 1048575, "1M", "1048575" },
		{ EU_FORMAT_SIZE, 8, 0, 1047552, "1023K", "1047552" },
		{ EU_FORMAT_SIZE, 8, 0, UINT64_MAX, "16E",
		  "18446744073709551615" },
		{ EU_FORMAT_ERRNO, 4, 1, (uint64_t)-2, "ENOENT", "\"ENOENT\"" },
		{ EU_FORMAT_ERRNO, 4, 0, (uint32_t)-13, "EACCES", "\"EACCES\"" },
		{ EU_FORMAT_ERRNO, 8, 1, 11, "EAGAIN", "\"EAGAIN\"" },
		{ EU_FORMAT_ERRNO, 4, 1, 0, "0", "\"0\"" },
		{ EU_FORMAT_ERRNO, 4, 1, (uint64_t)-4000, "-4000", "\"-4000\"" },
		{ EU_FORMAT_SIGNAL, 4, 1, 9, "SIGKILL", "\"SIGKILL\"" },
		{ EU_FORMAT_SIGNAL, 4, 1, 0, "0", "\"0\"" },
		{ EU_FORMAT_SYSCALL, 8, 0, SYS_openat, "openat", "\"openat\"" },
		{ EU_FORMAT_SYSCALL, 8, 0, 99999, "99999", "\"99999\"" },
		{ EU_FORMAT_UID, 4, 0, 12345, "12345", "12345" },
		{ EU_FORMAT_DEVICE, 4, 0, 8 << 20 | 17, "8:17", "\"8:17\"" },
		{ EU_FORMAT_MODE, 2, 0, 0100644, "-rw-r--r--", "\"-rw-r--r--\"" },
		{ EU_FORMAT_MODE, 4, 0, 0041777, "drwxrwxrwt", "\"drwxrwxrwt\"" },
		{ EU_FORMAT_MODE, 4, 0, 0104711, "-rws--x--x", "\"-rws--x--x\"" },
		{ EU_FORMAT_MODE, 4, 0, 0102644, "-rw-r-Sr--", "\"-rw-r-Sr--\"" },
		{ EU_FORMAT_MODE, 4, 0, 0600, "0600", "\"0600\"" },
		{ EU_FORMAT_HEX, 4, 1, (uint64_t)-1, "0xffffffff",
		  "\"0xffffffff\"" },
		{ EU_FORMAT_HEX, 8, 0, 0, "0x0", "\"0x0\"" },
		{ EU_FORMAT_CGROUP, 8, 0, 77, "77", "\"77\"" },
		{ EU_FORMAT_NETNS, 4, 0, 4026531840, "4026531840", "4026531840" },
		{ EU_FORMAT_TIMESTAMP, 8, 0, 5, "5", "5" },
		{ EU_FORMAT_TIMESTAMP, 8, 0, 0, "-", "null" },
	};

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const struct eu_meaning m = {
			.format = cases[i].format,
			.is_signed = cases[i].is_signed,
			.size = cases[i].size,
			.number = cases[i].number,
		};

		assert_string_equal(shown(&m, false), cases[i].text);
		assert_string_equal(shown(&m, true), cases[i].json);
	}
}

static void addresses_are_bytes(void **state)
{
	static const struct {
		enum eu_format format;
		uint32_t size;
		const char *bytes, *text, *json;
	} cases[] = {
		{ EU_FORMAT_IPV4, 4, "\xc0\0\2\xff", "192.0.2.255",
		  "\"192.0.2.255\"" },
		{ EU_FORMAT_IPV6, 16, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1",
		  "2001:db8::1", "\"2001:db8::1\"" },
		{ EU_FORMAT_IPV6, 16,
		  "\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff",
		  "::ffff:255.255.255.255", "\"::ffff:255.255.255.255\"" },
		{ EU_FORMAT_IPV6, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		  "::", "\"::\"" },
		{ EU_FORMAT_IPV6, 16, "\0\1\0\0\0\0\0\2\0\0\0\0\0\0\0\0",
		  "1:0:0:2::", "\"1:0:0:2::\"" },
		{ EU_FORMAT_IPV6, 16, "\0\1\0\0\0\3\0\2\0\4\0\5\xab\xcd\0\0",
		  "1:0:3:2:4:5:abcd:0", "\"1:0:3:2:4:5:abcd:0\"" },
		{ EU_FORMAT_IPV6, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "::1",
		  "\"::1\"" },
		{ EU_FORMAT_IPV6, 16, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
		  "fe80::1", "\"fe80::1\"" },
		{ EU_FORMAT_MAC, 6, "\2\0\0\0\xab\1", "02:00:00:00:ab:01",
		  "\"02:00:00:00:ab:01\"" },
		{ EU_FORMAT_PORT, 2, "\1\xbb", "443", "443" },
		{ EU_FORMAT_HEX, 5, "\0\1\2\xfe\xff", "000102feff",
		  "\"000102feff\"" },
	};
	uint8_t back[16];

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		const struct eu_meaning m = {
			.format = cases[i].format,
			.size = cases[i].size,
			.data = cases[i].bytes,
		};

		assert_string_equal(shown(&m, false), cases[i].text);
		assert_string_equal(shown(&m, true), cases[i].json);
		if (m.size == 2 || m.size == 5)
			continue;
		assert_int_equal(eu_meaning_address(m.format, cases[i].text,
						    back, m.size),
				 1);
		assert_memory_equal(back, m.data, m.size);
	}
}

/* Any pattern of zeros, as the C library writes it. */
static void ipv6_as_the_library_has_it(void **state)
{
	uint8_t b[16];
	char want[64];

	(void)state;
	for (unsigned int i = 0; i < 1 << 16; i++) {
		const struct eu_meaning m = { .format = EU_FORMAT_IPV6,
					      .size = 16,
					      .data = b };

		for (int k = 0; k < 16; k++)
			b[k] = i >> k & 1 ?
				       (uint8_t)((i * 7 + (unsigned)k * 31) | 1) :
				       0;
		inet_ntop(AF_INET6, b, want, sizeof(want));
		assert_string_equal(shown(&m, false), want);
	}
}

/* What is written is read again as the same number. */
static void words_are_read_back(void **state)
{
	static const struct {
		enum eu_format format;
		const char *text;
		uint64_t number;
	} cases[] = {
		{ EU_FORMAT_DEVICE, "8:17", 8 << 20 | 17 },
		{ EU_FORMAT_MODE, "0644", 0644 },
		{ EU_FORMAT_SYSCALL, "openat", SYS_openat },
		{ EU_FORMAT_SIGNAL, "SIGKILL", 9 },
		{ EU_FORMAT_UID, "root", 0 },
	};
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		assert_int_equal(
			eu_meaning_number(cases[i].format, cases[i].text, &n), 1);
		assert_int_equal(n, cases[i].number);
	}
	assert_int_equal(eu_meaning_number(EU_FORMAT_MODE, "089", &n), -EINVAL);
	assert_int_equal(eu_meaning_number(EU_FORMAT_DEVICE, "8:", &n), 0);
	assert_int_equal(eu_meaning_number(EU_FORMAT_DEVICE, "4096:0", &n),
			 -ERANGE);
}

static void names_of_this_machine(void **state)
{
	struct eu_names *names = eu_names_new();
	struct eu_meaning m = { .format = EU_FORMAT_UID,
				.size = 4,
				.names = names };

	(void)state;
	assert_non_null(names);
	assert_string_equal(shown(&m, false), "root");
	assert_string_equal(shown(&m, true), "0");
	m.format = EU_FORMAT_GID;
	assert_string_equal(shown(&m, false), "root");
	m.number = 54321;
	assert_string_equal(shown(&m, false), "54321");
	eu_names_free(names);
}

static void times_are_of_the_wall_clock(void **state)
{
	struct eu_names *names = eu_names_new();
	struct eu_meaning m = { .format = EU_FORMAT_WALLCLOCK,
				.size = 8,
				.number = 1500000000123456789ull,
				.names = names };
	struct timespec ts;
	uint64_t wall;

	(void)state;
	setenv("TZ", "EST5", 1);
	tzset();
	assert_string_equal(shown(&m, false), "21:40:00.123456");
	assert_string_equal(shown(&m, true),
			    "\"2017-07-14T02:40:00.123456789Z\"");
	eu_names_utc(names);
	assert_string_equal(shown(&m, false), "02:40:00.123456");
	/* The monotonic clock's now is the wall's now. */
	clock_gettime(CLOCK_MONOTONIC, &ts);
	wall = eu_names_wall(names, (uint64_t)ts.tv_sec * 1000000000 +
					    (uint64_t)ts.tv_nsec);
	clock_gettime(CLOCK_REALTIME, &ts);
	assert_in_range(wall / 1000000000, ts.tv_sec - 60, ts.tv_sec + 60);
	eu_names_free(names);
}

static void system_calls_have_names(void **state)
{
	(void)state;
	assert_string_equal(eu_syscall_name(SYS_read), "read");
	assert_int_equal(eu_syscall_number("exit_group"), SYS_exit_group);
	assert_int_equal(eu_syscall_number("no_such_call"), -1);
	assert_null(eu_syscall_name(UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			numbers_have_a_form_for_people_and_one_for_machines),
		cmocka_unit_test(addresses_are_bytes),
		cmocka_unit_test(ipv6_as_the_library_has_it),
		cmocka_unit_test(words_are_read_back),
		cmocka_unit_test(names_of_this_machine),
		cmocka_unit_test(times_are_of_the_wall_clock),
		cmocka_unit_test(system_calls_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
