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

# called do_NAME: what the kernel calls that function; since Linux 7.0 those that
# take a path are called filename_NAME.
called() {
	grep -q " $1\$" /proc/kallsyms && echo "$1" || echo "filename_${1#do_}"
}

# renamed PROGRAM...: where do_unlinkat has another name, it as the target of
# each, in $AT.
renamed() {
	local program name

	AT=()
	name=$(called do_unlinkat)
	[ "$name" != do_unlinkat ] || return 0
	for program; do
		AT+=(-t "$program=$name")
	done
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
