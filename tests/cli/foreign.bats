#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Images that others make.

load ../helper
load ../registry
load ../image

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

# refused REFERENCE WORDS: it cannot be pulled, and that is why.
refused() {
	run -1 "$ECLI" pull "$REGISTRY/$1" -o back
	[ "$output" = "ecli: '$REGISTRY/$1': $2" ]
	[ ! -e back ]
}

@test "bpfman: an image of bytecode" {
	registry
	mkdir there
	tar --transform 's,.*/,,' -cf x.tar "$OBJ/hello.bpf.o"
	labels='{"io.ebpf.programs": "{\"hello\":\"tracepoint\"}", "io.ebpf.maps": "{}"}'
	give "$(image "$(config "$labels")" "$(layer x.tar gzip)")" bytecode
	cd there
	run -0 "$ECLI" pull "$REGISTRY/bytecode"
	[[ $output == 'hello.bpf.o sha256:'* ]]
	cmp hello.bpf.o "$OBJ/hello.bpf.o"
	[ "$("$ECLI" inspect -j "$REGISTRY/bytecode" | jq -r '.programs[0].name')" = "$("$ECLI" inspect -j hello.bpf.o | jq -r '.programs[0].name')" ]
}

@test "bpfman: an index of such images, and one that says which file it means" {
	registry
	cp "$OBJ/hello.bpf.o" mine.o
	cp "$OBJ/kinds.bpf.o" other.o
	tar -cf mine.tar mine.o
	tar -cf other.tar other.o
	tar -cf both.tar mine.o other.o
	mine=$(image "$(config)" "$(layer mine.tar gzip)")
	other=$(image "$(config)" "$(layer other.tar gzip)")
	give "$(index "ppc64le=$other" "$(machine)=$mine" "mips=$other")" several
	"$ECLI" pull "$REGISTRY/several" -o back
	cmp mine.o back
	give "$(image "$(config '{"io.ebpf.filename": "other.o"}')" "$(layer both.tar gzip)")" both
	"$ECLI" pull "$REGISTRY/both" -o back
	cmp other.o back
}

@test "Inspektor Gadget: an index of gadgets, of which the program is taken" {
	registry
	cp "$OBJ/hello.bpf.o" program.o
	printf 'name: hello\n' >gadget.yaml
	printf '\0asm\1\0\0\0gadget' >program.wasm
	tar -cf btf.tar gadget.yaml
	gadget=$(ARTIFACT=application/vnd.gadget.v1+binary image \
		"$(blob application/vnd.gadget.config.v1+yaml gadget.yaml)" \
		"$(blob application/vnd.gadget.wasm.program.v1+binary program.wasm)" \
		"$(blob application/vnd.gadget.btfgen.v1+binary btf.tar)" \
		"$(blob application/vnd.gadget.ebpf.program.v1+binary program.o)")
	give "$(index "$(machine)=$gadget")" gadget
	"$ECLI" pull "$REGISTRY/gadget" -o back
	cmp program.o back
}

@test "bumblebee: a package with its configuration" {
	registry
	cp "$OBJ/hello.bpf.o" program.o
	echo '{"info":{}}' >config.json
	give "$(image "$(blob application/ebpf.oci.image.config.v1+json config.json config.json)" \
		"$(blob application/ebpf.oci.image.program.v1+binary program.o program.o)")" bee
	mkdir there
	cd there
	"$ECLI" pull "$REGISTRY/bee"
	cmp program.o ../program.o
}

@test "a container's image with one program among its files" {
	registry
	mkdir -p usr/share app
	echo readme >usr/share/readme.txt
	echo '{"other":"json"}' >app/settings.json
	cp "$PACKAGE" app/package.json
	tar -cf base.tar usr app/settings.json
	tar -cf app.tar app/package.json
	give "$(image "$(config)" "$(layer base.tar)" "$(layer app.tar gzip)")" c:1
	"$ECLI" pull "$REGISTRY/c:1" -o back
	cmp back "$PACKAGE"
	# The compiler's whole output: the package is what is meant.
	cp "$OBJ/hello.bpf.o" app/hello.bpf.o
	tar -cf app.tar app
	give "$(image "$(config)" "$(layer app.tar)")" c:2
	"$ECLI" pull "$REGISTRY/c:2" -o back
	cmp back "$PACKAGE"
	# With the BTF of kernels all of it.
	mkdir btfhub-archive
	echo btf >btfhub-archive/1.btf
	cp "$PACKAGE" package.json
	tar -cf all.tar package.json btfhub-archive
	give "$(image "$(config)" "$(layer all.tar gzip)")" c:3
	"$ECLI" pull "$REGISTRY/c:3" -o back
	cmp back all.tar
}

@test "what later layers hide" {
	registry
	mkdir -p a b
	cp "$OBJ/hello.bpf.o" a/x.o
	cp "$OBJ/kinds.bpf.o" b/y.o
	tar -cf both.tar a b
	cp "$OBJ/hello.bpf.o" z.o
	touch a/.wh.x.o b/.wh..wh..opq .wh.a
	tar -cf file.tar a/.wh.x.o
	tar -cf opaque.tar b/.wh..wh..opq
	tar -cf folder.tar .wh.a
	tar -cf marks.tar .wh.a b/.wh..wh..opq z.o
	# The same path again.
	cp "$OBJ/kinds.bpf.o" a/x.o
	tar -cf again.tar a/x.o
	both=$(layer both.tar gzip)
	give "$(image "$(config)" "$both" "$(layer file.tar)")" i:1
	"$ECLI" pull "$REGISTRY/i:1" -o back
	cmp back b/y.o
	give "$(image "$(config)" "$both" "$(layer opaque.tar)")" i:2
	"$ECLI" pull "$REGISTRY/i:2" -o back
	cmp back z.o
	give "$(image "$(config)" "$both" "$(layer folder.tar)")" i:3
	"$ECLI" pull "$REGISTRY/i:3" -o back
	cmp back b/y.o
	give "$(image "$(config)" "$both" "$(layer marks.tar)")" i:4
	"$ECLI" pull "$REGISTRY/i:4" -o back
	cmp back z.o
	give "$(image "$(config)" "$both" "$(layer opaque.tar)" "$(layer again.tar)")" i:5
	"$ECLI" pull "$REGISTRY/i:5" -o back
	cmp back a/x.o
}

@test "images of which it is not plain what to run" {
	registry
	mkdir a
	cp "$OBJ/hello.bpf.o" a/x.o
	cp "$OBJ/hello.bpf.o" $'a/y\e.o'
	tar -cf two.tar a
	give "$(image "$(config)" "$(layer two.tar gzip)")" two
	refused two 'it holds several programs, and not one: a/x.o, a/y\x1b.o'
	cp /bin/true a/true
	tar -cf none.tar a/true
	give "$(image "$(config)" "$(layer none.tar gzip)")" none
	refused none 'there is no program among its files'
	# Out of the image: it is not even looked at.
	(cd a && tar -P --transform 's,^,../../etc/,' -cf ../out.tar x.o)
	give "$(image "$(config)" "$(layer out.tar)")" out
	refused out 'there is no program among its files'
	(cd a && tar -P --transform 's,^,/etc/,' -cf ../root.tar x.o)
	give "$(image "$(config)" "$(layer root.tar)")" root
	refused root 'there is no program among its files'
}

@test "an index in an index is refused, not looked into" {
	cp "$OBJ/hello.bpf.o" x.o
	tar -cf x.tar x.o
	inner=$(index "$(machine)=$(image "$(config)" "$(layer x.tar)")")
	outer=$(index "$(machine)=$inner")
	# As another tool may have put it into the store.
	echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
	jq -c '{schemaVersion: 2, manifests: [. + {annotations:
		{"org.opencontainers.image.ref.name": "x.y/z:1"}}]}' \
		<<<"$outer" >layout/index.json
	export EUNOMIA_STORE=$T/layout
	run -1 "$ECLI" inspect --offline x.y/z:1
	[[ $output == *'it is an index in an index' ]]
}

@test "a layer that the store has lost is not an empty program" {
	registry
	cp "$OBJ/hello.bpf.o" x.o
	tar -cf x.tar x.o
	give "$(image "$(config)" "$(layer x.tar gzip)")" a:1
	run -0 "$ECLI" pull "$REGISTRY/a:1" -o back
	cmp back x.o
	rm back
	blobs=$EUNOMIA_STORE/blobs/sha256
	layer=$(jq -r '.layers[0].digest' "$blobs/${output##*:}")
	rm "$blobs/${layer#*:}"
	run -1 "$ECLI" pull --offline "$REGISTRY/a:1" -o back
	[[ $output == *"${layer#*:}"*'No such file'* ]]
	[ ! -e back ]
}

@test "layers that are damaged, or mean no good" {
	registry
	cp "$OBJ/hello.bpf.o" x.o
	tar -cf x.tar x.o
	gzip -n <x.tar >x.gz
	gz=application/vnd.oci.image.layer.v1.tar+gzip
	head -c 300 x.gz >cut.gz
	give "$(image "$(config)" "$(blob $gz cut.gz)")" cut
	refused cut 'the gzip data is damaged: it ends early'
	# One that is all of the others': members one after the other.
	head -c 700 x.tar | gzip -n >parts.gz
	tail -c +701 x.tar | gzip -n >>parts.gz
	give "$(image "$(config)" "$(blob $gz parts.gz)")" parts
	"$ECLI" pull "$REGISTRY/parts" -o back
	cmp back x.o
	rm back
	head -c 100M /dev/zero | gzip -n >bomb.gz
	give "$(image "$(config)" "$(blob $gz bomb.gz)")" bomb
	refused bomb "the gzip data unpacks to more than 100 times its $(stat -c %s bomb.gz) bytes"
	head -c 300 x.tar >cut.tar
	give "$(image "$(config)" "$(layer cut.tar)" "$(layer cut.tar)")" cut2
	refused cut2 'there is no program among its files'
	head -c 1000 x.tar >cut.tar
	give "$(image "$(config)" "$(layer cut.tar)")" cut3
	refused cut3 'tar archive: entry that ends after the file at offset 0'
	printf '\050\265\057\375 and so on' >x.zst
	give "$(image "$(config)" "$(blob application/vnd.oci.image.layer.v1.tar+zstd x.zst)")" zst
	refused zst 'a layer is packed with zstd, which is not read here: gzip is'
}
