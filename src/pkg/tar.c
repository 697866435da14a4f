/* SPDX-License-Identifier: MIT */
#include "pkg/tar.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

/* ustar header: offsets and widths of the fields in use. */
enum {
	NAME_AT = 0,
	NAME_LEN = 100,
	MODE_AT = 100, /* and owner and group behind it */
	SIZE_AT = 124,
	SIZE_LEN = 12,
	TIME_AT = 136,
	SUM_AT = 148,
	SUM_LEN = 8,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	PREFIX_AT = 345,
	PREFIX_LEN = 155,
};

/* What records before an entry say about it. */
struct overrides {
	char name[sizeof(((struct eu_tar *)NULL)->name)];
	uint64_t size;
	bool has_size;
};

/* Octal digits after spaces; ends at the first other byte. */
static uint64_t octal(const char *p, size_t n)
{
	uint64_t v = 0;

	for (; n && *p == ' '; n--)
		p++;
	for (; n && *p >= '0' && *p <= '7'; n--)
		v = v << 3 | (*p++ - '0');
	return v;
}

static bool sum_is_right(const char *h)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? ' ' :
							     (unsigned char)h[i];
	return sum == octal(h + SUM_AT, SUM_LEN);
}

bool eu_tar_is(const void *data, size_t len)
{
	const char *h = data;

	return len >= BLOCK && h[0] && sum_is_right(h);
}

void eu_tar_init(struct eu_tar *t, const void *data, size_t len)
{
	memset(t, 0, sizeof(*t));
	t->data = data;
	t->len = len;
}

static int broken(const struct eu_tar *t, const char *what, struct eu_error *err)
{
	return eu_error_set(err, -EINVAL, "tar archive: %s at offset %zu", what,
			    t->pos);
}

/* Pax records: "LENGTH KEY=VALUE\n", LENGTH counts all of it. */
static int read_pax(const struct eu_tar *t, const char *p, size_t n,
		    struct overrides *o, struct eu_error *err)
{
	const char *key, *value;
	size_t len, i, vlen;

	for (; n; p += len, n -= len) {
		for (len = 0, i = 0;
		     i < n && i < 8 && p[i] >= '0' && p[i] <= '9'; i++)
			len = len * 10 + (p[i] - '0');
		if (i == n || p[i] != ' ' || len <= i + 1 || len > n ||
		    p[len - 1] != '\n')
			return broken(t, "bad extended header", err);
		key = p + i + 1;
		value = memchr(key, '=', p + len - key);
		if (!value)
			return broken(t, "bad extended header", err);
		value++;
		vlen = p + len - 1 - value;
		if (!strncmp(key, "path=", 5) && vlen < sizeof(o->name)) {
			memcpy(o->name, value, vlen);
			o->name[vlen] = '\0';
		} else if (!strncmp(key, "size=", 5)) {
			o->has_size = true;
			for (o->size = 0; vlen && *value >= '0' &&
					  *value <= '9' && o->size < UINT32_MAX;
			     vlen--)
				o->size = o->size * 10 + (*value++ - '0');
		}
	}
	return 0;
}

static void set_name(struct eu_tar *t, const char *h, const char *longer)
{
	char name[NAME_LEN + PREFIX_LEN + 2];
	size_t n = 0;

	if (!memcmp(h + MAGIC_AT, "ustar", 6) && h[PREFIX_AT]) {
		n = strnlen(h + PREFIX_AT, PREFIX_LEN);
		memcpy(name, h + PREFIX_AT, n);
		name[n++] = '/';
	}
	memcpy(name + n, h + NAME_AT, NAME_LEN);
	name[n + NAME_LEN] = '\0';
	if (!*longer)
		longer = name;
	while (!strncmp(longer, "./", 2))
		longer += 2;
	memcpy(t->name, longer, strlen(longer) + 1);
}

int eu_tar_next(struct eu_tar *t, struct eu_error *err)
{
	struct overrides o = { 0 };
	const char *h, *data;
	uint64_t size;
	char type;
	int r;

	while (t->len - t->pos >= BLOCK && t->data[t->pos]) {
		h = t->data + t->pos;
		if (!sum_is_right(h))
			return broken(t, "header with a wrong checksum", err);
		type = h[TYPE_AT];
		size = o.has_size && type != 'x' ? o.size :
						   octal(h + SIZE_AT, SIZE_LEN);
		data = h + BLOCK;
		if (size > t->len - t->pos - BLOCK)
			return broken(t, "entry that ends after the file", err);
		if (type == 'x') {
			r = read_pax(t, data, size, &o, err);
			if (r)
				return r;
		} else if (type == 'L' && size < sizeof(o.name)) {
			memcpy(o.name, data, size);
			o.name[size] = '\0';
		}
		/* The last entry's padding may be missing. */
		t->pos += BLOCK + size;
		t->pos += eu_min((BLOCK - size % BLOCK) % BLOCK, t->len - t->pos);
		if (type == 'x' || type == 'L' || type == 'g' || type == 'K')
			continue;
		set_name(t, h, o.name);
		t->file = data;
		t->size = size;
		if (type == '0' || !type)
			return 1;
		memset(&o, 0, sizeof(o));
	}
	return 0;
}

/* Where a long name is cut: behind the slash what fits into the name field. */
static const char *split_name(const char *name)
{
	size_t n = strlen(name);
	const char *slash = n <= NAME_LEN ? NULL :
					    strchr(name + n - NAME_LEN - 1, '/');

	if (n > NAME_LEN && (!slash || slash - name > PREFIX_LEN))
		return NULL;
	return slash ? slash + 1 : name;
}

int eu_tar_put(struct eu_buf *out, const char *name, const void *data, size_t size)
{
	const char *rest = split_name(name);
	char h[BLOCK] = { 0 }, number[16];
	unsigned int sum = 0;

	if (!rest || (uint64_t)size >> 33)
		return -E2BIG;
	memcpy(h + NAME_AT, rest, strlen(rest));
	if (rest > name)
		memcpy(h + PREFIX_AT, name, rest - name - 1);
	memcpy(h + MODE_AT,
	       "0000644\0"
	       "0000000\0"
	       "0000000",
	       24);
	snprintf(number, sizeof(number), "%011llo", (unsigned long long)size);
	memcpy(h + SIZE_AT, number, SIZE_LEN);
	memcpy(h + TIME_AT, "00000000000", 12);
	h[TYPE_AT] = '0';
	memcpy(h + MAGIC_AT,
	       "ustar\0"
	       "00",
	       8);
	memset(h + SUM_AT, ' ', SUM_LEN);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(number, sizeof(number), "%06o", sum);
	memcpy(h + SUM_AT, number, 7);
	eu_buf_put(out, h, BLOCK);
	eu_buf_put(out, data, size);
	eu_buf_fill(out, '\0', (BLOCK - size % BLOCK) % BLOCK);
	return 0;
}

void eu_tar_end(struct eu_buf *out)
{
	eu_buf_fill(out, '\0', (size_t)2 * BLOCK);
}
