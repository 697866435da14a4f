#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What guests write to their standard descriptors.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need wasm wasi
	cat >write.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>
		#include <wasi/api.h>

		/* write FD PIECES BYTES [CLOSED]: all in one call. */
		int main(int argc, char **argv)
		{
			static __wasi_ciovec_t v[1000];
			int n = atoi(argv[2]), len = atoi(argv[3]), r;
			uint8_t *text = malloc(len);
			size_t done = 77;

			for (int i = 0; i < len; i++)
				text[i] = 'a' + i % 26;
			for (int i = 0; i < n; i++)
				v[i] = (__wasi_ciovec_t){ text, len };
			if (argc > 4)
				close(atoi(argv[4]));
			r = __wasi_fd_write(atoi(argv[1]), v, n, &done);
			fprintf(stderr, "%d %zu\n", r, done);
			return 0;
		}
	END
	guest write
}

@test "pieces are written in their order, as many as one call takes" {
	run -0 --separate-stderr "$WASM_BPF" write.wasm 1 3 5
	[ "$output $stderr" = 'abcdeabcdeabcde 0 15' ]
	run -0 --separate-stderr "$WASM_BPF" write.wasm 1 1000 1
	[ "$stderr" = '0 64' ]
	[ ${#output} = 64 ]
	run -0 --separate-stderr "$WASM_BPF" write.wasm 1 0 1
	[ "$output $stderr" = ' 0 0' ]
	run -0 --separate-stderr "$WASM_BPF" write.wasm 2 1 2
	[ "$output $stderr" = ' ab0 2' ]
}

@test "output that is lost ends the run" {
	for times in 1 1000; do
		run -1 sh -c "'$WASM_BPF' write.wasm 1 $times 5 2>&1 >/dev/full"
		[ "$output" = "wasm-bpf: 'write.wasm': cannot write: No space left on device" ]
	done
	run -1 sh -c "'$WASM_BPF' write.wasm 1 1 5 2>&1 >&-"
	[ "$output" = "wasm-bpf: 'write.wasm': cannot write: Bad file descriptor" ]
	# Of standard error it may ask.
	run -0 sh -c "'$WASM_BPF' write.wasm 2 1 5 2>/dev/full"
	[ -z "$output" ]
}

@test "what cannot be written is told by WASI's own numbers" {
	run -0 --separate-stderr "$WASM_BPF" write.wasm 0 1 5
	[ "$output $stderr" = " 8 77" ]
	run -0 --separate-stderr "$WASM_BPF" write.wasm 1 1 5 1
	[ "$output $stderr" = ' 8 77' ]
	run -255 "$WASM_BPF" write.wasm 1 1 -1
}

# 200 kB at once and a reader that begins late.
@test "a pipe that is full is waited for" {
	mkfifo pipe
	start sh -c "'$WASM_BPF' write.wasm 1 3 70000 >pipe"
	exec 4<pipe
	read -r -n 1 first <&4
	[ "$first$(cat <&4 | wc -c)" = a209999 ]
	exec 4<&-
	end_of_it
	[ "$(<"$ERR")" = '0 210000' ]
}

@test "files below a folder are written by the engine" {
	mkdir shared
	cat >file.c <<-'END'
		#include <stdio.h>
		int main(void)
		{
			FILE *f = fopen("/d/f", "w");
			fputs("to the file\n", f);
			printf("%d\n", fclose(f));
			return 0;
		}
	END
	guest file
	run -0 "$WASM_BPF" --dir "$T/shared:/d" file.wasm
	[ "$output" = 0 ]
	[ "$(<shared/f)" = 'to the file' ]
}
