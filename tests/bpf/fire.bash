# SPDX-License-Identifier: MIT
#
# What sets off the programs of tests/obj/fire.h: kill(MAGIC, SIGNAL) to a
# process that cannot exist. Each test has a number of its own.

bats_require_minimum_version 1.5.0	# "run" with an expected status

MAGIC=$((1 << 30 | BASHPID))
# Whom the programs see: in $(...) BASHPID is another.
ME=$BASHPID

# fire [SIGNAL...]: once, or once for each signal. No process is started.
fire() {
	local sig

	for sig in "${@:-0}"; do
		kill -"$sig" "$MAGIC" 2>/dev/null || :
	done
}

# fired OBJECT [ARGUMENT...]: runs it until one event has been shown.
fired() {
	run_ready "$OBJ/$1" --magic "$MAGIC" --max-events 1 "${@:2}"
	fire
	end_of_it
}

# The column in which $2 begins in line $1.
column() {
	local before=${1%%"$2"*}

	[ "$before" != "$1" ] || return 1
	echo ${#before}
}
