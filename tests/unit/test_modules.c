/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/libbpf.h>

#include "base/file.h"
#include "btf/tailor.h"
#include "object_bytes.h"

/* Always there: the integer that gives pointers their size. */
#define LONG "int long 8\n"

/* A directory as /sys/kernel/btf: vmlinux and one module. */
struct kernel_dir {
	char path[64];
	struct btf *kernel;
	const char *module; /* name; NULL: none */
};

static void put_file(const char *dir, const char *name, const void *data,
		     size_t len)
{
	char *path = eu_path_join(dir, name);

	assert_int_equal(eu_file_write(path, data, len, NULL), 0);
	free(path);
}

static void put_btf(const char *dir, const char *name, struct btf *btf)
{
	__u32 len;
	const void *raw = btf__raw_data(btf, &len);

	put_file(dir, name, raw, len);
}

static void kernel_dir_init(struct kernel_dir *d)
{
	snprintf(d->path, sizeof(d->path), "/tmp/tailor-XXXXXX");
	assert_non_null(mkdtemp(d->path));
	d->kernel = text_to_btf(LONG "struct here 8 a:1@0\n"
				     "typedef word_that_is_a_name_there 1\n",
				NULL);
	put_btf(d->path, "vmlinux", d->kernel);
}

static void kernel_dir_done(struct kernel_dir *d)
{
	char *path = eu_path_join(d->path, "vmlinux");

	unlink(path);
	free(path);
	path = eu_path_join(d->path, "module");
	unlink(path);
	free(path);
	rmdir(d->path);
	btf__free(d->kernel);
}

static int tailor_dir(const struct kernel_dir *d, const char *object,
		      const char *relos, struct eu_error *err)
{
	struct eu_tailor_opts opts = { .btf_dir = d->path };
	struct eu_buf out = EU_BUF(1 << 20);
	int r;

	opts.object = object_from_text(object, relos, &opts.object_size);
	r = eu_tailor_write(&opts, &out, err);
	assert_true(r || out.len);
	free((void *)opts.object);
	eu_buf_done(&out);
	return r;
}

static void types_of_modules(void **state)
{
	static const struct {
		const char *what, *module, *object, *relos;
		int code;
	} cases[] = {
		{ "in the kernel, the module's is not looked at",
		  "struct here 4\n", "struct here 4\n", "type_exists 1 0", 0 },
		{ "in the module alone", "struct there 4\n", "struct there 4\n",
		  "type_exists 1 0", -EOPNOTSUPP },
		{ "as a flavour", "struct there___2 4\n",
		  "struct there___1 4\n", "type_exists 1 0", -EOPNOTSUPP },
		{ "of another kind", "union there 4\n", "struct there 4\n",
		  "type_exists 1 0", 0 },
		{ "the other width of an enumeration", "enum64 there 8 A=1\n",
		  "enum there 4 A=0\n", "value 1 0", -EOPNOTSUPP },
		{ "nowhere", "struct there 4\n", "struct nowhere 4\n",
		  "type_exists 1 0", 0 },
		{ "a name that is a string of the kernel's",
		  "struct word_that_is_a_name_there 4\n",
		  "struct word_that_is_a_name_there 4\n", "type_exists 1 0",
		  -EOPNOTSUPP },
		{ "one here, one there", "struct there 4\n",
		  "struct here 4\nstruct there 4\n",
		  "type_exists 1 0 type_exists 2 0", -EOPNOTSUPP },
	};
	struct kernel_dir d;
	struct btf *module;
	struct eu_error err;
	int r;

	(void)state;
	kernel_dir_init(&d);
	for (size_t i = 0; i < EU_COUNT(cases); i++) {
		module = text_to_btf(cases[i].module, d.kernel);
		put_btf(d.path, "module", module);
		r = tailor_dir(&d, cases[i].object, cases[i].relos, &err);
		if (r != cases[i].code ||
		    (r && !strstr(err.text, "in the BTF of module 'module'")))
			fail_msg("%s: %d, %s", cases[i].what, r, err.text);
		btf__free(module);
	}
	kernel_dir_done(&d);
}

static void broken_modules(void **state)
{
	struct kernel_dir d;
	struct eu_error err;

	(void)state;
	kernel_dir_init(&d);
	put_file(d.path, "module", "nonsense", 8);
	assert_int_equal(
		tailor_dir(&d, "struct here 4\n", "type_exists 1 0", &err), 0);
	assert_int_equal(tailor_dir(&d, "struct there 4\n", "type_exists 1 0",
				    &err),
			 -EBADMSG);
	assert_non_null(strstr(err.text, "/module' is no BTF file"));
	kernel_dir_done(&d);
}

static void no_kernel(void **state)
{
	struct kernel_dir d = { .path = "/nonexistent" };
	struct eu_error err;

	(void)state;
	assert_int_equal(tailor_dir(&d, "struct s 4\n", "type_exists 1 0", &err),
			 -ENOENT);
	assert_non_null(strstr(err.text, "'/nonexistent/vmlinux'"));
}

/* libbpf reads it by the path, from its start, any number of times. */
static void as_a_file(void **state)
{
	struct kernel_dir d;
	struct eu_tailor_opts opts = { .btf_dir = d.path };
	char path[EU_TAILOR_PATH], *text;
	struct btf *btf;
	int fd = -1;

	(void)state;
	kernel_dir_init(&d);
	opts.object = object_from_text("struct here 4\n", "type_size 1 0",
				       &opts.object_size);
	assert_int_equal(eu_tailor_open(&opts, &fd, NULL), 0);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	eu_tailor_path(path, fd);
	for (int i = 0; i < 2; i++) {
		btf = btf__parse(path, NULL);
		assert_non_null(btf);
		text = text_from_btf(btf);
		assert_string_equal(text, LONG "struct here 8\n");
		free(text);
		btf__free(btf);
	}
	close(fd);
	free((void *)opts.object);

	opts.object = object_from_text("struct here 4\n", "", &opts.object_size);
	assert_int_equal(eu_tailor_open(&opts, &fd, NULL), 0);
	assert_int_equal(fd, -1);
	free((void *)opts.object);
	kernel_dir_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_of_modules),
		cmocka_unit_test(broken_modules),
		cmocka_unit_test(no_kernel),
		cmocka_unit_test(as_a_file),
	};

	libbpf_set_print(NULL);
	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
