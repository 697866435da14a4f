# SPDX-License-Identifier: MIT
#
# What every scenario begins with:
#
#	load ../helper
#
# It gives the test an empty directory of its own ($T, where it starts) and ends
# at its end whatever start, start_ready and run_ready began and nothing else.
# A file with a setup or teardown of its own calls helper_setup and
# helper_teardown there.

ROOT=${ROOT:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
BUILD=${BUILD:-$ROOT/build}
ECLI=$BUILD/tools/ecli
ECC=$BUILD/tools/ecc
LMP=$BUILD/tools/lmp
# Objects and packages made when the tree was built: guests have no compiler.
OBJ=$BUILD/tests/obj
# Packages of examples: $EXAMPLES/NAME/package.json, made by tests/run or, for
# several architectures at once, by tests/matrix.
EXAMPLES=${EXAMPLES:-$BUILD/examples}

# How long anything may take that should happen at once. Emulated processors
# are slow, and a limit is only ever reached by a failure.
PATIENCE=${PATIENCE:-60}

helper_setup() {
	T=$BATS_TEST_TMPDIR
	started=0
	children=()
	unset EUNOMIA_POLICY EUNOMIA_OFFLINE EUNOMIA_STORE_MAX
	cd "$T"
}

helper_teardown() {
	local pid

	for pid in "${children[@]}"; do
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	children=()
}

setup() { helper_setup; }
teardown() { helper_teardown; }

# has CAPABILITY: whether it works here, seen by trying. The names are those of
# "ecli check", and a few that it has no business with.
has() {
	local r=0

	case $1 in
	root) [ "$(id -u)" = 0 ] ;;
	ecc) [ -z "${GUEST:-}" ] && [ -x "$ECC" ] ;;
	guest) [ -n "${GUEST:-}" ] ;;
	hotplug)	# not of the machine that the tests are run on
		[ -n "${GUEST:-}" ] && [ -w /sys/devices/system/cpu/cpu1/online ]
		;;
	wasm) [ -e "$BUILD/tools/modules/wasm.so" ] ;;
	guests) [ -e "$EXAMPLES/wasm/bootstrap/bootstrap.wasm" ] ;;
	wasi) [ -z "${GUEST:-}" ] && [ -e /usr/lib/wasm32-wasi/libc.a ] ;;
	symbols) [ -e "$BUILD/tools/modules/sym.so" ] ;;	# names for stacks
	plain) ! grep -q libasan "$ECLI" ;;	# no sanitizers built in
	program:*) command -v "${1#program:}" >/dev/null ;;
	*)
		# An emulated processor takes long, and the guest stays the same.
		if [ -n "${GUEST:-}" ] && [ -s "/tmp/has.$1" ]; then
			return "$(<"/tmp/has.$1")"
		fi
		"$ECLI" check --probe "$1" >/dev/null 2>&1 || r=$?
		if [ $r -gt 1 ]; then
			"$ECLI" check --probe "$1" >&2 || :
			return 2
		fi
		[ -z "${GUEST:-}" ] || echo $r >"/tmp/has.$1"
		return $r
		;;
	esac
}

# need CAPABILITY...: skips the test if one is missing. What the host skips for
# that reason, the runner has a guest do.
need() {
	local r cap

	for cap; do
		r=0
		has "$cap" || r=$?
		[ $r -le 1 ] || return 1
		[ $r -eq 0 ] || skip "needs $cap"
	done
}

# Where version 2 of control groups is mounted.
cgroup2() {
	local dir type

	while read -r _ dir type _; do
		if [ "$type" = cgroup2 ]; then
			printf '%s\n' "$dir"
			return
		fi
	done </proc/self/mounts
	return 1
}

# start COMMAND...: in the background, with $OUT and $ERR to read and its
# process in $PID. bash has background processes ignore Ctrl-C; not these.
start() {
	started=$((started + 1))
	OUT=$T/out.$started
	ERR=$T/err.$started
	env --default-signal=INT,QUIT "$@" >"$OUT" 2>"$ERR" </dev/null 3>&- &
	PID=$!
	children+=("$PID")
}

# start_ready COMMAND... --ready-fd 3: as start, returning when the command has
# said that it is ready.
start_ready() {
	local line= fifo

	started=$((started + 1))
	OUT=$T/out.$started
	ERR=$T/err.$started
	fifo=$T/ready.$started
	mkfifo "$fifo"
	env --default-signal=INT,QUIT "$@" >"$OUT" 2>"$ERR" </dev/null \
		3>"$fifo" &
	PID=$!
	children+=("$PID")
	read -r -t "$PATIENCE" line <"$fifo" || :
	[ "$line" != READY=1 ] || return 0
	# Where the kernel has none a guest has no other to give.
	if [ -n "${GUEST:-}" ] && ! has btf &&
	   grep -q "needs the kernel's BTF and" "$ERR"; then
		skip 'needs btf'
	fi
	echo "not ready: $*"
	sed 's/^/stdout: /' "$OUT"
	sed 's/^/stderr: /' "$ERR"
	return 1
}

# run_ready ARGUMENT...: "ecli run", ready.
run_ready() {
	start_ready "$ECLI" run --ready-fd 3 "$@"
}

# example NAME [ARGUMENT...]: the package of that name, ready, in JSON.
example() {
	run_ready -j "$EXAMPLES/$1/package.json" "${@:2}"
}

# stop_it [SIGNAL]: sends it (INT) to $PID and returns its exit status. Not to be
# called by "run", whose subshell has other children.
stop_it() {
	kill -"${1:-INT}" "$PID"
	end_of_it
}

# end_of_it: waits for the end of $PID and returns its exit status, 137 if it
# had to be killed for not ending. Not by "run" either.
end_of_it() {
	local r=0 dog

	# A process without children, which is gone when it is ended.
	[ -p "$T/never" ] || mkfifo "$T/never"
	{
		read -r -t "$PATIENCE" <>"$T/never" || :
		kill -KILL "$PID"
	} >/dev/null 2>&1 3>&- &
	dog=$!
	disown "$dog"	# or the shell says that it was killed
	wait "$PID" || r=$?
	kill -KILL "$dog" 2>/dev/null || :
	return $r
}

# wait_for REGEX [FILE]: until a line of the file ($OUT) matches. Starts no
# process, as what is being waited for may trace those.
wait_for() {
	local end=$((SECONDS + PATIENCE)) file=${2:-$OUT} line never

	[ -p "$T/never" ] || mkfifo "$T/never"
	exec {never}<>"$T/never"
	while :; do
		# What was started may not have opened it yet.
		[ -e "$file" ] || : >>"$file"
		while IFS= read -r line; do
			if [[ $line =~ $1 ]]; then
				exec {never}<&-
				return 0
			fi
		done <"$file"
		[ $SECONDS -lt $end ] || break
		read -r -t 0.02 -u $never line || :
	done
	exec {never}<&-
	echo "no '$1' in $file, which ends:"
	tail -n 20 "$file"
	return 1
}

# until_true COMMAND...: until it succeeds.
until_true() {
	local end=$((SECONDS + PATIENCE))

	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
	done
}

# ended PROCESS: until it is gone.
ended() {
	until_true [ ! -e "/proc/$1" ]
}

# by_sudo ARGUMENT...: lmp run of nobody on a terminal, who may become root by a
# rule for this alone, in a namespace of its own.
by_sudo() {
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$(dirname "$T")"
	run unshare -m bash -c '
		mount -t tmpfs -o mode=755 rules /etc/sudoers.d
		echo "nobody ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/test
		chmod 440 /etc/sudoers.d/test
		setpriv --reuid=65534 --regid=65534 --clear-groups \
			script -qec "$0 run $*" /dev/null
	' "$LMP" "$@"
}
