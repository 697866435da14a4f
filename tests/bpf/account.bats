#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What got lost, what programs cost, and whether a package would load.

load ../helper
load fire
load target

setup() {
	helper_setup
	need bpf
}

# standing: until $PID has stopped.
standing() {
	kill -STOP "$PID"
	until_true grep -q '^State:.T' "/proc/$PID/status"
}

# overflow ARGUMENT...: 1,000 events for a ring that has room for 255, while
# the reader stands still.
overflow() {
	run_ready "$OBJ/lossy.json" -j --magic "$MAGIC" --times 1000 "$@"
	standing
	fire
	kill -CONT "$PID"
}

reported() {
	sed -n 's/^ecli: \([0-9]*\) events were lost$/\1/p' "$ERR"
}

@test "events that the program counts as lost are said exactly" {
	need tracepoint
	for where in '' --in_map; do
		overflow $where
		wait_for '"number":' "$OUT"
		stop_it
		shown=$(wc -l <"$OUT")
		[ "$shown" -ge 255 ]
		[ $((shown + $(reported))) = 1000 ]
	done
}

@test "where nothing counts, that a ring was full" {
	need tracepoint
	run_ready "$OBJ/flood.bpf.o" -j --magic "$MAGIC" --times 4096
	standing
	# The ring has room for 65,535.
	"$OBJ/target" fire "$MAGIC" 17
	kill -CONT "$PID"
	wait_for '"number":' "$OUT"
	stop_it
	grep -qE '^ecli: a ring buffer was nearly full [0-9]+ times: events may have been lost$' "$ERR"
	[ -z "$(reported)" ]
}

@test "the counter is no flag" {
	run -0 "$ECLI" run "$OBJ/lossy.json" --help
	[[ $output != *--lost_events* ]]
	[[ $output == *--times* ]]
}

@test "how often programs ran, at the end and when asked" {
	need uprobe
	begin_target
	run_ready "$OBJ/uprobe.bpf.o" -j --stats \
		-t "entry=$OBJ/target:eu_work,pid=$TARGET" \
		-t "leave=$OBJ/target:eu_work,pid=$TARGET"
	ask 1 2
	ask 2 4
	wait_for '"value":4' "$OUT"
	kill -USR1 "$PID"
	wait_for '^ecli: 4 events' "$ERR"
	wait_for '^  .bss ' "$ERR"
	[[ $(awk '$1 == "entry" { print $2 }' "$ERR") == 2 ]]
	ask 3 6
	wait_for '"value":6' "$OUT"
	stop_it
	grep -qx 'ecli: 6 events; losses are not counted' "$ERR"
	[ "$(awk '$1 == "entry" { print $2 }' "$ERR")" = 2$'\n'3 ]
	[ "$(awk '$1 == "leave" { print $2 }' "$ERR")" = 2$'\n'3 ]
	# Time is counted as well, and memory.
	[ "$(awk '$1 == "entry" && $3 > 0' "$ERR" | wc -l)" = 2 ]
	[ "$(awk '$1 == "rb" && $4 >= 4096' "$ERR" | wc -l)" = 2 ]
	[ "$(wc -l <"$OUT")" = 6 ]
}

@test "asking does not end a run, nor count what was not asked for" {
	need tracepoint
	run_ready "$OBJ/perf.bpf.o" -j --magic "$MAGIC" --max-events 1
	kill -USR1 "$PID"
	wait_for '^ecli: 0 events, 0 lost$' "$ERR"
	fire
	end_of_it
	[ "$(wc -l <"$OUT")" = 1 ]
	! grep -q RUNS "$ERR"
}

@test "check of a package: what the verifier and the maps take" {
	run -0 --separate-stderr "$ECLI" check -j "$OBJ/lossy.json"
	[ "$(jq -c '[.name, .loads, .lacks]' <<<"$output")" = \
		'["lossy_bpf",true,[]]' ]
	[ "$(jq -c '.programs[] | [.name, .instructions > 10]' <<<"$output")" = \
		'["on_kill",true]' ]
	[ "$(jq -c '[.maps[] | .name]' <<<"$output")" = \
		'["rb","drops",".rodata",".bss"]' ]
	[ "$(jq '[.maps[] | .memory > 0] | all' <<<"$output")" = true ]
	run -0 "$ECLI" check "$OBJ/lossy.json"
	[ "${lines[0]}" = 'lossy_bpf loads here' ]
	[[ $output == *"on_kill"*"ringbuf"* ]]
}

@test "check needs no target and attaches nothing" {
	run -0 "$ECLI" check -j "$OBJ/xdp.bpf.o"
	[ "$(jq .loads <<<"$output")" = true ]
}

@test "check of what the verifier refuses" {
	run -1 "$ECLI" check "$OBJ/refused.bpf.o"
	[[ ${lines[0]} == "refused_bpf does not load here: program 'forgets_to_check' was refused: the verifier says:"* ]]
	run -1 "$ECLI" check /nowhere.json
	[ "$output" = "ecli: cannot open '/nowhere.json': No such file or directory" ]
	run -2 "$ECLI" check a b
	[[ ${lines[0]} == "ecli: unexpected argument 'b'" ]]
}

@test "what loads here and cannot be attached" {
	need bpf
	! has kprobe || skip 'needs a kernel without kprobe'
	run -1 "$ECLI" check "$OBJ/kprobe.bpf.o"
	[ "${lines[0]}" = "kprobe_bpf loads here, but cannot be attached" ]
	grep -qEx '  4.1 +attach type +kprobe +on_entry' <<<"$output"
	run -1 "$ECLI" check -j "$OBJ/kprobe.bpf.o"
	[ "$(jq -c '[.loads, .attaches, .lacks[0].name]' <<<"$output")" = \
		'[true,false,"kprobe"]' ]
	run -0 "$ECLI" check -j "$OBJ/xdp.bpf.o"
	[ "$(jq -c .attaches <<<"$output")" = true ]
}

@test "what this kernel lacks, by name and version" {
	! has lsm || skip 'needs a kernel without lsm'
	run -1 "$ECLI" check -j "$OBJ/lsm.bpf.o"
	[ "$(jq -c '[.loads, .lacks]' <<<"$output")" = \
		'[false,[{"kind":"attach type","name":"lsm_mac","for":"no_rmdir","since":"5.7"}]]' ]
	run -1 "$ECLI" run "$OBJ/lsm.bpf.o"
	[ "$output" = "ecli: program 'no_rmdir' was refused: this kernel lacks attach type 'lsm_mac' (new in Linux 5.7); 'ecli check' says what to enable" ]
}
