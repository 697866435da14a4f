# SPDX-License-Identifier: MIT
#
# For scenarios of signatures and of policies.

PACKAGE=$EXAMPLES/bootstrap/package.json

setup() {
	helper_setup
	unset EUNOMIA_PASSWORD EUNOMIA_POLICY
}

# pushed PATH:TAG [FILE]: pushes it, and sets $DIGEST.
pushed() {
	run -0 "$ECLI" push -m "${2:-$PACKAGE}" "$REGISTRY/$1"
	DIGEST=${output#*@}
}

# hex DIGEST
hex() {
	printf '%s' "${1#sha256:}"
}

# blob DIGEST: the registry's file of it.
blob() {
	local h
	h=$(hex "$1")
	printf '%s' "$T/registry/docker/registry/v2/blobs/sha256/${h:0:2}/$h/data"
}

# tags PATH: the registry's folder of them.
tags() {
	printf '%s' "$T/registry/docker/registry/v2/repositories/$1/_manifests/tags"
}

# points_to PATH TAG: the digest that it stands for.
points_to() {
	cat "$(tags "$1")/$2/current/link"
}

# replace FILE FROM TO: once, the same length.
replace() {
	[ ${#2} = ${#3} ]
	grep -qF -- "$2" "$1"
	chmod u+w "$1"
	FROM=$2 TO=$3 perl -0pi -e 's/\Q$ENV{FROM}\E/$ENV{TO}/' "$1"
}

# refused TEXT COMMAND...: it fails, and says so.
refused() {
	run -1 "$ECLI" "${@:2}"
	[[ $output == *"$1"* ]] || {
		echo "not '$1' but: $output"
		return 1
	}
}
