#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs on the kernel's own functions. Many kernels of virtual machines have
# no kprobes and no trampolines.

load ../helper
load fire

setup() {
	helper_setup
	NAME=eu-$ME
}

# remove FILE: by a process of its own, whose id is $REMOVER afterwards.
remove() {
	rm "$1" &
	REMOVER=$!
	wait $REMOVER
}

# rows HOW: pid, value and name of the events of that kind.
rows() {
	jq -c --arg how "$1" "select(.how == \$how and .pid == $REMOVER) |
		[.value, .name]" "$OUT"
}

@test "kprobe, kretprobe and ksyscall see the same call" {
	need bpf kprobe
	: >"$NAME"
	renamed on_entry on_return
	run_ready "$OBJ/kprobe.bpf.o" -j "${AT[@]}"
	remove "$NAME"
	wait_for "kretprobe"
	stop_it
	[ "$(rows kprobe)" = "[-100,\"$NAME\"]" ]
	[ "$(rows ksyscall)" = "[-100,\"$NAME\"]" ]
	[ "$(rows kretprobe)" = '[0,""]' ]
}

@test "a return that failed" {
	need bpf kprobe
	renamed on_entry on_return
	run_ready "$OBJ/kprobe.bpf.o" -j "${AT[@]}"
	"$OBJ/target" unlink "$NAME" &
	REMOVER=$!
	wait $REMOVER || :
	stop_it
	[ "$(rows kprobe)" = "[-100,\"$NAME\"]" ]
	[ "$(rows kretprobe)" = '[-2,""]' ]	# ENOENT
}

@test "kernel functions by target" {
	need bpf kprobe
	mkdir "$NAME"
	at=$(called do_rmdir)
	run_ready "$OBJ/kprobe.bpf.o" -j -t "on_entry=$at" \
		-t "on_return=$at" -t on_syscall=rmdir
	rmdir "$NAME" &
	REMOVER=$!
	wait $REMOVER
	stop_it
	[ "$(rows kprobe)" = "[-100,\"$NAME\"]" ]
	[ "$(rows kretprobe)" = '[0,""]' ]
	run -2 "$ECLI" run "$OBJ/kprobe.bpf.o" -t on_entry=/bin/sh:main
	[[ $output == *"a kprobe program takes a kernel function (do_unlinkat)"* ]]
}

@test "a function that the kernel does not have is named" {
	need bpf kprobe
	run -1 "$ECLI" run "$OBJ/kprobe.bpf.o" -t on_entry=eu_no_such_function
	[[ $output == *"program 'on_entry': the kernel has no function 'eu_no_such_function'"* ]]
	[ "${#lines[@]}" = 1 ]
	run -1 "$ECLI" run "$OBJ/kprobe.bpf.o" -t on_syscall=eu_no_such_call
	[[ $output == *"program 'on_syscall'"*"eu_no_such_call"* ]]
}

@test "of a function that has only a clone, the clone, and it says so" {
	need bpf kprobe printk
	run_ready "$OBJ/clone.bpf.o"
	stop_it
	if grep -q ' finish_task_switch$' /proc/kallsyms; then
		[ ! -s "$ERR" ]
	else
		grep -q "no function 'finish_task_switch' here: attached to 'finish_task_switch\." "$ERR"
	fi
}

@test "the hello program in the style of gobpf prints its lines" {
	need bpf kprobe printk
	run_ready "$OBJ/hello_gobpf.bpf.o"
	cat "$T/../$NAME" 2>/dev/null || :
	wait_for "gobpf file name .*/$NAME$"
	stop_it
}

@test "fentry and fexit see the same call" {
	need bpf fentry fexit
	: >"$NAME"
	renamed on_entry on_return
	run_ready "$OBJ/fentry.bpf.o" -j "${AT[@]}"
	remove "$NAME"
	stop_it
	[ "$(rows fentry)" = "[-100,\"$NAME\"]" ]
	[ "$(rows fexit)" = '[0,""]' ]
}

@test "fentry and fexit by target" {
	need bpf fentry fexit
	mkdir "$NAME"
	run_ready "$OBJ/fentry.bpf.o" -j -t "$(called do_rmdir)"
	rmdir "$NAME" &
	REMOVER=$!
	wait $REMOVER
	stop_it
	[ "$(rows fentry)" = "[-100,\"$NAME\"]" ]
	[ "$(rows fexit)" = '[0,""]' ]
}

@test "a pattern of functions" {
	need bpf kprobe.multi printk
	run_ready "$OBJ/multi.bpf.o" --magic "$MAGIC" -t "$(called do_rmdir | sed 's/r$/*/')"
	mkdir "$NAME"
	rmdir "$NAME" &
	REMOVER=$!
	wait $REMOVER
	wait_for "multi $MAGIC by $REMOVER"
	stop_it
}

@test "an LSM program denies what it is told to" {
	need bpf lsm
	mkdir "$NAME" other
	mkfifo go
	bash -c 'read -r _ <go; exec rmdir "$0"' "$NAME" 2>err &
	denied=$!
	run_ready "$OBJ/lsm.bpf.o" -j --only $denied
	rmdir other
	echo >go
	r=0
	wait $denied || r=$?
	[ $r = 1 ]
	grep -q 'Operation not permitted' err
	[ -d "$NAME" ]
	stop_it
	[ "$(cat "$OUT")" = '{"pid":'$denied',"comm":"rmdir"}' ]
	# And when it has gone, no more.
	rmdir "$NAME"
}
