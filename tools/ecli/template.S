/* SPDX-License-Identifier: MIT */

/* The files of "lmp init", as they are. Who changes one touches this file. */

	.macro	file symbol, path
	.globl	\symbol, \symbol\()_end
	.hidden	\symbol, \symbol\()_end
\symbol:
	.incbin	"\path"
\symbol\()_end:
	.endm

	.section .rodata
	file	template_bpf_c, "examples/bootstrap/bootstrap.bpf.c"
	file	template_bpf_h, "examples/bootstrap/bootstrap.h"
	file	template_config, "tools/ecli/template/config.json"
	file	template_gitignore, "tools/ecli/template/gitignore"
	file	template_publish, "tools/ecli/template/publish.yml"
	file	template_readme, "tools/ecli/template/README.md"

	.section .note.GNU-stack, "", %progbits
