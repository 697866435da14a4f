#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

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
