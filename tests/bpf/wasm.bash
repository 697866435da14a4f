# SPDX-License-Identifier: MIT
#
# Guests that scenarios write, compile and run.

WASM_BPF=$BUILD/tools/wasm-bpf
BPFTOOL=$BUILD/tools/wasm-bpftool

# guest NAME [OPTION...]: NAME.c to NAME.wasm, by the manual's command.
guest() {
	clang-16 --target=wasm32-wasi -O2 -I"$ROOT/include/wasm" -I. \
		-Wl,--allow-undefined -o "$1.wasm" "$1.c" "${@:2}"
}

# The headers that bootstrap.c of the examples includes, and the program.
bootstrap() {
	cp "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h} .
	cp "$ROOT/examples/wasm/bootstrap/bootstrap.c" .
	"$ECC" bootstrap.bpf.c bootstrap.h >ecc.out
	"$BPFTOOL" gen skeleton -j bootstrap.bpf.o >bootstrap.skel.h
	"$BPFTOOL" btf dump file bootstrap.bpf.o format c -j >bootstrap.wasm.h
	guest bootstrap -Wl,--strip-debug
}
