#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The headers that guests are written with, and what is generated for them.

load ../helper
load fire
load wasm

setup() {
	helper_setup
	need root wasm wasi
}

# imports FILE.wasm: "MODULE NAME" of each, but for those of WASI.
imports() {
	python3 - "$1" <<-'END'
		import sys
		d, p = open(sys.argv[1], 'rb').read(), 8
		def leb():
		    global p
		    r = s = 0
		    while True:
		        b = d[p]; p += 1; r |= (b & 127) << s; s += 7
		        if b < 128: return r
		def name():
		    global p
		    n = leb(); p += n
		    return d[p - n:p].decode()
		while p < len(d):
		    kind = d[p]; p += 1; size = leb(); end = p + size
		    for i in range(leb() if kind == 2 else 0):
		        m, f = name(), name(); p += 1; leb()
		        if not m.startswith('wasi'): print(m, f)
		    p = end
	END
}

# skeleton NAME: of the object of that name, NAME.skel.h.
skeleton() {
	"$BPFTOOL" gen skeleton -j "$OBJ/$1.bpf.o" >"$1.skel.h"
}

@test "a guest of published calls imports the published module alone" {
	bootstrap
	imports bootstrap.wasm | sort >got
	cat >want <<-'END'
		wasm_bpf wasm_attach_bpf_program
		wasm_bpf wasm_bpf_buffer_poll
		wasm_bpf wasm_bpf_map_fd_by_name
		wasm_bpf wasm_bpf_map_operate
		wasm_bpf wasm_close_bpf_object
		wasm_bpf wasm_load_bpf_object
	END
	diff want got
}

# Also what a program does that the kernel refuses, unless it is left out.
@test "variables of all sections, and a program left out, without extensions" {
	skeleton sdk
	cat >vars.c <<-'END'
		#include "sdk.skel.h"
		static int on(void *ctx, void *data, size_t size)
		{
			printf("%s %u %zu\n", (char *)data + 4,
			       *(unsigned *)data, size);
			return 0;
		}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct bpf_buffer *b;

			if (argc > 2) {
				printf("%d\n", sdk_bpf__load(s));
				return 0;
			}
			s->rodata->magic = atoi(argv[1]);
			s->rodata->step = 3;
			printf("%d %llu\n", s->data->start, s->bss->count);
			s->data->start = 200;
			s->bss->count = 5;
			bpf_program__set_autoload(s->progs.refused, false);
			if (sdk_bpf__load(s) || sdk_bpf__attach(s))
				return 1;
			b = bpf_buffer__open(s->maps.one, on, NULL);
			puts("ready");
			while (bpf_buffer__poll(b, 100) == 0)
				;
			sdk_bpf__read_bss(s);
			sdk_bpf__read_data(s);
			printf("%llu %u %llu %d\n", s->bss->count,
			       s->bss->totals.last, s->bss->totals.sum,
			       s->data->start);
			s->data->start = -1;
			if (sdk_bpf__write_data(s))
				return 2;
			puts("again");
			while (bpf_buffer__poll(b, 100) == 0)
				;
			sdk_bpf__destroy(s);
			return 0;
		}
	END
	guest vars
	imports vars.wasm >list
	run -1 grep -v '^wasm_bpf ' list
	run -0 --separate-stderr "$WASM_BPF" vars.wasm 1 refused
	[ "$output" = -1 ]
	start "$WASM_BPF" vars.wasm "$MAGIC"
	wait_for ready
	fire
	wait_for again
	fire
	end_of_it
	diff - "$OUT" <<-'END'
		100 0
		ready
		one 200 16
		8 200 200 201
		again
		one 4294967295 16
	END
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
