/* SPDX-License-Identifier: MIT */
#ifndef ECLI_LMP_H
#define ECLI_LMP_H

/* What the commands of lmp share. */

#include "ecli.h"

/* Runs @argv and waits. Returns its exit status, 127 if it cannot be run. */
int lmp_run_child(char *const *argv);

/* A line of progress: "  BPF      bootstrap.bpf.o". */
void lmp_progress(const char *what, const char *path);

/* Does somebody want to see commands (V=1)? */
bool lmp_shows_commands(void);

/* Makes a folder that may be there. */
int lmp_make_dir(const char *path, struct eu_error *err);

/* Will 'run' go through sudo, which asks for a password? */
bool lmp_will_ask(void);

/* Runs what a command line names, of which @f may have been read, or NULL. */
int lmp_run_program(const struct eu_command *cmd, int argc, char **argv,
		    struct program_file *f);

/* Was @path changed after @than? Not if one of them is missing. */
bool lmp_is_newer(const char *path, const char *than);

/* Compiles @source, NAME.bpf.c, to the package.json beside it. */
int lmp_build_source(const char *source, struct eu_error *err);

/*
 * Compiles the only *.bpf.c of this folder to package.json if that is missing
 * or older; 0 also where there is a package and no source.
 */
int lmp_build_package(struct eu_error *err);

#endif
