#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How a run begins and ends.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint
}

@test "SIGINT, SIGTERM and SIGHUP end it with 0" {
	for signal in INT TERM HUP; do
		run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC"
		stop_it $signal
		[ ! -s "$ERR" ]
	done
}

@test "--timeout ends it with 0" {
	start_ready "$ECLI" run "$OBJ/perf.bpf.o" --magic "$MAGIC" \
		--timeout 10ms --ready-fd 3
	end_of_it
	[ ! -s "$ERR" ]
}

@test "a timeout that is none is a usage error" {
	for t in x 1x '' 1e99; do
		run -2 "$ECLI" run --timeout "$t" "$OBJ/perf.bpf.o"
		case $t in
		-1 | 0) [[ $output == *"'$t' must be above 0"* ]] ;;
		*) [[ $output == *"'$t' is no duration"* ]] ;;
		esac
	done
	for t in 0 -1; do
		run -2 "$ECLI" run --timeout "$t" "$OBJ/perf.bpf.o"
		[[ $output == *"--timeout: '$t' must be above 0"* ]]
	done
}

@test "--max-events 0 is no limit" {
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --max-events 0 -j
	fire 0 0
	stop_it
	[ "$(wc -l <"$OUT")" = 2 ]
}

@test "--max-events is exact, also within one batch" {
	run_ready "$OBJ/flood.bpf.o" --magic "$MAGIC" --times 1000 \
		--max-events 3 -j
	fire
	end_of_it
	[ "$(cat "$OUT")" = '{"number":0}
{"number":1}
{"number":2}' ]
	for n in x -1 '' 18446744073709551616; do
		run -2 "$ECLI" run --max-events "$n" "$OBJ/perf.bpf.o"
		[[ $output == *"--max-events: '$n'"* ]]
	done
}

@test "what happened before the end is printed" {
	# Thousands of events in one call, and the signal at once.
	run_ready "$OBJ/flood.bpf.o" --magic "$MAGIC" --times 4096 -j
	fire
	stop_it TERM
	[ "$(wc -l <"$OUT")" = 4096 ]
}

@test "a flood of events does not keep it from ending" {
	run_ready "$OBJ/flood.bpf.o" --magic "$MAGIC" --times 4096 -j
	# Faster than anybody can read them.
	"$OBJ/target" fire "$MAGIC" 100000000 &
	children+=("$!")
	wait_for number
	stop_it TERM
}

@test "a reader that has seen enough ends it with 0" {
	mkfifo pipe
	"$ECLI" run "$OBJ/flood.bpf.o" --magic "$MAGIC" -j >pipe 2>err &
	PID=$!
	children+=("$PID")
	exec 9<pipe
	# The first event says that it has begun.
	until read -r -t 0.1 -u 9 line; do
		fire
	done
	[ "${line%:*}" = '{"number"' ]
	exec 9<&-
	fire
	end_of_it
	[ ! -s err ]
}

@test "a reader that goes away ends it without a further event" {
	mkfifo pipe
	"$ECLI" run "$OBJ/perf.bpf.o" --magic "$MAGIC" >pipe 2>err &
	PID=$!
	children+=("$PID")
	read -r header <pipe
	[[ $header == TIME* ]]
	end_of_it
	[ ! -s err ]
}

@test "a reader that has stopped reading does not keep it from ending" {
	mkfifo pipe
	exec 8<>pipe
	start_ready bash -c 'exec "$@" >pipe' - "$ECLI" run --ready-fd 3 \
		"$OBJ/flood.bpf.o" --magic "$MAGIC" --times 4096 -j
	# More than any pipe holds.
	fire
	fire
	stop_it TERM
	exec 8<&-
}

@test "a terminal that closes ends it with 0" {
	run -0 "$OBJ/target" terminal "$ECLI" run "$OBJ/perf.bpf.o" \
		--magic "$MAGIC" --timeout 1h
	[ -z "$output" ]
}

@test "a disk that is full: what and where, and status 1" {
	need root
	mkdir full
	mount -t tmpfs -o size=64k none full
	start_ready "$ECLI" run --ready-fd 3 "$OBJ/flood.bpf.o" -j \
		--magic "$MAGIC" --times 4096 -o full/events
	fire 0 0 0
	status=0
	end_of_it || status=$?
	umount full
	[ $status = 1 ]
	[ "$(cat "$ERR")" = "ecli: cannot write: No space left on device" ]
}

@test "killed at any moment it leaves no program and no map behind" {
	need program:bpftool
	for i in 1 2 3 4 5 6 7 8; do
		start "$ECLI" run "$OBJ/exec.bpf.o"
		# At another point of its start each time.
		for ((k = 0; k < i * 300; k++)); do :; done
		held
		stop_it KILL || [ $? = 137 ]
		gone
	done
	# And when there surely are some.
	run_ready "$OBJ/exec.bpf.o"
	held
	[ -n "$PROGS" ]
	stop_it KILL || [ $? = 137 ]
	gone
}

@test "-o writes to a file" {
	printf 'a long line that was there before\n' >file
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --max-events 1 -j -o file
	fire
	end_of_it
	[ ! -s "$OUT" ]
	[ "$(jq .pid file)" = "$ME" ]
}

@test "where it cannot write it says so and fails" {
	run -1 "$ECLI" run "$OBJ/perf.bpf.o" -o no/such/folder
	[ "$output" = "ecli: cannot write 'no/such/folder': No such file or directory" ]
	run -1 "$ECLI" run "$OBJ/perf.bpf.o" -o /dev/full
	[[ $output == "ecli: cannot write"*"No space left on device" ]]
	run -1 bash -c '"$@" >&-' - "$ECLI" run "$OBJ/perf.bpf.o"
	[[ $output == "ecli: cannot write"*"Bad file descriptor" ]]
}

@test "a file that cannot be written is not emptied by a program that fails" {
	echo precious >file
	run -1 "$ECLI" run "$OBJ/refused.bpf.o" -o file
	[ "$(cat file)" = precious ]
	# Nor by one that loads and cannot be attached.
	run -1 "$ECLI" run "$OBJ/missing_tp.bpf.o" -o file
	[ "$(cat file)" = precious ]
	# One that is attached and sees nothing leaves nothing else.
	run -0 "$ECLI" run "$OBJ/perf.bpf.o" --magic 1 -j -o file --timeout 1ms
	[ ! -s file ]
}

@test "the program comes from standard input" {
	start_ready bash -c '"$@" <"$0"' "$OBJ/perf.bpf.o" "$ECLI" run \
		--ready-fd 3 --max-events 1 -j - --magic "$MAGIC"
	fire
	end_of_it
	[ "$(jq .pid "$OUT")" = "$ME" ]
}

@test "'ecli PROGRAM' is 'ecli run PROGRAM'" {
	start_ready "$ECLI" "$OBJ/perf.bpf.o" --magic "$MAGIC" --ready-fd 3 \
		--max-events 1 -j
	fire
	end_of_it
	[ "$(jq .pid "$OUT")" = "$ME" ]
}

@test "a service manager is told when all is attached" {
	start "$OBJ/target" listen notify
	told=$OUT
	listener=$PID
	wait_for bound
	NOTIFY_SOCKET=$T/notify run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC"
	wait "$listener"
	[ "$(tail -n 1 "$told")" = READY=1 ]
	stop_it
}

@test "--ready-fd of a descriptor that is none fails" {
	run -1 "$ECLI" run "$OBJ/perf.bpf.o" --ready-fd 77
	[[ $output == *"cannot write to descriptor 77"* ]]
}

@test "nothing stays in the kernel, whatever ends it" {
	for signal in INT KILL; do
		run_ready "$OBJ/exec.bpf.o" --parent $ME
		held
		[ "$(wc -w <<<"$PROGS")" = 2 ]
		stop_it $signal || [ $signal = KILL ]
		gone
	done
}
