# SPDX-License-Identifier: MIT
#
# The other runtime of the ABI, for scenarios of this folder:
#
#	load ../helper
#	load other

WASM_BPF=$BUILD/tools/wasm-bpf
BPFTOOL=$BUILD/tools/wasm-bpftool

# Builds it, if it is not in the cache yet: this takes four minutes.
other_setup_file() {
	OTHER=$("$ROOT/scripts/crate" build \
		"$BATS_TEST_DIRNAME/wasm-bpf-rs")/bin/other-runtime
	export OTHER
}

other_setup() {
	helper_setup
	need root wasi
}

# guest NAME [OPTION...]: NAME.c to NAME.wasm. The other runtime calls callbacks
# by the table, and wants it exported.
guest() {
	clang-16 --target=wasm32-wasi -O2 -I"$ROOT/include/wasm" -I. \
		-Wl,--allow-undefined,--export-table \
		-Wl,--stack-first,-z,stack-size=262144 \
		-o "$1.wasm" "$1.c" "${@:2}"
}

# headers NAME: of NAME.bpf.c, NAME.skel.h and NAME.wasm.h.
headers() {
	"$ECC" "$1.bpf.c" $([ ! -e "$1.h" ] || echo "$1.h") >ecc.out
	"$BPFTOOL" gen skeleton -j "$1.bpf.o" >"$1.skel.h"
	"$BPFTOOL" btf dump file "$1.bpf.o" format c -j >"$1.wasm.h"
}

# start_other FILE [ARGUMENT...]: in the background, on a terminal, without which
# lines stay in the guest's buffer.
start_other() {
	start script -qefc "$OTHER $*" /dev/null
}

# until_line REGEX COMMAND...: runs the command again and again until $OUT has
# such a line: of the records that are there, the other one delivers the last.
until_line() {
	local end=$((SECONDS + PATIENCE)) never

	[ -p "$T/never" ] || mkfifo "$T/never"
	exec {never}<>"$T/never"
	until grep -qE "$1" "$OUT"; do
		if [ $SECONDS -ge $end ]; then
			echo "no '$1':"
			cat "$OUT" "$ERR"
			return 1
		fi
		"${@:2}" || :
		read -r -t 0.3 -u $never || :
	done
	exec {never}<&-
}
