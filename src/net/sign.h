/* SPDX-License-Identifier: MIT */
#ifndef EU_NET_SIGN_H
#define EU_NET_SIGN_H

/* Keys and signatures by OpenSSL, a part of the module "net". */

#include "net/functions.h"

extern const struct eu_key_functions key_functions;

#endif
