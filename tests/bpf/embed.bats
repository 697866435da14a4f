#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load fire

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

# original MODE...: a program of the original's interface, fed by $IN.
original() {
	mkfifo in
	[ -p never ] || mkfifo never	# what wait_for would start
	exec {IN}<>in
	OUT=$T/out
	"$BUILD/tests/rt/original" "$@" <in >"$OUT" 2>&1 &
	PID=$!
	children+=("$PID")
	wait_for '^ready$'
}

@test "the original's interface: text, paused and stopped by another thread" {
	need root tracepoint ringbuf ecc
	"$ECC" -o . "$ROOT/tests/obj/exec.bpf.c"
	original text package.json 0 --parent "$BASHPID"
	/bin/true
	echo pause >&$IN	# as it is
	echo go >&$IN
	wait_for '^> [0-9:]{8} .* true +0$'
	wait_for '^> [0-9:]{8} .* true +1$'
	echo stop >&$IN
	wait_for '^ended 0$'
	end_of_it
	[[ $(sed -n 2p out) == "> TIME     PID    PPID   EXIT_CODE COMM"* ]]
	! grep -q longer out
}

@test "the original's interface: JSON and bytes" {
	need root tracepoint ringbuf ecc
	local me

	"$ECC" -o . "$ROOT/tests/obj/exec.bpf.c"
	me=$BASHPID
	original json package.json 2 --parent "$me"
	/bin/true
	echo go >&$IN
	wait_for '^ended 0$'
	end_of_it
	sed -n 's/^> //p' out >events
	[ "$(jq -s "map(.ppid == $me and .comm == \"true\") | all" events)" = true ]
	[ "$(jq -s -c 'map(.exit_event)' events)" = '[0,1]' ]
	rm in out
	original raw package.json 2 --parent "$BASHPID"
	/bin/true
	echo go >&$IN
	wait_for '^ended 0$'
	end_of_it
	[ "$(grep -c '^> 32 bytes, [1-9]' out)" = 2 ]
}

@test "the original's interface: metadata and object, command lines, errors" {
	need root tracepoint ringbuf ecc
	local original=$BUILD/tests/rt/original

	"$ECC" -o . "$ROOT/tests/obj/exec.bpf.c"
	"$original" skel exec.skel.json exec.bpf.o >out
	[ ! -s out ]
	"$original" fill exec.skel.json 65536 --parent 77 >filled.json
	jq -e '.. | objects | select(.name? == "parent").value == 77' filled.json
	"$original" skel filled.json exec.bpf.o
	run "$original" fill exec.skel.json 65536 --nothing 77
	[ "$status" = 1 ]
	[[ $output == "-2: unknown option '--nothing'"* ]]
	run "$original" fill exec.skel.json 20 --parent 77
	[[ $output == "-1: the result takes "* ]]
	run "$original" text package.json 1 --help
	[[ ${lines[0]} == "0: Usage: 1 [OPTIONS]" ]]
	[[ $output == *"--parent INT"*"variable parent"* ]]
	run "$original" text package.json 1 --parent nobody
	[[ $output == "0: variable 'parent': 'nobody' is not an integer"* ]]
	"$original" skel exec.skel.json "$OBJ/refused.bpf.o" >out || :
	grep -q "^0: the metadata names a" out
	jq -c .meta "$OBJ/kprobe.json" >meta
	echo '{' >broken
	run "$original" skel broken exec.bpf.o
	[[ $output == "0: line 2, column 0: "* ]]
}

# fields PACKAGE...: two of its records by members, in $OUT once it has ended.
fields() {
	mkfifo in
	[ -p never ] || mkfifo never
	exec {IN}<>in
	OUT=$T/out
	"$BUILD/tests/rt/fields" "$@" <in >"$OUT" 2>&1 &
	PID=$!
	children+=("$PID")
	wait_for '^ready$'
}

@test "members of records are read by their names" {
	need root tracepoint ringbuf
	local me=$BASHPID pid

	fields "$OBJ/exec.bpf.o" "parent=$me" rb ppid comm exit_event exit_code
	/bin/true
	echo end >&$IN
	end_of_it
	[ "$(sed -n '$p' out)" = "2 left" ]
	pid=$(sed -n 's/.*"pid":\([0-9]*\),.*/\1/p' out | sort -u)
	[ "$pid" -gt 1 ]
	# A text is cut to the room that there is.
	[ "$(sed -n 2p out)" = "${me:0:7} (${#me}) $me; true (4) EINVAL; 0 (1) 0; 0 (1) 0; short; {\"pid\":$pid,\"ppid\":$me,\"exit_code\":0,\"comm\":\"true\",\"exit_event\":0}" ]
	[[ $(sed -n 3p out) == *"; true (4) EINVAL; 1 (1) 1; 0 (1) 0; short; {"* ]]
	run "$BUILD/tests/rt/fields" "$OBJ/exec.bpf.o" parent=1 rb nobody </dev/null
	[[ $output == "map 'rb' has no 'nobody' but pid, ppid, "*", exit_event" ]]
	run "$BUILD/tests/rt/fields" "$OBJ/exec.bpf.o" parent=1 br pid </dev/null
	[ "$output" = "no records come from a map 'br'; they do from 'rb'" ]
}

@test "what sampled maps have gathered is handed out at the end" {
	need root tracepoint
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "counts")).sample =
		{interval: 3600000}' "$OBJ/sampled.json" >package.json
	fields package.json "magic=$MAGIC" counts value.times key.sig key.comm
	fire 0 0
	echo end >&$IN
	end_of_it
	[[ $(sed -n 2p out) == "2 (1) 2; 0 (1) 0; "*" EINVAL; short; {\"key\":{\"sig\":0,"*"\"value\":{\"times\":2,"* ]]
	[ "$(sed -n 3p out)" = "1 left" ]
}

@test "examples/python: events as dicts" {
	need root tracepoint ringbuf program:python3 plain
	LD_LIBRARY_PATH=$BUILD/src run "$ROOT/examples/python/trace.py"
	[ "$output" = "usage: trace.py PACKAGE COUNT [NAME=VALUE]..." ]
	local me=$BASHPID

	[ -p never ] || mkfifo never
	start env LD_LIBRARY_PATH="$BUILD/src" "$ROOT/examples/python/trace.py" \
		"$OBJ/exec.bpf.o" 2 "parent=$me"
	wait_for '^ready$'
	/bin/true
	end_of_it
	[[ $(sed -n 2p "$OUT") =~ ^pid=[0-9]+\ ppid=$me\ exit_code=0\ comm=true\ exit_event=0$ ]]
	[[ $(sed -n 3p "$OUT") =~ ^pid=[0-9]+\ ppid=$me\ exit_code=0\ comm=true\ exit_event=1$ ]]
	LD_LIBRARY_PATH=$BUILD/src run "$ROOT/examples/python/trace.py" \
		"$OBJ/exec.bpf.o" 2 parent=nobody
	[ "$status" = 1 ]
	[[ $output == "variable 'parent': 'nobody' is not an integer"* ]]
}

@test "several threads run programs of their own" {
	need root tracepoint ringbuf
	run "$BUILD/tests/rt/threads" "$OBJ/exec.bpf.o" "$OBJ/refused.bpf.o"
	echo "$output"
	[ "$status" = 0 ]
	[ "$output" = "20 of 20" ]
}
