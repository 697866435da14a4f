#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# bootstrap, built here, by another runtime of the same ABI.

load ../helper
load other

bats_require_minimum_version 1.5.0

setup_file() { other_setup_file; }

setup() {
	other_setup
	cp "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h} .
	cp "$ROOT/examples/wasm/bootstrap/bootstrap.c" .
	headers bootstrap
	guest bootstrap
}

@test "bootstrap says the same there as here" {
	run -0 "$OTHER" bootstrap.wasm -h
	there=$output
	run -0 "$WASM_BPF" bootstrap.wasm -h
	[ "$output" = "$there" ]
	[ "${lines[0]}" = 'BPF bootstrap demo application.' ]
}

@test "bootstrap shows processes there, by the lines that it shows here" {
	start_other bootstrap.wasm
	wait_for '^TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE.?$'
	line='[0-9:]{8} EXIT  sh               [0-9]+ +[0-9]+ +\[7\] \([0-9]+ms\)'
	until_line "^$line" sh -c 'exit 7'
	stop_it TERM || :
	start "$WASM_BPF" bootstrap.wasm
	wait_for '^TIME'
	until_line "^$line\$" sh -c 'exit 7'
	stop_it
}

@test "a constant that the guest sets is set there" {
	start_other bootstrap.wasm -d 400
	wait_for '^TIME'
	until_line ' EXIT  sleep .*\[0\] \([4-9][0-9]{2}ms\)' sleep 0.5
	run ! grep ' EXEC ' "$OUT"
	stop_it TERM || :
}

# The manual's own link line exports the memory and _start alone.
@test "a table that is not exported: there it has to be, here it is found" {
	clang-16 --target=wasm32-wasi -O2 -I"$ROOT/include/wasm" -I. \
		-Wl,--allow-undefined -o plain.wasm bootstrap.c
	start_other plain.wasm
	until_line '__indirect_function_table' true
	r=0
	end_of_it || r=$?
	[ $r != 0 ]
	start "$WASM_BPF" plain.wasm
	wait_for '^TIME'
	until_line ' EXIT  sh .*\[7\]' sh -c 'exit 7'
	stop_it
}
