/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_BYTES_H
#define EU_WASM_BYTES_H

/*
 * The bytes of a Wasm module before they are compiled. The format is specified
 * in the WebAssembly Core Specification, "Binary Format".
 */

#include "base/buf.h"
#include "base/error.h"

/*
 * A linker exports a guest's table of functions only when told to, and without
 * it no callback can be called: writes the module with table 0 exported to
 * @ret, and nothing if it has no table or exports one. What is broken is left
 * for the engine to tell. -ENOMEM.
 */
int eu_bytes_export_table(const void *wasm, size_t len, struct eu_buf *ret,
			  struct eu_error *err);

#endif
