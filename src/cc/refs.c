/* SPDX-License-Identifier: MIT */
#include "cc/refs.h"

void eu_refs_foreach(struct btf_type *t, eu_ref_fn *fn, void *ctx)
{
	void *rest = t + 1;

	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_TYPE_TAG: fn(ctx, &t->type, 0); break;
	case BTF_KIND_ARRAY:
		fn(ctx, &((struct btf_array *)rest)->type, 0);
		fn(ctx, &((struct btf_array *)rest)->index_type, 0);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			fn(ctx, &((struct btf_member *)rest)[i].type, i);
		break;
	case BTF_KIND_FUNC_PROTO:
		fn(ctx, &t->type, 0);
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			fn(ctx, &((struct btf_param *)rest)[i].type, 0);
		break;
	case BTF_KIND_DATASEC:
		for (uint32_t i = 0; i < btf_vlen(t); i++)
			fn(ctx, &((struct btf_var_secinfo *)rest)[i].type, 0);
		break;
	}
}
