/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Names longer than any buffer that one might think of. */

struct long_name_that_has_more_than_sixty_four_characters_as_kernels_now_have_them___flavour {
	int member_with_a_long_name_that_has_more_than_sixty_four_characters_too;
	int member_with_a_long_name_that_has_more_than_sixty_four_characters_no;
} __k;

PROG(read,
     struct long_name_that_has_more_than_sixty_four_characters_as_kernels_now_have_them___flavour,
     p)
{
	out = bpf_core_field_exists(
		p->member_with_a_long_name_that_has_more_than_sixty_four_characters_no);
	return BPF_CORE_READ(
		p,
		member_with_a_long_name_that_has_more_than_sixty_four_characters_too);
}
