/* SPDX-License-Identifier: MIT */
#include "btf/rawbtf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "btf/split.h"
#include "btf/wanted.h"

enum {
	PAGE = 4096,	  /* what sysfs gives in one read */
	AHEAD = 64 << 10, /* bytes read at once in a scan */
};

/*
 * Makes bytes @start to @start + @want of the file, or those up to its end,
 * the window's. Bytes that the window has already are not read again.
 */
static bool fill(struct eu_rawbtf *raw, struct eu_rawbtf_window *w,
		 size_t start, size_t want)
{
	ssize_t n;
	char *p;

	if (w->start != start)
		w->len = 0;
	w->start = start;
	want = eu_min(want, raw->size - start);
	if (want > w->cap) {
		p = realloc(w->data, want);
		if (!p) {
			raw->error = -ENOMEM;
			return false;
		}
		w->data = p;
		w->cap = want;
	}
	while (w->len < want) {
		n = pread(raw->fd, w->data + w->len, want - w->len,
			  start + w->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			raw->error = n ? -errno : -EIO;
			return false;
		}
		w->len += n;
	}
	return true;
}

/*
 * Bytes from @off of the type section on, at least @need of them; *@ret_len
 * says how many are at hand. A file is read @ahead bytes at a time.
 */
static const char *type_bytes(struct eu_rawbtf *raw, uint32_t off, size_t need,
			      size_t ahead, size_t *ret_len)
{
	struct eu_rawbtf_window *w = &raw->window;
	size_t at = raw->types + off, start;

	if (off > raw->types_len || need > raw->types_len - off)
		return NULL;
	if (raw->data) {
		*ret_len = raw->types_len - off;
		return raw->data + at;
	}
	if (at < w->start || at + need > w->start + w->len) {
		start = at / PAGE * PAGE;
		if (!fill(raw, w, start, eu_max(at + need - start, ahead)))
			return NULL;
	}
	*ret_len = eu_min(w->start + w->len - at, (size_t)(raw->types_len - off));
	return w->data + (at - w->start);
}

/* Strings lie about in the order of the types: a few pages serve most. */
static const char *paged_string(struct eu_rawbtf *raw, uint32_t off)
{
	size_t at = raw->strings + off, start = at / PAGE * PAGE;
	size_t end = raw->strings + raw->strings_len, have;
	struct eu_rawbtf_window *w;

	w = &raw->pages[start / PAGE % EU_RAWBTF_PAGES];
	for (;;) {
		have = w->start == start ? w->len : 0;
		if (start + have > at &&
		    memchr(w->data + (at - start), '\0', start + have - at))
			return w->data + (at - start);
		if (start + have >= end || !fill(raw, w, start, have + PAGE))
			return NULL;
	}
}

const char *eu_rawbtf_string(struct eu_rawbtf *raw, uint32_t off)
{
	if (raw->base) {
		if (off < raw->base->strings_len)
			return eu_rawbtf_string(raw->base, off);
		off -= raw->base->strings_len;
	}
	if (off >= raw->strings_len)
		return NULL;
	if (raw->data)
		return raw->data + raw->strings + off;
	return paged_string(raw, off);
}

int eu_rawbtf_error(const struct eu_rawbtf *raw)
{
	if (raw->error)
		return raw->error;
	return raw->base ? eu_rawbtf_error(raw->base) : -EBADMSG;
}

/* The section's first and last byte, by which every string has an end. */
static bool strings_end(struct eu_rawbtf *raw)
{
	size_t last = raw->strings + raw->strings_len - 1;
	char c;

	if (!raw->strings_len)
		return raw->base;
	if (raw->data)
		return !raw->data[last] &&
		       (raw->base || !raw->data[raw->strings]);
	return pread(raw->fd, &c, 1, last) == 1 && !c &&
	       pread(raw->fd, &c, 1, raw->strings) == 1 && (raw->base || !c);
}

static bool section_fits(const struct eu_rawbtf *raw, size_t hdr_len,
			 uint32_t off, uint32_t len)
{
	return off <= raw->size - hdr_len && len <= raw->size - hdr_len - off;
}

static int read_header(struct eu_rawbtf *raw, const struct btf_header *h,
		       struct eu_error *err)
{
	if (h->magic == __builtin_bswap16(BTF_MAGIC))
		return eu_error_set(err, -EOPNOTSUPP,
				    "BTF in the other byte order");
	if (h->magic != BTF_MAGIC)
		return eu_error_set(err, -EBADMSG, "no BTF (magic 0x%04x)",
				    h->magic);
	if (h->version != BTF_VERSION || h->flags || h->hdr_len != sizeof(*h))
		return eu_error_set(
			err, -EOPNOTSUPP,
			"BTF of version %u, flags %u, with a header of %u bytes, which is not known",
			h->version, h->flags, h->hdr_len);
	if (!section_fits(raw, sizeof(*h), h->type_off, h->type_len) ||
	    !section_fits(raw, sizeof(*h), h->str_off, h->str_len) ||
	    h->type_off % 4)
		return eu_error_set(err, -EBADMSG,
				    "BTF whose sections do not fit its %zu bytes",
				    raw->size);
	raw->types = sizeof(*h) + h->type_off;
	raw->types_len = h->type_len;
	raw->strings = sizeof(*h) + h->str_off;
	raw->strings_len = h->str_len;
	if (!strings_end(raw))
		return eu_error_set(
			err, -EBADMSG,
			"BTF whose strings do not start and end with NUL");
	return 0;
}

int eu_rawbtf_init(struct eu_rawbtf *raw, const void *data, size_t size,
		   struct eu_error *err)
{
	if (size < sizeof(struct btf_header) || size > EU_RAWBTF_MAX)
		return eu_error_set(err, -EBADMSG, "no BTF (%zu bytes)", size);
	raw->data = data;
	raw->size = size;
	return read_header(raw, data, err);
}

static int open_file(struct eu_rawbtf *raw, const char *path, struct eu_error *err)
{
	struct stat st;

	raw->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (raw->fd < 0 || fstat(raw->fd, &st))
		return eu_error_set(err, -errno, "cannot open '%s': %s", path,
				    strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > EU_RAWBTF_MAX ||
	    st.st_size < (off_t)sizeof(struct btf_header))
		return eu_error_set(err, -EBADMSG, "'%s' is no BTF file", path);
	raw->size = st.st_size;
	return 0;
}

int eu_rawbtf_open(struct eu_rawbtf *raw, const char *path, bool map,
		   struct eu_error *err)
{
	struct btf_header h;
	int r = open_file(raw, path, err);
	void *p;

	if (r)
		return r;
	/* Since Linux 6.16; before, -ENODEV. */
	p = map ? mmap(NULL, raw->size, PROT_READ, MAP_PRIVATE, raw->fd, 0) :
		  MAP_FAILED;
	if (p != MAP_FAILED)
		raw->data = raw->map = p;
	if (pread(raw->fd, &h, sizeof(h), 0) != sizeof(h))
		return eu_error_set(err, -EIO, "cannot read '%s'", path);
	r = read_header(raw, &h, err);
	return r ? eu_error_prefix(err, r, "'%s'", path) : 0;
}

void eu_rawbtf_done(struct eu_rawbtf *raw)
{
	if (!raw)
		return;
	if (raw->map)
		munmap(raw->map, raw->size);
	eu_close(raw->fd);
	free(raw->marks);
	free(raw->window.data);
	for (size_t i = 0; i < EU_RAWBTF_PAGES; i++)
		free(raw->pages[i].data);
	*raw = (struct eu_rawbtf)EU_RAWBTF;
}

struct scan {
	struct eu_rawbtf *raw;
	uint32_t kinds;
	const struct eu_wanted *wanted;
	eu_rawbtf_fn fn;
	void *ctx;
	uint32_t off; /* of the next type */
	uint32_t n;   /* types seen */
};

static void add_mark(struct eu_rawbtf *raw, uint32_t id, uint32_t off)
{
	raw->marks[raw->n_marks++] = (struct eu_rawbtf_place){ id, off };
}

/* The types that start in these @len bytes with all of their first 12. */
static int scan_bytes(struct scan *s, const char *p, size_t len,
		      struct eu_error *err)
{
	const uint32_t kinds = s->kinds | (s->wanted ? s->wanted->kinds : 0);
	const struct btf_type *t;
	uint32_t size;
	size_t pos;
	int r;

	for (pos = 0; pos + sizeof(*t) <= len; pos += size) {
		t = (const void *)(p + pos);
		size = eu_rawbtf_type_size(t);
		if (!size)
			return eu_error_set(
				err, -EOPNOTSUPP,
				"type %u is of kind %u, which is not known",
				s->n + 1, BTF_INFO_KIND(t->info));
		s->n++;
		if (s->n % EU_RAWBTF_STRIDE == 1)
			add_mark(s->raw, s->n, s->off + pos);
		if (kinds >> BTF_INFO_KIND(t->info) & 1) {
			r = s->fn(s->ctx, s->n, t);
			if (r < 0)
				return r;
		}
	}
	s->off += pos;
	return 0;
}

/* The next types are those of @p. Marks move to where they belong. */
static int take_part(struct scan *s, const struct eu_split_part *p)
{
	const char *types = s->raw->data + s->raw->types;
	uint32_t before = s->n + 1;
	int r = 0;

	for (uint32_t i = 0; i < p->n_marks; i++)
		add_mark(s->raw, before + p->marks[i].id, p->marks[i].off);
	for (uint32_t i = 0; i < p->n_seen && r >= 0; i++)
		r = s->fn(s->ctx, before + p->seen[i].id,
			  (const void *)(types + p->seen[i].off));
	s->n += p->n;
	s->off = p->at;
	return eu_min(r, 0);
}

/* As many of the first types as can be found from several places at once. */
static int scan_parts(struct scan *s)
{
	eu_auto_split struct eu_split split = { 0 };
	int r = 0;

	if (!eu_split_walk(&split, s->raw, s->raw->marks, s->kinds, s->wanted))
		return 0;
	for (size_t i = 0; i < split.n && !r; i++) {
		if (split.parts[i].start != s->off)
			break;
		r = take_part(s, &split.parts[i]);
	}
	return r;
}

int eu_rawbtf_scan(struct eu_rawbtf *raw, uint32_t kinds,
		   const struct eu_wanted *wanted, eu_rawbtf_fn fn, void *ctx,
		   struct eu_error *err)
{
	struct scan s = {
		.raw = raw,
		.kinds = kinds,
		.wanted = wanted,
		.fn = fn,
		.ctx = ctx,
	};
	const char *p;
	size_t len;
	int r;

	/* For as many types as could be; the kernel gives pages as used. */
	free(raw->marks);
	raw->n_marks = 0;
	raw->marks = malloc(eu_split_marks(raw->types_len) * sizeof(*raw->marks));
	if (!raw->marks)
		return eu_error_oom(err);
	r = scan_parts(&s);
	if (r)
		return r;
	while (s.off < raw->types_len) {
		p = type_bytes(raw, s.off, sizeof(struct btf_type), AHEAD, &len);
		if (!p)
			break;
		r = scan_bytes(&s, p, len, err);
		if (r)
			return r;
	}
	if (raw->error)
		return eu_error_set(err, raw->error, "cannot read types: %s",
				    strerror(-raw->error));
	if (s.off != raw->types_len)
		return eu_error_set(err, -EBADMSG,
				    "BTF whose types do not fill their section");
	raw->n_types = s.n;
	return 0;
}

/* The last mark that is not behind type @id. */
static const struct eu_rawbtf_place *mark_of(const struct eu_rawbtf *raw,
					     uint32_t id)
{
	size_t lo = 0, hi = raw->n_marks, mid;

	while (hi - lo > 1) {
		mid = (lo + hi) / 2;
		if (raw->marks[mid].id <= id)
			lo = mid;
		else
			hi = mid;
	}
	return &raw->marks[lo];
}

const struct btf_type *eu_rawbtf_type(struct eu_rawbtf *raw, uint32_t id)
{
	const struct eu_rawbtf_place *mark;
	const struct btf_type *t;
	uint32_t off, size;
	size_t len;

	if (!id || id > raw->n_types)
		return NULL;
	mark = mark_of(raw, id);
	off = mark->off;
	for (uint32_t skip = id - mark->id;; skip--) {
		t = (const void *)type_bytes(raw, off, sizeof(*t), PAGE, &len);
		size = t ? eu_rawbtf_type_size(t) : 0;
		if (!size)
			return NULL;
		if (!skip)
			break;
		off += size;
	}
	if (len >= size)
		return t;
	return (const void *)type_bytes(raw, off, size, PAGE, &len);
}
