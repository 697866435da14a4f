/* SPDX-License-Identifier: MIT */
#ifndef LIBBPF_WASM_HOST_H
#define LIBBPF_WASM_HOST_H

/*
 * The host's functions as they are imported; docs/wasm-abi.md describes them.
 * A guest imports those that it uses. Those of "wasm_bpf" are what every
 * runtime of this interface has, those of "eunomia" are this one's.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WASM_BPF_IMPORT(fn) \
	__attribute__((import_module("wasm_bpf"), import_name(#fn))) extern

WASM_BPF_IMPORT(wasm_load_bpf_object)
uint64_t wasm_load_bpf_object(const void *obj_buf, int obj_buf_sz);
WASM_BPF_IMPORT(wasm_close_bpf_object)
int wasm_close_bpf_object(uint64_t obj);
WASM_BPF_IMPORT(wasm_attach_bpf_program)
int wasm_attach_bpf_program(uint64_t obj, const char *name,
			    const char *attach_target);
WASM_BPF_IMPORT(wasm_bpf_buffer_poll)
int wasm_bpf_buffer_poll(uint64_t program, int fd, int32_t sample_func,
			 uint32_t ctx, char *data, int max_size, int timeout_ms);
WASM_BPF_IMPORT(wasm_bpf_map_fd_by_name)
int wasm_bpf_map_fd_by_name(uint64_t obj, const char *name);
WASM_BPF_IMPORT(wasm_bpf_map_operate)
int wasm_bpf_map_operate(int fd, int cmd, void *key, void *value,
			 void *next_key, uint64_t flags);
/* To a descriptor of the guest's own, which few runtimes have. */
WASM_BPF_IMPORT(wasm_attach_bpf_program_fd)
int wasm_attach_bpf_program_fd(uint64_t obj, const char *name, int target_fd);

#define EUNOMIA_IMPORT(fn) \
	__attribute__((import_module("eunomia"), import_name(#fn))) extern

EUNOMIA_IMPORT(error)
int eunomia_error(char *to, uint32_t size);
EUNOMIA_IMPORT(log_level)
int eunomia_log_level(int level);
EUNOMIA_IMPORT(output_format)
int eunomia_output_format(void);
EUNOMIA_IMPORT(cpu_count)
int eunomia_cpu_count(void);

EUNOMIA_IMPORT(object_open)
uint64_t eunomia_object_open(const void *data, uint32_t size);
EUNOMIA_IMPORT(object_load)
int eunomia_object_load(uint64_t obj);
EUNOMIA_IMPORT(object_name)
int eunomia_object_name(uint64_t obj, int kind, int index, char *to,
			uint32_t size);

EUNOMIA_IMPORT(program_autoload)
int eunomia_program_autoload(uint64_t obj, const char *name, int on);
EUNOMIA_IMPORT(program_fd)
int eunomia_program_fd(uint64_t obj, const char *name);
EUNOMIA_IMPORT(program_attach)
int eunomia_program_attach(uint64_t obj, const char *name, const char *target);
EUNOMIA_IMPORT(link_detach)
int eunomia_link_detach(uint64_t obj, int link);
EUNOMIA_IMPORT(program_run)
int eunomia_program_run(uint64_t obj, const char *name, const void *ctx,
			uint32_t size, int32_t *ret);

/* What map_info() writes. */
struct eunomia_map_info {
	uint32_t type, key_size;
	uint32_t value_size; /* of one CPU */
	uint32_t max_entries, flags;
	char name[16];
};

EUNOMIA_IMPORT(map_max_entries)
int eunomia_map_max_entries(uint64_t obj, const char *name, uint32_t n);
EUNOMIA_IMPORT(map_info)
int eunomia_map_info(int fd, struct eunomia_map_info *to, uint32_t size);
EUNOMIA_IMPORT(map_lookup_and_delete)
int eunomia_map_lookup_and_delete(int fd, const void *key, void *value,
				  uint64_t flags);
EUNOMIA_IMPORT(map_batch)
int eunomia_map_batch(int fd, int cmd, const void *in_batch, void *out_batch,
		      void *keys, void *values, uint32_t *count, uint64_t flags);

EUNOMIA_IMPORT(global_read)
int eunomia_global_read(uint64_t obj, const char *name, uint32_t offset,
			void *to, uint32_t size);
EUNOMIA_IMPORT(global_write)
int eunomia_global_write(uint64_t obj, const char *name, uint32_t offset,
			 const void *from, uint32_t size);

EUNOMIA_IMPORT(buffer_read)
int eunomia_buffer_read(uint64_t obj, int fd, void *to, uint32_t size,
			int timeout_ms);
EUNOMIA_IMPORT(buffer_lost)
int64_t eunomia_buffer_lost(int fd);

#ifdef __cplusplus
}
#endif

#endif
