#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A package described without being loaded.

load ../helper

bats_require_minimum_version 1.5.0

# of FILE FILTER: what "inspect -j" says, by jq.
of() {
	"$ECLI" inspect -j "$OBJ/$1" | jq -c "$2"
}

@test "programs, maps and records of an object" {
	of several.bpf.o '[.maps[] | select(.shown_as == "events")
		| [.name, .type, .max_entries]]' >maps
	[ "$(jq -c '.[:2]' maps)" = \
		'[["one","ringbuf",4096],["two","ringbuf",4096]]' ]
	[ "$(jq -c '.[2][:2]' maps)" = '["three","perf_event_array"]' ]
	of params.bpf.o '.programs' >programs
	[ "$(jq -r '.[] | .name + " " + .section' programs)" = \
		'on_kill tp/syscalls/sys_enter_kill' ]
	of values.bpf.o '.records[0]' >record
	[ "$(jq '.size >= ([.members[] | .offset + .size] | max)' record)" = true ]
	# Members stand one behind the other, unless they share bits.
	[ "$(jq '[.members[].offset] | . == sort' record)" = true ]
}

@test "variables with their flags, defaults and values" {
	[ "$(of params.bpf.o '.variables[] | select(.name == "p_color") | .values')" = \
		'["RED","GREEN","BLUE"]' ]
	[ "$(of params.bpf.o '.variables[] | select(.name == "p_s8") | [.type, .size, .section, .flag]')" = \
		'["s8",1,".rodata","p_s8"]' ]
	jq '.meta.bpf_skel.data_sections[0].variables[0] += {cmdarg:
		{default: 5, long: "number", short: "n", help: "the number"}}' \
		"$OBJ/sampled.json" >"$T/package.json"
	run -0 "$ECLI" inspect -j "$T/package.json"
	[ "$(jq -c '.variables[0] | [.flag, .short, .default, .help]' <<<"$output")" = \
		'["number","n",5,"the number"]' ]
}

@test "defaults that are in the object, and sizes of rings" {
	of params.bpf.o '.variables | map({(.name): .default}) | add |
		[.p_u8, .p_s64, .p_bool, .p_color, .p_text, .p_float, .b_u64]' >values
	[ "$(cat values)" = '[1,-4,false,"RED","text",0.5,0]' ]
	[ "$(of several.bpf.o '.maps[] | select(.name == "one") | .bytes')" = 4096 ]
	run -0 "$ECLI" inspect "$OBJ/params.bpf.o"
	grep -qE '^  NAME +TYPE +SECTION +FLAG +DEFAULT +VALUES' <<<"$output"
	grep -qE '^  p_s8 +s8 +\.rodata +p_s8 +-1' <<<"$output"
	grep -qE '^  NAME .* BYTES' <<<"$output"
}

@test "what it needs of the kernel, and since when" {
	since() { of "$1" ".needs[] | select(.name == \"$2\") | .since"; }
	[ "$(since params.bpf.o ringbuf)" = '"5.8"' ]
	[ "$(since params.bpf.o ringbuf_submit)" = '"5.8"' ]
	[ "$(since params.bpf.o 'global variables')" = '"5.2"' ]
	[ "$(since params.bpf.o tracepoint)" = '"4.7"' ]
	[ "$(since fentry.bpf.o trace_fentry)" = '"5.5"' ]
	[ "$(since core.bpf.o 'kernel BTF')" = '"5.4"' ]
	[ "$(since hello_kern.bpf.o 'kernel BTF')" = '' ]
	[ "$(since hello.bpf.o trace_printk)" = '"4.1"' ]
	# Newest first.
	of params.bpf.o '[.needs[].since | split(".") | map(tonumber)]' >needs
	[ "$(jq '. == (sort | reverse)' needs)" = true ]
}

@test "objects of other byte orders need the same" {
	need ecc
	cat >x.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
		SEC("raw_tp/sched_switch") int on_switch(void *ctx)
		{
			__u64 *e = bpf_ringbuf_reserve(&rb, 8, 0);
			if (e) {
				*e = bpf_ktime_get_ns();
				bpf_ringbuf_submit(e, 0);
			}
			return 0;
		}
		char LICENSE[] SEC("license") = "GPL";
	EOF
	"$ECC" --arch x86,s390 x.bpf.c
	for arch in foo arm64; do
		run -1 "$ECLI" inspect package.json --arch $arch
		[ "$output" = "ecli: 'package.json' has no object for '$arch'; there is one for x86, s390" ]
	done
	run -0 "$ECLI" inspect -j package.json --arch s390
	[ "$(jq -c '[.objects[].arch], .portable' <<<"$output")" = \
		'["x86","s390"]'$'\n''true' ]
	jq -c .needs <<<"$output" >s390
	"$ECLI" inspect -j package.json --arch x86 | jq -c .needs | cmp - s390
	grep -q '"ringbuf_reserve"' s390
}

@test "as text, within what was said" {
	run -0 --separate-stderr "$ECLI" inspect "$OBJ/params.bpf.o"
	[ "${lines[0]}" = params_bpf ]
	[[ ${lines[1]} == "for any machine;"*"Linux 5.8 or later" ]]
	for title in Programs Maps Variables Needs 'Record params, '*; do
		grep -q "^$title" <<<"$output"
	done
	grep -qE '^  p_color +enum color +\.rodata +p_color +RED +RED GREEN BLUE' <<<"$output"
	[ -z "$stderr" ]
	! grep -q ' $' <<<"$output"
}

@test "as an unprivileged user" {
	need root
	cp "$OBJ/params.bpf.o" .
	chmod 755 . && chmod 644 params.bpf.o
	run -0 setpriv --reuid=65534 --clear-groups "$ECLI" inspect - <params.bpf.o
	[[ $output == params_bpf* || $output == *on_kill* ]]
}

@test "bad input" {
	run -2 "$ECLI" inspect
	[[ ${lines[0]} == "ecli: no package given" ]]
	run -2 "$ECLI" inspect a b
	[[ ${lines[0]} == "ecli: unexpected argument 'b'" ]]
	run -1 "$ECLI" inspect /nowhere.json
	[ "$output" = "ecli: cannot open '/nowhere.json': No such file or directory" ]
	head -c 300 "$OBJ/params.bpf.o" >cut.bpf.o
	run -1 "$ECLI" inspect cut.bpf.o
	[ "${#lines[@]}" = 1 ]
}

@test "control characters of a package do not reach a terminal" {
	jq '.meta.bpf_skel.doc.brief = "red \u001b[31m" |
		.meta.bpf_skel.progs[0].description = "bell \u0007"' \
		"$OBJ/sampled.json" >package.json
	"$ECLI" inspect package.json >out
	grep -qF 'red \x1b[31m' out
	grep -qF 'bell \x07' out
	run ! env LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' out
	"$ECLI" inspect -j package.json >out
	run ! env LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' out
	[ "$(jq -r .brief out)" = $'red \e[31m' ]
}
