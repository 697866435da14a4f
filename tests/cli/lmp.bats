#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

bats_require_minimum_version 1.5.0

# What the introductory text shows, line by line. Where ours differ:
#
# - "make" and the names below .output/ are those of a Makefile that downloaded
#   parts of the toolchain; there is none here, so the line "make" is missing
#   and the files are called after the source.
# - GEN-SKEL names the JSON skeleton: nobody needs a C header to run a package.
# - GENERATE_PACKAGE_JSON is "  PACKAGE  package.json", in the form of the
#   lines before it.
@test "init, build and run print what the text prints" {
	need ecc root tracepoint program:git

	run "$LMP" init hello
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 1 ]
	[[ ${lines[0]} == "the template is in place: hello;"* ]]

	cd hello
	run ls -Ap
	[ "$output" = ".git/
.github/
.gitignore
README.md
bootstrap.bpf.c
bootstrap.bpf.h
config.json" ]

	run "$LMP" build
	[ "$status" = 0 ]
	[ "$output" = "  BPF      bootstrap.bpf.o
  GEN-SKEL bootstrap.skel.json
  PACKAGE  package.json" ]

	start_ready "$LMP" run --ready-fd 3 ./package.json
	# Both lines stand there before any event of ours.
	mapfile -t lines <"$OUT"
	[ "${lines[0]}" = "running and waiting for the ebpf events from ring buffer..." ]
	[ "${lines[1]}" = "time pid ppid exit_code duration_ns comm filename exit_event" ]
	bash -c 'exit 7' &
	pid=$!
	wait $pid || :
	wait_for "^[0-9:]+ $pid $BASHPID 7 "
	stop_it
	# Names and values stand between single spaces; an empty file name is
	# two of them.
	grep -Eqx "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] $pid $BASHPID 0 0 bash [^ ]*/bash 0" "$OUT"
	grep -Eqx "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] $pid $BASHPID 7 [1-9][0-9]* bash  1" "$OUT"
}

@test "what is no text has no line of words in front" {
	need ecc root tracepoint
	"$LMP" init hello >/dev/null
	cd hello
	"$LMP" build >/dev/null
	for format in json json-array csv yaml raw; do
		"$LMP" run --format $format --timeout 100ms package.json >out 2>err
		run ! grep -aq 'running and waiting' out
		grep -qx 'running and waiting for the ebpf events from ring buffer...' err
	done
	"$LMP" run -j --timeout 100ms package.json | jq . >/dev/null
	run --separate-stderr "$LMP" run -o out --timeout 100ms package.json
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(head -1 out)" = "time pid ppid exit_code duration_ns comm filename exit_event" ]
	[ "$stderr" = "running and waiting for the ebpf events from ring buffer..." ]
}

@test "a second init changes nothing" {
	need program:git
	"$LMP" init hello
	echo mine >hello/README.md
	run "$LMP" init hello
	[ "$status" = 1 ]
	[ "$output" = "lmp: 'hello/bootstrap.bpf.c' exists already: nothing was written" ]
	[ "$(cat hello/README.md)" = mine ]
}

@test "what the template promises is there" {
	"$LMP" init hello
	# tests/dist runs the steps; the options are install.sh's.
	run -0 grep -o -- 'sh -s -- .*' hello/.github/workflows/publish.yml
	[ "$output" = 'sh -s -- --all --url "$EUNOMIA_URL"' ]
	sh "$ROOT/dist/install.sh" --help | grep -q -- '--all '
	sh "$ROOT/dist/install.sh" --help | grep -q -- '--url URL'
}

@test "init in this folder, and its name in config.json" {
	need program:git
	mkdir -p deep/down
	cd deep/down
	"$LMP" init
	[ -d .git ]
	[ "$(jq -r .name config.json)" = bootstrap ]
	"$LMP" init ../../other/
	[ "$(jq -r .name ../../other/config.json)" = other ]
	[ "$(jq -r .load_ebpf_script config.json)" = "" ]
}

@test "init among other files, and in a repository" {
	need program:git
	mkdir full
	: >full/notes
	run -0 "$LMP" init full
	[ "${#lines[@]}" = 7 ]
	[ "${lines[0]}" = "  bootstrap.bpf.c" ]
	[ "${lines[5]}" = "  .github/workflows/publish.yml" ]
	[ ! -e full/.git ]
	git init -q above
	run -0 "$LMP" init above/deep
	[ "${#lines[@]}" = 1 ]
	[ ! -e above/deep/.git ]
	[ -s above/deep/bootstrap.bpf.c ]
}

@test "build says what it misses" {
	run "$LMP" build
	[ "$status" = 1 ]
	[ "$output" = "lmp: no *.bpf.c here: 'lmp init NAME' makes a project" ]
	touch a.bpf.c b.bpf.c
	run "$LMP" build
	[ "$status" = 1 ]
	[ "$output" = "lmp: 2 files *.bpf.c here: name one of them" ]
	run "$LMP" build x.c
	[ "$status" = 2 ]
}

@test "build prefers NAME.bpf.h and shows the command with V=1" {
	need ecc
	cat >x.bpf.c <<-'END'
	#include <linux/bpf.h>
	#include <bpf/bpf_helpers.h>
	#include "x.bpf.h"
	#include "x.h"
	struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 4096);
	} rb SEC(".maps");
	char LICENSE[] SEC("license") = "GPL";
	END
	echo 'struct exported { int a; };' >x.bpf.h
	echo 'struct shared { int b; };' >x.h
	V=1 run "$LMP" build
	[ "$status" = 0 ]
	[[ ${lines[0]} == *"/ecc x.bpf.c x.bpf.h" ]]
	[ "$(jq -c '[.meta.export_types[].name]' package.json)" = '["exported"]' ]
}

@test "a compile error reaches the user and fails the build" {
	need ecc
	echo 'int f(void) { return nothing; }' >x.bpf.c
	run "$LMP" build
	[ "$status" = 1 ]
	[[ $output == *"x.bpf.c:1:22: error:"*"nothing"* ]]
	[[ $output == *"lmp: 'x.bpf.c' was not built"* ]]
	[ "$(ls)" = x.bpf.c ]
}

@test "run without a package says which file is missing" {
	run "$LMP" run
	[ "$status" = 1 ]
	[[ $output == "lmp: cannot open 'package.json'"* ]]
}

@test "not root and on a terminal it goes through sudo" {
	need ecc root program:sudo program:script
	cp "$OBJ/hello.bpf.o" .
	by_sudo hello.bpf.o --timeout 100ms
	[ "$status" = 0 ]
	[[ $output == *"running and waiting for the ebpf events from trace pipe..."* ]]
}
