#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a system offers, as "ecli check" sees it.

load ../helper

bats_require_minimum_version 1.5.0

@test "the kernel, its programs and maps, in text" {
	run -0 --separate-stderr "$ECLI" check
	[[ ${lines[0]} == "$(uname -s) $(uname -r) $(uname -m), libbpf "* ]]
	for group in system tracing network maps; do
		grep -qx "$group" <<<"$output"
	done
	[ -z "$stderr" ]
	# Everything works, or something is said to be needed.
	! grep '^  ' <<<"$output" |
		grep -vE '^  [a-z0-9_.]+ +(yes|no   [^;]+; needs: .+)$'
}

@test "the same as JSON" {
	run -0 --separate-stderr "$ECLI" check -j
	[ "${#lines[@]}" = 1 ]
	[ "$(jq -r .kernel <<<"$output")" = "$(uname -r)" ]
	[ "$(jq -r .machine <<<"$output")" = "$(uname -m)" ]
	[ "$(jq '[.features[] | .works == (has("needs") | not)] | all' \
		<<<"$output")" = true ]
}

@test "text, JSON and --probe agree" {
	"$ECLI" check -j >json
	"$ECLI" check >text
	for name in $(jq -r '.features | keys[]' json); do
		works=$(jq --arg n "$name" '.features[$n].works' json)
		status=0
		"$ECLI" check --probe "$name" || status=$?
		[ $status = $([ "$works" = true ] && echo 0 || echo 1) ]
		grep -qE "^  $name +$([ "$works" = true ] && echo yes || echo no)" text
	done
}

@test "what it says about this system is true" {
	features() { "$ECLI" check -j | jq ".features.$1.works"; }
	[ "$(features root)" = $([ "$(id -u)" = 0 ] && echo true || echo false) ]
	[ "$(features btf)" = $([ -r /sys/kernel/btf/vmlinux ] && echo true || echo false) ]
	[ "$(features cgroup2)" = $(cgroup2 >/dev/null && echo true || echo false) ]
}

@test "without rights it says so and does not fail" {
	need root
	run -0 setpriv --reuid=65534 --clear-groups "$ECLI" check
	[[ $output == *"  root "*" no "*"sudo ecli check"* ]]
	grep -qE '^  bpf +no ' <<<"$output"
	run -1 setpriv --reuid=65534 --clear-groups "$ECLI" check --probe bpf
	[ -z "$output" ]
}

@test "what cannot be tried without rights is unknown, not missing" {
	need root bpf
	nobody=(setpriv --reuid=65534 --clear-groups "$ECLI" check)
	run -0 "${nobody[@]}"
	for name in tracepoint cookie xdp ringbuf struct_ops iter.cgroup; do
		grep -qx "  $name *unknown" <<<"$output"
	done
	[[ $output != *CONFIG_NET=y* ]]
	[ "${lines[-1]}" = "unknown: run as root to know" ]
	run -0 "${nobody[@]}" -j
	[ "$(jq -c '.features.ringbuf | [.works, .error, has("needs")]' \
		<<<"$output")" = '[null,"run as root to know",false]' ]
	[ "$(jq -c '.features.root.works' <<<"$output")" = false ]
	run -1 "${nobody[@]}" --probe cookie
	# No table of what the kernel lacks either.
	run -1 --separate-stderr "${nobody[@]}" "$OBJ/exec.bpf.o"
	[ "$output" = "whether exec_bpf loads here is unknown: run as root to know" ]
	run -1 "${nobody[@]}" -j "$OBJ/exec.bpf.o"
	[ "$(jq -c . <<<"$output")" = '{"name":"exec_bpf","loads":null,"error":"run as root to know"}' ]
}

@test "an unknown probe is a usage error that lists those there are" {
	run -2 "$ECLI" check --probe nothing
	[[ ${lines[0]} == "ecli: unknown probe 'nothing'; there are: root bpf btf"* ]]
	run -2 "$ECLI" check --nothing
	[[ $output == *"unknown option '--nothing'"*"ecli check --help"* ]]
}
