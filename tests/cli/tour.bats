#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

bats_require_minimum_version 1.5.0

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

@test "the READMEs lead to every page, and no link leads nowhere" {
	for page in "$ROOT"/docs/*.md "$ROOT"/examples/README.md; do
		grep -qF "](${page#"$ROOT/"})" "$ROOT/README.md"
	done
	for file in $(grep -oE '\]\([a-zA-Z][^):]*\)' "$ROOT/README.md" |
		tr -d '()]'); do
		[ -e "$ROOT/$file" ]
	done
}

@test "the commands for the examples work, and leave nothing to commit" {
	need ecc root tracepoint program:git
	cp -r "$ROOT/examples" .
	ln -s "$BUILD" build
	git init -q
	git add examples
	PATH=$BUILD/tools:$PATH
	grep -qx '    make -C examples .*' examples/README.md
	while read -r command; do
		[[ $command == make* ]] || eval "$command"
	done < <(sed -n 's/^    \([a-z].*\)/\1/p' examples/README.md)
	[ -s examples/bootstrap/package.json ]
	[ -z "$(git status --porcelain examples | grep '^??')" ]
}

@test "make help names all there is to make" {
	need program:make
	run -0 make -s -C "$ROOT" help
	for goal in $(sed -n 's/^\.PHONY: all build //p' "$ROOT/Makefile"); do
		grep -qE "^make .*\b$goal\b" <<<"$output"
	done
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
		[[ $output == *"--pid_target INT"*"(default: 0)"* ]]
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
	[[ $output == *"--min_duration_ns INT"* ]]
	[ "$(grep '^{' <<<"$output" | jq -s length)" = 3 ]
	[[ $output == *"tracepoint         yes"* ]]
}

@test "examples and tools are built where nobody else writes" {
	need program:make
	# Beside their sources, and nothing of that is to be committed.
	run -0 make -n -C "$ROOT/hub" sigsnoop
	[[ $output == *"mkdir -p out/sigsnoop"* ]]
	run -0 make -n -C "$ROOT/examples" bootstrap
	[[ $output == *"mkdir -p out/bootstrap"* ]]
	run -0 make -n -C "$ROOT/examples/wasm" bootstrap
	[[ $output == *"mkdir -p ../out/wasm/bootstrap"* ]]
	grep -qx /hub/out/ "$ROOT/.gitignore"
	grep -qx /examples/out/ "$ROOT/.gitignore"
}
