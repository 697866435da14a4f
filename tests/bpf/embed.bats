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

@test "a program describes itself and what it costs" {
	need root tracepoint ringbuf
	"$BUILD/tests/rt/describe" "$OBJ/exec.bpf.o" >out
	[ "$(wc -l <out)" = 4 ]
	"$ECLI" inspect -j "$OBJ/exec.bpf.o" | jq -S . >inspect
	sed -n 1p out | jq -S . | diff inspect -
	[ "$(sed -n 2p out)" = "cannot write: No space left on device" ]
	[ "$(sed -n 3p out)" = "the program is not loaded" ]
	sed -n 4p out >costs
	[ "$(jq -c '[.programs[].name] | sort' costs)" = '["on_exec","on_exit"]' ]
	[ "$(jq '.programs | all(.instructions > 10)' costs)" = true ]
	[ "$(jq '.maps[] | select(.name == "rb").max_entries' costs)" = 262144 ]
	[ "$(jq '.maps[] | select(.name == "rb").memory >= 262144' costs)" = true ]
}
