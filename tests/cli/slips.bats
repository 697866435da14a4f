#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Slips on the command line, and what is said of them. Nothing is loaded.

load ../helper

bats_require_minimum_version 1.5.0

# said TEXT STATUS ARGUMENT...: the first line that ecli prints.
said() {
	run -"$2" "$ECLI" "${@:3}"
	[ "${lines[0]}" = "ecli: $1" ] || {
		echo "$output"
		return 1
	}
}

setup() {
	helper_setup
	cp "$OBJ/exec.bpf.o" x.bpf.o
	cp "$OBJ/params.bpf.o" .
}

@test "words that are no command" {
	said "'rnu' is neither a command (run, check, inspect, push, pull, login, logout, images, tag, rm, prune, save, load, sign, verify, keygen, names) nor a file; did you mean 'run'?" \
		2 rnu x.bpf.o
	[ "${lines[1]}" = "Try 'ecli --help'." ]
	said "'nothing' is neither a command (run, check, inspect, push, pull, login, logout, images, tag, rm, prune, save, load, sign, verify, keygen, names) nor a file" \
		2 help nothing
	said "cannot open 'no/file': No such file or directory" 1 no/file
	run -2 "$LMP" biuld
	[ "${lines[0]}" = "lmp: 'biuld' is no command (init, build, gen-wasm-skel, build-wasm, run, push, pull, list, check, inspect, names); did you mean 'build'?" ]
	run -0 "$ECLI" version
	[ "$output" = "$("$ECLI" --version)" ]
	run -0 "$ECLI" help check
	[ "$output" = "$("$ECLI" check --help)" ]
	run -0 "$ECLI" help
	[ "$output" = "$("$ECLI" --help)" ]
	# A program of that name is a program.
	cp x.bpf.o version
	run -0 "$ECLI" version --help
	[[ $output == *"Options of the runner"* ]]
}

@test "a command behind its options" {
	run -0 "$ECLI" --timeout 1 run x.bpf.o --help
	[[ $output == *"Options of the runner"* ]]
	said "'check' has to stand in front of its options" 2 -j check
}

@test "what is no package, for every command" {
	for command in run inspect check; do
		said "'x.bpf.c' is a C source: compile it with ecc first" \
			1 $command x.bpf.c
		said "'.' is a folder without a package.json" 1 $command .
		said "'ftp://a.b/c.json': http, https, oci, file and data are known here" \
			1 $command ftp://a.b/c.json
	done
	: >package.json
	said "'.' is a folder: give './package.json'" 1 run .
	said "'./' is a folder: give './package.json'" 1 run ./
	printf '\0asm' >x.wasm
	said "'x.wasm' is a Wasm module, no package: 'ecli run' runs it" 1 inspect x.wasm
	run -2 "$ECLI" run --max-events 3 x.wasm
	[ "${lines[0]}" = "ecli: '--max-events' is not for Wasm modules" ]
	run -2 "$ECLI" run --dir /tmp x.bpf.o
	[ "${lines[0]}" = "ecli: '--dir' is only for Wasm modules" ]
	run -0 "$ECLI" run --help x.wasm
	[ "${lines[0]}" = 'Usage: ecli run [OPTIONS] FILE [ARGUMENTS OF THE PROGRAM]' ]
}

@test "options with a slip" {
	said "unknown option '--timeot'; did you mean '--timeout'?" \
		2 run --timeot 1 x.bpf.o
	said "option '--timeout' needs a value (TIME)" \
		2 run x.bpf.o --timeout --json
	said "--timeout: '0' must be above 0" 2 run x.bpf.o --timeout 0
	said "--timeout: 'x' is no duration: 5, 500ms, 2m" \
		2 run x.bpf.o --timeout x
	run -0 "$ECLI" run x.bpf.o --max_events 1 --help
}

@test "names with a slip" {
	need root
	said "no variable 'p_lits' in 'params_bpf'; did you mean 'p_list'?" \
		1 run params.bpf.o --set p_lits=5
	said "no map 'rbb' in 'x_bpf'; did you mean 'rb'?" \
		1 run x.bpf.o --type rbb=event
	run -1 "$ECLI" run x.bpf.o --type rb=evnt
	[[ $output == *"type 'evnt' is not in the object's BTF; did you mean 'event'?"* ]]
	said "no program 'x' in 'x_bpf'; there are 'on_exec', 'on_exit'" \
		1 run x.bpf.o --only x
	said "target 'on_exc=lo': no program 'on_exc' in 'x_bpf'; did you mean 'on_exec' or 'on_exit'?" \
		1 run x.bpf.o -t on_exc=lo
}

@test "nothing is left to run" {
	need bpf
	said "no program is left: all of 'x_bpf' are left out" \
		1 run x.bpf.o --skip on_exec --skip on_exit
}
