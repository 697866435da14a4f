#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Large files to a registry: in pieces, over breaks, or not at all.

load ../helper
load ../registry
load ../faults
load ../gate

bats_require_minimum_version 1.5.0

MB=$((1 << 20))

setup() {
	helper_setup
	registry
	LOG=$ERR
}

# large FILE MB: something to be pushed that is no other's.
large() {
	{
		printf '\0asm\1\0\0\0'
		head -c $(($2 * MB - 8)) /dev/urandom
	} >"$1"
}

# asked METHOD PATH: how many such requests the registry has answered.
asked() {
	grep 'response completed' "$LOG" |
		grep -c "http.request.method=$1 .*http.request.uri=\"\?/v2/$2" || :
}

@test "a large file goes in pieces" {
	large x 20
	"$ECLI" push "$REGISTRY/x" x
	[ "$(asked PATCH x/blobs/uploads)" = 3 ]
	"$ECLI" pull "$REGISTRY/x" -o back
	cmp x back
	# A small one at once.
	large y 8
	"$ECLI" push "$REGISTRY/y" y
	[ "$(asked PATCH y/blobs/uploads)" = 0 ]
	"$ECLI" pull "$REGISTRY/y" -o back
	cmp y back
	# What it has is not sent again.
	before=$(asked PUT y/blobs/uploads)
	"$ECLI" push "$REGISTRY/y:2" y
	[ "$(asked PUT y/blobs/uploads)" = "$before" ]
}

@test "pieces as large as the registry wants them" {
	need program:python3
	gate large
	large x 20
	"$ECLI" push "$GATE/x" x
	[ "$(sed -n 's/^PATCH .* //p' asked | paste -sd' ')" = "$((12 * MB)) $((8 * MB))" ]
	"$ECLI" pull "$REGISTRY/x" -o back
	cmp x back
}

@test "an upload that breaks off" {
	local resumed=0 n

	forward "$REGISTRY"
	# In a piece, and somewhere in the heads around one.
	for n in 100 $((3 * MB)) $((12 * MB)) $((8 * MB)) $((8 * MB + 400)) \
		$((8 * MB + 800)) $((8 * MB + 1200)) $((8 * MB + 1600)) $((8 * MB + 2000)); do
		large x 20
		say cut $n up
		"$ECLI" push "$WIRE/x:$n" x
		say pass
		echo "cut at $n: $UP bytes sent"
		[ "$UP" -ge $((20 * MB)) ]
		[ "$UP" -ge $((22 * MB)) ] || resumed=$((resumed + 1))
		"$ECLI" pull "$REGISTRY/x:$n" -o back
		cmp x back
	done
	# The first sent nothing yet; of the last ones, in the heads of the second
	# piece, some went on behind the first.
	[ $resumed -ge 1 ]
	# A small one is sent anew.
	large y 4
	say cut $((2 * MB)) up
	"$ECLI" push "$WIRE/y" y
	"$ECLI" pull "$REGISTRY/y" -o back
	cmp y back
	# For good: an error, and not for ever.
	large z 20
	say cut $((9 * MB)) each up
	run -1 "$ECLI" push "$WIRE/z" z
	[[ $output == ecli:* ]]
}

@test "what another repository has need not be sent" {
	large x 10
	"$ECLI" push "$REGISTRY/me/x" x
	"$ECLI" pull "$REGISTRY/me/x" -o back
	"$ECLI" push "$REGISTRY/you/y" x
	[ "$(asked PATCH you/y/blobs/uploads)" = 0 ]
	[ "$(asked PUT you/y/blobs/uploads)" = 0 ]
	[ "$(asked POST you/y/blobs/uploads)" = 2 ]
	rm -r "$EUNOMIA_STORE"
	"$ECLI" pull "$REGISTRY/you/y" -o back
	cmp x back
	# It may not have it any more.
	large z 10
	"$ECLI" push "$REGISTRY/me/z" z
	"$ECLI" pull "$REGISTRY/me/z" -o back
	rm -r "$T/registry/docker/registry/v2/repositories/me/z"
	"$ECLI" push "$REGISTRY/you/z" z
	[ "$(asked PATCH you/z/blobs/uploads)" = 2 ]
}

# on_terminal COMMAND...: what it shows on one of 80 columns, lines ended anew.
on_terminal() {
	script -qefc "stty cols 80; $*" /dev/null </dev/null | tr '\r' '\n'
}

@test "how far it has come is shown on a terminal, and only there" {
	need program:script
	large x 20
	sum=$(sha256sum x | cut -c1-12)
	on_terminal "$ECLI" push "$REGISTRY/x" x >shown
	grep -F "$sum [" shown
	grep -F '] 100% 21.0 of 21.0 MB' shown
	rm -rf "$EUNOMIA_STORE"
	on_terminal "$ECLI" pull "$REGISTRY/x" -o back >shown
	grep -F "$sum [" shown
	grep -E '#  .*\]  50% 10.5 of 21.0 MB' shown
	[[ $(tail -n 2 shown) == *'back sha256:'* ]]
	rm -rf "$EUNOMIA_STORE"
	on_terminal "$ECLI" pull -q "$REGISTRY/x" -o back >shown
	[ ! -s shown ]
	on_terminal "$ECLI" push -q "$REGISTRY/x:2" x >shown
	[ ! -s shown ]
	rm -rf "$EUNOMIA_STORE"
	"$ECLI" pull "$REGISTRY/x" -o back 2>err
	[ ! -s err ]
	# It is no program, which is said when it has come.
	for command in run inspect check; do
		rm -r "$EUNOMIA_STORE"
		on_terminal "$ECLI" $command "$REGISTRY/x" >shown || :
		grep -F "$sum [" shown
		rm -r "$EUNOMIA_STORE"
		on_terminal "$ECLI" $command --quiet "$REGISTRY/x" >shown || :
		run ! grep -F "$sum [" shown
		grep -F 'ecli: ' shown
	done
}
