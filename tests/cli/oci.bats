#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Packages to and from a registry.

load ../helper
load ../registry
load ../faults

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

# A file of each kind that can be pushed.
files() {
	cp "$PACKAGE" package.json
	printf '\0asm\1\0\0\0' >app.wasm
	cp "$OBJ/hello.bpf.o" x.bpf.o
	tar -cf x.tar package.json
}

# manifest PATH[:TAG]: what the registry has, by another client.
manifest() {
	skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/$1"
}

@test "what is pushed comes back byte for byte" {
	registry
	files
	for f in package.json app.wasm x.bpf.o x.tar; do
		run -0 "$ECLI" push -m $f "$REGISTRY/me/${f%%.*}:${f##*.}"
		[[ $output == "$REGISTRY/me/${f%%.*}:${f##*.}@sha256:"* ]]
		digest=${output#*@}
		run -0 "$ECLI" pull "$REGISTRY/me/${f%%.*}:${f##*.}" -o back
		[ "$output" = "back $digest" ]
		cmp $f back
		# By the digest as well, under its own name.
		mkdir -p there
		(cd there && "$ECLI" pull "$REGISTRY/me/${f%%.*}@$digest")
		cmp $f there/$f
	done
}

@test "the same file has the same digest wherever it is pushed" {
	registry
	files
	"$ECLI" push -m package.json "$REGISTRY/a:1" >first
	"$ECLI" push -m package.json "$REGISTRY/b/c:2" >second
	[ "$(sed 's/.*@//' first)" = "$(sed 's/.*@//' second)" ]
	SOURCE_DATE_EPOCH=0 "$ECLI" push -m package.json "$REGISTRY/a:3" >third
	[ "$(sed 's/.*@//' first)" != "$(sed 's/.*@//' third)" ]
	manifest a:3 >third
	[ "$(jq -r '.annotations["org.opencontainers.image.created"]' third)" = 1970-01-01T00:00:00Z ]
}

@test "a manifest says what it is" {
	registry
	files
	"$ECLI" push -m package.json -a org.opencontainers.image.licenses=MIT \
		-a x=y=z "$REGISTRY/a"
	"$ECLI" push "$REGISTRY/w"
	manifest a >a
	manifest w >w
	[ "$(jq -c '[.artifactType, (.annotations | ."org.opencontainers.image.licenses", ."org.opencontainers.image.title", .x)]' a)" = '["application/vnd.eunomia.package.v1+json","MIT","package.json","y=z"]' ]
	# As other clients of Wasm modules want it.
	[ "$(jq -c '[.config.mediaType, .layers[].mediaType, .artifactType]' w)" = '["application/vnd.wasm.config.v1+json","application/vnd.wasm.content.layer.v1+wasm",null]' ]
	run -2 "$ECLI" push -a nonsense "$REGISTRY/a"
	[[ ${lines[0]} == *'annotations should be like `key=value`'* ]]
}

@test "skopeo copies what was pushed, and what it pushed is pulled" {
	registry
	files
	"$ECLI" push -m package.json "$REGISTRY/a:1" >pushed
	skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/a:1" oci:layout:a
	[ "$(jq -r '.manifests[0].digest' layout/index.json)" = "$(sed 's/.*@//' pushed)" ]
	skopeo copy -q --dest-tls-verify=false oci:layout:a "docker://$REGISTRY/b:2"
	"$ECLI" pull "$REGISTRY/b:2" -o back
	cmp package.json back
	# The store is a layout that others read.
	skopeo copy -q "oci:$EUNOMIA_STORE:$REGISTRY/b:2" dir:copy
	[ -e "copy/$(sha256sum <package.json | cut -d' ' -f1)" ]
}

@test "a registry that wants to know who it is" {
	registry "$(accounts me secret)"
	files
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	export HOME=$T
	run -1 "$ECLI" push "$REGISTRY/a"
	[[ $output == *"'$REGISTRY' wants to know who you are: 'ecli login $REGISTRY'"* ]]
	run -1 "$ECLI" push -u me -p wrong "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY' does not let 'me' in with this password" ]
	"$ECLI" push -u me -p secret "$REGISTRY/a"
	echo secret | "$ECLI" pull -u me --password-stdin "$REGISTRY/a" -o back
	cmp app.wasm back
	printf 'me\nsecret\n' | "$ECLI" pull -i "$REGISTRY/a" -o back
	mkdir .docker
	printf '{"auths":{"%s":{"auth":"%s"},"other":{}}}' "$REGISTRY" \
		"$(printf me:secret | base64)" >.docker/config.json
	"$ECLI" pull "$REGISTRY/a" -o back
	echo '{' >.docker/config.json
	run -1 "$ECLI" pull "$REGISTRY/a" -o back
	[[ $output == *"'$T/.docker/config.json'"* ]]
	run -2 "$ECLI" pull -p secret "$REGISTRY/a"
	run -2 "$ECLI" pull -i -u me "$REGISTRY/a"
}

@test "what cannot be pushed or pulled" {
	registry
	files
	echo hello >text
	run -1 "$ECLI" push -m text "$REGISTRY/a"
	[ "$output" = "ecli: 'text' is no package, BPF object, archive or Wasm module" ]
	# What "ecli run" would refuse; nobody is asked before.
	echo '{"license":"MIT"}' >config.json
	echo '{}' >empty.json
	printf '{"a":' >cut.json
	for f in config.json empty.json cut.json; do
		run -1 "$ECLI" run $f
		words=$output
		[[ $words == *"'$f'"* ]]
		run -1 "$ECLI" push -m $f 127.0.0.1:1/a
		[ "$output" = "$words" ]
		run -1 "$ECLI" push 127.0.0.1:1/a arm64=x.bpf.o x86=$f
		[ "$output" = "$words" ]
		run -1 "$LMP" push --hub "file://$T/hub" $f tool
		[ "$output" = "lmp${words#ecli}" ]
		run -1 "$LMP" push --hub oci://127.0.0.1:1/hub $f tool
		[ "$output" = "lmp${words#ecli}" ]
	done
	[ ! -e hub ]
	run -1 "$ECLI" push -m none "$REGISTRY/a"
	[[ $output == *"'none'"* ]]
	run -1 "$ECLI" push "$REGISTRY/A"
	[[ $output == *"reference '$REGISTRY/A': its path"* ]]
	run -1 "$ECLI" pull "$REGISTRY/a:1"
	[ "$output" = "ecli: '$REGISTRY/a:1': '$REGISTRY' has no '1' of 'a' (404)" ]
	run -1 "$ECLI" pull 127.0.0.1:1/a
	[[ $output == *"onnect"* ]]
	run -2 "$ECLI" pull
	run -1 "$ECLI" push "$REGISTRY/a" none
	run -1 "$ECLI" push localhost:5000
	[[ $output == *"'localhost:5000' has no host in front"* ]]
	run -1 "$ECLI" run "$REGISTRY/a@sha256:abc"
	[[ $output == *"its digest is not sha256 and 64 digits"* ]]
	run -1 "$ECLI" push "$REGISTRY/a@sha256:$(printf %064d 0)"
	[[ $output == *"the digest follows from what is pushed: leave it out" ]]
	mkdir .docker
	echo '[]' >.docker/config.json
	HOME=$T run -1 "$ECLI" pull "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a': '$T/.docker/config.json' is no JSON object" ]
	[ ! -e "$EUNOMIA_STORE/index.json" ]
}

@test "login keeps a password where docker and podman look" {
	registry "$(accounts me secret)"
	files
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	export HOME=$T
	run -1 "$ECLI" login -u me -p wrong "$REGISTRY"
	[ "$output" = "ecli: '$REGISTRY' does not let 'me' in with this password" ]
	[ ! -e .docker ]
	mkdir .docker
	echo '{"auths":{"other":{"auth":"eDp5"}},"detachKeys":"x"}' >.docker/config.json
	run -0 "$ECLI" login -u me --password-stdin "$REGISTRY" <<<secret
	[ "$output" = "logged in to $REGISTRY as me" ]
	[ "$(stat -c %a .docker/config.json)" = 600 ]
	[ "$(jq -c '[.detachKeys, .auths.other.auth]' .docker/config.json)" = '["x","eDp5"]' ]
	# Who says nothing is asked.
	"$ECLI" logout "$REGISTRY"
	"$ECLI" login "$REGISTRY" >out < <(printf 'me\nsecret\n')
	[ "$(cat out)" = "logged in to $REGISTRY as me" ]
	"$ECLI" push "$REGISTRY/a"
	# Another client finds it, and what it keeps is found here.
	skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/a" >/dev/null
	# What stands behind the host is not asked.
	run -0 "$ECLI" login -u me -p secret "https://$REGISTRY/team.x/y"
	[ "$output" = "logged in to $REGISTRY as me" ]
	run -0 "$ECLI" logout "$REGISTRY"
	[ "$(jq -c '.auths | keys' .docker/config.json)" = '["other"]' ]
	run -1 "$ECLI" push "$REGISTRY/b"
	run -1 "$ECLI" logout "$REGISTRY"
	[ "$output" = "ecli: there is nothing for '$REGISTRY'" ]
	export REGISTRY_AUTH_FILE=$T/auth.json
	skopeo login --tls-verify=false -u me -p secret "$REGISTRY"
	"$ECLI" push "$REGISTRY/b"
	"$ECLI" logout "$REGISTRY"
	run -1 "$ECLI" push "$REGISTRY/c"
}

@test "a login where no registry is keeps nothing" {
	export HOME=$T
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	mkdir -p pages/v2 none
	# Its list of files.
	web pages
	run -1 "$ECLI" login -u me -p secret "$WEB"
	[ "$output" = "ecli: '$WEB' gives a web page: is it a registry?" ]
	web none
	run -1 "$ECLI" login -u me -p secret "$WEB"
	[ "$output" = "ecli: '$WEB' is no registry: 404" ]
	[ ! -e .docker ]
	# They need not say what they are, nor anything at all.
	: | raw quiet '200 OK'
	answer =quiet
	"$ECLI" login -u me -p secret "$ANSWER"
	[ "$(jq -c '.auths | keys' .docker/config.json)" = "[\"$ANSWER\"]" ]
}

@test "a helper for passwords" {
	registry "$(accounts me secret)"
	files
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	export HOME=$T PATH=$T:$PATH
	cat >docker-credential-test <<-'END'
		#!/bin/bash
		read -r line
		case $1 in
		store) echo "$line" >"$HOME/kept" ;;
		erase) rm "$HOME/kept" ;;
		get) [ -s "$HOME/kept" ] || { echo 'credentials not found in native keychain'; exit 1; }
			cat "$HOME/kept" ;;
		esac
	END
	chmod +x docker-credential-test
	mkdir .docker
	echo '{"credsStore":"test"}' >.docker/config.json
	run -1 "$ECLI" push "$REGISTRY/a"
	"$ECLI" login -u me -p secret "$REGISTRY"
	[ "$(jq -r '[.Username, .Secret, .ServerURL] | join(" ")' kept)" = "me secret $REGISTRY" ]
	[ "$(cat .docker/config.json)" = '{"credsStore":"test"}' ]
	"$ECLI" push "$REGISTRY/a"
	"$ECLI" logout "$REGISTRY"
	[ ! -e kept ]
	echo '{"credHelpers":{"'"$REGISTRY"'":"none"}}' >.docker/config.json
	run -1 "$ECLI" push "$REGISTRY/a"
	[[ $output == *"docker-credential-none"* ]]
}

@test "a blob that is damaged in the store is got again" {
	registry
	files
	"$ECLI" push -m package.json "$REGISTRY/a"
	"$ECLI" inspect "$REGISTRY/a" >before
	blob=$EUNOMIA_STORE/blobs/sha256/$(sha256sum <package.json | cut -d' ' -f1)
	chmod u+w "$blob"
	printf '{ ' | dd of="$blob" conv=notrunc status=none
	"$ECLI" inspect "$REGISTRY/a" >after
	cmp before after
	cmp package.json "$blob"
	chmod u+w "$blob"
	printf '{ ' | dd of="$blob" conv=notrunc status=none
	stop_registry
	run -1 "$ECLI" inspect "$REGISTRY/a"
	[[ $output == "ecli: '$REGISTRY/a:latest': "*onnect* ]]
	[ ! -e "$blob" ]
}

@test "names that others chose" {
	registry
	mkdir there
	cp "$PACKAGE" Makefile
	"$ECLI" push -m Makefile "$REGISTRY/a"
	cd there
	"$ECLI" pull "$REGISTRY/a"
	cmp Makefile ../Makefile
	# Again, over itself.
	"$ECLI" pull "$REGISTRY/a"
	echo all: >Makefile
	run -1 "$ECLI" pull "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a': 'Makefile' is there and is no package: say where to with -o" ]
	[ "$(cat Makefile)" = all: ]
	rm Makefile
	mkfifo Makefile
	run -1 timeout "$PATIENCE" "$ECLI" pull "$REGISTRY/a"
	[[ $output == *"'Makefile' is there and is no package: say where to with -o" ]]
	cp "$PACKAGE" $'x\e[31m'
	"$ECLI" push -m $'x\e[31m' "$REGISTRY/b"
	run -0 "$ECLI" pull "$REGISTRY/b"
	[[ $output == 'app.wasm sha256:'* ]]
}

@test "the store: list, tag, remove, prune" {
	registry
	files
	"$ECLI" push -m package.json "$REGISTRY/a:1"
	"$ECLI" push "$REGISTRY/w"
	"$ECLI" pull "$REGISTRY/a:1" -o back
	"$ECLI" pull "$REGISTRY/w" -o back
	run -0 "$ECLI" images
	[[ ${lines[0]} == NAME*DIGEST*SIZE*TYPE ]]
	[[ ${lines[1]} == "$REGISTRY/a:1 "*" application/vnd.eunomia.package.v1+json" ]]
	[[ ${lines[2]} == "$REGISTRY/w:latest "*" application/vnd.wasm.config.v1+json" ]]
	"$ECLI" tag "$REGISTRY/a:1" my.host/b:2
	"$ECLI" rm "$REGISTRY/a:1"
	[ "$("$ECLI" images -j | jq -r '[.[].name] | sort | join(" ")')" = "$REGISTRY/w:latest my.host/b:2" ]
	run -0 "$ECLI" prune
	[ "$output" = '0 bytes' ]
	# It runs under its other name, and nobody is asked.
	"$ECLI" inspect my.host/b:2 >/dev/null
	before=$(ls "$EUNOMIA_STORE/blobs/sha256" | wc -l)
	"$ECLI" rm my.host/b:2
	echo half >"$EUNOMIA_STORE/blobs/sha256/.new-123456"
	run -0 "$ECLI" prune
	# The manifest and the layer; the config is that of the other one, too.
	[ "$(ls -A "$EUNOMIA_STORE/blobs/sha256" | wc -l)" = $((before - 2)) ]
	run -1 "$ECLI" rm my.host/b:2
	[ "$output" = "ecli: there is no 'my.host/b:2' here" ]
	run -1 "$ECLI" tag "$REGISTRY/none" x.y/z
	run -2 "$ECLI" tag a
	run -1 "$ECLI" tag "$REGISTRY/w" "x.y/z@sha256:$(printf %064d 0)"
	[[ $output == *"a digest is no name to be given" ]]
}
