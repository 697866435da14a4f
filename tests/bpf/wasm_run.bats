#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What wasm-bpf does around a guest: how it is paused, stopped and read from.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

# A guest with two programs attached: "loop" without end, or "sleep".
stuck() {
	bootstrap
	cat >stuck.c <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		#include "bootstrap.skel.h"
		int main(int argc, char **argv)
		{
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();

			bootstrap_bpf__attach(s);
			puts("ready");
			if (argv[1][0] == 's')
				sleep(3600);
			for (volatile int i = 0;; i++)
				;
		}
	END
	guest stuck
}

# states: those of the runner's threads, in a word.
states() {
	local dir stat= all=

	for dir in /proc/"$PID"/task/*; do
		stat=$(<"$dir/stat")
		stat=${stat##*) }
		all+=${stat%% *}
	done
	echo "$all"
}

# wait_states REGEX: until the threads are in these.
wait_states() {
	local end=$((SECONDS + PATIENCE))

	until [[ $(states) =~ $1 ]]; do
		[ $SECONDS -lt $end ]
	done
}

links() {
	cat /proc/"$PID"/fdinfo/* | grep -c '^link_type'
}

@test "SIGUSR1 pauses a guest in an endless loop, SIGUSR2 resumes it" {
	stuck
	start "$WASM_BPF" stuck.wasm loop
	wait_for ready
	wait_states R
	for i in 1 2 3; do
		kill -USR1 $PID
		wait_states '^S+$'
		[ "$(links)" = 2 ]
		kill -USR2 $PID
		wait_states R
	done
	# The shell's own pause is another one.
	kill -TSTP $PID
	wait_states '^T+$'
	kill -CONT $PID
	wait_states R
	kill -USR1 $PID
	wait_states '^S+$'
	kill -TSTP $PID
	wait_states '^T+$'
	kill -CONT $PID
	wait_states '^S+$'
	stop_it TERM
}

@test "a guest that sleeps is paused, and stopped all the same" {
	stuck
	start "$ECLI" run stuck.wasm sleep
	wait_for ready
	kill -USR1 $PID
	[ "$(links)" = 2 ]
	stop_it
}

@test "a guest is paused where its callback is called, and goes on from there" {
	bootstrap
	start "$WASM_BPF" bootstrap.wasm
	runner=$PID
	wait_for '^TIME'
	kill -USR1 $PID
	sh -c 'exit 7' &
	child=$!
	wait $child || :
	kill -USR2 $runner
	wait_for "EXIT .* $child .*\[7\]"
	PID=$runner stop_it INT
}

@test "its time is over" {
	stuck
	for how in loop sleep; do
		run -0 "$WASM_BPF" --timeout 0.2 stuck.wasm $how
		[ "$output" = ready ]
	done
	run -0 "$ECLI" run --timeout=100ms stuck.wasm loop
	run -2 "$WASM_BPF" --timeout never stuck.wasm loop
	[[ $output == *"--timeout"*"'never'"* ]]
}

@test "a guest whose reader is gone ends, as tools do" {
	cat >flood.c <<-'END'
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			for (unsigned int i = 0; argc > 1 || !i; i++)
				printf("%u\n", i);
			for (;;)
				;
		}
	END
	guest flood
	"$WASM_BPF" flood.wasm for-ever 2>err | head -n 2 >out
	[ "${PIPESTATUS[*]}" = '0 0' ]
	[ "$(<out)" = $'0\n1' ]
	[ ! -s err ]
	# One that does not write any more.
	"$WASM_BPF" flood.wasm 2>err | head -n 1 >out
	[ "${PIPESTATUS[*]}" = '0 0' ]
	[ ! -s err ]
}
