/* SPDX-License-Identifier: MIT */
#ifndef EU_BASE_JSON_H
#define EU_BASE_JSON_H

/*
 * JSON and YAML, both as jansson's json_t. Depth is limited by jansson
 * (2,048), size by the caller.
 *
 * jansson's integers are int64_t. Unsigned numbers above INT64_MAX are read
 * as strings of their digits, so no value is lost; readers of numbers take
 * both (eu_json_u64()).
 */

#include <jansson.h>

#include "base/error.h"

/* A new reference, or NULL and @err: line and column are named. */
json_t *eu_json_read(const char *text, size_t len, struct eu_error *err);

/* The first document of a YAML text; plain scalars become what JSON has. */
json_t *eu_yaml_read(const char *text, size_t len, struct eu_error *err);

/*
 * Compact, keys sorted, no newline: the form that packages are written in.
 * To be freed by the caller; NULL if there is no memory.
 */
char *eu_json_write(const json_t *j, size_t *ret_len);

/* The same in the order of keys that it has. NULL for NULL. */
char *eu_json_line(const json_t *j);

/*
 * YAML block style, keys sorted, with a final newline. To be freed; NULL
 * without memory or libyaml.
 */
char *eu_yaml_write(const json_t *j, size_t *ret_len, struct eu_error *err);

/* The string under @key, or NULL if it is not there or no string. Borrowed. */
const char *eu_json_str(const json_t *obj, const char *key);
/* True if the value under @key is true. */
bool eu_json_true(const json_t *obj, const char *key);
/*
 * Building what is one whole or nothing. Each takes the value; where there is
 * no memory, @value is NULL or *@j is already, *@j is freed and becomes NULL, so
 * that the end alone has to be looked at.
 */
void eu_json_put(json_t **j, const char *key, json_t *value);
void eu_json_add(json_t **j, json_t *value);
/* NULL is left out. */
void eu_json_put_text(json_t **j, const char *key, const char *text);
void eu_json_put_number(json_t **j, const char *key, uint64_t n);

/* Text of whatever bytes: U+FFFD stands for what is no character. */
json_t *eu_json_text(const char *text);

/* A number or a string of digits (decimal or 0x). -EINVAL, -ERANGE. */
int eu_json_u64(const json_t *j, uint64_t *ret_v);

static inline void eu_json_free_(json_t **j)
{
	json_decref(*j);
}

#define eu_auto_json EU_CLEANUP(eu_json_free_)

#endif
