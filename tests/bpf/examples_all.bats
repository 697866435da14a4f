#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every example, described and loaded.

load ../helper

bats_require_minimum_version 1.5.0

packages() {
	ls "$EXAMPLES"/*/package.json
}

@test "inspect describes every example" {
	[ "$(packages | wc -l)" -ge 18 ]
	for p in $(packages); do
		"$ECLI" inspect -j "$p" >description
		# Each has programs of known sections, and says what it needs.
		jq -e '(.programs | length > 0) and
			([.programs[] | .instructions > 0] | all) and
			(.needs | length > 0) and
			([.needs[] | has("since")] | all)' description >/dev/null || {
			echo "$p"
			jq -c . description
			return 1
		}
		"$ECLI" inspect "$p" >text
		grep -q '^Programs$' text
	done
}

@test "check loads every example, or names what this kernel lacks" {
	need bpf
	for p in $(packages); do
		status=0
		"$ECLI" check -j "$p" >report 2>errors || status=$?
		if [ "$(jq .loads report)" = true ]; then
			[ $status = 0 ]
			jq -e '[.programs[] | .instructions > 0] | all' report
		else
			[ $status = 1 ]
			jq -e '.error | length > 0' report
			jq -e '(.lacks | length > 0) or (.error | test("needs"))' \
				report || {
				echo "$p"
				cat report
				return 1
			}
		fi
	done
}
