/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "btf/names.h"
#include "kinds.h"
#include "measure/child.h"
#include "measure/series.h"
#include "out/sink.h"

/*
 * kinds [-q] OBJECT: CPU for a row of each kind of members, ours beside
 * fprintf() into a buffer of the same size, by turns. No ring: the records are
 * here. Rows have no time; both sides write the same, which is compared first.
 */

enum {
	SAMPLES = 16,
	LARGEST = 64, /* bytes of a sample */
	BATCH = 512,  /* rows between writes */
	BATCHES = 24,
	ROUNDS = 40,
	QUICK_ROUNDS = 8,
	BUFFER = 64 << 10,
};

static const char *const states[] = { "BENCH_IDLE", "BENCH_RUNNING",
				      "BENCH_WAITING", "BENCH_STOPPED" };

static FILE *to;

static void fill_integers(struct integers *s, int i)
{
	*s = (struct integers){ (__s8)(i - 8), (__u16)(i * 997), -i * 70000,
				i * 48211930441ull };
}

static void fill_bools(struct bools *s, int i)
{
	*s = (struct bools){ i & 1, i & 2, i & 4, i & 8 };
}

static void fill_enums(struct enums *s, int i)
{
	*s = (struct enums){ i & 3, (i + 1) & 3, i >> 2, (i + 3) & 3 };
}

static void fill_bits(struct bits *s, int i)
{
	*s = (struct bits){ i & 7, i, i * 200, i * 3 };
}

static void fill_unions(struct unions *s, int i)
{
	s->b = i % 2 ? -i : i;
	s->d = i * 812004377ll;
}

static void fill_nested(struct nested *s, int i)
{
	*s = (struct nested){ { i, -i }, { i * 1000, 7 }, i, i * 30427 };
}

static void fill_arrays(struct arrays *s, int i)
{
	for (int k = 0; k < 4; k++) {
		s->a[k] = k * i;
		s->b[k] = (k + 1) * 30000 * i;
	}
}

static void fill_texts(struct texts *s, int i)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->a, sizeof(s->a), "worker-%d", i * 77);
	snprintf(s->b, sizeof(s->b), "/usr/lib/%d/libexec", i * 1001);
}

static void fill_reals(struct reals *s, int i)
{
	*s = (struct reals){ i * 0.25, i * 1234.5, (float)(i * 1.5), (float)i };
}

static void fill_wide(struct wide *s, int i)
{
	s->a = (unsigned __int128)i << 90;
	s->b = (unsigned)i * 30427u;
	s->c = -(__int128)i << 70;
	s->d = i;
}

static void fill_pointers(struct pointers *s, int i)
{
	*s = (struct pointers){ (void *)(0xffff888000000000 + i * 4096l),
				(void *)(0x7f0000001000 + i * 64l), NULL,
				(void *)(i * 16l) };
}

static void fill_addresses(struct addresses *s, int i)
{
	*s = (struct addresses){ htonl(0x0a000001 + i * 771),
				 htonl(0xc0a80000 + i),
				 { 2, 0, 0x5e, i, 0xff, 1 },
				 { 2, 0, i * 16, 0, 7, i } };
}

static void fill_addresses6(struct addresses6 *s, int i)
{
	memset(s, 0, sizeof(*s));
	s->a[0] = s->b[0] = 0x20;
	s->a[1] = s->b[1] = 1;
	s->a[2] = 0x0d;
	s->a[3] = 0xb8;
	s->a[15] = i + 1;
	for (int k = 2; k < 16; k++)
		s->b[k] = k * 15 + i;
}

static void fill_durations(struct durations *s, int i)
{
	*s = (struct durations){ i * 7, i * 1500, i * 2500000ull,
				 i * 1500000000ull };
}

static void fill_times(struct times *s, int i)
{
	s->a = 1700000000000000000 + i * 1000001ull;
	s->b = 1700000000000000000 + i * 3000001ull;
}

static void fill_sizes(struct sizes *s, int i)
{
	*s = (struct sizes){ i * 60, i * 1024ull, i * 1536ull << 10,
			     (__u64)i << 30 };
}

static void fill_names(struct names *s, int i)
{
	*s = (struct names){ i, -i, 1 + i, 16 - i };
}

static void fill_hexes(struct hexes *s, int i)
{
	*s = (struct hexes){ i, i * 0x1001, i * 0x10000001ull,
			     0xffff888000000000 + i };
}

static void print_integers(const struct integers *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%d,\"b\":%u,\"c\":%d,\"d\":%llu}\n" :
		       "%-6d %-6u %-6d %llu\n",
		s->a, s->b, s->c, s->d);
}

static const char *truth(bool b)
{
	return b ? "true" : "false";
}

static void print_bools(const struct bools *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%s,\"b\":%s,\"c\":%s,\"d\":%s}\n" :
		       "%-6s %-6s %-6s %s\n",
		truth(s->a), truth(s->b), truth(s->c), truth(s->d));
}

static void print_enums(const struct enums *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":\"%s(%u)\",\"b\":\"%s(%u)\",\"c\":\"%s(%u)\",\"d\":\"%s(%u)\"}\n" :
		       "%s(%u) %s(%u) %s(%u) %s(%u)\n",
		states[s->a], s->a, states[s->b], s->b, states[s->c], s->c,
		states[s->d], s->d);
}

static void print_bits(const struct bits *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%u,\"b\":%u,\"c\":%u,\"d\":%u}\n" :
		       "%-6u %-6u %-6u %u\n",
		s->a, s->b, s->c, s->d);
}

static void print_unions(const struct unions *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%u,\"b\":%d,\"c\":%llu,\"d\":%lld}\n" :
		       "%-6u %-6d %-6llu %lld\n",
		s->a, s->b, s->c, s->d);
}

static void print_nested(const struct nested *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":{\"x\":%d,\"y\":%d},\"b\":{\"x\":%d,\"y\":%d},\"c\":%d,\"d\":%d}\n" :
		       "{\"x\":%d,\"y\":%d} {\"x\":%d,\"y\":%d} %-6d %d\n",
		s->a.x, s->a.y, s->b.x, s->b.y, s->c, s->d);
}

static void print_arrays(const struct arrays *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":[%u,%u,%u,%u],\"b\":[%u,%u,%u,%u]}\n" :
		       "[%u,%u,%u,%u] [%u,%u,%u,%u]\n",
		s->a[0], s->a[1], s->a[2], s->a[3], s->b[0], s->b[1], s->b[2],
		s->b[3]);
}

static void print_texts(const struct texts *s, bool json)
{
	fprintf(to, json ? "{\"a\":\"%s\",\"b\":\"%s\"}\n" : "%-6s %s\n", s->a,
		s->b);
}

static void print_reals(const struct reals *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%.15g,\"b\":%.15g,\"c\":%.6g,\"d\":%.6g}\n" :
		       "%-6.15g %-6.15g %-6.6g %.6g\n",
		s->a, s->b, s->c, s->d);
}

/* printf() has nothing for 128 bits: by parts of 18 digits. */
static const char *wide_text(char text[48], unsigned __int128 v, bool negative)
{
	const __u64 part = 1000000000000000000;
	const char *sign = negative ? "-" : "";
	__u64 low, middle;

	v = negative ? -v : v;
	low = v % part;
	middle = v / part % part;
	if (v / part / part)
		sprintf(text, "%s%llu%018llu%018llu", sign,
			(__u64)(v / part / part), middle, low);
	else if (middle)
		sprintf(text, "%s%llu%018llu", sign, middle, low);
	else
		sprintf(text, "%s%llu", sign, low);
	return text;
}

static void print_wide(const struct wide *s, bool json)
{
	char t[4][48];

	fprintf(to,
		json ? "{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\",\"d\":\"%s\"}\n" :
		       "%-6s %-6s %-6s %s\n",
		wide_text(t[0], s->a, false), wide_text(t[1], s->b, false),
		wide_text(t[2], s->c, s->c < 0), wide_text(t[3], s->d, s->d < 0));
}

static void print_pointers(const struct pointers *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":%lu,\"b\":%lu,\"c\":%lu,\"d\":%lu}\n" :
		       "%-6lu %-6lu %-6lu %lu\n",
		(long)s->a, (long)s->b, (long)s->c, (long)s->d);
}

static const char *mac_text(char text[24], const __u8 *m)
{
	sprintf(text, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
		m[4], m[5]);
	return text;
}

static void print_addresses(const struct addresses *s, bool json)
{
	char t[4][24];

	inet_ntop(AF_INET, &s->a, t[0], sizeof(t[0]));
	inet_ntop(AF_INET, &s->b, t[1], sizeof(t[1]));
	fprintf(to,
		json ? "{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\",\"d\":\"%s\"}\n" :
		       "%-15s %-15s %-17s %s\n",
		t[0], t[1], mac_text(t[2], s->c), mac_text(t[3], s->d));
}

static void print_addresses6(const struct addresses6 *s, bool json)
{
	char t[2][INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, s->a, t[0], sizeof(t[0]));
	inet_ntop(AF_INET6, s->b, t[1], sizeof(t[1]));
	fprintf(to, json ? "{\"a\":\"%s\",\"b\":\"%s\"}\n" : "%-25s %s\n", t[0],
		t[1]);
}

static const char *duration_text(char text[24], __u64 ns)
{
	if (!ns)
		return "0";
	if (ns < 1000)
		sprintf(text, "%lluns", ns);
	else if (ns < 1000000)
		sprintf(text, "%gus", ns / 1e3);
	else if (ns < 1000000000)
		sprintf(text, "%gms", ns / 1e6);
	else
		sprintf(text, "%gs", ns / 1e9);
	return text;
}

static void print_four(const __u64 v[4], bool json,
		       const char *(*text)(char text[24], __u64 v), int width)
{
	char t[4][24];

	if (json)
		fprintf(to, "{\"a\":%llu,\"b\":%llu,\"c\":%llu,\"d\":%llu}\n",
			v[0], v[1], v[2], v[3]);
	else
		fprintf(to, "%-*s %-*s %-*s %s\n", width, text(t[0], v[0]),
			width, text(t[1], v[1]), width, text(t[2], v[2]),
			text(t[3], v[3]));
}

static void print_durations(const struct durations *s, bool json)
{
	print_four((const __u64 *)s, json, duration_text, 8);
}

static const char *size_text(char text[24], __u64 n)
{
	if (n < 1024)
		sprintf(text, "%llu", n);
	else if (n < 1 << 20)
		sprintf(text, "%gK", n / 1024.);
	else if (n < 1 << 30)
		sprintf(text, "%gM", n / 1048576.);
	else
		sprintf(text, "%gG", n / 1073741824.);
	return text;
}

static void print_sizes(const struct sizes *s, bool json)
{
	print_four((const __u64 *)s, json, size_text, 6);
}

/* The second once, as most rows are of the same. */
static const char *second_text(__u64 ns, const char *format, bool utc)
{
	static char text[32];
	static __u64 last;
	static bool was_utc;
	time_t second = ns / 1000000000;
	struct tm tm;

	if (ns / 1000000000 != last || utc != was_utc) {
		last = second;
		was_utc = utc;
		utc ? gmtime_r(&second, &tm) : localtime_r(&second, &tm);
		strftime(text, sizeof(text), format, &tm);
	}
	return text;
}

static void print_times(const struct times *s, bool json)
{
	const char *format = json ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S";
	const char *a = second_text(s->a, format, json);
	const char *b = second_text(s->b, format, json);

	if (json)
		fprintf(to, "{\"a\":\"%s.%09lluZ\",\"b\":\"%s.%09lluZ\"}\n", a,
			s->a % 1000000000, b, s->b % 1000000000);
	else
		fprintf(to, "%s.%06llu %s.%06llu\n", a,
			s->a % 1000000000 / 1000, b, s->b % 1000000000 / 1000);
}

static const char *error_text(int e)
{
	return e ? strerrorname_np(e < 0 ? -e : e) : "0";
}

static void print_names(const struct names *s, bool json)
{
	fprintf(to,
		json ? "{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"SIG%s\",\"d\":\"SIG%s\"}\n" :
		       "%-12s %-12s SIG%-5s SIG%s\n",
		error_text(s->a), error_text(s->b), sigabbrev_np(s->c),
		sigabbrev_np(s->d));
}

static void print_hexes(const struct hexes *s, bool json)
{
	char t[3][24];

	if (json) {
		fprintf(to,
			"{\"a\":\"0x%llx\",\"b\":\"0x%llx\",\"c\":\"0x%llx\",\"d\":\"0x%llx\"}\n",
			s->a, s->b, s->c, s->d);
		return;
	}
	sprintf(t[0], "0x%llx", s->a);
	sprintf(t[1], "0x%llx", s->b);
	sprintf(t[2], "0x%llx", s->c);
	fprintf(to, "%-10s %-10s %-10s 0x%llx\n", t[0], t[1], t[2], s->d);
}

#define FUNCTIONS(kind, label)                                 \
	static void fill_any_##kind(void *s, int i)            \
	{                                                      \
		fill_##kind(s, i);                             \
	}                                                      \
	static void print_any_##kind(const void *s, bool json) \
	{                                                      \
		print_##kind(s, json);                         \
	}
KINDS(FUNCTIONS)

#define ROW(kind, label) \
	{ #kind, label, sizeof(struct kind), fill_any_##kind, print_any_##kind },
static const struct kind {
	const char *name, *label;
	size_t size;
	void (*fill)(void *s, int i);
	void (*print)(const void *s, bool json);
} kinds[] = { KINDS(ROW) };

/* The two sides of one kind and format. */
struct pair {
	const struct kind *kind;
	bool json;
	struct eu_sink sink;
	struct eu_stream stream;
	char samples[SAMPLES][LARGEST] __attribute__((aligned(16)));
	FILE *text; /* what ours wrote; NULL: nobody looks */
};

static int null_fd;

static int write_out(void *ctx, const void *data, size_t n)
{
	const struct pair *p = ctx;

	if (p->text)
		return fwrite(data, n, 1, p->text) == 1 ? 0 : -EIO;
	return write(null_fd, data, n) == (ssize_t)n ? 0 : -errno;
}

static void ours(struct pair *p)
{
	struct eu_record r = { .stream = &p->stream, .size = p->kind->size };

	for (int i = 0; i < BATCH; i++) {
		r.data = p->samples[i % SAMPLES];
		eu_sink_record(&p->sink, &r);
	}
	if (eu_sink_flush(&p->sink))
		fail("cannot write");
}

static void theirs(struct pair *p)
{
	for (int i = 0; i < BATCH; i++)
		p->kind->print(p->samples[i % SAMPLES], p->json);
	fflush(to);
}

/* What follows a value that is too wide for its column stands elsewhere. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ' || from[1] != ' ')
			*to++ = *from;
	*to = '\0';
}

static void check_equal(struct pair *p)
{
	FILE *null = to;
	char *a, *b;
	size_t n, m;

	p->text = open_memstream(&a, &n);
	eu_buf_clear(&p->sink.out); /* the header */
	ours(p);
	fclose(p->text);
	p->text = NULL;
	to = open_memstream(&b, &m);
	theirs(p);
	fclose(to);
	to = null;
	squeeze(a);
	squeeze(b);
	if (strcmp(a, b))
		fail("%s: ours and printf's rows differ:\n%.160s\n%.160s",
		     p->kind->label, a, b);
	free(a);
	free(b);
}

static double cpu_of(void (*side)(struct pair *p), struct pair *p)
{
	struct timespec a, b;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	for (int i = 0; i < BATCHES; i++)
		side(p);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) /
	       BATCHES / BATCH;
}

static void open_pair(struct pair *p, const struct btf *btf,
		      struct eu_names *names)
{
	struct eu_layout *l;
	struct eu_error err;
	int id = btf__find_by_name_kind(btf, p->kind->name, BTF_KIND_STRUCT);

	if (eu_layout_new(btf, id, &l, &err) ||
	    eu_sink_init(&p->sink, p->json ? "json" : "text", write_out, p, &err) ||
	    eu_sink_times(&p->sink, "none", &err))
		fail("%s: %s", p->kind->name, err.text);
	if (l->size != p->kind->size)
		fail("%s: the compilers disagree", p->kind->name);
	l->names = names;
	p->stream = (struct eu_stream){ .name = p->kind->name, .value = l };
	if (eu_sink_begin(&p->sink, &p->stream, &err))
		fail("%s: %s", p->kind->name, err.text);
	for (int i = 0; i < SAMPLES; i++)
		p->kind->fill(p->samples[i], i);
}

static void close_pair(struct pair *p)
{
	eu_sink_finish(&p->sink, &p->stream);
	eu_sink_done(&p->sink);
	eu_layout_free((struct eu_layout *)p->stream.value);
}

static void compare(const struct kind *k, bool json, const struct btf *btf,
		    struct eu_names *names, int rounds)
{
	const struct target t = { 0, json ? 0.45 : 0.3 };
	static struct series a, b;
	static struct pair p;
	char name[96];

	a.n = b.n = 0;
	p = (struct pair){ .kind = k, .json = json };
	open_pair(&p, btf, names);
	check_equal(&p);
	for (int i = -1; i < rounds; i++) {
		double x = cpu_of(ours, &p), y = cpu_of(theirs, &p);

		if (i < 0)
			continue;
		series_add(&a, x);
		series_add(&b, y);
	}
	snprintf(name, sizeof(name), "formatting a %s row of %s",
		 json ? "JSON" : "text", k->label);
	report(name, "ns", &a, "printf", &b, t);
	close_pair(&p);
}

int main(int argc, char **argv)
{
	bool quick = argc > 1 && !strcmp(argv[1], "-q");
	struct eu_names *names = eu_names_new();
	struct btf *btf;

	if (argc != 2 + quick)
		return 2;
	btf = btf__parse_elf(argv[1 + quick], NULL);
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	to = fopen("/dev/null", "we");
	if (!btf || !names || null_fd < 0 || !to)
		fail("cannot begin: %s", strerror(errno));
	setvbuf(to, NULL, _IOFBF, BUFFER);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (int json = 0; json < 2; json++)
			compare(&kinds[i], json, btf, names,
				quick ? QUICK_ROUNDS : ROUNDS);
	fclose(to);
	btf__free(btf);
	eu_names_free(names);
	return 0;
}
