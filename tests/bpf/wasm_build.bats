#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How guests are built: the commands of docs/wasm.md, and what their flags do.

load ../helper
load wasm

setup() {
	helper_setup
	need root wasm wasi
}

@test "the commands of docs/wasm.md run as they stand" {
	sed -n '/^    mkdir /,/^$/s/^    //p' "$ROOT/docs/wasm.md" >commands
	grep -q '^clang-16 ' commands
	cp -r "$ROOT/examples" "$ROOT/include" .
	PATH=$BUILD/tools:$PATH
	run -0 bash -e commands
	[[ $output == *'USAGE: ./bootstrap [-d <min-duration-ms>] -v'* ]]
	[ -s build/bootstrap/bootstrap.wasm ]
}

@test "a stack that is too deep ends the guest and leaves its data alone" {
	cat >deep.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		static volatile unsigned char data[1 << 20];
		__attribute__((noinline)) static int use(int size)
		{
			char local[size];
			int sum = 0;

			memset(local, 'x', sizeof(local));
			__asm__ volatile("" : : "r"(local) : "memory");
			for (int i = 0; i < sizeof(data); i++)
				sum += data[i];
			return sum + (local[size - 1] != 'x');
		}
		int main(int argc, char **argv)
		{
			printf("%d\n", use(atoi(argv[1])));
			return 0;
		}
	END
	guest deep
	run -0 "$WASM_BPF" deep.wasm 200000
	[ "$output" = 0 ]
	run -255 --separate-stderr "$WASM_BPF" deep.wasm 300000
	[ -z "$output" ]
	[[ $stderr == *': out of bounds memory access' ]]
}

# Who builds guests by other means than the printed command.
@test "all that builds guests has the stack below their data" {
	for file in docs/wasm.md examples/wasm/Makefile tests/bpf/wasm.bash \
		tools/ecli/lmp_wasm.c include/wasm/meson.build \
		include/wasm/eunomia-wasm-config.cmake.in; do
		grep -q -- '--stack-first' "$ROOT/$file"
		grep -q -- '-z,stack-size=262144' "$ROOT/$file"
	done
}

@test "make wasm: beside headers that were made there, and what it leaves out" {
	need program:make
	cp -r "$ROOT/examples" "$ROOT/include" .
	PATH=$BUILD/tools:$PATH
	cd examples/bootstrap
	ecc bootstrap.bpf.c bootstrap.h >ecc.out
	wasm-bpftool gen skeleton -j bootstrap.bpf.o >bootstrap.skel.h
	wasm-bpftool btf dump file bootstrap.bpf.o format c -j >bootstrap.wasm.h
	cd ../wasm
	run -0 make bootstrap OUT="$T/out"
	run -0 "$WASM_BPF" "$T/out/wasm/bootstrap/bootstrap.wasm" -h
	run -0 make -n RUSTC=none GO=none EMCC=none OUT="$T/out"
	[[ $output == *"without a compiler: rust-bootstrap "*" go-execve "*" emscripten "* ]]
}
