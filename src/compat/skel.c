/* SPDX-License-Identifier: MIT */
#include <eunomia/eunomia-bpf.h>

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/file.h"
#include "compat/args.h"
#include "rt/program.h"

/*
 * The C interface of eunomia-bpf over this library's own. Its shape is given,
 * and so are two things that the library does nowhere else: it waits, and it
 * keeps the words of a thread's last error.
 */

enum { MAX_TEXT = 64 << 20 };

/* Shared by a program and its handles. */
struct eunomia_polling_handle {
	atomic_int users;
	atomic_bool stop, paused;
	int wake; /* eventfd */
};

struct eunomia_bpf {
	struct eu_program *p; /* NULL: loading it has failed */
	struct eunomia_polling_handle *control;
	void (*handler)(void *ctx, const char *data, size_t size); /* or NULL */
	void *ctx;
	struct eu_buf line;
};

static struct eu_error *last_error(void)
{
	static _Thread_local struct eu_error last;

	return &last;
}

static int fail(int code, const char *text)
{
	eu_error_set(last_error(), code, "%s", text);
	return -1;
}

void get_error_message(char *out, size_t size)
{
	const char *text = last_error()->text;
	size_t n = strlen(text);

	if (!out || !size)
		return;
	n = eu_min(n, size - 1);
	memcpy(out, text, n);
	out[n] = '\0';
}

/*
 * A batch of lines. There may be no NUL in it: sinks escape control characters.
 */
static int on_output(void *ctx, const void *data, size_t len)
{
	struct eunomia_bpf *b = ctx;
	const char *at = data, *end = at + len, *nl;
	const char *text;

	for (; at < end && b->handler; at = nl + 1) {
		nl = memchr(at, '\n', (size_t)(end - at)) ?: end;
		eu_buf_clear(&b->line);
		eu_buf_put(&b->line, at, (size_t)(nl - at));
		text = eu_buf_str(&b->line);
		if (!text)
			return -ENOMEM;
		b->handler(b->ctx, text, (size_t)(nl - at));
	}
	return 0;
}

static int on_record(void *ctx, const char *map, const void *key,
		     const void *data, size_t size)
{
	struct eunomia_bpf *b = ctx;

	(void)map;
	(void)key;
	b->handler(b->ctx, data, size);
	return 0;
}

static struct eunomia_polling_handle *new_control(void)
{
	struct eunomia_polling_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->users = 1;
	h->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (h->wake >= 0)
		return h;
	free(h);
	return NULL;
}

/* Takes the package. */
static struct eunomia_bpf *open_package(struct eu_package *pkg, const char *btf)
{
	struct eunomia_bpf *b = calloc(1, sizeof(*b));
	const struct eu_program_opts opts = {
		.sz = sizeof(opts),
		.write = on_output,
		.ctx = b,
		.btf = btf,
	};

	if (!b) {
		eu_package_free(pkg);
		eu_error_oom(last_error());
		return NULL;
	}
	eu_buf_init(&b->line, MAX_TEXT);
	b->control = new_control();
	if (!b->control) {
		eu_package_free(pkg);
		eu_error_oom(last_error());
	} else if (!eu_program_new(pkg, &opts, &b->p, last_error())) {
		return b;
	}
	destroy_eunomia_skel(b);
	return NULL;
}

static struct eu_package *parse(const char *json)
{
	struct eu_error *err = last_error();
	struct eu_package *pkg = NULL;
	struct eu_log silent;

	if (!json) {
		eu_error_set(err, -EINVAL, "no package given");
		return NULL;
	}
	eu_log_init(&silent, NULL, NULL);
	eu_log_enter(&silent);
	eu_package_parse(json, strlen(json), "package", NULL, &pkg, err);
	eu_log_leave();
	eu_log_done(&silent);
	return pkg;
}

struct eunomia_bpf *open_eunomia_skel_from_json(const char *json_data,
						const void *bpf_object_buffer,
						size_t object_size,
						const char *btf_archive_path)
{
	struct eu_error *err = last_error();
	struct eu_package *pkg = NULL;
	eu_auto_json json_t *meta = NULL;
	struct eu_log silent;
	int r;

	if (!json_data || !bpf_object_buffer) {
		eu_error_set(err, -EINVAL, "no %s given",
			     json_data ? "object" : "metadata");
		return NULL;
	}
	meta = eu_json_read(json_data, strlen(json_data), err);
	if (!meta)
		return NULL;
	eu_log_init(&silent, NULL, NULL);
	eu_log_enter(&silent);
	r = eu_package_from_object(bpf_object_buffer, object_size, "object",
				   NULL, &pkg, err);
	if (!r)
		r = eu_package_apply(pkg, meta, pkg->btf, err);
	eu_log_leave();
	eu_log_done(&silent);
	if (!r)
		return open_package(pkg, btf_archive_path);
	eu_package_free(pkg);
	return NULL;
}

struct eunomia_bpf *open_eunomia_skel_from_json_package_with_btf(
	const char *json_data, const char *btf_archive_path)
{
	struct eu_package *pkg = parse(json_data);

	return pkg ? open_package(pkg, btf_archive_path) : NULL;
}

struct eunomia_bpf *open_eunomia_skel_from_json_package(const char *json_data)
{
	return open_eunomia_skel_from_json_package_with_btf(json_data, NULL);
}

static int set_variable(void *ctx, const struct eu_var *var, const char *value,
			struct eu_error *err)
{
	return eu_program_set(ctx, var->name, value, err);
}

struct eunomia_bpf *open_eunomia_skel_from_json_package_with_args(
	const char *json_data, char **args, int argc, const char *btf_archive_path)
{
	struct eunomia_bpf *b = open_eunomia_skel_from_json_package_with_btf(
		json_data, btf_archive_path);

	if (b && eu_args_apply(b->p->pkg, args, argc, set_variable, b->p,
			       last_error())) {
		destroy_eunomia_skel(b);
		return NULL;
	}
	return b;
}

int load_and_attach_eunomia_skel(struct eunomia_bpf *prog)
{
	struct eu_error *err = last_error();
	int r;

	if (!prog || !prog->p)
		return fail(-EINVAL, "there is no program");
	r = eu_program_load(prog->p, err);
	if (r == -EBUSY && prog->p->phase == EU_PHASE_ATTACHED)
		return -1;
	if (!r)
		r = eu_program_attach(prog->p, err);
	if (!r)
		return 0;
	eu_program_close(eu_take_ptr(prog->p));
	return -1;
}

static bool is_attached(const struct eunomia_bpf *b)
{
	if (b && b->p && b->p->phase == EU_PHASE_ATTACHED)
		return true;
	fail(-EINVAL, "the program is not loaded");
	return false;
}

/* One turn of waiting. */
static int poll_once(struct eunomia_bpf *b, struct eu_error *err)
{
	struct eunomia_polling_handle *h = b->control;
	struct pollfd fds[] = {
		{ .fd = h->wake, .events = POLLIN },
		{ .fd = h->paused ? -1 : eu_program_fd(b->p), .events = POLLIN },
	};
	uint64_t times;

	if (poll(fds, EU_COUNT(fds), -1) < 0)
		return errno == EINTR ? 0 :
					eu_error_set(err, -errno, "poll: %s",
						     strerror(errno));
	if (fds[0].revents && read(h->wake, &times, sizeof(times)) < 0 &&
	    errno != EAGAIN)
		return eu_error_set(err, -errno, "eventfd: %s", strerror(errno));
	if (!fds[1].revents || h->paused)
		return 0;
	return eu_min(eu_program_dispatch(b->p, err), 0);
}

int wait_and_poll_events_to_handler(
	struct eunomia_bpf *prog, enum export_format_type type,
	void (*handler)(void *ctx, const char *data, size_t size), void *ctx)
{
	struct eu_error *err = last_error();
	int r;

	if (!is_attached(prog))
		return -1;
	if (!handler || (unsigned int)type > EXPORT_RAW_EVENT)
		return fail(-EINVAL, handler ? "there is no such format" :
					       "no handler given");
	prog->handler = handler;
	prog->ctx = ctx;
	r = eu_program_output(prog->p, type == EXPORT_JSON ? "json" : "text",
			      type == EXPORT_RAW_EVENT ? on_record : NULL, err);
	while (!r && !atomic_exchange(&prog->control->stop, false))
		r = poll_once(prog, err);
	prog->handler = NULL;
	return r && r != -ENODATA ? -1 : 0;
}

void destroy_eunomia_skel(struct eunomia_bpf *prog)
{
	if (!prog)
		return;
	eu_program_close(prog->p);
	handle_destroy(prog->control);
	eu_buf_done(&prog->line);
	free(prog);
}

void free_bpf_skel(struct eunomia_bpf *prog)
{
	destroy_eunomia_skel(prog);
}

int get_bpf_fd(struct eunomia_bpf *prog, const char *name)
{
	int fd;

	if (!is_attached(prog))
		return -1;
	fd = name ? eu_program_map_fd(prog->p, name) : -ENOENT;
	if (fd < 0 && name)
		fd = eu_program_prog_fd(prog->p, name);
	if (fd >= 0)
		return fd;
	return fail(-ENOENT, "there is no map or program of that name");
}

struct eunomia_polling_handle *handle_create(struct eunomia_bpf *prog)
{
	if (!is_attached(prog))
		return NULL;
	prog->control->users++;
	return prog->control;
}

static void wake(struct eunomia_polling_handle *h)
{
	const uint64_t once = 1;
	const int saved = errno;

	/* Fails where it is awake already. */
	if (write(h->wake, &once, sizeof(once)) < 0)
		errno = saved;
}

void handle_set_pause_state(struct eunomia_polling_handle *handle, uint8_t paused)
{
	if (!handle)
		return;
	handle->paused = paused;
	wake(handle);
}

void handle_terminate(struct eunomia_polling_handle *handle)
{
	if (!handle)
		return;
	handle->stop = true;
	wake(handle);
}

void handle_destroy(struct eunomia_polling_handle *handle)
{
	if (!handle || --handle->users)
		return;
	eu_close(handle->wake);
	free(handle);
}

void stop_ebpf_program(struct eunomia_bpf *prog)
{
	if (prog)
		handle_terminate(prog->control);
}

int parse_args_to_json_config(const char *json_config, char **args, int argc,
			      char *out, size_t out_size)
{
	eu_auto_free char *text = NULL;
	size_t len;
	int r;

	if (!json_config || !out)
		return fail(-EINVAL, json_config ? "no place for the result" :
						   "no metadata given");
	r = eu_args_fill(json_config, args, argc, &text, &len, last_error());
	if (r)
		return r == -EPROTO ? -2 : -1;
	if (len >= out_size) {
		eu_error_set(last_error(), -E2BIG,
			     "the result takes %zu bytes, there are %zu",
			     len + 1, out_size);
		return -1;
	}
	memcpy(out, text, len + 1);
	return 0;
}
