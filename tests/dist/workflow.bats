#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load ../registry
load bare

bats_require_minimum_version 1.5.0

@test "each step of the template's workflow works in a bare system, and the result runs by its address" {
	need program:git tracepoint
	bare
	# What a runner has.
	inside 'apt-get -qq update && apt-get -qq install -y sudo >/dev/null'
	mkdir "$SYSTEM/work"
	"$LMP" init "$SYSTEM/work/hello"
	flow=$SYSTEM/work/hello/.github/workflows/publish.yml
	mapfile -t steps < <(sed -n 's/^      - run: \([^|>].*\)$/\1/p' "$flow")
	[ "${#steps[@]}" -ge 5 ]
	[ "${#steps[@]}" = "$(grep -c 'run:' "$flow")" ]
	web "$DIST"
	for step in "${steps[@]}"; do
		echo "step: $step"
		inside "cd /work/hello; $step" EUNOMIA_URL="http://$WEB" >step.out \
			2>&1 || { tail -n 20 step.out; false; }
	done
	# What upload-pages-artifact is given.
	[ "$(sed -n 's/^ *path: //p' "$flow")" = public ]
	web "$SYSTEM/work/hello/public"
	two_events "http://$WEB/package.json"
}
