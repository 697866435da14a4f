/* SPDX-License-Identifier: MIT */
#ifndef ECLI_RUN_H
#define ECLI_RUN_H

/*
 * One run of a program, in the order of its life: options (run_options.c,
 * run_args.c), package, load, attach, loop (run.c), output (output.c).
 */

#include "ecli.h"
#include "guard.h"
#include "pkg/param.h"
#include "source.h"

/* What an option was given, each time that it was; borrowed from argv. */
struct run_words {
	const char **word;
	size_t n;
};

/* A variable's value, or a file of them. */
struct run_setting {
	const char *name; /* NULL: @value is a file */
	size_t name_len;
	const char *value;
};

struct run_user {
	unsigned int uid, gid;
};

struct run {
	const struct eu_command *cmd;
	struct run_opts *o;
	struct eu_args args;
	struct eu_package *pkg;
	struct eu_flags flags;
	struct eu_program *program;
	struct run_words targets, types, only, skip;
	struct run_setting *set; /* in the order of the command line */
	size_t n_set;
	int out_fd;
	bool out_blocks; /* it is a pipe or a terminal */
	bool closed;	 /* the reader of our output is gone */
	bool ending;	 /* the end was asked for */
	bool announced;
	bool emptied; /* the file of -o */
	int signals;  /* that end the run */
	int asks;     /* SIGUSR1, SIGWINCH */
	int timer, loop;
	struct run_user user; /* with --user */
	struct guard guard;
	struct run_input *input; /* with --input */
	int notify_fd;		 /* the service manager, -1: none */
	int stats_fd;		 /* while it is open the kernel counts runs */
};

/*
 * Takes the option run_options[i] with its value in @r->args. Returns 0, a
 * negative errno, or 1 when all is done with it (--help).
 */
int run_take_option(struct run *r, size_t i, struct eu_error *err);

/* One more setting. */
int run_add_setting(struct run *r, const struct run_setting *s,
		    struct eu_error *err);
/* All of them, once the program is open. */
int run_apply_settings(const struct run *r, struct eu_error *err);

/* Options up to the program's name, and those behind it. Returns as above. */
int run_parse_head(struct run *r, struct eu_error *err);
int run_parse_tail(struct run *r, struct eu_error *err);

/* Help of the program: its flags, and our options. */
void run_program_help(struct run *r);

/* Are headers to be highlighted? And the columns of a row, 0: any number. */
/* May a table take the place of the one before? */
bool run_refreshes(const struct run *r);
bool run_colored(const struct run *r);
unsigned int run_width(const struct run *r);

/* Writes all, waiting for room. -EPIPE also for a reader that stopped. */
int run_write(const struct run *r, const void *data, size_t len);

/*
 * --input, if it is given: opens it; takes what a file holds; takes what is
 * there when run_input_is() the descriptor that is ready; tells what was left.
 */
int run_input_open(struct run *r, struct eu_error *err);
void run_input_begin(struct run *r);
bool run_input_is(const struct run *r, int fd);
void run_input(struct run *r);
void run_input_done(struct run *r);

/* May a write to @fd wait for somebody? */
bool run_may_block(int fd);

/* Has the kernel count runs and their time, until the end. */
int run_count_time(struct run *r, struct eu_error *err);

/* On standard error: losses if there are any; or all figures. */
void run_report_losses(const struct run *r);
void run_report(const struct run *r);

/* Gives up what is not needed any more; becomes the user of --user. */
int drop_privileges(const struct run *r, struct eu_error *err);
/* To take off what is in another network namespace one has to go there. */
bool attaches_elsewhere(const struct eu_program *p);
/* What the guard needs. */
void guard_privileges(bool elsewhere);
/* A user's ids by name or number. -ENOENT. */
int find_user(const char *name, struct run_user *ret, struct eu_error *err);

/* Finds the service manager, before rights to do so are given up. */
int run_find_manager(struct run *r);

/* Is there a descriptor of that number? */
int run_may_say_ready(const struct run *r, struct eu_error *err);

/* Tells the descriptor of --ready-fd and the service manager. */
int run_say_ready(const struct run *r, struct eu_error *err);

#endif
