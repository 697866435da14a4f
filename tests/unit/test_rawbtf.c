/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/btf.h>
#include <cmocka.h>

#include "base/file.h"
#include "btf/rawbtf.h"

enum { TYPES = 30000, BIG_STRUCT = 9000 };

/* Larger than all windows; one struct and some names are, too. */
static struct btf *large_btf(void)
{
	struct btf *btf = btf__new_empty();
	char name[10000];
	int id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	while (id < TYPES) {
		memset(name, 'a' + id % 26, sizeof(name));
		snprintf(name + (id % 1000 ? 4 : sizeof(name) - 20), 20, "%d",
			 id);
		id = btf__add_struct(btf, name, 4);
		for (int i = 0; i < (id == 777 ? BIG_STRUCT : id % 4); i++)
			btf__add_field(btf, name, 1, i * 32, 0);
		id = btf__add_typedef(btf, name, id);
		id = btf__add_array(btf, 1, id, 3);
	}
	return btf;
}

/* A file in memory, of which the path is written to @path. */
static int large_file(const void **ret_raw, __u32 *ret_len, struct btf **ret,
		      char path[32])
{
	int fd = memfd_create("btf", MFD_CLOEXEC);

	*ret = large_btf();
	*ret_raw = btf__raw_data(*ret, ret_len);
	assert_int_equal(eu_write_all(fd, *ret_raw, *ret_len), 0);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static void same_type(struct eu_rawbtf *a, struct eu_rawbtf *b, uint32_t id)
{
	const struct btf_type *x = eu_rawbtf_type(a, id);
	const struct btf_type *y = eu_rawbtf_type(b, id);
	const char *s, *t;

	assert_non_null(x);
	assert_non_null(y);
	assert_int_equal(eu_rawbtf_type_size(x), eu_rawbtf_type_size(y));
	assert_memory_equal(x, y, eu_rawbtf_type_size(x));
	s = eu_rawbtf_string(a, x->name_off);
	t = eu_rawbtf_string(b, y->name_off);
	assert_non_null(s);
	assert_non_null(t);
	assert_string_equal(s, t);
}

static void by_windows_as_in_memory(void **state)
{
	struct eu_rawbtf mem = EU_RAWBTF, file = EU_RAWBTF;
	struct eu_error err;
	struct btf *btf;
	const void *raw;
	char path[32];
	__u32 len;
	int fd = large_file(&raw, &len, &btf, path);

	(void)state;
	assert_int_equal(eu_rawbtf_init(&mem, raw, len, &err), 0);
	assert_int_equal(eu_rawbtf_open(&file, path, false, &err), 0);
	assert_null(file.data);
	assert_int_equal(eu_rawbtf_scan(&mem, 0, NULL, NULL, NULL, &err), 0);
	assert_int_equal(eu_rawbtf_scan(&file, 0, NULL, NULL, NULL, &err), 0);
	assert_int_equal(mem.n_types, btf__type_cnt(btf) - 1);
	assert_int_equal(file.n_types, mem.n_types);
	for (uint32_t id = 1; id <= mem.n_types; id++)
		same_type(&mem, &file, id);
	for (uint32_t id = mem.n_types; id; id--)
		same_type(&mem, &file, id);
	for (uint32_t i = 0; i < mem.n_types; i++)
		same_type(&mem, &file, i * 7919ull % mem.n_types + 1);
	assert_null(eu_rawbtf_type(&file, 0));
	assert_null(eu_rawbtf_type(&file, mem.n_types + 1));
	assert_null(eu_rawbtf_string(&file, mem.strings_len));
	assert_null(eu_rawbtf_string(&mem, mem.strings_len));
	eu_rawbtf_done(&mem);
	eu_rawbtf_done(&file);
	btf__free(btf);
	close(fd);
}

struct seen {
	const struct btf *btf;
	uint32_t last;
	size_t n;
};

static int see(void *ctx, uint32_t id, const struct btf_type *t)
{
	struct seen *s = ctx;

	assert_true(id > s->last);
	assert_memory_equal(t, btf__type_by_id(s->btf, id), sizeof(*t));
	assert_int_equal(BTF_INFO_KIND(t->info), BTF_KIND_TYPEDEF);
	s->last = id;
	s->n++;
	return id > 20000 ? -EINTR : 0;
}

static void scans_one_kind_until_told_to_stop(void **state)
{
	struct eu_rawbtf file = EU_RAWBTF;
	struct seen s = { 0 };
	struct btf *btf;
	const void *raw;
	char path[32];
	__u32 len;
	int fd = large_file(&raw, &len, &btf, path);

	(void)state;
	s.btf = btf;
	assert_int_equal(eu_rawbtf_open(&file, path, false, NULL), 0);
	assert_int_equal(eu_rawbtf_scan(&file, 1 << BTF_KIND_TYPEDEF, NULL, see,
					&s, NULL),
			 -EINTR);
	assert_int_equal(s.last, 20001);
	assert_int_equal(s.n, 20001 / 3);
	eu_rawbtf_done(&file);
	btf__free(btf);
	close(fd);
}

/* The file shrinks while it is read: an error, no signal, no endless loop. */
static void a_file_that_shrinks(void **state)
{
	struct eu_rawbtf file = EU_RAWBTF;
	struct btf *btf;
	const void *raw;
	char path[32];
	__u32 len;
	int fd = large_file(&raw, &len, &btf, path);

	(void)state;
	assert_int_equal(eu_rawbtf_open(&file, path, false, NULL), 0);
	assert_int_equal(eu_rawbtf_scan(&file, 0, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(ftruncate(fd, len / 8), 0);
	assert_null(eu_rawbtf_type(&file, file.n_types / 2));
	assert_null(eu_rawbtf_string(&file, file.strings_len / 2));
	assert_int_equal(eu_rawbtf_error(&file), -EIO);
	assert_int_equal(eu_rawbtf_scan(&file, 0, NULL, NULL, NULL, NULL), -EIO);
	eu_rawbtf_done(&file);
	btf__free(btf);
	close(fd);
}

static void the_running_kernel(void **state)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";
	struct eu_rawbtf map = EU_RAWBTF, file = EU_RAWBTF;

	(void)state;
	if (access(path, R_OK)) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	assert_int_equal(eu_rawbtf_open(&map, path, true, NULL), 0);
	assert_int_equal(eu_rawbtf_open(&file, path, false, NULL), 0);
	assert_int_equal(eu_rawbtf_scan(&map, 0, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(eu_rawbtf_scan(&file, 0, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(map.n_types, file.n_types);
	for (uint32_t id = 1; id <= map.n_types; id += 11)
		same_type(&map, &file, id);
	eu_rawbtf_done(&map);
	eu_rawbtf_done(&file);
}

static void what_is_no_file_of_btf(void **state)
{
	struct eu_rawbtf raw = EU_RAWBTF;
	struct eu_error err;

	(void)state;
	assert_int_equal(eu_rawbtf_open(&raw, "/proc/nonexistent", true, &err),
			 -ENOENT);
	eu_rawbtf_done(&raw);
	assert_int_equal(eu_rawbtf_open(&raw, "/dev/null", true, &err), -EBADMSG);
	eu_rawbtf_done(&raw);
	assert_int_equal(eu_rawbtf_open(&raw, "/proc", false, &err), -EBADMSG);
	assert_string_equal(err.text, "'/proc' is no BTF file");
	eu_rawbtf_done(&raw);
	assert_int_equal(eu_rawbtf_open(&raw, "/proc/self/exe", false, &err),
			 -EBADMSG);
	eu_rawbtf_done(&raw);
	eu_rawbtf_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_windows_as_in_memory),
		cmocka_unit_test(scans_one_kind_until_told_to_stop),
		cmocka_unit_test(a_file_that_shrinks),
		cmocka_unit_test(the_running_kernel),
		cmocka_unit_test(what_is_no_file_of_btf),
	};

	return cmocka_run_group_tests_name("rawbtf", tests, NULL, NULL);
}
