/* SPDX-License-Identifier: MIT */
#ifndef EU_RT_PROBE_H
#define EU_RT_PROBE_H

/*
 * What this system can do, found out by doing it: a program is loaded and,
 * for tracing, attached and taken off again. Versions are never compared.
 */

#include "base/error.h"

struct eu_probe {
	const char *name;  /* as sections are called: "kprobe" */
	const char *group; /* "system", "tracing", "network", "maps" */
	int (*run)(const struct eu_probe *p); /* 0 or a negative errno */
	int arg;			      /* of run */
	uint16_t since;	  /* major * 100 + minor; 0: in all, or not known */
	const char *hint; /* what else to enable if it fails, or NULL */
	bool harmless;	  /* needs no rights */
};

enum eu_probe_answer { EU_PROBE_WORKS, EU_PROBE_FAILS, EU_PROBE_UNKNOWN };

/*
 * Whether it works; unknown where this process has no right to try. The
 * negative errno of what was tried goes to @ret_code, or 0.
 */
enum eu_probe_answer eu_probe_ask(const struct eu_probe *p, int *ret_code);

/* "Linux 5.18 or later, CONFIG_FPROBE=y": what brings it. */
enum { EU_PROBE_NEEDS = 256 };
void eu_probe_needs(const struct eu_probe *p, char *to, size_t size);

/* The probe at place @i of the table, NULL behind the last. */
const struct eu_probe *eu_probe_at(size_t i);
/* By name, or NULL. */
const struct eu_probe *eu_probe_find(const char *name);

#endif
