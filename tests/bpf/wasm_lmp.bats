#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Projects with user space in Wasm: what lmp writes, compiles and runs.

load ../helper
load fire
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

@test "gen-wasm-skel, build-wasm and run print what the text prints" {
	need ecc program:git
	"$LMP" init hello >/dev/null
	cd hello
	run -0 "$LMP" gen-wasm-skel
	[ "$output" = "  BPF      bootstrap.bpf.o
  GEN-SKEL bootstrap.skel.json
  PACKAGE  package.json
  INCLUDE  eunomia-include/
  GEN-WASM-SKEL ewasm-skel.h
  APP      app.c" ]
	[ "$(wc -l <app.c)" -ge 30 ] && [ "$(wc -l <app.c)" -le 60 ]
	grep -q '^#include "ewasm-skel.h"$' app.c
	grep -q 'place to filter and to compute' app.c
	for header in "$ROOT"/include/wasm/*.h; do
		cmp "$header" "eunomia-include/${header##*/}"
	done
	run -0 "$LMP" build-wasm
	[ "$output" = "  BUILD-WASM app.wasm
build app.wasm success" ]
	# What wasm-opt has to know; -s would remove it.
	grep -q target_features app.wasm

	start "$LMP" run app.wasm
	runner=$PID
	wait_for '^running and waiting for the ebpf events from ring buffer...$' "$ERR"
	bash -c 'exit 7' &
	pid=$!
	wait $pid || :
	wait_for "^.\"pid\":$pid,.*\"exit_event\":1}$"
	PID=$runner stop_it
	jq . "$OUT" >/dev/null
	grep -qFx "{\"pid\":$pid,\"ppid\":$BASHPID,\"exit_code\":0,\"duration_ns\":0,\"comm\":\"bash\",\"filename\":\"$(command -v bash)\",\"exit_event\":0}" "$OUT" ||
		grep -qx "{\"pid\":$pid,\"ppid\":$BASHPID,\"exit_code\":0,\"duration_ns\":0,\"comm\":\"bash\",\"filename\":\"[^\"]*/bash\",\"exit_event\":0}" "$OUT"
	grep -Eqx "\{\"pid\":$pid,\"ppid\":$BASHPID,\"exit_code\":7,\"duration_ns\":[1-9][0-9]*,\"comm\":\"bash\",\"filename\":\"\",\"exit_event\":1\}" "$OUT"
}

# app OBJECT [PACKAGE]: app.wasm of an object of tests/obj that sees what fire() does.
app() {
	"$LMP" gen-wasm-skel "${2:-$OBJ/$1.bpf.o}"
	sed -i "s|/\* The place to set constants:.*|skel->rodata->magic = $MAGIC;|" app.c
	grep -q "magic = $MAGIC;" app.c
	"$LMP" build-wasm
}

# all_lines N FILE: until it has so many.
all_lines() {
	local end=$((SECONDS + PATIENCE))

	until [ "$(wc -l <"$2")" = "$1" ]; do
		[ $SECONDS -lt $end ] || { cat "$2" && return 1; }
	done
}

# same OBJECT|PACKAGE SIGNAL... [-- OPTION...]: the guest and the package, run at the
# same time, write the same for each kill(2). The guest's output is in $OUT.
same() {
	local object=$OBJ/$1.bpf.o signals=() file n runner theirs

	[ ! -e "$1" ] || object=$1
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		signals+=("$1")
		shift
	done
	shift || :
	run_ready "$object" --magic "$MAGIC" -j "$@"
	runner=$PID theirs=$OUT
	start "$LMP" run app.wasm
	wait_for '^running and waiting' "$ERR"
	fire "${signals[@]}"
	n=$((${#signals[@]} * ${EACH:-1}))
	for file in "$theirs" "$OUT"; do
		all_lines $n "$file"
	done
	stop_it
	PID=$runner stop_it
	sort "$theirs" >theirs
	sort "$OUT" | diff theirs -
}

@test "each line equals the row of the same event" {
	"$LMP" gen-wasm-skel "$OBJ/exec.bpf.o"
	me=$BASHPID
	sed -i "s|/\* The place to set constants:.*|skel->rodata->parent = $me;|" app.c
	"$LMP" build-wasm
	run_ready "$OBJ/exec.bpf.o" --format compact --parent "$me"
	rows=$OUT first=$PID
	run_ready "$OBJ/exec.bpf.o" -j --parent "$me"
	objects=$OUT second=$PID
	start "$LMP" run app.wasm
	third=$PID
	wait_for '^running and waiting' "$ERR"
	for i in 1 2 3; do
		sh -c "exit $i" || :
	done
	wait_for ' 3 sh 1$' "$rows"
	wait_for '"exit_code":3,.*"exit_event":1' "$objects"
	wait_for "\"ppid\":$me,\"exit_code\":3,.*\"exit_event\":1"
	for PID in $first $second $third; do
		stop_it
	done
	grep '"comm":"sh"' "$OUT" >mine
	[ "$(wc -l <mine)" = 6 ]
	grep '"comm":"sh"' "$objects" | diff - mine
	jq -r '"\(.pid) \(.ppid) \(.exit_code) \(.comm) \(.exit_event)"' mine >jq
	sed -n 's/^[0-9:]* \(.* sh [01]\)$/\1/p' "$rows" | diff - jq
}

@test "a perf buffer, bytes without a type, and several buffers" {
	app perf
	same perf 0 0
	grep -q '^running and waiting for the ebpf events from perf event...$' "$ERR"
	rm app.c
	app untyped
	same untyped 0
	rm app.c
	app several
	EACH=3 same several 0 0
	grep -q '"map":"three"' "$OUT"
}

@test "entries of sampled maps" {
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "counts" or .name == "plain")).sample =
		{interval: 300}' "$OBJ/sampled.json" >package.json
	app sampled package.json
	EACH=2 same package.json 0 CONT
	grep -q "^.\"map\":\"counts\",\"key\":.\"sig\":18,.*\"times\":1," "$OUT"
	grep -q '^running and waiting for the ebpf events from sampled map...$' "$ERR"
}

@test "what the user changed stays, and is what runs" {
	app perf
	sed -i 's|^\tevent__print_json|\tif (e.sig == 0)\n\t\treturn 0;\n&|' app.c
	cp app.c mine
	run -0 "$LMP" gen-wasm-skel "$OBJ/perf.bpf.o"
	[ "${lines[-1]}" = '  KEPT     app.c' ]
	cmp app.c mine
	"$LMP" build-wasm
	start "$LMP" run app.wasm
	wait_for '^running and waiting' "$ERR"
	fire 0 CONT
	wait_for '"sig":18'
	stop_it
	[ "$(wc -l <"$OUT")" = 1 ]
}

@test "variables that are structs, and what a package has of each type" {
	app params
	same params 0
}

@test "a project is compiled anew where its source is newer" {
	need ecc
	cp "$ROOT/tests/obj/exec.bpf.c" .
	run -0 "$LMP" gen-wasm-skel
	[ "${lines[0]}" = '  BPF      exec.bpf.o' ]
	run -0 "$LMP" gen-wasm-skel
	[ "${lines[0]}" = '  INCLUDE  eunomia-include/' ]
	touch -r package.json exec.bpf.c
	touch -d '1 second' exec.bpf.c
	run -0 "$LMP" gen-wasm-skel
	[ "${lines[0]}" = '  BPF      exec.bpf.o' ]
	rm exec.bpf.c
	run -0 "$LMP" gen-wasm-skel
	[ "${lines[0]}" = '  INCLUDE  eunomia-include/' ]
	rm package.json
	run -1 "$LMP" gen-wasm-skel
	[ "$output" = "lmp: no *.bpf.c here: 'lmp init NAME' makes a project" ]
}

@test "build-wasm takes the package as it is now" {
	need ecc
	cp "$ROOT/tests/obj/exec.bpf.c" .
	"$LMP" gen-wasm-skel
	"$LMP" build-wasm
	cp ewasm-skel.h before
	cp app.c mine
	sed -i 's/^volatile const/int brand_new;\n&/;$a int brand_new_one;' exec.bpf.c
	"$LMP" build
	run -0 "$LMP" build-wasm
	[ "${lines[0]}" = '  GEN-WASM-SKEL ewasm-skel.h' ]
	grep -q brand_new_one ewasm-skel.h
	run ! grep -q brand_new_one before
	cmp app.c mine
	run -0 "$LMP" build-wasm
	[ "${lines[0]}" = '  BUILD-WASM app.wasm' ]
}

@test "of several sources the one that is named, and what app.c does not take" {
	need ecc
	cp "$ROOT/tests/obj/exec.bpf.c" a.bpf.c
	cp a.bpf.c b.bpf.c
	run -1 "$LMP" gen-wasm-skel
	[ "$output" = 'lmp: 2 files *.bpf.c here: name one of them' ]
	run -0 "$LMP" gen-wasm-skel a.bpf.c
	[ "${lines[0]}" = '  BPF      a.bpf.o' ]
	"$LMP" build-wasm
	run -2 "$LMP" run app.wasm --timeout 1
	[ "$output" = "unexpected argument '--timeout': options of the runner stand in front of the module" ]
	run -1 "$LMP" run app.c
	[ "$output" = "lmp: 'app.c' is a C source: 'lmp build-wasm' makes app.wasm of it" ]
}

@test "CFLAGS are added, and CLANG that is none is told" {
	echo 'int main(void) { return N; }' >app.c
	run -0 env CFLAGS='-O1  -DN=9' V=1 "$LMP" build-wasm
	[[ ${lines[0]} == *' -O1 -DN=9 -o app.wasm app.c' ]]
	# With -s what wasm-opt has to know would be gone.
	[[ " ${lines[0]} " != *' -s '* ]]
	run -9 "$WASM_BPF" app.wasm
	run -1 env CLANG=nosuch "$LMP" build-wasm
	[ "$output" = "lmp: CLANG: cannot find the compiler 'nosuch'" ]
}

@test "another compiler, none, and what it refuses" {
	run -1 "$LMP" build-wasm
	[ "$output" = "lmp: no app.c here: 'lmp gen-wasm-skel' writes one" ]
	echo 'int main(void) { return 5; }' >app.c
	mkdir -p empty sdk/bin
	run -1 env -u CLANG PATH="$T/empty" "$LMP" build-wasm
	[ "$output" = "lmp: no compiler for Wasm: install clang-16, lld-16, wasi-libc and libclang-rt-16-dev-wasm32, or set WASI_SDK_PATH" ]
	run -1 env WASI_SDK_PATH="$T/sdk" "$LMP" build-wasm
	[[ $output == "lmp: WASI_SDK_PATH: '$T/sdk' is no wasi-sdk,"* ]]
	cat >sdk/bin/clang <<-'END'
		#!/bin/sh
		exec clang-16 "$@"
	END
	chmod +x sdk/bin/clang
	run -0 env V=1 WASI_SDK_PATH="$T/sdk" "$LMP" build-wasm
	[[ ${lines[0]} == "$T/sdk/bin/clang --target=wasm32-wasi "* ]]
	run -5 "$WASM_BPF" app.wasm
	run -5 "$LMP" run app.wasm
	echo 'int main(void) { return x; }' >app.c
	run -1 "$LMP" build-wasm
	[[ $output == *"undeclared identifier 'x'"* ]]
	[ "${lines[-1]}" = "lmp: 'app.c' was not built" ]
	run -2 "$LMP" build-wasm app.c
	run -0 "$LMP" build-wasm --help
}

@test "what is written compiles without a warning, whatever is in an object" {
	for object in cgroup exec formats hello lookup sampled several sockmap storage; do
		rm -f app.c
		"$LMP" gen-wasm-skel "$OBJ/$object.bpf.o" >/dev/null
		clang-16 --target=wasm32-wasi -Wall -Wextra -Werror \
			-Ieunomia-include -c -o app.o app.c
		# The header of all types beside the skeleton.
		"$BPFTOOL" gen skeleton -j "$OBJ/$object.bpf.o" >x.skel.h
		"$BPFTOOL" btf dump file "$OBJ/$object.bpf.o" format c -j >x.wasm.h
		printf '#include "x.skel.h"\n#include "x.wasm.h"\n' >x.c
		clang-16 --target=wasm32-wasi -I"$ROOT/include/wasm" -c x.c
	done
}
