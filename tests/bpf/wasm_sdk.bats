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

# The first row of docs/wasm.md's table.
@test "what is said to be everywhere is not of ours" {
	skeleton sdk
	cat >row.c <<-'END'
		#include "sdk.skel.h"
		static int on(void *ctx, void *data, size_t size) { return 0; }
		static void on_perf(void *c, int cpu, void *d, __UINT32_TYPE__ n) {}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct bpf_map *m;
			struct bpf_program *p;
			struct ring_buffer *rb;
			struct perf_buffer *pb;
			char text[64];
			size_t n = 0;

			bpf_program__set_autoload(s->progs.refused, false);
			bpf_program__set_autoattach(s->progs.on_exit, false);
			bpf_map__set_initial_value(s->maps.data,
				bpf_map__initial_value(s->maps.data, &n), 4);
			if (sdk_bpf__load(s) || sdk_bpf__attach(s))
				return 1;
			bpf_object__for_each_map(m, s->obj)
				n += strlen(bpf_map__name(m));
			bpf_object__for_each_program(p, s->obj)
				n += strlen(bpf_program__section_name(p));
			m = bpf_object__find_map_by_name(s->obj, "one");
			p = bpf_object__find_program_by_name(s->obj, "none");
			libbpf_strerror(libbpf_get_error(p), text, sizeof(text));
			rb = ring_buffer__new(bpf_map__fd(m), on, NULL, NULL);
			ring_buffer__add(rb, bpf_map__fd(s->maps.two), on, NULL);
			pb = perf_buffer__new(bpf_map__fd(s->maps.perf), 8,
					      on_perf, NULL, NULL, NULL);
			printf("%s %d %d %d\n", text, ring_buffer__poll(rb, 0),
			       ring_buffer__consume(rb), perf_buffer__poll(pb, 0));
			perf_buffer__free(pb);
			ring_buffer__free(rb);
			sdk_bpf__read_bss(s);
			sdk_bpf__write_bss(s);
			sdk_bpf__destroy(s);
			return 0;
		}
	END
	guest row
	imports row.wasm >list
	run -1 grep -v '^wasm_bpf ' list
	run -0 --separate-stderr "$WASM_BPF" row.wasm
	[ "$output" = 'No such file or directory 0 0 0' ]
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

# What a program of libbpf-bootstrap does, and more of the same.
@test "ring and perf buffers, maps, programs and links by libbpf's names" {
	skeleton sdk
	cat >style.c <<-'END'
		#include <signal.h>
		#include "sdk.skel.h"
		static volatile bool exiting;
		static int events, perf_events;
		static void sig_handler(int sig) { exiting = true; }
		static int say(enum libbpf_print_level level, const char *fmt,
			       va_list ap)
		{
			return level <= LIBBPF_WARN ? vfprintf(stderr, fmt, ap) : 0;
		}
		static int on(void *ctx, void *data, size_t size)
		{
			events++;
			printf("%s: %s %u\n", (char *)ctx, (char *)data + 4,
			       *(unsigned *)data);
			return 0;
		}
		static void on_perf(void *ctx, int cpu, void *data, __UINT32_TYPE__ n)
		{
			if (!perf_events++)
				printf("%s %u\n", (char *)data + 4, *(unsigned *)data);
		}
		static void on_lost(void *ctx, int cpu, uint64_t n) {}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *skel;
			struct ring_buffer *rb;
			struct perf_buffer *pb;
			struct bpf_link *l;
			struct bpf_map *m;
			struct bpf_program *p;
			char text[64];
			size_t size;
			int n = 0;

			libbpf_set_print(say);
			signal(SIGINT, sig_handler);
			skel = sdk_bpf__open();
			skel->rodata->magic = atoi(argv[1]);
			bpf_program__set_autoload(skel->progs.refused, false);
			bpf_program__set_autoattach(skel->progs.on_perf, false);
			bpf_map__set_max_entries(skel->maps.hash,
				2 * bpf_map__max_entries(skel->maps.hash));
			printf("%u\n", bpf_map__max_entries(skel->maps.hash));
			*(int *)bpf_map__initial_value(skel->maps.data, &size) = 5;
			printf("%zu\n", size);
			if (sdk_bpf__load(skel) || sdk_bpf__attach(skel))
				return 1;
			bpf_object__for_each_map(m, skel->obj)
				n += !bpf_map__is_internal(m);
			bpf_object__for_each_program(p, skel->obj)
				n += 10 * bpf_program__autoload(p);
			printf("%d %u %d %s\n", n,
			       bpf_map__max_entries(skel->maps.hash),
			       bpf_map__type(skel->maps.one) == BPF_MAP_TYPE_RINGBUF,
			       bpf_program__section_name(skel->progs.on_exit));
			printf("%d %d\n",
			       bpf_object__find_map_by_name(skel->obj, "hash") ==
			       skel->maps.hash,
			       bpf_object__find_program_by_name(skel->obj, "none") == NULL);
			printf("%ld %d\n", libbpf_get_error(NULL), errno == ENOENT);
			libbpf_strerror(-22, text, sizeof(text));
			puts(text);
			rb = ring_buffer__new(bpf_map__fd(skel->maps.one), on, "1", NULL);
			ring_buffer__add(rb, bpf_map__fd(skel->maps.two), on, "2");
			l = bpf_program__attach(skel->progs.on_perf);
			pb = perf_buffer__new(bpf_map__fd(skel->maps.perf), 8,
					      on_perf, on_lost, NULL, NULL);
			if (!rb || !pb || !l)
				return 2;
			puts("ready");
			while (events < 2)
				if (ring_buffer__poll(rb, 100) < 0)
					return 3;
			while (perf_events < 1)
				if (perf_buffer__poll(pb, 100) < 0)
					return 4;
			/* Of the two that see the next event one is left. */
			printf("%d\n", bpf_link__destroy(skel->links.on_kill));
			skel->links.on_kill = NULL;
			puts("again");
			while (perf_events < 2)
				if (perf_buffer__poll(pb, 100) < 0)
					return 5;
			printf("%d %d\n", ring_buffer__poll(rb, 1),
			       bpf_link__destroy(l));
			printf("%d\n", bpf_program__attach_target(
				skel->progs.on_perf, "no/such") == NULL);
			ring_buffer__free(rb);
			perf_buffer__free(pb);
			sdk_bpf__destroy(skel);
			return 0;
		}
	END
	guest style -D_WASI_EMULATED_SIGNAL -lwasi-emulated-signal
	start "$WASM_BPF" style.wasm "$MAGIC"
	wait_for ready
	fire
	wait_for again
	fire
	end_of_it
	cat "$ERR"
	# Whichever ring is looked at first.
	grep '^[12]: ' "$OUT" | sort | diff <(printf '1: one 5\n2: two 5\n') -
	diff - <(sed '/^[12]: /d' "$OUT") <<-'END'
		32
		4
		35 32 1 tp/syscalls/sys_exit_kill
		1 1
		-2 1
		Invalid argument
		ready
		perf 7
		0
		again
		0 0
		1
	END
	grep -q "^libbpf: .*'no/such'" "$ERR"
	[ "$(wc -l <"$ERR")" = 1 ]
}

@test "entries by map: sizes, all CPUs, batches, taken out" {
	skeleton sdk
	cat >entries.c <<-'END'
		#include "sdk.skel.h"
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			uint32_t keys[16], key, next, count = 10, batch, zero = 0;
			uint64_t values[16], v, sum = 0, *cpus;
			int ncpu = libbpf_num_possible_cpus(), n = 0, r;
			struct bpf_map *m = s->maps.hash;
			LIBBPF_OPTS(bpf_map_batch_opts, o, .elem_flags = BPF_ANY);

			bpf_program__set_autoload(s->progs.refused, false);
			if (sdk_bpf__load(s))
				return 1;
			for (int i = 0; i < 10; i++) {
				keys[i] = i;
				values[i] = 100 + i;
			}
			printf("%d %u\n", bpf_map_update_batch(bpf_map__fd(m), keys,
				values, &count, &o), count);
			key = 3;
			printf("%d %llu\n", bpf_map__lookup_elem(m, &key, sizeof(key),
				&v, sizeof(v), 0), v);
			printf("%d\n", bpf_map__lookup_elem(m, &key, 8, &v, 8, 0));
			printf("%d\n", bpf_map__update_elem(m, &key, 4, &v, 4, 0));
			printf("%d %llu\n", bpf_map__lookup_and_delete_elem(m, &key, 4,
				&v, 8, 0), v);
			printf("%d\n", bpf_map__delete_elem(m, &key, 4, 0));
			for (r = bpf_map__get_next_key(m, NULL, &key, 4); !r;
			     r = bpf_map__get_next_key(m, &key, &key, 4))
				n++;
			count = 16;
			r = bpf_map_lookup_and_delete_batch(bpf_map__fd(m), NULL,
				&batch, keys, values, &count, NULL);
			for (uint32_t i = 0; i < count; i++)
				sum += values[i];
			printf("%d %d %u %llu\n", n, r, count, sum);
			cpus = calloc(ncpu, sizeof(*cpus));
			cpus[ncpu - 1] = 77;
			printf("%d", bpf_map__update_elem(s->maps.percpu, &zero, 4,
				cpus, ncpu * 8, 0));
			cpus[ncpu - 1] = 0;
			printf(" %d", bpf_map__lookup_elem(s->maps.percpu, &zero, 4,
				cpus, ncpu * 8, 0));
			printf(" %llu %d\n", cpus[ncpu - 1],
			       bpf_map__lookup_elem(s->maps.percpu, &zero, 4, cpus,
						    4, 0));
			v = 12345;
			printf("%d", bpf_object__write_global(s->obj, "count", &v, 8));
			v = 0;
			printf(" %d", bpf_object__read_global(s->obj, "count", &v, 8));
			printf(" %llu %d\n", v, sdk_bpf__read_bss(s));
			printf("%llu\n", s->bss->count);
			return 0;
		}
	END
	guest entries
	run -0 --separate-stderr "$WASM_BPF" entries.wasm
	diff - <(printf '%s\n' "$output") <<-'END'
		0 10
		0 103
		-22
		-22
		0 103
		-2
		9 -2 9 942
		0 0 77 -22
		8 8 12345 0
		12345
	END
}

@test "an object from memory, and from a file of the guest's" {
	cp "$OBJ/sdk.bpf.o" .
	cat >mem.c <<-'END'
		#include <libbpf-wasm.h>
		static int on(void *ctx, void *data, size_t size)
		{
			printf("%u\n", *(unsigned *)data);
			return 0;
		}
		int main(int argc, char **argv)
		{
			LIBBPF_OPTS(bpf_object_open_opts, o, .object_name = "mine");
			struct bpf_object *bad = bpf_object__open_mem("x", 1, NULL);
			struct bpf_object *obj = bpf_object__open_file(argv[1], &o);
			int magic = atoi(argv[2]), start = 9;
			struct bpf_program *p;
			struct ring_buffer *rb;

			if (bad || !obj)
				return 1;
			bpf_program__set_autoload(
				bpf_object__find_program_by_name(obj, "refused"), false);
			bpf_map__set_max_entries(
				bpf_object__find_map_by_name(obj, "hash"), 5);
			bpf_object__write_global(obj, "magic", &magic, 4);
			bpf_object__write_global(obj, "start", &start, 4);
			if (bpf_object__load(obj))
				return 2;
			p = bpf_object__find_program_by_name(obj, "on_kill");
			if (!bpf_program__attach_tracepoint(p, "syscalls",
							    "sys_enter_kill"))
				return 3;
			printf("%s %u %d\n", bpf_object__name(obj),
			       bpf_map__max_entries(
				       bpf_object__find_map_by_name(obj, "hash")),
			       bpf_map__key_size(
				       bpf_object__find_map_by_name(obj, ".bss")));
			rb = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "one"),
					      on, NULL, NULL);
			puts("ready");
			if (ring_buffer__poll(rb, -1) != 1)
				return 4;
			bpf_object__close(obj);
			return 0;
		}
	END
	guest mem
	start "$WASM_BPF" --dir "$T:/d" mem.wasm /d/sdk.bpf.o "$MAGIC"
	wait_for ready
	fire
	end_of_it
	diff - "$OUT" <<-'END'
		mine 5 4
		ready
		9
	END
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
	[ "$(imports "$1" | wc -l)" = 6 ]
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
