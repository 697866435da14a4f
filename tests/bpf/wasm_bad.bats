#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Modules that cannot run, and guests that do what they must not: each ends with
# a status and a line of words, or is told a number; nothing stays behind.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

# raw NAME MEMORIES EXPORTS [START]: a module by hand, as compilers make none:
# sections of memories, exports and the start, and a function that returns.
raw() {
	printf "\\0asm\\1\\0\\0\\0\\1\\4\\1\\x60\\0\\0\\3\\2\\1\\0$2$3$4\\xa\\4\\1\\2\\0\\xb" >"$1.wasm"
}

ONE='\5\3\1\0\1'
BOTH='\7\x13\2\6memory\2\0\6_start\0\0'

# refused NAME WORDS [STATUS]: it does not run, and says why.
refused() {
	run -"${3:-1}" --separate-stderr "$WASM_BPF" "$1.wasm"
	echo "$1: $stderr"
	[ -z "$output" ]
	[ "$stderr" = "wasm-bpf: '$1.wasm': $2" ]
}

@test "what is no module, or none that can run" {
	raw fine "$ONE" "$BOTH"
	run -0 "$WASM_BPF" fine.wasm
	[ -z "$output" ]
	echo '(module)' >text.wasm
	refused text 'is not Wasm'
	: >empty.wasm
	run -1 "$WASM_BPF" empty.wasm
	[[ $output == "wasm-bpf: "*empty* ]]
	for n in 5 8 20 30 40 49; do
		head -c $n fine.wasm >cut.wasm
		run -1 --separate-stderr "$WASM_BPF" cut.wasm
		[[ $stderr == "wasm-bpf: 'cut.wasm': "* ]]
		[ "$(wc -l <<<"$stderr")" = 1 ]
	done
	raw two '\5\5\2\0\1\0\1' "$BOTH"
	refused two 'multiple memories (at offset 0x14)'
	raw shared '\5\4\1\3\1\2' "$BOTH"
	refused shared 'threads must be enabled for shared memories (at offset 0x15)'
	raw wide '\5\3\1\4\1' "$BOTH"
	refused wide 'memory64 must be enabled for 64-bit memories (at offset 0x15)'
	raw large '\5\4\1\0\xff\x7f' "$BOTH"
	run -1 --separate-stderr "$WASM_BPF" large.wasm
	[[ $stderr == *"memory"*"limit"* ]]
	raw memory "$ONE" '\7\xa\1\6_start\0\0'
	refused memory "exports no 'memory': is it built as a command (crt1-command.o)?"
	raw start "$ONE" '\7\xa\1\6memory\2\0'
	refused start "exports no '_start': is it built as a command (crt1-command.o)?"
	raw earlier "$ONE" '\7\x15\2\6memory\2\0\10bpf_main\0\0'
	refused earlier "is a module of the earlier interface ('bpf_main', 'create_bpf'), which nothing runs any more: build its source anew with a main() and <libbpf-wasm.h>, as docs/wasm.md says"
}

@test "files that are too large" {
	raw fine "$ONE" "$BOTH"
	cp fine.wasm large.wasm
	truncate -s 100M large.wasm
	run -1 "$WASM_BPF" large.wasm
	[ "$output" = "wasm-bpf: 'large.wasm' is larger than the 64 MiB that are allowed" ]
	truncate -s 64M large.wasm
	run -1 "$WASM_BPF" large.wasm
	[[ $output == "wasm-bpf: 'large.wasm': "* ]]
}

@test "imports that are not known, of the earlier interface, and before _start" {
	for f in wasm_bpf.wasm_fly eunomia.fly env.abort wasi_snapshot_preview1.fly other.thing; do
		cat >unknown.c <<-END
			__attribute__((import_module("${f%.*}"), import_name("${f#*.}")))
			extern int unknown(int);
			int main(void) { return unknown(1); }
		END
		guest unknown
		run -1 --separate-stderr "$WASM_BPF" unknown.wasm
		[[ $stderr == *"${f#*.}"* ]]
		[[ $stderr == *"${f%.*}"* ]]
	done
	echo 'int create_bpf(char *, int); int main(void) { return create_bpf(0, 0); }' >older.c
	guest older
	run -1 "$WASM_BPF" older.wasm
	[[ $output == *"is a module of the earlier interface ('bpf_main'"* ]]
	# Its start section calls eunomia.error(0, 0).
	{
		printf '\0asm\1\0\0\0\1\xa\2\x60\0\0\x60\2\x7f\x7f\1\x7f\2\x11\1\7eunomia\5error\0\1'
		printf '\3\2\1\0\5\3\1\0\1\7\x13\2\6memory\2\0\6_start\0\1\x8\1\1'
		printf '\xa\xb\1\x9\0\x41\0\x41\0\x10\0\x1a\xb'
	} >early.wasm
	refused early 'calls the host before its _start' 255
}

@test "loops, recursion and memory without end" {
	echo 'int main(void) { for (volatile int i = 0;; i++) ; }' >loop.c
	guest loop
	run -0 "$WASM_BPF" --timeout 200ms loop.wasm
	[ -z "$output" ]
	cat >deep.c <<-'END'
		static int (*volatile again)(int);
		static int deep(int n) { return again(n + 1) + n; }
		int main(int argc, char **argv) { again = deep; return deep(argc); }
	END
	guest deep
	refused deep 'call stack exhausted' 255
	cat >grow.c <<-'END'
		#include <stdio.h>
		int main(void)
		{
			unsigned long n = __builtin_wasm_memory_size(0);
			while (__builtin_wasm_memory_grow(0, 16) != -1)
				n += 16;
			*(volatile char *)(n * 65536 - 1) = 1;
			printf("%lu\n", n / 16);
			return 0;
		}
	END
	guest grow
	run -0 "$WASM_BPF" grow.wasm
	[ "$output" = 255 ] || [ "$output" = 256 ]
	run -0 "$WASM_BPF" --memory-limit 20 grow.wasm
	[ "$output" = 19 ] || [ "$output" = 20 ]
}

@test "objects without end" {
	main <<-'END'
		const int size = 60 << 20;
		char *large = calloc(1, size);
		uint64_t o;
		int n = 0;
		memcpy(large, object, sizeof(object));
		while ((o = eunomia_object_open(large, size)))
			n++;
		printf("%d", n);
		why();
		printf("%d", wasm_close_bpf_object(n));
		printf(" %d", eunomia_object_open(large, size) == n);
		for (o = 1; o <= n; o++)
			wasm_close_bpf_object(o);
		for (n = 0; eunomia_object_open(object, sizeof(object)); n++)
			;
		printf(" %d", n);
		why();
	END
	[ "${lines[0]}" = "449 the guest's objects have more than 256 MiB in all" ]
	[ "${lines[1]}" = "0 1 102422 more than 1024 objects" ]
}

# Each line a call with what is wrong in it.
@test "addresses and lengths that leave the memory" {
	imports
	{
		cat <<-'END'
			#include "imports.h"
			int main(int argc, char **argv)
			{
				uint64_t o = LOAD;
				int hash = wasm_bpf_map_fd_by_name(o, "hash"), n = 1000000000;
				int ring = wasm_bpf_map_fd_by_name(o, "ring"), r;
				char b[64] = { 0 };
				char *end = (char *)(__builtin_wasm_memory_size(0) * 65536);
				memset(end - 8, 'x', 8);
				switch (atoi(argv[1])) {
		END
		cat >calls <<-'END'
			wasm_load_bpf_object(end - 4, 5)
			wasm_load_bpf_object(b, -1)
			wasm_attach_bpf_program(o, end - 8, 0)
			wasm_attach_bpf_program(o, "fill", end - 1)
			wasm_attach_bpf_program(o, "fill", (char *)-1)
			wasm_bpf_map_fd_by_name(o, end - 4)
			wasm_bpf_map_operate(hash, 1, end - 3, b, b, 0)
			wasm_bpf_map_operate(hash, 1, b, end - 7, b, 0)
			wasm_bpf_map_operate(hash, 2, b, end - 7, b, 0)
			wasm_bpf_map_operate(hash, 3, (char *)-2, b, b, 0)
			wasm_bpf_map_operate(hash, 4, b, b, end - 3, 0)
			wasm_bpf_buffer_poll(o, ring, 1, 0, b, -1, 0)
			wasm_bpf_buffer_poll(o, ring, 1, 0, end - 4, 5, 0)
			wasm_attach_bpf_program_fd(o, end - 4, -1)
			eunomia_error(end - 4, 5)
			eunomia_error(b, -1)
			eunomia_object_open(b, -8)
			eunomia_object_name(o, 0, 0, b, -2)
			eunomia_program_autoload(o, end - 2, 0)
			eunomia_program_attach(o, end - 2, 0)
			eunomia_program_run(o, "fill", b, -1, &r)
			eunomia_program_run(o, "fill", b, 8, (int *)(end - 3))
			eunomia_program_run(o, end - 2, b, 8, &r)
			eunomia_program_fd(o, end - 2)
			eunomia_map_max_entries(o, end - 2, 1)
			eunomia_map_info(hash, b, -1)
			eunomia_map_lookup_and_delete(hash, b, end - 7, 0)
			eunomia_map_batch(hash, 24, 0, b, b, b, &n, 0)
			eunomia_map_batch(hash, 26, b, b, b, b, (int *)(end - 2), 0)
			eunomia_map_batch(hash, 24, end - 3, b, b, b, &(int){ 1 }, 0)
			eunomia_map_batch(hash, 25, 0, end - 3, b, b, &(int){ 1 }, 0)
			eunomia_map_batch(hash, 27, 0, 0, end - 7, 0, &(int){ 2 }, 0)
			eunomia_map_batch(hash, 26, 0, 0, b, b, &(int){ 0x20000001 }, 0)
			eunomia_global_read(o, "wide", 0, end - 7, 8)
			eunomia_global_read(o, "wide", 0, b, -1)
			eunomia_global_write(o, end - 2, 0, b, 1)
			eunomia_buffer_read(o, ring, b, -1, 0)
			eunomia_buffer_read(o, ring, end - 15, 16, 0)
		END
		awk '{ print "case " NR ": return 1 + (" $0 " & 1);" }' calls
		echo '} return 9; }'
	} >wild.c
	guest wild
	n=$(wc -l <calls)
	for i in $(seq "$n"); do
		run "$WASM_BPF" wild.wasm "$i"
		if [ "$status $output" != "255 wasm-bpf: 'wild.wasm': out of bounds memory access" ]; then
			sed -n "${i}p" calls
			echo "$status $output"
			return 1
		fi
	done
	run -9 "$WASM_BPF" wild.wasm 0
}

@test "handles that are closed, and the maps of another object" {
	main <<-'END'
		uint64_t a = LOAD, b = LOAD;
		char buffer[64];
		int ring = wasm_bpf_map_fd_by_name(b, "ring"), k = 1;
		int hash = wasm_bpf_map_fd_by_name(a, "hash");
		printf("%d", wasm_bpf_buffer_poll(a, ring, 1, 0, buffer, 64, 0));
		printf(" %d", eunomia_buffer_read(a, ring, buffer, 64, 0));
		printf(" %d", wasm_attach_bpf_program_fd(a, "fill", ring));
		int link = eunomia_program_attach(b, "on_kill", 0);
		printf(" %d", eunomia_link_detach(a, link));
		printf(" %d %d\n", wasm_close_bpf_object(a), wasm_close_bpf_object(a));
		printf("%d", bpf_map_update_elem(hash, &k, buffer, 0));
		printf(" %d", eunomia_map_info(hash, buffer, 64));
		printf(" %lld", eunomia_buffer_lost(hash));
		printf(" %d", eunomia_map_batch(hash, 24, 0, buffer, buffer, buffer, &k, 0));
		printf(" %d", wasm_bpf_map_fd_by_name(a, "hash"));
		printf(" %d", wasm_attach_bpf_program(a, "on_kill", 0));
		printf(" %d", eunomia_program_attach(a, "on_kill", 0));
		printf(" %d", eunomia_object_load(a));
		printf(" %d", eunomia_object_name(a, 0, 0, buffer, 64));
		printf(" %d", eunomia_program_autoload(a, "fill", 0));
		printf(" %d", fill(a, 1));
		printf(" %d", eunomia_map_max_entries(a, "hash", 1));
		printf(" %d", eunomia_global_read(a, "wide", 0, buffer, 8));
		printf(" %d", eunomia_buffer_read(a, ring, buffer, 64, 0));
		printf(" %d\n", eunomia_link_detach(a, 1));
		printf("%d %d\n", eunomia_link_detach(b, link), fill(b, 1));
		/* Handles out of the air. */
		for (uint64_t i = 3; i < (uint64_t)1 << 63; i = i * 3 + 1)
			k += wasm_close_bpf_object(i) + (wasm_bpf_map_fd_by_name(i, "hash") != -22);
		printf("%d\n", k);
	END
	[ "${lines[0]}" = '-22 -22 -9 -2 0 0' ]
	[ "${lines[1]}" = '-9 -9 -9 -9 -22 -22 -22 -22 -22 -22 -22 -22 -22 -22 -22' ]
	[ "${lines[2]}" = '0 7' ]
	[ "${lines[3]}" = 1 ]
}

@test "callbacks that are none, grow the memory, close their object" {
	main=$(cat <<-'END'
		uint64_t o = LOAD;
		int ring = wasm_bpf_map_fd_by_name(o, "ring");
		char buffer[64];
		object_of = o;
		fill(o, 3);
		setvbuf(stdout, 0, _IONBF, 0);
		printf("%d\n", wasm_bpf_buffer_poll(o, ring, atoi(argv[1]) ? atoi(argv[1]) : argv[1][0] == 48 ? (int)on : (int)other, 0, buffer, 64, 0));
	END
	)
	imports
	{
		cat <<-'END'
			#include "imports.h"
			static uint64_t object_of;
			static int on(void *ctx, char *data, int size)
			{
				__builtin_wasm_memory_grow(0, 64);
				printf("%d %d %d;", size, *(int *)data, wasm_close_bpf_object(object_of));
				return 0;
			}
			static int other(void *ctx) { return *(int *)ctx; }
			int main(int argc, char **argv) {
		END
		echo "$main return 0; }"
	} >callback.c
	guest callback
	run -0 "$WASM_BPF" callback.wasm 0
	[ "$output" = '4 0 -16;5 1 -16;6 2 -16;3' ]
	for index in 9999 -1 2147483647; do
		run -255 "$WASM_BPF" callback.wasm $index
		[ "$output" = "wasm-bpf: 'callback.wasm': undefined element" ]
	done
	# In the table, and of another type.
	run -255 "$WASM_BPF" callback.wasm other
	[ "$output" = "wasm-bpf: 'callback.wasm': undefined element" ]
}

@test "objects that are garbage: one line for each, and no handle" {
	main <<-'END'
		static unsigned char copy[sizeof(object)];
		unsigned int seed = 1, got = 0;
		printf("%llu", wasm_load_bpf_object(object, 0));
		printf(" %llu", wasm_load_bpf_object(object, 64));
		printf(" %llu\n", eunomia_object_open("\177ELF", 4));
		for (int i = 0; i < 60; i++) {
			memcpy(copy, object, sizeof(object));
			for (int k = 0; k < 40; k++) {
				seed = seed * 1103515245 + 12345;
				copy[(seed >> 8) % sizeof(copy)] = seed >> 4;
			}
			uint64_t o = wasm_load_bpf_object(copy, i % 2 ? sizeof(copy) : sizeof(copy) / 61 * i);
			got += o != 0;
			wasm_close_bpf_object(o);
		}
		printf("%u\n", got);
	END
	[ "${lines[0]}" = '0 0 0' ]
	[ "$(grep -c '^wasm-bpf: ' <<<"$stderr")" = $((63 - ${lines[1]})) ]
}

@test "a guest that loads, fails and closes for long keeps no descriptor" {
	imports
	cat >leak.c <<-'END'
		#include "imports.h"
		int main(int argc, char **argv)
		{
			char buffer[64];
			for (int i = 0; i < atoi(argv[1]); i++) {
				uint64_t o = i % 2 ? OPEN : LOAD;
				eunomia_object_load(o);
				wasm_load_bpf_object(object, 100 + 77 * i);
				for (int k = 0; k < 3; k++) {
					int l = eunomia_program_attach(o, "on_kill", 0);
					eunomia_program_attach(o, "on_kill", "no/such");
					eunomia_program_attach(o, "length", "no");
					if (k)
						eunomia_link_detach(o, l);
				}
				fill(o, 5);
				eunomia_buffer_read(o, wasm_bpf_map_fd_by_name(o, "ring"), buffer, 64, 0);
				eunomia_buffer_read(o, wasm_bpf_map_fd_by_name(o, "perf"), buffer, 64, 0);
				eunomia_global_read(o, "wide", 0, buffer, 8);
				int d = open("/d", O_RDONLY);
				close(open("/d", O_RDONLY));
				if (i)
					close(d);
				wasm_close_bpf_object(o);
			}
			puts("done");
			sleep(3600);
		}
	END
	guest leak
	for n in 1 12; do
		start "$WASM_BPF" --dir "$T:/d" leak.wasm $n
		wait_for done
		ls -l /proc/$PID/fd | awk '{ print $NF }' | sed 's/[0-9]*//g' | sort >fds.$n
		stop_it
	done
	diff fds.1 fds.12
}

# The compiler has no word for it.
@test "an entry of the table that is set anew is what the next poll calls" {
	cat >set.s <<-'END'
		.tabletype __indirect_function_table, funcref
		.globl set
		.functype set (i32, i32) -> ()
		set:
			.functype set (i32, i32) -> ()
			local.get 0
			local.get 1
			table.get __indirect_function_table
			table.set __indirect_function_table
			end_function
	END
	imports
	cat >anew.c <<-'END'
		#include "imports.h"
		void set(int to, int from);
		static int poll_again;
		static int second(void *ctx, char *data, int size)
		{
			printf("second;");
			return 0;
		}
		static int first(void *ctx, char *data, int size)
		{
			printf("first;");
			set((int)first, (int)second);
			return 0;
		}
		int main(int argc, char **argv)
		{
			uint64_t o = LOAD;
			int ring = wasm_bpf_map_fd_by_name(o, "ring"), n = 0;
			char buffer[64];
			for (int i = 0; i < 2; i++) {
				fill(o, 2);
				n += wasm_bpf_buffer_poll(o, ring, (int)first, 0, buffer, 64, 0);
			}
			printf("%d\n", n);
			return 0;
		}
	END
	guest anew -mreference-types set.s
	run -0 "$WASM_BPF" anew.wasm
	[ "$output" = 'first;first;second;second;4' ]
}
