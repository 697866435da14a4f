#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What one signs the other verifies, ecli and cosign.

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

COSIGN_VERSION=2.6.5

# Where nothing of it is there cosign takes minutes to build, and some 300 MB
# that are fetched for it.
setup_file() {
	COSIGN=$("$ROOT/scripts/go-tool" github.com/sigstore/cosign/v2 \
		$COSIGN_VERSION cmd/cosign)/cosign
	local go=go
	# As scripts/go-tool finds it.
	[ -n "$("$go" env GOTOOLCHAIN 2>/dev/null)" ] ||
		go=${EUNOMIA_CACHE:-/var/cache/eunomia}/guests/go
	REFERRERS=$BATS_FILE_TMPDIR/referrers
	cd "$BATS_TEST_DIRNAME/referrers"
	GOFLAGS= CGO_ENABLED=0 "$go" build -trimpath -o "$REFERRERS" .
	"$ECC" -o "$BATS_FILE_TMPDIR" "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h}
	PACKAGE=$BATS_FILE_TMPDIR/package.json
	export COSIGN REFERRERS PACKAGE
}

setup() {
	helper_setup
	unset EUNOMIA_PASSWORD EUNOMIA_POLICY
	# It would ask for lists of authorities, which nobody needs here.
	export HOME=$T TUF_ROOT=$T/tuf HTTPS_PROXY=http://127.0.0.1:1 NO_PROXY=127.0.0.1
	export COSIGN_PASSWORD=secret
}

# A registry with the API for what refers to a manifest.
registry_of_referrers() {
	EUNOMIA_STORE=$T/store
	start "$REFERRERS"
	wait_for 'listening on' "$OUT"
	REGISTRY=$(sed -n 's/^listening on //p' "$OUT")
}

pushed() {
	run -0 "$ECLI" push -m "$PACKAGE" "$REGISTRY/$1"
	DIGEST=${output#*@}
}

# by_cosign KEY REFERENCE [OPTION...]: exit status and words as of cosign.
by_cosign() {
	"$COSIGN" verify --insecure-ignore-tlog --private-infrastructure \
		--allow-http-registry --key "$1" "${@:3}" "$2"
}

signed_by_cosign() {
	"$COSIGN" sign --yes --tlog-upload=false --allow-http-registry \
		--key "$1" "${@:3}" "$2"
}

@test "cosign verifies what ecli signs" {
	registry
	pushed tools/one:1
	for type in ed25519 ecdsa-p256; do
		"$ECLI" keygen -t $type $type
		run by_cosign $type.pub "$REGISTRY/tools/one:1"
		[ "$status" != 0 ]
		"$ECLI" sign --key $type.key -a by=$type "$REGISTRY/tools/one:1"
		by_cosign $type.pub "$REGISTRY/tools/one:1" -a by=$type >out
		[ "$(jq -r '.[0].critical.image["docker-manifest-digest"]' out)" = "$DIGEST" ]
		[ "$(jq -r '.[0].critical.identity["docker-reference"]' out)" = "$REGISTRY/tools/one" ]
	done
	# Another manifest is not signed by that.
	"$ECLI" push -m "$PACKAGE" -a x=y "$REGISTRY/tools/one:2"
	run by_cosign ed25519.pub "$REGISTRY/tools/one:2"
	[ "$status" != 0 ]
}

@test "ecli verifies what cosign signs" {
	registry
	pushed tools/two:1
	"$COSIGN" generate-key-pair
	run -1 "$ECLI" verify --key cosign.pub "$REGISTRY/tools/two:1"
	signed_by_cosign cosign.key "$REGISTRY/tools/two@$DIGEST" -a by=me
	run -0 "$ECLI" verify --key cosign.pub -a by=me "$REGISTRY/tools/two:1"
	[ "$output" = "$REGISTRY/tools/two:1@$DIGEST signed by cosign.pub" ]
	run -1 "$ECLI" verify --key cosign.pub -a by=you "$REGISTRY/tools/two:1"
	"$COSIGN" generate-key-pair --output-key-prefix other
	run -1 "$ECLI" verify --key other.pub "$REGISTRY/tools/two:1"
	# A policy believes it, too.
	printf '{"default":"deny","rules":[{"from":"%s/","keys":["cosign.pub"]}]}' \
		"$REGISTRY" >policy.json
	EUNOMIA_POLICY=$T/policy.json "$ECLI" pull "$REGISTRY/tools/two:1" -o back
	cmp back "$PACKAGE"
}

@test "keys of the one sign for the other, and both in one list" {
	registry
	pushed tools/three:1
	"$ECLI" keygen -t ecdsa-p256 me
	"$ECLI" keygen you
	"$COSIGN" import-key-pair --key me.key --output-key-prefix mine
	cmp me.pub mine.pub
	"$ECLI" sign --key you.key "$REGISTRY/tools/three:1"
	signed_by_cosign mine.key "$REGISTRY/tools/three@$DIGEST"
	"$ECLI" keygen them
	"$ECLI" sign --key them.key "$REGISTRY/tools/three:1"
	for key in me you them; do
		"$ECLI" verify --key $key.pub "$REGISTRY/tools/three:1"
		by_cosign $key.pub "$REGISTRY/tools/three:1"
	done
}

@test "a registry that has the referrers API" {
	registry_of_referrers
	pushed tools/four:1
	tag=sha256-${DIGEST#*:}
	"$ECLI" keygen me
	"$ECLI" sign --key me.key "$REGISTRY/tools/four:1"
	"$ECLI" verify --key me.pub "$REGISTRY/tools/four:1"
	# No tag stands for what the API says.
	run -1 skopeo inspect --raw --tls-verify=false \
		"docker://$REGISTRY/tools/four:$tag"
	python3 - "$REGISTRY" "/v2/tools/four/manifests/$tag.sig" <<-'END'
		import http.client, sys
		c = http.client.HTTPConnection(sys.argv[1])
		c.request("DELETE", sys.argv[2])
		assert c.getresponse().status == 202
	END
	run -1 skopeo inspect --raw --tls-verify=false \
		"docker://$REGISTRY/tools/four:$tag.sig"
	run -0 "$ECLI" verify --key me.pub "$REGISTRY/tools/four:1"
	# There is where cosign's new way is to be found, alone.
	pushed tools/five:1
	"$COSIGN" generate-key-pair
	COSIGN_EXPERIMENTAL=1 signed_by_cosign cosign.key \
		"$REGISTRY/tools/five@$DIGEST" --registry-referrers-mode=oci-1-1
	run -1 skopeo inspect --raw --tls-verify=false \
		"docker://$REGISTRY/tools/five:$tag.sig"
	"$ECLI" verify --key cosign.pub "$REGISTRY/tools/five:1"
	run -1 "$ECLI" verify --key me.pub "$REGISTRY/tools/five:1"
}
