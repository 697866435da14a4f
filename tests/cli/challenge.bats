#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Registries that leave it to who asks how he says who he is.

load ../helper
load ../registry
load ../faults

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	export EUNOMIA_STORE=$T/store HOME=$T
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	unset http_proxy https_proxy all_proxy no_proxy
	unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
	printf '\0asm\1\0\0\0' >app.wasm
	image app.wasm
	printf '{"token":"given"}' | raw token '200 OK'
}

# asks HEADER...: a registry that has the image for who answers these; TOKENS in
# them is the HOST:PORT of a server of tokens, whose requests are in $tokens.
asks() {
	answer "=token"
	tokens=asked.$servers
	: | raw who '401 Unauthorized' "${@//TOKENS/$ANSWER}"
	answer manifests=who manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
}

# showed WORD: how many requests to the registry showed that.
showed() {
	tr -d '\r' <"asked.$servers" | grep -c "^Authorization: $1" || :
}

BASIC='WWW-Authenticate: Basic realm="x, Bearer realm=y"'
BEARER='WWW-Authenticate: Bearer realm="http://TOKENS/t",service="s"'
me=(-u me -p secret)

@test "a token is taken where a password would do as well" {
	for both in 0 1 2 3; do
		case $both in
		0) asks "$BASIC" "$BEARER" ;;
		1) asks "$BEARER" "$BASIC" ;;
		2) asks "$BASIC, ${BEARER#*: }" ;;
		3) asks "$BEARER, ${BASIC#*: }" ;;
		esac
		"$ECLI" pull "${me[@]}" "$ANSWER/a" -o back
		cmp app.wasm back
		[ "$(showed 'Bearer given$')" = 3 ]
		[ "$(showed '')" = 3 ]
		grep -q '^GET /t?service=s&scope=repository%3Aa%3Apull ' "$tokens"
		grep -q '^Authorization: Basic' "$tokens"
		rm -r store
		# Nor does a token need a name.
		answer manifests=who manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
		"$ECLI" pull "$ANSWER/a" -o back
		[ "$(showed 'Bearer given$')" = 3 ]
		rm -r store
	done
}

@test "a password, where a token is not to be had" {
	for no in 'Bearer service="s"' 'Bearer realm="ftp://TOKENS/t"' Negotiate \
		'Negotiate YII=' 'Digest realm="x", nonce="Bearer"'; do
		asks "WWW-Authenticate: $no" "$BASIC"
		"$ECLI" pull "${me[@]}" "$ANSWER/a" -o back
		cmp app.wasm back
		[ "$(showed "Basic $(printf me:secret | base64)\$")" = 3 ]
		[ ! -s "$tokens" ]
		rm -r store
		asks "WWW-Authenticate: $no, ${BASIC#*: }"
		refused "'$ANSWER' " "$ECLI" pull "$ANSWER/a" -o none
	done
	# Nobody's password goes where it is not asked for.
	asks 'WWW-Authenticate: Negotiate'
	refused "'$ANSWER' wants to know who you are by 'Negotiate': Basic and Bearer are known here" \
		"$ECLI" pull "${me[@]}" "$ANSWER/a" -o none
	[ "$(showed '')" = 0 ]
}
