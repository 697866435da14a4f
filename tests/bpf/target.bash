# SPDX-License-Identifier: MIT

# A process of tests/obj/target.c: lines for it go to descriptor $to.
begin_target() {
	rm -f in
	mkfifo in
	start bash -c 'exec "$0" <in' "$OBJ/target"
	exec {to}>in
	TARGET=$PID
	ANSWERS=$OUT
}

# ask LINE ANSWER: the process answers.
ask() {
	echo "$1" >&$to
	wait_for "^$2\$" "$ANSWERS"
}
