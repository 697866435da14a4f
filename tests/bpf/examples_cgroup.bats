#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs on control groups and on the sockets in them.

load ../helper
load fire
load network

setup() {
	helper_setup
	need bpf cgroup2
	export OBJ T
	group
}

# within NAME [ARGUMENT...]: the example, on the test's control group.
within() {
	example "$1" -t "$GROUP" "${@:2}"
}

@test "cgroup_skb" {
	need cgroup_skb
	within cgroup_skb --longest 100 --max-events 2
	member 'printf hello >/dev/udp/127.0.0.1/9'
	member 'printf %100s x >/dev/udp/127.0.0.1/9'
	end_of_it
	[ "$(cat "$OUT")" = '{"length":33,"sent":true,"dropped":false}
{"length":128,"sent":true,"dropped":true}' ]
}

@test "cgroup_sock" {
	within cgroup_sock --forbid 10 --max-events 2
	member 'printf hello >/dev/udp/127.0.0.1/9'
	member 'printf hello >/dev/udp/::1/9'
	end_of_it
	[ "$(cat "$OUT")" = '{"family":2,"type":2,"allowed":true}
{"family":10,"type":2,"allowed":false}' ]
}

@test "cgroup_sock_addr" {
	within cgroup_sock_addr --from 9 --to 98 --max-events 2
	member 'printf hello >/dev/udp/127.0.0.1/8'
	member 'exec 5<>/dev/udp/127.0.0.1/9; ss -Hun dst 127.0.0.1 >"'"$T/ss"'"'
	end_of_it
	[ "$(cat "$OUT")" = '{"port":8,"redirected":false}
{"port":9,"redirected":true}' ]
	! command -v ss || grep -q '127.0.0.1:98' ss
}

@test "cgroup_sysctl" {
	within cgroup_sysctl --read_only --max-events 2
	member 'read -r _ </proc/sys/kernel/ostype'
	member 'echo 0 >/proc/sys/vm/compact_memory'
	end_of_it
	[ "$(cat "$OUT")" = '{"name":"kernel/ostype","write":false,"allowed":true}
{"name":"vm/compact_memory","write":true,"allowed":false}' ]
}

@test "cgroup_device" {
	within cgroup_device --major 1 --minor 5
	member 'exec 5</dev/zero && echo opened >"'"$T/zero"'"'
	member 'exec 5</dev/full && echo opened >"'"$T/full"'"'
	stop_it
	[ ! -e zero ]
	[ "$(cat full)" = opened ]
	grep -qx '{"major":1,"minor":5,"allowed":false}' "$OUT"
	grep -qx '{"major":1,"minor":7,"allowed":true}' "$OUT"
}

@test "cgroup_sockopt" {
	within cgroup_sockopt --refuse 13 --max-events 1
	member '"$OBJ/target" connect reno || echo $? >"$T/status"'
	end_of_it
	[ "$(cat "$OUT")" = '{"level":6,"option":13,"allowed":false}' ]
	[ "$(cat status)" = 1 ]
}

@test "sockops" {
	need sockops
	within sockops --max-events 2
	member '"$OBJ/target" talk 7'
	end_of_it
	[ "$(jq -c .accepted "$OUT" | sort)" = 'false
true' ]
	[ "$(jq -c '.local_port > 0' "$OUT" | sort -u)" = true ]
}

@test "sk_msg" {
	need sk_msg sockops
	example sk_msg -t "on_socket=$GROUP" --longest 100 --max-events 2
	member '"$OBJ/target" talk 100 >"$T/first"'
	member '"$OBJ/target" talk 101 || echo $? >"$T/second"'
	end_of_it
	[ "$(cat "$OUT")" = '{"length":100,"dropped":false}
{"length":101,"dropped":true}' ]
	[ "$(cat first)" = 100 ]
	[ "$(cat second)" = 2 ]
}

@test "sk_skb" {
	need sk_skb sockops
	example sk_skb -t "on_socket=$GROUP" --max-events 1
	member '"$OBJ/target" talk 77 >"$T/first"'
	end_of_it
	[ "$(cat "$OUT")" = '{"length":77}' ]
	[ "$(cat first)" = 77 ]
}

@test "lsm_cgroup" {
	need lsm_cgroup
	within lsm_cgroup --family 2 --max-events 1
	printf hello >/dev/udp/127.0.0.1/9
	member 'printf hello >/dev/udp/127.0.0.1/9; echo $$ >"$T/pid"'
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$(cat pid)',"family":2}' ]
}
