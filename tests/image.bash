# SPDX-License-Identifier: MIT
#
# Images as other tools make them, for scenarios that need some:
#
#	load ../image
#
# They are laid out by hand, by the image specification, and given to the
# registry by skopeo.

# blob TYPE FILE [TITLE]: keeps the file in ./layout, and prints its descriptor.
blob() {
	local sum

	mkdir -p layout/blobs/sha256
	sum=$(sha256sum <"$2" | cut -d' ' -f1)
	cp "$2" "layout/blobs/sha256/$sum"
	jq -cn --arg t "$1" --arg d "sha256:$sum" --argjson s "$(stat -c %s "$2")" \
		--arg n "${3:-}" '{mediaType: $t, digest: $d, size: $s} +
		if $n == "" then {} else
		{annotations: {"org.opencontainers.image.title": $n}} end'
}

# image CONFIG LAYER...: of such descriptors; prints that of the manifest. What
# $ARTIFACT holds is its artifactType.
image() {
	local config=$1

	shift
	printf '%s\n' "$@" | jq -cs --argjson c "$config" --arg a "${ARTIFACT:-}" \
		'{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
		config: $c, layers: .} +
		if $a == "" then {} else {artifactType: $a} end' >manifest.json
	blob application/vnd.oci.image.manifest.v1+json manifest.json
}

# config [LABELS]: a container's configuration, described.
config() {
	jq -cn --argjson l "${1:-null}" '{architecture: "amd64", os: "linux",
		config: {Labels: $l}, rootfs: {type: "layers", diff_ids: []}}' >config.json
	blob application/vnd.oci.image.config.v1+json config.json
}

# index ARCH=MANIFEST...: of several manifests, described.
index() {
	local one

	for one; do
		jq -c --arg a "${one%%=*}" \
			'. + {platform: {os: "linux", architecture: $a}}' \
			<<<"${one#*=}"
	done | jq -cs '{schemaVersion: 2, manifests: .,
		mediaType: "application/vnd.oci.image.index.v1+json"}' >manifest.json
	blob application/vnd.oci.image.index.v1+json manifest.json
}

# give MANIFEST PATH[:TAG]: to the registry.
give() {
	echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
	jq -c '{schemaVersion: 2, manifests: [. + {annotations:
		{"org.opencontainers.image.ref.name": "x"}}]}' <<<"$1" >layout/index.json
	skopeo copy -q --all --dest-tls-verify=false oci:layout:x \
		"docker://$REGISTRY/$2"
}

# layer FILE [gzip]: an archive as a layer, described.
layer() {
	if [ "${2:-}" = gzip ]; then
		gzip -n <"$1" >"$1.gz"
		blob application/vnd.oci.image.layer.v1.tar+gzip "$1.gz"
	else
		blob application/vnd.oci.image.layer.v1.tar "$1"
	fi
}

# What images call this machine.
machine() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}
