# SPDX-License-Identifier: MIT
#
# A bare system of the test's own:
#
#	load ../helper
#	load ../registry
#	load bare

bare() {
	need root program:mmdebstrap
	SYSTEM=$T/system
	cp -a "$BARE" "$SYSTEM"
}

# inside COMMAND [NAME=VALUE...]
inside() {
	unshare --mount --propagation private bash -c 'set -euo pipefail
		. "$0/scripts/bare.bash"
		bare_mount "$1"
		mount -t tracefs tracefs "$1/sys/kernel/tracing"
		bare_run "$@"' "$ROOT" "$SYSTEM" "set -e; $1" "${@:2}"
}

# In there, while a shell ends with 7 again and again: two events of @1.
two_events() {
	inside "while :; do (exit 7) || /bin/true; done & busy=\$!
		ecli run -j --max-events 2 $1 && r=0 || r=\$?
		kill \$busy; exit \$r" >"$T/events"
	[ "$(jq -s 'length == 2 and all(.pid > 0)' "$T/events")" = true ]
}
