#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What wit-bindgen makes of our WIT is C and Rust that compiles.

load ../helper

bats_require_minimum_version 1.5.0

VERSION=0.63.0
BPFTOOL=$BUILD/tools/wasm-bpftool

setup_file() {
	# The C and the Rust of it alone: others take as long again.
	WIT_BINDGEN=$("$BATS_TEST_DIRNAME/../../scripts/cargo-tool" \
		wit-bindgen-cli $VERSION --no-default-features \
		--features c,rust)/wit-bindgen
	export WIT_BINDGEN
}

setup() {
	helper_setup
	need wasi program:cargo
}

# wit NAME: of the object of that name, NAME.wit.
wit() {
	"$BPFTOOL" btf dump file "$OBJ/$1.bpf.o" format wit >"$1.wit"
}

@test "WIT of all objects at hand becomes C" {
	n=0
	for file in "$OBJ"/*.bpf.o; do
		name=$(basename "$file" .bpf.o)
		# Some are broken on purpose, or have no types.
		"$BPFTOOL" btf dump file "$file" format wit >"$name.wit" || continue
		[[ $(<"$name.wit") == *'%'*'{'* ]] || continue
		"$WIT_BINDGEN" c --out-dir "$name" "$name.wit"
		clang-16 --target=wasm32-wasi -Wall -Werror -c -o "$name.o" \
			"$name/guest.c"
		n=$((n + 1))
	done
	[ $n -ge 40 ]
}

@test "members by their names in C" {
	wit values
	"$WIT_BINDGEN" c --out-dir . values.wit
	cat >t.c <<-'END'
		#include "guest.h"
		uint64_t sum(bpf_values_bpf_types_value_t *v)
		{
			v->green = BPF_VALUES_BPF_TYPES_COLOR_GREEN;
			v->huge.f0 = 1;
			return v->u8200 + v->inner.deep.y + v->list.ptr[0] +
			       v->grid.ptr[1].ptr[1] + v->across + v->minus_one +
			       v->quoted.len + v->pointer + v->yes;
		}
	END
	clang-16 --target=wasm32-wasi -Wall -Werror -c t.c
}

@test "members by their names in Rust" {
	wit values
	mkdir src
	# No function uses them; without this those with lists are left out.
	"$WIT_BINDGEN" rust --generate-unused-types --out-dir src values.wit
	cat >Cargo.toml <<-END
		[package]
		name = "values"
		version = "0.1.0"
		edition = "2021"
		[dependencies]
		wit-bindgen = { version = "=$VERSION", default-features = false }
	END
	cat >src/lib.rs <<-'END'
		mod guest;
		use guest::bpf::values_bpf::types::{Color, Value};
		pub fn sum(v: &Value) -> u64 {
		    let green = matches!(v.green, Color::Green) as u64;
		    green + v.huge.0 + v.u8200 as u64 + v.list[0] as u64
		        + v.inner.deep.y as u64 + v.grid[1][1] as u64
		        + v.across + v.minus_one as u64 + v.quoted.len() as u64
		}
	END
	cargo check --quiet
}
