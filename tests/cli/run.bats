#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command line of ecli, as far as it goes without a kernel.

load ../helper

bats_require_minimum_version 1.5.0

@test "without a command it shows how to use it, and fails" {
	run -2 --separate-stderr "$ECLI"
	[ -z "$output" ]
	[[ $stderr == "Usage: ecli COMMAND"*"  run "* ]]
	for help in -h --help help; do
		run -0 --separate-stderr "$ECLI" $help
		[[ $output == "Usage: ecli COMMAND"*"  check "* ]]
		[ -z "$stderr" ]
	done
	run -0 "$ECLI" --version
	[[ $output =~ ^ecli\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "run without a program, and what is no option" {
	run -2 "$ECLI" run
	[[ ${lines[0]} == "ecli: no program given" ]]
	[[ ${lines[1]} == *"ecli run --help"* ]]
	run -2 "$ECLI" run --nothing
	[[ $output == *"unknown option '--nothing'"* ]]
	run -2 "$ECLI" run -j
	[[ $output == *"no program given"* ]]
	run -2 "$ECLI" run --timeout
	[[ $output == *"'--timeout' needs a value (TIME)"* ]]
	run -2 "$ECLI" run --json=1 "$OBJ/perf.bpf.o"
	[[ $output == *"'--json' takes no value"* ]]
	run -2 "$ECLI" run --type rb "$OBJ/perf.bpf.o"
	[[ $output == *"--type takes MAP=STRUCT, not 'rb'"* ]]
}

@test "every option is in the help" {
	run -0 --separate-stderr "$ECLI" run --help
	for option in --json --format --target --type --timeout --max-events \
		--fields --filter --sort --head --timestamps --color \
		--width --output --prog-type \
		--ready-fd --btf --no-tailor --verbose; do
		[[ $output == *" $option"* ]]
	done
	# Nothing is wider than a terminal.
	[ -z "$(awk 'length > 79' <<<"$output")" ]
}

@test "names of options may be cut short, and limits of 0" {
	run -2 "$ECLI" run --timeo 0 "$OBJ/perf.bpf.o"
	[[ $output == *"'0' must be above 0"* ]]
	run -2 "$ECLI" run --t 1 "$OBJ/perf.bpf.o"
	[[ $output == *"option '--t' is ambiguous: --target, --type, --timeout, "*"--timestamps"* ]]
	run -0 "$ECLI" run --help
	text=$(tr -s ' \n' '  ' <<<"$output")
	[[ $text == *"may be cut short as long as only one begins so"* ]]
	[[ $text == *"--timeout TIME stop after TIME, which is above 0:"* ]]
	[[ $text == *"--max-events N stop after N events; 0, as without it: never"* ]]
	# The man pages say it as well.
	for page in "$BUILD"/tools/*.1; do
		grep -A 1 '^The name of a long option may be cut' "$page"
	done
}

@test "an output format that is none lists those there are" {
	run "$ECLI" run --format xml "$OBJ/perf.bpf.o"
	[ "$status" -ne 0 ]
	[[ $output == *"unknown output format 'xml'; there are: text, compact, json, json-array, csv, yaml, raw"* ]]
}

@test "types and maps that are not there are named" {
	run -2 "$ECLI" run "$OBJ/sampled.bpf.o" --type per_cpu="struct count"
	[[ $output == *"map 'per_cpu': type 'count' has 16 bytes, but the map's values have 8"* ]]
	run -1 "$ECLI" run "$OBJ/several.bpf.o" --type nothing=first
	[[ $output == *"no map 'nothing' in 'several_bpf'"* ]]
	run -1 "$ECLI" run "$OBJ/several.bpf.o" --type one=nothing
	[[ $output == *"type 'nothing' is not in the object's BTF; its structs: "*first* ]]
	run -2 "$ECLI" run "$OBJ/several.bpf.o" --type one=
	[[ $output == *"--type takes MAP=STRUCT, not 'one='"* ]]
}

@test "the help of a package is its own" {
	jq '.meta.bpf_skel.doc = {brief: "Counts signals", version: "0.7",
		details: "More about it."} |
	    .meta.bpf_skel.data_sections[0].variables[0] += {cmdarg:
		{default: 5, long: "number", short: "n", help: "the number"}}' \
		"$OBJ/sampled.json" >package.json
	run -0 --separate-stderr "$ECLI" run package.json -h
	[ "${lines[0]}" = 'Counts signals' ]
	[[ $output == *"Usage: ecli run package.json"* ]]
	[[ $output == *"  -n, --number INT"*"the number"* ]]
	[ "${lines[-1]}" = 'More about it.' ]
	run -0 "$ECLI" run package.json --version
	[ "$output" = 'sampled_bpf 0.7' ]
	# The flag has the other name now.
	run -2 "$ECLI" run package.json --magic 1
	[[ $output == *"--magic"* ]]
	run -2 "$ECLI" run package.json -n x
	[[ $output == *"variable 'magic': 'x' is not an integer"* ]]
}

@test "a package from standard input, as JSON with white space or as YAML" {
	run -0 bash -c 'jq . "$1" | "$0" run - --version' "$ECLI" \
		"$OBJ/sampled.json"
	[ "$output" = 'sampled_bpf 0.1.0' ]
	# JSON is YAML, but for this line.
	{ echo '# a package'; jq . "$OBJ/sampled.json"; } >package.yaml
	run -0 "$ECLI" run package.yaml --version
	[ "$output" = 'sampled_bpf 0.1.0' ]
}
