/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_LIBYAML_H
#define EU_BASE_LIBYAML_H

/* What is used of libyaml; writing apart, as the static ecli only reads. */

#include <yaml.h>

#include "base/late.h"

#define EU_YAML_READING(F)             \
	F(yaml_document_delete)        \
	F(yaml_document_get_node)      \
	F(yaml_document_get_root_node) \
	F(yaml_event_delete)           \
	F(yaml_parser_delete)          \
	F(yaml_parser_initialize)      \
	F(yaml_parser_load)            \
	F(yaml_parser_parse)           \
	F(yaml_parser_set_input_string)

#define EU_YAML_WRITING(F)                    \
	F(yaml_document_add_mapping)          \
	F(yaml_document_add_scalar)           \
	F(yaml_document_add_sequence)         \
	F(yaml_document_append_mapping_pair)  \
	F(yaml_document_append_sequence_item) \
	F(yaml_document_delete)               \
	F(yaml_document_initialize)           \
	F(yaml_emitter_close)                 \
	F(yaml_emitter_delete)                \
	F(yaml_emitter_dump)                  \
	F(yaml_emitter_initialize)            \
	F(yaml_emitter_open)                  \
	F(yaml_emitter_set_output)            \
	F(yaml_emitter_set_unicode)           \
	F(yaml_emitter_set_width)

struct eu_yaml_reading {
	EU_YAML_READING(EU_LATE_MEMBER)
};

struct eu_yaml_writing {
	EU_YAML_WRITING(EU_LATE_MEMBER)
};

#endif
