/* SPDX-License-Identifier: MIT */
/* A library that is no module. */

extern const int eu_no_module;
const int eu_no_module = 1;
