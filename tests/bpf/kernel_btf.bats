#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the kernel's BTF is taken from, on a kernel that shows none.

load ../helper
load fire

setup() {
	helper_setup
	need root bpf tracepoint btf ringbuf program:unshare
	RELEASE=$(uname -r)
	cat /sys/kernel/btf/vmlinux >full
	system debian 12
	make_without
}

# system ID VERSION: what os-release says in the namespace of "without".
system() {
	printf 'NAME="Some system"\nID=%s\nVERSION_ID="%s"\n' "$@" >os-release
}

# hub DIR SYSTEM: a directory as BTFHub's, with one kernel.
hub() {
	AT=$1/$2/$(uname -m)/$RELEASE.btf
	mkdir -p "${AT%/*}"
	cp full "$AT"
}

# without COMMAND...: where the kernel shows no BTF.
make_without() {
	cat >without <<-'EOF'
	#!/bin/bash
	[ -n "$INSIDE" ] || INSIDE=1 exec unshare -m "$0" "$@"
	mount -t tmpfs none /sys/kernel/btf || exit 99
	for f in /etc/os-release /usr/lib/os-release; do
		[ ! -e $f ] || mount --bind os-release $f || exit 99
	done
	exec env "$@"
	EOF
	chmod +x without
}

# reads [ENV...] [--] ARGUMENT...: the program does, and reads what it should.
reads() {
	start_ready ./without "$@" --ready-fd 3 --magic "$MAGIC" -j \
		--max-events 1
	fire
	end_of_it
	[ "$(cat "$OUT")" = "{\"pid\":$ME,\"tgid\":$ME}" ]
}

# refused REGEX [ENV...] COMMAND...
refused() {
	run -1 ./without "${@:2}"
	echo "$output"
	[[ $output =~ $1 ]]
}

@test "without any the program is refused, with what to do" {
	refused "needs the kernel's BTF and .* is not there: give it with --btf" \
		"$ECLI" run "$OBJ/core.bpf.o"
}

# bats test_tags=matrix
@test "a file, by --btf and by BTF_FILE_PATH" {
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf full
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf full --no-tailor
	reads BTF_FILE_PATH=full "$ECLI" run "$OBJ/core.bpf.o"
	refused "'/no/such': No such file" BTF_FILE_PATH=/no/such \
		"$ECLI" run "$OBJ/core.bpf.o"
	echo nothing >bad
	refused "core.bpf.o" "$ECLI" run "$OBJ/core.bpf.o" --btf bad
}

@test "a directory as BTFHub's" {
	hub d debian/12
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf d
	reads BTF_FILE_PATH=d "$ECLI" run "$OBJ/core.bpf.o"
	# The one of this system goes before that of another.
	mkdir -p d/centos/7/"$(uname -m)"
	echo nothing >d/centos/7/"$(uname -m)/$RELEASE.btf"
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf d
	mv "$AT" other
	refused "core.bpf.o" "$ECLI" run "$OBJ/core.bpf.o" --btf d
	rm -r d/centos
	refused "'d' has no BTF of this kernel: debian/12/[a-z0-9_]+/$RELEASE.btf" \
		"$ECLI" run "$OBJ/core.bpf.o" --btf d
}

@test "of a system that does not say what it is" {
	hub d/btfhub-archive debian/12
	: >os-release
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf d
}

@test "files in .tar.xz, and damaged ones" {
	need program:xz
	hub d debian/12
	tar -C "${AT%/*}" -c "$RELEASE.btf" | xz -0 >"$AT.tar.xz"
	rm "$AT"
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf d
	reads "$ECLI" run "$OBJ/core.bpf.o" --btf "$AT.tar.xz"
	head -c 10000 "$AT.tar.xz" >cut
	mv cut "$AT.tar.xz"
	refused "$RELEASE.btf.tar.xz': compressed data is damaged or ends early" \
		"$ECLI" run "$OBJ/core.bpf.o" --btf d
}

# bats test_tags=matrix
@test "the archive in a package" {
	need program:tar
	cp "$OBJ/core.json" package.json
	hub btfhub-archive debian/12
	tar -cf p.tar ./btfhub-archive ./package.json
	reads "$ECLI" run p.tar
	rm -r btfhub-archive
	hub btfhub-archive ubuntu/20.04
	tar -cf p.tar package.json btfhub-archive
	reads "$ECLI" run p.tar
	mv "$AT" "${AT%/*}/4.15.0-1.btf"
	tar -cf p.tar package.json btfhub-archive
	refused "is not there, nor in the package's archive" "$ECLI" run p.tar
	# Where the kernel has its own nothing else is looked at.
	run_ready p.tar --magic "$MAGIC" -j --max-events 1
	fire
	end_of_it
	[ "$(cat "$OUT")" = "{\"pid\":$ME,\"tgid\":$ME}" ]
}

@test "ecc -b: an archive of what the object looks at, for every kernel" {
	need ecc program:tar program:xz
	hub d debian/12
	tar -C "${AT%/*}" -c "$RELEASE.btf" | xz -0 >"${AT%/*}/6.1.0-x.btf.tar.xz"
	mkdir -p d/debian/12/mips && cp full "d/debian/12/mips/$RELEASE.btf"
	"$ECC" -b --btfhub-archive d -o . "$ROOT/tests/obj/core.bpf.c"
	[ "$(tar -tf core.tar | sed "s/$RELEASE/RELEASE/")" = "package.json
core
btfhub-archive/debian/12/$(uname -m)/6.1.0-x.btf
btfhub-archive/debian/12/$(uname -m)/RELEASE.btf" ]
	[ "$(stat -c %s core.tar)" -lt 40000 ]
	rm -r d full package.json
	reads "$ECLI" run core.tar
	reads "$ECLI" run core.tar --no-tailor

	run -1 "$ECC" -b --btfhub-archive d -o . "$ROOT/tests/obj/core.bpf.c"
	[[ $output == *"'d': No such file"* ]]
	mkdir -p d/a/b/c
	run -1 "$ECC" -b --btfhub-archive d -o . "$ROOT/tests/obj/core.bpf.c"
	[[ $output == *"'d' has no BTF for this package"* ]]
	run -2 "$ECC" -b -n "$ROOT/tests/obj/core.bpf.c"
}
