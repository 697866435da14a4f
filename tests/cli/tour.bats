#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

# The commands between the marks, comments taken off.
tour() {
	sed -n '/<!-- tour -->/,/<!-- \/tour -->/p' "$ROOT/$1" |
		sed -n '/^```sh/,/^```/p' | sed '/^```/d; s/  *#.*//'
}

@test "both READMEs give the same tour" {
	[ -n "$(tour README.md)" ]
	[ "$(tour README.md)" = "$(tour README.zh-CN.md)" ]
}

# The blocks of C, comments taken off.
program() {
	sed -n '/^```c$/,/^```$/p' "$ROOT/$1" |
		sed 's,  */\*.*\*/,,; /^\/\/\//d'
}

@test "both READMEs hold the same" {
	[ -n "$(program README.md)" ]
	[ "$(program README.md)" = "$(program README.zh-CN.md)" ]
	# As many sections, and the same links, commands and pages.
	for what in '^#' '](' '^    ' '^- ' '`man [a-z]*`'; do
		[ "$(grep -o -- "$what" "$ROOT/README.md" | wc -l)" = \
		  "$(grep -o -- "$what" "$ROOT/README.zh-CN.md" | wc -l)" ] || {
			echo "$what"
			false
		}
	done
	diff <(grep -oE '\]\([a-z][^)]*\)' "$ROOT/README.md" | sort) \
		<(grep -oE '\]\([a-z][^)]*\)' "$ROOT/README.zh-CN.md" | sort)
}

@test "the program of the READMEs compiles, and its flag is there" {
	need ecc
	# The first block is the header, the second the program.
	for file in README.md README.zh-CN.md; do
		awk '/^```c$/ { n++; next } /^```/ { in_c = 0 }
			{ if (n != was) { in_c = 1; was = n } }
			in_c { print > (n == 1 ? "open.h" : "open.bpf.c") }' \
			"$ROOT/$file"
		run -0 --separate-stderr "$ECC" open.bpf.c open.h
		[ -z "$stderr" ]
		run -0 "$ECLI" run package.json --help
		[[ $output == *"--pid_target VALUE"*"(default: 0)"* ]]
		rm open.*
	done
}

@test "every command of the tour works" {
	need ecc root tracepoint program:git

	# The tree is built already; the rest is run as it stands.
	[ "$(tour README.md | head -n 1)" = make ]
	{
		echo 'set -e'
		tour README.zh-CN.md | sed 1d |
			sed "s,\"\$PWD/build/tools:,\"$BUILD/tools:,"
	} >tour.sh
	# Something has to happen for --max-events to be reached.
	( trap 'exit 0' TERM; while :; do /bin/true; done ) &
	children+=($!)
	run bash tour.sh
	[ "$status" = 0 ]
	[ -s hello/package.json ]
	[ "$(grep -c '^TIME     PID    PPID ' <<<"$output")" = 3 ]
	[[ $output == *"--min_duration_ns VALUE"* ]]
	[ "$(grep '^{' <<<"$output" | jq -s length)" = 3 ]
	[[ $output == *"tracepoint         yes"* ]]
}
