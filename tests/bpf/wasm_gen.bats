#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is generated for guests, and how they are built with it.

load ../helper
load fire
load wasm

setup() {
	helper_setup
	need root wasm wasi
}

# In any order, and twice: types that several have are there once.
@test "what is generated of all objects at hand compiles, as C and C++" {
	n=0
	for file in "$OBJ"/*.bpf.o; do
		name=$(basename "$file" .bpf.o)
		[ "$name" != empty ] || continue
		skeleton "$name"
		"$BPFTOOL" btf dump file "$file" format c -j >"$name.wasm.h"
		"$BPFTOOL" gen printers "$file" >"$name.print.h"
		printf '#include "%s"\n' "$name".{skel,wasm,print,wasm}.h >t.c
		printf '#include "%s"\n' "$name".{print,wasm,skel,wasm}.h >t.cc
		for src in t.c t.cc; do
			echo 'int main(void) { return 0; }' >>$src
			clang-16 --target=wasm32-wasi -Wall -Wextra -Werror -I. \
				-I"$ROOT/include/wasm" -fsyntax-only $src
		done
		n=$((n + 1))
	done
	[ $n -ge 40 ]
}

@test "skeletons and headers compile as C++" {
	skeleton sdk
	"$BPFTOOL" btf dump file "$OBJ/values.bpf.o" format c -j >values.h
	cat >t.cc <<-'END'
		#include "sdk.skel.h"
		#include "values.h"
		#ifdef __STRICT_ANSI__
		#define x
		#endif
		extern "C" int start(void);
		int start(void)
		{
			struct sdk_bpf *s = sdk_bpf::open();
			if (!s || sdk_bpf::load(s) || sdk_bpf::attach(s))
				return 1;
			s->bss->count = sizeof(struct value);
			sdk_bpf::destroy(s);
			return 0;
		}
	END
	for std in c++11 c++17 gnu++20; do
		clang++-16 --target=wasm32-wasi -std=$std -O1 -Wall -Wextra \
			-Werror -I"$ROOT/include/wasm" -c t.cc
	done
}

# The same event by a guest, and by "ecli run" in both forms.
@test "printers: a guest's line is that of ecli run" {
	skeleton values
	"$BPFTOOL" gen printers "$OBJ/values.bpf.o" >values.print.h
	"$BPFTOOL" btf dump file "$OBJ/values.bpf.o" format c -j >values.h
	cat >lines.c <<-'END'
		#include "values.skel.h"
		#include "values.h"
		#include "values.print.h"
		static int on(void *ctx, void *data, size_t size)
		{
			value__print_json(stdout, data);
			value__print_text(stdout, data);
			return -1;
		}
		int main(int argc, char **argv)
		{
			struct values_bpf *s = values_bpf__open();
			struct bpf_buffer *b;

			s->rodata->magic = atoi(argv[1]);
			if (values_bpf__load(s) || values_bpf__attach(s))
				return 1;
			b = bpf_buffer__open(s->maps.rb, on, NULL);
			puts("ready");
			while (bpf_buffer__poll(b, 100) == 0)
				;
			return 0;
		}
	END
	guest lines
	run_ready "$OBJ/values.bpf.o" --magic "$MAGIC" --max-events 1 -j
	json=$PID json_out=$OUT
	run_ready "$OBJ/values.bpf.o" --magic "$MAGIC" --max-events 1 \
		--format compact
	text=$PID text_out=$OUT
	start "$WASM_BPF" lines.wasm "$MAGIC"
	wait_for ready
	fire
	end_of_it
	PID=$json end_of_it
	PID=$text end_of_it
	cat "$OUT" "$json_out" "$text_out"
	sed -n 2p "$OUT" | diff - "$json_out"
	# Without the time.
	[ "$(sed -n 3p "$OUT")" = "$(sed -n '$s/^[^ ]* //p' "$text_out")" ]
}

# made WHAT: by the program's own compile (P) or the header's (H), with what is
# generated of it, in a folder of that name.
made() {
	case $1 in
	P)
		"$ECC" bootstrap.bpf.c bootstrap.h >ecc.out
		"$BPFTOOL" gen skeleton -j bootstrap.bpf.o >bootstrap.skel.h
		;;
	H)
		"$ECC" bootstrap.h --header-only >ecc.out
		"$BPFTOOL" btf dump file bootstrap.bpf.o format c -j \
			>bootstrap.wasm.h
		;;
	esac
	if [ ! -d "$1" ]; then
		mkdir "$1"
		cp bootstrap.bpf.o bootstrap.*.h "$1"
	fi
	cmp bootstrap.bpf.o "$1/bootstrap.bpf.o"
}

@test "the types of a header alone, before and after the program, and again" {
	cp "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h} .
	for order in PHPH HPHP HHPP PPHH; do
		rm -f bootstrap.bpf.o bootstrap.skel.h bootstrap.wasm.h
		for ((i = 0; i < 4; i++)); do
			made "${order:i:1}"
		done
		cmp bootstrap.skel.h P/bootstrap.skel.h
		cmp bootstrap.wasm.h H/bootstrap.wasm.h
	done
	grep -q '^struct event {' bootstrap.wasm.h
	# Of types alone there is no skeleton.
	run -1 "$BPFTOOL" gen skeleton -j bootstrap.bpf.o
	[[ $output == *"'bootstrap.bpf.o' has neither programs nor maps;"*"compile the program again" ]]
}

# installed: the root of an installation below $T, in $AT.
installed() {
	DESTDIR=$T/root meson install -C "$BUILD" --no-rebuild --quiet
	AT=$T/root$(meson introspect "$BUILD" --buildoptions |
		jq -r '.[] | select(.name == "prefix").value')
	# Libraries are looked for where they will be, not below DESTDIR.
	export LD_LIBRARY_PATH
	LD_LIBRARY_PATH=$(dirname "$(find "$AT" -name 'libeunomia.so.0')")
	mkdir project
	cp "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h} project
	cp "$ROOT/examples/wasm/bootstrap/bootstrap.c" project
}

# works FILE.wasm: it is bootstrap.
works() {
	[ -s "$AT/include/eunomia/wasm/libbpf-wasm.h" ]
	run -0 "$WASM_BPF" "$1" -h
	[ "${lines[0]}" = 'BPF bootstrap demo application.' ]
	[ "$(imported "$1" | wc -l)" = 6 ]
}

@test "a guest by pkg-config" {
	need plain program:meson program:pkg-config
	installed
	cd project
	pc() {
		PKG_CONFIG_PATH=$(dirname "$(find "$AT" -name eunomia-wasm.pc)") \
			pkg-config --define-variable="prefix=$AT" "$@" eunomia-wasm
	}
	"$(pc --variable=ecc)" bootstrap.bpf.c bootstrap.h >ecc.out
	tool=$(pc --variable=bpftool)
	"$tool" gen skeleton -j bootstrap.bpf.o >bootstrap.skel.h
	"$tool" btf dump file bootstrap.bpf.o format c -j >bootstrap.wasm.h
	# shellcheck disable=SC2046
	clang-16 -O2 $(pc --cflags) -o bootstrap.wasm bootstrap.c $(pc --libs)
	works bootstrap.wasm
}

@test "a guest by CMake" {
	need plain program:meson program:cmake
	installed
	cat >project/CMakeLists.txt <<-'END'
		cmake_minimum_required(VERSION 3.18)
		project(guest LANGUAGES NONE)
		find_package(eunomia-wasm 0.1 REQUIRED)
		eunomia_wasm_add(guest BPF bootstrap.bpf.c HEADER bootstrap.h
			SOURCES bootstrap.c)
	END
	cmake -S project -B made -DCMAKE_PREFIX_PATH="$AT" \
		-DEUNOMIA_WASM_CLANG="$(command -v clang-16)" >cmake.out
	cmake --build made >make.out
	works made/guest.wasm
	# What has not changed is not made again; what has, is.
	cmake --build made | tee again
	run -1 grep -q Generating again
	touch project/bootstrap.bpf.c
	cmake --build made | tee again
	grep -q 'Generating guest.wasm' again
	# A version that is none of these.
	sed -i 's/wasm 0.1/wasm 9.0/' project/CMakeLists.txt
	run ! cmake -S project -B other -DCMAKE_PREFIX_PATH="$AT"
}
