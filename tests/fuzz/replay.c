/* SPDX-License-Identifier: MIT */

/*
 * The main function of a fuzz target that is no fuzzer: hands over each file
 * of its corpus once and prints TAP. Arguments are files in place of these.
 *
 * A target NAME is made a fuzzer by clang:
 *
 *	clang-16 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc -Iinclude \
 *		tests/fuzz/fuzz_NAME.c SOURCES -lbpf -o fuzz_NAME
 *	./fuzz_NAME NEW-FILES tests/fuzz/corpus/NAME
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

#ifndef CORPUS
#error "CORPUS is the directory of the files"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_FILE = 64 << 20 };

static size_t n;

static bool replay(const char *path, const char *name)
{
	eu_auto_free char *data = NULL;
	struct eu_error err;
	size_t len;

	n++;
	if (eu_file_read(path, MAX_FILE, &data, &len, &err)) {
		printf("not ok %zu - %s\n# %s\n", n, name, err.text);
		return false;
	}
	/* A crash comes after this, and leaves the plan unfulfilled. */
	printf("# %s\n", name);
	fflush(stdout);
	LLVMFuzzerTestOneInput((const uint8_t *)data, len);
	printf("ok %zu - %s\n", n, name);
	return true;
}

static bool replay_corpus(void)
{
	struct dirent **files;
	int count = scandir(CORPUS, &files, NULL, alphasort);
	bool ok = count >= 0;
	char *path;

	for (int i = 0; i < count; i++) {
		path = eu_path_join(CORPUS, files[i]->d_name);
		if (files[i]->d_name[0] != '.')
			ok &= path && replay(path, files[i]->d_name);
		free(path);
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	return ok && n;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1 || replay_corpus();

	for (int i = 1; i < argc; i++)
		ok &= replay(argv[i], argv[i]);
	printf("1..%zu\n", n);
	return !ok;
}
