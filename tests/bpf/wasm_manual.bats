#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The manual's chapter on Wasm, command by command.

load ../helper
load fire
load network

setup() {
	helper_setup
	need root wasm wasi
	# By the names that are printed.
	mkdir bin
	ln -s "$(command -v clang-16)" bin/clang
	ln -s "$(command -v llvm-strip-16)" bin/llvm-strip
	PATH=$T/bin:$BUILD/tools:$PATH
	case $(uname -m) in
	x86_64) arch=x86 ;;
	aarch64) arch=arm64 ;;
	*) skip "needs commands for $(uname -m)" ;;
	esac
}

bpftool() { wasm-bpftool "$@"; }

# sources NAME: its files, in the current directory.
sources() {
	cp "$ROOT"/examples/wasm/"$1"/*.[ch] .
	[ -e "$1.bpf.c" ] || cp "$ROOT"/examples/"$1"/*.[ch] .
}

# build NAME: the printed commands, in their order. --header-only writes its
# object over the program's.
build() {
	clang -g -O2 -target bpf -D__TARGET_ARCH_$arch \
		-I"$BUILD/share/eunomia/vmlinux/$arch/6.12" \
		-c "$1.bpf.c" -o "$1.bpf.o"
	llvm-strip -g "$1.bpf.o"
	bpftool gen skeleton -j "$1.bpf.o" >"$1.skel.h"
	if [ -e "$1.h" ]; then
		ecc "$1.h" --header-only
		bpftool btf dump file "$1.bpf.o" format c -j >"$1.wasm.h"
	fi
	clang --target=wasm32-wasi -O2 --sysroot=/usr -I"$ROOT/include/wasm" \
		-Wl,--allow-undefined -o "$1.wasm" "$1.c"
}

# twice NAME: the second time gives the same.
twice() {
	sources "$1"
	build "$1"
	cp "$1.wasm" first
	build "$1"
	cmp first "$1.wasm"
}

@test "the manual: bootstrap" {
	need tracepoint ringbuf
	sources bootstrap
	for time in first second; do
		build bootstrap
		run -0 wasm-bpf bootstrap.wasm -h
		[ "$output" = 'BPF bootstrap demo application.

It traces process start and exits and shows associated
information (filename, process duration, PID and PPID, etc).

USAGE: ./bootstrap [-d <min-duration-ms>] -v' ]
		start wasm-bpf bootstrap.wasm
		wait_for '^TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE$'
		sed q </dev/null &
		by=$!
		wait $by
		wait_for "EXIT .* $by "
		stop_it
		grep " $by " "$OUT" >"$time"
		[[ $(<"$time") =~ ^[0-9:]{8}' EXEC  sed              '$by\ +$BASHPID\ +/.*'/sed
'[0-9:]{8}' EXIT  sed              '$by\ +$BASHPID\ +'[0] ('[0-9]+'ms)'$ ]]
		cp bootstrap.wasm $time.wasm
	done
	cmp first.wasm second.wasm
}

@test "the manual: the structs of bootstrap, with the host's layout" {
	sources bootstrap
	build bootstrap
	[ "$(grep -A 7 '^struct event {' bootstrap.wasm.h)" = 'struct event {
	int pid;
	int ppid;
	unsigned int exit_code;
	char __pad0[4];
	unsigned long long duration_ns;
	char comm[16];
	char filename[127];' ]
	grep -Fq 'ssert(sizeof(struct event) == 168, "Size of event is not 168");' \
		bootstrap.wasm.h
	grep -q 'unsigned long long min_duration_ns;' bootstrap.skel.h
}

@test "the manual: runqlat" {
	need tp_btf
	twice runqlat
	run -0 wasm-bpf runqlat.wasm -h
	[[ $output == 'Summarize run queue (scheduler) latency as a histogram.

USAGE: runqlat [--help] [interval] [count]

EXAMPLES:
    runqlat         # summarize run queue latency as a histogram
    runqlat 1 10    # print 1 second summaries, 10 times'* ]]
	run -0 --keep-empty-lines wasm-bpf runqlat.wasm 1 1
	[ "${lines[0]}" = 'Tracing run queue latency... Hit Ctrl-C to end.' ]
	[ "${lines[1]}" = '' ]
	[ "${lines[2]}" = '     usecs               : count    distribution' ]
	[[ ${lines[3]} =~ ^'         0 -> 1          : '[0-9]+\ +'|'\**\ *'|'$ ]]
	[ "${#lines[3]}" = 78 ]
}

@test "the manual: sockfilter" {
	need socket ringbuf
	twice sockfilter
	network
	start nsenter --net=/run/netns/"$NS" wasm-bpf sockfilter.wasm any 1
	wait_for '^Load and attach BPF sockfilter successfully$'
	send 127.0.0.1 4711
	end_of_it
	grep -Eqx 'UDP 127\.0\.0\.1:[0-9]+ -> 127\.0\.0\.1:4711 length 47' "$OUT"
}

# In guests, which have no compiler, the module of examples/wasm does this.
@test "the manual: lsm" {
	twice lsm
	mkdir -p can_not_rm/inside
	if ! has lsm; then
		run ! wasm-bpf lsm.wasm
		[ "${lines[-1]}" = 'Failed to open and load BPF skeleton' ]
		return
	fi
	start wasm-bpf lsm.wasm
	wait_for '^Load and attach BPF lsm successfully$'
	run ! rmdir can_not_rm/inside
	stop_it
	rmdir can_not_rm/inside
}
