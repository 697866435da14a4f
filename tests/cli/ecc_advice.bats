#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What ecc says of sources that cannot be meant as they are.

load ../helper

bats_require_minimum_version 1.5.0

HEAD='#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";'

setup() {
	helper_setup
	need ecc
}

@test "a header alone does not replace a package" {
	cp "$ROOT"/examples/bootstrap/bootstrap.* .
	"$ECC" bootstrap.bpf.c bootstrap.h
	cksum package.json >before
	run -1 --separate-stderr "$ECC" bootstrap.h
	[ "$stderr" = "ecc: neither a program nor a map in 'bootstrap.h': nothing to run; a header follows its source: ecc SOURCE bootstrap.h (alone: --header-only)" ]
	[ "$(cksum package.json)" = "$(cat before)" ]
	# Variables alone run no more than types.
	echo 'const volatile int x = 1; int y;' >v.bpf.c
	run -1 --separate-stderr "$ECC" v.bpf.c
	[ "$stderr" = "ecc: neither a program nor a map in 'v.bpf.c': nothing to run" ]
	[ ! -e v.bpf.o ]
	run -0 --separate-stderr "$ECC" --header-only v.bpf.c
	[ -z "$stderr" ]
}

@test "a function without a section is no program" {
	printf '%s\n' "$HEAD" 'int f(void *c) { return 2; }' >f.bpf.c
	run -1 --separate-stderr "$ECC" f.bpf.c
	[ "$stderr" = "ecc: nothing to run in 'f.bpf.c': 'f' is no program, it has no SEC(\"...\") that says what it is for" ]
	[ ! -e package.json ]
}

@test "annotations with broken JSON, and keys that mean nothing" {
	printf '%s\n' "$HEAD" '/// Some text.' '/// @cmdarg {"long": "p",, }' \
		'///' 'const volatile int pid = 0;' >a.bpf.c
	run -1 --separate-stderr "$ECC" a.bpf.c
	[[ $stderr == "ecc: a.bpf.c:5: @cmdarg: "* ]]
	printf '%s\n' "$HEAD" '/// @cmdarg {"lnog": "p"}' \
		'const volatile int pid = 0;' \
		'/// @sample {"interval": 100, "typ": "log2_hist"}' 'struct {' \
		'__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8);' \
		'__type(key, u32); __type(value, u32); } m SEC(".maps");' >a.bpf.c
	run -0 --separate-stderr "$ECC" a.bpf.c
	[ "${stderr_lines[0]}" = "a.bpf.c:5: warning: 'pid': @cmdarg has no key 'lnog'; did you mean 'long'?" ]
	[[ ${stderr_lines[1]} == "a.bpf.c:"*": warning: 'm': @sample has no key 'typ'; did you mean 'type' or 'top'?" ]]
}

@test "a folder that may not be written into" {
	need root
	mkdir -m 755 there
	cp "$ROOT"/examples/bootstrap/bootstrap.* there
	chmod 755 . ..
	cd there
	run -1 env XDG_CACHE_HOME="$HOME/.cache" setpriv --reuid=65534 \
		--clear-groups --inh-caps=-all "$ECC" bootstrap.bpf.c
	[ "${lines[-1]}" = "ecc: cannot write 'bootstrap.bpf.o': Permission denied" ]
}

@test "an object is not compiled again" {
	cp "$OBJ/exec.bpf.o" open.bpf.o
	run -1 "$ECC" open.bpf.o
	[ "$output" = "ecc: 'open.bpf.o' is an object, compiled already: run it with 'ecli run open.bpf.o'" ]
}

@test "a program without a license" {
	printf '%s\n' "$HEAD" 'SEC("xdp") int f(void *c) { return 2; }' >l.bpf.c
	run -0 --separate-stderr "$ECC" l.bpf.c
	[ -z "$stderr" ]
	sed -i /LICENSE/d l.bpf.c
	run -0 --separate-stderr "$ECC" l.bpf.c
	[ "$stderr" = 'l.bpf.c: warning: no license: the kernel refuses it many helpers; add: char LICENSE[] SEC("license") = "GPL";' ]
}

@test "histograms of values without slots" {
	printf '%s\n' "$HEAD" >h.bpf.c
	cat >>h.bpf.c <<-'EOF'
		struct hist { u32 slots[27]; };
		/// @sample {"type": "log2_hist"}
		struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 8);
			__type(key, u32);
			__type(value, struct hist);
		} good SEC(".maps");
		/// @sample {"type": "log2_hist"}
		struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 8);
			__type(key, u32);
			__type(value, u64);
		} bad SEC(".maps");
	EOF
	run -0 --separate-stderr "$ECC" h.bpf.c
	line=$(grep -n '} bad' h.bpf.c | cut -d: -f1)
	[ "$stderr" = "h.bpf.c:$line: warning: map 'bad' is to be a histogram, but its value is no struct with an array 'slots': rows will be shown instead" ]
}

@test "words that are almost annotations" {
	printf '%s\n' "$HEAD" >t.bpf.c
	cat >>t.bpf.c <<-'EOF'
		/// @cmdrag {"long": "pid"}
		const volatile int pid;
		/** of a few
		 * \sampl {"interval": 10}
		 */
		struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 8);
			__type(key, u32);
			__type(value, u64);
		} counts SEC(".maps");
		// @sampl in a plain comment, "/// @sampl" in a string
		/// @param c whoever@sampl.org, @example @mine @brief x
		SEC("xdp") int f(void *c) { return pid ?: *"/// @sampl"; }
	EOF
	run -0 --separate-stderr "$ECC" t.bpf.c
	[ "$stderr" = "t.bpf.c:4: warning: '@cmdrag' is no annotation; did you mean '@cmdarg'?
t.bpf.c:7: warning: '@sampl' is no annotation; did you mean '@sample'?" ]
}

@test "events of a struct in the source itself" {
	printf '%s\n' "$HEAD" >o.bpf.c
	cat >>o.bpf.c <<-'EOF'
		struct event { int pid; };
		struct {
			__uint(type, BPF_MAP_TYPE_RINGBUF);
			__uint(max_entries, 4096);
		} rb SEC(".maps");
		SEC("tp/syscalls/sys_enter_openat") int f(void *c)
		{
			struct event e = { 7 };
			bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
			return 0;
		}
	EOF
	run -0 --separate-stderr "$ECC" o.bpf.c

	[ "$stderr" = "o.bpf.c:4: note: the events of map 'rb' have no type: if it is 'event', put '/// @export' above that struct" ]
	sed -i 's,^struct event {,struct other { int x; };\n&,' o.bpf.c
	run -0 --separate-stderr "$ECC" o.bpf.c
	[ "$stderr" = "o.bpf.c: note: the events of map 'rb' have no type: put '/// @export' above the struct that they are" ]
	# As it says.
	sed -i 's,^struct event {,/// @export\n&,' o.bpf.c
	run -0 --separate-stderr "$ECC" o.bpf.c
	[ -z "$stderr" ]
	[ "$(jq -r '.meta.export_types[].name' package.json)" = event ]
}

@test "what to do about errors that everybody meets" {
	printf '#include <bpf/bpf_helpers.h>\nint x;\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == "ecc: cannot compile 'e.bpf.c' for "*"; put #include \"vmlinux.h\" before <bpf/bpf_helpers.h>" ]]
	printf '#include "vmlinux.h"\nstruct key { int x; };\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == "ecc: cannot compile 'e.bpf.c' for "*"; choose another name, vmlinux.h has one called 'key'" ]]
	printf '#include "vmlinux.h"\nSEC("xdp") int f(void *c) { bpf_printk("x"); return 0; }\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == *"; put #include <bpf/bpf_helpers.h> above it, where SEC() is" ]]
	printf '#include <stdio.h>\nint x;\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == *"; BPF has no C library, and none of its headers" ]]
	printf '#include "vmlinux.h"\nint f(char *c) { return strlen(c); }\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == *"; BPF has no C library, and no 'strlen'" ]]
	run -2 "$ECC" -
	[ "${lines[0]}" = "ecc: a source from standard input is not supported: give a file" ]
	printf '#include "vmlinux.h"\nstruct key { int x; };\n' >e.bpf.c
	# Whatever follows from it, no other vmlinux.h helps.
	printf '#include "vmlinux.h"\nstruct key { int pid; };\nstruct key k = { .pid = 1 };\n' >e.bpf.c
	run -1 "$ECC" e.bpf.c
	[[ ${lines[-1]} == "ecc: cannot compile 'e.bpf.c' for "*"; choose another name, vmlinux.h has one called 'key'" ]]
}
