#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What the store keeps, and where programs come from.

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

setup() {
	helper_setup
	export EUNOMIA_STORE=$T/store XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
}

# asked: how many requests the registry has answered.
asked() {
	grep -c 'http.response.status' "$T"/err.* || :
}

# ---- sources

@test "the registry is asked for what is missing, always, or never" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	run -1 "$ECLI" inspect --pull never "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a:latest': the store does not have it, and '--pull never' asks nobody" ]
	"$ECLI" inspect "$REGISTRY/a" >first
	before=$(asked)
	"$ECLI" inspect --pull never "$REGISTRY/a" >second
	"$ECLI" inspect --pull missing "$REGISTRY/a" >third
	cmp first second
	cmp first third
	[ "$(asked)" = "$before" ]
	# Another one is there by now.
	"$ECLI" push -m "$OBJ/exec.bpf.o" "$REGISTRY/a"
	"$ECLI" inspect "$REGISTRY/a" >second
	cmp first second
	"$ECLI" inspect --pull always "$REGISTRY/a" >second
	run -1 cmp first second
	"$ECLI" inspect "$REGISTRY/a" >third
	cmp second third
	stop_registry
	"$ECLI" inspect "$REGISTRY/a" >third
	cmp second third
	run -1 "$ECLI" inspect --pull always "$REGISTRY/a"
	[[ $output == *onnect* ]]
	run -2 "$ECLI" inspect --pull sometimes "$REGISTRY/a"
	[ "${lines[0]}" = "ecli: --pull takes missing, always or never, not 'sometimes'" ]
	run -2 "$ECLI" run --pull sometimes x.json
	[ "${lines[0]}" = "ecli: --pull takes missing, always or never, not 'sometimes'" ]
}

@test "what was pulled by its tag is there by its digest" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a:1" >pushed
	"$ECLI" inspect "$REGISTRY/a:1" >first
	stop_registry
	"$ECLI" inspect "$REGISTRY/a@$(sed 's/.*@//' pushed)" >second
	cmp first second
	run -1 "$ECLI" inspect --pull never "$REGISTRY/b@$(sed 's/.*@//' pushed)"
	run -1 "$ECLI" inspect --pull never "$REGISTRY/a@sha256:$(printf %064d 0)"
}

@test "offline nobody is asked" {
	need program:python3
	registry
	mkdir www
	cp "$PACKAGE" www/x.json
	cp "$PACKAGE" www/y.json
	web www
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/b"
	"$ECLI" inspect "$REGISTRY/a" >first
	"$ECLI" inspect "http://$WEB/x.json" >/dev/null
	before=$(asked) seen=$(wc -l <web.log)
	"$ECLI" inspect --offline "$REGISTRY/a" >second
	cmp first second
	"$ECLI" inspect --offline --pull always "$REGISTRY/a" >second
	cmp first second
	"$ECLI" inspect --offline "http://$WEB/x.json" >second
	cmp first second
	"$ECLI" pull --offline "$REGISTRY/a" -o back
	cmp "$PACKAGE" back
	run -1 "$ECLI" inspect --offline "$REGISTRY/b"
	[ "$output" = "ecli: '$REGISTRY/b:latest': the store does not have it, and nobody is asked (--offline, or EUNOMIA_OFFLINE is set)" ]
	run -1 "$ECLI" inspect --offline "http://$WEB/y.json"
	[ "$output" = "ecli: 'http://$WEB/y.json': nobody is asked (--offline, or EUNOMIA_OFFLINE is set)" ]
	export EUNOMIA_OFFLINE=1
	run -1 "$ECLI" push -m "$PACKAGE" "$REGISTRY/c"
	[[ $output == *"nobody is asked"* ]]
	run -1 "$ECLI" pull "$REGISTRY/b" -o back
	[[ $output == *"nobody is asked"* ]]
	[ "$(asked)" = "$before" ]
	[ "$(wc -l <web.log)" = "$seen" ]
	EUNOMIA_OFFLINE=0 "$ECLI" inspect "$REGISTRY/b" >second
	cmp first second
}

@test "who runs a program says who he is" {
	registry "$(accounts me secret)"
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	export HOME=$T
	"$ECLI" push -u me -p secret -m "$PACKAGE" "$REGISTRY/a"
	run -1 "$ECLI" inspect "$REGISTRY/a"
	[[ $output == *"wants to know who you are"* ]]
	run -1 "$ECLI" run --username me --password wrong "$REGISTRY/a"
	[[ $output == *"does not let 'me' in with this password" ]]
	run -1 "$ECLI" run --password secret "$REGISTRY/a"
	[[ $output == *"a password is for a --username" ]]
	echo secret | "$ECLI" inspect -u me --password-stdin "$REGISTRY/a" >first
	"$ECLI" inspect --pull always --username me --password secret "$REGISTRY/a" >second
	cmp first second
	# It is here now. What is said behind it comes too late.
	run -2 "$ECLI" run "$REGISTRY/a" --pull always
	[ "${lines[0]}" = "ecli: '--pull' has to stand in front of the program" ]
	run -0 "$ECLI" run --plain-http "$REGISTRY/a" --help
	[[ $output == *'Options of the runner'* ]]
}

@test "why a source was taken" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a" >pushed
	digest=$(sed 's/.*@//' pushed)
	"$ECLI" inspect --explain "$REGISTRY/a" >/dev/null 2>said
	cmp said - <<-END
		ecli: no file is called '$REGISTRY/a': it is a reference, as it begins with a host, '$REGISTRY'
		ecli: the store '$T/store' does not have it
		ecli: '$REGISTRY' is asked for it
		ecli: '$REGISTRY/a:latest' is $digest
	END
	"$ECLI" inspect --explain "oci://$REGISTRY/a" >/dev/null 2>said
	cmp said - <<-END
		ecli: 'oci://$REGISTRY/a' names a registry
		ecli: the store '$T/store' has it: '$REGISTRY' is not asked
		ecli: '$REGISTRY/a:latest' is $digest
	END
	# A file that is called like a reference comes first.
	mkdir -p "$REGISTRY"
	cp "$OBJ/exec.bpf.o" "$REGISTRY/a"
	run -0 --separate-stderr "$ECLI" inspect --explain "$REGISTRY/a"
	[ "$stderr" = "ecli: '$REGISTRY/a' is a file, and taken before what a registry has: that is oci://$REGISTRY/a" ]
	[[ $output == *on_exec* ]]
	# A folder is not in its way.
	rm "$REGISTRY/a"
	mkdir "$REGISTRY/a"
	run -0 --separate-stderr "$ECLI" inspect --explain "$REGISTRY/a"
	[[ $stderr == *'it is a reference'* ]]
	run -0 --separate-stderr "$ECLI" inspect --explain "$PACKAGE"
	[ "$stderr" = "ecli: '$PACKAGE' is a file" ]
	run -0 --separate-stderr "$ECLI" inspect --explain "file://$PACKAGE"
	[ "$stderr" = "ecli: no file is called so: 'file:' is an address" ]
	run -0 --separate-stderr "$ECLI" inspect --explain - <"$PACKAGE"
	[ "$stderr" = "ecli: '-' is standard input" ]
	run -0 --separate-stderr "$ECLI" pull --explain "$REGISTRY/a" -o back
	[ "${stderr_lines[0]}" = "ecli: '$REGISTRY' is asked for it" ]
}
