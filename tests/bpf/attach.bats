#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Tracing programs and the targets that they take.

load ../helper
load fire
load target

setup() {
	helper_setup
	need bpf
}

# refused OBJECT ARGUMENT...: as a usage error, before anything is loaded.
refused() {
	run -2 "$ECLI" run "$OBJ/$1" "${@:2}"
}

@test "tracepoints, raw ones too" {
	need tracepoint raw_tp
	begin_target
	run_ready "$OBJ/raw.bpf.o" --only $TARGET -j
	ask libc 1
	stop_it
	[ "$(jq -r .pid "$OUT" | sort -u)" = $TARGET ]
	case $(uname -m) in	# getsid(2)
	x86_64) number=124 ;;
	aarch64 | riscv64) number=156 ;;
	*) number=147 ;;
	esac
	[ "$(jq -r .number "$OUT" | grep -cx $number)" = 1 ]
}

@test "a section that says only the kind takes its tracepoint from a target" {
	need tracepoint raw_tp
	begin_target
	run_ready "$OBJ/named.bpf.o" --only $TARGET -j \
		-t on_tp=syscalls/sys_enter_getsid -t on_raw=sys_exit
	ask libc 1
	stop_it
	[ "$(grep -c '"where":"tp"' "$OUT")" = 1 ]
	grep -q '"where":"raw"' "$OUT"
}

@test "so does one that finds its place by BTF, but one only" {
	need tp_btf
	begin_target
	run_ready "$OBJ/named_btf.bpf.o" --only $TARGET -j -t sys_exit
	ask libc 1
	stop_it
	[ "$(jq -r .pid "$OUT" | sort -u)" = $TARGET ]
	run -1 "$ECLI" run "$OBJ/named_btf.bpf.o"
	[[ $output == *"program 'on_btf' (tp_btf) needs a target"* ]]
	run -1 "$ECLI" run "$OBJ/named_btf.bpf.o" -t sys_exit -t sys_enter
	[[ $output == *"target 'sys_enter': program 'on_btf' (tp_btf) takes one" ]]
	run -1 "$ECLI" run "$OBJ/named_btf.bpf.o" -t eu_nothing
	[[ $output == *"target 'eu_nothing': the kernel's BTF has no 'eu_nothing'"* ]]
	run -1 "$ECLI" run "$OBJ/named_btf.bpf.o" -t sys_exti
	[[ $output == *"the kernel's BTF has no 'sys_exti' (No such process); did you mean 'sys_exit'?" ]]
	run -1 "$ECLI" run "$OBJ/missing_btf.bpf.o"
	[ "$output" = "ecli: program 'nowhere' was refused: the kernel's BTF has no 'sys_entre'; did you mean 'sys_enter'?" ]
}

@test "without a target such a section is refused" {
	run -1 "$ECLI" run "$OBJ/named.bpf.o"
	[[ $output == *"program 'on_tp' (tp) needs a target: -t takes GROUP/NAME (sched/sched_switch)" ]]
	[ "${#lines[@]}" = 1 ]
}

@test "a tracepoint that does not exist is named, whoever named it" {
	need tracepoint
	run -1 "$ECLI" run "$OBJ/missing_tp.bpf.o"
	[[ $output == *"program 'nowhere': tracepoint 'sched/eu_no_such_tracepoint' does not exist"* ]]
	[[ $output == *available_events* ]]
	[ "${#lines[@]}" = 1 ]
	run -1 "$ECLI" run "$OBJ/named.bpf.o" -t on_tp=sched/sched_swich \
		-t on_raw=sys_enter
	[[ $output == *"tracepoint 'sched/sched_swich' does not exist"*"; did you mean 'sched/sched_switch'"*'?' ]]
	run -1 "$ECLI" run "$OBJ/named.bpf.o" -t on_tp=sched:sched_swich \
		-t on_raw=sys_enter
	[[ $output == *"; did you mean 'sched:sched_switch'"* ]]
	run -1 "$ECLI" run "$OBJ/named.bpf.o" -t on_raw=sys_entre \
		-t on_tp=syscalls/sys_enter_kill
	[[ $output == *"raw tracepoint 'sys_entre' does not exist in this kernel; did you mean 'sys_enter'?" ]]
	run -1 "$ECLI" run "$OBJ/named.bpf.o" -t on_tp=sched/eu_nothing \
		-t on_raw=sys_enter
	[[ $output == *"tracepoint 'sched/eu_nothing' does not exist"* ]]
	run -1 "$ECLI" run "$OBJ/named.bpf.o" -t on_raw=eu_nothing \
		-t on_tp=syscalls/sys_enter_kill
	[[ $output == *"program 'on_raw': raw tracepoint 'eu_nothing' does not exist in this kernel" ]]
}

@test "without tracefs a tracepoint says what to mount" {
	need tracepoint
	run -1 unshare -m sh -c 'umount -l /sys/kernel/tracing
		umount -l /sys/kernel/debug/tracing
		umount -l /sys/kernel/debug
		exec "$@"' - "$ECLI" run "$OBJ/perf.bpf.o"
	[[ $output == *"tracepoint 'syscalls/sys_enter_kill' needs tracefs: mount -t tracefs tracefs /sys/kernel/tracing" ]]
}

@test "calls and returns of a function in a binary" {
	need uprobe
	begin_target
	run_ready "$OBJ/uprobe.bpf.o" -j --max-events 4 \
		-t "entry=$OBJ/target:eu_work" -t "leave=$OBJ/target:eu_work"
	ask 3 6
	ask 5 10
	end_of_it
	[ "$(jq -c '[.pid, .value, .what]' "$OUT")" = "[$TARGET,3,\"call\"]
[$TARGET,6,\"return\"]
[$TARGET,5,\"call\"]
[$TARGET,10,\"return\"]" ]
}

@test "a target without a program's name goes to all that take it" {
	need uprobe
	begin_target
	run_ready "$OBJ/uprobe.bpf.o" -j --max-events 2 \
		-t "$OBJ/target:eu_work"
	ask 4 8
	end_of_it
	[ "$(jq -c .what "$OUT" | tr '\n' ' ')" = '"call" "return" ' ]
}

@test "the pid of a target, and its cookie" {
	need uprobe cookie
	begin_target
	other=$to
	answers=$ANSWERS
	begin_target
	run_ready "$OBJ/uprobe.bpf.o" -j --cookies --max-events 2 \
		-t "entry=$OBJ/target:eu_work,pid=$TARGET,cookie=0x1234" \
		-t "leave=$OBJ/target:eu_work,pid=$TARGET,cookie=7"
	# The other process runs the same function and is not seen.
	echo 1 >&$other
	wait_for '^2$' "$answers"
	ask 2 4
	end_of_it
	[ "$(jq -c '[.pid, .value, .cookie]' "$OUT")" = "[$TARGET,2,4660]
[$TARGET,4,7]" ]
}

@test "a function by an offset" {
	need uprobe program:nm
	begin_target
	at=$(nm "$OBJ/target" | sed -n 's/ T eu_work$//p')
	run_ready "$OBJ/uprobe.bpf.o" -j --max-events 2 \
		-t "entry=$OBJ/target:0x$at" -t "entry=$OBJ/target:eu_work+0" \
		-t "leave=$OBJ/target:eu_work"
	ask 9 18
	end_of_it
	[ "$(jq -c .value "$OUT" | sort -u)" = 9 ]
}

@test "a library by its name" {
	need uprobe
	need_libc_probes
	begin_target
	for lib in libc libc.so.6; do
		run_ready "$OBJ/uprobe.bpf.o" -j --max-events 2 \
			-t "$lib:getsid,pid=$TARGET"
		: >"$ANSWERS"
		ask libc 1
		end_of_it
		[ "$(jq -c '[.pid, .what]' "$OUT" | tr '\n' ' ')" = \
			"[$TARGET,\"call\"] [$TARGET,\"return\"] " ]
	done
}

@test "what is not in the binary is named" {
	need uprobe
	run -1 "$ECLI" run "$OBJ/uprobe.bpf.o" -t "$OBJ/target:eu_nothing"
	[[ $output == *"eu_nothing"* ]]
	run -1 "$ECLI" run "$OBJ/uprobe.bpf.o" -t /no/such/file:main
	[[ $output == *"/no/such/file"*"No such file"* ]]
	run -1 "$ECLI" run "$OBJ/uprobe.bpf.o" -t libeunothing:main
	[[ $output == *"libeunothing"* ]]
}

@test "a target for a program that is not there" {
	run -1 "$ECLI" run "$OBJ/uprobe.bpf.o" -t nobody=/bin/sh:x
	[[ $output == *"no program 'nobody'"* ]]
}

@test "targets of the wrong shape show the right one" {
	while read -r object target words; do
		refused "$object" -t "$target"
		[[ $output == *"'$target'"*"$words"* ]] || {
			echo "$output"
			false
		}
	done <<-END
		uprobe.bpf.o entry=eu_work a binary and a symbol (/bin/bash:readline
		uprobe.bpf.o entry=:x a binary and a symbol
		uprobe.bpf.o eth0 a uprobe program takes a binary and a symbol
		uprobe.bpf.o entry=/bin/sh:x,colour=1 unknown key 'colour'; there are: pid container cookie
		uprobe.bpf.o entry=/bin/sh:x,pid=1,pid=2 'pid' twice
		uprobe.bpf.o entry=/bin/sh:x,pid is not KEY=VALUE
		uprobe.bpf.o entry= is empty
		named.bpf.o on_tp=sched_switch a tp program takes GROUP/NAME (sched/sched_switch)
		named.bpf.o on_raw=sched_switch,cookie=1 unknown key 'cookie'; there are none
		profile.bpf.o sample=/dev/null an event (cpu-clock,freq=49)
		uprobe.bpf.o /bin/sh:x,pid=0 pid=0 is not a number from 1
		profile.bpf.o cpu-clock,freq=x freq=x is not a number
		profile.bpf.o cpu-clock,freq=9,period=9 freq or period, not both
	END
}

@test "samples of a perf event: what runs, where and how often" {
	need perf_event
	# A process that does nothing but run, on one CPU.
	begin_busy 0
	run_ready "$OBJ/profile.bpf.o" --only "$BUSY" -t cpu-clock,freq=99 \
		--max-events 3 -j
	end_of_it
	[ "$(jq -c '[.pid, .cpu]' "$OUT" | sort -u)" = "[$BUSY,0]" ]
	run_ready "$OBJ/profile.bpf.o" -j --max-events 3 \
		-t "cpu-clock,period=2000000,pid=$BUSY"
	end_of_it
	[ "$(jq -c '[.pid, .period]' "$OUT" | sort -u)" = "[$BUSY,2000000]" ]
}

@test "processors that come and go" {
	need perf_event perf_event_array tracepoint hotplug
	cpu=/sys/devices/system/cpu/cpu1/online
	echo 0 >$cpu
	begin_busy 0
	run_ready "$OBJ/profile.bpf.o" --only "$BUSY" -t cpu-clock,freq=99 \
		--max-events 3 -j
	# One that comes while it runs is not looked at, and does no harm.
	echo 1 >$cpu
	end_of_it
	[ "$(jq -c '[.pid, .cpu]' "$OUT" | sort -u)" = "[$BUSY,0]" ]
	[ ! -s "$ERR" ]
	kill "$BUSY"
	# One that goes takes no other with it.
	begin_busy 1
	run_ready "$OBJ/profile.bpf.o" -t cpu-clock,freq=99 -j
	samples=$PID samples_out=$OUT samples_err=$ERR
	wait_for "\"pid\":$BUSY,\"cpu\":1"
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" -j --max-events 1
	echo 0 >$cpu
	fire 7
	end_of_it
	[ "$(jq -c '[.pid, .sig]' "$OUT")" = "[$ME,7]" ]
	kill "$BUSY"
	begin_busy 0
	wait_for "\"pid\":$BUSY,\"cpu\":0" "$samples_out"
	PID=$samples
	stop_it
	[ ! -s "$samples_err" ]
	run -1 "$ECLI" run "$OBJ/profile.bpf.o" -t cpu-clock,cpu=1
	[[ $output == *"program 'sample': CPU 1 is not online" ]]
	echo 1 >$cpu
}

@test "a perf event that is unknown lists those that are not" {
	run -1 "$ECLI" run "$OBJ/profile.bpf.o" -t eu-nothing
	[[ $output == *"unknown perf event 'eu-nothing'; there are: cpu-clock"* ]]
}

@test "a program attached to two places sees both" {
	need uprobe cookie
	need_libc_probes
	begin_target
	run_ready "$OBJ/uprobe.bpf.o" -j --cookies --max-events 3 \
		-t "entry=$OBJ/target:eu_work,cookie=1" \
		-t "entry=libc:getsid,pid=$TARGET,cookie=2" \
		-t "leave=$OBJ/target:eu_work,cookie=3"
	ask 3 6
	ask libc 1
	end_of_it
	[ "$(jq -c .cookie "$OUT" | tr '\n' ' ')" = '1 3 2 ' ]
}

@test "twice to the same tracepoint is refused with the reason" {
	need tracepoint
	run -1 "$ECLI" run "$OBJ/perf.bpf.o" -t syscalls/sys_enter_kill \
		-t syscalls/sys_enter_kill
	[[ $output == *"cannot attach to 'syscalls/sys_enter_kill': it is attached there already" ]]
}

@test "--verbose says what is attached where" {
	need tracepoint
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" -v
	stop_it
	grep -q "attached on_kill to tp/syscalls/sys_enter_kill" "$ERR"
	# What has no place of its own is not said to be attached.
	run_ready "$OBJ/kinds.bpf.o" --only on_migrate -v
	stop_it
	grep -q "ecli: loaded on_migrate, for others to use" "$ERR"
	! grep -q attached "$ERR"
}

@test "optional programs are left out where the kernel cannot" {
	need tracepoint
	run_ready "$OBJ/optional.bpf.o" --magic "$MAGIC" -j
	fire
	stop_it
	[ "$(cat "$OUT")" = '{"by":1}
{"by":2}' ]
	[ "$(wc -l <"$ERR")" = 2 ]
	run ! grep -q 'ecli check' "$ERR"
	grep -q "^ecli: left out: program 'no_helper': the verifier says: .*99999" "$ERR"
	grep -q "left out: program 'no_tracepoint': tracepoint 'syscalls/eu_nothing' does not exist" "$ERR"
}

@test "too little memory is no reason to leave one out" {
	need tracepoint plain
	run -1 env NOMEM=there LD_PRELOAD="$OBJ/oldkernel.so" \
		"$ECLI" run "$OBJ/optional.bpf.o" --timeout 100ms
	[ "$output" = "ecli: program 'there': Cannot allocate memory" ]
}

@test "--only and --skip choose programs" {
	need tracepoint
	run_ready --only there "$OBJ/optional.bpf.o" --magic "$MAGIC" -j
	fire
	stop_it
	[ "$(cat "$OUT")" = '{"by":2}' ]
	[ ! -s "$ERR" ]
	run_ready --skip always "$OBJ/optional.bpf.o" --magic "$MAGIC" -j \
		--skip no_helper --skip no_tracepoint
	fire
	stop_it
	[ "$(cat "$OUT")" = '{"by":2}' ]
	[ ! -s "$ERR" ]
	run -1 "$ECLI" run --only alwys "$OBJ/optional.bpf.o"
	[[ $output == *"no program 'alwys' in 'optional_bpf'; did you mean 'always'?"* ]]
	run -1 "$ECLI" run --skip xxxxxxx "$OBJ/optional.bpf.o"
	[[ $output == *"no program 'xxxxxxx' in 'optional_bpf'"* ]]
	[[ $output != *"did you mean"* ]]
}

@test "an @either that leads nowhere or back" {
	need ecc
	cat >x.bpf.c <<-'END'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		/// @either OTHER
		SEC("tp/syscalls/sys_enter_kill")
		int one(void *ctx) { return 0; }
		/// @either one
		SEC("tp/syscalls/sys_enter_kill")
		int two(void *ctx) { return 0; }
		char LICENSE[] SEC("license") = "GPL";
	END
	"$ECC" x.bpf.c
	run -1 "$ECLI" run package.json
	[[ $output == *"program 'one': @either names 'OTHER', which is no program of 'x_bpf'"* ]]
	sed -i s/OTHER/two/ x.bpf.c
	"$ECC" x.bpf.c
	run -1 "$ECLI" run package.json
	[[ $output == *"program 'one': its @either leads back to it"* ]]
}
