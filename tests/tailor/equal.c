/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE

/*
 * Relocates BPF objects with the whole of a kernel's BTF and with the tailored
 * one, and compares what libbpf made of all instructions.
 *
 *	equal [-s] [-b BTF] [-t BTF] OBJECT...
 *
 * -b takes a file of raw BTF, or an ELF file that has some, in place of the
 * running kernel's, and -t one in place of what the tailor makes, to see that
 * differences are found. With -s it is the object as ecc ships it that takes
 * the place of the other side, with the same BTF. One line for each object; the
 * exit status is 1 if any instruction differs, and 2 if an object could not be
 * compared.
 *
 * Relocation is one of the first things of a load and does not need the kernel
 * to take the programs afterwards, so failing loads are as good. That it took
 * place is seen in libbpf's debug messages, which are compared as well.
 */

#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sys/mman.h>

#include "base/file.h"
#include "btf/elf.h"
#include "btf/tailor.h"
#include "cc/strip.h"

enum { MAX_FILE = 512 << 20 };

/* One load: its outcome, what libbpf said about relocations, the programs. */
struct outcome {
	struct bpf_object *obj;
	int r;
	struct eu_buf said;
	size_t relos;
};

/* libbpf's print callback has no context. */
static struct outcome *current;

static int listen(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[1024], *p;

	(void)level;
	vsnprintf(line, sizeof(line), fmt, ap);
	p = strstr(line, ": relo #");
	if (!current || !strstr(line, "prog '") || !p)
		return 0;
	/* Candidates are named with their type ids, which may differ. */
	if (strstr(p, "matching candidate"))
		return 0;
	current->relos++;
	eu_buf_puts(&current->said, line);
	return 0;
}

static void outcome_done(struct outcome *o)
{
	bpf_object__close(o->obj);
	eu_buf_done(&o->said);
}

static int load(struct outcome *o, const char *data, size_t size, const char *btf)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "equal",
		    .btf_custom_path = btf);
	struct bpf_program *prog;

	o->said = (struct eu_buf)EU_BUF(64 << 20);
	current = o;
	o->obj = bpf_object__open_mem(data, size, &opts);
	if (!o->obj)
		return -errno;
	bpf_object__for_each_program (prog, o->obj)
		bpf_program__set_autoload(prog, true);
	o->r = bpf_object__load(o->obj);
	current = NULL;
	return 0;
}

/* An instruction's bytes. Descriptors of maps differ from load to load. */
static uint64_t comparable(struct bpf_insn in)
{
	uint64_t v;

	if (in.code == (BPF_LD | BPF_IMM | BPF_DW) &&
	    (in.src_reg == BPF_PSEUDO_MAP_FD ||
	     in.src_reg == BPF_PSEUDO_MAP_VALUE))
		in.imm = 0;
	memcpy(&v, &in, sizeof(v));
	return v;
}

/* Counts instructions that differ, and all of them in *@n. */
static size_t compare_prog(const struct bpf_program *a,
			   const struct bpf_program *b, size_t *n)
{
	const struct bpf_insn *x = bpf_program__insns(a);
	const struct bpf_insn *y = bpf_program__insns(b);
	size_t count = bpf_program__insn_cnt(a), differ = 0;

	if (count != bpf_program__insn_cnt(b))
		return count + 1;
	for (size_t i = 0; i < count; i++) {
		if (comparable(x[i]) == comparable(y[i]))
			continue;
		printf("  program '%s', instruction %zu: %016" PRIx64
		       ", tailored %016" PRIx64 "\n",
		       bpf_program__name(a), i, comparable(x[i]),
		       comparable(y[i]));
		differ++;
	}
	*n += count;
	return differ;
}

static size_t compare_said(const struct outcome *a, const struct outcome *b)
{
	if (a->said.len == b->said.len &&
	    (!a->said.len || !memcmp(a->said.data, b->said.data, a->said.len)))
		return 0;
	printf("  libbpf said\n%.*s  tailored\n%.*s", (int)a->said.len,
	       a->said.data, (int)b->said.len, b->said.data);
	return 1;
}

static size_t compare(const struct outcome *a, const struct outcome *b, size_t *n)
{
	struct bpf_program *p = NULL, *q = NULL;
	size_t differ = compare_said(a, b);

	if (a->r != b->r) {
		printf("  loaded with %d, tailored %d\n", a->r, b->r);
		differ++;
	}
	for (;;) {
		p = bpf_object__next_program(a->obj, p);
		q = bpf_object__next_program(b->obj, q);
		if (!p || !q)
			return differ + (p != q);
		differ += compare_prog(p, q, n);
	}
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

struct args {
	const char *btf;
	const char *tailored; /* or NULL */
};

/* 0 same, 1 different, 2 not compared. */
static int check_loads(const char *path, const char *data, size_t size,
		       const struct args *args, int fd, double us)
{
	struct outcome whole = { 0 }, small = { 0 };
	char path_of_fd[EU_TAILOR_PATH];
	struct stat st = { 0 };
	size_t differ, n = 0;
	int r = 2;

	eu_tailor_path(path_of_fd, fd);
	fstat(fd, &st);
	if (load(&whole, data, size, args->btf) ||
	    load(&small, data, size, args->tailored ?: path_of_fd)) {
		printf("%s: cannot be opened\n", path);
		goto out;
	}
	differ = compare(&whole, &small, &n);
	r = differ ? 1 : whole.relos ? 0 : 2;
	printf("%s: %s, %zu instructions, %zu lines on relocations, load %d, %lld bytes in %.0f us\n",
	       path, (const char *[]){ "same", "DIFFERENT", "not relocated" }[r],
	       n, whole.relos, whole.r, (long long)st.st_size, us);
out:
	outcome_done(&whole);
	outcome_done(&small);
	return r;
}

static int check(const char *path, const struct args *args)
{
	struct eu_tailor_opts opts = { .btf_path = args->btf };
	eu_auto_free char *data = NULL;
	struct eu_error err = { 0 };
	eu_auto_close int fd = -1;
	double start;
	int r;

	if (eu_file_read(path, MAX_FILE, &data, &opts.object_size, &err)) {
		printf("%s\n", err.text);
		return 2;
	}
	opts.object = data;
	start = now_us();
	r = eu_tailor_open(&opts, &fd, &err);
	if (r) {
		printf("%s: aside: %s\n", path, err.text);
		return 0;
	}
	if (fd < 0) {
		printf("%s: has no relocations\n", path);
		return 0;
	}
	return check_loads(path, data, opts.object_size, args, fd,
			   now_us() - start);
}

/* The same, with the object stripped and its BTF pruned. */
static int check_stripped(const char *path, const struct args *args)
{
	struct outcome whole = { 0 }, small = { 0 };
	eu_auto_free char *data = NULL;
	eu_auto_free void *out = NULL;
	struct eu_error err = { 0 };
	size_t size, out_size, differ, n = 0;
	int r;

	if (eu_file_read(path, MAX_FILE, &data, &size, &err) ||
	    eu_strip(data, size, &out, &out_size, &err)) {
		printf("%s: %s\n", path, err.text);
		return 2;
	}
	r = load(&whole, data, size, args->btf) ?:
		    load(&small, out, out_size, args->btf);
	if (r) {
		printf("%s: cannot be opened\n", path);
	} else {
		/* Types and members have other numbers, so words differ. */
		eu_buf_clear(&whole.said);
		eu_buf_clear(&small.said);
		differ = compare(&whole, &small, &n) +
			 (whole.relos != small.relos);
		r = differ != 0;
		printf("%s: %s, %zu instructions, %zu lines on relocations, load %d, %zu bytes of %zu\n",
		       path, r ? "DIFFERENT" : "same", n, whole.relos, whole.r,
		       out_size, size);
	}
	outcome_done(&whole);
	outcome_done(&small);
	return r < 0 ? 2 : r;
}

/* The BTF of an ELF file as a file of its own; *@btf becomes its path. */
static int unwrap(const char **btf, char path[EU_TAILOR_PATH])
{
	struct eu_elf_section s = { 0 };
	eu_auto_free char *data = NULL;
	struct eu_error err;
	struct eu_elf e;
	size_t size;
	int fd;

	if (eu_file_read(*btf, MAX_FILE, &data, &size, &err))
		return printf("%s\n", err.text);
	if (eu_elf_init(&e, data, size, NULL))
		return 0;
	for (size_t i = 1; i < e.n; i++) {
		if (eu_elf_section(&e, i, &s) && !strcmp(s.name, ".BTF"))
			break;
	}
	fd = memfd_create("whole", MFD_CLOEXEC);
	if (fd < 0 || eu_write_all(fd, s.data, s.size))
		return printf("%s: no .BTF\n", *btf);
	eu_tailor_path(path, fd);
	*btf = path;
	return 0;
}

int main(int argc, char **argv)
{
	char paths[2][EU_TAILOR_PATH];
	struct args args = { 0 };
	int r = 0, opt, (*how)(const char *, const struct args *) = check;

	while ((opt = getopt(argc, argv, "b:st:")) != -1) {
		if (opt == 's')
			how = check_stripped;
		else if (opt == 'b')
			args.btf = optarg;
		else if (opt == 't')
			args.tailored = optarg;
		else
			return 2;
	}
	if ((args.btf && unwrap(&args.btf, paths[0])) ||
	    (args.tailored && unwrap(&args.tailored, paths[1])))
		return 2;
	libbpf_set_print(listen);
	for (; optind < argc; optind++)
		r = eu_max(r, how(argv[optind], &args));
	return r;
}
