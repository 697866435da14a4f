/* SPDX-License-Identifier: MIT */
#include "btf/format.h"

#include <string.h>

#include "btf/names.h"

enum { MAX_TYPEDEFS = 32 };

/* Names are cut at EU_NAMES_MAX, and a byte may take six. */
enum { MAX_NAME = EU_NAMES_MAX * 6 + 4, MAX_PATH = EU_NAMES_PATH * 6 + 4 };

static const char no_duration[] = "is no duration (10ms, 1.5s, 2h)";

/*
 * Its name, the bytes of its text at most, usual columns, and what a wrong
 * text of it is not. How it is read and written: meaning.c.
 */
static const struct row {
	const char *name;
	uint16_t max;
	uint8_t width;
	const char *hint;
} rows[EU_FORMAT_COUNT] = {
	[EU_FORMAT_NONE] = { "", 0, 0 },
	[EU_FORMAT_IPV4] = { "ipv4", 20, 15, "is no IPv4 address (192.0.2.1)" },
	[EU_FORMAT_IPV6] = { "ipv6", 64, 25, "is no IPv6 address (2001:db8::1)" },
	[EU_FORMAT_MAC] = { "mac", 20, 17,
			    "is no MAC address (02:00:00:00:00:01)" },
	[EU_FORMAT_PORT] = { "port", 8, 0, "is no port from 0 to 65535" },
	[EU_FORMAT_DURATION] = { "duration", 32, 8, no_duration },
	[EU_FORMAT_DURATION_US] = { "duration_us", 32, 8, no_duration },
	[EU_FORMAT_DURATION_MS] = { "duration_ms", 32, 8, no_duration },
	[EU_FORMAT_DURATION_S] = { "duration_s", 32, 8, no_duration },
	[EU_FORMAT_TIMESTAMP] = { "timestamp", 48, 15 },
	[EU_FORMAT_WALLCLOCK] = { "wallclock", 48, 15 },
	[EU_FORMAT_SIZE] = { "size", 32, 0, "is no size (4096, 64K, 1.5M)" },
	[EU_FORMAT_ERRNO] = { "errno", 40, 12 },
	[EU_FORMAT_SIGNAL] = { "signal", 32, 8 },
	[EU_FORMAT_SYSCALL] = { "syscall", 64, 16 },
	[EU_FORMAT_UID] = { "uid", MAX_NAME, 8 },
	[EU_FORMAT_GID] = { "gid", MAX_NAME, 8 },
	[EU_FORMAT_DEVICE] = { "device", 32, 0 },
	[EU_FORMAT_MODE] = { "mode", 32, 10 },
	[EU_FORMAT_CGROUP] = { "cgroup", MAX_PATH, 24 },
	[EU_FORMAT_NETNS] = { "netns", MAX_NAME, 10 },
	[EU_FORMAT_HEX] = { "hex", 24, 10 },
};

/*
 * Typedefs of other systems: those of bumblebee, and those that gadgets of
 * Inspektor Gadget use. Ours are "eu_" and the format's name.
 */
static const struct {
	const char *name;
	enum eu_format format;
} typedefs[] = {
	{ "ipv4_addr", EU_FORMAT_IPV4 },
	{ "ipv6_addr", EU_FORMAT_IPV6 },
	{ "duration", EU_FORMAT_DURATION },
	{ "gadget_timestamp", EU_FORMAT_TIMESTAMP },
	{ "gadget_duration", EU_FORMAT_DURATION },
	{ "gadget_bytes", EU_FORMAT_SIZE },
	{ "gadget_errno", EU_FORMAT_ERRNO },
	{ "gadget_signal", EU_FORMAT_SIGNAL },
	{ "gadget_syscall", EU_FORMAT_SYSCALL },
	{ "gadget_uid", EU_FORMAT_UID },
	{ "gadget_gid", EU_FORMAT_GID },
	{ "gadget_file_mode", EU_FORMAT_MODE },
};

enum eu_format eu_format_find(const char *name)
{
	for (int i = EU_FORMAT_NONE + 1; i < EU_FORMAT_COUNT; i++)
		if (!strcmp(rows[i].name, name))
			return i;
	return EU_FORMAT_NONE;
}

const char *eu_format_name(enum eu_format format)
{
	return rows[format].name;
}

size_t eu_format_max(enum eu_format format)
{
	return rows[format].max;
}

size_t eu_format_width(enum eu_format format)
{
	return rows[format].width;
}

int eu_format_list(struct eu_error *err)
{
	int r = 0;

	for (int i = EU_FORMAT_NONE + 1; i < EU_FORMAT_COUNT; i++)
		r = eu_error_append(err, err ? err->code : 0, "%s%s",
				    i > 1 ? ", " : "", rows[i].name);
	return r;
}

const char *eu_format_hint(enum eu_format format)
{
	return rows[format].hint ?: "is not a value of it";
}

/* Structs that are addresses wherever they come from. */
static enum eu_format of_struct(const char *name, uint32_t size)
{
	if (!strcmp(name, "in_addr") && size == 4)
		return EU_FORMAT_IPV4;
	if (!strcmp(name, "in6_addr") && size == 16)
		return EU_FORMAT_IPV6;
	return EU_FORMAT_NONE;
}

static enum eu_format of_typedef(const char *name)
{
	if (!strncmp(name, "eu_", 3))
		return eu_format_find(name + 3);
	for (size_t i = 0; i < EU_COUNT(typedefs); i++)
		if (!strcmp(typedefs[i].name, name))
			return typedefs[i].format;
	return EU_FORMAT_NONE;
}

enum eu_format eu_format_of_type(const struct btf *btf, uint32_t type_id)
{
	const struct btf_type *t = btf__type_by_id(btf, type_id);
	enum eu_format format = EU_FORMAT_NONE;

	for (int i = 0; i < MAX_TYPEDEFS && t && !format; i++) {
		if (btf_is_typedef(t))
			format = of_typedef(
				btf__name_by_offset(btf, t->name_off) ?: "");
		else if (btf_is_struct(t))
			return of_struct(btf__name_by_offset(btf, t->name_off) ?:
						 "",
					 t->size);
		else if (!btf_is_mod(t) && !btf_is_type_tag(t))
			break;
		t = btf__type_by_id(btf, t->type);
	}
	return format;
}
