#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The tailored BTF gives the same instructions as the whole: every relocation
# that there is, against a kernel made up for the purpose and the running one.

load ../helper

bats_require_minimum_version 1.5.0

EQUAL=$BUILD/tests/tailor/equal

setup() {
	helper_setup
	need root
}

has_btf() {
	[ -r /sys/kernel/btf/vmlinux ] || skip 'needs the BTF of the kernel'
}

# Prints every line but those that say that nothing differs.
odd_lines() {
	printf '%s\n' "$output" | grep -v ': same, [1-9]' |
		sed "s,^$BUILD/tests/,,"
}

# What the tailor leaves alone, of the objects in tests/tailor.
expect_all_the_same() {
	[ "$(odd_lines)" = 'tailor/none.bpf.o: has no relocations
tailor/type_id_kernel.bpf.o: aside: CO-RE relocation 1: asks for a type id of the kernel' ]
}

@test "every relocation, on a kernel with every shape of type" {
	run "$EQUAL" -b "$BUILD/tests/tailor/kernel.o" \
		"$BUILD"/tests/tailor/*.bpf.o
	echo "$output"
	[ $status -eq 0 ]
	expect_all_the_same
}

@test "every relocation, on the running kernel's BTF as a file" {
	has_btf
	run "$EQUAL" -b /sys/kernel/btf/vmlinux "$BUILD"/tests/tailor/*.bpf.o
	echo "$output"
	[ $status -eq 0 ]
	expect_all_the_same
}

@test "every relocation, on the running kernel" {
	local objects=("$BUILD"/tests/tailor/*.bpf.o)

	has_btf
	# Which has a test of its own below.
	[ ! -e /sys/kernel/btf/veth ] ||
		objects=("${objects[@]/*\/module.bpf.o/}")
	run "$EQUAL" ${objects[@]}
	echo "$output"
	[ $status -eq 0 ]
	expect_all_the_same
}

@test "the objects of all scenarios" {
	has_btf
	run "$EQUAL" "$OBJ"/*.bpf.o
	echo "$output"
	[ $status -eq 0 ]
	! odd_lines | grep -v 'has no relocations\|cannot be opened'
}

# libbpf no longer opens the section "maps" of old_maps.
@test "objects as ecc ships them, without most of their BTF" {
	run "$EQUAL" -s -b "$BUILD/tests/tailor/kernel.o" \
		"$BUILD"/tests/tailor/*.bpf.o
	echo "$output"
	[ $status -eq 0 ]
	[ -z "$(odd_lines)" ]
	has_btf
	run "$EQUAL" -s -b /sys/kernel/btf/vmlinux \
		$(ls "$OBJ"/*.bpf.o | grep -v /old_maps)
	echo "$output"
	[ $status -eq 0 ]
	[ "$(odd_lines | cut -d, -f1-2)" = 'obj/empty.bpf.o: same, 0 instructions' ]
}

@test "a type of a module's is left to libbpf" {
	[ -e /sys/kernel/btf/veth ] || skip 'needs a module with BTF'
	run "$EQUAL" "$BUILD/tests/tailor/module.bpf.o"
	echo "$output"
	[[ $output = *"aside: type 'veth_priv' is in the BTF of module 'veth'" ]]
}

# A comparison that cannot fail proves nothing.
@test "a BTF that lacks a type is found out" {
	cd "$BUILD/tests/tailor"
	run "$EQUAL" -b kernel.o -t none.bpf.o offset.bpf.o
	echo "$output"
	[ $status -eq 1 ]
	[[ $output = *"program 'read', instruction"*"offset.bpf.o: DIFFERENT"* ]]
}
