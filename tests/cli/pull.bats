#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# "ecli pull" of what is no image: the places that "ecli run" takes programs from.

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	mkdir site here
	cp "$EXAMPLES/bootstrap/package.json" site/
	printf '\0asm\1\0\0\0' >site/x.wasm
	echo '<html>no</html>' >site/index.html
	DIGEST=sha256:$(sha256sum <site/package.json | cut -d ' ' -f 1)
	cd here
}

pull() {
	run "$1" "$ECLI" pull "${@:2}"
}

@test "an address is pulled under the name that it ends with" {
	web ../site
	pull -0 "http://$WEB/package.json"
	[ "$output" = "package.json $DIGEST" ]
	cmp package.json ../site/package.json
	pull -0 -o other.json "http://$WEB/package.json?x=/y#z"
	[ "$output" = "other.json $DIGEST" ]
	pull -0 -q "http://$WEB/x.wasm"
	[ "$output" = "" ]
	cmp x.wasm ../site/x.wasm
	pull -0 --offline -o kept.json "http://$WEB/package.json"
	cmp kept.json package.json
	pull -0 --explain "http://$WEB/package.json"
	[[ $output == *"'http:' is an address"* ]]
}

@test "files, standard input and data are copied" {
	pull -0 ../site/package.json
	[ "$output" = "package.json $DIGEST" ]
	pull -0 "file://$T/site/x.wasm"
	cmp x.wasm ../site/x.wasm
	"$ECLI" pull - -o in.json <package.json >out
	[ "$(cat out)" = "in.json $DIGEST" ]
	pull -0 -o data.json "data:;base64,$(base64 -w0 package.json)"
	cmp data.json package.json
}

@test "oci:// is a reference" {
	registry
	"$ECLI" push -q -m ../site/package.json "$REGISTRY/x:1"
	pull -0 "oci://$REGISTRY/x:1"
	cmp package.json ../site/package.json
	pull -1 oci://127.0.0.1:1/x:1
	[[ $output == *"127.0.0.1:1"* ]]
}

@test "-o - is standard output, with nothing else on it" {
	registry
	"$ECLI" push -q -m ../site/package.json "$REGISTRY/x:1"
	"$ECLI" push -q -m ../site/x.wasm "$REGISTRY/y"
	for from in "$REGISTRY/x:1" ../site/package.json; do
		"$ECLI" pull -o - "$from" >"$T/out"
		cmp "$T/out" ../site/package.json
	done
	"$ECLI" pull -o - "$REGISTRY/y" | cmp - ../site/x.wasm
	"$LMP" pull --hub "oci://$REGISTRY" -o - x:1 | cmp - ../site/package.json
	[ -z "$(ls -A)" ]
	run -1 bash -c '"$0" pull -o - "$1" >/dev/full' "$ECLI" "$REGISTRY/x:1"
	[ "$output" = "ecli: '$REGISTRY/x:1': cannot write standard output: No space left on device" ]
}

@test "what is no program is not written" {
	web ../site
	pull -1 "http://$WEB/index.html"
	[[ $output == *"is an HTML or XML page, no package" ]]
	pull -1 "http://$WEB/none.json"
	[[ $output == *"404"* ]]
	pull -1 --digest "sha256:$(printf %064d 0)" "http://$WEB/package.json"
	[[ $output == *"it is $DIGEST, and --digest wants sha256:000"* ]]
	pull -1 "ftp://$WEB/package.json"
	[[ $output == *"http, https, oci, file and data are known here" ]]
	for from in "http://$WEB/" - "data:,{}"; do
		pull -1 "$from"
		[ "$output" = "ecli: '$from' does not name a file: say where to with -o" ]
	done
	pull -1 --arch arm64 "http://$WEB/package.json"
	[ "$output" = "ecli: 'http://$WEB/package.json' is no image: --arch and --all are for those" ]
	[ -z "$(ls -A)" ]
	# A file of that name which is something else.
	echo mine >package.json
	pull -1 "http://$WEB/package.json"
	[ "$output" = "ecli: 'package.json' is there and is no package: say where to with -o" ]
	[ "$(cat package.json)" = mine ]
}

@test "a policy binds what is pulled from the web" {
	web ../site
	echo '{"default": "deny", "files": "deny"}' >policy.json
	export EUNOMIA_POLICY=$PWD/policy.json
	for from in "http://$WEB/package.json" ../site/package.json; do
		pull -1 "$from"
		[[ $output == *"policy '$EUNOMIA_POLICY'"* ]]
		[ ! -e package.json ]
	done
}

@test "words for what was meant otherwise" {
	run -1 "$ECLI" run me/x:1
	[ "$output" = "ecli: there is no file 'me/x:1', and a reference has a host in front: HOST[:PORT]/PATH[:TAG]" ]
	pull -1 me/x:1
	[[ $output == "ecli: 'me/x:1' has no host in front: write HOST"* ]]
	run -1 "$ECLI" run me/x
	[ "$output" = "ecli: cannot open 'me/x': No such file or directory" ]
	run -1 "$ECLI" load ../site/package.json
	[ "$output" = "ecli: '../site/package.json' is a package and holds no images: 'ecli run' takes it as it is" ]
}
