#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What calls of guests return when they fail, and where errno is.

load ../helper
load target
load wasm

setup() {
	helper_setup
	need root wasm wasi
}

# A program of this object is refused by the kernel, with EACCES.
@test "why nothing is loaded: by the published calls unknown, else the number" {
	need bpf ringbuf
	skeleton sdk
	cat >why.c <<-'END'
		#include "sdk.skel.h"
		#ifdef WORDS
		static int say(enum libbpf_print_level level, const char *fmt,
			       va_list ap)
		{
			return vfprintf(stderr, fmt, ap);
		}
		#endif
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s;
			int r;

		#ifdef WORDS
			libbpf_set_print(say);
		#endif
			s = sdk_bpf__open();
			errno = 0;
			r = sdk_bpf__load(s);
			printf("%d %d %d\n", r, errno == EINVAL, errno == EACCES);
			sdk_bpf__destroy(s);
			errno = 0;
			s = sdk_bpf__open_and_load();
			printf("%d %d %d\n", s == NULL, errno == EINVAL,
			       errno == EACCES);
			return 0;
		}
	END
	guest why
	imported why.wasm >list
	run -1 grep -v '^wasm_bpf ' list
	run -0 --separate-stderr "$WASM_BPF" why.wasm
	[ "$output" = $'-22 1 0\n1 1 0' ]
	guest why -DWORDS
	run -0 --separate-stderr "$WASM_BPF" why.wasm
	[ "$output" = $'-13 0 1\n1 0 1' ]
	[ "$(grep -c '^libbpf: ' <<<"$stderr")" = 2 ]
}

@test "what is done twice, entries that are not there, maps of another kind" {
	need bpf ringbuf tracepoint
	skeleton sdk
	cat >twice.c <<-'END'
		#include "sdk.skel.h"
		static int on(void *ctx, void *data, size_t size) { return 0; }
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct ring_buffer *rb;
			char value[64];
			unsigned key = 7;
			int r;

			bpf_program__set_autoload(s->progs.refused, false);
			printf("%d", sdk_bpf__load(s));
			printf(" %d", sdk_bpf__load(s));
			printf(" %d", sdk_bpf__attach(s));
			printf(" %d\n", sdk_bpf__attach(s));
			errno = 0;
			r = bpf_map_lookup_elem(bpf_map__fd(s->maps.hash), &key, value);
			printf("%d %d\n", r, errno == ENOENT);
			rb = ring_buffer__new(bpf_map__fd(s->maps.hash), on, NULL, NULL);
			printf("%d %d\n", rb == NULL, errno == EINVAL);
			return 0;
		}
	END
	guest twice
	run -0 --separate-stderr "$WASM_BPF" twice.wasm
	[ "$output" = $'0 -22 0 0\n-2 1\n1 1' ]
}

@test "a uprobe by the name of its function, with a cookie" {
	need uprobe cookie ringbuf
	skeleton uprobe
	cat >probe.c <<-'END'
		#include "uprobe.skel.h"
		static int on(void *ctx, void *data, size_t size)
		{
			printf("%d %llu\n", ((int *)data)[1], ((unsigned long long *)data)[2]);
			return 1;
		}
		int main(int argc, char **argv)
		{
			struct uprobe_bpf *s = uprobe_bpf__open();
			struct ring_buffer *rb;
			LIBBPF_OPTS(bpf_uprobe_opts, opts, .func_name = "eu_work",
				    .bpf_cookie = 4660);

			s->rodata->cookies = true;
			if (uprobe_bpf__load(s))
				return 1;
			s->links.entry = bpf_program__attach_uprobe_opts(
				s->progs.entry, atoi(argv[2]), argv[1], 0, &opts);
			opts.ref_ctr_offset = 8;
			if (!s->links.entry || bpf_program__attach_uprobe_opts(
				    s->progs.entry, -1, argv[1], 0, &opts))
				return 2;
			printf("%d\n", errno == ENOTSUP);
			rb = ring_buffer__new(bpf_map__fd(s->maps.rb), on, NULL, NULL);
			while (!ring_buffer__poll(rb, 100))
				;
			return 0;
		}
	END
	guest probe
	begin_target
	start "$WASM_BPF" probe.wasm "$OBJ/target" "$TARGET"
	wait_for '^1$'
	ask 2 4
	end_of_it
	[ "$(<"$OUT")" = $'1\n2 4660' ]
}
