#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What others can do to us at the edges: where files go, what takes what we push,
# what lists and signs, and what is cut off in the middle.

load ../helper
load ../registry
load ../faults

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

setup() {
	helper_setup
	export EUNOMIA_STORE=$T/store HOME=$T XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	unset http_proxy https_proxy all_proxy no_proxy
	unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE
	printf '\0asm\1\0\0\0' >app.wasm
}

@test "titles that lead elsewhere" {
	image app.wasm
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	mkdir -p outer/inner
	for title in ../evil ../../evil "$T/evil" .. . '' -o .hidden a/b a/../b \
		$'a\nb' $'\e[31m' "$(printf 'x%.0s' {1..300})"; do
		jq -c --arg t "$title" '.layers[0].annotations =
			{"org.opencontainers.image.title": $t}' manifest >titled
		raw m '200 OK' <titled
		(cd outer/inner && "$ECLI" pull "$ANSWER/a")
		# It gets the name that files without one get.
		[ "$(cd outer && find . -type f)" = ./inner/app.wasm ]
		cmp app.wasm outer/inner/app.wasm
		rm -r outer/inner/app.wasm store
		[ ! -e evil ]
	done
}

# posted: how often the last server was asked where to upload.
posted() { grep -c '^POST /v2/a/blobs/uploads/ ' "asked.$servers"; }

@test "a registry that takes nothing" {
	: | raw none '404 Not Found'
	printf 'no' | raw broken '500 Internal Server Error' 'Retry-After: 0'
	printf '<html>' | raw html '200 OK' 'Content-Type: text/html'
	: | raw nowhere '202 Accepted'
	: | raw loop '307 Temporary Redirect' 'Location: /v2/a/blobs/uploads/'
	printf 'HTTP/1.1 200 OK\r\n\r\n' >endless
	answer HEAD=none POST=broken
	refused "'a': no (500): try again later" "$ECLI" push "$ANSWER/a"
	[ "$(posted)" = 4 ]
	answer HEAD=none POST=html
	refused "does not take anything for 'a': 200" "$ECLI" push "$ANSWER/a"
	[ "$(posted)" = 1 ]
	answer HEAD=none POST=nowhere
	refused 'says not where to upload' "$ECLI" push "$ANSWER/a"
	answer HEAD=none POST=loop
	refused 'it leads elsewhere again and again' "$ECLI" push "$ANSWER/a"
	[ "$(posted)" = 9 ]
	answer HEAD=none endless:POST=endless
	refused 'sends more than 4194304 bytes' "$ECLI" push "$ANSWER/a"
	[ "$(posted)" = 1 ]
	# It takes the blobs, and then not the manifest.
	: | raw there '200 OK'
	answer HEAD=there PUT=html
	refused "does not take the manifest of 'a'" "$ECLI" push "$ANSWER/a"
}

@test "a list of a hub that is none" {
	printf '<html>' | raw html '200 OK' 'Content-Type: text/html'
	printf 'no' | raw broken '500 Internal Server Error' 'Retry-After: 0'
	: | raw none '404 Not Found'
	: | raw loop '302 Found' 'Location: /index.json'
	printf 'HTTP/1.1 200 OK\r\n\r\n' >endless
	perl -e 'print "{\"tools\":[", join(",", ("{\"name\":\"x\"}") x 10001), "]}"' |
		raw many '200 OK'
	while read -r how asked words; do
		answer "$how"
		run -1 "$LMP" list --hub "http://$ANSWER"
		[ "$output" = "lmp: 'http://$ANSWER/index.json$words" ]
		[ "$(grep -c ^GET "asked.$servers")" = "$asked" ]
	done <<-'END'
		=html 1 ': line 1, column 1: invalid token near '<'
		=broken 4 ': the server answers 500
		=none 1 ': the server answers 404
		=loop 9 ': it leads elsewhere again and again
		=many 1 ' is no index of a hub
		endless:=endless 1 ' sends more than 67108864 bytes
	END
}

@test "signatures that are none" {
	image app.wasm
	"$ECLI" keygen x
	digest=$(digest manifest)
	printf '<html>' | raw html '200 OK' 'Content-Type: text/html'
	printf 'no' | raw broken '500 Internal Server Error' 'Retry-After: 0'
	: | raw none '404 Not Found'
	: | raw loop '302 Found' "Location: /v2/a/manifests/sha256-${digest#*:}.sig"
	printf 'HTTP/1.1 200 OK\r\n\r\n' >endless
	perl -e 'print "{\"config\":$ARGV[0],\"layers\":[", join(",", ($ARGV[0]) x 10000), "]}"' \
		"{\"mediaType\":\"a/b\",\"digest\":\"$CONFIG\",\"size\":2}" |
		raw many '200 OK'
	while read -r hang how words; do
		answer "${hang#-}sha256-${digest#*:}.sig=$how" manifests/latest=m \
			referrers=none "sha256-${digest#*:} =none"
		refused "$words" "$ECLI" verify --key x.pub "$ANSWER/a"
	done <<-END
		- none '$digest' is not signed
		- html gives a web page for 'a': is it a registry?
		- broken 'a': no (500): try again later
		- loop it leads elsewhere again and again
		- many the manifest has more than 1000 parts
		endless: endless sends more than 4194304 bytes
	END
}

@test "where the program is to go the disk is full" {
	need root program:unshare
	registry
	head -c 300000 /dev/urandom | base64 | jq -R . | jq -s . >words
	jq --slurpfile w words '.meta.words = $w' "$PACKAGE" >large.json
	"$ECLI" push -m large.json "$REGISTRY/large"
	"$ECLI" pull "$REGISTRY/large" -o back
	mkdir small
	cat >inside <<-'END'
		mount -t tmpfs -o size=64k none small
		echo before >small/kept
		for to in new kept; do
			"$ECLI" pull "$REGISTRY/large" -o small/$to && exit 1
			"$ECLI" save -o small/$to "$REGISTRY/large" && exit 1
			[ "$(ls -A small)" = kept ]
			[ "$(cat small/kept)" = before ]
		done
	END
	export ECLI REGISTRY
	run -0 unshare -m bash -e inside
	for to in new kept; do
		echo "ecli: '$REGISTRY/large': cannot write 'small/$to': No space left on device"
		echo "ecli: cannot write 'small/$to': No space left on device"
	done >expected
	diff expected <(echo "$output")
}

@test "several pushes to one tag at once" {
	registry
	cp "$PACKAGE" one.json
	jq -c '.meta.more = "other"' "$PACKAGE" >two.json
	for n in 1 2 3 4 5 6; do
		file=one.json
		[ $((n % 2)) = 0 ] || file=two.json
		start "$ECLI" push -m $file "$REGISTRY/a"
		pids[n]=$PID
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	# One was the last.
	"$ECLI" pull "$REGISTRY/a" -o back
	cmp one.json back || cmp two.json back
}

# whole: each blob has the digest that it is called by, and of what has a name
# all is there.
whole() {
	local f name

	for f in store/blobs/sha256/*; do
		[ ! -e "$f" ] || [ "$(digest "$f")" = "sha256:${f##*/}" ]
	done
	"$ECLI" images -j >names
	for name in $(jq -r '.[].name' names); do
		"$ECLI" pull --offline "$name" -o there
	done
}

# killed COMMAND...: at each of its calls that change files, from what "before"
# holds; the store is whole then, and the same once more has its way.
killed() {
	local calls n died=0

	rm -rf store
	cp -r before store
	COUNT=$T/count LD_PRELOAD=$OBJ/torn.so "$ECLI" "$@"
	calls=$(<count)
	rm -rf after
	mv store after
	for ((n = 1; n <= calls; n++)); do
		rm -rf store
		cp -r before store
		run env DIE_AFTER=$n LD_PRELOAD="$OBJ/torn.so" "$ECLI" "$@"
		[ "$status" = 137 ]
		died=$((died + 1))
		whole
		"$ECLI" "$@"
		whole
		[ "$(ls store/blobs/sha256)" = "$(ls after/blobs/sha256)" ]
		diff <(jq -S . store/index.json) <(jq -S . after/index.json)
	done
	echo "$*: killed $died times"
	[ $died -gt 3 ]
}

@test "a load, or a prune, that is killed leaves a store that is whole" {
	need plain
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m "$OBJ/exec.bpf.o" "$REGISTRY/b"
	"$ECLI" pull "$REGISTRY/a" -o back
	"$ECLI" save -o a.tar "$REGISTRY/a"
	rm -r store
	"$ECLI" pull "$REGISTRY/b" -o back
	cp -r store before
	killed load a.tar
	"$ECLI" load a.tar
	"$ECLI" rm "$REGISTRY/a"
	rm -r before
	cp -r store before
	killed prune
}
