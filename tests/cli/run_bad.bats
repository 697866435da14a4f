#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is no program: one line that names the file and what is wrong with it.
# Nothing here gets as far as the kernel.

load ../helper

bats_require_minimum_version 1.5.0

# bad FILE WORDS [ARGUMENT...]: refused in one line that has these words.
bad() {
	run -1 "$ECLI" run "$1" "${@:3}"
	[ "${#lines[@]}" = 1 ]
	[[ $output == "ecli: "*"$1"*"$2"* ]] || {
		echo "$output"
		return 1
	}
}

# edited FILTER: a good package after that, in "x".
edited() {
	jq -c "$1" "$OBJ/sampled.json" >x
}

@test "a file that is missing, a folder, an empty file" {
	bad nothing.json 'No such file or directory'
	bad "$T" 'is a folder without a package.json'
	: >package.json
	bad "$T" "is a folder: give '$T/package.json'"
	: >empty.json
	bad empty.json 'is empty'
	bad /dev/null 'is empty'
}

@test "an object that is cut anywhere" {
	size=$(stat -c %s "$OBJ/exec.bpf.o")
	for n in 1 4 10 16 63 64 65 200 $((size / 2)) $((size - 1)); do
		head -c $n "$OBJ/exec.bpf.o" >cut.bpf.o
		bad cut.bpf.o ''
	done
}

@test "a package that is cut anywhere" {
	size=$(stat -c %s "$OBJ/sampled.json")
	for n in 1 2 15 100 $((size / 2)) $((size - 1)); do
		head -c $n "$OBJ/sampled.json" >cut.json
		bad cut.json ''
	done
}

@test "garbage" {
	# The same every time, whatever it is.
	seq 1 20000 | gzip -n >garbage.gz
	bad garbage.gz 'compressed by gzip: unpack it first'
	tail -c +20 garbage.gz >garbage
	bad garbage 'is no package: neither a BPF object nor JSON, YAML or tar'
	bad "$ECLI" 'an ELF file, but no BPF object'
}

@test "100 MB" {
	truncate -s 100M huge.json
	bad huge.json 'larger than the 64 MiB'
	cp "$OBJ/exec.bpf.o" huge.bpf.o
	truncate -s 100M huge.bpf.o
	bad huge.bpf.o 'larger than the 64 MiB'
	bad /dev/zero 'larger than the 64 MiB'
	run -1 bash -c '"$0" run - </dev/zero' "$ECLI"
	[ "$output" = "ecli: 'standard input' is larger than the 64 MiB that are allowed" ]
}

@test "JSON that is broken, or nested 100,000 deep" {
	echo '{"bpf_object":' >x
	bad x 'line 2, column 0: unexpected token near end of file'
	echo '[]' >x
	bad x 'no object at the top'
	echo '{}' >x
	bad x "must have 'bpf_object' and 'meta'"
	for open in '[' '{"a":'; do
		printf "$open%.0s" {1..100000} >x
		bad x 'depth'
	done
	edited 'del(.meta)'
	bad x "must have 'bpf_object' and 'meta'"
}

@test "an object that is not what is said around it" {
	edited '.bpf_object = "!" + .bpf_object'
	bad x "'!' at offset 0 is not base64"
	edited '.bpf_object = "AAAA"'
	bad x 'compressed data is damaged'
	edited '.bpf_object |= .[:(length / 8 | floor * 4)]'
	bad x 'compressed data'
	edited '.bpf_object_size += 1'
	bad x 'not the stated'
	edited '.bpf_object_size -= 1'
	bad x 'more than the stated'
	edited '.bpf_object_size = 4294967297'
	bad x bpf_object
	edited '.bpf_object_size = -1'
	bad x bpf_object_size
}

@test "metadata that contradicts the object" {
	edited '.meta.bpf_skel.maps[0].name = "nothing"'
	bad x "a map 'nothing' that the object does not have"
	edited '.meta.bpf_skel.progs[0].name = "nothing"'
	bad x "a program 'nothing' that the object does not have"
	edited '.meta.bpf_skel.data_sections[0].variables[0].name = "nothing"'
	bad x "'nothing'"
	edited '.meta.bpf_skel.maps = "text"'
	bad x "'maps' must be a list"
	edited '.meta.bpf_skel.maps[0].sample = {interval: -1}'
	bad x "map 'counts': 'interval' of 'sample' must be milliseconds, or 0: at the end"
	edited '.meta.bpf_skel.maps[0].sample = {interval: 1, type: "pie"}'
	bad x "'type' of 'sample' must be default_kv, log2_hist, linear_hist"
}

@test "a default that its variable cannot hold names file, variable and value" {
	default() {
		edited ".meta.bpf_skel.data_sections[0].variables[0] += $1"
	}
	default '{value: 99999999999}'
	bad x "variable 'magic': '99999999999' is out of range (type int)"
	default '{cmdarg: {default: "x"}}'
	bad x "variable 'magic': 'x' is not an integer (type int)"
	default '{cmdarg: {default: [1]}}'
	bad x "variable 'magic'"
}

@test "objects with neither programs nor maps, and with maps of old" {
	bad "$OBJ/empty.bpf.o" 'holds neither programs nor maps'
	bad "$OBJ/old_maps.bpf.o" 'legacy map definitions'
	[[ $output == *'define maps in SEC(".maps")'* ]]
}

@test "a package with kprobes for other architectures only" {
	jq -c '.arch = "mips"' "$OBJ/kprobe.json" >x
	bad x mips
	[[ $output == *kprobe* ]]
	# One for all of them is asked about first.
	jq -c '.arch = "mips" | .objects = {loongarch: {bpf_object, bpf_object_size}}' \
		"$OBJ/kprobe.json" >x
	bad x loongarch
	# A tracepoint does not care.
	edited '.arch = "mips"'
	run -0 "$ECLI" run x --help
}

@test "a file of the kernel's BTF that is none" {
	need root
	run -1 "$ECLI" run "$OBJ/core.bpf.o" --btf nothing
	[ "$output" = "ecli: cannot read the kernel's BTF in 'nothing': No such file or directory" ]
	echo text >nothing
	bad "$OBJ/core.bpf.o" '--btf takes a file with the BTF of a kernel' \
		--btf nothing
}

@test "an error with the words of others has no control characters" {
	run -1 "$ECLI" run $'x\e[31m.json'
	[ "$output" = "ecli: cannot open 'x\\x1b[31m.json': No such file or directory" ]
}
