#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

@test "programs closed at once leave nothing, with threads and without" {
	need root tracepoint
	run "$BUILD/tests/rt/closing" "$OBJ/exec.bpf.o"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(grep -c '^ok' <<<"$output")" = 5 ]
}
