/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_LOG_H
#define EU_RT_LOG_H

/*
 * What libbpf has to say. Its print hook is process-wide: it is installed once,
 * chained to the one that was there before, and looks at the calling thread's
 * current log. Lines of warnings are kept for the words of an error.
 */

#include "base/buf.h"
#include "base/error.h"

struct eu_log {
	eu_log_fn fn; /* or NULL */
	void *ctx;
	struct eu_buf kept; /* warnings since eu_log_enter(), cut at 256 KiB */
};

void eu_log_init(struct eu_log *log, eu_log_fn fn, void *ctx);
void eu_log_done(struct eu_log *log);

/* libbpf's lines of this thread go to @log until eu_log_leave(). */
void eu_log_enter(struct eu_log *log);
void eu_log_leave(void);

/* Our own lines; @level as in eu_log_fn. */
void eu_log(struct eu_log *log, int level, const char *fmt, ...) EU_PRINTF(3, 4);

/*
 * Words for a failed load out of the kept lines: the verifier's last lines and
 * the source line they point to if it refused, else libbpf's warnings, of many
 * the first and the last two. Appended to @err. Returns @code.
 */
int eu_log_explain(const struct eu_log *log, int code, struct eu_error *err);

/*
 * The name of the program that did not load, not NUL-terminated, and its
 * length; NULL if the kept lines tell of none. A failed load closes the
 * descriptors of all, so that they cannot tell.
 */
const char *eu_log_refused(const struct eu_log *log, size_t *ret_n);

#endif
