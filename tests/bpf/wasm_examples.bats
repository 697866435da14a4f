#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples with user space in Wasm.

load ../helper
load fire
load network

setup() {
	helper_setup
	need root wasm guests bpf btf
}

# module NAME[/FILE] [ARGUMENT...]: runs it.
module() {
	start "$BUILD/tools/wasm-bpf" "$EXAMPLES/wasm/${1%/*}/${1#*/}.wasm" \
		"${@:2}"
}

# compiled NAME[/FILE] COMPILER: the module is there, or else no such compiler.
compiled() {
	[ -e "$EXAMPLES/wasm/${1%/*}/${1#*/}.wasm" ] || skip "without $2"
}

# there NAME [ARGUMENT...]: in the test's network.
there() {
	start nsenter --net=/run/netns/"$NS" "$BUILD/tools/wasm-bpf" \
		"$EXAMPLES/wasm/$1/$1.wasm" "${@:2}"
}

# said REGEX...: $OUT, line by line.
said() {
	local i=0 line

	while IFS= read -r line; do
		i=$((i + 1))
		[[ $line =~ ^${!i}$ ]] || { echo "line $i: '$line'"; return 1; }
	done <"$OUT"
	[ $i = $# ] || { echo "$i lines"; return 1; }
}

# shows_execve MODULE: that it does as execve.
shows_execve() {
	module "$1"
	# Each program that is started is a line. An emulated processor takes
	# minutes to compile what Go makes.
	end=$((SECONDS + 4 * PATIENCE))
	until [ -s "$OUT" ]; do
		[ $SECONDS -lt $end ]
		/bin/true
	done
	bash -c 'exec /bin/true a "b c"' &
	by=$!
	wait $by
	wait_for "^\[$by\] .* -> /bin/true "
	stop_it
	grep -qx "\[$by\] bash -> /bin/true a b c " "$OUT"
}

@test "wasm execve" {
	need tracepoint ringbuf
	shows_execve execve
}

@test "wasm execve in Go" {
	need tracepoint ringbuf
	compiled go-execve 'Go 1.24'
	shows_execve go-execve
}

@test "wasm execve by Emscripten" {
	need tracepoint ringbuf
	compiled emscripten/execve Emscripten
	shows_execve emscripten/execve
}

# shows_bootstrap MODULE: that it does as bootstrap.
shows_bootstrap() {
	module "$1"
	wait_for '^TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE$'
	bash -c 'exec sh -c "exit 7"' &
	by=$!
	wait $by || :
	wait_for "^[0-9:]{8} EXIT  sh +$by +$BASHPID +\[7\] \([0-9]+ms\)$"
	stop_it
	grep -Eq "^[0-9:]{8} EXEC  sh +$by +$BASHPID +/.*/sh$" "$OUT"
}

@test "wasm bootstrap" {
	need tracepoint ringbuf
	[ "$(wc -c <"$EXAMPLES/wasm/bootstrap/bootstrap.wasm")" -le 60000 ]
	shows_bootstrap bootstrap
}

@test "wasm bootstrap in Rust" {
	need tracepoint ringbuf
	compiled rust-bootstrap 'Rust for wasm32-wasi'
	shows_bootstrap rust-bootstrap
}

# opens ARGUMENT...: what is said of a process that opens two files, the second
# of which is not there.
opens() {
	: >there
	mkfifo go
	bash -c 'read -r _ <&4; : <there; : <absent' 4<>go 2>err &
	by=$!
	module opensnoop -p $by "$@"
	wait_for '^PID    COMM              FD ERR PATH$'
	echo >go
	wait $by || :
	wait_for " absent$"
	stop_it
	rm go
	head -n 2 "$OUT"
	grep -E ' (there|absent)$' "$OUT"
}

@test "wasm opensnoop" {
	need tracepoint perf_event_array
	opens >all
	cat all
	begin=$(printf '%-6d bash            ' $by)
	[[ $(<all) =~ ^'attach ok
PID    COMM              FD ERR PATH
'"$begin"\ \ \ [0-9]\ \ \ '0 there
'"$begin"' '\ -1\ \ \ '2 absent'$ ]]
	opens -x >failed
	begin=$(printf '%-6d bash            ' $by)
	[ "$(tail -n +3 failed)" = "$begin  -1   2 absent" ]
	# Nobody else's.
	! grep -v "^$by " "$OUT" | tail -n +3 | grep .
}

@test "wasm lsm" {
	need lsm
	mkdir -p {can_not_rm,can_not_rm_either,can_not}/inside
	module lsm
	wait_for '^Load and attach BPF lsm successfully$'
	run ! rmdir can_not_rm/inside
	[[ $output == *'Operation not permitted' ]]
	rmdir can_not_rm_either/inside can_not/inside
	stop_it
	rmdir can_not_rm/inside can_not_rm
}

@test "wasm sockfilter" {
	need socket ringbuf
	network
	there sockfilter v1 3
	wait_for '^Load and attach BPF sockfilter successfully$'
	send
	send 192.0.2.2 77
	send 192.0.2.2 50000
	end_of_it
	said 'Load and attach BPF sockfilter successfully' \
		"UDP 192\.0\.2\.1:[0-9]+ -> 192\.0\.2\.2:9 length $FRAME" \
		"UDP 192\.0\.2\.1:[0-9]+ -> 192\.0\.2\.2:77 length $FRAME" \
		"UDP 192\.0\.2\.1:[0-9]+ -> 192\.0\.2\.2:50000 length $FRAME" \
		'TCP: 0 packets, 0 bytes' \
		"UDP: 3 packets, $((3 * FRAME)) bytes"
}

@test "wasm sockfilter on all interfaces, and on none" {
	need socket ringbuf
	network
	there sockfilter any 2
	wait_for '^Load and attach BPF sockfilter successfully$'
	# Once as it leaves v0, once as it arrives at v1.
	send
	end_of_it
	[ "$(grep -c ':9 length' "$OUT")" = 2 ]
	grep -qx "UDP: 2 packets, $((2 * FRAME)) bytes" "$OUT"
	there sockfilter v2 1
	status=0
	end_of_it || status=$?
	[ $status = 1 ]
	[ ! -s "$OUT" ]
	grep -qx 'Failed to attach BPF skeleton: -19' "$ERR"
	grep -q "v2" "$ERR"
}

@test "wasm sockops" {
	need sockops tracepoint cgroup2 ringbuf
	export OBJ T
	group
	module sockops "$GROUP"
	wait_for '^Load and attach BPF sockops successfully$'
	# It connects to itself, in the group and outside of it.
	"$OBJ/target" talk 5
	member 'echo $$ >"$T/by"; exec "$OBJ/target" talk 5 >"$T/talk"'
	[ "$(<talk)" = 5 ]
	wait_for '^\['
	stop_it
	said 'Load and attach BPF sockops successfully' \
		"\[$(<by)\] connects to port [0-9]+"
	[ "$(in_group)" = 0 ]
}

@test "wasm xdp" {
	need xdp ringbuf
	network
	there xdp v1
	wait_for '^Load and attach BPF xdp successfully$'
	send
	inside bash -c "printf 'hello, world' >/dev/udp/192.0.2.2/9"
	wait_for "^packet size: $((FRAME + 7))$"
	stop_it
	said 'Load and attach BPF xdp successfully' "packet size: $FRAME" \
		"packet size: $((FRAME + 7))"
	! inside ip link show v1 | grep -q xdp
}

# calls [ARGUMENT...]: what is said of three calls.
calls() {
	module uprobe "$@"
	wait_for '^Load and attach BPF uprobe successfully$'
	./there <<<$'1 1\n-3 40000' >sums
	[ "$(<sums)" = $'2 0\n39997 -40003' ]
	wait_for 'return = -40003'
	stop_it
	said 'Load and attach BPF uprobe successfully' \
		'uprobed_add ENTRY: a = 1, b = 1' \
		'uprobed_add EXIT: return = 2' \
		'uprobed_sub ENTRY: a = 1, b = 1' \
		'uprobed_sub EXIT: return = 0' \
		'uprobed_add ENTRY: a = -3, b = 40000' \
		'uprobed_add EXIT: return = 39997' \
		'uprobed_sub ENTRY: a = -3, b = 40000' \
		'uprobed_sub EXIT: return = -40003'
}

@test "wasm uprobe" {
	need uprobe ringbuf
	cp "$EXAMPLES/wasm/uprobe/target" .
	ln target there
	calls
	rm target
	calls ./there
	run ! "$BUILD/tools/wasm-bpf" "$EXAMPLES/wasm/uprobe/uprobe.wasm"
	[[ $output == *"'./target'"*'Failed to attach BPF skeleton: -2' ]]
}

# counted: the sum of all counts in $OUT, whose lines are as they should be.
counted() {
	local n=0 line
	local row='^ *[0-9]+ -> [0-9]+ +: ([0-9]+) +\|\** *\|$'

	while IFS= read -r line; do
		if [[ $line =~ $row ]]; then
			[ ${#line} = 78 ] || return 1
			n=$((n + BASH_REMATCH[1]))
		else
			case $line in
			'Tracing run queue latency... Hit Ctrl-C to end.') ;;
			'     usecs               : count    distribution') ;;
			'') ;;
			*) return 1 ;;
			esac
		fi
	done <"$OUT"
	echo $n
}

@test "wasm runqlat" {
	need tp_btf
	run -0 "$BUILD/tools/wasm-bpf" "$EXAMPLES/wasm/runqlat/runqlat.wasm" -h
	[ "${lines[0]}" = 'Summarize run queue (scheduler) latency as a histogram.' ]
	[ "${lines[1]}" = 'USAGE: runqlat [--help] [interval] [count]' ]
	module runqlat 1 2
	while kill -0 $PID 2>/dev/null; do
		: | :
	done
	end_of_it
	[ "$(grep -c distribution "$OUT")" = 2 ]
	grep -q '|\*\{40\}|$' "$OUT"
	[ "$(counted)" -gt 0 ]
}

# switches PROCESS: how often it left a processor.
switches() {
	awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"
}

@test "wasm runqlat of one control group" {
	need tp_btf cgroup2
	group
	root=$(dirname "$GROUP")
	# A process that waits for each line.
	coproc echo { while read -r line; do echo "$line"; done; }
	of=$!
	echo $of >"$GROUP/cgroup.procs"
	before=$(switches $of)
	start "$BUILD/tools/wasm-bpf" --dir "$root" \
		"$EXAMPLES/wasm/runqlat/runqlat.wasm" -c "$GROUP" 2 1
	wait_for '^Tracing'
	lines=0
	while kill -0 $PID 2>/dev/null; do
		echo $lines >&${echo[1]}
		read -r _ <&${echo[0]}
		lines=$((lines + 1))
	done
	end_of_it
	all=$(($(switches $of) - before))
	n=$(counted)
	echo "$lines lines, $n waits, $all switches"
	# It is counted once for each time that it has run, and nobody else is.
	[ "$n" -gt 0 ]
	[ "$n" -le $all ]
	# Nobody is in the group.
	echo $of >"$root/cgroup.procs"
	run -0 --keep-empty-lines "$BUILD/tools/wasm-bpf" --dir "$root" \
		"$EXAMPLES/wasm/runqlat/runqlat.wasm" -c "$GROUP" 1 1
	[ "$output" = $'Tracing run queue latency... Hit Ctrl-C to end.\n\n' ] ||
		[ "$output" = $'Tracing run queue latency... Hit Ctrl-C to end.\n' ]
	kill $of
	# Without the folder there is none.
	run -1 "$BUILD/tools/wasm-bpf" "$EXAMPLES/wasm/runqlat/runqlat.wasm" \
		-c "$GROUP" 1 1
	[[ $output == "$GROUP: "* ]]
}
