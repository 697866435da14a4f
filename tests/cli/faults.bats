#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Networks that break, and servers that lie, hang or do not know us.

load ../helper
load ../registry
load ../faults

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

setup() {
	helper_setup
	export EUNOMIA_STORE=$T/store HOME=$T
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	unset http_proxy https_proxy all_proxy no_proxy
	unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE
	printf '\0asm\1\0\0\0' >app.wasm
}

# With sanitizers a process takes ten times as long.
step() { if has plain; then echo "$1"; else echo $(($1 * 23)); fi; }

@test "a connection that breaks off at any byte, once" {
	image app.wasm
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	forward "$ANSWER"
	say pass
	"$ECLI" pull "$WIRE/a" -o back
	say pass
	all=$DOWN
	[ "$all" = "$(cat m c l | wc -c)" ]
	for ((n = 0; n < all; n += $(step 1))); do
		rm -rf store back
		say cut $n
		"$ECLI" pull "$WIRE/a" -o back >pulled || { echo "at $n"; false; }
		cmp app.wasm back || { echo "at $n"; false; }
	done
}

@test "a connection that breaks off at any byte, for good" {
	image app.wasm
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	forward "$ANSWER"
	say pass
	"$ECLI" pull "$WIRE/a" -o back
	say pass
	for ((n = 0, all = DOWN; n < all; n += $(step 1))); do
		rm -rf store
		say cut $n
		refused 'the connection broke off: try again later' \
			"$ECLI" pull --retries 0 "$WIRE/a" -o back ||
			{ echo "at $n"; false; }
	done
}

@test "a real registry behind a connection that breaks off" {
	registry
	forward "$REGISTRY"
	say pass
	"$ECLI" push -m "$PACKAGE" "$WIRE/a" >pushed
	"$ECLI" pull "$WIRE/a" -o back
	say pass
	rm -r store
	"$ECLI" pull "$WIRE/a" -o back
	say pass
	for ((n = 0, all = DOWN; n < all; n += $(step 1777))); do
		rm -rf store back
		say reset $n
		"$ECLI" pull "$WIRE/a" -o back
		cmp "$PACKAGE" back
	done
	# On the way there.
	for n in 0 100 1000 10000; do
		say cut $n up
		run -0 "$ECLI" push -m "$PACKAGE" "$WIRE/b:$n"
		[ "${output#*@}" = "$(sed 's/.*@//' pushed)" ]
	done
	rm -r store
	say cut 500 each
	refused 'the connection broke off: try again later' \
		"$ECLI" pull "$WIRE/a" -o none
	[ ! -e none ]
}

# layers FILE...: a manifest of an image of these, and its config, in files, and
# what their digests are in $LAYERS.
layers() {
	local file list=

	printf '{ }' >config
	LAYERS=()
	for file; do
		LAYERS+=("$(digest "$file")")
		list+=",{\"mediaType\":\"application/vnd.wasm.content.layer.v1+wasm\",\"digest\":\"${LAYERS[-1]}\",\"size\":$(stat -c %s "$file")}"
	done
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b","digest":"%s","size":3},"layers":[%s]}' \
		"$(digest config)" "${list#,}" >manifest
}

@test "several blobs come at once, and the error of one ends the others" {
	head -c 1000 /dev/urandom >1
	head -c 1000 /dev/urandom >2
	layers 1 2
	raw m '200 OK' <manifest
	raw c '200 OK' <config
	raw half '200 OK' <1
	truncate -s -500 half
	raw gone '404 Not Found' </dev/null
	answer manifests=m "blobs/$(digest config)=c" \
		"hang:blobs/${LAYERS[0]}=half" "blobs/${LAYERS[1]}=gone"
	# It is not waited for what does not come.
	refused "'$ANSWER' does not give a blob of 'a': 404" \
		"$ECLI" pull "$ANSWER/a" -o none
	wait_for "blobs/${LAYERS[0]}" "asked.$servers"
	wait_for "blobs/${LAYERS[1]}" "asked.$servers"
}

@test "a terminal shows how far those are that come at once" {
	need program:script
	for n in 1 2; do
		head -c 2000000 /dev/urandom >$n
		raw half.$n '200 OK' <$n
		truncate -s -1000000 half.$n
	done
	layers 1 2
	raw m '200 OK' <manifest
	raw c '200 OK' <config
	answer manifests=m "blobs/$(digest config)=c" \
		"hang:blobs/${LAYERS[0]}=half.1" "hang:blobs/${LAYERS[1]}=half.2"
	start script -qefc "'$ECLI' pull '$ANSWER/a' -o none" shown
	wait_for '2 blobs \[.*\]  50% 2\.0 of 4\.0 MB' shown
}

@test "several blobs of a real registry, one of which breaks off" {
	registry
	for n in 1 2 3 4; do
		head -c $((n * 20000)) /dev/urandom >$n
	done
	layers app.wasm 1 2 3 4
	mkdir -p layout/blobs/sha256
	for f in app.wasm 1 2 3 4 config manifest; do
		cp $f "layout/blobs/sha256/$(sha256sum <$f | cut -d' ' -f1)"
	done
	printf '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
	printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%d}]}' \
		"$(digest manifest)" "$(stat -c %s manifest)" >layout/index.json
	skopeo copy -q --dest-tls-verify=false oci:layout "docker://$REGISTRY/a"
	forward "$REGISTRY"
	say pass
	"$ECLI" pull "$WIRE/a" -o back
	cmp app.wasm back
	diff <(ls store/blobs/sha256) <(ls layout/blobs/sha256)
	say pass
	for ((n = 0, all = DOWN; n < all; n += $(step 9973))); do
		rm -rf store back
		say reset $n
		"$ECLI" pull "$WIRE/a" -o back
		cmp app.wasm back
		diff <(ls -A store/blobs/sha256) <(ls layout/blobs/sha256)
	done
	# All of those that are larger, each time.
	rm -rf store
	say cut 30000 each
	refused 'the connection broke off: try again later' \
		"$ECLI" pull --retries 0 "$WIRE/a" -o none
}

@test "a large blob goes on where it broke off" {
	registry
	head -c 3000000 /dev/urandom >random
	{ printf '\0asm\1\0\0\0'; cat random; } >large.wasm
	"$ECLI" push -m large.wasm "$REGISTRY/a"
	forward "$REGISTRY"
	# Each connection carries less than a third.
	say cut 800000 each
	"$ECLI" pull "$WIRE/a" -o back
	cmp large.wasm back
	say pass
	# Not all of it again each time.
	[ "$DOWN" -lt 3500000 ]
}

@test "a blob of any size needs no memory" {
	need plain
	registry
	{ printf '\0asm\1\0\0\0'; head -c 100000000 /dev/zero; } >large.wasm
	"$ECLI" push -m large.wasm "$REGISTRY/a"
	(
		# Less than its bytes, which libraries share as well.
		ulimit -v 90000
		"$ECLI" pull "$REGISTRY/a" -o back
	)
	cmp large.wasm back
}

@test "a server that knows no ranges, and one that lies about them" {
	head -c 100000 /dev/zero | tr '\0' z >rest
	{ printf '\0asm\1\0\0\0'; cat rest; } >large.wasm
	image large.wasm
	head -c 50000 l >half
	raw part '206 Partial Content' 'Content-Range: bytes 7-99/100008' <rest
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=half" "blobs/$LAYER=l"
	"$ECLI" pull "$ANSWER/a" -o back
	cmp large.wasm back
	grep -q '^Range: bytes=49[0-9]*-' asked.1
	rm -r store
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=half" "blobs/$LAYER=part"
	refused 'gives another part than it was asked for' \
		"$ECLI" pull "$ANSWER/a" -o back
}

@test "a server that hangs" {
	image app.wasm
	printf 'HTTP/1.1 200 OK\r\nContent-Le' >head
	head -c 100 m >half
	for rule in /v2/=head manifests=half; do
		rm -rf store
		answer "hang:$rule"
		refused "': nothing comes any more: try again later" \
			"$ECLI" pull --read-timeout 1s "$ANSWER/a" -o back
	done
	head -c -4 l >half
	answer manifests=m "blobs/$CONFIG=c" "hang:blobs/$LAYER=half"
	refused 'nothing comes any more' \
		"$ECLI" pull --read-timeout 1 "$ANSWER/a" -o back
	answer hang:/x=head
	run -1 "$ECLI" run --read-timeout 1s "http://$ANSWER/x"
	[ "$output" = "ecli: 'http://$ANSWER/x': nothing comes any more: try again later" ]
	# It takes connections and never answers.
	rm -rf store
	forward "$ANSWER"
	say hold 0
	refused 'nothing comes any more' \
		"$ECLI" push --read-timeout 1s "$WIRE/a"
	# What is late is waited for.
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	forward "$ANSWER"
	say hold 150
	start "$ECLI" pull "$WIRE/a" -o back
	wait_for 'GET /v2/a/manifests' "$T/asked.$servers"
	say go
	end_of_it
	cmp app.wasm back
	for wrong in 0 -1 x 5y; do
		run -2 "$ECLI" pull --read-timeout=$wrong x.y/z
	done
	for wrong in -1 x 5y 101 ''; do
		run -2 "$ECLI" pull --retries=$wrong x.y/z
	done
}

@test "a server that wants to be asked later" {
	image app.wasm
	printf 'no' | raw busy '429 Too Many Requests' 'Retry-After: 0'
	printf 'no' | raw down '503 Service Unavailable' 'Retry-After: Thu, 01 Jan 1970 00:00:00 GMT'
	printf 'no' | raw broken '500 Internal Server Error' 'Retry-After: 0'
	printf 'no' | raw long '429 Too Many Requests' 'Retry-After: 86400'
	answer manifests=busy manifests=down manifests=m "blobs/$CONFIG=broken" \
		"blobs/$CONFIG=c" "blobs/$LAYER=busy" "blobs/$LAYER=busy" \
		"blobs/$LAYER=busy" "blobs/$LAYER=l"
	"$ECLI" pull "$ANSWER/a" -o back
	cmp app.wasm back
	[ "$(grep -c '^GET' asked.1)" = 9 ]
	rm -r store
	# There is an end to it.
	answer manifests=busy
	refused "'a': no (429): it was asked too often, try again later" \
		"$ECLI" pull "$ANSWER/a" -o none
	[ "$(grep -c '^GET' asked.2)" = 4 ]
	answer manifests=broken
	refused "'a': no (500): try again later" \
		"$ECLI" pull --retries 9 "$ANSWER/a" -o none
	[ "$(grep -c '^GET' asked.3)" = 10 ]
	answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=down"
	refused "'a': no (503): try again later" \
		"$ECLI" pull --retries 1 "$ANSWER/a" -o none
	[ "$(grep -c blobs/$LAYER asked.4)" = 2 ]
	# Nobody waits for a day.
	answer manifests=long
	refused "'a': no (429)" "$ECLI" pull "$ANSWER/a" -o none
	[ "$(grep -c '^GET' asked.5)" = 1 ]
}

@test "a server that refuses" {
	for status in 400 401 403 404 418; do
		printf '{"errors":[{"code":"X","message":"because\\u001b[31m"}]}' |
			raw $status "$status Whatever" 'WWW-Authenticate: Basic realm="x"'
	done
	answer "=400"
	refused "does not give 'a': because" "$ECLI" pull "$ANSWER/a" -o none
	[[ $output != *$'\e'* ]]
	answer "=401"
	refused "wants to know who you are: 'ecli login $ANSWER'" \
		"$ECLI" pull "$ANSWER/a" -o none
	refused "does not let 'me' in with this password" \
		"$ECLI" pull -u me -p secret "$ANSWER/a" -o none
	answer "=403"
	refused '(403): ask its owner for the right to do so' \
		"$ECLI" pull "$ANSWER/a" -o none
	refused "'a': 403: ask its owner for the right to do so" \
		"$ECLI" push "$ANSWER/a"
	answer "=404"
	refused "has no 'latest' of 'a' (404)" "$ECLI" pull "$ANSWER/a" -o none
	answer "=418"
	refused '(418)' "$ECLI" pull "$ANSWER/a" -o none
}

@test "what is not what it should be" {
	image app.wasm
	printf 'xasm\1\0\0\0' | raw other '200 OK'
	printf '\0asm\1\0\0' | raw short '200 OK'
	printf '\0asm\1\0\0\0\0' | raw long '200 OK'
	printf '<html><body>Hello' | raw html '200 OK' 'Content-Type: text/html'
	printf '<html><body>Hello' | raw unsaid '200 OK'
	for wrong in other short long; do
		rm -rf store
		answer manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=$wrong"
		refused "'$ANSWER" "$ECLI" pull "$ANSWER/a" -o none
		# A manifest is kept when its blobs are.
		manifest=$(digest manifest)
		[ ! -e "store/blobs/sha256/${manifest#*:}" ]
	done
	answer "=html"
	refused "'$ANSWER' gives a web page for 'a': is it a registry?" \
		"$ECLI" pull "$ANSWER/a" -o none
	answer "=unsaid"
	refused manifest "$ECLI" pull "$ANSWER/a" -o none
	# Another manifest than that of the digest.
	answer "=m"
	refused "gives another manifest than" \
		"$ECLI" pull "$ANSWER/a@$(digest config)" -o none
	# More layers than anybody has.
	perl -e 'print "{\"config\":$ARGV[0],\"layers\":[", join(",", ($ARGV[0]) x 100000), "]}"' \
		"{\"mediaType\":\"a/b\",\"digest\":\"$CONFIG\",\"size\":2}" >layers
	raw many '200 OK' <layers
	answer "=many"
	refused 'sends more than 4194304 bytes' "$ECLI" pull "$ANSWER/a" -o none
	perl -e 'print "{\"config\":$ARGV[0],\"layers\":[", join(",", ($ARGV[0]) x 10000), "]}"' \
		"{\"mediaType\":\"a/b\",\"digest\":\"$CONFIG\",\"size\":2}" >layers
	raw many '200 OK' <layers
	answer "=many"
	refused 'more than 1000' "$ECLI" pull "$ANSWER/a" -o none
	# Something else that listens.
	printf 'SSH-2.0-OpenSSH_9.2\r\n' >ssh
	answer "=ssh"
	refused 'it does not speak HTTP' "$ECLI" pull "$ANSWER/a" -o none
}

@test "bodies and headers without an end" {
	image app.wasm
	printf 'HTTP/1.1 200 OK\r\n\r\n' >endless
	printf 'HTTP/1.1 404 Not Found\r\n\r\n' >lost
	printf 'HTTP/1.1 302 Found\r\nLocation: /v2/x\r\nContent-Length: 9999999999\r\n\r\n' >led
	printf 'HTTP/1.1 200 OK\r\nX: ' >header
	answer endless:manifests=endless
	refused 'sends more than 4194304 bytes' "$ECLI" pull "$ANSWER/a" -o none
	answer endless:manifests=lost
	refused "has no 'latest' of 'a' (404)" "$ECLI" pull "$ANSWER/a" -o none
	answer endless:manifests=led
	refused 'it leads elsewhere with a body that does not end' \
		"$ECLI" pull "$ANSWER/a" -o none
	answer endless:manifests=header
	refused "'http://$ANSWER/v2/a/manifests/latest'" \
		"$ECLI" pull "$ANSWER/a" -o none
	answer manifests=m "blobs/$CONFIG=c" "endless:blobs/$LAYER=endless"
	refused 'sends more than 8 bytes' "$ECLI" pull "$ANSWER/a" -o none
	answer "endless:=endless"
	run -1 "$ECLI" run "http://$ANSWER/x"
	[[ $output == "ecli: 'http://$ANSWER/x' sends more than "*' bytes' ]]
}

@test "redirects" {
	image app.wasm
	: | raw loop '302 Found' 'Location: /v2/x'
	answer "=loop"
	refused 'it leads elsewhere again and again' "$ECLI" pull "$ANSWER/a" -o none
	[ "$(grep -c '^GET' asked.1)" = 9 ]
	run -1 "$ECLI" run "http://$ANSWER/x"
	[ "$output" = "ecli: 'http://$ANSWER/x': it leads elsewhere again and again" ]
	: | raw ftp '302 Found' 'Location: ftp://127.0.0.1/x'
	answer "=ftp"
	refused 'it leads to where there is no TLS, or no HTTP' \
		"$ECLI" pull "$ANSWER/a" -o none
	# Blobs are often elsewhere; who we are is nobody's business there.
	answer "blobs=l"
	: | raw away '307 Temporary Redirect' "Location: http://$ANSWER/blobs/x"
	: | raw who '401 Unauthorized' 'WWW-Authenticate: Basic realm="x"'
	answer manifests=who manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=away"
	"$ECLI" pull -u me -p secret "$ANSWER/a" -o back
	cmp app.wasm back
	[ "$(grep -c '^Authorization: Basic' "asked.$servers")" = 3 ]
	[ "$(grep -c '^GET' "asked.$((servers - 1))")" = 1 ]
	run ! grep -qi '^Authorization' "asked.$((servers - 1))"
}

@test "a password is nobody's business but the registry's" {
	image app.wasm
	# Who is led to asks for it, and for a token elsewhere.
	: | raw who '401 Unauthorized' 'WWW-Authenticate: Basic realm="x"'
	: | raw asks '401 Unauthorized' 'WWW-Authenticate: Bearer realm="http://HERE/token"'
	printf '{"token":"x"}' | raw token '200 OK'
	answer token=token "=asks"
	other=$ANSWER log=asked.$servers
	sed -i "s/HERE/$other/" asks
	: | raw away '307 Temporary Redirect' "Location: http://$other/x"
	answer manifests=who manifests=away
	refused "'$ANSWER' leads elsewhere, and there somebody wants to know who you are (401)" \
		"$ECLI" pull -u me -p secret "$ANSWER/a" -o none
	[ "$(grep -c '^GET /x' $log)" = 1 ]
	[ "$(grep -c '^GET' $log)" = 1 ]
	run ! grep -qi '^Authorization' $log
	# An upload goes where the registry says.
	: | raw none '404 Not Found'
	: | raw begun '202 Accepted' "Location: http://$other/up"
	answer HEAD=who HEAD=none uploads=begun
	run -1 "$ECLI" push -u me -p secret "$ANSWER/a"
	[ "$output" = "ecli: 'a': '$ANSWER' leads elsewhere, and there somebody wants to know who you are (401)" ] ||
		[ "$output" = "ecli: '$ANSWER' leads elsewhere, and there somebody wants to know who you are (401)" ]
	grep -q '^POST /v2/a/blobs/uploads/' "asked.$servers"
	[ "$(grep -ci '^Authorization' "asked.$servers")" -ge 2 ]
	[ "$(grep -c '^PUT /up?digest=' $log)" = 1 ]
	[ "$(grep -c '^[A-Z]* /' $log)" = 2 ]
	run ! grep -qi '^Authorization' $log
	# It may do so: who we are need not be known there.
	: | raw taken '201 Created'
	answer "=taken"
	other=$ANSWER log=asked.$servers
	: | raw begun '202 Accepted' "Location: http://$other/up"
	answer HEAD=who HEAD=none uploads=begun manifests=taken
	"$ECLI" push -u me -p secret "$ANSWER/a"
	[ "$(grep -c '^PUT /up?digest=' $log)" -ge 1 ]
	run ! grep -qi '^Authorization' $log
}

@test "what stands for a password is posted nowhere else" {
	printf '{"token":"x"}' | raw token '200 OK'
	answer "=token"
	elsewhere=asked.$servers
	: | raw away '307 Temporary Redirect' "Location: http://$ANSWER/token"
	answer "=away"
	: | raw who '401 Unauthorized' "WWW-Authenticate: Bearer realm=\"http://$ANSWER/token\""
	log=asked.$servers
	answer "=who"
	printf '{"auths":{"%s":{"identitytoken":"secret"}}}' "$ANSWER" >auth.json
	export REGISTRY_AUTH_FILE=$T/auth.json
	refused 'no more (307)' "$ECLI" pull "$ANSWER/a" -o none
	grep -q '^POST /token' $log
	[ ! -s $elsewhere ]
}

@test "an address that is too long" {
	long=$(printf '%5000s' | tr ' ' x)
	printf '{"repositories":["a"]}' |
		raw page '200 OK' "Link: </v2/_catalog?last=$long>; rel=\"next\""
	answer "=page"
	run -1 --separate-stderr "$LMP" list --hub "oci://$ANSWER"
	[[ $stderr == *"'$ANSWER' leads to an address of more than 4096 bytes"* ]]
	# A tag is part of one.
	printf '{"repositories":["a"]}' | raw page '200 OK'
	printf '{"tags":["%s","../../b","1"]}' "$long" | raw tags '200 OK'
	: | raw none '404 Not Found'
	answer _catalog=page tags=tags "=none"
	run -0 --separate-stderr "$LMP" list --hub "oci://$ANSWER" -j
	[ "$(jq -c '.[].versions' <<<"$output")" = '["1"]' ]
	[ "$(grep -c '^GET /v2/a/manifests' "asked.$servers")" = 1 ]
	# Where an upload goes, and where a token is to be had.
	: | raw begun '202 Accepted' "Location: /$long"
	answer HEAD=none uploads=begun
	run -1 "$ECLI" push "$ANSWER/a"
	[[ $output == *"'$ANSWER' leads to an address of more than 4096 bytes" ]]
	: | raw who '401 Unauthorized' "WWW-Authenticate: Bearer realm=\"http://$long\""
	answer "=who"
	refused "'$ANSWER' leads to an address of more than 4096 bytes" \
		"$ECLI" pull "$ANSWER/a" -o none
}

@test "a list without an end" {
	next='Link: </v2/_catalog?last=x>; rel="next"'
	# Of names, and of bytes.
	perl -e 'print q({"repositories":[), join(",", ("1") x 60000), "]}"' |
		sed 's/1/"a"/g' | raw names '200 OK' "$next"
	perl -e 'print q({"repositories":["), "x" x 4000000, q("]})' |
		raw bytes '200 OK' "$next"
	for kind in names bytes; do
		answer "=$kind"
		run -1 --separate-stderr "$LMP" list --hub "oci://$ANSWER"
		[[ $stderr == *"'$ANSWER' gives a list of more than 100000 names, 1000 pages or 16 MiB"* ]]
	done
	[ "$(grep -c '^GET' "asked.$((servers - 1))")" = 2 ]
	[ "$(grep -c '^GET' "asked.$servers")" = 5 ]
}

@test "a token that ends half-way" {
	image app.wasm
	: | raw who '401 Unauthorized' 'WWW-Authenticate: Bearer realm="http://'"127.0.0.1:1"'/token",service="s"'
	printf '{"token":"first"}' | raw first '200 OK'
	printf '{"access_token":"second"}' | raw second '200 OK'
	answer token=first token=second
	sed -i "s/127.0.0.1:1/$ANSWER/" who
	answer manifests=who manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=who" "blobs/$LAYER=l"
	"$ECLI" pull "$ANSWER/a" -o back
	cmp app.wasm back
	[ "$(grep '^Auth' asked.2 | tr -d '\r' | cut -d' ' -f3 | xargs)" = 'first first first second' ]
	grep -q '^GET /token?service=s&scope=repository%3Aa%3Apull ' asked.1
	# What gives no token.
	printf '{"token":"a\\r\\nX: y"}' | raw split '200 OK'
	printf '<html>' | raw html '200 OK'
	: | raw none '403 Forbidden'
	for wrong in split html none; do
		rm -rf store
		answer "token=$wrong"
		: | raw who '401 Unauthorized' "WWW-Authenticate: Bearer realm=\"http://$ANSWER/token\""
		answer "=who"
		refused 'gives no token' "$ECLI" pull "$ANSWER/a" -o none
	done
}

@test "no network, and no such host" {
	need root
	# A network of its own, in which there is nothing, not even this machine.
	refused "onnect" unshare -n "$ECLI" pull 127.0.0.1:5000/a
	[[ $output == *': is it running, and is there a network?' ]]
	refused ": is the name right, and is there a network?" \
		unshare -n "$ECLI" pull no.such.invalid/a
	[[ $output == *no.such.invalid* ]]
	run -1 unshare -n "$ECLI" run http://no.such.invalid/x
	[[ $output == *': is the name right, and is there a network?' ]]
}
