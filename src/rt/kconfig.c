/* SPDX-License-Identifier: MIT */
#include "rt/kconfig.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "btf/layout.h"

static int64_t to_signed(const void *value, uint32_t size)
{
	int8_t v1;
	int16_t v2;
	int32_t v4;
	int64_t v8;

	switch (size) {
	case 1: return memcpy(&v1, value, size), v1;
	case 2: return memcpy(&v2, value, size), v2;
	case 4: return memcpy(&v4, value, size), v4;
	default: return memcpy(&v8, value, size), v8;
	}
}

/* As a line of a kernel's configuration has it. */
static int format(const struct btf *btf, const struct eu_var *var,
		  const void *value, struct eu_buf *out)
{
	const struct btf_type *t = eu_btf_resolve(btf, var->type_id, NULL);
	static const char tristate[] = "nym"; /* enum libbpf_tristate */
	bool yes_or_no;
	int64_t n;

	/* What ends the text, or the line, would begin another. */
	if (t && btf_is_array(t) &&
	    strcspn(value, "\"\n") < strnlen(value, var->size))
		return -EINVAL;
	if (t && btf_is_array(t)) {
		eu_buf_printf(out, "%s=\"%.*s\"\n", var->name, (int)var->size,
			      (const char *)value);
		return 0;
	}
	if (!t || !(btf_is_int(t) || btf_is_enum(t)) || var->size > 8)
		return -EINVAL;
	n = to_signed(value, var->size);
	yes_or_no = btf_is_enum(t) || btf_int_encoding(t) & BTF_INT_BOOL;
	if (yes_or_no && (n < 0 || n > 2))
		return -EINVAL;
	if (yes_or_no)
		eu_buf_printf(out, "%s=%c\n", var->name, tristate[n]);
	else if (btf_int_encoding(t) & BTF_INT_SIGNED)
		eu_buf_printf(out, "%s=%" PRId64 "\n", var->name, n);
	else
		eu_buf_printf(out, "%s=%" PRIu64 "\n", var->name,
			      (uint64_t)n & (UINT64_MAX >> (64 - 8 * var->size)));
	return 0;
}

int eu_kconfig_set(struct eu_program *p, const struct eu_var *var,
		   const void *value, struct eu_error *err)
{
	struct bpf_object *old;
	int r;

	if (strncmp(var->name, "CONFIG_", strlen("CONFIG_")))
		return eu_error_set(err, -EINVAL,
				    "variable '%s' is the kernel's to give",
				    var->name);
	if (format(p->pkg->btf, var, value, &p->kconfig) ||
	    !eu_buf_str(&p->kconfig))
		return eu_error_set(err, -EINVAL,
				    "variable '%s' cannot be set (type %s)",
				    var->name, var->type ?: "?");
	r = eu_program_renew(p, true, &old, err);
	if (!r)
		bpf_object__close(old);
	return r;
}
