/* SPDX-License-Identifier: MIT */
#ifndef ECLI_KEYS_H
#define ECLI_KEYS_H

/* What the commands that sign have in common. */

#include "net/key.h"

/* The password of a key: $EUNOMIA_PASSWORD, else of a person; to be freed. */
int key_password(const char *what, char **ret, struct eu_error *err);

#endif
