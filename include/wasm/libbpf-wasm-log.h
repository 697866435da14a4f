/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_LOG_H
#define LIBBPF_WASM_LOG_H

/* What went wrong, in words. */

#ifdef __cplusplus
extern "C" {
#endif

enum libbpf_print_level { LIBBPF_WARN, LIBBPF_INFO, LIBBPF_DEBUG };

typedef int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *fmt,
				 va_list ap);

__attribute__((weak)) libbpf_print_fn_t wasm_bpf_print;

__attribute__((unused, format(printf, 2, 3))) static inline void wasm_bpf_say(
	enum libbpf_print_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	wasm_bpf_print(level, fmt, ap);
	va_end(ap);
}

WASM_BPF_API void wasm_bpf_say_error(void)
{
	char text[1024] = "";

	if (wasm_bpf_print && eunomia_error(text, sizeof(text)) > 0)
		wasm_bpf_say(LIBBPF_WARN, "libbpf: %s\n", text);
}

WASM_BPF_API int wasm_bpf_load_by_steps(struct bpf_object *o);

/*
 * @fn is told in words why a call failed (LIBBPF_WARN), and the host prints
 * nothing any more; NULL: nobody is. Returns the one before.
 */
WASM_BPF_API libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn)
{
	libbpf_print_fn_t before = wasm_bpf_print;

	wasm_bpf_print = fn;
	wasm_bpf_guest.failed = fn ? wasm_bpf_say_error : NULL;
	wasm_bpf_guest.load = wasm_bpf_load_by_steps;
	eunomia_log_level(-1);
	return before;
}

/* An errno number of Linux, its one of wasi-libc, and what it means. */
struct wasm_bpf_error {
	int number, own;
	const char *text;
};

WASM_BPF_API const struct wasm_bpf_error *wasm_bpf_find_error(int number)
{
	static const struct wasm_bpf_error errors[] = {
		{ 1, EPERM, "Operation not permitted" },
		{ 2, ENOENT, "No such file or directory" },
		{ 3, ESRCH, "No such process" },
		{ 4, EINTR, "Interrupted system call" },
		{ 5, EIO, "Input/output error" },
		{ 7, E2BIG, "Argument list too long" },
		{ 9, EBADF, "Bad file descriptor" },
		{ 11, EAGAIN, "Resource temporarily unavailable" },
		{ 12, ENOMEM, "Cannot allocate memory" },
		{ 13, EACCES, "Permission denied" },
		{ 14, EFAULT, "Bad address" },
		{ 16, EBUSY, "Device or resource busy" },
		{ 17, EEXIST, "File exists" },
		{ 19, ENODEV, "No such device" },
		{ 22, EINVAL, "Invalid argument" },
		{ 28, ENOSPC, "No space left on device" },
		{ 34, ERANGE, "Numerical result out of range" },
		{ 61, EIO, "No data available" },
		{ 95, ENOTSUP, "Operation not supported" },
		{ 105, ENOBUFS, "No buffer space available" },
		{ 110, ETIMEDOUT, "Connection timed out" },
		{ 524, ENOTSUP, "Operation not supported by the kernel" },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		if (errors[i].number == number)
			return &errors[i];
	}
	return NULL;
}

WASM_BPF_API int wasm_bpf_errno(int r)
{
	const struct wasm_bpf_error *e;

	if (r < 0) {
		e = wasm_bpf_find_error(-r);
		errno = e ? e->own : EIO;
	}
	return r;
}

/* NULL for a function that returns that. */
WASM_BPF_API void *wasm_bpf_null(int error)
{
	wasm_bpf_result(error);
	return NULL;
}

/* Of what a function returned: 0, or the negative error that NULL stands for. */
WASM_BPF_API long libbpf_get_error(const void *ptr)
{
	if (ptr)
		return 0;
	return wasm_bpf_guest.error ? wasm_bpf_guest.error : -22;
}

WASM_BPF_API int libbpf_strerror(int err, char *buf, size_t size)
{
	const struct wasm_bpf_error *e = wasm_bpf_find_error(err < 0 ? -err :
								       err);

	if (!buf || !size)
		return -22;
	if (e)
		snprintf(buf, size, "%s", e->text);
	else
		snprintf(buf, size, "Unknown error %d", err < 0 ? -err : err);
	return e ? 0 : -2;
}

/* The interface that these headers follow. */
WASM_BPF_API uint32_t libbpf_major_version(void)
{
	return 1;
}

WASM_BPF_API uint32_t libbpf_minor_version(void)
{
	return 4;
}

WASM_BPF_API const char *libbpf_version_string(void)
{
	return "v1.4";
}

enum libbpf_strict_mode { LIBBPF_STRICT_NONE, LIBBPF_STRICT_ALL = -1 };

/* Always strict. */
WASM_BPF_API int libbpf_set_strict_mode(enum libbpf_strict_mode mode)
{
	(void)mode;
	return 0;
}

/* Of the host, those that may come to life too. */
WASM_BPF_API int libbpf_num_possible_cpus(void)
{
	return eunomia_cpu_count();
}

#ifdef __cplusplus
}
#endif

#endif
