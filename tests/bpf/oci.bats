#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Programs that are run from where they are: a registry, a web server, an
# address that holds them.

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

setup() {
	helper_setup
	own_folders
}

# shows WORD...: whether it runs and shows the end of a process.
shows() {
	run_ready -j "$@"
	sh -c 'exit 7' &
	child=$!
	wait $child || :
	wait_for "\"pid\":$child,.*\"exit_code\":7"
	stop_it
}

@test "a reference is pulled once, and run" {
	need bpf tracepoint
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/me/x:1" >pushed
	shows "$REGISTRY/me/x:1"
	shows "oci://$REGISTRY/me/x@$(sed 's/.*@//' pushed)"
	shows "$REGISTRY/me/x:1"
	# It needs the registry no more.
	stop_registry
	shows "$REGISTRY/me/x:1"
	run -1 "$ECLI" run "$REGISTRY/me/x:2"
	[[ $output == *onnect* ]]
}

@test "an address of a web server, asked whether it has changed" {
	need bpf tracepoint program:python3
	mkdir www
	cp "$PACKAGE" www/package.json
	web www
	shows "http://$WEB/package.json"
	shows "http://$WEB/package.json"
	[ "$(grep -c '"GET /package.json.* 200' "$T/web.log")" = 1 ]
	[ "$(grep -c '"GET /package.json.* 304' "$T/web.log")" = 1 ]
	echo '{}' >www/package.json
	touch -d '+1 hour' www/package.json
	run -1 "$ECLI" run "http://$WEB/package.json"
	[ "$(grep -c '"GET /package.json.* 200' "$T/web.log")" = 2 ]
	run -1 "$ECLI" run "http://$WEB/none.json"
	[ "$output" = "ecli: 'http://$WEB/none.json': the server answers 404" ]
}

@test "addresses that hold the file, or name it" {
	need bpf tracepoint
	cp "$PACKAGE" 'a b.json'
	shows "file://$T/a%20b.json"
	shows "data:application/json;base64,$(base64 -w0 "$PACKAGE")"
	run -1 "$ECLI" run file://a/b.json
	[[ $output == *"write file:///PATH"* ]]
	run -1 "$ECLI" run 'data:;base64,%4'
	[[ $output == *"'%'"* ]]
	run -1 "$ECLI" run data:x
	[[ $output == *comma* ]]
	# No reference: a file's name.
	run -1 "$ECLI" run examples/x.json
	[[ $output == *"'examples/x.json'"*'No such file'* ]]
}
