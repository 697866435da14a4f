#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the kernel does not take: a message that says what to do, and nothing
# left behind.

load ../helper
load fire

setup() {
	helper_setup
	need bpf
}

@test "a program that the verifier refuses: which, why and in which line" {
	need tracepoint
	run -1 "$ECLI" run "$OBJ/refused.bpf.o"
	[ "${lines[0]}" = "ecli: program 'forgets_to_check' was refused: the verifier says: R0 invalid mem access 'map_value_or_null'" ]
	# Since Linux 6.10 the log says the file as well.
	[[ ${lines[1]} == "  source line: *n += 1; /* it may be NULL */"* ]]
	[ "${lines[2]}" = "  what to do: check the result of bpf_map_lookup_elem() for NULL before using it" ]
	[ "${lines[3]}" = "  end of the verifier's log:" ]
	[ "${lines[-1]}" = "    R0 invalid mem access 'map_value_or_null'" ]
	[ "${#lines[@]}" -le 13 ]
}

@test "frequent mistakes get advice" {
	need bpf ringbuf tracepoint
	# advice PROGRAM TEXT
	advice() {
		run -1 "$ECLI" run "$OBJ/mistakes.bpf.o" --only "$1" --timeout 1
		[[ ${lines[0]} == "ecli: program '$1' was refused: "* ]]
		grep -qx "  what to do: .*$2.*" <<<"$output" || {
			echo "$output"
			return 1
		}
	}
	advice null_value 'result of bpf_map_lookup_elem() for NULL'
	advice null_reserve 'result of bpf_ringbuf_reserve() for NULL'
	advice leak 'bpf_ringbuf_submit() or bpf_ringbuf_discard()'
	advice restricted 'char LICENSE\[\] SEC("license") = "GPL";'
	advice beyond 'index or length against the size'
	advice endless 'a constant bound'
	advice foreign 'bpf_probe_read_kernel() or BPF_CORE_READ()'
}

@test "a member that the kernel's struct does not have" {
	need tracepoint btf
	run -1 "$ECLI" run "$OBJ/missing_member.bpf.o"
	[[ ${lines[0]} == *"program 'on_kill' was refused"*"task_struct.eu_no_such_member"* ]]
}

@test "not root" {
	run -1 setpriv --reuid=65534 --clear-groups "$ECLI" run "$OBJ/perf.bpf.o"
	[ "$output" = "ecli: loading BPF programs needs root: this process lacks CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN; try sudo" ]
}

@test "root without a capability: which one" {
	run -1 setpriv --bounding-set=-bpf,-sys_admin "$ECLI" run "$OBJ/perf.bpf.o"
	[ "$output" = "ecli: loading BPF programs is not allowed here: this process lacks CAP_BPF" ]
	run -1 setpriv --bounding-set=-perfmon,-sys_admin "$ECLI" run "$OBJ/perf.bpf.o"
	[ "$output" = "ecli: loading BPF programs is not allowed here: this process lacks CAP_PERFMON" ]
	run -1 setpriv --bounding-set=-net_admin,-sys_admin "$ECLI" run "$OBJ/xdp.bpf.o" -t lo
	[[ $output == *"CAP_NET_ADMIN" ]]
}

@test "BPF forbidden to somebody who seems to have all rights" {
	unshare -U -r true || skip "needs user namespaces"
	run -1 unshare -U -r "$ECLI" run "$OBJ/perf.bpf.o"
	[[ $output == *"BPF is forbidden here"*"ecli check"* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "no kernel BTF: only objects that need it are refused" {
	need tracepoint btf
	cp /sys/kernel/btf/vmlinux kernel.btf
	without() {
		unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf
			exec "$@"' - "$ECLI" run "$@"
	}
	run -1 without "$OBJ/core.bpf.o"
	[ "$output" = "ecli: '$OBJ/core.bpf.o' needs the kernel's BTF and /sys/kernel/btf/vmlinux is not there: give it with --btf FILE, or use a kernel with CONFIG_DEBUG_INFO_BTF=y" ]
	run -0 without "$OBJ/perf.bpf.o" --timeout 1ms
	# The kernel's BTF from a file, and what it tells is true.
	start_ready unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf
		exec "$@"' - "$ECLI" run --ready-fd 3 "$OBJ/core.bpf.o" \
		--btf kernel.btf --magic "$MAGIC" --max-events 1 -j
	fire
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$ME',"tgid":'$ME'}' ]
}

@test "a kind of program that this kernel does not have" {
	if ! has kprobe; then
		run -1 "$ECLI" run "$OBJ/kprobe.bpf.o"
		[[ $output == *"this kernel has no kprobe (Linux 4.1 or later, "* ]]
	fi
	if ! has fentry; then
		run -1 "$ECLI" run "$OBJ/fentry.bpf.o"
		[[ $output == *"'ecli check'"* ]]
	fi
	[ "${#lines[@]}" -le 1 ]
}

@test "a failure leaves no program, link or instance behind" {
	need tracepoint
	count() {
		bpftool prog show -j | jq -c 'map(select(.name == "fine" or
			.name == "forgets_to_check" or .name == "nowhere" or
			.name == "on_tp" or .name == "on_raw")) | length'
	}
	for args in refused.bpf.o missing_tp.bpf.o \
		"named.bpf.o -t on_raw=sys_enter -t on_tp=sched/eu_nothing"; do
		run -1 "$ECLI" run "$OBJ/"$args
	done
	end=$((SECONDS + PATIENCE))
	until [ "$(count)" = 0 ]; do
		[ $SECONDS -lt $end ]
	done
}

@test "a pipe that nobody writes to is not waited for" {
	need tracepoint uprobe btf
	mkfifo pipe
	run -1 timeout -s KILL 20 "$ECLI" run "$T/pipe"
	[ "$output" = "ecli: '$T/pipe' is empty" ]
	run -1 timeout -s KILL 20 "$ECLI" run "$OBJ/uprobe.bpf.o" \
		-t "$T/pipe:main"
	[[ $output == *"cannot open '$T/pipe': it is no file" ]]
	run -1 timeout -s KILL 20 "$ECLI" run "$OBJ/uprobe.bpf.o" -t "$T:main"
	[[ $output == *"cannot open '$T': it is no file" ]]
	run -1 timeout -s KILL 20 "$ECLI" run "$OBJ/core.bpf.o" --btf "$T/pipe"
	[ "$output" = "ecli: cannot read the kernel's BTF in '$T/pipe': it is no file" ]
	mkfifo btf.xz
	run -1 timeout -s KILL 20 "$ECLI" run "$OBJ/core.bpf.o" --btf btf.xz
	[[ $output == *"'btf.xz'"* ]]
	# Who has come to write is waited for.
	"$ECLI" inspect <(cat "$OBJ/exec.bpf.o") >/dev/null
}
