#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# BPF objects with user space in Wasm: built as the manual prints it, run, and
# what guests may not do.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

@test "bootstrap as the manual builds and runs it" {
	bootstrap
	[ "$(wc -c <bootstrap.wasm)" -le 60000 ]
	run -0 "$WASM_BPF" bootstrap.wasm -h
	[ "${lines[0]}" = 'BPF bootstrap demo application.' ]
	[ "${lines[-1]}" = 'USAGE: ./bootstrap [-d <min-duration-ms>] -v' ]
	start "$WASM_BPF" bootstrap.wasm
	runner=$PID
	wait_for '^TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE$'
	sh -c 'exit 7' &
	child=$!
	wait $child || :
	wait_for "EXIT  .* $child "
	line=$(grep -m1 "EXIT  .* $child " "$OUT")
	[[ $line =~ ^[0-9:]{8}\ EXIT\ \ sh\ +$child\ +[0-9]+\ +\[7\]\ \([0-9]+ms\)$ ]]
	PID=$runner stop_it INT
}

@test "a constant that the guest sets before the object is loaded" {
	bootstrap
	start "$WASM_BPF" bootstrap.wasm -d 3600000
	runner=$PID
	wait_for '^TIME'
	start "$WASM_BPF" bootstrap.wasm
	second=$PID other=$OUT
	wait_for '^TIME' "$other"
	/bin/true
	wait_for 'EXIT  true' "$other"
	PID=$runner stop_it TERM
	PID=$second stop_it HUP
	[ "$(wc -l <"$T/out.1")" = 1 ]
}

@test "arguments, exit status, standard descriptors, and no environment" {
	cat >say.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int main(int argc, char **argv)
		{
			char line[64] = "";
			for (int i = 0; i < argc; i++)
				printf("[%s]", argv[i]);
			printf(" %s %s", getenv("HOME") ?: "-", getenv("A") ?: "-");
			fgets(line, sizeof(line), stdin);
			printf(" %s %p", line, (void *)fopen("/etc/passwd", "r"));
			fputs("to stderr\n", stderr);
			return 42;
		}
	END
	guest say
	run -42 --separate-stderr "$WASM_BPF" say.wasm -h x -- y <<<hello
	[ "$output" = $'[say.wasm][-h][x][--][y] - - hello\n 0' ]
	[ "$stderr" = 'to stderr' ]
	run -42 --separate-stderr "$WASM_BPF" --env A=b say.wasm -- -h </dev/null
	[ "$output" = '[say.wasm][-h] - b  0' ]
	run -42 --separate-stderr "$WASM_BPF" - <say.wasm
	[[ $output == '[-]'* ]]
}

# Is the code taken from the cache? The guest's status has to be 33.
kept() {
	run -33 "$WASM_BPF" -v kept.wasm
	[ "$output" = 'wasm-bpf: the code was compiled before' ]
}

@test "compiled code is kept, and taken if it is what was written" {
	export XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	echo 'int main(void) { return 33; }' >kept.c
	guest kept
	run ! kept
	kept
	file=$(find cache -type f)
	# One byte of the code, of the version, and the end.
	cp "$file" good
	for at in $(($(stat -c %s good) / 2)) 3; do
		printf '\xff' | dd of="$file" bs=1 seek=$at conv=notrunc status=none
		run ! kept
		kept
		cmp "$file" good
	done
	truncate -s -1 "$file"
	run ! kept
	kept
	chmod g+w "$file"
	run ! kept
	rm "$file"
	ln -s "$T/good" "$file"
	run ! kept
	rm -rf cache
	mkdir -m 777 cache
	mkdir -m 777 cache/eunomia
	run ! kept
	run ! kept
	[ -z "$(find cache -type f)" ]
}

@test "ecli runs it as well" {
	echo 'int main(int argc, char **argv) { return argc + 20; }' >argc.c
	guest argc
	run -23 "$ECLI" run argc.wasm a --timeout
	run -21 "$ECLI" argc.wasm
	run -2 "$ECLI" run --stats argc.wasm
	[[ $output == *"'--stats'"* ]]
}

@test "a wait for the first of two times, and for input that is there" {
	cat >wait.c <<-'END'
		#include <poll.h>
		#include <stdio.h>
		#include <wasi/api.h>
		int main(void)
		{
			__wasi_subscription_t s[3] = { 0 };
			__wasi_event_t e[3];
			size_t n;
			s[0].userdata = 7;
			s[0].u.u.clock.timeout = 10000000;
			s[0].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
			s[1] = s[0];
			s[1].userdata = 8;
			s[1].u.u.clock.timeout = 1000000000000;
			printf("%d %zu", __wasi_poll_oneoff(s, e, 2, &n), n);
			printf(" %d\n", (int)e[0].userdata);
			s[0].userdata = 9;
			s[0].u.tag = __WASI_EVENTTYPE_FD_READ;
			s[0].u.u.fd_read.file_descriptor = 0;
			printf("%d %zu", __wasi_poll_oneoff(s, e, 2, &n), n);
			printf(" %d\n", (int)e[0].userdata);
			return 0;
		}
	END
	guest wait
	run -0 "$WASM_BPF" wait.wasm <<<x
	[ "$output" = '0 1 7
0 1 9' ]
}

# By hand, as the assembler cannot say it: _start traps unless table.grow by a
# million and more gives -1.
@test "a guest cannot make a table as large as it likes" {
	printf '\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\4\4\1\x70\0\0\5\3\1\0\1' >t.wasm
	printf '\7\x13\2\6memory\2\0\6_start\0\0\x0a\x15\1\x13\0\xd0\x70' >>t.wasm
	printf '\x41\xe0\x91\xc3\0\xfc\x0f\0\x41\x7f\x47\4\x40\0\x0b\x0b' >>t.wasm
	run -0 "$WASM_BPF" t.wasm
}

@test "files below a folder that is given, and no others" {
	mkdir shared
	echo content >shared/file
	cat >read.c <<-'END'
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			char line[64] = "";
			FILE *f = fopen(argv[1], "r");
			if (!f)
				return 1;
			fgets(line, sizeof(line), f);
			fputs(line, stdout);
			return 0;
		}
	END
	guest read
	run -0 "$WASM_BPF" --dir "$T/shared:/data" read.wasm /data/file
	[ "$output" = content ]
	run -1 "$WASM_BPF" --dir "$T/shared:/data" read.wasm /data/../out
	run -1 "$WASM_BPF" read.wasm "$T/shared/file"
	run -1 "$WASM_BPF" --dir "$T/absent" read.wasm x
	[[ $output == *"cannot open the directory '$T/absent'" ]]
}

@test "what cannot be run says why" {
	echo text >text.wasm
	run -1 "$WASM_BPF" text.wasm
	[ "$output" = "wasm-bpf: 'text.wasm': is not Wasm" ]
	run -1 "$WASM_BPF" absent.wasm
	[[ $output == *"absent.wasm"*'No such file'* ]]
	echo 'int main(void) { return 0; }' >empty.c
	guest empty
	head -c 100 empty.wasm >short.wasm
	run -1 "$WASM_BPF" short.wasm
	[[ $output == "wasm-bpf: 'short.wasm': "* ]]
	cat >unknown.c <<-'END'
		__attribute__((import_module("wasm_bpf"), import_name("fly")))
		extern int fly(int);
		int main(void) { return fly(1); }
	END
	guest unknown
	run -1 "$WASM_BPF" unknown.wasm
	[ "$output" = "wasm-bpf: 'unknown.wasm': imports 'fly' from 'wasm_bpf', which is not known here" ]
	cat >type.c <<-'END'
		__attribute__((import_module("wasm_bpf"), import_name("wasm_close_bpf_object")))
		extern int shut(int);
		int main(void) { return shut(1); }
	END
	guest type
	run -1 "$WASM_BPF" type.wasm
	[ "$output" = "wasm-bpf: 'type.wasm': imports 'wasm_close_bpf_object' from 'wasm_bpf', of type i:i where it has I:i" ]
	clang-16 --target=wasm32-wasi -O2 -nostdlib -Wl,--no-entry -o library.wasm empty.c
	run -1 "$WASM_BPF" library.wasm
	[[ $output == *"exports no '_start'"* ]]
	run -2 "$WASM_BPF"
	run -2 "$WASM_BPF" --memory-limit 0 empty.wasm
}

@test "a guest that fails is told of, with status 255" {
	cat >fail.c <<-'END'
		#include <stdlib.h>
		#include <libbpf-wasm.h>
		static int (*volatile again)(int);
		static int deep(int n) { return again(n + 1) + n; }
		int main(int argc, char **argv)
		{
			void *volatile got;
			volatile int n = 0;
			switch (argv[1][0]) {
			case 'u': __builtin_trap();
			case 'd': again = deep; return deep(argc);
			case 'm':
				while ((got = malloc(1 << 20)))
					n++;
				return n;
			case 'l': return !wasm_load_bpf_object((void *)-4096, -1);
			case 'n': return wasm_attach_bpf_program(1, (char *)-1, 0);
			}
			return 9;
		}
	END
	guest fail
	run -255 "$WASM_BPF" fail.wasm u
	[[ $output == *"unreachable"* ]]
	run -255 "$WASM_BPF" fail.wasm d
	[[ $output == *"call stack exhausted"* ]]
	run -255 "$WASM_BPF" fail.wasm l
	[[ $output == *"out of bounds memory access" ]]
	run -255 "$WASM_BPF" fail.wasm n
	# Of 64 MiB the guest's stack and code take the rest.
	run "$WASM_BPF" --memory-limit 64 fail.wasm m
	[ "$status" -ge 60 ] && [ "$status" -le 63 ]
}

@test "handles and descriptors that are none" {
	bootstrap
	cat >handles.c <<-'END'
		#include <stdio.h>
		#include "bootstrap.skel.h"
		static int on(void *c, void *d, size_t n) { return 0; }
		int main(void)
		{
			char b[4096] = { 0 };
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();
			uint64_t o = s->skeleton->obj;
			int rb = bpf_map__fd(s->maps.rb);
			int hash = bpf_map__fd(s->maps.exec_start);

			printf("%d %d\n", wasm_close_bpf_object(99),
			       wasm_attach_bpf_program(99, "handle_exec", 0));
			printf("%d %d\n", wasm_attach_bpf_program(o, "nobody", 0),
			       wasm_bpf_map_fd_by_name(o, "nothing"));
			printf("%d %d\n", bpf_map_lookup_elem(1, b, b),
			       bpf_map_lookup_elem(hash + 100, b, b));
			printf("%d %d\n", wasm_bpf_map_operate(hash, 5, b, b, b, 0),
			       bpf_map_get_next_key(hash, NULL, b));
			printf("%d %d\n",
			       wasm_bpf_buffer_poll(o, hash, 1, 0, b, 4096, 0),
			       wasm_bpf_buffer_poll(99, rb, 1, 0, b, 4096, 0));
			printf("%d\n", wasm_load_bpf_object("garbage", 7) == 0);
			bootstrap_bpf__destroy(s);
			printf("%d\n", bpf_map_lookup_elem(hash, b, b));
			return 0;
		}
	END
	guest handles
	run -0 --separate-stderr "$WASM_BPF" handles.wasm
	[ "$output" = '0 -22
-2 -22
-9 -9
-22 -2
-12 -22
1
-9' ]
	[[ $stderr == *"no program 'nobody'"* ]]
}

# thrice OBJECT PROGRAM TARGET: what attaching it says each time.
thrice() {
	"$BPFTOOL" gen skeleton -j "$OBJ/$1.bpf.o" >"$1.skel.h"
	cat >again.c <<-END
		#include <stdio.h>
		#include "$1.skel.h"
		int main(int argc, char **argv)
		{
			struct $1_bpf *s = $1_bpf__open_and_load();

			for (int i = 0; i < 3; i++)
				printf("%d\\n", wasm_attach_bpf_program(
					s->skeleton->obj, argv[1], argv[2]));
			return 0;
		}
	END
	guest again
	run -0 --separate-stderr unshare -n "$WASM_BPF" again.wasm "$2" "$3"
	echo "${lines[*]}, $stderr"
}

@test "attached again where it is: refused, and it stays" {
	need tc cgroup2 cgroup_skb
	thrice tc on_tc lo:ingress,priority=7,handle=3
	[ "${lines[*]}" = '0 -17 -17' ]
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	thrice cgroup on_egress "$cg,flags=multi"
	rmdir "$cg"
	[ "${lines[*]}" = '0 -22 -22' ]
}

@test "entries of a map: set, read, gone through, deleted" {
	bootstrap
	cat >map.c <<-'END'
		#include <stdio.h>
		#include "bootstrap.skel.h"
		int main(void)
		{
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();
			int fd = bpf_map__fd(s->maps.exec_start), k, n, sum = 0;
			uint64_t v;

			for (k = 1; k <= 100; k++) {
				v = k * 1000;
				if (bpf_map_update_elem(fd, &k, &v, BPF_NOEXIST))
					return 1;
			}
			printf("%d\n", bpf_map_update_elem(fd, &k, &v, BPF_EXIST));
			k = 7;
			printf("%d\n", bpf_map_update_elem(fd, &k, &v, BPF_NOEXIST));
			for (n = 0; !bpf_map_get_next_key(fd, n ? &k : NULL, &k); n++) {
				if (bpf_map_lookup_elem(fd, &k, &v) || v != k * 1000)
					return 2;
				sum += k;
			}
			printf("%d %d\n", n, sum);
			k = 7;
			printf("%d %d %d\n", bpf_map_delete_elem(fd, &k),
			       bpf_map_delete_elem(fd, &k),
			       bpf_map_lookup_elem(fd, &k, &v));
			return 0;
		}
	END
	guest map
	run -0 "$WASM_BPF" map.wasm
	[ "$output" = '-2
-17
100 5050
0 -2 -2' ]
}

@test "a callback that fails, exits or polls again" {
	bootstrap
	cat >callback.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include "bootstrap.skel.h"
		static struct bpf_buffer *rb;
		static char how;
		static int on(void *ctx, void *data, size_t size)
		{
			if (how == 't')
				__builtin_trap();
			if (how == 'x')
				exit(5);
			if (how == 'p') {
				printf("%d\n", bpf_buffer__poll(rb, 1));
				exit(6);
			}
			return -77;
		}
		int main(int argc, char **argv)
		{
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();
			int r = 0;

			how = argv[1][0];
			bootstrap_bpf__attach(s);
			if (how == 'i')
				s->skeleton->obj = 0;
			rb = bpf_buffer__open(s->maps.rb, on, NULL);
			if (how == 'i')
				rb->sample_fn = (bpf_buffer_sample_fn)9999;
			puts("ready");
			while (!r)
				r = bpf_buffer__poll(rb, 100);
			printf("%d\n", r);
			return 0;
		}
	END
	guest callback
	for how in t x p n i; do
		start "$WASM_BPF" callback.wasm $how
		wait_for ready
		/bin/true
		r=0
		end_of_it || r=$?
		echo "$how: $r $(tr '\n' ' ' <"$OUT")$(<"$ERR")"
	done >all
	cat all
	grep -q "^t: 255 ready wasm-bpf: 'callback.wasm': .*unreachable" all
	grep -q '^x: 5 ready $' all
	grep -q '^p: 6 ready -16 $' all
	grep -q '^n: 0 ready -77 $' all
	grep -q "^i: 255 ready wasm-bpf: 'callback.wasm': undefined element" all
}

@test "a signal ends a guest wherever it is, and nothing stays" {
	bootstrap
	cat >stuck.c <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		#include "bootstrap.skel.h"
		static int on(void *c, void *d, size_t n)
		{
			puts("inside");
			for (volatile int i = 0;; i++)
				;
		}
		int main(int argc, char **argv)
		{
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();

			bootstrap_bpf__attach(s);
			printf("ready\nhalf a line");
			if (argv[1][0] == 's')
				sleep(3600);
			if (argv[1][0] == 'c') {
				puts("");
				bpf_buffer__poll(bpf_buffer__open(s->maps.rb, on, NULL),
						 3600000);
			}
			for (volatile int i = 0;; i++)
				;
		}
	END
	guest stuck
	for how in loop sleep callback; do
		start "$WASM_BPF" stuck.wasm $how
		wait_for ready
		[ $how != callback ] || { /bin/true; wait_for inside; }
		[ "$(cat /proc/$PID/fdinfo/* | grep -c '^link_type')" = 2 ]
		stop_it
		[ ! -e /proc/$PID ]
	done
}
