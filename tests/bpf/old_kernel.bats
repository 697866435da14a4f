#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Kernels older than any at hand, as far as tests/obj/oldkernel.c can stand in
# for them: it makes bpf(2) refuse what they lack.

load ../helper
load fire

setup() {
	helper_setup
	need root bpf tracepoint plain
}

# old VERSION COMMAND...
old() {
	env OLDKERNEL="$1" LD_PRELOAD="$BUILD/tests/obj/oldkernel.so" "${@:2}"
}

@test "the stand-in refuses what such a kernel lacks" {
	need ringbuf
	run -1 old 5.4 "$ECLI" check --probe ringbuf
	run -0 old 5.4 "$ECLI" check --probe perf_event_array
	run -1 old 4.19 "$ECLI" check --probe tp_btf
	run -0 old 4.19 "$ECLI" check --probe raw_tp
}

# bats test_tags=matrix
@test "eunomia/buffer.bpf.h: a ring buffer, or a perf buffer" {
	need perf_event_array
	for kernel in '' 5.4; do
		start_ready env OLDKERNEL=$kernel \
			LD_PRELOAD="$BUILD/tests/obj/oldkernel.so" \
			"$ECLI" run "$OBJ/buffer.bpf.o" --magic "$MAGIC" -j \
			-v --ready-fd 3 --max-events 2
		fire 0 1 9
		end_of_it
		cat "$ERR"
		[ "$(sort "$OUT")" = "{\"pid\":$ME,\"sig\":0,\"text\":\"buffer\"}
{\"pid\":$ME,\"sig\":9,\"text\":\"buffer\"}" ]
		[ -z "$kernel" ] ||
			grep -q 'perf buffers: this kernel has no ring buffers' \
				"$ERR"
	done
	run -0 "$ECLI" run "$OBJ/buffer.bpf.o" --help
	[[ $output != *__eunomia* ]]
}

# try KERNEL PACKAGE [ARGUMENT...]: in a network of its own, what it says in
# $TEXT; true if it got ready.
try() {
	rm -f ready
	timeout -s INT 20 unshare -n env OLDKERNEL="$1" \
		LD_PRELOAD="$BUILD/tests/obj/oldkernel.so" \
		"$ECLI" run "${@:2}" --timeout 100ms --ready-fd 3 \
		3>ready >out 2>err || :
	TEXT=$(cat err)
	echo "$1 $2: $TEXT"
	[ -s ready ]
}

# What a message about a missing target asks for.
target() {
	case $TEXT in
	*'(tcx/'*' needs a target'* | *'needs a target'*'a netkit interface'*) echo lo ;;
	*'needs a target'*'an interface and a direction'*) echo lo:ingress ;;
	*'needs a target'*'an interface'*) echo lo ;;
	*'needs a target'*'a network namespace'*) echo /proc/self/ns/net ;;
	*'needs a target'*'a family and a hook'*) echo ipv4:prerouting ;;
	*'needs a target'*'a cgroup'*) cgroup2 ;;
	# It wants a program that is loaded already; not every example does.
	*'needs a target'*'a loaded program'*) echo none ;;
	*'needs a target'*'a binary, a provider'*) echo "$OBJ/target:eunomia:work" ;;
	*'needs a target'*'a binary and a symbol'*) echo "$OBJ/target:eu_work" ;;
	*'needs a target'*) echo "no target is known here for: $TEXT" ;;
	esac
}

# Each is ready, or says which feature it misses and since when there is one.
@test "examples on 5.4 and 4.19" {
	for kernel in 5.4 4.19; do
		for package in "$EXAMPLES"/*/package.json; do
			! try $kernel "$package" || continue
			to=$(target)
			[ "$to" != none ] || continue
			if [ -n "$to" ]; then
				! try $kernel "$package" -t "$to" || continue
			fi
			[[ $TEXT =~ Linux\ [0-9]+\.[0-9]+ ]]
		done
	done
}
