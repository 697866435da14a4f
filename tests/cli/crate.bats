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
		mkdir -p "$CARGO_TARGET_DIR/release"
		echo library >"$CARGO_TARGET_DIR/release/libpackage.a"
		echo unused >"$CARGO_TARGET_DIR/release/libpackage.d"
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
