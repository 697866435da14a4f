# SPDX-License-Identifier: MIT

# begin_target [COMMAND...]: a process of tests/obj/target.c, which the command
# has become; lines for it go to descriptor $to, and what it says to $ANSWERS.
begin_target() {
	rm -f in
	mkfifo in
	start bash -c 'exec "$@" <in >>"$0"' "$T/answers.$started" \
		"${@:-$OBJ/target}"
	exec {to}>in
	TARGET=$PID
	ANSWERS=$T/answers.$((started - 1))
	ask up up
	: >"$ANSWERS"
}

# begin_busy CPU: a shell that does nothing but run there, in $BUSY.
begin_busy() {
	start taskset -c "$1" bash -c 'echo busy; while :; do :; done'
	BUSY=$PID
	wait_for '^busy$'
}

# begin_spin: "chain spin" of tests/obj/chain.c, at it, in $SPIN.
begin_spin() {
	start "$OBJ/chain" spin
	SPIN=$PID
	wait_for '^spinning$'
}

# need_libc_probes: a function of the C library can be probed.
need_libc_probes() {
	run "$ECLI" run "$OBJ/uprobe.bpf.o" -t entry=libc:getsid \
		-t "leave=$OBJ/target:eu_work" --timeout 100ms
	[[ $output != *"is Thumb code, where"* ]] ||
		skip 'needs probes in Thumb code'
}

# ask LINE ANSWER: the process answers.
ask() {
	echo "$1" >&$to
	wait_for "^$2\$" "$ANSWERS"
}
