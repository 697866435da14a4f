#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Policies: what may be had from where, and by which signature.

load ../helper
load ../registry
load ../faults
load trust

bats_require_minimum_version 1.5.0

# policy JSON: puts it in force.
policy() {
	printf '%s' "$1" >"$T/policy.json"
	export EUNOMIA_POLICY=$T/policy.json
}

@test "a policy that is broken allows nothing" {
	cp "$PACKAGE" package.json
	while IFS='|' read -r text why; do
		policy "$text"
		refused "the policy '$T/policy.json' is broken and allows nothing: $why" \
			inspect package.json
	done <<-'END'
		|line 1: 
		{"default":"allow"|line 1: 
		[]|it is no object
		{}|'default' of it is to be "allow" or "deny"
		{"default":"maybe"}|'default' of it is to be "allow" or "deny"
		{"default":"deny","default":"allow"}|line 1: duplicate object key
		{"default":"allow","rule":[]}|'rule' is not known in it
		{"default":"allow","files":true}|'files' of it is to be "allow" or "deny"
		{"default":"allow","digests":"x"}|'digests' is no list
		{"default":"allow","digests":["sha256:x"]}|digest 1 is not sha256: and 64 digits
		{"default":"allow","rules":{}}|'rules' is no list
		{"default":"allow","rules":[1]}|rule 1 is no object
		{"default":"allow","rules":[{"from":"a.b/c"}]}|rule 1 is to have one of 'then' and 'keys'
		{"default":"allow","rules":[{"from":"a.b/c","then":"deny","keys":["x"]}]}|rule 1 is to have one of 'then' and 'keys'
		{"default":"allow","rules":[{"from":"a.b/c","then":"no"}]}|'then' of rule 1 is to be "allow" or "deny"
		{"default":"allow","rules":[{"from":"a.b/c","keys":[]}]}|'keys' of rule 1 is no list with a key in it
		{"default":"allow","rules":[{"from":"a.b","then":"deny"}]}|'from' of rule 1 is to be HOST/PATH or https://HOST/PATH
		{"default":"allow","rules":[{"from":"A.b/C","then":"deny"}]}|'from' of rule 1: hosts are written in small letters
		{"default":"allow","rules":[{"from":"http://a.b/","keys":["x"]}]}|'from' of rule 1: addresses have no signatures
	END
	for command in "run package.json" "check package.json" "pull x.y/z"; do
		refused 'is broken and allows nothing' $command
	done
	rm policy.json
	refused 'the policy cannot be read, and allows nothing' inspect package.json
	# Nor is that taken for a hub that has no such tool.
	mkdir -p hub/tool
	cp package.json hub/tool/
	run -1 "$LMP" pull --hub "file://$T/hub" tool
	[[ $output == 'lmp: the policy cannot be read, and allows nothing: '* ]]
}

@test "where a policy is looked for" {
	[ ! -e /etc/eunomia/policy.json ] || skip 'this machine has a policy'
	cp "$PACKAGE" package.json
	if has root; then
		mkdir -m 700 closed
		HOME=$T/closed setpriv --reuid=65534 --clear-groups \
			"$ECLI" inspect - <"$PACKAGE"
	fi
	export XDG_CONFIG_HOME=$T/config
	"$ECLI" inspect package.json
	mkdir -p config/eunomia
	echo nonsense >config/eunomia/policy.json
	refused "the policy '$T/config/eunomia/policy.json' is broken" \
		inspect package.json
	unset XDG_CONFIG_HOME
	mkdir -p .config
	mv config/eunomia .config/
	HOME=$T refused "the policy '$T/.config/eunomia/policy.json' is broken" \
		inspect package.json
}

@test "a policy says where things may come from" {
	registry
	mkdir web
	cp "$PACKAGE" web/package.json
	web web
	pushed good/x:1
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/bad/x:1"
	no="the policy '$T/policy.json' does not allow"
	policy '{"default":"deny"}'
	for command in run inspect check "pull -o back"; do
		refused "$no $REGISTRY/good/x" $command "$REGISTRY/good/x:1"
	done
	for command in run inspect check; do
		refused "$no http://$WEB/package.json" \
			$command "http://$WEB/package.json"
	done
	# Who would not be believed is not asked.
	run -1 grep GET web.log
	run -1 grep 'method=GET.*manifests' "$ERR"
	[ ! -e back ]
	# What is of this machine is not from elsewhere.
	"$ECLI" inspect "$PACKAGE"
	"$ECLI" inspect - <"$PACKAGE"
	"$ECLI" inspect "file://$PACKAGE"

	policy '{"default":"deny","rules":[
		{"from":"'"$REGISTRY"'/good/","then":"allow"},
		{"from":"http://127.0.0.1:*/package.json","then":"allow"}]}'
	"$ECLI" inspect "$REGISTRY/good/x:1"
	grep 'method=GET.*manifests' "$ERR"
	"$ECLI" inspect "http://$WEB/package.json"
	"$ECLI" inspect "HTTP://$WEB/package.json"
	refused "$no $REGISTRY/bad/x" inspect "$REGISTRY/bad/x:1"
	refused 'odd characters in its host' inspect "http://$WEB@localhost/package.json"
	refused 'a path that turns back' inspect "http://$WEB/x/../package.json"
	# The first rule that fits, and a star ends at a slash.
	policy '{"default":"allow","rules":[
		{"from":"'"$REGISTRY"'/*","then":"deny"},
		{"from":"*/good/*","then":"allow"},
		{"from":"'"$REGISTRY"'/","then":"deny"}]}'
	"$ECLI" inspect "$REGISTRY/good/x:1"
	refused "$no $REGISTRY/bad/x" inspect "$REGISTRY/bad/x:1"
	"$ECLI" inspect "http://$WEB/package.json"
	# What is in the store already is not let through, either.
	policy '{"default":"deny"}'
	refused "$no $REGISTRY/good/x" inspect "$REGISTRY/good/x:1"
	refused "$no $REGISTRY/good/x" inspect --pull never "$REGISTRY/good/x:1"
}

@test "a policy holds for where a web server leads" {
	local far near no way sum

	export XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	mkdir -p web/tool
	cp "$PACKAGE" web/package.json
	web web
	far=http://$WEB
	: | raw away '302 Found' "Location: $far/package.json"
	: | raw here '302 Found' 'Location: ../b/x'
	answer /a/=here /c/=here =away
	near=http://$ANSWER
	no="the policy '$T/policy.json' does not allow"
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
	for way in x a/x; do
		refused "'$near/$way' leads elsewhere: $no $far/package.json" \
			inspect "$near/$way"
	done
	run -1 "$LMP" run --hub "$near" tool
	[[ $output == *"'$near/tool/app.wasm' leads elsewhere: $no $far/package.json"* ]]
	# Who would not be believed is not asked.
	run -1 grep GET web.log
	# On the same host, too.
	policy '{"default":"allow","rules":[{"from":"'"$near"'/b/","then":"deny"}]}'
	refused "'$near/c/x' leads elsewhere: $no $near/b/x" inspect "$near/c/x"
	[ "$(grep -c '^GET /b' "asked.$servers")" = 1 ]
	# By what it is.
	sum=sha256:$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	policy '{"default":"deny","digests":["sha256:'"$(printf %064d 0)"'"],
		"rules":[{"from":"'"$near/"'","then":"allow"}]}'
	refused "'$near/x' leads elsewhere: $no $far/package.json, $sum" \
		inspect "$near/x"
	policy '{"default":"deny","digests":["'"$sum"'"],
		"rules":[{"from":"'"$near/"'","then":"allow"}]}'
	"$ECLI" inspect "$near/x"
	# Allowed, kept, and allowed no more.
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"},
		{"from":"'"$far/"'","then":"allow"}]}'
	"$ECLI" inspect "$near/x"
	"$ECLI" inspect --offline "$near/x"
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
	refused 'nobody is asked' inspect --offline "$near/x"
	unset EUNOMIA_POLICY
	"$ECLI" inspect --offline "$near/x"
}

@test "a policy holds for a redirect with blanks about it" {
	local far near no blank

	export XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	mkdir web
	cp "$PACKAGE" web/package.json
	web web
	far=http://$WEB
	answer /x=away
	near=http://$ANSWER
	no="the policy '$T/policy.json' does not allow"
	for blank in ' ' $'\t' $'\v' $'\f' $' \f\t\v '; do
		: | raw away '302 Found' "Location:$blank$far/package.json"
		policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
		refused "'$near/x' leads elsewhere: $no $far/package.json" \
			inspect "$near/x"
		: | raw away '302 Found' "Location: $far/package.json$blank"
		policy '{"default":"allow","rules":[{"from":"'"$far/package.json"'","then":"deny"}]}'
		refused "'$near/x' leads elsewhere: $no $far/package.json" \
			inspect "$near/x"
	done
	# What nobody can read may be one that is denied.
	: | raw away '302 Found' "Location: http://[$WEB/package.json"
	refused "'$near/x': it leads to what is no address" inspect "$near/x"
	run -1 grep GET web.log
	# Kept under the address that was asked for.
	: | raw away '302 Found' "Location: $far/package.json "
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"},
		{"from":"'"$far/package.json"'","then":"allow"}]}'
	"$ECLI" inspect "$near/x"
	"$ECLI" inspect --offline "$near/x"
	policy '{"default":"allow","rules":[{"from":"'"$far/package.json"'","then":"deny"}]}'
	refused 'nobody is asked' inspect --offline "$near/x"
	# None at all.
	: | raw away '302 Found' 'Location: '
	refused "'$near/x': the server answers 302" inspect "$near/x"
}

@test "a policy holds for what a hub says that it has, and where that leads" {
	local far near no

	export XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	"$LMP" push --hub "file://$T/hub" "$PACKAGE" tool
	web hub
	far=http://$WEB
	: | raw away '302 Found' "Location: $far/index.json"
	: | raw none '404 Not Found'
	raw package '200 OK' <"$PACKAGE"
	answer index.json=away package.json=package app.wasm=none
	near=http://$ANSWER
	no="the policy '$T/policy.json' does not allow"
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
	# That is not as if there were no index.
	run -1 "$LMP" pull --hub "$near" tool -o back
	[[ $output == *"lmp: cannot look into the index: '$near/index.json' leads elsewhere: $no $far/index.json"* ]]
	[ ! -e back ]
	run -1 "$LMP" list --hub "$near"
	[ "${lines[0]}" = "lmp: '$near/index.json' leads elsewhere: $no $far/index.json" ]
	run -1 "$LMP" list --hub "$far"
	[ "${lines[0]}" = "lmp: $no $far/index.json" ]
	run -1 grep GET web.log
	# Of an index nobody knows which digest it should have.
	policy '{"default":"deny","digests":["'"$(digest "$PACKAGE")"'"]}'
	run -0 "$LMP" list --hub "$near"
	[[ ${lines[1]} == "tool "* ]]
	"$LMP" pull --hub "$near" tool -o back
	cmp back "$PACKAGE"
	EUNOMIA_OFFLINE=1 run -0 "$LMP" list --hub "$near"
	# Kept, and no more allowed.
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
	EUNOMIA_OFFLINE=1 run -1 "$LMP" list --hub "$near"
}

@test "a policy holds for the list of a registry" {
	registry
	for name in a b; do
		"$LMP" push --hub "oci://$REGISTRY/ours" "$PACKAGE" "$name:1"
	done
	: | raw none '404 Not Found'
	answer =none
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/ours/b","then":"deny"},
		{"from":"'"$REGISTRY"'/ours/","then":"allow"}]}'
	run -0 "$LMP" list --hub "oci://$REGISTRY/ours" -j
	[ "$(jq -r '.[].name' <<<"$output")" = a ]
	run -1 "$LMP" list --hub "oci://$ANSWER/ours"
	[ "${lines[0]}" = "lmp: the policy '$T/policy.json' does not allow $ANSWER/ours/*" ]
	[ ! -s "asked.$servers" ]
}

@test "a policy holds for where a registry leads" {
	local far near no

	export EUNOMIA_STORE=$T/store
	printf '\0asm\1\0\0\0' >app.wasm
	image app.wasm
	answer manifests=m manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	far=$ANSWER
	for what in "manifests/latest" "blobs/$LAYER"; do
		: | raw "${what%%/*}" '307 Temporary Redirect' \
			"Location: http://$far/v2/b/$what"
	done
	: | raw named '307 Temporary Redirect' \
		"Location: http://$far/v2/b/manifests/$(digest manifest)"
	answer latest=manifests sha256=named "blobs/$CONFIG=c" "blobs/$LAYER=blobs"
	near=$ANSWER
	no="the policy '$T/policy.json' does not allow"
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"}]}'
	refused "'$near/a' leads elsewhere: $no http://$far/v2/b/manifests/latest" \
		pull "$near/a" -o back
	[ ! -s "asked.$((servers - 1))" ]
	# What it is its digest says, and so it is with blobs.
	"$ECLI" pull "$near/a@$(digest manifest)" -o back
	cmp app.wasm back
	grep -q "^GET /v2/b/blobs/$LAYER" "asked.$((servers - 1))"
	rm -r store
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","then":"allow"},
		{"from":"http://'"$far/v2/b/"'","then":"allow"}]}'
	"$ECLI" pull "$near/a" -o back
	# A signature would be demanded, and there is none.
	rm -r store
	"$ECLI" keygen me
	policy '{"default":"deny","rules":[{"from":"'"$near/"'","keys":["me.pub"]}]}'
	refused 'demands a signature' pull "$near/a" -o back
	# Nor does any rule allow it, but what it is.
	policy '{"default":"deny","digests":["sha256:'"$(printf %064d 0)"'"]}'
	refused "$no $near/a, $(digest manifest)" pull "$near/a" -o back
	policy '{"default":"deny","digests":["'"$(digest manifest)"'"]}'
	"$ECLI" pull "$near/a" -o back
	# Where its tokens come from is another matter.
	rm -r store
	printf '{"token":"x"}' | raw token '200 OK'
	answer "=token"
	: | raw away '307 Temporary Redirect' "Location: http://$ANSWER/token"
	answer "=away"
	: | raw who '401 Unauthorized' \
		"WWW-Authenticate: Bearer realm=\"http://$ANSWER/token\""
	answer manifests=who manifests=m "blobs/$CONFIG=c" "blobs/$LAYER=l"
	policy '{"default":"deny","rules":[{"from":"'"$ANSWER/"'","then":"allow"}]}'
	"$ECLI" pull "$ANSWER/a" -o back
	grep -q '^Authorization: Bearer x' "asked.$servers"
}

@test "a policy names digests" {
	registry
	mkdir web
	cp "$PACKAGE" web/package.json
	web web
	pushed x:1
	sum=sha256:$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	policy '{"default":"deny","files":"deny","digests":["'"$sum"'"]}'
	"$ECLI" inspect "$PACKAGE"
	"$ECLI" inspect - <"$PACKAGE"
	"$ECLI" inspect "http://$WEB/package.json"
	refused "does not allow $REGISTRY/x, $DIGEST" inspect "$REGISTRY/x:1"
	# Not under the name that it was fetched by: a server's dates are coarse.
	{ cat "$PACKAGE" && echo; } >package.json
	cp package.json web/other.json
	other=sha256:$(sha256sum <package.json | cut -d' ' -f1)
	refused "does not allow http://$WEB/other.json, $other" \
		inspect "http://$WEB/other.json"
	refused "does not allow the file 'package.json', $other" inspect package.json
	refused "does not allow the file 'package.json', $other" run package.json
	refused "does not allow standard input, $other" inspect - <package.json
	refused "does not allow the file 'file://$T/package.json', $other" \
		inspect "file://$T/package.json"
	refused 'does not allow the file' inspect 'data:,{}'
	policy '{"default":"deny","digests":["'"$DIGEST"'"]}'
	"$ECLI" inspect "$REGISTRY/x:1"
	"$ECLI" inspect --offline "$REGISTRY/x:1"
	pushed x:1 "$OBJ/exec.bpf.o"
	refused "does not allow $REGISTRY/x, $DIGEST" \
		inspect --pull always "$REGISTRY/x:1"
}

@test "a policy holds for archives of images, which are files" {
	registry
	pushed good/x:1
	"$ECLI" inspect "$REGISTRY/good/x:1"
	"$ECLI" save -o x.tar "$REGISTRY/good/x:1"
	sum=sha256:$(sha256sum <x.tar | cut -d' ' -f1)
	export EUNOMIA_STORE=$T/other
	policy '{"default":"allow","files":"deny"}'
	refused "does not allow the file 'x.tar', $sum" load x.tar
	refused "does not allow standard input, $sum" load - <x.tar
	[ "$("$ECLI" images -j)" = '[]' ]
	policy '{"default":"allow","files":"deny","digests":["'"$sum"'"]}'
	"$ECLI" load x.tar
	"$ECLI" inspect --offline "$REGISTRY/good/x:1"
}

@test "a policy holds for the static ecli, too" {
	need plain
	sum=sha256:$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	"$ECLI-static" inspect --digest "$sum" "$PACKAGE"
	run -1 "$ECLI-static" inspect --digest "sha256:$(printf %064d 0)" "$PACKAGE"
	[[ $output == *"it is $sum, and --digest wants"* ]]
	policy '{"default":"deny"}'
	"$ECLI-static" inspect "$PACKAGE"
	policy '{"default":"deny","files":"deny"}'
	run -1 "$ECLI-static" run "$PACKAGE"
	[[ $output == *"does not allow the file '$PACKAGE', $sum" ]]
	policy '{"default":"deny","files":"deny","digests":["'"$sum"'"]}'
	"$ECLI-static" inspect "$PACKAGE"
	policy nonsense
	run -1 "$ECLI-static" inspect "$PACKAGE"
	[[ $output == *'is broken and allows nothing'* ]]
}

@test "a policy demands signatures" {
	registry
	"$ECLI" keygen me
	"$ECLI" keygen -t ecdsa-p256 you
	pushed team/x:1
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/team/","keys":["me.pub","you.pub"]}]}'
	demands="'$REGISTRY/team/x:1': the policy '$T/policy.json' demands a signature: "
	for command in run inspect "pull -o back"; do
		refused "$demands'$DIGEST' is not signed" $command "$REGISTRY/team/x:1"
	done
	# Nothing has been kept of it.
	[ ! -e back ]
	run -0 "$ECLI" images
	[[ $output != *team/x* ]]
	"$ECLI" sign -k you.key "$REGISTRY/team/x:1"
	"$ECLI" pull "$REGISTRY/team/x:1" -o back
	cmp back "$PACKAGE"
	# The signature is in the store as well, where it is looked at each time.
	"$ECLI" inspect "$REGISTRY/team/x:1" >first
	stop_registry
	"$ECLI" inspect "$REGISTRY/team/x:1" >again
	cmp first again
	"$ECLI" inspect --offline "$REGISTRY/team/x:1"
	# Another key is demanded by now.
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/team/","keys":["me.pub"]}]}'
	refused "$demands"'signature 1' inspect --offline "$REGISTRY/team/x:1"
	refused onnect inspect "$REGISTRY/team/x:1"
	# The key as a text, and keys that are not there.
	text=$(awk '{printf "%s\\n", $0}' you.pub)
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/team/","keys":["'"$text"'"]}]}'
	"$ECLI" inspect --offline "$REGISTRY/team/x:1"
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/team/","keys":["you.pub","none.pub"]}]}'
	refused "the policy '$T/policy.json': cannot open '$T/none.pub'" \
		inspect --offline "$REGISTRY/team/x:1"
}

@test "what was signed and tampered with is not run" {
	registry
	"$ECLI" keygen me
	pushed a:1
	"$ECLI" sign -k me.key "$REGISTRY/a:1"
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/*","keys":["me.pub"]}]}'
	first=$DIGEST
	tag=sha256-$(hex "$first")
	layer=$(jq -r '.layers[0].digest' "$(blob "$first")")
	list=$(blob "$(points_to a "$tag.sig")")
	payload=$(jq -r '.layers[0].digest' "$list")
	rm -r "$(tags a)/$tag"

	# The layer.
	cp "$(blob "$layer")" kept
	replace "$(blob "$layer")" bootstrap bootstrbp
	refused "'$REGISTRY' gives other bytes than '$layer'" run "$REGISTRY/a:1"
	cp kept "$(blob "$layer")"
	# The manifest: a tag has no digest of its own, but its signature does.
	cp "$(blob "$first")" kept
	replace "$(blob "$first")" package.json packbge.json
	refused 'is not signed' run "$REGISTRY/a:1"
	cp kept "$(blob "$first")"
	# The payload.
	cp "$(blob "$payload")" kept
	replace "$(blob "$payload")" cosign cosigm
	refused "its payload: '$REGISTRY' gives other bytes than '$payload'" \
		run "$REGISTRY/a:1"
	cp kept "$(blob "$payload")"
	# The signature.
	cp "$list" kept
	value=$(jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' "$list")
	other=A
	[ "${value:9:1}" != A ] || other=B
	replace "$list" "$value" "${value:0:9}$other${value:10}"
	refused "signature and payload are not by the key '$T/me.pub', or were changed" \
		run "$REGISTRY/a:1"
	cp kept "$list"
	# The key.
	mv me.pub own.pub
	"$ECLI" keygen other
	cp other.pub me.pub
	refused "signature and payload are not by the key '$T/me.pub', or were changed" \
		run "$REGISTRY/a:1"
	mv own.pub me.pub
	# The tag.
	pushed a:2 "$OBJ/exec.bpf.o"
	cp -r "$(tags a)/1" tag
	cp -r "$(tags a)/2/." "$(tags a)/1"
	refused "'$DIGEST' is not signed" run "$REGISTRY/a:1"
	cp -r tag/. "$(tags a)/1"
	# None of that is in the store; what is well is, and then changed there.
	run -0 "$ECLI" images
	[[ $output != *"$REGISTRY/a:1"* ]]
	"$ECLI" inspect "$REGISTRY/a:1" >good
	at=$EUNOMIA_STORE/blobs/sha256
	for one in "$layer" "$first" "$payload" "$(points_to a "$tag.sig")"; do
		chmod u+w "$at/$(hex "$one")"
		printf 'x' | dd of="$at/$(hex "$one")" conv=notrunc status=none
		refused 'has other bytes than its name says' inspect --offline "$REGISTRY/a:1"
		# With the registry it is got again.
		"$ECLI" inspect "$REGISTRY/a:1" >again
		cmp good again
	done
	# And what its tag stands for there.
	EUNOMIA_POLICY= "$ECLI" pull "$REGISTRY/a:2" -o other
	jq -c --arg from "$first" --arg to "$DIGEST" \
		'(.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] | endswith("a:1")) | .digest) = $to' \
		"$EUNOMIA_STORE/index.json" >changed
	cp changed "$EUNOMIA_STORE/index.json"
	refused "demands a signature: '$DIGEST' is not signed here" \
		inspect --offline "$REGISTRY/a:1"
	"$ECLI" inspect "$REGISTRY/a:1" >again
	cmp good again
}

@test "what is saved takes its index and its signatures along" {
	registry
	"$ECLI" keygen me
	"$ECLI" keygen other
	"$ECLI" push "$REGISTRY/a:1" x86="$PACKAGE" arm64="$PACKAGE"
	"$ECLI" sign -k me.key "$REGISTRY/a:1"
	# One that is never got, as the first one holds.
	"$ECLI" sign -k other.key "$REGISTRY/a:1"
	policy '{"default":"deny","rules":[{"from":"*/a","keys":["me.pub"]},{"from":"x.y/z","keys":["me.pub"]}]}'
	"$ECLI" inspect "$REGISTRY/a:1" >first
	"$ECLI" images -j | jq 'sort_by(.name)' >before
	"$ECLI" save -o x.tar "$REGISTRY/a:1"
	stop_registry
	EUNOMIA_STORE=$T/there
	run -0 "$ECLI" load x.tar
	[[ ${#lines[@]} = 1 && $output == "$REGISTRY/a:1 sha256:"* ]]
	"$ECLI" images -j | jq 'sort_by(.name)' | cmp before -
	"$ECLI" inspect --offline "$REGISTRY/a:1" | cmp first -
	"$ECLI" save -o again.tar "$REGISTRY/a:1"
	cmp x.tar again.tar
	# Under another name, too.
	EUNOMIA_STORE=$T/named
	"$ECLI" load x.tar x.y/z:2
	"$ECLI" inspect --offline x.y/z:2 >/dev/null
	# They stay as long as what they are of, and go with it.
	"$ECLI" prune
	"$ECLI" inspect --offline x.y/z:2 >/dev/null
	"$ECLI" rm x.y/z:2
	[ "$("$ECLI" images -j | jq length)" = 1 ]
	"$ECLI" prune
	[ "$("$ECLI" images -j)" = '[]' ]
	[ -z "$(ls -A named/blobs/sha256)" ]
}

@test "an index is signed for all that it lists" {
	registry
	"$ECLI" keygen me
	pushed a:amd64
	size=$(stat -c %s "$(blob "$DIGEST")")
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s}]}' \
		"$DIGEST" "$size" >index
	# By its bytes; no program of ours is in the way.
	python3 - "$REGISTRY" <<-'END'
		import http.client, sys
		c = http.client.HTTPConnection(sys.argv[1])
		c.request("PUT", "/v2/a/manifests/1", open("index", "rb").read(),
			  {"Content-Type": "application/vnd.oci.image.index.v1+json"})
		assert c.getresponse().status == 201
	END
	"$ECLI" sign -k me.key "$REGISTRY/a:1"
	index=sha256:$(sha256sum <index | cut -d' ' -f1)
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/*","keys":["me.pub"]}]}'
	"$ECLI" inspect "$REGISTRY/a:1" >first
	refused "'$DIGEST' is not signed" inspect "$REGISTRY/a:amd64"
	"$ECLI" prune
	"$ECLI" inspect --offline "$REGISTRY/a:1" >again
	cmp first again
	"$ECLI" inspect --offline --digest "$index" "$REGISTRY/a:1" >again
	cmp first again
	policy '{"default":"deny","digests":["'"$index"'"]}'
	"$ECLI" inspect --offline "$REGISTRY/a:1" >again
	cmp first again
	# An index that does not list it says nothing of it.
	policy '{"default":"deny","rules":[{"from":"'"$REGISTRY"'/*","keys":["me.pub"]}]}'
	pushed b:1 "$OBJ/exec.bpf.o"
	EUNOMIA_POLICY= "$ECLI" inspect "$REGISTRY/b:1" >other
	sed -i "s,$REGISTRY/b:1,$REGISTRY/a:2," "$EUNOMIA_STORE/index.json"
	jq -c --arg i "$index" '(.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] | endswith("a:2")) | .annotations) += {"vnd.eunomia.index": $i}' \
		"$EUNOMIA_STORE/index.json" >changed
	cp changed "$EUNOMIA_STORE/index.json"
	refused 'demands a signature' inspect --offline "$REGISTRY/a:2"
}

@test "a policy binds what is found by its name, fetched before or not" {
	export EUNOMIA_STORE=$T/store XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	"$LMP" push --hub "file://$T/hub" "$PACKAGE" tool
	web hub
	no="the policy '$T/policy.json' does not allow"
	policy '{"default":"deny"}'
	run -1 "$LMP" pull --hub "http://$WEB" tool
	[[ $output == *"$no http://$WEB/tool/app.wasm"* ]]
	run -1 grep GET web.log
	policy '{"default":"deny","rules":[{"from":"http://127.0.0.1:*/tool/","then":"allow"}]}'
	"$LMP" pull --hub "http://$WEB" tool -o back
	cmp back "$PACKAGE"
	# It is in the cache now, and no more allowed for that.
	policy '{"default":"deny"}'
	rm back
	run -1 "$LMP" pull --hub "http://$WEB" tool -o back
	[[ $output == *"$no http://$WEB/tool/package.json"* ]]
	run -1 "$LMP" pull --offline --hub "http://$WEB" tool -o back
	[ ! -e back ]
	run -1 "$LMP" run --hub "http://$WEB" tool
	# Nor is another than the one that is asked for.
	unset EUNOMIA_POLICY
	none=sha256:$(printf %064d 0)
	run -1 "$LMP" run --digest "$none" --hub "http://$WEB" tool
	[[ $output == *"'http://$WEB/tool/package.json': it is sha256:"*", and --digest wants $none"* ]]
}
