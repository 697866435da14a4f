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
	own_folders
}

# asked: how many requests the registry has answered.
asked() {
	grep -c 'http.response.status' "$T"/err.* || :
}

# inspected ARGUMENT...: the package alone, which has no name of an image.
inspected() {
	"$ECLI" inspect "$@" >inspected.out || return
	perl -0pe 's/\nImage .*//s' inspected.out
}

# ---- sources

@test "the registry is asked for what is missing, always, or never" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	run -1 "$ECLI" inspect --pull never "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a:latest': the store does not have it, and '--pull never' asks nobody" ]
	inspected "$REGISTRY/a" >first
	before=$(asked)
	inspected --pull never "$REGISTRY/a" >second
	inspected --pull missing "$REGISTRY/a" >third
	cmp first second
	cmp first third
	[ "$(asked)" = "$before" ]
	# Another one is there by now.
	"$ECLI" push -m "$OBJ/exec.bpf.o" "$REGISTRY/a"
	inspected "$REGISTRY/a" >second
	cmp first second
	inspected --pull always "$REGISTRY/a" >second
	run -1 cmp first second
	inspected "$REGISTRY/a" >third
	cmp second third
	stop_registry
	inspected "$REGISTRY/a" >third
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
	inspected "$REGISTRY/a:1" >first
	stop_registry
	inspected "$REGISTRY/a@$(sed 's/.*@//' pushed)" >second
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
	inspected "$REGISTRY/a" >first
	inspected "http://$WEB/x.json" >/dev/null
	before=$(asked) seen=$(wc -l <web.log)
	inspected --offline "$REGISTRY/a" >second
	cmp first second
	inspected --offline --pull always "$REGISTRY/a" >second
	cmp first second
	inspected --offline "http://$WEB/x.json" >second
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
	EUNOMIA_OFFLINE=0 inspected "$REGISTRY/b" >second
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
	echo secret | inspected -u me --password-stdin "$REGISTRY/a" >first
	inspected --pull always --username me --password secret "$REGISTRY/a" >second
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
	inspected --explain "$REGISTRY/a" >/dev/null 2>said
	cmp said - <<-END
		ecli: no file is called '$REGISTRY/a': it is a reference, as it begins with a host, '$REGISTRY'
		ecli: the store '$T/store' does not have it
		ecli: '$REGISTRY' is asked for it
		ecli: '$REGISTRY/a:latest' is $digest
	END
	inspected --explain "oci://$REGISTRY/a" >/dev/null 2>said
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

@test "what an image is, beside its package" {
	registry
	"$ECLI" push -m "$PACKAGE" -a org.opencontainers.image.licenses=MIT "$REGISTRY/a" >pushed
	digest=$(sed 's/.*@//' pushed)
	inspected -j "$REGISTRY/a" >said.json
	[ "$(jq -r .image.name said.json)" = "$REGISTRY/a:latest" ]
	[ "$(jq -r .image.digest said.json)" = "$digest" ]
	manifest=$EUNOMIA_STORE/blobs/sha256/${digest#*:}
	[ "$(jq .image.size said.json)" = $(($(wc -c <"$manifest") + 2 + $(wc -c <"$PACKAGE"))) ]
	[ "$(jq -c .image.annotations said.json)" = "$(jq -c .annotations "$manifest")" ]
	[ "$(jq -c '[.image.layers[] | [.digest, .size, .type, .title]]' said.json)" = "$(jq -c '[.layers[] | [.digest, .size, .mediaType, .annotations["org.opencontainers.image.title"]]]' "$manifest")" ]
	[ "$(jq -r .image.platform said.json)" = null ]
	run -0 "$ECLI" inspect "$REGISTRY/a"
	[[ $output == *"Image $REGISTRY/a:latest"* ]]
	[[ $output == *"  $digest, $(jq .image.size said.json) bytes in all"* ]]
	[[ $output == *'  org.opencontainers.image.licenses=MIT'* ]]
	[[ $output == *"  $(jq -r '.layers[0].digest' "$manifest") "* ]]
	# A file is none.
	[ "$(inspected -j "$PACKAGE" | jq .image)" = null ]
}

# ---- what the store is safe from

# whole: that every blob has the digest that it is called by, and all that the
# index names is there.
whole() {
	local f digest

	for f in "$EUNOMIA_STORE"/blobs/sha256/*; do
		[ -e "$f" ] || continue
		[ "$(sha256sum <"$f" | cut -d' ' -f1)" = "${f##*/}" ]
	done
	[ -e "$EUNOMIA_STORE/index.json" ] || return 0
	jq -r '.manifests[].digest' "$EUNOMIA_STORE/index.json" |
		while IFS=: read -r _ digest; do
			f=$EUNOMIA_STORE/blobs/sha256/$digest
			for digest in $(jq -r '.config.digest, .layers[].digest' "$f"); do
				[ -e "$EUNOMIA_STORE/blobs/sha256/${digest#*:}" ]
			done
		done
}

@test "a pull that is killed leaves a store that is whole" {
	need plain
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m "$OBJ/exec.bpf.o" "$REGISTRY/b"
	COUNT=$T/count LD_PRELOAD=$OBJ/torn.so "$ECLI" pull "$REGISTRY/a" -o back
	calls=$(<count)
	[ "$calls" -gt 20 ]
	"$ECLI" pull "$REGISTRY/b" -o other
	mv store before
	killed=0
	for ((n = 1; n <= calls; n++)); do
		rm -rf store
		# What another name stands for stays; there is less to do then.
		[ $((n % 2)) = 0 ] || cp -r before store
		# Or it may write less often: all of a blob may come at once.
		run env COUNT="$T/count" DIE_AFTER=$n LD_PRELOAD="$OBJ/torn.so" \
			"$ECLI" pull "$REGISTRY/a" -o back
		[ "$status" = 137 ] || [ "$status,$(($(<count) < n))" = 0,1 ]
		killed=$((killed + (status == 137)))
		whole
		[ $((n % 2)) = 0 ] || inspected --pull never "$REGISTRY/b" >/dev/null
		"$ECLI" pull "$REGISTRY/a" -o back
		cmp "$PACKAGE" back
		whole
		"$ECLI" prune
		[ -z "$(ls -A store/blobs/sha256 | grep '^\.')" ]
		[ "$(cd store; echo *)" = 'blobs blobs.lock index.json index.lock oci-layout' ]
	done
	[ $killed -gt 20 ]
}

@test "several pulls of one image at once" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	for n in 1 2 3 4 5 6 7 8; do
		start "$ECLI" pull "$REGISTRY/a" -o "back.$n"
		pids[n]=$PID
		# Others prune meanwhile.
		start "$ECLI" prune
		pids[n + 8]=$PID
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for n in 1 2 3 4 5 6 7 8; do
		cmp "$PACKAGE" "back.$n"
	done
	whole
	[ "$("$ECLI" images -j | jq length)" = 1 ]
	inspected --pull never "$REGISTRY/a" >/dev/null
}

@test "a disk that is full" {
	need root program:unshare
	registry
	head -c 300000 /dev/urandom | base64 | jq -R . | jq -s . >words
	jq --slurpfile w words '.meta.words = $w' "$PACKAGE" >large.json
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m large.json "$REGISTRY/large"
	mkdir small
	cat >inside <<-'END'
		mount -t tmpfs -o size=256k none small
		export EUNOMIA_STORE=$PWD/small/store
		"$ECLI" pull "$REGISTRY/a" -o back
		"$ECLI" pull "$REGISTRY/large" -o large && exit 1
		[ ! -e large ]
		ls -A small/store/blobs/sha256 | grep '^\.' && exit 1
		cp -r small/store copy
		# The reference stands for nothing that is not there.
		[ "$("$ECLI" images -j | jq length)" = 1 ]
		"$ECLI" inspect --pull never "$REGISTRY/a" >/dev/null
	END
	export ECLI REGISTRY
	run -0 unshare -m bash -e inside
	[[ $output == *"cannot write to '$T/small/store/blobs/sha256': No space left on device"* ]]
	EUNOMIA_STORE=$T/copy
	whole
}

@test "a store that cannot be written to" {
	need root program:unshare
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/b"
	"$ECLI" inspect "$REGISTRY/a" >first
	cat >inside <<-'END'
		mount --bind -o ro store store
		"$ECLI" inspect "$REGISTRY/a" | cmp first -
		"$ECLI" images | grep -q "$REGISTRY/a"
		exec "$ECLI" inspect "$REGISTRY/b"
	END
	export ECLI REGISTRY
	run -1 unshare -m bash -e inside
	[ "$output" = "ecli: '$REGISTRY/b:latest': cannot open '$T/store/blobs.lock': Read-only file system" ]
	blob=store/blobs/sha256/$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	chmod u+w "$blob"
	printf '{ ' | dd of="$blob" conv=notrunc status=none
	sed -i 's,^exec.*,exec "$ECLI" inspect --pull never "$REGISTRY/a",; /images/d; /cmp/d' inside
	run -1 unshare -m bash -e inside
	[ "$output" = "ecli: '$REGISTRY/a:latest': '$T/$blob' has other bytes than its name says" ]
	run -1 "$ECLI" inspect --pull never "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a:latest': '$T/$blob' has other bytes than its name says, and is removed" ]
}

@test "a store of somebody else's" {
	need root
	mkdir store
	chown 4321 store
	run -1 "$ECLI" images
	[ "$output" = "ecli: the store '$T/store' belongs to another user (4321): have EUNOMIA_STORE name one of your own" ]
	[ -z "$(ls store)" ]
	chown 0 store
	chmod 777 store
	run -1 "$ECLI" inspect x.y/z
	[ "$output" = "ecli: 'x.y/z:latest': anybody can write to the store '$T/store': 'chmod o-w' it, or have EUNOMIA_STORE name another" ]
	[ -z "$(ls store)" ]
	EUNOMIA_STORE=$T/other EUNOMIA_STORE_MAX=x run -1 "$ECLI" images
	[ ! -e other ]
	unset EUNOMIA_STORE XDG_DATA_HOME HOME
	run -1 "$ECLI" images
	[ "$output" = 'ecli: no place for what is pulled: set HOME or EUNOMIA_STORE' ]
}

@test "an index that is broken, or long" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/b"
	inspected "$REGISTRY/a" >first
	index=$EUNOMIA_STORE/index.json
	cp "$index" good
	for bad in '' '{' '[]' '{"manifests":{}}' '{"manifests":7}'; do
		printf %s "$bad" >"$index"
		run -1 "$ECLI" inspect "$REGISTRY/a"
		[[ $output == "ecli: '$REGISTRY/a:latest': '$index'"* ]]
		# Nothing is thrown away that it may have named.
		run -1 "$ECLI" prune
		[[ $output == "ecli: '$index'"* ]]
	done
	# What is no descriptor is passed over; and what nobody can read stays.
	jq '.manifests += [7, null, {}, {"digest": "x"}]' good >"$index"
	inspected --pull never "$REGISTRY/a" | cmp first -
	run -1 "$ECLI" prune
	# 100,000 others in front of it.
	jq -c '.manifests |= [range(100000) as $i | .[0] | .annotations |= {"org.opencontainers.image.ref.name": "x.y/z:\($i)"}] + .' good >"$index"
	inspected --pull never "$REGISTRY/a" | cmp first -
	"$ECLI" pull "$REGISTRY/b" -o back
	"$ECLI" rm x.y/z:77777
	inspected --pull never "$REGISTRY/b" | cmp first -
	[ "$(jq '.manifests | length' "$index")" = 100001 ]
	run -0 "$ECLI" prune
	[ "$output" = '0 bytes' ]
}

@test "what cannot be read is not taken for something that needs nothing" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a" >pushed
	"$ECLI" inspect "$REGISTRY/a" >first
	manifest=$EUNOMIA_STORE/blobs/sha256/$(sed 's/.*@sha256://' pushed)
	mv "$manifest" kept
	# Too long to be one.
	head -c 5M /dev/zero >"$manifest"
	run -1 "$ECLI" prune
	[[ $output == *"'$manifest' is larger than"* ]]
	mv kept "$manifest"
	"$ECLI" inspect --offline "$REGISTRY/a" | cmp first -
	# The list of the names: what is there is not written over.
	index=$EUNOMIA_STORE/index.json
	mv "$index" kept
	ln -s index.json "$index"
	run -1 "$ECLI" images
	[[ $output == *"'$index'"* ]]
	run -1 "$ECLI" pull "$REGISTRY/a" -o back
	[ -L "$index" ]
	mv kept "$index"
	"$ECLI" inspect --offline "$REGISTRY/a" | cmp first -
}

@test "what is pushed needs no store" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	[ ! -e store ]
	# One that is there knows of other repositories.
	inspected "$REGISTRY/a" >/dev/null
	before=$(ls -R store)
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/b"
	[ "$(ls -R store)" = "$before" ]
}

@test "the size of the store has a limit" {
	registry
	size=$(wc -c <"$PACKAGE")
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	jq . "$PACKAGE" >other.json
	"$ECLI" push -m other.json "$REGISTRY/b"
	export EUNOMIA_STORE_MAX=$((size * 3 / 2))
	inspected "$REGISTRY/a" >first
	run -1 "$ECLI" inspect "$REGISTRY/b"
	[ "$output" = "ecli: '$REGISTRY/b:latest': the store '$T/store' is full, its limit (EUNOMIA_STORE_MAX) is $EUNOMIA_STORE_MAX bytes: 'ecli rm' what is not needed, then 'ecli prune'" ]
	# What has a name stays.
	inspected --pull never "$REGISTRY/a" >second
	cmp first second
	whole
	# What has none goes by itself.
	"$ECLI" rm "$REGISTRY/a"
	run -0 --separate-stderr "$ECLI" inspect --explain "$REGISTRY/b"
	[[ $stderr == *"there was no room: "*" bytes that nothing needed are removed"* ]]
	[ ! -e "store/blobs/sha256/$(sha256sum <"$PACKAGE" | cut -d' ' -f1)" ]
	whole
	for bad in x 12x -1 1KK 99999999999G; do
		EUNOMIA_STORE_MAX=$bad run -1 "$ECLI" images
		[ "$output" = "ecli: EUNOMIA_STORE_MAX: '$bad' is no size: 500M, 4G, or bytes" ]
	done
	EUNOMIA_STORE_MAX=1G inspected "$REGISTRY/a" | cmp first -
}

@test "what is kept of web servers has a limit" {
	need program:python3
	mkdir www
	cp "$PACKAGE" www/x.json
	web www
	inspected "http://$WEB/x.json" >first
	[ "$(ls cache/eunomia/http | wc -l)" = 1 ]
	mine=$(ls cache/eunomia/http)
	touch -d '1 hour ago' "cache/eunomia/http/$mine"
	for n in {001..255}; do
		touch -d '2 hours ago' "cache/eunomia/http/$n"
	done
	touch -d '3 hours ago' cache/eunomia/http/200
	cp "$PACKAGE" www/y.json
	inspected "http://$WEB/y.json" | cmp first -
	[ "$(ls cache/eunomia/http | wc -l)" = 256 ]
	[ ! -e cache/eunomia/http/200 ]
	# Very large ones count by their bytes, and what was used last stays last.
	inspected "http://$WEB/x.json" | cmp first -
	truncate -s 255M cache/eunomia/http/100
	truncate -s 255M cache/eunomia/http/101
	touch -d '2 hours ago' cache/eunomia/http/10[01]
	cp "$PACKAGE" www/z.json
	inspected "http://$WEB/z.json" | cmp first -
	[ ! -e cache/eunomia/http/100 ]
	[ -e "cache/eunomia/http/$mine" ]
}

# ---- save and load

@test "images go to a file and come from it" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a:1" >pushed
	"$ECLI" push -m "$OBJ/exec.bpf.o" "$REGISTRY/b"
	inspected "$REGISTRY/a:1" >a
	inspected "$REGISTRY/b" >b
	"$ECLI" save -o x.tar "$REGISTRY/a:1" "$REGISTRY/b"
	"$ECLI" save -o - "$REGISTRY/a:1" "$REGISTRY/b" | cmp - x.tar
	run -0 "$ECLI" images -j
	before=$output
	stop_registry
	rm -r store
	run -0 "$ECLI" load x.tar
	[ "${lines[0]}" = "$REGISTRY/a:1 $(sed 's/.*@//' pushed)" ]
	[[ ${lines[1]} == "$REGISTRY/b:latest sha256:"* ]]
	run -0 "$ECLI" images -j
	[ "$output" = "$before" ]
	whole
	inspected "$REGISTRY/a:1" | cmp a -
	inspected "$REGISTRY/b" | cmp b -
	"$ECLI" save -o y.tar "$REGISTRY/a:1" "$REGISTRY/b"
	cmp x.tar y.tar
	# One of them, under another name, by a pipe.
	"$ECLI" save -o one.tar "$REGISTRY/a:1"
	run -0 "$ECLI" load - x.y/z:2 <one.tar
	inspected --pull never x.y/z:2 | cmp a -
	run -1 "$ECLI" load x.tar x.y/z
	[ "$output" = "ecli: 'x.tar': it has 2 images: a name is for one" ]
	run -1 "$ECLI" save -o no.tar x.y/none
	[ "$output" = "ecli: there is no 'x.y/none:latest' here" ]
	[ ! -e no.tar ]
	run -2 "$ECLI" save x.y/z:2
	[ "${lines[0]}" = 'ecli: no file given: -o FILE.tar' ]
	run -2 "$ECLI" load
}

@test "skopeo reads what was saved, and what it wrote is loaded" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a:1" >pushed
	digest=$(sed 's/.*@//' pushed)
	inspected "$REGISTRY/a:1" >a
	"$ECLI" save -o x.tar "$REGISTRY/a:1"
	skopeo copy -q oci-archive:x.tar "docker://$REGISTRY/b:2" --dest-tls-verify=false
	inspected "$REGISTRY/b@$digest" | cmp a -
	skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/b:2" \
		"oci-archive:y.tar:$REGISTRY/c:3"
	run -0 "$ECLI" load y.tar
	[ "$output" = "$REGISTRY/c:3 $digest" ]
	inspected --pull never "$REGISTRY/c:3" | cmp a -
	# It need not have a name, or have a tag for one.
	for name in '' :latest; do
		rm y.tar
		skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/b:2" "oci-archive:y.tar$name"
		run -1 "$ECLI" load y.tar
		[ "$output" = "ecli: 'y.tar': an image of it has no name: say one behind the file" ]
		run -0 "$ECLI" load y.tar x.y/z
		[ "$output" = "x.y/z:latest $digest" ]
	done
}

@test "archives that are no images, or bad ones" {
	registry
	"$ECLI" push -m "$PACKAGE" "$REGISTRY/a"
	"$ECLI" pull "$REGISTRY/a" -o back
	"$ECLI" save -o x.tar "$REGISTRY/a"
	rm -r store
	refused() {
		run -1 "$ECLI" load "$1"
		[ "$output" = "ecli: '$1': $2" ] || {
			echo "$output"
			return 1
		}
		[ "$("$ECLI" images -j)" = '[]' ]
		whole
	}
	tar -cf p.tar -C "${PACKAGE%/*}" package.json
	refused p.tar "it is no archive of images: it has no 'oci-layout'"
	cp "$PACKAGE" p.json
	run -1 "$ECLI" load p.json
	: >empty
	refused empty "it is no archive of images: it has no 'oci-layout'"
	run -1 "$ECLI" load none.tar
	mkdir x
	tar -C x -xf x.tar
	blob=blobs/sha256/$(sha256sum <"$PACKAGE" | cut -d' ' -f1)
	# Bytes that are not its digest's.
	chmod u+w x/$blob
	cp x/$blob kept
	printf '{ ' | dd of=x/$blob conv=notrunc status=none
	tar -C x -cf bad.tar .
	refused bad.tar "'$blob' of the archive: these are not the bytes of 'sha256:${blob##*/}'"
	# Nothing there, or a link.
	rm x/$blob
	tar -C x -cf bad.tar .
	refused bad.tar "'$REGISTRY/a:latest': its 'sha256:${blob##*/}' is not there"
	ln -s /etc/passwd x/$blob
	tar -C x -cf bad.tar .
	refused bad.tar "'$REGISTRY/a:latest': its 'sha256:${blob##*/}' is not there"
	rm x/$blob
	cp kept x/$blob
	# What would lie elsewhere.
	echo hello >evil
	tar -P -C x -cf bad.tar . ../evil
	refused bad.tar "a file of the archive is called '../evil', which lies outside of it"
	tar -P -C x -cf bad.tar . "$T/evil"
	refused bad.tar "a file of the archive is called '$T/evil', which lies outside of it"
	cp evil x/blobs/sha256/evil
	tar -C x -cf bad.tar .
	refused bad.tar "'blobs/sha256/evil' of the archive has no digest for a name"
	rm x/blobs/sha256/evil
	for index in '' '{' '[]' '{"manifests":[]}' '{"manifests":[{}]}'; do
		printf %s "$index" >x/index.json
		tar -C x -cf bad.tar .
		run -1 "$ECLI" load bad.tar
		[ "$("$ECLI" images -j)" = '[]' ]
	done
	# Cut off anywhere.
	size=$(wc -c <x.tar)
	for ((n = 0; n < size - 1536; n += 509)); do
		head -c $n x.tar >cut.tar
		# Nothing is here that it may lack.
		rm -rf store
		run -1 "$ECLI" load cut.tar
	done
	[ "$("$ECLI" images -j)" = '[]' ]
	"$ECLI" load x.tar
	inspected --pull never "$REGISTRY/a" >/dev/null
}
