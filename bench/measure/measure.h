/* SPDX-License-Identifier: MIT */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

/* What the figures share. Each is one file with a function in main.c's table. */

#include <stdbool.h>

struct setup {
	const char *ecli; /* executable */
	const char *dir;  /* hand-count, hand-printf, hand-fast, burst.bpf.o */
	const char *object;  /* what is started: both sides load it */
	const char *package; /* the same as a package, or NULL */
	bool quick;
	int consumer, generator; /* processors */
};

enum { MAX_ARGS = 16 };

/* The command line of a side. */
struct command {
	char *argv[MAX_ARGS];
	char text[MAX_ARGS][512];
	bool prints; /* its first line says that it is ready */
};

/* ecli run @object; @key 0: not set. */
void command_ecli(struct command *c, const struct setup *s, const char *object,
		  bool json, int key);
/* hand-@name @object */
void command_hand(struct command *c, const struct setup *s, const char *name,
		  const char *object, bool json, int key);
/* wasm-bpf @name.wasm; @key 0: not given. */
void command_guest(struct command *c, const struct setup *s, const char *name,
		   int key);
/* Any, its words ended by NULL. */
void command_words(struct command *c, ...);
/* burst.bpf.o */
const char *burst_object(const struct setup *s);
const char *byid_object(const struct setup *s);

int figure_start(const struct setup *s, int argc, char **argv);
int figure_rows(const struct setup *s, int argc, char **argv);
int figure_losses(const struct setup *s, int argc, char **argv);
int figure_limit(const struct setup *s, int argc, char **argv);
int figure_sources(const struct setup *s, int argc, char **argv);
int figure_pair(const struct setup *s, int argc, char **argv);
int figure_ready(const struct setup *s, int argc, char **argv);
int figure_peak(const struct setup *s, int argc, char **argv);
/* Guests in Wasm. */
int figure_guest(const struct setup *s, int argc, char **argv);
int figure_callback(const struct setup *s, int argc, char **argv);
int figure_lookup(const struct setup *s, int argc, char **argv);
int figure_saturation(const struct setup *s, int argc, char **argv);
int figure_soak(const struct setup *s, int argc, char **argv);

#endif
