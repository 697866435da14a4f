/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/* An object with neither programs nor maps. */
char LICENSE[] __attribute__((section("license"), used)) = "GPL";
