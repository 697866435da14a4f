#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

@test "opening a package 1,000 times leaves nothing behind" {
	need plain root tracepoint
	run "$BUILD/tests/rt/reopen" "$OBJ/exec.bpf.o"
	echo "$output"
	[ "$status" = 0 ]
	[[ ${lines[0]} == "ok 1 descriptors"* ]]
	[[ ${lines[1]} == "ok 2 memory"* ]]
}
