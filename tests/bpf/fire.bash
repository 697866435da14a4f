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

# held: ids of the programs that $PID holds, in $PROGS.
held() {
	PROGS=$(cat /proc/"$PID"/fdinfo/* 2>/dev/null |
		sed -n 's/^prog_id:[[:space:]]*//p' | sort -u)
}

# gone: until the kernel has freed them, which it does when it finds the time.
gone() {
	local id end=$((SECONDS + PATIENCE))

	for id in $PROGS; do
		while bpftool prog show id "$id" >/dev/null 2>&1; do
			[ $SECONDS -lt $end ] || return 1
		done
	done
}
