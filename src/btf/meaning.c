/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "btf/meaning.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/account.h"
#include "base/fmt.h"
#include "btf/syscalls.h"

static int parse_ipv4(const char *text, void *dst)
{
	return inet_pton(AF_INET, text, dst) == 1 ? 1 : -EINVAL;
}

static int parse_ipv6(const char *text, void *dst)
{
	return inet_pton(AF_INET6, text, dst) == 1 ? 1 : -EINVAL;
}

static int parse_mac(const char *text, void *dst)
{
	uint8_t *to = dst;
	unsigned int b[6];
	int n = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
		   &b[3], &b[4], &b[5], &n) != 6 ||
	    text[n])
		return -EINVAL;
	for (int i = 0; i < 6; i++)
		to[i] = b[i];
	return 1;
}

struct unit {
	const char *name;
	double times;
};

static const struct unit times[] = {
	{ "ns", 1 },   { "us", 1e3 },	{ "ms", 1e6 },	  { "s", 1e9 },
	{ "m", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 }, { NULL, 0 },
};

static const struct unit sizes[] = {
	{ "K", 0x1p10 },   { "KiB", 0x1p10 }, { "M", 0x1p20 },
	{ "MiB", 0x1p20 }, { "G", 0x1p30 },   { "GiB", 0x1p30 },
	{ "T", 0x1p40 },   { "TiB", 0x1p40 }, { NULL, 0 },
};

/* A number with a unit; one without is left to others. */
static int with_unit(const char *text, const struct unit *u, double per,
		     uint64_t *ret)
{
	const char *end;
	double d = eu_number_real(text, &end);

	if (!*text || !*end)
		return 0;
	for (; u->name && end != text; u++) {
		if (strcmp(u->name, end))
			continue;
		d = d * u->times / per;
		if (!(d >= 0 && d < 0x1p64))
			return -ERANGE;
		*ret = (uint64_t)(d + 0.5);
		return 1;
	}
	return -EINVAL;
}

static int signal_number(const char *text, uint64_t *ret)
{
	const char *name, *word = strncmp(text, "SIG", 3) ? text : text + 3;

	for (int i = 1; i < NSIG; i++) {
		name = sigabbrev_np(i);
		if (!name || strcmp(name, word))
			continue;
		*ret = i;
		return 1;
	}
	return 0;
}

static int errno_number(const char *text, uint64_t *ret)
{
	const char *name;

	for (int i = 1; i < 4096; i++) {
		name = strerrorname_np(i);
		if (!name || strcmp(name, text))
			continue;
		*ret = i;
		return 1;
	}
	return 0;
}

static int user_number(const char *text, uint64_t *ret)
{
	struct eu_account a;

	if (!eu_account_user(text, &a))
		return 0;
	*ret = a.id;
	return 1;
}

static int group_number(const char *text, uint64_t *ret)
{
	struct eu_account a;

	if (!eu_account_group(text, &a))
		return 0;
	*ret = a.id;
	return 1;
}

/* A cgroup's id is the inode of its directory, a namespace's that of its file. */
static int inode_number(const char *text, uint64_t *ret)
{
	struct stat st;

	if (!strchr(text, '/'))
		return 0;
	if (stat(text, &st))
		return -errno;
	*ret = st.st_ino;
	return 1;
}

static int port_number(const char *text, uint64_t *ret)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || *text == '-' || n > 65535)
		return -EINVAL;
	*ret = htons(n);
	return 1;
}

static int syscall_number(const char *text, uint64_t *ret)
{
	int n = eu_syscall_number(text);

	if (n >= 0)
		*ret = (uint64_t)n;
	return n >= 0;
}

/* "8:1" as the kernel has it, with twenty bits for the second. */
static int device_number(const char *text, uint64_t *ret)
{
	unsigned int major, minor;
	int n = 0;

	if (sscanf(text, "%4u:%7u%n", &major, &minor, &n) != 2 || text[n])
		return 0;
	if (major >= 1 << 12 || minor >= 1 << 20)
		return -ERANGE;
	*ret = (uint64_t)major << 20 | minor;
	return 1;
}

/* Octal, with a zero in front as C has it. */
static int mode_number(const char *text, uint64_t *ret)
{
	char *end;

	if (*text != '0' || text[1] == 'x')
		return 0;
	*ret = strtoul(text, &end, 8);
	return *end ? -EINVAL : 1;
}

/* Short: calls of two functions would take longer than the loop. */
static char *put(char *p, const char *text)
{
	while (*text)
		*p++ = *text++;
	return p;
}

static char *put_plain(char *p, const struct eu_meaning *m)
{
	return m->is_signed ? eu_fmt_i64(p, (int64_t)m->number) :
			      eu_fmt_u64(p, m->number);
}

static char *put_ipv4(char *p, const struct eu_meaning *m)
{
	const uint8_t *b = m->data;

	for (int i = 0; i < 4; i++) {
		p = eu_fmt_u64(p, b[i]);
		*p++ = '.';
	}
	return p - 1;
}

/* The first of the longest runs of zeros, of two at least (RFC 5952). */
static int longest_run(const uint16_t *word, int *ret_n)
{
	int at = -1;

	*ret_n = 1;
	for (int i = 0, n; i < 8; i += n + 1) {
		for (n = 0; i + n < 8 && !word[i + n];)
			n++;
		if (n > *ret_n) {
			*ret_n = n;
			at = i;
		}
	}
	return at;
}

static char *put_ipv6(char *p, const struct eu_meaning *m)
{
	const uint8_t *b = m->data;
	uint16_t word[8];
	int run, n;

	for (int i = 0; i < 8; i++)
		word[i] = (uint16_t)(b[i * 2] << 8 | b[i * 2 + 1]);
	run = longest_run(word, &n);
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			*p++ = ':';
			i += n - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i)
			*p++ = ':';
		/* An IPv4 address in the place of one. */
		if (i == 6 && !run && (n == 6 || (n == 5 && word[5] == 0xffff)))
			return put_ipv4(p,
					&(struct eu_meaning){ .data = b + 12 });
		p = eu_fmt_hex(p, word[i]);
	}
	return p;
}

static char *put_mac(char *p, const struct eu_meaning *m)
{
	for (int i = 0; i < 6; i++) {
		p = eu_fmt_hexdump(p, (const char *)m->data + i, 1);
		*p++ = ':';
	}
	return p - 1;
}

static char *put_port(char *p, const struct eu_meaning *m)
{
	const uint8_t *b = m->data;

	return eu_fmt_u64(p, (uint64_t)b[0] << 8 | b[1]);
}

/*
 * @v is in parts of 10 to the power of @digits; zeros at the end are not shown.
 */
static char *put_decimals(char *p, uint64_t v, int digits)
{
	static const uint32_t powers[] = { 1, 10, 100, 1000 };
	uint64_t rest = v % powers[digits];

	p = eu_fmt_u64(p, v / powers[digits]);
	if (!rest)
		return p;
	*p++ = '.';
	while (rest) {
		digits--;
		*p++ = (char)('0' + rest / powers[digits]);
		rest %= powers[digits];
	}
	return p;
}

/* Two units: "1m05s", "2h", "3d04h". */
static char *put_long(char *p, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *unit, *lower;
		uint64_t per;
	} units[] = {
		{ 86400, "d", "h", 3600 },
		{ 3600, "h", "m", 60 },
		{ 60, "m", "s", 1 },
	};
	uint64_t low;

	for (size_t i = 0; i < EU_COUNT(units); i++) {
		if (seconds < units[i].seconds)
			continue;
		p = eu_fmt_u64(p, seconds / units[i].seconds);
		p = put(p, units[i].unit);
		low = seconds % units[i].seconds / units[i].per;
		if (!low)
			break;
		if (low < 10)
			*p++ = '0';
		p = eu_fmt_u64(p, low);
		return put(p, units[i].lower);
	}
	return p;
}

static uint64_t nanoseconds(enum eu_format unit);

/* Each limit is where rounding to three decimals would reach the next unit. */
static char *put_duration(char *p, const struct eu_meaning *m)
{
	static const struct {
		uint64_t below, per;
		const char *unit;
	} units[] = {
		{ 1000, 1, "ns" },
		{ 999999500 / 1000, 1000, "us" },
		{ 999999500, 1000000, "ms" },
		{ 59999500000, 1000000000, "s" },
	};
	uint64_t n = m->number, ns = nanoseconds(m->format);
	uint64_t per_second = 1000000000 / ns;

	if (m->is_signed && (int64_t)n < 0) {
		*p++ = '-';
		n = -n;
	}
	if (!n)
		return put(p, "0");
	if (n >= units[EU_COUNT(units) - 1].below / ns)
		return put_long(p, n / per_second +
					   (n % per_second * 2 >= per_second));
	n *= ns;
	for (size_t i = 0; i < EU_COUNT(units); i++)
		if (n < units[i].below)
			return put(put_decimals(p,
						(n * 1000 + units[i].per / 2) /
							units[i].per,
						3),
				   units[i].unit);
	return put_long(p, (n + 500000000) / 1000000000);
}

static char *put_size(char *p, const struct eu_meaning *m)
{
	static const char units[] = "KMGTPE";
	uint64_t n = m->number, tenths;
	size_t i = 0;

	if ((m->is_signed && (int64_t)n < 0) || n < 1024)
		return put_plain(p, m);
	/* From where the number of tenths is small. */
	while (n >> i * 10 >= 1 << 20)
		i++;
	tenths = ((n >> i * 10) * 10 + 512) / 1024;
	if (tenths >= 10240 && units[i + 1])
		tenths = ((n >> ++i * 10) * 10 + 512) / 1024;
	p = put_decimals(p, tenths, 1);
	*p++ = units[i];
	return p;
}

/* Six digits behind the point for people, nine for machines. */
static char *put_fraction(char *p, uint64_t ns, int digits)
{
	uint32_t v = (uint32_t)(ns % 1000000000);

	*p++ = '.';
	memcpy(p, eu_fmt_triples + v / 1000000 * 4, 3);
	memcpy(p + 3, eu_fmt_triples + v / 1000 % 1000 * 4, 3);
	memcpy(p + 6, eu_fmt_triples + v % 1000 * 4, 3);
	return p + digits;
}

/* The wall clock's nanoseconds; false if they cannot be told. */
static bool wall(const struct eu_meaning *m, uint64_t *ret)
{
	*ret = m->number;
	if (m->format == EU_FORMAT_TIMESTAMP && m->names && *ret)
		*ret = eu_names_wall(m->names, *ret);
	return m->names && m->number;
}

static char *put_time(char *p, const struct eu_meaning *m)
{
	uint64_t ns;

	if (!wall(m, &ns))
		return m->number ? put_plain(p, m) : put(p, "-");
	p = put(p, eu_names_clock(m->names, ns / 1000000000));
	return put_fraction(p, ns, 6);
}

static char *put_iso_time(char *p, const struct eu_meaning *m)
{
	uint64_t ns;

	if (!wall(m, &ns))
		return m->number ? put_plain(p, m) : put(p, "null");
	*p++ = '"';
	p = put(p, eu_names_date(m->names, ns / 1000000000));
	p = put_fraction(p, ns, 9);
	return put(p, "Z\"");
}

static char *put_errno(char *p, const struct eu_meaning *m)
{
	int64_t n = (int64_t)m->number;
	const char *name;

	/* A negative number that somebody keeps as an unsigned one. */
	if (!m->is_signed && m->size == 4)
		n = (int32_t)n;
	name = n && n > -4096 && n < 4096 ?
		       strerrorname_np((int)(n < 0 ? -n : n)) :
		       NULL;
	return name ? put(p, name) : put_plain(p, m);
}

static char *put_signal(char *p, const struct eu_meaning *m)
{
	const char *name = m->number && m->number < NSIG ?
				   sigabbrev_np((int)m->number) :
				   NULL;

	return name ? put(put(p, "SIG"), name) : put_plain(p, m);
}

static char *put_syscall(char *p, const struct eu_meaning *m)
{
	const char *name = eu_syscall_name(m->number);

	return name ? put(p, name) : put_plain(p, m);
}

static char *put_device(char *p, const struct eu_meaning *m)
{
	p = eu_fmt_u64(p, m->number >> 20);
	*p++ = ':';
	return eu_fmt_u64(p, m->number & 0xfffff);
}

/* As ls(1) shows it; octal digits where the file's type is not part of it. */
static char *put_mode(char *p, const struct eu_meaning *m)
{
	static const char types[] = "?pc?d?b?-?l?s???", all[] = "rwxrwxrwx";
	uint64_t mode = m->number;

	if (!(mode & S_IFMT) || mode > 0177777) {
		*p++ = '0';
		return p + snprintf(p, 24, "%llo", (unsigned long long)mode);
	}
	*p++ = types[mode >> 12 & 15];
	for (int i = 0; i < 9; i++)
		p[i] = mode & 0400 >> i ? all[i] : '-';
	if (mode & S_ISUID)
		p[2] = mode & 0100 ? 's' : 'S';
	if (mode & S_ISGID)
		p[5] = mode & 0010 ? 's' : 'S';
	if (mode & S_ISVTX)
		p[8] = mode & 0001 ? 't' : 'T';
	return p + 9;
}

static char *put_hex(char *p, const struct eu_meaning *m)
{
	if (m->bytes || m->size > 8 || (m->size & (m->size - 1)))
		return eu_fmt_hexdump(p, m->data, m->size);
	p = put(p, "0x");
	return eu_fmt_hex(p, m->size < 8 ?
				     m->number & ((1ull << m->size * 8) - 1) :
				     m->number);
}

/* A format: how it is read and how it is written. */
static const struct how {
	/* An address of so many bytes: 1, or -EINVAL. */
	int (*address)(const char *text, void *dst);
	uint32_t size;
	/* A number's own form: by its function, or one of @units in @unit. */
	int (*number)(const char *text, uint64_t *ret);
	const struct unit *units;
	uint64_t unit;
	char *(*text)(char *p, const struct eu_meaning *m);
	char *(*json)(char *p, const struct eu_meaning *m); /* NULL: as text */
	/* Names go before @text, and before JSON that is text. */
	bool named;
	enum eu_names_of list;
} hows[EU_FORMAT_COUNT] = {
	[EU_FORMAT_NONE] = { .text = put_plain },
	[EU_FORMAT_IPV4] = { parse_ipv4, 4, .text = put_ipv4 },
	[EU_FORMAT_IPV6] = { parse_ipv6, 16, .text = put_ipv6 },
	[EU_FORMAT_MAC] = { parse_mac, 6, .text = put_mac },
	[EU_FORMAT_PORT] = { .number = port_number,
			     .text = put_port,
			     .json = put_port },
	[EU_FORMAT_DURATION] = { .units = times,
				 .unit = 1,
				 .text = put_duration,
				 .json = put_plain },
	[EU_FORMAT_DURATION_US] = { .units = times,
				    .unit = 1000,
				    .text = put_duration,
				    .json = put_plain },
	[EU_FORMAT_DURATION_MS] = { .units = times,
				    .unit = 1000000,
				    .text = put_duration,
				    .json = put_plain },
	[EU_FORMAT_DURATION_S] = { .units = times,
				   .unit = 1000000000,
				   .text = put_duration,
				   .json = put_plain },
	[EU_FORMAT_TIMESTAMP] = { .text = put_time, .json = put_iso_time },
	[EU_FORMAT_WALLCLOCK] = { .text = put_time, .json = put_iso_time },
	[EU_FORMAT_SIZE] = { .units = sizes,
			     .unit = 1,
			     .text = put_size,
			     .json = put_plain },
	[EU_FORMAT_ERRNO] = { .number = errno_number, .text = put_errno },
	[EU_FORMAT_SIGNAL] = { .number = signal_number, .text = put_signal },
	[EU_FORMAT_SYSCALL] = { .number = syscall_number, .text = put_syscall },
	[EU_FORMAT_UID] = { .number = user_number,
			    .text = put_plain,
			    .json = put_plain,
			    .named = true,
			    .list = EU_NAMES_USER },
	[EU_FORMAT_GID] = { .number = group_number,
			    .text = put_plain,
			    .json = put_plain,
			    .named = true,
			    .list = EU_NAMES_GROUP },
	[EU_FORMAT_DEVICE] = { .number = device_number, .text = put_device },
	[EU_FORMAT_MODE] = { .number = mode_number, .text = put_mode },
	[EU_FORMAT_CGROUP] = { .number = inode_number,
			       .text = put_plain,
			       .named = true,
			       .list = EU_NAMES_CGROUP },
	[EU_FORMAT_NETNS] = { .number = inode_number,
			      .text = put_plain,
			      .json = put_plain,
			      .named = true,
			      .list = EU_NAMES_NETNS },
	[EU_FORMAT_HEX] = { .text = put_hex },
};

static uint64_t nanoseconds(enum eu_format unit)
{
	return hows[unit].unit;
}

int eu_meaning_address(enum eu_format format, const char *text, void *dst,
		       size_t size)
{
	const struct how *h = &hows[format];

	return h->address && h->size == size ? h->address(text, dst) : 0;
}

int eu_meaning_number(enum eu_format format, const char *text, uint64_t *ret)
{
	const struct how *h = &hows[format];

	if (h->units)
		return with_unit(text, h->units, (double)h->unit, ret);
	return h->number ? h->number(text, ret) : 0;
}

static const char *name_of(const struct eu_meaning *m)
{
	const struct how *h = &hows[m->format];

	return h->named && m->names ?
		       eu_names_find(m->names, h->list, m->number) :
		       NULL;
}

char *eu_meaning_text(char *p, const struct eu_meaning *m, size_t *columns)
{
	const char *name = name_of(m);
	char *from = p;

	if (name)
		return eu_fmt_text(p, name, strlen(name), columns);
	p = hows[m->format].text(p, m);
	*columns += (size_t)(p - from);
	return p;
}

char *eu_meaning_json(char *p, const struct eu_meaning *m)
{
	const struct how *h = &hows[m->format];
	const char *name;

	if (h->json)
		return h->json(p, m);
	name = name_of(m);
	if (name)
		return eu_fmt_json(p, name, strlen(name));
	*p++ = '"';
	p = h->text(p, m);
	*p++ = '"';
	return p;
}

bool eu_meaning_is_plain(enum eu_format format)
{
	return hows[format].json == put_plain;
}
