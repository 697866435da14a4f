#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The files for 64-bit ARM, made here, in a guest of that architecture.

load ../helper

bats_require_minimum_version 1.5.0

# What the guest runs: in a system of nothing but busybox, the one file.
job() {
	cat <<-'END'
	set -eu
	mkdir -p root/bin root/tmp root/proc root/sys root/dev root/www
	cp /usr/bin/busybox root/bin/
	ln -s busybox root/bin/sh
	cp ecli-aarch64 root/ecli
	cp ecli-static-aarch64 root/ecli-static
	cp package.json bootstrap.wasm root/
	mv package.json root/www/
	mount -t proc proc root/proc
	mount --rbind /sys root/sys
	mount --rbind /dev root/dev
	cat >root/inside <<-'INSIDE'
		B=/bin/busybox
		while :; do (exit 7) || $B true; done &
		busy=$!
		$B httpd -p 127.0.0.1:8080 -h /www
		/ecli version
		/ecli-static run -j --max-events 1 /package.json
		/ecli run -j --max-events 1 /package.json
		/ecli run -j --max-events 1 http://127.0.0.1:8080/package.json
		/ecli run /bootstrap.wasm | $B head -n 2
		kill $busy
	INSIDE
	env -i PATH=/bin /usr/sbin/chroot root /bin/sh /inside
	END
}

@test "the one file for arm64 runs packages, addresses and Wasm where there is but a shell" {
	need root program:qemu-system-aarch64 program:aarch64-linux-gnu-ld
	"$ROOT/scripts/guests" arm64
	"$ROOT/scripts/dist" -b "$BUILD-dist" -a arm64 "$T"
	[ "$(stat -c %s ecli-aarch64)" -le 19000000 ]
	[ "$(stat -c %s ecli-static-aarch64)" -lt 2097152 ]
	sha256sum -c SHA256SUMS
	cp "$EXAMPLES/bootstrap/package.json" .
	cp "$EXAMPLES/wasm/bootstrap/bootstrap.wasm" .
	job >job
	# Nothing of another build goes along.
	mkdir -p none/tools none/tests none/examples
	BUILD=$T/none EXAMPLES= FILES=$T LIMIT=400 \
		"$ROOT/tests/vm/guest" arm64/6.12 bash job >out
	cat out
	[ "$(sed -n 1p out)" = "$("$ECLI" version)" ]
	[ "$(sed -n 2,4p out | jq -s 'length == 3 and all(.pid > 0)')" = true ]
	[ "$(sed -n 5p out)" = "TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE" ]
	[[ $(sed -n 6p out) =~ ^[0-9:]{8}\ (EXEC|EXIT)\  ]]
}
