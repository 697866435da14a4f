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

# lacking PROGRAM TARGET WORDS: on such a kernel it is refused with these words,
# what it lacks among them.
@test "what is missing is named with its version, for every kind" {
	need uprobe cgroup2
	while read -r program target words; do
		[ "$target" != - ] && set -- -t "$program=$target" || set --
		run -1 old 5.4 "$ECLI" run "$OBJ/kinds.bpf.o" --only "$program" "$@"
		[[ $output == *"$words"* && $output != *$'\n'* ]] || {
			echo "$program: $output"
			echo "not: $words"
			return 1
		}
	done <<-END
		on_xdp lo program 'on_xdp': cannot attach to 'on_xdp=lo': this kernel has no bpf_link (Linux 5.7 or later)
		on_frags lo lacks feature 'xdp.frags' (new in Linux 5.18);
		on_tcx lo,before=all cannot attach to 'on_tcx=lo,before=all': this kernel has no tcx (Linux 6.6 or later, CONFIG_NET_XGRESS=y)
		on_netkit lo cannot attach to 'on_netkit=lo': this kernel has no netkit (Linux 6.7 or later, CONFIG_NETKIT=y)
		on_netfilter ipv4:input program 'on_netfilter' was refused: this kernel lacks program type 'netfilter' (new in Linux 6.4), attach type 'netfilter' (new in Linux 6.4);
		on_flow /proc/self/ns/net cannot attach to 'on_flow=/proc/self/ns/net': this kernel has no bpf_link (Linux 5.7 or later)
		on_lookup /proc/self/ns/net was refused: this kernel lacks program type 'sk_lookup' (new in Linux 5.9);
		on_verdict map:sockets cannot attach to 'on_verdict=map:sockets': this kernel has no sk_skb.verdict (Linux 5.13 or later, CONFIG_NET=y)
		on_skb $(cgroup2) cannot attach to 'on_skb=$(cgroup2)': this kernel has no bpf_link (Linux 5.7 or later)
		on_peer $(cgroup2) was refused: this kernel lacks attach type 'cgroup_inet4_getpeername' (new in Linux 5.8);
		on_lsm_cgroup $(cgroup2) was refused: this kernel lacks attach type 'lsm_cgroup' (new in Linux 6.0);
		on_lsm - was refused: this kernel lacks attach type 'lsm_mac' (new in Linux 5.7);
		on_fentry - was refused: this kernel lacks attach type 'trace_fentry' (new in Linux 5.5);
		on_fmod_ret - was refused: this kernel lacks attach type 'modify_return' (new in Linux 5.7);
		on_tp_btf - was refused: this kernel lacks attach type 'trace_raw_tp' (new in Linux 5.5);
		on_iter - was refused: this kernel lacks attach type 'trace_iter' (new in Linux 5.8);
		on_syscall - was refused: this kernel lacks program type 'syscall' (new in Linux 5.14);
		on_uprobe $OBJ/target:eu_work,cookie=7 this kernel has no cookie (Linux 5.15 or later)
		on_tp syscalls/sys_enter_kill,cookie=7 cannot attach to 'on_tp=syscalls/sys_enter_kill,cookie=7': this kernel has no cookie (Linux 5.15 or later)
	END
	# The probes are asked only when something has failed.
	run -0 old 5.4 "$ECLI" run "$OBJ/kinds.bpf.o" --only on_skb \
		-t "on_skb=$(cgroup2),flags=multi" --timeout 10ms
}

@test "where this kernel itself has no kprobes, fentry or netkit" {
	lacks=0
	while read -r feature program target words; do
		! has "$feature" || continue
		lacks=$((lacks + 1))
		[ "$target" != - ] && set -- -t "$program=$target" || set --
		run -1 "$ECLI" run "$OBJ/kinds.bpf.o" --only "$program" "$@"
		[[ $output == *"$words"* && $output != *$'\n'* ]] || {
			echo "$program: $output"
			echo "not: $words"
			return 1
		}
	done <<-END
		kprobe on_kprobe - cannot attach to 'kprobe/vfs_rmdir': this kernel has no kprobe (Linux 4.1 or later, CONFIG_KPROBES=y and CONFIG_KPROBE_EVENTS=y)
		fentry on_fentry - this kernel lacks attach type 'trace_fentry' (new in Linux 5.5)
		lsm on_lsm - this kernel lacks attach type 'lsm_mac' (new in Linux 5.7)
		netkit on_netkit lo this kernel has no netkit (Linux 6.7 or later, CONFIG_NETKIT=y)
		netfilter on_netfilter ipv4:input (new in Linux 6.4)
		xdp.frags on_frags lo (new in Linux 5.18)
		syscall on_syscall - (new in Linux 5.14)
	END
	[ $lacks -gt 0 ] || skip 'this kernel lacks none of them'
}
