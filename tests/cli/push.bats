#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is said of what is pushed, and several files for several machines.

load ../helper
load ../registry
load ../image
load ../gate

bats_require_minimum_version 1.5.0

PACKAGE=$EXAMPLES/bootstrap/package.json

# manifest PATH[:TAG|@DIGEST]: what the registry has, by another client.
manifest() {
	skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/$1"
}

# note KEY: of the manifest in the file "m".
note() {
	jq -r --arg k "$1" '.annotations[$k]' m
}

@test "a manifest says what is in the package" {
	registry
	cp "$PACKAGE" package.json
	"$ECLI" push "$REGISTRY/a" package.json --source https://example.org/x.git
	manifest a >m
	[ "$(note org.opencontainers.image.title)" = package.json ]
	[ "$(note org.opencontainers.image.source)" = https://example.org/x.git ]
	[ "$(note org.opencontainers.image.licenses)" = 'LicenseRef-BSD OR GPL-2.0' ]
	# What "ecli inspect" says that it needs, newest first.
	"$ECLI" inspect -j package.json >inspect
	[ "$(note io.eunomia.kernel)" = "$(jq -r '[.needs[].since // empty] | .[0]' inspect)" ]
	[ "$(note io.eunomia.needs)" = "$(jq -r '[.needs[] | .kind + " " + .name] | join(", ")' inspect)" ]
	[[ $(note io.eunomia.needs) == *'map type ringbuf'* ]]
	# What the caller says comes first.
	"$ECLI" push "$REGISTRY/a:2" package.json -a org.opencontainers.image.licenses=MIT -a io.eunomia.needs=
	manifest a:2 >m
	[ "$(note org.opencontainers.image.licenses)" = MIT ]
	[ "$(note io.eunomia.needs)" = '' ]
}

@test "its description and version, of its doc comment" {
	need ecc
	registry
	cat >x.bpf.c <<-'END'
		// SPDX-License-Identifier: MIT
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>

		/// @brief counts "nothing" at all
		/// @version 3.2
		char LICENSE[] SEC("license") = "GPL v2";

		SEC("socket")
		int f(void *ctx)
		{
			return 0;
		}
	END
	"$ECC" x.bpf.c >ecc.out
	"$ECLI" push "$REGISTRY/a"
	manifest a >m
	[ "$(note org.opencontainers.image.description)" = 'counts "nothing" at all' ]
	[ "$(note org.opencontainers.image.version)" = 3.2 ]
	[ "$(note org.opencontainers.image.licenses)" = GPL-2.0-only ]
	# Of the object as much as it knows.
	"$ECLI" push "$REGISTRY/b" x.bpf.o
	manifest b >m
	[ "$(note org.opencontainers.image.licenses)" = GPL-2.0-only ]
}

@test "an index of several files, and each machine gets its own" {
	registry
	cp "$OBJ/hello.bpf.o" mine.o
	cp "$OBJ/kinds.bpf.o" other.o
	run -0 "$ECLI" push "$REGISTRY/a:1" "s390=other.o" "$(machine)=mine.o" -a x=y
	[[ $output == "$REGISTRY/a:1@sha256:"* ]]
	digest=${output#*@}
	manifest a:1 >m
	[ "$(jq -c '[.mediaType, [.manifests[].platform]]' m)" = '["application/vnd.oci.image.index.v1+json",[{"architecture":"s390x","os":"linux"},{"architecture":"'"$(machine)"'","os":"linux"}]]' ]
	[ "$(note x)" = y ]
	[ "$digest" = "sha256:$(manifest a:1 | sha256sum | cut -d' ' -f1)" ]
	manifest "a@$(jq -r '.manifests[0].digest' m)" >m
	[ "$(note org.opencontainers.image.title)" = other.o ]
	[ "$(note x)" = y ]
	# The same again is the same.
	run -0 "$ECLI" push "$REGISTRY/a:2" "s390x=other.o" "$(machine)=mine.o" -a x=y
	[ "${output#*@}" = "$digest" ]

	"$ECLI" pull "$REGISTRY/a:1" -o back
	cmp back mine.o
	run -0 "$ECLI" pull --arch s390 "$REGISTRY/a:1" -o back
	cmp back other.o
	other=${output#back }
	# The name still stands for what is for this machine.
	"$ECLI" pull --offline "$REGISTRY/a:1" -o back
	cmp back mine.o
	"$ECLI" pull --offline "$REGISTRY/a@$other" -o back
	cmp back other.o
	run -1 "$ECLI" pull --offline --arch s390x "$REGISTRY/a:1" -o back
	[[ $output == *"the store does not have it"* ]]
	run -1 "$ECLI" pull --arch riscv "$REGISTRY/a:1" -o back
	[ "$output" = "ecli: '$REGISTRY/a:1': there is nothing for 'riscv64'" ]

	run -0 "$ECLI" pull --all "$REGISTRY/a:2" -o back
	[ "$output" = "back $digest" ]
	cmp back mine.o
	stop_registry
	"$ECLI" pull --offline --arch s390x "$REGISTRY/a:2" -o back
	cmp back other.o
	"$ECLI" inspect --offline "$REGISTRY/a:2" >/dev/null
	# All of it can be handed on, and stays when the store is tidied.
	"$ECLI" rm "$REGISTRY/a:1" "$REGISTRY/a@$other"
	"$ECLI" prune
	skopeo copy -q --all "oci:$EUNOMIA_STORE:$REGISTRY/a:2" oci:copy:x
	[ "$(jq -r '.manifests[0].digest' copy/index.json)" = "$digest" ]
}

@test "one file for one machine, and slips" {
	registry
	cp "$OBJ/hello.bpf.o" x.o
	"$ECLI" push "$REGISTRY/a" s390x=x.o
	run -1 "$ECLI" pull "$REGISTRY/a"
	[ "$output" = "ecli: '$REGISTRY/a': there is nothing for this machine" ]
	run -1 "$ECLI" push "$REGISTRY/a" x.o arm64=x.o
	[ "$output" = 'ecli: of several files each is for one architecture: write ARCH=x.o' ]
	run -1 "$ECLI" push "$REGISTRY/a" x86=x.o amd64=x.o
	[ "$output" = "ecli: 'x86=x.o' and 'amd64=x.o' are for the same architecture" ]
	# No architecture: the name of a file.
	cp x.o vax=x.o
	"$ECLI" push "$REGISTRY/b" vax=x.o
	"$ECLI" pull "$REGISTRY/b" -o back
	cmp back x.o
	run -1 "$ECLI" push "$REGISTRY/b" arm64=none
	[[ $output == *"cannot open 'none'"* ]]
	run -2 "$ECLI" pull --arch vax "$REGISTRY/b"
	[ "${lines[0]}" = "ecli: 'vax' is no architecture known here" ]
}

@test "a registry that knows no artifacts" {
	need program:python3
	registry
	gate old
	cp "$PACKAGE" package.json
	cp "$OBJ/hello.bpf.o" x.o
	"$ECLI" push "$GATE/a" package.json
	manifest a >m
	[ "$(jq -c '[.artifactType, .config.mediaType]' m)" = '[null,"application/vnd.eunomia.package.v1+json"]' ]
	"$ECLI" pull "$GATE/a" -o back
	cmp back package.json
	[[ $("$ECLI" images) == *'application/vnd.eunomia.package.v1+json'* ]]
	"$ECLI" push "$GATE/b" arm64=x.o "$(machine)=package.json"
	"$ECLI" pull "$GATE/b" -o back
	cmp back package.json
}
