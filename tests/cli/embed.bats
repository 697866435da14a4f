#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

bats_require_minimum_version 1.5.0

# Callers are not compiled anew for a new library: what is listed stays as it is,
# and what is new is appended.
@test "what callers were compiled against is still there, and all is listed" {
	need program:jq program:clang-16
	CLANG=clang-16 "$ROOT/tests/abi/dump" "$BUILD/src/libeunomia.so" |
		sort >have
	grep -v '^#' "$ROOT/tests/abi/x86_64" | sort >listed
	[ "$(wc -l <have)" -gt 40 ]
	comm -13 have listed >gone
	comm -23 have listed >new
	if [ -s gone ]; then
		echo "callers lose:"
		cat gone
		return 1
	fi
	if [ -s new ]; then
		echo "to be appended to tests/abi/x86_64:"
		cat new
		return 1
	fi
	# One name, one version: each is declared.
	sed -n 's/^symbol \(.*\) .*/\1/p' have >symbols
	sed -n 's/^function \([a-z_]*\):.*/\1/p' have | diff symbols -
}

@test "the headers are C and C++, each on its own, without a warning" {
	local header compiler

	for header in "$ROOT"/include/eunomia/*.h; do
		case $header in *.bpf.h) continue ;; esac
		printf '#include "%s"\nint main() { return 0; }\n' "$header" >a.cpp
		for compiler in g++ clang++-16; do
			has "program:$compiler" || continue
			$compiler -std=c++17 -Wall -Wextra -pedantic -Werror \
				-o a a.cpp
		done
		printf '#include "%s"\nint main(void) { return 0; }\n' \
			"$header" >a.c
		cc -std=c99 -Wall -Wextra -pedantic -Werror -o a a.c
	done
	has program:g++ || has program:clang++-16
}

@test "a C++ program runs with the library" {
	need plain program:g++
	cat >a.cpp <<-'END'
	#include <eunomia/eunomia.h>
	#include <cstdio>
	int main(int, char **argv)
	{
		eu_program_opts opts{};
		eu_program *p = nullptr;
		eu_error err;

		opts.sz = sizeof(opts);
		opts.path = argv[1];
		opts.record = [](void *, const char *, const void *,
				 const void *, size_t) { return 0; };
		if (eu_program_open(&opts, &p, &err))
			return std::puts(err.text), 1;
		std::puts(eu_version());
		eu_program_close(p);
		return 0;
	}
	END
	g++ -std=c++17 -Wall -Wextra -pedantic -Werror -I"$ROOT/include" a.cpp \
		-o a "$BUILD/src/libeunomia.so" -Wl,-rpath,"$BUILD/src"
	[ "$(./a "$OBJ/exec.bpf.o")" = "$("$ECLI" --version | sed 's/.* //')" ]
	run ./a /nowhere
	[ "$status" = 1 ]
	[[ $output == *"/nowhere"* ]]
}

@test "the Wasm guest of docs/embedding.md is run, and stopped" {
	need plain wasm wasi
	sed -n '/^```c$/,/^```$/p' "$ROOT/docs/embedding.md" | sed '/^```/d' >a.c
	cc -std=c99 -Wall -Wextra -pedantic -Werror -I"$ROOT/include" a.c -o a \
		"$BUILD/src/libeunomia.so" -Wl,-rpath,"$BUILD/src" -pthread
	cat >guest.c <<-'END'
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			printf("%s %s\n", argv[0], argv[1]);
			for (volatile int i = 0; argv[1][0] == 'l'; i++)
				;
			return 7;
		}
	END
	clang-16 --target=wasm32-wasi -O2 -o guest.wasm guest.c
	export EUNOMIA_MODULE_DIR=$BUILD/src/wasm
	mkfifo in
	exec {IN}<>in
	./a guest.wasm loop <in >out &
	children+=("$!")
	wait_for '^guest.wasm loop$' out
	echo >&$IN
	wait "${children[-1]}"
	[ "$(sed -n 2p out)" = 'it was stopped' ]
	stdbuf -oL ./a guest.wasm end <in >out &
	children+=("$!")
	wait_for '^it ended with status 7$' out
	echo >&$IN
	wait "${children[-1]}"
	echo x >bad
	run -1 ./a bad </dev/null
	[ "$output" = 'is not Wasm' ]
}
