#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs that export nothing: what they say by bpf_printk() is shown.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint tracefs printk
	TRACE=/sys/kernel/tracing
	[ -d $TRACE/instances ] || TRACE=/sys/kernel/debug/tracing
}

teardown() {
	[ -z "${reader:-}" ] || kill "$reader" 2>/dev/null || :
	helper_teardown
	[ -z "${switched:-}" ] ||
		echo 0 >"$TRACE/events/bpf_trace/bpf_trace_printk/enable"
}

instances() {
	(cd $TRACE/instances && ls -d eunomia-"$1".* 2>/dev/null) || :
}

# Lines of all programs on the machine are shown: ours are those with MAGIC.

@test "bpf_printk lines are shown" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	fire 0 0
	stop_it
	[ "$(grep -c "fired $MAGIC by $ME$" "$OUT")" = 2 ]
	# Whoever did it stands in front, as in trace_pipe.
	[[ $(grep -m 1 "$MAGIC" "$OUT") =~ -$ME\ +\[[0-9]+\]\ .*:\ bpf_trace_printk:\ fired ]]
	[ ! -s "$ERR" ]
}

@test "as JSON each line is a string" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC" -j
	fire
	stop_it
	[[ $(jq -r .line "$OUT") == *"fired $MAGIC by $ME"* ]]
	# And what it is made of, unless the line alone is asked for.
	[ "$(jq -c "select(.pid == $ME) | .message" "$OUT" | head -n 1)" = \
		"\"fired $MAGIC by $ME\"" ]
	[ "$(jq "select(.pid == $ME) | .cpu >= 0 and .time > 0 and
		(.task | length > 0)" "$OUT" | sort -u)" = true ]
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC" -j --fields line
	fire
	stop_it
	[ "$(jq -c "select(.line | contains(\"$MAGIC\")) | keys" "$OUT" |
		sort -u)" = '["line"]' ]
	# The string is the line without what ends it.
	[ "$(jq "select(.line | contains(\"$MAGIC\")) | .line |
		endswith(\" by $ME\")" "$OUT")" = true ]
}

@test "no other reader of trace_pipe loses a line" {
	exec {pipe}<$TRACE/trace_pipe
	cat <&$pipe >seen &
	reader=$!
	exec {pipe}<&-
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	fire 0 0 0
	wait_for "fired $MAGIC"
	wait_for "fired $MAGIC" seen
	fire 0
	# The last line is the last for both.
	for file in "$OUT" seen; do
		end=$((SECONDS + PATIENCE))
		until [ "$(grep -c "fired $MAGIC by $ME$" "$file")" = 4 ]; do
			[ $SECONDS -lt $end ]
		done
	done
	stop_it
}

@test "a program that traces write(2) does not feed itself" {
	# Its rows are written to a file, each write would be a line.
	run_ready "$OBJ/hello.bpf.o"
	echo one >/dev/null
	echo two >/dev/null
	wait_for "BPF triggered from PID $ME\."
	stop_it
	[ "$(grep -c "PID $PID\." "$OUT")" = 0 ]
	# The text ends with a newline, which is no line of its own.
	[ "$(grep -c "^$" "$OUT")" = 0 ]
	# Once more with the lines cut into objects.
	run_ready "$OBJ/hello.bpf.o" -j
	echo one >/dev/null
	wait_for "BPF triggered from PID $ME\."
	stop_it
	[ "$(grep -c "PID $PID\." "$OUT")" = 0 ]
}

@test "a task whose name looks like the rest of a line is shown" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	# "NAME-PID [CPU]": this one passes itself off as the runner.
	name="x-$PID [0]"
	cp "$(readlink -f /proc/$ME/exe)" "$name"
	# The kernel learns a task's name when it is switched out, and may
	# forget it: now and then the line has it. All lines are to be shown.
	mkfifo never
	"./$name" -c 'exec 5<>never
		for i in {1..20}; do
			kill -0 "$0"
			read -r -t 0.02 -u 5
		done' "$MAGIC" 2>/dev/null || :
	stop_it
	[ "$(grep -c "fired $MAGIC" "$OUT")" = 20 ]
}

@test "lines that did not fit are counted" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	kill -STOP "$PID"
	# More than a buffer for each CPU holds.
	"$OBJ/target" fire "$MAGIC" 100000
	kill -CONT "$PID"
	stop_it
	shown=$(grep -c "fired $MAGIC by" "$OUT")
	lost=$(sed -n 's/^ecli: \([0-9]*\) events were lost$/\1/p' "$ERR")
	[ "$lost" -gt 0 ]
	# Others may have had lines lost too.
	[ $((shown + lost)) -ge 100000 ]
	[ "$(grep -c LOST "$OUT")" = 0 ]
}

@test "the hello program of libbpf-bootstrap prints its lines" {
	run_ready "$OBJ/hello_libbpf.bpf.o"
	# By an exec(2) of this very process.
	bash -c 'exec "$BASH" -c ":"' &
	child=$!
	wait $child
	wait_for "libbpf hello from $child$"
	stop_it
}

@test "the hello program of the kernel's samples prints its lines" {
	# An object without BTF, and not called .bpf.c.
	run_ready "$OBJ/hello_kern.bpf.o"
	bash -c 'exec "$BASH" -c ":"' &
	child=$!
	wait $child
	wait_for "kern hello from $child$"
	stop_it
	[ ! -s "$ERR" ]
}

@test "the trace instance is gone after the end" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	[ -n "$(instances $PID)" ]
	stop_it
	[ -z "$(instances $PID)" ]
	# And when it was attaching that failed.
	start "$ECLI" run "$OBJ/missing_tp.bpf.o"
	end_of_it || :
	[ -z "$(instances $PID)" ]
}

dead() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

@test "what SIGKILL leaves, the next start removes" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	killed=$PID
	# The process that would clean up dies first.
	guard=$(pgrep -P $PID)
	kill -KILL $guard
	until_true dead "$guard"
	stop_it KILL || [ $? = 137 ]
	[ -n "$(instances $killed)" ]
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	[ -z "$(instances $killed)" ]
	# That of one that lives is left alone.
	first=$PID
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC"
	[ -n "$(instances $first)" ]
	stop_it
}

@test "lines of one task, or with a text, alone" {
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC" --task "$ME"
	bash -c "kill -0 $MAGIC" 2>/dev/null || :
	fire
	stop_it
	[ "$(wc -l <"$OUT")" = 1 ]
	grep -q "fired $MAGIC by $ME$" "$OUT"
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC" --grep "by $ME"
	bash -c "kill -0 $MAGIC" 2>/dev/null || :
	fire
	stop_it
	[ "$(wc -l <"$OUT")" = 1 ]
	# By name, of which the kernel keeps fifteen bytes.
	cp "$(command -v bash)" ./a-shell-with-a-name
	run_ready "$OBJ/printk.bpf.o" --magic "$MAGIC" \
		--task a-shell-with-a-name --grep "$MAGIC"
	fire
	# The kernel learns a name when it next switches to another task, and
	# forgets it: as often as it takes.
	end=$((SECONDS + PATIENCE))
	until [ -s "$OUT" ]; do
		[ $SECONDS -lt $end ]
		./a-shell-with-a-name -c "kill -0 $MAGIC
			/bin/true
			kill -0 $MAGIC" 2>/dev/null || :
	done
	stop_it
	[ -z "$(grep -v '^ a-shell-with-a-' "$OUT")" ]
}

@test "nothing to choose lines from" {
	run -1 "$ECLI" run "$OBJ/exec.bpf.o" --grep text
	[[ $output == *"--task and --grep choose among bpf_printk lines"* ]]
}
