/* SPDX-License-Identifier: MIT */
#ifndef EU_WASM_WASI_H
#define EU_WASM_WASI_H

/*
 * Two functions of WASI preview 1 that are ours and not the engine's: sleeping,
 * which has to end when the guest is stopped, and what kind of file a
 * descriptor is. Standard output is said to be a terminal, so that guests write
 * line by line and nothing waits in their memory when they are stopped.
 */

#include "wasm/functions.h"

extern const struct eu_import eu_wasi_functions[];
extern const size_t eu_wasi_n_functions;

#endif
