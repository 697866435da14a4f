#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Wasm guests with several BPF objects.

load ../helper
load fire
load wasm

setup() {
	helper_setup
	need root wasm wasi guests tracepoint ringbuf
}

@test "two objects, and both of their rings are polled" {
	cp "$EXAMPLES"/wasm/execve/execve.{skel,wasm}.h .
	"$BPFTOOL" gen skeleton -j "$EXAMPLES/tracepoint/tracepoint.bpf.o" \
		>tracepoint.skel.h
	cat >two.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		#include "execve.skel.h"
		#include "execve.wasm.h"
		#include "tracepoint.skel.h"
		struct sent { int pid, target, signal; char comm[16]; };
		static int on_exec(void *ctx, void *data, size_t size)
		{
			const struct event *e = data;
			printf("%s %d %s\n", (char *)ctx, e->pid, e->words);
			return 0;
		}
		static int on_kill(void *ctx, void *data, size_t size)
		{
			const struct sent *s = data;
			if (s->target == atoi(ctx))
				printf("%d %d %s %zu\n", s->pid, s->signal, s->comm, size);
			return 0;
		}
		int main(int argc, char **argv)
		{
			struct execve_bpf *e = execve_bpf__open_and_load();
			struct tracepoint_bpf *t = tracepoint_bpf__open_and_load();
			struct bpf_buffer *rings[2];
			int n = 0;

			if (!e || !t || execve_bpf__attach(e) || tracepoint_bpf__attach(t))
				return 1;
			rings[0] = bpf_buffer__open(e->maps.comm_event, on_exec, "exec");
			rings[1] = bpf_buffer__open(t->maps.rb, on_kill, argv[1]);
			puts("ready");
			while (n >= 0) {
				n = bpf_buffer__poll(rings[0], 10);
				if (n >= 0)
					n = bpf_buffer__poll(rings[1], 10);
			}
			return 1;
		}
	END
	guest two
	start "$WASM_BPF" two.wasm $MAGIC
	wait_for '^ready$'
	fire 9
	bash -c 'exec /bin/true' &
	by=$!
	wait $by
	wait_for "^exec $by /bin/true$"
	fire 7
	wait_for "^$ME 7 "
	stop_it
	[ "$(grep "^$ME " "$OUT")" = "$ME 9 bash 28
$ME 7 bash 28" ]
	[ "$(grep -c "^exec $by /bin/true$" "$OUT")" = 1 ]
}
