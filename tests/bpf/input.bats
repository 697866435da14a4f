#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Records that go to a program.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint user_ringbuf jit
	PACKAGE=$EXAMPLES/user_ringbuf/package.json
}

# fed FILE ARGUMENT...: ready, with the file as standard input.
fed() {
	local file=$1

	shift
	start_ready bash -c 'exec "$0" "$@" <'"$file" "$ECLI" run -j \
		--ready-fd 3 "$PACKAGE" --input commands "$@"
}

signals() {
	jq -c "select(.target == $MAGIC) | [.pid, .signal]" "$OUT" | tr '\n' ' '
}

@test "lines of a file" {
	printf '%s\n' '{"signal": 9, "tell": true}' '' \
		'{"signal": 3, "tell": 1}' '0x0500000001000000' \
		'{"signal": 3}' >orders
	fed orders
	fire 9 3 5 7
	stop_it
	[ "$(signals)" = "[$ME,9] [$ME,5] " ]
	[ ! -s "$ERR" ]
}

@test "lines of a pipe, while it runs" {
	mkfifo orders
	exec {to}<>orders
	fed orders
	echo '{"signal": 9, "tell": true}' >&$to
	until grep -q '"signal":9' "$OUT"; do
		fire 9
	done
	echo -n '{"signal": 9, "tell": ' >&$to
	echo 'false}
{"signal": 5, "tell": true}' >&$to
	until grep -q '"signal":5' "$OUT"; do
		fire 5
	done
	cp "$OUT" before
	fire 9
	stop_it
	exec {to}<&-
	[ "$(grep -c '"signal":9' "$OUT")" = "$(grep -c '"signal":9' before)" ]
}

@test "more lines than there is room for, in their order" {
	{
		for i in {1..5000}; do
			echo '{"signal": 7, "tell": true}'
		done
		echo '{"signal": 9, "tell": true}'
	} >orders
	fed orders
	until grep -q '"signal":9' "$OUT"; do
		fire 9
	done
	stop_it
	[ ! -s "$ERR" ]
}

@test "lines that are no records are told and left out" {
	printf '%s\n' 'nonsense' '{"signal": 9, "tell": true}' '0x1' \
		'{"no": 1}' '0x'"$(printf '00%.0s' {1..70000})" \
		'{"signal": 5, "tell": true}' >orders
	fed orders
	fire 9 5
	stop_it
	[ "$(signals)" = "[$ME,9] [$ME,5] " ]
	[[ $(cat "$ERR") == *"line 1 of the input: "*"line 3 of the input: '0x1' is no record"*"line 4 of the input: "*"no member 'no'"*"line 5 of the input: it is longer than 65536 bytes"* ]]
}

@test "maps that take no input" {
	need btf
	run -1 "$ECLI" run "$PACKAGE" --input rb
	[[ $output == *"map 'rb' takes no input: it is of type ringbuf"* ]]
	run -1 "$ECLI" run "$PACKAGE" --input none
	[ "$output" = "ecli: no map 'none'; there is 'commands'" ]
	run -1 "$ECLI" run "$PACKAGE" --ready-fd 77
	[ "$output" = "ecli: cannot write to descriptor 77: Bad file descriptor" ]
	run -1 "$ECLI" run --input commands - <"$PACKAGE"
	[[ $output == *"the program comes from standard input, which --input reads"* ]]
}
