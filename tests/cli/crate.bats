#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/crate: Rust libraries, built once and kept. Cargo is played by scripts.

load ../helper

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	export EUNOMIA_CACHE=$T/cache
	PATH=$T/bin:$PATH
	mkdir bin package
	tool rustc "[ \$1 = -vV ] || echo 'rustc 1.85.0 (4d91de4e4 2025-02-17)'"
	tool cargo 'case $1 in
	build)
		echo built >>"'"$T"'/builds"
		to=$CARGO_TARGET_DIR
		while [ $# -gt 1 ]; do
			[ "$1" != --target ] || to=$to/$2
			shift
		done
		mkdir -p "$to/release"
		echo "library$CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS" \
			>"$to/release/libpackage.a"
		echo unused >"$to/release/libpackage.d"
		;;
	metadata)
		echo "{\"manifest_path\":\"'"$T"'/dependency/Cargo.toml\"}"
		;;
	esac'
	mkdir -p dependency/include
	echo header >dependency/include/dependency.h
	for f in Cargo.toml Cargo.lock lib.rs; do
		echo "$f" >package/$f
	done
	echo 'rust-version = "1.78"' >>package/Cargo.toml
}

tool() {
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

crate() {
	"$ROOT/scripts/crate" "$@"
}

@test "a library is built once, with the headers of what it is made of" {
	run -1 crate where package
	[ "$output" = "" ]
	at=$(crate build package)
	[ "$at" = "$(crate build package)" ]
	[ "$at" = "$(crate where package)" ]
	[ "$(wc -l <builds)" = 1 ]
	[ "$(cat "$at/libpackage.a")" = library ]
	[ "$(cat "$at/include/dependency.h")" = header ]
	# Nothing else is kept.
	[ "$(ls "$at")" = "include
libpackage.a" ]
	[ "$(ls -A cache/crates)" = "$(basename "$at")" ]
}

@test "other sources and other toolchains make another" {
	first=$(crate build package)
	for f in Cargo.toml Cargo.lock lib.rs; do
		echo more >>package/$f
		run -1 crate where package
		crate build package
	done
	mkdir package/.cargo
	echo settings >package/.cargo/config.toml
	run -1 crate where package
	crate build package
	tool rustc 'echo "rustc 1.86.0"'
	run -1 crate where package
	crate build package
	[ "$(wc -l <builds)" = 6 ]
	[ -d "$first" ]
}

@test "without a toolchain, or with an old one, any library will do" {
	at=$(crate build package)
	tool rustc 'echo "rustc 1.63.0"'
	run -1 crate toolchain package
	[ "$(crate where package)" = "$at" ]
	rm -r cache
	run -1 crate build package
	[ "$output" = 'crate: no cargo and rustc 1.78 or later' ]
}

@test "for another machine it is built with the library of that" {
	[ "$(uname -m)" != aarch64 ] || skip "this machine is the other one"
	export DEBIAN_BIN=$T/bin
	run -1 crate build package aarch64
	[ "$output" = 'crate: first scripts/guests -r arm64' ]
	mkdir -p cache/roots/arm64
	standard=$T/cache/rust/aarch64-unknown-linux-gnu-$(rustc -vV | sha256sum |
		cut -c1-12)
	mkdir -p "$standard"
	own=$(crate build package)
	run -1 crate where package aarch64
	at=$(crate build package aarch64)
	[ "$at" = "$(crate where package aarch64)" ]
	[ "$at" != "$own" ]
	[ "$(crate where package)" = "$own" ]
	grep -q -e "^library-L $standard .*--sysroot=$T/cache/roots/arm64" \
		"$at/libpackage.a"
	run -2 crate where package m68k
	[ "$output" = 'usage: crate where|build|toolchain DIR [MACHINE]' ]
}

@test "what cannot be built leaves nothing" {
	tool cargo 'exit 101'
	run -101 crate build package
	[ "$(ls -A cache/crates)" = "" ]
	run -1 crate where package
}

@test "the packages are locked" {
	for toml in "$ROOT"/src/*/*/Cargo.toml; do
		[ -s "${toml%.toml}.lock" ]
	done
}
