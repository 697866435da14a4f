#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every example, described and loaded.

load ../helper
load target

bats_require_minimum_version 1.5.0

packages() {
	ls "$EXAMPLES"/*/package.json
}

@test "inspect describes every example" {
	[ "$(packages | wc -l)" -ge 18 ]
	for p in $(packages); do
		"$ECLI" inspect -j "$p" >>descriptions
		"$ECLI" inspect "$p" >text
		[[ $'\n'$(<text) == *$'\nPrograms\n'* ]]
	done
	[ "$(wc -l <descriptions)" = "$(packages | wc -l)" ]
	# Each has programs of known sections, and says what it needs.
	jq -c 'select(((.programs | length > 0) and
		([.programs[] | .instructions > 0] | all) and
		(.needs | length > 0) and
		([.needs[] | has("since")] | all)) | not)' descriptions >wrong
	cat wrong
	[ ! -s wrong ]
}

# bats test_tags=matrix
@test "check loads every example, or names what this kernel lacks" {
	need bpf
	for p in $(packages); do
		status=0
		"$ECLI" check -j "$p" >report 2>errors || status=$?
		printf '{"status":%d,"package":"%s","report":%s}\n' $status "$p" \
			"$(<report)" >>reports
	done
	[ "$(wc -l <reports)" = "$(packages | wc -l)" ]
	jq -c 'select((if .report.loads then
		.status == (if .report.attaches then 0 else 1 end) and
		(.report | .attaches or (.lacks | length > 0)) and
		([.report.programs[] | .instructions > 0] | all)
	else .status == 1 and (.report | (.error | length > 0) and
		((.lacks | length > 0) or
		 (.error | test("needs|the kernel.s BTF has no"))))
	end) | not)' reports >wrong
	cat wrong
	[ ! -s wrong ]
	jq -e -s 'map(select(.report.loads)) | length > 0' reports
}

# package_for_two: tests/matrix makes it once for all that it starts.
package_for_two() {
	TWO=$EXAMPLES/two.json
	[ ! -e "$TWO" ] || return 0
	need ecc
	"$ECC" --arch x86,arm64 -o . "$ROOT/examples/uprobe/uprobe.bpf.c"
	TWO=package.json
}

# bats test_tags=matrix
@test "one package for x86-64 and arm64, on both and elsewhere" {
	need bpf uprobe
	package_for_two
	case $(uname -m) in
	x86_64 | aarch64) ;;
	*)
		run -1 "$ECLI" run "$TWO" -t "$OBJ/target:eu_work"
		echo "$output"
		[[ $output == *"the package is for x86 and arm64, "*" another byte order "*": build it with 'ecc --arch "* ||
			$output == *"the package is for x86 and arm64, and its program"*"runs nowhere else: build it with 'ecc --arch "* ]]
		return
		;;
	esac
	run -0 "$ECLI" inspect "$TWO"
	[ "${lines[1]}" = "for x86, arm64; Linux 5.8 or later" ]
	begin_target
	run_ready -j "$TWO" -t "$OBJ/target:eu_work" --max-events 2
	ask 3 6
	ask 21 42
	end_of_it
	[ "$(jq -c '[.pid, .argument, .result]' "$OUT")" = "[$TARGET,3,6]
[$TARGET,21,42]" ]
}
