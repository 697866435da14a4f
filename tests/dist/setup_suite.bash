# SPDX-License-Identifier: MIT
#
# What all files here begin with: $DIST, what "make dist" makes, made here unless
# it is set, and $BARE, a Debian 12 system with nothing but apt.

setup_suite() {
	ROOT=${ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	BUILD=${BUILD:-$ROOT/build}
	export BARE=$BATS_SUITE_TMPDIR/bare
	if [ -z "${DIST:-}" ]; then
		export DIST=$BATS_SUITE_TMPDIR/dist
		"$ROOT/scripts/dist" -b "$BUILD-dist" "$DIST"
	fi
	(
		set -euo pipefail
		. "$ROOT/scripts/bare.bash"
		bare_system "$BARE"
	)
}
