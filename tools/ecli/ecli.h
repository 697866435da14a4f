/* SPDX-License-Identifier: MIT */
#ifndef ECLI_H
#define ECLI_H

/*
 * What the commands of ecli share. A command is one file with a const struct
 * eu_command and a row in main.c's table. Commands own all printing; their
 * return value is the exit status.
 */

#include "base/options.h"
#include "rt/program.h"
#include "tool.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

extern const struct eu_command command_run, command_check, command_inspect;
extern const struct eu_command command_names;
extern const struct eu_command command_push, command_pull;
extern const struct eu_command command_login, command_logout;
extern const struct eu_command command_images, command_tag, command_rm;
extern const struct eu_command command_prune, command_save, command_load;
extern const struct eu_command command_sign, command_verify, command_keygen;
extern const struct eu_command command_wasm_bpf, command_wasm_bpftool;
extern const struct eu_command lmp_init, lmp_build, lmp_run;
extern const struct eu_command lmp_gen_wasm_skel, lmp_build_wasm;
extern const struct eu_command lmp_push, lmp_pull, lmp_list;

/* "ecli: TEXT" on standard error. Returns the exit status. */
int fail(const struct eu_error *err);
/* The same, with a pointer to --help. */
int fail_usage(const struct eu_command *cmd, const struct eu_error *err);
/* Prints the help of @cmd. Returns EXIT_DONE. */
int show_help(const struct eu_command *cmd);
/*
 * Takes a command line of options and no more than one word, which goes to
 * @ret_word. What an option was given goes to the place of its id in @value, ""
 * if it takes nothing. Returns a negative number, or the exit status if all has
 * been said.
 */
int one_word(const struct eu_command *cmd, int argc, char **argv,
	     const char **ret_word, const char *value[]);

/* The same of several words; @value may be NULL where there is but --help. */
enum { WORDS_MAX = 64 };
struct word_list {
	const char *list[WORDS_MAX];
	size_t n;
};
int several_words(const struct eu_command *cmd, int argc, char **argv,
		  struct word_list *ret, const char *value[]);
/* What is wrong with them; the exit status. */
int wrong_words(const struct eu_command *cmd, const char *why);

struct source;
/* The same of a table with the rows of source.h, which go to @from. */
int one_program(const struct eu_command *cmd, int argc, char **argv,
		const char **ret_word, const char *value[], struct source *from);
/* Loads what is at @path and throws it away. Returns the exit status. */
int check_package(const char *path, struct source *from, bool json);
/* Text to standard output, over short writes. */
void put(const char *text);

/*
 * eu_package_read(), with words for what people give instead of a package.
 * @from may be NULL.
 */
int open_package(const char *path, struct source *from, const char *arch,
		 struct eu_package **ret, struct eu_error *err);

/* The command of that name of what we were started as, or NULL. */
const struct eu_command *command_find(const char *name);
/* Says what @word, the first and no option, is not. -ENOENT. */
int command_unknown(const char *word, struct eu_error *err);

/* The same of text with words of others in it: no control characters. */
void put_foreign(const char *text);
/* The same of an error on standard error, in a line that ends with @more. */
void put_error(const struct eu_error *err, const char *more);
/* Is it "-"? NULL is not. */
bool is_stdout(const char *to);
/* eu_file_write(), or to standard output. */
int write_output(const char *to, const void *data, size_t len,
		 struct eu_error *err);
/* JSON in one line; NULL is no memory. Returns an exit status. */
int print_whole(const json_t *j);

/* The name we were started by: "ecli", "lmp" … */
extern const char *program_name;

/* "5", "1.5", "500ms", "2m", "1h" as nanoseconds. -EINVAL. */
int parse_duration(const char *text, uint64_t *ret_ns, struct eu_error *err);

/* Does the word begin with a host, as references do, and go on behind it? */
bool has_host(const char *word);

/*
 * The bytes of an address or a reference to a registry, to be freed, which the
 * store and the cache keep. FETCH_NOT for the name of a file.
 */
enum { FETCH_NOT = 1 };
int fetch(const char *word, struct source *from, uint64_t max, char **ret_data,
	  size_t *ret_len, struct eu_error *err);

/* What a command line names, read once: by its bytes it is seen what it is. */
struct program_file {
	const char *path; /* "-": standard input */
	char *data;
	size_t len;
	int failed; /* to be read, with the words in err; 0: it is here */
	struct eu_error err;
};

/* Words for what people give instead of a program are kept for the end, too. */
void program_file_read(struct program_file *f, const char *path,
		       struct source *from);
/* As open_package(); the bytes are gone afterwards. */
int program_file_parse(struct program_file *f, const char *arch,
		       struct eu_package **ret, struct eu_error *err);
void program_file_done(struct program_file *f);

/*
 * Runs the Wasm module of a command line, whose file may have been read: @f.
 * Returns the exit status.
 */
int run_wasm(const struct eu_command *cmd, int argc, char **argv,
	     struct program_file *f);

/* What a run needs to know besides the program. */
struct run_opts {
	const char *path;	   /* the program unless one is named */
	struct program_file *file; /* that was read already, or NULL */
	struct source *from;
	const char *format;
	const char *fields, *filter, *sort;
	const char *timestamps, *color; /* NULL: not given */
	uint64_t width; /* 1 + columns; 1: never cut, 0: the terminal's */
	uint64_t head;
	const char *output; /* file, or NULL: standard output */
	const char *btf;
	const char *pin;	 /* directory for maps that ask to be pinned */
	bool top;		 /* the largest first, again and again */
	const char *input;	 /* map that standard input goes to */
	const char *task, *grep; /* of bpf_printk lines, those shown */
	const char *user;	 /* become this one once attached */
	uint64_t timeout_ns;	 /* 0: none */
	uint64_t max_events;	 /* 0: none */
	int ready_fd;		 /* -1: none */
	int verbose;
	bool no_tailor;
	bool stats;    /* count runs, and say so at the end */
	bool announce; /* the line that says what is waited for */
};

/*
 * Parses "[OPTIONS] PROGRAM [PROGRAM OPTIONS]", runs the program until it ends
 * and returns the exit status.
 */
int run_command(const struct eu_command *cmd, struct run_opts *o, int argc,
		char **argv);
/* The same of a program or a Wasm module. */
int run_any(const struct eu_command *cmd, struct run_opts *o, int argc,
	    char **argv);

/* The options that every way to run a program takes. */
extern const struct eu_option run_options[];
/* The same behind those that say where 'lmp run' finds programs. */
extern const struct eu_option lmp_run_options[];

#endif
