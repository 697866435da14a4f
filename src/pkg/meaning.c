/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "pkg/meaning.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int parse_mac(const char *text, uint8_t *dst)
{
	unsigned int b[6];
	int n = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
		   &b[3], &b[4], &b[5], &n) != 6 ||
	    text[n])
		return -EINVAL;
	for (int i = 0; i < 6; i++)
		dst[i] = b[i];
	return 1;
}

int eu_meaning_address(enum eu_format format, const char *text, void *dst,
		       size_t size)
{
	if (format == EU_FORMAT_IPV4 && size == 4)
		return inet_pton(AF_INET, text, dst) == 1 ? 1 : -EINVAL;
	if (format == EU_FORMAT_IPV6 && size == 16)
		return inet_pton(AF_INET6, text, dst) == 1 ? 1 : -EINVAL;
	if (format == EU_FORMAT_MAC && size == 6)
		return parse_mac(text, dst);
	return 0;
}

struct unit {
	const char *name;
	double times;
};

static const struct unit times[] = {
	{ "ns", 1 },   { "us", 1e3 },	{ "ms", 1e6 },	  { "s", 1e9 },
	{ "m", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 },
};

static const struct unit sizes[] = {
	{ "K", 0x1p10 }, { "KiB", 0x1p10 }, { "M", 0x1p20 }, { "MiB", 0x1p20 },
	{ "G", 0x1p30 }, { "GiB", 0x1p30 }, { "T", 0x1p40 }, { "TiB", 0x1p40 },
};

/* A number with a unit; one without is left to others. */
static int with_unit(const char *text, const struct unit *u, size_t n,
		     double per, uint64_t *ret)
{
	const char *end;
	double d = eu_number_real(text, &end);

	if (!*text || !*end)
		return 0;
	for (size_t i = 0; i < n && end != text; i++) {
		if (strcmp(u[i].name, end))
			continue;
		d = d * u[i].times / per;
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

/* As the file that it is: the name service is not for static executables. */
static int user_number(const char *text, uint64_t *ret)
{
	FILE *f = fopen("/etc/passwd", "re");
	struct passwd *pw;
	int r = 0;

	while (f && !r && (pw = fgetpwent(f)))
		if (!strcmp(pw->pw_name, text)) {
			*ret = pw->pw_uid;
			r = 1;
		}
	if (f)
		fclose(f);
	return r;
}

static int group_number(const char *text, uint64_t *ret)
{
	FILE *f = fopen("/etc/group", "re");
	struct group *gr;
	int r = 0;

	while (f && !r && (gr = fgetgrent(f)))
		if (!strcmp(gr->gr_name, text)) {
			*ret = gr->gr_gid;
			r = 1;
		}
	if (f)
		fclose(f);
	return r;
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

int eu_meaning_number(enum eu_format format, const char *text, uint64_t *ret)
{
	switch (format) {
	case EU_FORMAT_DURATION:
		return with_unit(text, times, EU_COUNT(times), 1, ret);
	case EU_FORMAT_DURATION_US:
		return with_unit(text, times, EU_COUNT(times), 1e3, ret);
	case EU_FORMAT_DURATION_MS:
		return with_unit(text, times, EU_COUNT(times), 1e6, ret);
	case EU_FORMAT_DURATION_S:
		return with_unit(text, times, EU_COUNT(times), 1e9, ret);
	case EU_FORMAT_SIZE:
		return with_unit(text, sizes, EU_COUNT(sizes), 1, ret);
	case EU_FORMAT_PORT: return port_number(text, ret);
	case EU_FORMAT_SIGNAL: return signal_number(text, ret);
	case EU_FORMAT_ERRNO: return errno_number(text, ret);
	case EU_FORMAT_UID: return user_number(text, ret);
	case EU_FORMAT_GID: return group_number(text, ret);
	case EU_FORMAT_CGROUP:
	case EU_FORMAT_NETNS: return inode_number(text, ret);
	default: return 0;
	}
}
