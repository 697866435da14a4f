#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load fire

bats_require_minimum_version 1.5.0

capabilities() {
	sed -n 's/^CapEff:\t0*\(.*\)/\1/p' "/proc/$PID/status"
}

@test "a program that only reads a ring runs without capabilities" {
	need root tracepoint
	run_ready "$OBJ/exec.bpf.o"
	[ "$(capabilities)" = "" ]
	stop_it
}

@test "lines of bpf_printk are shown without capabilities, and cleaned up" {
	need root tracepoint printk
	run_ready "$OBJ/printk.bpf.o"
	[ "$(capabilities)" = "" ]
	pid=$PID
	stop_it
	[ -z "$(ls -d /sys/kernel/tracing/instances/eunomia-$pid.* 2>/dev/null)" ]
}

# guards: the processes that clean up after $PID.
guards() {
	pgrep -P "$PID" -x ecli-guard || :
}

@test "what descriptors hold needs no guard" {
	need root tracepoint
	run_ready "$OBJ/exec.bpf.o"
	[ -z "$(guards)" ]
	stop_it
}

@test "after SIGKILL a guard removes the trace instance" {
	need root tracepoint printk
	run_ready "$OBJ/printk.bpf.o"
	guard=$(guards)
	[ -n "$guard" ]
	killed=$PID
	[ -n "$(ls -d /sys/kernel/tracing/instances/eunomia-$killed.*)" ]
	held
	# Links and maps do not live on in the guard.
	[ -z "$(cat /proc/$guard/fdinfo/* | grep -E '^(prog_id|map_id|link_id):')" ]
	stop_it KILL || [ $? = 137 ]
	ended $guard
	[ -z "$(ls -d /sys/kernel/tracing/instances/eunomia-$killed.* 2>/dev/null)" ]
	gone
}

@test "after SIGKILL a guard takes off a filter of clsact with its qdisc" {
	need root tc program:ip program:tc
	unshare -n bash -c 'ip link set lo up; echo $BASHPID; exec sleep 1000' >ns &
	children+=("$!")
	until_true [ -s ns ]
	inside() { nsenter --net=/proc/"$(cat ns)"/ns/net "$@"; }
	start_ready nsenter --net=/proc/"$(cat ns)"/ns/net "$ECLI" run \
		--ready-fd 3 "$OBJ/tc.bpf.o" -t lo:ingress,priority=7,handle=3
	inside tc filter show dev lo ingress | grep -q 'pref 7 bpf'
	guard=$(guards)
	stop_it KILL || [ $? = 137 ]
	ended $guard
	[ -z "$(inside tc filter show dev lo ingress)" ]
	[ -z "$(inside tc qdisc show dev lo clsact)" ]
}

@test "after SIGKILL a guard detaches a cgroup program with flags" {
	need root cgroup_skb cgroup2
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	start_ready "$ECLI" run --ready-fd 3 "$OBJ/cgroup.bpf.o" \
		-t "$cg,flags=override"
	[ -n "$("$OBJ/attached" "$cg")" ]
	guard=$(guards)
	stop_it KILL || [ $? = 137 ]
	ended $guard
	left=$("$OBJ/attached" "$cg")
	rmdir "$cg"
	[ -z "$left" ]
}

# dies COMMAND...: killed behind the first call that makes something or tells of
# it, then behind the second, and so on, until it lives; it leaves nothing that
# clean() would see. How often it was killed is in $killed.
dies() {
	killed=0
	while :; do
		killed=$((killed + 1))
		[ $killed -lt 100 ]
		start env DIE_AFTER=$killed \
			LD_PRELOAD="$BUILD/tests/obj/deadly.so" "$@"
		until_true ended_or_ready || {
			echo "hangs at call $killed"
			cat "/proc/$PID/stack" "$ERR"
			return 1
		}
		[ ! -s ready ] || break
		r=0
		wait "$PID" || r=$?
		[ $r = 137 ]
		until_true clean || {
			echo "left by what was killed at call $killed"
			return 1
		}
	done
	stop_it
	until_true clean
	echo "killed $((killed - 1)) times"
	[ $killed -gt "$least" ]
}

ended_or_ready() {
	[ -s ready ] || ! kill -0 "$PID" 2>/dev/null
}

# ready-fd 3 is a file of its own.
deadly() {
	: >ready
	dies bash -c 'exec 3>ready "$@"' bash "$ECLI" run --ready-fd 3 "$@"
}

@test "killed at any moment: no trace instance is left" {
	need root tracepoint printk plain
	clean() { [ -z "$(ls /sys/kernel/tracing/instances)" ]; }
	clean || skip 'there are instances of others'
	# fork, message, mkdir
	least=3 deadly "$OBJ/printk.bpf.o"
}

@test "killed at any moment: no filter and no qdisc is left" {
	need root tc program:ip program:tc plain
	unshare -n bash -c 'ip link set lo up; echo $BASHPID; exec sleep 1000' >ns &
	children+=("$!")
	until_true [ -s ns ]
	ns=/proc/$(cat ns)/ns/net
	clean() {
		[ -z "$(nsenter --net="$ns" tc filter show dev lo ingress)" ] &&
			[ -z "$(nsenter --net="$ns" tc qdisc show dev lo clsact)" ]
	}
	# The kernel chooses the handle; fork, message, qdisc, filter and more.
	least=5 deadly "$OBJ/tc.bpf.o" -t "lo:ingress,priority=7,netns=$ns"
	# A qdisc that was there stays.
	nsenter --net="$ns" tc qdisc add dev lo clsact
	clean() {
		[ -z "$(nsenter --net="$ns" tc filter show dev lo ingress)" ]
	}
	least=5 deadly "$OBJ/tc.bpf.o" -t "lo:ingress,handle=3,netns=$ns"
	[ -n "$(nsenter --net="$ns" tc qdisc show dev lo clsact)" ]
}

@test "killed at any moment: no program of a cgroup is left" {
	need root cgroup_skb cgroup2 plain
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	clean() { [ -z "$("$OBJ/attached" "$cg")" ]; }
	for flags in override multi; do
		least=3 deadly "$OBJ/cgroup.bpf.o" -t "$cg,flags=$flags"
	done
	rmdir "$cg"
}

@test "a program that somebody else has put in our place stays" {
	need root cgroup_skb cgroup2
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	run_ready "$OBJ/cgroup.bpf.o" -t "$cg,flags=override"
	first=$PID
	run_ready "$OBJ/cgroup.bpf.o" -t "$cg,flags=override"
	second=$("$OBJ/attached" "$cg")
	kill "$first"
	wait "$first"
	third=$("$OBJ/attached" "$cg")
	stop_it
	left=$("$OBJ/attached" "$cg")
	rmdir "$cg"
	[ -n "$second" ]
	[ "$second" = "$third" ]
	[ -z "$left" ]
}

@test "the guard has few rights and few system calls" {
	need root tracepoint printk plain
	run_ready "$OBJ/printk.bpf.o"
	guard=$(guards)
	grep -q '^NoNewPrivs:.1' "/proc/$guard/status"
	case $(uname -m) in
	x86_64 | aarch64 | riscv64 | s390x)
		grep -q '^Seccomp:.2' "/proc/$guard/status" ;;
	esac
	# CAP_DAC_OVERRIDE, CAP_NET_ADMIN, CAP_BPF
	[ "$((0x$(sed -n 's/^CapEff:\t//p' "/proc/$guard/status")))" = \
		"$((1 << 1 | 1 << 12 | 1 << 39))" ]
	stop_it
}

@test "what a reader, or a guard, is refused" {
	need root tracepoint printk plain
	case $(uname -m) in
	x86_64 | aarch64 | riscv64 | s390x) ;;
	*) skip 'nothing is confined here' ;;
	esac
	: >kept
	run -0 --separate-stderr env LD_PRELOAD="$BUILD/tests/obj/escape.so" \
		"$ECLI" run "$OBJ/printk.bpf.o" --timeout 0.2
	[ "$(sort <<<"$stderr")" = 'guard: refused 18
reader: refused 18' ]
	[ -e kept ] && [ ! -e made ]
}

@test "where the kernel has no seccomp that is said" {
	need root tracepoint plain
	run "$ECLI" run "$OBJ/exec.bpf.o" --timeout 0.01
	[[ $output != *confine* ]]
	case $(uname -m) in
	x86_64 | aarch64 | riscv64 | s390x) ;;
	*) skip 'nothing is confined here' ;;
	esac
	run -0 env NO_SECCOMP=1 LD_PRELOAD="$BUILD/tests/obj/deadly.so" \
		"$ECLI" run "$OBJ/exec.bpf.o" --timeout 0.01
	[[ $output == *"ecli: cannot confine system calls: Invalid argument: the kernel has no seccomp filters, or we may not use them; all are left"* ]]
}

@test "after SIGKILL a guard unregisters struct_ops without a link" {
	need root struct_ops
	clean() { ! "$OBJ/target" connect eu_stays; }
	clean
	run_ready "$OBJ/struct_ops.bpf.o"
	"$OBJ/target" connect eu_stays
	stop_it
	clean
	run_ready "$OBJ/struct_ops.bpf.o"
	stop_it KILL || [ $? = 137 ]
	until_true clean
}

@test "the guard outlives Ctrl-C, and is gone at the end" {
	need root tracepoint printk
	run_ready "$OBJ/printk.bpf.o"
	guard=$(guards)
	kill -INT $guard
	kill -TERM $guard
	[ -e /proc/$guard ]
	stop_it
	[ ! -e /proc/$guard ]
}

@test "--user: another user, without groups and capabilities" {
	need root tracepoint
	getent() { awk -F: -v n="$1" '$1 == n { print $3, $4 }' /etc/passwd; }
	user=nobody
	read -r uid gid < <(getent $user) || { uid=65534 gid=65534 user=65534; }
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --user $user -j
	[ "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' /proc/$PID/status)" = \
		"$uid $uid $uid $uid" ]
	[ "$(awk '/^Gid:/ { print $2, $3, $4, $5 }' /proc/$PID/status)" = \
		"$gid $gid $gid $gid" ]
	[ -z "$(awk '/^Groups:/ { print $2 }' /proc/$PID/status)" ]
	[ "$(capabilities)" = "" ]
	fire
	wait_for "\"pid\":$ME"
	stop_it
	run -2 "$ECLI" run "$OBJ/perf.bpf.o" --user no-such-user
	[[ ${lines[0]} == "ecli: no user 'no-such-user' in /etc/passwd" ]]
}

@test "--user reads sampled maps as well" {
	need root tracepoint
	jq '.meta.bpf_skel.maps |= map(if .name == "plain"
		then . + {sample: {interval: 100}} else . end)' \
		"$OBJ/sampled.json" >package.json
	run_ready package.json --magic "$MAGIC" --user 65534 -j
	fire 10
	wait_for '10'
	stop_it
	[ ! -s "$ERR" ]
}

@test "system calls are confined to what reading needs" {
	need root tracepoint plain
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" -j
	grep -q '^NoNewPrivs:.1' /proc/$PID/status
	case $(uname -m) in
	x86_64 | aarch64 | riscv64 | s390x)
		grep -q '^Seccomp:.2' /proc/$PID/status ;;
	esac
	fire
	wait_for "\"pid\":$ME"
	kill -USR1 "$PID"
	wait_for '^  .rodata' "$ERR"
	stop_it
}

@test "maps that ask to be pinned are, with --pin alone" {
	need root tracepoint bpffs
	dir=/sys/fs/bpf/eunomia_$BASHPID
	mkdir "$dir"
	run_ready "$OBJ/pinned.bpf.o" --magic "$MAGIC" --max-events 1 -j
	fire
	end_of_it
	[ -z "$(ls "$dir")" ]
	for want in 1 2; do
		run_ready "$OBJ/pinned.bpf.o" --magic "$MAGIC" --max-events 1 \
			-j --pin "$dir"
		fire
		end_of_it
		[ "$(ls "$dir")" = kept_count ]
		[ "$(jq .count "$OUT")" = $want ]
	done
	rm "$dir/kept_count"
	rmdir "$dir"
	run -1 "$ECLI" run "$OBJ/pinned.bpf.o" --pin "$T/nowhere"
	[[ $output == *"kept_count"* ]]
}

# Bits of CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH and CAP_CHECKPOINT_RESTORE; and
# CAP_BPF where stacks are read from a map.
@test "names for stacks take the right to look at others, and no more" {
	need root tracepoint
	run_ready "$OBJ/stacks.bpf.o"
	[ "$((0x$(capabilities)))" = "$((1 << 19 | 1 << 2 | 1 << 40))" ]
	stop_it
	run_ready "$OBJ/stackmap.json"
	[ "$((0x$(capabilities)))" = \
		"$((1 << 19 | 1 << 2 | 1 << 40 | 1 << 39))" ]
	stop_it
}
