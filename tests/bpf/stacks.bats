#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Stack traces of tests/obj/chain.c, whose functions are known.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint symbols program:jq
	mkfifo in
}

# runs PACKAGE [ARGUMENT...]: ready, with $RUN and $SHOWN for its process and
# what it writes.
runs() {
	run_ready "$OBJ/$1" --magic "$MAGIC" "${@:2}"
	RUN=$PID SHOWN=$OUT SAYS=$ERR
}

# chain TIMES COMMAND...: the known program, when it has called kill; it stays
# until the test ends. $CHAIN is its process.
chain() {
	start bash -c 'exec "${@:2}" <in' sh "$@" "$MAGIC" "$1"
	CHAIN=$PID
	exec {to}>in
	wait_for '^fired$'
}

# shown: the run is ended.
shown() {
	PID=$RUN
	stop_it
}

# ended: the run has ended by itself.
ended() {
	PID=$RUN
	end_of_it
}

# The chain of calls with "middle", and the one without, innermost first.
LONG='leaf step middle outer main'
SHORT='leaf outer main'

# names FILTER: the first of the names of a stack, in one line each.
names() {
	jq -r "$1"' | [.[].symbol] | .[:index("main") + 1] | join(" ")' "$SHOWN"
}

@test "functions of a process, inlined ones too, in JSON" {
	runs stacks.bpf.o -j --max-events 3
	chain 2 "$OBJ/chain"
	ended
	[ "$(jq -c '[.pid, .comm]' "$SHOWN" | sort -u)" = "[$CHAIN,\"chain\"]" ]
	[ "$(names .ustack)" = "$LONG
$LONG
$SHORT" ]
	[ "$(jq -c '.ustack[] | select(.inlined) | [.symbol, .addr]' "$SHOWN" |
		sort -u)" = '["step",null]' ]
	[ "$(jq -c ".ustack[] | select(.symbol == \"middle\") |
		[.module, (.file | sub(\".*/\"; \"\"))]" "$SHOWN" | sort -u)" = \
		"[\"$(realpath "$OBJ/chain")\",\"chain.c\"]" ]
	line=$(grep -n 'r = step(magic)' "$ROOT/tests/obj/chain.c")
	[ "$(jq '.ustack[] | select(.symbol == "middle") | .line' "$SHOWN" |
		sort -u)" = "${line%%:*}" ]
}

@test "the kernel's functions are those of /proc/kallsyms" {
	runs stacks.bpf.o -j --max-events 1
	chain 0 "$OBJ/chain"
	ended
	jq -r '.kstack[] | "\(.addr) \(.symbol) \(.offset)"' "$SHOWN" >frames
	[ "$(wc -l <frames)" -ge 3 ]
	while read -r addr name offset; do
		printf '%016x %s\n' $((addr - offset)) "$name"
	done <frames >starts
	sed 's/ [a-zA-Z] / /; s/\t.*//' /proc/kallsyms >known
	while read -r line; do
		grep -qxF "$line" known || { echo "not so: $line"; false; }
	done <starts
}

@test "stacks stand below their rows" {
	runs stacks.bpf.o --max-events 1
	chain 0 "$OBJ/chain"
	ended
	cat "$SHOWN"
	[ "$(sed -n 1p "$SHOWN")" = 'TIME     PID    COMM   ' ]
	[ "$(sed -n 2p "$SHOWN" | tr -s ' ' | cut -d' ' -f2-)" = \
		"$CHAIN chain" ]
	[ "$(sed -n 3p "$SHOWN")" = '    kstack:' ]
	sed '1,/^    ustack:$/d' "$SHOWN" | head -n 3 >user
	grep -qE '^        0x0000[0-9a-f]{12} leaf\+0x[0-9a-f]+ \(.*/tests/obj/chain.c:[0-9]+\)$' \
		<(sed -n 1p user)
	grep -q ' outer+0x' <(sed -n 2p user)
	grep -q ' main+0x' <(sed -n 3p user)
}

@test "an inlined function in text" {
	runs stacks.bpf.o --max-events 1
	chain 1 "$OBJ/chain"
	ended
	grep -A1 ' leaf+' "$SHOWN" |
		grep -qE '^        inlined            step \(.*/chain.c:[0-9]+\)$'
}

@test "stacks by their ids, counted in a map" {
	runs stackmap.json -j
	chain 3 "$OBJ/chain"
	shown
	names .key.user_stack_id >names
	jq .value.u64 "$SHOWN" | paste -d' ' - names | sort >counted
	[ "$(cat counted)" = "1 $SHORT
3 $LONG" ]
	[ "$(jq -r '.key.kern_stack_id[-1].symbol' "$SHOWN" | sort -u)" = \
		"$(jq -r '.key.kern_stack_id[-1].symbol' "$SHOWN" | sed 1q)" ]
	[ "$(jq -c '.key | keys' "$SHOWN" | sort -u)" = \
		'["comm","kern_stack_id","pid","user_stack_id"]' ]
}

# Lines without the kernel's part, which is another one on each.
user_part() {
	sed 's/\(;[^;]*_\[k\]\)* / /'
}

@test "folded stacks" {
	runs stackmap.json --format folded
	chain 3 "$OBJ/chain"
	shown
	cat "$SHOWN"
	sed 's/^chain;.*;main;/chain;main;/' "$SHOWN" | user_part >lines
	[ "$(cat lines)" = 'chain;main;outer;leaf 1
chain;main;outer;middle;step;leaf 3' ]
	grep -q ';leaf;.*_\[k\] 3$' "$SHOWN"
}

@test "folded events count one each" {
	runs stacks.bpf.o --format folded --max-events 6
	chain 5 "$OBJ/chain"
	ended
	sed 's/^chain;.*;main;/chain;main;/' "$SHOWN" | user_part >lines
	[ "$(cat lines)" = 'chain;main;outer;leaf 1
chain;main;outer;middle;step;leaf 5' ]
}

@test "a map that is not emptied is not counted again" {
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "counts")).sample =
		{interval: 1, clear_map: false}' "$OBJ/stackmap.json" >kept.json
	run_ready kept.json --magic "$MAGIC" --format folded
	RUN=$PID SHOWN=$OUT
	chain 3 "$OBJ/chain"
	# Time for more rounds than the last.
	run_ready "$OBJ/stacks.bpf.o" --magic "$MAGIC"
	stop_it
	shown
	user_part <"$SHOWN" | grep -q ';middle;step;leaf 3$'
}

@test "a flame graph" {
	need program:python3
	runs stackmap.json -o flames.svg
	chain 3 "$OBJ/chain"
	shown
	python3 - flames.svg <<-'EOF'
	import sys, xml.etree.ElementTree as tree
	svg = tree.parse(sys.argv[1]).getroot()
	ns = '{http://www.w3.org/2000/svg}'
	assert svg.tag == ns + 'svg'
	frames = {}
	for g in svg.iter(ns + 'g'):
	    r = g.find(ns + 'rect')
	    frames.setdefault(g.find(ns + 'title').text, []).append(
	        [float(r.get(k)) for k in ('x', 'y', 'width')])
	print(frames)
	all, = frames['all (4, 100.00%)']
	main, = frames['main (4, 100.00%)']
	middle, = frames['middle (3, 75.00%)']
	short, = frames['leaf (1, 25.00%)']
	long, = frames['leaf (3, 75.00%)']
	assert all[2] == main[2] == 1180, all
	assert abs(middle[2] - 885) < 0.2 and long[2] == middle[2], middle
	assert abs(short[2] - 295) < 0.2, short
	# Side by side on the same caller; callers are below.
	assert short[0] == main[0] and middle[0] == short[0] + short[2]
	assert all[1] > main[1] > middle[1] > long[1]
	EOF
	! grep -q '<script' flames.svg
}

@test "a stripped binary: which file, and where in it" {
	need program:strip program:nm
	cp "$OBJ/chain" bare
	strip -s bare
	runs stacks.bpf.o -j --max-events 1
	chain 0 ./bare
	ended
	start=$(nm "$OBJ/chain" | sed -n 's/ t leaf$//p')
	jq -c '.ustack[0]' "$SHOWN"
	[ "$(jq -r '.ustack[0] | .symbol, .module' "$SHOWN")" = "null
$T/bare" ]
	offset=$(jq '.ustack[0].offset' "$SHOWN")
	[ $offset -gt $((0x$start)) ]
	[ $offset -lt $((0x$start + 32)) ]
}

@test "a stripped binary in text and folded" {
	need program:strip
	cp "$OBJ/chain" bare
	strip -s bare
	runs stacks.bpf.o --max-events 1
	chain 0 ./bare
	ended
	grep -qE '^        0x[0-9a-f]{16} \[bare\+0x[0-9a-f]+\]$' "$SHOWN"
	runs stacks.bpf.o --max-events 1 --format folded
	exec {to}>&-
	chain 0 ./bare
	ended
	user_part <"$SHOWN" | grep -q '^bare;.*;\[bare\];\[bare\];\[bare\] 1$'
}

@test "of a process that is gone there are addresses" {
	runs stackmap.json -j
	: >empty
	"$OBJ/chain" "$MAGIC" 1 <empty
	shown
	[ "$(jq -c '.key.user_stack_id | [.[:3][] | keys]' "$SHOWN" | sort -u)" = \
		'[["addr"],["addr"],["addr"]]' ]
	[ "$(jq .value.u64 "$SHOWN" | paste -sd' ')" = '1 1' ]
	[ "$(jq -r '.key.kern_stack_id[0].symbol' "$SHOWN" | grep -c null)" = 0 ]
}

@test "a process in another mount namespace" {
	mkdir hidden
	cp "$OBJ/chain" known
	runs stacks.bpf.o -j --max-events 1
	chain 0 unshare -m sh -c 'mount -t tmpfs none hidden &&
		cp known hidden/chain && exec hidden/chain "$@"' sh
	ended
	[ ! -e hidden/chain ]
	[ "$(names .ustack)" = "$SHORT" ]
}

@test "a binary that was deleted" {
	cp "$OBJ/chain" brief
	runs stacks.bpf.o -j
	chain 0 sh -c 'exec ./brief "$@"' sh
	rm brief
	shown
	[ "$(names .ustack)" = "$SHORT" ]
}

@test "without the module there are addresses of processes, and a word about it" {
	need plain
	ECLI=$BUILD/tools/ecli-static runs stacks.bpf.o -j --max-events 1
	chain 0 "$OBJ/chain"
	ended
	cat "$SAYS"
	grep -q ": stacks of processes without names: the static ecli has no modules, 'sym' neither: use the other ecli$" "$SAYS"
	[ "$(jq -c '.ustack[0] | keys' "$SHOWN")" = '["addr"]' ]
	# The kernel's names take no module.
	[ "$(jq -c '.kstack[0] | keys' "$SHOWN")" = \
		'["addr","offset","symbol"]' ]
}

@test "names that are not wanted" {
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "counts")).intepreter =
		{stack_trace: {with_symbols: false}}' "$OBJ/stackmap.json" \
		>plain.json
	run_ready plain.json --magic "$MAGIC" -j
	RUN=$PID SHOWN=$OUT
	chain 1 "$OBJ/chain"
	shown
	[ "$(jq -c '.key.user_stack_id[0], .key.kern_stack_id[0] | keys' \
		"$SHOWN" | sort -u)" = '["addr"]' ]
}

@test "the bytes of records keep their stacks" {
	runs stacks.bpf.o --format raw --max-events 1
	chain 0 "$OBJ/chain"
	ended
	# pid, two sizes, comm, and two arrays of 32 addresses, at 8 bytes.
	[ "$(stat -c %s "$SHOWN")" = $((32 + 2 * 32 * 8)) ]
}

@test "formats of stacks for a program that has none" {
	run -1 "$ECLI" run "$OBJ/exec.bpf.o" --format folded
	[[ $output == *"--format folded is for stack traces, and no map that is shown has any: no member is called kstack, "* ]]
	run -1 "$ECLI" run "$OBJ/exec.bpf.o" -o x.svg
	[[ $output == *"--format flamegraph is for stack traces"* ]]
}
