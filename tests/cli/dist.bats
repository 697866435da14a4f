#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

# What is to be downloaded, but for what a bare system is needed for: that is in
# tests/dist.

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

MACHINE=$(uname -m)

setup_file() {
	export DIST=$BATS_FILE_TMPDIR/dist
	# Here nothing can be skipped.
	! has plain || ! has program:meson ||
		"$ROOT/scripts/dist" -b "$BUILD-dist" "$DIST" static bundle \
			tar script image
}

setup() {
	helper_setup
	need plain program:meson
}

# A server of what was made, with its files in a folder of the test's own.
served() {
	mkdir served
	ln "$DIST"/* served/ 2>/dev/null || cp "$DIST"/* served/
	web served
	URL=http://$WEB
}

# A system of nothing but busybox, and what is mounted in a running one.
bare() {
	need root program:busybox tracepoint
	mkdir -p root/bin root/tmp root/proc root/sys root/dev
	cp "$(command -v busybox)" root/bin/busybox
	ln -s busybox root/bin/sh
	cp "$DIST/ecli-$MACHINE" root/ecli
}

# inside COMMAND
inside() {
	unshare -m sh -c 'mount -t proc proc root/proc &&
		mount --rbind /sys root/sys && mount --rbind /dev root/dev &&
		exec env -i PATH=/bin:/usr/sbin:/usr/bin:/sbin \
			chroot root /bin/sh -c "$1"' sh "$1"
}

@test "two runs give the same bytes, of a size to be downloaded" {
	"$ROOT/scripts/dist" -b "$BUILD-dist" again static bundle tar script \
		image >out
	cmp again/SHA256SUMS "$DIST/SHA256SUMS"
	(cd again && sha256sum -c SHA256SUMS)
	[ "$(stat -c %s "$DIST/ecli-$MACHINE")" -le 19000000 ]
	[ "$(stat -c %s "$DIST/ecli-static-$MACHINE")" -lt 2097152 ]
	[ "$("$DIST/ecli-static-$MACHINE" version)" = "$("$ECLI" version)" ]
	run -2 "$ROOT/scripts/dist"
	run -1 "$ROOT/scripts/dist" -b "$BUILD-dist" again nothing
}

@test "a file without libraries has no tables to unwind by" {
	need program:readelf
	for file in ecli ecli-static; do
		size=$(readelf -SW "$DIST/$file-$MACHINE" |
			awk '$2 == ".eh_frame" { print $6 }
				$3 == ".eh_frame" { print $7 }')
		((0x${size:-0} < 64))
	done
}

@test "the one file runs packages, addresses and Wasm where there is but a shell" {
	bare
	need wasm guests
	cp "$EXAMPLES/wasm/bootstrap/bootstrap.wasm" root/
	web "$EXAMPLES"
	[ "$(inside '/ecli version')" = "$("$ECLI" version)" ]
	busy='while :; do (exit 7); /bin/busybox true; done & busy=$!'
	inside "$busy; /ecli run http://$WEB/bootstrap/package.json -j \
		--max-events 2; r=\$?; kill \$busy; exit \$r" >events
	[ "$(jq -s 'length == 2 and all(.pid > 0)' events)" = true ]
	inside "$busy; /ecli run /bootstrap.wasm | /bin/busybox head -n 2
		kill \$busy" >wasm
	[ "$(head -n 1 wasm)" = "TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE" ]
	[[ $(tail -n 1 wasm) =~ ^[0-9:]{8}\ (EXEC|EXIT)\  ]]
	# Its name there is the tool that it is.
	ln -s ecli root/lmp
	[ "$(inside '/lmp --version')" = "$("$LMP" --version)" ]
	# Nothing but what it unpacked, which is the caller's alone.
	[ "$(ls -A root/tmp)" = .eunomia-0 ]
	[ "$(stat -c %a root/tmp/.eunomia-0)" = 700 ]
	[ "$(ls -A root/tmp/.eunomia-0 | wc -l)" = 1 ]
}

@test "the one file needs neither /proc nor /tmp" {
	bare
	rmdir root/tmp
	[ "$(env -i "$(command -v chroot || echo /usr/sbin/chroot)" root \
		/ecli version)" = "$("$ECLI" version)" ]
	[ -d root/.eunomia-0 ]
}

@test "what the one file unpacked is used again, mended, and swept" {
	export XDG_CACHE_HOME=$T/cache
	one=$DIST/ecli-$MACHINE
	"$one" version
	at=$(echo cache/eunomia/bundle/*)
	[ "$(basename "$at")" = "$(tail -c 93 "$one" | cut -d ' ' -f 1)" ]
	before=$(stat -c %i "$at/ecli")
	"$one" version
	[ "$(stat -c %i "$at/ecli")" = "$before" ]
	# Cut off, or gone.
	: >"$at/lib/libeunomia.so.0"
	"$one" version
	rm "$at/lib/libjansson.so.4"
	"$one" version
	# What a killed one left, and another version.
	mkdir -p cache/eunomia/bundle/.new/lib cache/eunomia/bundle/old/lib
	touch cache/eunomia/bundle/old/lib/x
	rm "$at/index"
	"$one" version
	[ "$(ls -A cache/eunomia/bundle)" = "$(basename "$at")" ]
	# One that runs is left alone.
	mkdir cache/eunomia/bundle/old
	exec {lock}<cache/eunomia/bundle/old
	flock -s "$lock"
	rm "$at/index"
	"$one" version
	[ -d cache/eunomia/bundle/old ]
	exec {lock}<&-
	# Many at once.
	rm -r cache
	for i in 1 2 3 4 5 6; do
		"$one" version >"version.$i" &
		children+=($!)
	done
	for i in 1 2 3 4 5 6; do wait "${children[i - 1]}"; done
	[ "$(cat version.* | sort -u)" = "$("$ECLI" version)" ]
	[ "$(ls -A cache/eunomia/bundle | wc -l)" = 1 ]
}

@test "the one file trusts no folder of somebody else" {
	bare
	mkdir -p root/var/tmp/.eunomia-0 root/dev/shm root/run
	chown 65534 root/var/tmp/.eunomia-0
	mkdir -m 777 root/elsewhere
	ln -s /elsewhere root/tmp/.eunomia-0
	chmod 777 root/elsewhere
	mkdir -p root/home/.cache/eunomia/bundle
	chmod 777 root/home/.cache/eunomia/bundle
	run -0 unshare -m sh -c 'mount -t tmpfs -o noexec tmpfs root/dev/shm &&
		exec env -i HOME=/home PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			chroot root /ecli version'
	[ "$output" = "$("$ECLI" version)" ]
	[ "$(ls -A root/run/.eunomia-0 | wc -l)" = 1 ]
	[ -z "$(ls -A root/elsewhere root/var/tmp/.eunomia-0 | grep -v :)" ]
	[ -z "$(ls -A root/home/.cache/eunomia/bundle)" ]
}

@test "a one file that is damaged says so" {
	cp "$DIST/ecli-$MACHINE" one
	export XDG_CACHE_HOME=$T/cache
	head -c 5000000 one >cut
	chmod 755 cut
	run -1 ./cut version
	[ "$output" = "ecli: cannot read '$T/cut': it is not whole, download it again" ]
	printf 'damaged' | dd of=one bs=1 seek=5000000 conv=notrunc status=none
	run -1 ./one version
	[[ $output == *"the file is damaged, download it again"* ]]
	[ -z "$(ls -A cache/eunomia/bundle)" ]
}

@test "install.sh installs the one file" {
	need program:curl program:busybox
	served
	for with in curl wget; do
		# Only one of the two is there, and that may be a small one.
		mkdir "$with"
		for name in sh sha256sum cut sed grep mkdir mktemp rm mv cp ln \
			chmod id uname gzip tar find cat; do
			ln -s "$(command -v $name)" "$with/$name"
		done
		ln -s "$(command -v "${with/wget/busybox}")" "$with/$with"
		run -0 env -i HOME="$T" PATH="$T/$with" XDG_CACHE_HOME="$T/cache" \
			sh served/install.sh --url "$URL" --prefix "$T/p.$with"
		[[ $output == *"downloading $URL/ecli-$MACHINE"* ]]
		[[ $output == *"install: installed $T/p.$with/bin: ecli lmp wasm-bpf wasm-bpftool"* ]]
		[[ $output == *"$T/p.$with/bin is not in PATH"* ]]
		cmp "p.$with/bin/ecli" "$DIST/ecli-$MACHINE"
		[ "$(p.$with/bin/lmp --version)" = "$("$LMP" --version)" ]
	done
	# Through a pipe, as the one line has it; again over what is there.
	curl -fsS "$URL/install.sh" |
		EUNOMIA_URL=$URL PREFIX=$T/p.curl sh >out
}

@test "install.sh installs all, wherever that is" {
	served
	need ecc
	run -0 sh served/install.sh --all --url "$URL/" --prefix "$T/away"
	[ "$(away/bin/ecli version)" = "$("$ECLI" version)" ]
	cp "$ROOT/examples/bootstrap"/bootstrap.* .
	away/bin/lmp build bootstrap.bpf.c
	[ -s package.json ]
	# All its own, wherever it lies.
	mv away elsewhere
	ldd elsewhere/bin/ecli | grep libeunomia | grep -q "$T/elsewhere/bin/../lib"
	ldd elsewhere/bin/ecli | grep libbpf | grep -q "$T/elsewhere/bin/../lib"
	run -1 elsewhere/bin/ecli run http://127.0.0.1:1/x
	[[ $output != *"not installed"* ]]
	run -0 elsewhere/bin/lmp gen-wasm-skel package.json
	[ -s eunomia-include/bpf-print.h ]
	dangling=$(find elsewhere -xtype l)
	[ -z "$dangling" ]
}

@test "install.sh refuses what is not as it should be" {
	served
	cp --remove-destination served/SHA256SUMS sums
	cp sums served/SHA256SUMS.new && mv served/SHA256SUMS.new served/SHA256SUMS
	install() {
		run "$1" sh served/install.sh --url "$URL" --prefix "$T/p"
		[ ! -e p ]
	}
	# A wrong digest.
	sed -i "s/^..../0000/" served/SHA256SUMS
	install -1
	[[ $output == *"ecli-$MACHINE is not what SHA256SUMS says: its SHA-256 is "*"; nothing was installed"* ]]
	# None of it.
	grep -v " ecli-$MACHINE" sums >served/SHA256SUMS
	install -1
	[[ $output == *"install: there is no eunomia "*" for $MACHINE at $URL"* ]]
	# Neither file.
	rm served/SHA256SUMS
	install -1
	[[ $output == *"install: cannot download '$URL/SHA256SUMS'"* ]]
	run -2 sh served/install.sh --nothing
	run -0 sh served/install.sh --help
	[[ $output == *"--prefix DIR"* ]]
	run -1 env -u EUNOMIA_URL sh served/install.sh
	[ "$output" = "install: from where? Give --url or set EUNOMIA_URL" ]
	DIST_URL=https://example.org/e "$ROOT/scripts/dist" -b "$BUILD-dist" \
		here script >out
	grep -q 'EUNOMIA_URL:-https://example.org/e}' here/install.sh
	# Half of it does nothing.
	head -c 3000 "$DIST/install.sh" >half
	run sh half --url "$URL" --prefix "$T/p"
	[ ! -e p ]
}

@test "the image's command takes one program and at most one header" {
	need ecc
	mkdir bin src
	ln -s "$ECC" bin/ecc
	export PATH=$T/bin:$PATH SRC=$T/src
	entry=$DIST/ecc-container
	run -1 "$entry"
	[ "$output" = "ecc: no *.bpf.c in $T/src: mount the program's folder, -v \"\$PWD:/src\"" ]
	cp "$ROOT/examples/bootstrap"/bootstrap.* src/
	run -0 "$entry"
	jq -e '.meta.export_types[0].name == "event"' src/package.json
	# A header of the object's own is none; OPTIONs are for ecc.
	mv src/bootstrap.h src/bootstrap.bpf.h
	sed -i 's/"bootstrap.h"/"bootstrap.bpf.h"/' src/bootstrap.bpf.c
	echo 'no C' >src/another.h
	echo 'no C' >src/other.h
	rm src/package.json
	run -0 "$entry" -y
	[ -s src/package.yaml ]
	rm src/bootstrap.bpf.h
	run -1 "$entry"
	[ "$output" = "ecc: 2 headers (*.h) in $T/src, and it may be one: another.h other.h" ]
	rm src/other.h
	cp src/bootstrap.bpf.c src/two.bpf.c
	run -1 "$entry"
	[[ $output == "ecc: 2 programs (*.bpf.c) in $T/src"* ]]
	run -1 env SRC=/nowhere "$entry"
	[[ $output == *"mount the program's folder"* ]]
}

@test "what the image makes belongs to whose folder it is" {
	need ecc root
	mkdir bin src
	ln -s "$ECC" bin/ecc
	cp "$ROOT/examples/bootstrap"/bootstrap.* src/
	chown 65534:65534 src
	PATH=$T/bin:$PATH SRC=$T/src "$DIST/ecc-container"
	[ "$(stat -c %u:%g src/package.json)" = 65534:65534 ]
	[ "$(stat -c %u:%g src/bootstrap.bpf.o)" = 65534:65534 ]
}
