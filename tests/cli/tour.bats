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
