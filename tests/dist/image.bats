#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load ../registry
load bare

bats_require_minimum_version 1.5.0

# Without a daemon, and without what a machine has to be set up for.
b() {
	buildah --root "$T/storage" --runroot "$T/running" --storage-driver vfs \
		"$@"
}

teardown() {
	[ ! -d "$T/storage" ] || b rm --all >/dev/null 2>&1 || :
	helper_teardown
}

@test "the image of ecc compiles the folder that is mounted" {
	need root program:buildah program:mmdebstrap
	# What would be pulled from elsewhere is made here.
	base=$(b from scratch)
	b add -q "$base" "$BARE" / || skip "buildah does not work here"
	b commit -q "$base" localhost/bare
	b rm "$base"
	b build -q --isolation chroot --build-arg BASE=localhost/bare -t ecc \
		"$DIST" >out 2>&1 || { tail -n 20 out; false; }
	b inspect --type image ecc >inspected
	[ "$(jq -c .OCIv1.config.Entrypoint inspected)" = \
		'["/usr/local/bin/ecc-container"]' ]
	[ "$(jq -r .OCIv1.config.WorkingDir inspected)" = /src ]
	mkdir src
	cp "$ROOT/examples/bootstrap"/bootstrap.* src/
	image=$(b from localhost/ecc)
	b run --isolation chroot -v "$T/src:/src" "$image" -- \
		/usr/local/bin/ecc-container
	# The same program, compiled here.
	jq -e '.meta.bpf_skel.obj_name == "bootstrap_bpf"' src/package.json
	"$ECLI" inspect src/package.json
	mkdir empty
	run -1 b run --isolation chroot -v "$T/empty:/src" "$image" -- \
		/usr/local/bin/ecc-container
}
