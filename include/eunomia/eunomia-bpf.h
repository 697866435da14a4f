/* SPDX-License-Identifier: MIT */
#ifndef EUNOMIA_BPF_H
#define EUNOMIA_BPF_H

/*
 * The C interface of eunomia-bpf 1.0, over this library: programs written for
 * it are compiled and linked as they are. New ones use <eunomia/eunomia.h>.
 *
 * Functions that return a pointer return NULL on failure, those that return an
 * int -1; get_error_message() has the words. All accept NULL for a program or
 * handle. What differs from the original is listed in docs/embedding.md.
 *
 * A program is used by one thread at a time, but for stop_ebpf_program(); the
 * functions of a handle may be called by any thread, and all of these four but
 * handle_create() and handle_destroy() by a signal handler.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum export_format_type {
	EXPORT_PLAIN_TEXT,
	EXPORT_JSON,
	EXPORT_RAW_EVENT,
	EXPORT_PLANT_TEXT = EXPORT_PLAIN_TEXT /* as older headers spell it */
};

struct eunomia_bpf;
struct eunomia_polling_handle;

/*
 * Opens a program from the metadata of a package ("meta" of package.json, the
 * content of NAME.skel.json) and a BPF object. Nothing enters the kernel. All
 * arguments are borrowed for the time of the call. @btf_archive_path is a file
 * with the kernel's BTF or a folder laid out as BTFHub; NULL: the kernel's own.
 * The result is the caller's, to be destroyed.
 */
struct eunomia_bpf *open_eunomia_skel_from_json(const char *json_data,
						const void *bpf_object_buffer,
						size_t object_size,
						const char *btf_archive_path);

/* The same from the text of a package.json. */
struct eunomia_bpf *open_eunomia_skel_from_json_package(const char *json_data);
struct eunomia_bpf *open_eunomia_skel_from_json_package_with_btf(
	const char *json_data, const char *btf_archive_path);

/*
 * And with a command line for it: args[0] is the name of the program, which is
 * passed over. "--help" fails, and its text is the error message.
 */
struct eunomia_bpf *open_eunomia_skel_from_json_package_with_args(
	const char *json_data, char **args, int argc,
	const char *btf_archive_path);

/* Loads and attaches. After a failure @prog can only be destroyed. */
int load_and_attach_eunomia_skel(struct eunomia_bpf *prog);

/*
 * Calls @handler for each line of output (the header of a table too), without
 * its newline but with a NUL behind it, or for each record as bytes (of sampled
 * maps the value). Blocks until the program ends or is stopped, then returns 0.
 */
int wait_and_poll_events_to_handler(
	struct eunomia_bpf *prog, enum export_format_type type,
	void (*handler)(void *ctx, const char *data, size_t size), void *ctx);

/*
 * Detaches, unloads and frees, waiting for the kernel. Nobody may be waiting
 * for its events any more. Both are the same.
 */
void destroy_eunomia_skel(struct eunomia_bpf *prog);
void free_bpf_skel(struct eunomia_bpf *prog);

/* The descriptor of a map, else of a program, of that name; borrowed. */
int get_bpf_fd(struct eunomia_bpf *prog, const char *name);

/* Ends the present wait for events, else the next. */
void stop_ebpf_program(struct eunomia_bpf *prog);

/*
 * Writes metadata as JSON with the values that a command line gives to
 * variables. -2 for wrong usage and "--help". Fails if @out is too small.
 */
int parse_args_to_json_config(const char *json_config, char **args, int argc,
			      char *out, size_t out_size);

/*
 * Controls the wait for events of a loaded program. The handle is the caller's
 * and may outlive the program. While paused nothing is handed out.
 */
struct eunomia_polling_handle *handle_create(struct eunomia_bpf *prog);
void handle_set_pause_state(struct eunomia_polling_handle *handle,
			    uint8_t paused);
void handle_terminate(struct eunomia_polling_handle *handle);
void handle_destroy(struct eunomia_polling_handle *handle);

/* The words of this thread's last error, cut to @size bytes with the NUL. */
void get_error_message(char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
