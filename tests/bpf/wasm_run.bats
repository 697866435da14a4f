#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What wasm-bpf does around a guest: how it is paused, stopped and read from.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

# A guest with two programs attached: "loop" without end, "sleep", or "input",
# which is waited for before that.
stuck() {
	bootstrap
	cat >stuck.c <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		#include "bootstrap.skel.h"
		int main(int argc, char **argv)
		{
			struct bootstrap_bpf *s = bootstrap_bpf__open_and_load();

			bootstrap_bpf__attach(s);
			puts("ready");
			if (argv[1][0] == 'i') {
				getchar();
				puts("woken");
			}
			if (argv[1][0] != 'l')
				sleep(3600);
			for (volatile int i = 0;; i++)
				;
		}
	END
	guest stuck
}

# states: those of the runner's threads, in a word.
states() {
	local dir stat= all=

	for dir in /proc/"$PID"/task/*; do
		stat=$(<"$dir/stat")
		stat=${stat##*) }
		all+=${stat%% *}
	done
	echo "$all"
}

in_states() {
	[[ $(states) =~ $1 ]]
}

# wait_states REGEX: until the threads are in these.
wait_states() {
	until_true in_states "$1"
}

# The runner has taken a SIGUSR1.
is_taken() {
	local key value

	while read -r key value; do
		[ "$key" != ShdPnd: ] || break
	done <"/proc/$PID/status"
	((!(16#$value >> ($(kill -l USR1) - 1) & 1)))
}

# Pauses the guest, which waits for something: once nothing runs any more the
# runner has done all that it does for that.
pause() {
	kill -USR1 "$PID"
	until_true is_taken
	wait_states '^S+$'
}

links() {
	cat /proc/"$PID"/fdinfo/* | grep -c '^link_type'
}

@test "SIGUSR1 pauses a guest in an endless loop, SIGUSR2 resumes it" {
	stuck
	start "$WASM_BPF" stuck.wasm loop
	wait_for ready
	wait_states R
	for i in 1 2 3; do
		kill -USR1 $PID
		wait_states '^S+$'
		[ "$(links)" = 2 ]
		kill -USR2 $PID
		wait_states R
	done
	# The shell's own pause is another one.
	kill -TSTP $PID
	wait_states '^T+$'
	kill -CONT $PID
	wait_states R
	kill -USR1 $PID
	wait_states '^S+$'
	kill -TSTP $PID
	wait_states '^T+$'
	kill -CONT $PID
	wait_states '^S+$'
	stop_it TERM
}

# waiting NAME: a guest that waits for input from the pipe NAME.
waiting() {
	mkfifo "$1"
	start sh -c 'exec "$@" <>'"$1" - "$ECLI" run stuck.wasm input
	wait_for ready
}

@test "a guest that sleeps is paused, and stopped all the same" {
	stuck
	waiting other
	other=$PID
	waiting mine
	pause
	[ "$(links)" = 2 ]
	echo >mine
	echo >other
	wait_for woken "$T/out.1"
	run -1 grep woken "$OUT"
	kill -USR2 "$PID"
	wait_for woken
	pause
	[ "$(links)" = 2 ]
	stop_it
	PID=$other stop_it
}

# exits STATUS: a process does, and the runner that is not paused says so.
exits() {
	sh -c "exit $1" &
	child=$!
	wait $child || :
	wait_for "EXIT .* $child .*\[$1\]" "$T/out.1"
}

@test "a guest is paused where its callback is called, and goes on from there" {
	sed 's/poll(rb, 100)/poll(rb, -1)/' \
		"$ROOT/examples/wasm/bootstrap/bootstrap.c" >patient.c
	bootstrap
	guest patient
	start "$WASM_BPF" patient.wasm
	other=$PID
	wait_for '^TIME'
	start "$WASM_BPF" patient.wasm
	wait_for '^TIME'
	pause
	exits 7
	first=$child
	exits 8
	run -1 grep -E "EXIT .* ($first|$child) " "$OUT"
	kill -USR2 "$PID"
	wait_for "EXIT .* $first .*\[7\]"
	wait_for "EXIT .* $child .*\[8\]"
	stop_it
	PID=$other stop_it
}

@test "its time is over" {
	stuck
	# Long enough to become ready on a busy machine, and waited for together.
	for how in loop sleep; do
		start "$WASM_BPF" --timeout 5s stuck.wasm $how
		outs+=("$OUT")
		pids+=("$PID")
	done
	for i in 0 1; do
		PID=${pids[i]} end_of_it
		[ "$(<"${outs[i]}")" = ready ]
	done
	run -0 "$ECLI" run --timeout=100ms stuck.wasm loop
	run -2 "$WASM_BPF" --timeout never stuck.wasm loop
	[[ $output == *"--timeout"*"'never'"* ]]
}

@test "a guest whose reader is gone ends, as tools do" {
	cat >flood.c <<-'END'
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			for (unsigned int i = 0; argc > 1 || !i; i++)
				printf("%u\n", i);
			for (;;)
				;
		}
	END
	guest flood
	"$WASM_BPF" flood.wasm for-ever 2>err | head -n 2 >out
	[ "${PIPESTATUS[*]}" = '0 0' ]
	[ "$(<out)" = $'0\n1' ]
	[ ! -s err ]
	# One that does not write any more.
	"$WASM_BPF" flood.wasm 2>err | head -n 1 >out
	[ "${PIPESTATUS[*]}" = '0 0' ]
	[ ! -s err ]
}

# holder OBJECT: a guest "PROGRAM TARGET HOW" that attaches the program of the
# object and keeps it: asleep, writing for ever, or opening a pipe for ever.
holder() {
	"$BPFTOOL" gen skeleton -j "$OBJ/$1.bpf.o" >"$1.skel.h"
	cat >holder.c <<-END
		#include <stdio.h>
		#include <unistd.h>
		#include "$1.skel.h"
		int main(int argc, char **argv)
		{
			struct $1_bpf *s = $1_bpf__open_and_load();

			if (!s || wasm_attach_bpf_program(s->skeleton->obj, argv[1],
							  argv[2]))
				return 1;
			fputs("ready\\n", stderr);
			while (argv[3][0] == 'w')
				puts("a line");
			if (argv[3][0] == 'o')
				fopen("/here/nobody", "r");
			sleep(3600);
			return 0;
		}
	END
	guest holder
}

# The process that cleans up after $PID.
guard() {
	pgrep -P "$PID" -x ecli-guard
}

@test "after SIGKILL a guard takes off the filter that a guest attached" {
	need tc program:ip program:tc
	holder tc
	unshare -n bash -c 'ip link set lo up; echo $BASHPID; exec sleep 1000' >ns &
	children+=("$!")
	until_true [ -s ns ]
	inside() { nsenter --net=/proc/"$(cat ns)"/ns/net "$@"; }
	for signal in KILL INT; do
		start nsenter --net=/proc/"$(cat ns)"/ns/net "$WASM_BPF" \
			holder.wasm on_tc lo:ingress,priority=7,handle=3 sleep
		wait_for ready "$ERR"
		inside tc filter show dev lo ingress | grep -q 'pref 7 bpf'
		guard=$(guard)
		stop_it $signal || [ $signal = KILL ]
		ended "$guard"
		[ -z "$(inside tc filter show dev lo ingress)" ]
		[ -z "$(inside tc qdisc show dev lo clsact)" ]
	done
}

@test "what a guest left in a control group is taken off, however it ends" {
	need cgroup_skb cgroup2
	holder cgroup
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	mkfifo full
	exec {never}<>full
	start "$WASM_BPF" holder.wasm on_egress "$cg,flags=override" sleep
	wait_for ready "$ERR"
	[ -n "$("$OBJ/attached" "$cg")" ]
	guard=$(guard)
	stop_it KILL || [ $? = 137 ]
	ended "$guard"
	left=$("$OBJ/attached" "$cg")
	# Nothing reads what it writes.
	start sh -c "exec \"\$@\" >full" - "$WASM_BPF" holder.wasm on_egress \
		"$cg,flags=override" write
	wait_for ready "$ERR"
	guard=$(guard)
	stop_it
	ended "$guard"
	left+=$("$OBJ/attached" "$cg")
	# It is in a call that cannot be ended but with us.
	mkfifo nobody
	start "$WASM_BPF" --dir "$T:/here" holder.wasm on_egress \
		"$cg,flags=override" open
	wait_for ready "$ERR"
	guard=$(guard)
	stop_it
	ended "$guard"
	left+=$("$OBJ/attached" "$cg")
	rmdir "$cg"
	[ -z "$left" ]
}

@test "a guest that leaves nothing has no guard" {
	stuck
	start "$WASM_BPF" stuck.wasm sleep
	wait_for ready
	run ! guard
	stop_it
}

@test "of its exit status the low eight bits are ours, without a word" {
	cat >status.c <<-'END'
		#include <stdlib.h>
		int main(int argc, char **argv)
		{
			if (argc > 2)
				exit(atoi(argv[1]));
			return atoi(argv[1]);
		}
	END
	guest status
	for status in 0 1 125 126 128 255 256 -1 -2; do
		run -$((status & 255)) "$WASM_BPF" status.wasm "$status"
		[ -z "$output" ]
	done
	run -200 "$ECLI" run status.wasm 200 exit
	[ -z "$output" ]
}

@test "a guest on standard input finds nothing more there" {
	cat >rest.c <<-'END'
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			printf("%s %d %d\n", argv[0], argc, getchar());
			return 7;
		}
	END
	guest rest
	run -7 "$WASM_BPF" - a <rest.wasm
	[ "$output" = '- 2 -1' ]
	run -7 "$ECLI" run - a b < <(cat rest.wasm)
	[ "$output" = '- 3 -1' ]
	run -1 "$WASM_BPF" - </dev/null
	[ "$output" = "wasm-bpf: '-': is not Wasm" ]
	# What is no Wasm is a package, as it was.
	run -0 "$ECLI" run - --timeout 0.01 <"$OBJ/exec.bpf.o"
	[[ ${lines[0]} == 'TIME '* ]]
}

@test "options of Wasm in front of a module, for ecli too" {
	mkdir shared
	echo content >shared/file
	cat >read.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int main(void)
		{
			FILE *f = fopen("/data/file", "r");
			printf("%d %s\n", f ? fgetc(f) : 0, getenv("A") ?: "-");
			return 0;
		}
	END
	guest read
	run -0 "$ECLI" run --dir "$T/shared:/data" --env A=b --timeout 1h read.wasm
	[ "$output" = '99 b' ]
	run -0 "$ECLI" --env A=c read.wasm
	[ "$output" = '0 c' ]
	run -2 "$ECLI" run --memory-limit 64 "$OBJ/exec.bpf.o"
	[[ $output == *"'--memory-limit'"* ]]
}

@test "what wasm-bpf does not take" {
	run -1 "$WASM_BPF" "$OBJ/exec.bpf.o"
	[ "$output" = "wasm-bpf: '$OBJ/exec.bpf.o': is not Wasm: packages and BPF objects are for 'ecli run'" ]
	run -1 "$WASM_BPF" "$T"
	[ "$output" = "wasm-bpf: '$T' is a folder: give a Wasm module" ]
	for slip in '--env==x' '-m=' '-c='; do
		run -2 "$WASM_BPF" "$slip" x.wasm
	done
}

@test "the code of a guest is kept where \$XDG_CACHE_HOME is to be" {
	echo 'int main(void) { return 0; }' >nothing.c
	guest nothing
	run -0 env XDG_CACHE_HOME="$T/new" "$WASM_BPF" nothing.wasm
	[ "$(ls "$T"/new/eunomia/wasm | wc -l)" = 1 ]
}

@test "a guest is told how to name a target, and which callback it lacks" {
	OBJECT=named main <<-'END'
		uint64_t o = LOAD;
		wasm_attach_bpf_program(o, "on_tp", "");
	END
	[ "$stderr" = "wasm-bpf: program 'on_tp' (tp) needs a target: bpf_program__attach_target() takes GROUP/NAME (sched/sched_switch)" ]
	STATUS=255 main -c nosuch <<-'END'
		__attribute__((import_module("callback-wrapper"), import_name("wasm_bpf_buffer_poll")))
		int poll_export(uint64_t, int, int, void *, int, int);
		char buffer[64];
		uint64_t o = LOAD;
		fill(o, 1);
		poll_export(o, wasm_bpf_map_fd_by_name(o, "ring"), 0, buffer, 64, 0);
	END
	[ "$stderr" = "wasm-bpf: 'main.wasm': it exports no callback 'nosuch': -c names another" ]
}

@test "-j is what a guest is told when it asks what to write" {
	cat >format.c <<-'END'
		#include <stdio.h>
		#include <libbpf-wasm-host.h>
		int main(int argc, char **argv)
		{
			printf("%d %d\n", eunomia_output_format(), argc);
			return 0;
		}
	END
	guest format
	run -0 "$WASM_BPF" format.wasm
	[ "$output" = '0 1' ]
	run -0 "$WASM_BPF" -j format.wasm
	[ "$output" = '1 1' ]
	run -0 "$ECLI" run --json format.wasm
	[ "$output" = '1 1' ]
	# Behind the module options are the guest's.
	run -0 "$ECLI" run format.wasm -j
	[ "$output" = '0 2' ]
}

@test "a guest that waits for input, byte by byte, and for more" {
	cat >bytes.c <<-'END'
		#include <stdio.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			char c;

			if (argc > 1)
				return read(0, &c, 0) ? 5 : 4;
			while (read(0, &c, 1) == 1)
				dprintf(1, "%c.", c);
			return 3;
		}
	END
	guest bytes
	run -3 "$WASM_BPF" bytes.wasm <<<abc
	[ "$output" = $'a.b.c.\n.' ]
	mkfifo in
	exec {IN}<>in
	# Nothing is what it need not wait for.
	run -4 timeout "$PATIENCE" "$WASM_BPF" bytes.wasm nothing <&$IN
	start sh -c "exec '$WASM_BPF' bytes.wasm <in"
	echo de >&$IN
	wait_for 'd.e.'
	stop_it TERM
}
