# SPDX-License-Identifier: MIT

# begin_target [COMMAND...]: a process of tests/obj/target.c, which the command
# becomes; lines for it go to descriptor $to.
begin_target() {
	rm -f in
	mkfifo in
	start bash -c 'exec "$@" <in' - "${@:-$OBJ/target}"
	exec {to}>in
	TARGET=$PID
	ANSWERS=$OUT
}

# ask LINE ANSWER: the process answers.
ask() {
	echo "$1" >&$to
	wait_for "^$2\$" "$ANSWERS"
}
