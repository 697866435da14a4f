#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs on packets and control groups.

load ../helper
load fire
load network

setup() {
	helper_setup
	need bpf
}

# watch OBJECT ARGUMENT...: until it is attached.
watch() {
	start_ready nsenter --net=/run/netns/"$NS" "$ECLI" run --ready-fd 3 \
		-j "$OBJ/$1" "${@:2}"
}

# What bpftool sees attached to interfaces.
attached() {
	inside bpftool net show -j |
		jq -c '.[0] | [.xdp[], .tc[] | .name // .devname] | length'
}

@test "xdp sees what arrives" {
	need xdp
	network
	watch xdp.bpf.o -t v1 --max-events 2
	[ "$(attached)" = 1 ]
	send
	send
	end_of_it
	[ "$(sort -u "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"where":"xdp"}' ]
	[ "$(attached)" = 0 ]
}

@test "xdp in the mode that is asked for" {
	need xdp
	network
	watch xdp.bpf.o -t v1,mode=skb
	inside ip -d link show v1 | grep -q xdpgeneric
	stop_it
	watch xdp.bpf.o -t v1,mode=native
	inside ip -d link show v1 | grep -qw xdp
	stop_it
	[ "$(attached)" = 0 ]
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t lo,mode=native
	[[ $output == *"cannot attach to 'lo,mode=native'"*"try mode=skb"* ]]
	run -2 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t v1,mode=fast
	[[ $output == *"mode is native, skb or hw"* ]]
}

@test "xdp without a target lists the interfaces" {
	need xdp
	network
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o"
	[[ $output == *"program 'on_xdp' (xdp) needs a target: -t takes an interface (eth0); there are:"* ]]
	[[ $output == *" v0"* && $output == *" v1"* && $output == *" lo"* ]]
	[ "${#lines[@]}" = 1 ]
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t eu-nothing
	[[ $output == *"no interface 'eu-nothing'; there are:"*v0* ]]
	# An index that begins again behind the largest.
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t 4294967297
	[[ $output == *"no interface '4294967297'; there are:"* ]]
	run -2 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t v0:ingress
	[[ $output == *"'v0:ingress'"*"an interface (eth0)"* ]]
}

@test "an interface that has an xdp program already" {
	need xdp
	network
	watch xdp.bpf.o -t v1
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t v1
	[[ $output == *"cannot attach to 'v1'"*"another program is attached there"* ]]
	stop_it
}

@test "xdp on two interfaces, by name and by number" {
	need xdp
	network
	watch xdp.bpf.o -t "$V1" -t lo --max-events 2
	send
	send 127.0.0.1
	end_of_it
	[ "$(jq -c .ifindex "$OUT" | sort -n | tr '\n' ' ')" = "$(index lo) $V1 " ] ||
	[ "$(jq -c .ifindex "$OUT" | tr '\n' ' ')" = "$V1 $(index lo) " ]
}

# bats test_tags=matrix
@test "tc at ingress and egress" {
	need tc
	network
	watch tc.bpf.o -t v1:ingress -t v0:egress --max-events 2
	send
	end_of_it
	[ "$(cat "$OUT")" = \
'{"ifindex":'$V0',"length":'$FRAME',"where":"tc"}
{"ifindex":'$V1',"length":'$FRAME',"where":"tc"}' ]
	[ "$(attached)" = 0 ]
}

@test "an interface alone means ingress" {
	need tc
	network
	watch tc.bpf.o -t v1 --max-events 1
	send
	end_of_it
	[ "$(jq .ifindex "$OUT")" = "$V1" ]
}

@test "tcx sections give the direction" {
	need tc
	network
	watch tcx.bpf.o -t on_egress=v0 -t on_ingress=v1 --max-events 2
	send
	end_of_it
	[ "$(cat "$OUT")" = \
'{"ifindex":'$V0',"length":'$FRAME',"where":"out"}
{"ifindex":'$V1',"length":'$FRAME',"where":"in"}' ]
	[ "$(attached)" = 0 ]
	run -2 inside "$ECLI" run "$OBJ/tcx.bpf.o" -t v0:ingress
	[[ $output == *"'v0:ingress'"*"gives the direction; leave it out"* ]]
}

@test "with a priority tc makes a filter, and takes it away with its qdisc" {
	need tc
	network
	watch tc.bpf.o -t v1:ingress,priority=7,handle=3
	inside tc filter show dev v1 ingress | grep -q 'pref 7 bpf .*handle 0x3'
	send
	wait_for '"tc"'
	stop_it
	[ -z "$(inside tc filter show dev v1 ingress)" ]
	[ "$(inside tc qdisc show dev v1 clsact)" = '' ]
	run -2 inside "$ECLI" run "$OBJ/tc.bpf.o" -t v1,priority=70000
	[[ $output == *"priority=70000 is not a number from 1 to 65535"* ]]
}

@test "a qdisc and filters of others stay" {
	need tc
	network
	inside tc qdisc add dev v1 clsact
	watch tc.bpf.o -t v1:ingress,priority=7
	stop_it
	[ -n "$(inside tc qdisc show dev v1 clsact)" ]
	inside tc qdisc del dev v1 clsact
	# The qdisc is ours, but somebody else has come to use it.
	watch tc.bpf.o -t v1:ingress,priority=7
	ours=$PID
	watch tc.bpf.o -t v1:egress,priority=9
	other=$PID
	PID=$ours
	stop_it
	inside tc filter show dev v1 egress | grep -q 'pref 9 '
	[ -z "$(inside tc filter show dev v1 ingress)" ]
	PID=$other
	stop_it
}

@test "a socket filter on one interface or on any" {
	need socket
	network
	watch socket.bpf.o -t v1
	send
	wait_for '"socket"'
	send 127.0.0.1
	stop_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"where":"socket"}' ]
	watch socket.bpf.o -t any --max-events 2
	send
	end_of_it
	[ "$(jq .ifindex "$OUT" | tr '\n' ' ')" = "$V0 $V1 " ]
	# On lo everything passes twice.
	watch socket.bpf.o -t lo --max-events 2
	send 127.0.0.1
	end_of_it
	[ "$(jq .length "$OUT" | sort -u)" = $FRAME ]
}

@test "programs of a control group see its processes and no others" {
	need cgroup2 cgroup_skb sockops
	group
	run_ready "$OBJ/cgroup.bpf.o" -j -t "$GROUP" --max-events 5
	[ "$(in_group)" = 3 ]
	printf other >/dev/udp/127.0.0.1/9
	member 'printf hello >/dev/udp/127.0.0.1/99'
	member 'printf hello >/dev/tcp/127.0.0.1/1'
	end_of_it
	cat "$OUT"
	lo=$(cat /sys/class/net/lo/ifindex)
	# Nobody listens at port 1: a SYN goes out and nothing after it.
	[ "$(head -n 4 "$OUT")" = '{"ifindex":0,"length":99,"where":"connect"}
{"ifindex":'$lo',"length":'$PACKET',"where":"skb"}
{"ifindex":0,"length":1,"where":"connect"}
{"ifindex":0,"length":1,"where":"ops"}' ]
	[ "$(jq -r .where <<<"$(tail -n 1 "$OUT")")" = skb ]
	[ "$(in_group)" = 0 ]
}

@test "a control group by its id" {
	need cgroup2 cgroup_skb
	group
	run_ready "$OBJ/cgroup.bpf.o" -j -t "$(stat -c %i "$GROUP")" \
		--max-events 1
	member 'printf hello >/dev/udp/127.0.0.1/98'
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":0,"length":98,"where":"connect"}' ]
	run -1 "$ECLI" run "$OBJ/cgroup.bpf.o" -t 999999999
	[[ $output == *"no cgroup has the id 999999999" ]]
	# Wherever they are mounted.
	mkdir groups
	run -0 unshare -m bash -c 'mount -t cgroup2 none groups &&
		umount -l /sys/fs/cgroup && exec "$@"' - \
		"$ECLI" run "$OBJ/cgroup.bpf.o" -t "$(stat -c %i "$GROUP")" \
		--timeout 1ms
}

@test "a control group with flags, and nothing left behind" {
	need cgroup2 cgroup_skb
	group
	for flags in multi override; do
		run_ready "$OBJ/cgroup.bpf.o" -t "$GROUP,flags=$flags"
		[ "$("$OBJ/attached" "$GROUP" | cut -d' ' -f2 | sort -u)" = \
			$flags ]
		stop_it
		[ "$(in_group)" = 0 ]
	done
	run -2 "$ECLI" run "$OBJ/cgroup.bpf.o" -t "$GROUP,flags=x"
	[[ $output == *"flags is multi or override"* ]]
	[ "$(in_group)" = 0 ]
}

@test "too few descriptors for a control group with flags" {
	need cgroup2 cgroup_skb plain
	group
	refused=0
	for n in {8..60}; do
		run bash -c "ulimit -n $n; "'exec "$@"' - \
			"$ECLI" run "$OBJ/cgroup.bpf.o" -t "$GROUP,flags=multi" \
			--timeout 1ms
		echo "$n: $output"
		[ $status -le 1 ]
		[[ $output != *'Bad file descriptor'* ]]
		[[ $output != *'this kernel has no'* ]]
		[[ $output != *"cannot attach to '$GROUP"*'Too many open'* ]] ||
			refused=$((refused + 1))
		[ "$(in_group)" = 0 ]
	done
	[ $refused -gt 0 ]
	[ $status = 0 ]
}

@test "what is no control group is refused" {
	need cgroup2 cgroup_skb
	run -1 "$ECLI" run "$OBJ/cgroup.bpf.o" -t /tmp
	[[ $output == *"'/tmp' is no cgroup of version 2"* ]]
	run -1 "$ECLI" run "$OBJ/cgroup.bpf.o" -t /no/such/group
	[[ $output == *"cannot open cgroup '/no/such/group': No such file"* ]]
	run -2 "$ECLI" run "$OBJ/cgroup.bpf.o" -t lo
	[[ $output == *"'lo': a cgroup_skb program takes a cgroup (/sys/fs/cgroup/NAME)"* ]]
	run -1 "$ECLI" run "$OBJ/cgroup.bpf.o"
	[[ $output == *"needs a target: -t takes a cgroup (/sys/fs/cgroup/NAME)"* ]]
}

@test "lookups of sockets in a network namespace" {
	need sk_lookup
	network
	start_ready "$ECLI" run --ready-fd 3 "$OBJ/lookup.bpf.o" -j \
		-t "/run/netns/$NS" --max-events 1
	send 127.0.0.1
	end_of_it
	# AF_INET
	[ "$(cat "$OUT")" = '{"ifindex":2,"length":9,"where":"lookup"}' ]
	run -1 "$ECLI" run "$OBJ/lookup.bpf.o"
	[[ $output == *"needs a target: -t takes a network namespace (/proc/PID/ns/net)" ]]
	# Nothing is waited for: a pipe, a namespace of another kind.
	mkfifo pipe
	for other in "$T/pipe" /proc/self/ns/uts; do
		run -1 "$ECLI" run "$OBJ/lookup.bpf.o" -t "$other"
		[[ $output == *"'$other' is no network namespace: give /run/netns/NAME or /proc/PID/ns/net" ]]
	done
	run -1 "$ECLI" run "$OBJ/lookup.bpf.o" -t /no/such
	[[ $output == *"cannot open '/no/such': No such file or directory" ]]
}

@test "programs on the sockets of a map" {
	need sk_skb
	run_ready "$OBJ/sockmap.bpf.o" -t map:sockets
	stop_it
	run -1 "$ECLI" run "$OBJ/sockmap.bpf.o" -t map:nothing
	[[ $output == *"target 'map:nothing': no map 'nothing' in '"* ]]
	run -1 "$ECLI" run "$OBJ/sockmap.bpf.o" -t map:rb
	[[ $output == *"cannot attach to 'map:rb'"* ]]
	run -1 "$ECLI" run "$OBJ/sockmap.bpf.o"
	[[ $output == *"needs a target: -t takes a map of the package (map:NAME)" ]]
}

@test "when one program cannot be attached none stays" {
	need xdp
	network
	run -1 inside "$ECLI" run "$OBJ/xdp.bpf.o" -t v1 -t eu-nothing
	[ "$(attached)" = 0 ]
}
