#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Signatures: made, looked for, and tampered with. The registry is a real one,
# and what it has is changed below it.

load ../helper
load ../registry
load ../faults
load trust

bats_require_minimum_version 1.5.0

@test "keys of both kinds are made, and OpenSSL reads them" {
	run -0 "$ECLI" keygen me
	[ "$output" = "me.key
me.pub" ]
	[ "$(stat -c %a me.key)" = 600 ]
	"$ECLI" keygen --type ecdsa-p256 ec
	EUNOMIA_PASSWORD=secret "$ECLI" keygen --encrypt sealed
	openssl pkey -in me.key -text -noout | grep -q '^ED25519'
	openssl pkey -in ec.key -text -noout | grep -q '^NIST CURVE: P-256'
	[ "$(head -1 sealed.key)" = '-----BEGIN ENCRYPTED PRIVATE KEY-----' ]
	openssl pkey -in sealed.key -passin pass:secret -pubout -out pub
	cmp pub sealed.pub
	# What is there stays.
	cp me.key before
	refused "cannot write 'me.key': File exists" keygen me
	cmp me.key before
	: >x.pub
	refused "cannot write 'x.pub': File exists" keygen x
	[ ! -e x.key ]
	refused "'rsa' is no kind of key here: ed25519 or ecdsa-p256" keygen -t rsa r
	echo | refused 'the password is empty' keygen -e y
	[ ! -e y.key ]
	run -2 "$ECLI" keygen
}

@test "what is signed is verified, by each kind of key" {
	registry
	pushed a/x:1
	"$ECLI" keygen me
	"$ECLI" keygen -t ecdsa-p256 ec
	EUNOMIA_PASSWORD=secret "$ECLI" keygen -e sealed
	refused "'$REGISTRY/a/x:1': '$DIGEST' is not signed" \
		verify --key me.pub "$REGISTRY/a/x:1"
	run -0 "$ECLI" sign --key me.key "$REGISTRY/a/x:1"
	[[ $output == "$REGISTRY/a/x:1@$DIGEST signed in sha256:"* ]]
	first=$output
	# Once is enough.
	run -0 "$ECLI" sign --key me.key "$REGISTRY/a/x:1"
	[ "$output" = "$first" ]
	refused "signature 1 of '$DIGEST': signature and payload are not by the key 'ec.pub', or were changed" \
		verify --key ec.pub "$REGISTRY/a/x:1"
	"$ECLI" sign --key ec.key "$REGISTRY/a/x@$DIGEST"
	EUNOMIA_PASSWORD=secret "$ECLI" sign --key sealed.key "$REGISTRY/a/x:1"
	for key in me ec sealed; do
		run -0 "$ECLI" verify --key $key.pub "$REGISTRY/a/x:1"
		[ "$output" = "$REGISTRY/a/x:1@$DIGEST signed by $key.pub" ]
	done
	# All three are in one list, which names what it is about.
	skopeo inspect --raw --tls-verify=false \
		"docker://$REGISTRY/a/x:sha256-$(hex "$DIGEST").sig" >list
	[ "$(jq '.layers | length' list)" = 3 ]
	[ "$(jq -r .subject.digest list)" = "$DIGEST" ]
	# Another manifest is not signed by that.
	pushed a/x:2 "$OBJ/exec.bpf.o"
	refused "'$DIGEST' is not signed" verify --key me.pub "$REGISTRY/a/x:2"
	# One of two keys will do.
	"$ECLI" keygen x
	run -0 "$ECLI" verify -k x.pub -k me.pub "$REGISTRY/a/x:1"
	[ "$output" = "$REGISTRY/a/x:1@$(points_to a/x 1) signed by me.pub" ]
}

@test "a password is taken from the environment, or asked for" {
	registry
	pushed a:1
	EUNOMIA_PASSWORD=secret "$ECLI" keygen -e me
	EUNOMIA_PASSWORD=wrong refused "'me.key' is encrypted with another password" \
		sign -k me.key "$REGISTRY/a:1"
	refused 'standard input has no password of the key' \
		sign -k me.key "$REGISTRY/a:1" </dev/null
	echo secret | "$ECLI" sign -k me.key "$REGISTRY/a:1"
	"$ECLI" verify -k me.pub "$REGISTRY/a:1"
}

@test "what is signed is what cosign writes, by OpenSSL alone" {
	registry
	pushed team/x:1
	"$ECLI" keygen -t ecdsa-p256 ec
	"$ECLI" sign -k ec.key -a by=me "$REGISTRY/team/x:1"
	sig=$(points_to team/x "sha256-$(hex "$DIGEST").sig")
	[ "$(jq -c '[.mediaType, .config.mediaType, .layers[].mediaType]' "$(blob "$sig")")" = '["application/vnd.oci.image.manifest.v1+json","application/vnd.oci.image.config.v1+json","application/vnd.dev.cosign.simplesigning.v1+json"]' ]
	payload=$(blob "$(jq -r '.layers[0].digest' "$(blob "$sig")")")
	[ "$(cat "$payload")" = '{"critical":{"identity":{"docker-reference":"'"$REGISTRY"'/team/x"},"image":{"docker-manifest-digest":"'"$DIGEST"'"},"type":"cosign container image signature"},"optional":{"by":"me"}}' ]
	jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' \
		"$(blob "$sig")" | base64 -d >signature
	openssl dgst -sha256 -verify ec.pub -signature signature "$payload"
	# The config lists the layers, as of any image.
	[ "$(jq -r '.rootfs.diff_ids[0]' "$(blob "$(jq -r .config.digest "$(blob "$sig")")")")" = "sha256:$(sha256sum <"$payload" | cut -d' ' -f1)" ]

	# The other way round: keys and signatures of another's making.
	openssl genpkey -algorithm ed25519 -out other.key
	openssl pkey -in other.key -pubout -out other.pub
	"$ECLI" sign -k other.key "$REGISTRY/team/x:1"
	"$ECLI" verify -k other.pub "$REGISTRY/team/x:1"
	openssl ecparam -name prime256v1 -genkey -out old.key
	openssl ec -in old.key -pubout -out old.pub
	openssl dgst -sha256 -sign old.key -out own "$payload"
	new=$(base64 -w0 own)
	old=$(jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' "$(blob "$sig")")
	rm -r "$(tags team/x)/sha256-$(hex "$DIGEST")"
	jq --arg s "$new" -c '.layers[0].annotations["dev.cosignproject.cosign/signature"] = $s' \
		"$(blob "$sig")" >changed
	sig=$(points_to team/x "sha256-$(hex "$DIGEST").sig")
	cp changed "$(blob "$sig")"
	"$ECLI" verify -k old.pub -a by=me "$REGISTRY/team/x:1"
	refused "its payload does not say 'by=you'" \
		verify -k old.pub -a by=you "$REGISTRY/team/x:1"
}

@test "what was tampered with is refused, and it is said where" {
	registry
	pushed a:1
	"$ECLI" keygen me
	"$ECLI" sign -k me.key "$REGISTRY/a:1"
	sig=$(points_to a "sha256-$(hex "$DIGEST").sig")
	list=$(blob "$sig")
	payload=$(jq -r '.layers[0].digest' "$list")
	value=$(jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' "$list")
	cp "$list" list
	cp "$(blob "$payload")" payload
	# Without the list of those that refer to it there is only one way.
	rm -r "$(tags a)/sha256-$(hex "$DIGEST")"

	# The signature: other bytes, no bytes, none at all.
	other=A
	[ "${value:9:1}" != A ] || other=B
	replace "$list" "$value" "${value:0:9}$other${value:10}"
	refused "signature and payload are not by the key 'me.pub', or were changed" \
		verify -k me.pub "$REGISTRY/a:1"
	cp list "$list"
	replace "$list" "$value" "${value:0:9}!${value:10}"
	refused 'the signature is no base64' verify -k me.pub "$REGISTRY/a:1"
	cp list "$list"
	replace "$list" cosign/signature cosign/signaturf
	refused "its annotation 'dev.cosignproject.cosign/signature' is missing" \
		verify -k me.pub "$REGISTRY/a:1"
	cp list "$list"

	# The payload, under the digest that it had; and gone.
	replace "$(blob "$payload")" 'container image' 'container Image'
	refused "its payload: '$REGISTRY' gives other bytes than '$payload'" \
		verify -k me.pub "$REGISTRY/a:1"
	mv "$(blob "$payload")" gone
	refused "signature 1 of '$DIGEST': its payload: " \
		verify -k me.pub "$REGISTRY/a:1"
	cp payload "$(blob "$payload")"
	"$ECLI" verify -k me.pub "$REGISTRY/a:1"

	# The signature of another manifest.
	first=$DIGEST
	pushed a:2 "$OBJ/exec.bpf.o"
	cp -r "$(tags a)/sha256-$(hex "$first").sig" \
		"$(tags a)/sha256-$(hex "$DIGEST").sig"
	refused "its payload is about another manifest, $first" \
		verify -k me.pub "$REGISTRY/a:2"

	# The tag: what it stands for now nobody has signed.
	rm -r "$(tags a)/sha256-$(hex "$DIGEST").sig"
	cp -r "$(tags a)/2/." "$(tags a)/1"
	refused "'$REGISTRY/a:1': '$DIGEST' is not signed" \
		verify -k me.pub "$REGISTRY/a:1"

	# The manifest, under its digest.
	"$ECLI" verify -k me.pub "$REGISTRY/a@$first"
	replace "$(blob "$first")" package.json packbge.json
	refused "'$REGISTRY' gives another manifest than '$first'" \
		verify -k me.pub "$REGISTRY/a@$first"
	# What is changed is what would be signed: a digest names it.
	refused "'$REGISTRY' gives another manifest than '$first'" \
		sign -k me.key "$REGISTRY/a@$first"
}

@test "signatures are found by what refers to a manifest, too" {
	registry
	pushed a:1
	"$ECLI" keygen me
	"$ECLI" keygen -t ecdsa-p256 ec
	"$ECLI" sign -k me.key "$REGISTRY/a:1"
	"$ECLI" sign -k ec.key "$REGISTRY/a:1"
	# This registry has no API for them: the tag that stands for it.
	tag=sha256-$(hex "$DIGEST")
	sig=$(points_to a "$tag.sig")
	list=$(blob "$(points_to a "$tag")")
	[ "$(jq -c '[.mediaType, (.manifests | length), .manifests[0].artifactType, .manifests[0].digest]' "$list")" = '["application/vnd.oci.image.index.v1+json",1,"application/vnd.dev.cosign.artifact.sig.v1+json","'"$sig"'"]' ]
	rm -r "$(tags a)/$tag.sig"
	"$ECLI" verify -k me.pub "$REGISTRY/a:1"
	"$ECLI" verify -k ec.pub "$REGISTRY/a:1"
	rm -r "$(tags a)/$tag"
	refused 'is not signed' verify -k me.pub "$REGISTRY/a:1"
}

@test "keys that are none" {
	registry
	pushed a:1
	"$ECLI" keygen me
	echo hello >text
	refused "'text' holds no key in PEM" sign -k text "$REGISTRY/a:1"
	refused "'none'" sign -k none "$REGISTRY/a:1"
	refused "'me.pub' is a public key: one signs with the private one" \
		sign -k me.pub "$REGISTRY/a:1"
	openssl genpkey -algorithm X25519 -out x.key
	refused "'x.key' is a key of another kind: Ed25519 and ECDSA P-256 are known" \
		sign -k x.key "$REGISTRY/a:1"
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out x.key
	refused "'x.key' is a key of another kind" sign -k x.key "$REGISTRY/a:1"
	sed s/PRIVATE/"ENCRYPTED SIGSTORE PRIVATE"/ me.key >x.key
	refused "'x.key' is in cosign's own form" sign -k x.key "$REGISTRY/a:1"
	head -c 40 me.key >x.key
	refused "'x.key' holds no key in PEM" sign -k x.key "$REGISTRY/a:1"
	refused 'one key signs' sign -k me.key -k me.key "$REGISTRY/a:1"
	run -2 "$ECLI" sign "$REGISTRY/a:1"
	[ "${lines[0]}" = "ecli: no key given: --key FILE, which 'ecli keygen' makes" ]
	run -2 "$ECLI" verify -k me.pub
	# No registry, no manifest.
	refused "has no '2' of 'a' (404)" sign -k me.key "$REGISTRY/a:2"
	[ ! -e "$(tags a)/sha256-$(hex "$DIGEST").sig" ]
}

# ---- --digest

@test "nothing but this digest" {
	registry
	mkdir web
	cp "$PACKAGE" web/package.json
	web web
	pushed a:1
	sum=sha256:$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	none=sha256:$(printf %064d 0)
	# Of an image it is the manifest's, of all else that of the bytes.
	"$ECLI" inspect --digest "$DIGEST" "$REGISTRY/a:1" >first
	"$ECLI" inspect --digest "$DIGEST" "$REGISTRY/a@$DIGEST"
	"$ECLI" pull --digest "$DIGEST" "$REGISTRY/a:1" -o back
	cmp back "$PACKAGE"
	"$ECLI" inspect --digest "$sum" "$PACKAGE"
	"$ECLI" inspect --digest "$sum" - <"$PACKAGE"
	"$ECLI" inspect --digest "$sum" "http://$WEB/package.json"
	"$ECLI" inspect --digest "$sum" "file://$T/web/package.json"
	"$ECLI" inspect --digest "$sum" "data:;base64,$(base64 -w0 "$PACKAGE")"
	for command in run inspect check; do
		refused "'$PACKAGE': it is $sum, and --digest wants $none" \
			$command --digest "$none" "$PACKAGE"
		refused "it is $sum, and --digest wants $none" \
			$command --digest "$none" "http://$WEB/package.json"
		refused "it is $sum, and --digest wants $none" \
			$command --digest "$none" - <"$PACKAGE"
		refused "'$REGISTRY' has no '$none' of 'a' (404)" \
			$command --digest "$none" "$REGISTRY/a:1"
		refused "it is $DIGEST, and --digest wants $none" \
			$command --digest "$none" "$REGISTRY/a@$DIGEST"
		run -2 "$ECLI" $command --digest sha256:abc "$PACKAGE"
		[ "${lines[0]}" = "ecli: --digest: 'sha256:abc' is not sha256: and 64 digits, lower case" ]
	done
	refused "'$REGISTRY' has no '$none' of 'a' (404)" \
		pull --digest "$none" "$REGISTRY/a:1" -o there
	[ ! -e there ]
	# It stays what it is when the tag moves.
	first=$DIGEST
	pushed a:1 "$OBJ/exec.bpf.o"
	rm -r "$EUNOMIA_STORE"
	"$ECLI" inspect --digest "$first" "$REGISTRY/a:1" >again
	cmp first again
	stop_registry
	"$ECLI" inspect --digest "$first" "$REGISTRY/a:1" >again
	cmp first again
}

# ---- the policy

@test "signatures on a later page of what refers to an image" {
	local sig payload

	registry
	pushed a:1
	"$ECLI" keygen me
	"$ECLI" sign --key me.key "$REGISTRY/a:1"
	sig=$(points_to a "sha256-$(hex "$DIGEST").sig")
	payload=$(jq -r '.layers[0].digest' "$(blob "$sig")")
	raw image '200 OK' <"$(blob "$DIGEST")"
	raw sig '200 OK' <"$(blob "$sig")"
	raw payload '200 OK' <"$(blob "$payload")"
	: | raw none '404 Not Found'
	echo '{"schemaVersion":2,"manifests":[]}' |
		raw first '200 OK' "Link: </v2/a/referrers/$DIGEST?more>; rel=\"next\""
	jq -n --arg digest "$sig" '{manifests: [{$digest, size: 9,
		mediaType: "application/vnd.oci.image.manifest.v1+json",
		artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json"}]}' |
		raw second '200 OK'
	answer /manifests/1=image .sig=none '?more=second' referrers=first \
		"$(hex "$sig")=sig" "$(hex "$payload")=payload"
	"$ECLI" verify --key me.pub "$ANSWER/a:1"
	grep -q 'referrers/.*?more' "asked.$servers"
	# On none of them.
	answer /manifests/1=image .sig=none referrers=first '?more=image'
	refused "'$DIGEST' is not signed" verify --key me.pub "$ANSWER/a:1"
}
