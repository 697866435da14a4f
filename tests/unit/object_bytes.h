/* SPDX-License-Identifier: MIT */
#ifndef OBJECT_BYTES_H
#define OBJECT_BYTES_H

/*
 * A BPF object made by hand: an ELF file of the sections .BTF and .BTF.ext
 * alone. Relocations are a line each: "KIND TYPE PATH", KIND one of the words
 * below or a number.
 */

#include <elf.h>
#include <linux/bpf.h>

#include "btf_text.h"

/* The header of .BTF.ext. */
struct ext_bytes {
	__u16 magic;
	__u8 version, flags;
	__u32 hdr_len;
	__u32 func_off, func_len, line_off, line_len, core_off, core_len;
};

/* In the order of enum bpf_core_relo_kind. */
static const char *const relo_kinds[] = {
	"offset",	"size",	    "exists",	 "signed",	"lshift",
	"rshift",	"id_local", "id_kernel", "type_exists", "type_size",
	"value_exists", "value",    "matches",
};

static inline __u32 relo_kind(const char *word)
{
	for (__u32 i = 0; i < EU_COUNT(relo_kinds); i++) {
		if (!strcmp(word, relo_kinds[i]))
			return i;
	}
	return text_number(word);
}

/* The bytes of .BTF.ext for relocations of which strings go into @btf. */
static inline void ext_from_text(struct btf *btf, const char *relos,
				 struct eu_buf *out)
{
	struct ext_bytes h = { BTF_MAGIC, BTF_VERSION, 0, sizeof(h) };
	__u32 head[3] = { sizeof(struct bpf_core_relo), btf__add_str(btf, "x") };
	struct bpf_core_relo relo = { 0 };
	struct eu_buf recs = EU_BUF(1 << 20);
	char kind[16], path[512];
	int len;

	for (; sscanf(relos, "%15s %u %511s%n", kind, &relo.type_id, path,
		      &len) == 3;
	     relos += len) {
		relo.kind = relo_kind(kind);
		relo.access_str_off = btf__add_str(btf, path);
		eu_buf_put(&recs, &relo, sizeof(relo));
		head[2]++;
	}
	h.core_len = recs.len ? sizeof(head) + recs.len : 0;
	eu_buf_put(out, &h, sizeof(h));
	if (h.core_len)
		eu_buf_put(out, head, sizeof(head));
	eu_buf_put(out, recs.data, recs.len);
	eu_buf_done(&recs);
}

/* An ELF file of sections .BTF and .BTF.ext, in new memory. */
static inline char *elf_from_sections(const void *btf, size_t btf_len,
				      const void *ext, size_t ext_len,
				      size_t *ret_len)
{
	static const char names[] = "\0.names\0.BTF\0.BTF.ext";
	Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
				     ELFDATA2LSB :
				     ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(h),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 4,
		.e_shstrndx = 1,
		.e_shoff = sizeof(h),
	};
	Elf64_Shdr s[4] = {
		[1] = { .sh_name = 1,
			.sh_type = SHT_STRTAB,
			.sh_offset = sizeof(h) + sizeof(s),
			.sh_size = sizeof(names) },
		[2] = { .sh_name = 8, .sh_type = SHT_PROGBITS, .sh_size = btf_len },
		[3] = { .sh_name = 13, .sh_type = SHT_PROGBITS, .sh_size = ext_len },
	};
	struct eu_buf b = EU_BUF(64 << 20);

	s[2].sh_offset = s[1].sh_offset + s[1].sh_size;
	s[3].sh_offset = s[2].sh_offset + s[2].sh_size;
	eu_buf_put(&b, &h, sizeof(h));
	eu_buf_put(&b, s, sizeof(s));
	eu_buf_put(&b, names, sizeof(names));
	eu_buf_put(&b, btf, btf_len);
	eu_buf_put(&b, ext, ext_len);
	return eu_buf_take(&b, ret_len);
}

static inline char *object_from_text(const char *types, const char *relos,
				     size_t *ret_len)
{
	struct btf *btf = text_to_btf(types, NULL);
	struct eu_buf ext = EU_BUF(1 << 20);
	const void *raw;
	__u32 raw_len;
	char *elf;

	ext_from_text(btf, relos, &ext);
	raw = btf__raw_data(btf, &raw_len);
	elf = elf_from_sections(raw, raw_len, ext.data, ext.len, ret_len);
	eu_buf_done(&ext);
	btf__free(btf);
	return elf;
}

#endif
