#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What one client pushes to a registry the others pull, byte for byte. What came
# of it is written as a table into docs/oci.md.

load ../helper
load ../registry
load ../image

bats_require_minimum_version 1.5.0

ORAS_VERSION=1.2.3

setup_file() {
	ORAS=$("$ROOT/scripts/go-tool" oras.land/oras $ORAS_VERSION cmd/oras)/oras
	RESULTS=$BATS_FILE_TMPDIR/results
	mkdir "$RESULTS"
	"$ECC" -o "$BATS_FILE_TMPDIR" "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h}
	PACKAGE=$BATS_FILE_TMPDIR/package.json
	export ORAS RESULTS PACKAGE
}

# One table: a line for what was pushed, a column for who pulled.
teardown_file() {
	local page=$ROOT/docs/oci.md

	cat "$RESULTS"/* | perl -e '
		use strict; use warnings;
		my ($page) = @ARGV;
		my (%cell, %seen, @rows);
		while (<STDIN>) {
			chomp;
			my ($who, $what, $by, $result) = split /\t/;
			push @rows, [$who, $what] unless $seen{"$who\t$what"}++;
			# It begins as failed.
			$cell{"$who\t$what\t$by"} = $result;
		}
		my @by = qw(ecli oras skopeo);
		my $table = "| pushed by | what | " . join(" | ", @by) . " |\n" .
			"|---" x (2 + @by) . "|\n";
		for (@rows) {
			my ($who, $what) = @$_;
			$table .= "| $who | $what | " . join(" | ", map
				{ $cell{"$who\t$what\t$_"} // "" } @by) . " |\n";
		}
		open my $f, "<", $page or die "$page: $!\n";
		my $text = do { local $/; <$f> };
		$text =~ s/(<!-- made by make test-interop -->\n).*?(?=<!-- end -->)/$1$table/s
			or die "$page has no place for the table\n";
		open $f, ">", $page or die "$page: $!\n";
		print $f $text;
		close $f or die "$page: $!\n"' "$page"
}

setup() {
	helper_setup
	registry
	PLATFORM=()	# for oras
}

note() {
	printf '%s\t%s\t%s\t%s\n' "$@" >>"$RESULTS/$BATS_TEST_NUMBER"
}

# ---- who pushes: NAME FILE PATH

push_ecli() { "$ECLI" push -m "$2" "$REGISTRY/$3"; }
push_oras() { "$ORAS" push --plain-http "$REGISTRY/$3" "$2:application/octet-stream"; }

# ---- who pulls: PATH FILE, which it writes

pull_ecli() { "$ECLI" pull "$REGISTRY/$1" -o "$2"; }

pull_oras() {
	rm -rf by-oras
	"$ORAS" pull --plain-http "${PLATFORM[@]}" -o by-oras "$REGISTRY/$1"
	cp by-oras/* "$2"
}

# It knows of no files: the largest of its blobs.
pull_skopeo() {
	rm -rf by-skopeo
	skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/$1" dir:by-skopeo
	cp "by-skopeo/$(ls -S by-skopeo | sed 1q)" "$2"
}

# every PUSHER WHAT FILE PATH [PULLER...]: those get the bytes of FILE from PATH.
every() {
	local by who=$1 what=$2 file=$3 path=$4

	shift 4
	for by in "${@:-ecli}"; do
		note "$who" "$what" "$by" FAILED
		rm -f back
		"pull_$by" "$path" back
		cmp "$file" back
		note "$who" "$what" "$by" 'the same bytes'
	done
}

# all_kinds PUSHER: a file of each, pushed by it and pulled by all.
all_kinds() {
	local file what

	cp "$PACKAGE" package.json
	printf '\0asm\1\0\0\0%02000d' 1 >app.wasm
	cp "$OBJ/hello.bpf.o" x.bpf.o
	tar -cf x.tar package.json
	while IFS=: read -r file what; do
		"push_$1" "$1" "$file" "$1/$file:1"
		every "$1" "$what" "$file" "$1/$file:1" ecli oras skopeo
	done <<-'END'
		package.json:package
		app.wasm:Wasm module
		x.bpf.o:BPF object
		x.tar:tar of a package
	END
}

@test "what ecli pushes" {
	all_kinds ecli
}

@test "an index that ecli pushes" {
	cp "$OBJ/hello.bpf.o" x.o
	cp "$OBJ/kinds.bpf.o" other.o
	"$ECLI" push "$REGISTRY/ecli/index:1" s390=other.o "$(machine)=x.o"
	PLATFORM=(--platform "linux/$(machine)")
	every ecli 'index: this machine' x.o ecli/index:1 ecli oras skopeo
	pull_ecli() { "$ECLI" pull --arch s390x "$REGISTRY/$1" -o "$2"; }
	PLATFORM=(--platform linux/s390x)
	pull_skopeo() {
		rm -rf by-skopeo
		skopeo --override-arch s390x copy -q --src-tls-verify=false \
			"docker://$REGISTRY/$1" dir:by-skopeo
		cp "by-skopeo/$(ls -S by-skopeo | sed 1q)" "$2"
	}
	every ecli 'index: another machine' other.o ecli/index:1 ecli oras skopeo
}

@test "what oras pushes" {
	all_kinds oras
	# A folder comes as an archive, and a program may have company.
	mkdir tool
	cp x.bpf.o tool/
	echo hello >tool/README
	"$ORAS" push --plain-http "$REGISTRY/oras/folder:1" tool/
	every oras 'folder with an object' x.bpf.o oras/folder:1 ecli
	echo hello >README
	"$ORAS" push --plain-http "$REGISTRY/oras/two:1" README:text/plain package.json:application/json
	every oras 'package and a text' package.json oras/two:1 ecli
}

@test "what skopeo pushes" {
	mkdir a
	cp "$OBJ/hello.bpf.o" x.o
	cp "$PACKAGE" a/package.json
	tar -cf x.tar x.o
	tar -cf a.tar a
	bytecode=$(image "$(config '{"io.ebpf.maps":"{}"}')" "$(layer x.tar gzip)")
	give "$bytecode" skopeo/bytecode:1
	every skopeo 'image of bytecode (bpfman)' x.o skopeo/bytecode:1 ecli
	give "$(index "mips=$bytecode" "$(machine)=$bytecode")" skopeo/index:1
	every skopeo 'index of those' x.o skopeo/index:1 ecli
	echo 'name: x' >gadget.yaml
	give "$(ARTIFACT=application/vnd.gadget.v1+binary image \
		"$(blob application/vnd.gadget.config.v1+yaml gadget.yaml)" \
		"$(blob application/vnd.gadget.ebpf.program.v1+binary x.o)")" skopeo/gadget:1
	every skopeo 'image of Inspektor Gadget' x.o skopeo/gadget:1 ecli
	echo '{}' >bee.json
	give "$(image "$(blob application/ebpf.oci.image.config.v1+json bee.json config.json)" \
		"$(blob application/ebpf.oci.image.program.v1+binary x.o program.o)")" skopeo/bee:1
	every skopeo 'package of bumblebee' x.o skopeo/bee:1 ecli
	give "$(image "$(config)" "$(layer a.tar gzip)")" skopeo/container:1
	every skopeo "container's image with a package" a/package.json skopeo/container:1 ecli
}

@test "copies of copies" {
	cp "$PACKAGE" package.json
	push_ecli ecli package.json a/x:1
	"$ORAS" copy --from-plain-http --to-plain-http "$REGISTRY/a/x:1" "$REGISTRY/b/x:1"
	skopeo copy -q --src-tls-verify=false --dest-tls-verify=false \
		"docker://$REGISTRY/b/x:1" "docker://$REGISTRY/c/x:1"
	every 'ecli, then oras, then skopeo' package package.json c/x:1 ecli oras skopeo
	# The digest stays what it was, and the store is one to copy from.
	"$ECLI" pull "$REGISTRY/a/x:1" -o one >first
	"$ECLI" pull "$REGISTRY/c/x:1" -o one >third
	cmp first third
	"$ORAS" copy --from-oci-layout --to-plain-http \
		"$EUNOMIA_STORE@$(sed 's/.* //' third)" "$REGISTRY/d/x:1"
	every "oras, from ecli's store" package package.json d/x:1 ecli oras skopeo
}
