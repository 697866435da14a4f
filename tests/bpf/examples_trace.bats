#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs on what the kernel and its processes do.

load ../helper
load fire
load target

setup() {
	helper_setup
	need bpf
}

# rows PID FILTER: of the events of that process.
rows() {
	jq -c "select(.pid == $1) | $2" "$OUT"
}

# started: a process that does nothing but start a program, $STARTED.
started() {
	"$OBJ/target" unlink /no/such/file &
	STARTED=$!
	wait $STARTED || :
}

@test "tracepoint" {
	need tracepoint
	example tracepoint
	fire 0 9
	stop_it
	[ "$(jq -c "select(.target == $MAGIC) | [.pid, .signal]" "$OUT")" = \
		"[$ME,0]
[$ME,9]" ]
}

@test "raw_tp" {
	need raw_tp
	example raw_tp
	started
	stop_it
	[ "$(rows $STARTED .comm)" = '"target"' ]
}

@test "tp_btf" {
	need tp_btf
	example tp_btf
	started
	stop_it
	[ "$(rows $STARTED '[.ppid, .comm]')" = "[$ME,\"target\"]" ]
}

@test "perf_event" {
	need perf_event
	taskset -c 0 bash -c 'while :; do :; done' 3>&- &
	busy=$!
	children+=("$busy")
	example perf_event --pid "$busy" -t cpu-clock,freq=99 --max-events 3
	end_of_it
	[ "$(jq -c '[.pid, .cpu, .comm]' "$OUT" | sort -u)" = \
		"[$busy,0,\"bash\"]" ]
	# Where there is no such counter a clock does, and that is said.
	example perf_event --pid "$busy" -t cycles,freq=99 --max-events 1
	end_of_it
	[ "$(jq .pid "$OUT")" = "$busy" ]
}

@test "uprobe" {
	need uprobe
	begin_target
	example uprobe -t "$OBJ/target:eu_work" --max-events 2
	ask 3 6
	ask 21 42
	end_of_it
	[ "$(jq -c '[.pid, .argument, .result]' "$OUT")" = "[$TARGET,3,6]
[$TARGET,21,42]" ]
}
