#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs on packets and sockets.

load ../helper
load fire
load network

setup() {
	helper_setup
	need bpf
}

# there NAME [ARGUMENT...]: the example, in the test's network.
there() {
	start_ready nsenter --net=/run/netns/"$NS" "$ECLI" run --ready-fd 3 \
		-j "$EXAMPLES/$1/package.json" "${@:2}"
}

@test "xdp" {
	need xdp
	network
	there xdp -t v1 --max-events 2 --drop_port 10
	send
	send 192.0.2.2 10
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"port":9,"dropped":false}
{"ifindex":'$V1',"length":'$FRAME',"port":10,"dropped":true}' ]
}

@test "tc" {
	need tc
	network
	there tc -t v0:egress -t v1:ingress --max-events 2
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V0',"length":'$FRAME',"received":false}
{"ifindex":'$V1',"length":'$FRAME',"received":true}' ]
}

@test "socket_filter" {
	need socket
	network
	there socket_filter -t v1 --max-events 1
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"protocol":17}' ]
}

@test "sk_lookup" {
	need sk_lookup
	network
	example sk_lookup -t /run/netns/"$NS" --refuse 10 --max-events 2
	send 127.0.0.1
	send 127.0.0.1 10
	end_of_it
	[ "$(cat "$OUT")" = '{"protocol":17,"local_port":9,"refused":false}
{"protocol":17,"local_port":10,"refused":true}' ]
}

@test "tcx: before and after others" {
	need tcx
	network
	there tcx -t on_ingress=v1 -t on_egress=v0 --mark 1
	first=$OUT first_pid=$PID
	held
	for id in $PROGS; do
		! bpftool prog show id "$id" | grep -q 'name on_ingress' || break
	done
	there tcx -t "on_ingress=v1,before=$id" -t on_egress=v0,before=all --mark 2
	second=$OUT
	PID2=$PID
	there tcx -t "on_ingress=v1,after=$id" -t on_egress=v0,after=all
	send
	wait_for ingress
	stop_it
	PID=$PID2
	stop_it
	PID=$first_pid
	stop_it
	# Each sees the mark of the one that ran before it, on the other side too.
	[ "$(jq -c '[.where, .mark]' "$second")" = '["egress",0]
["ingress",1]' ]
	[ "$(jq -c '[.where, .mark]' "$first")" = '["egress",2]
["ingress",2]' ]
	[ "$(jq -c '[.where, .mark]' "$OUT")" = '["egress",1]
["ingress",1]' ]
	[ "$(jq -c '.length' "$OUT" | sort -u)" = $FRAME ]
	run -1 inside "$ECLI" run "$EXAMPLES/tcx/package.json" \
		-t on_ingress=v1,before=4294967295 -t on_egress=v0
	[[ $output == *"no program 4294967295 is attached there"* ]]
	run -2 inside "$ECLI" run "$EXAMPLES/tcx/package.json" \
		-t on_ingress=v1,before=x -t on_egress=v0
	[[ $output == *"before=x is not a number from 1 to 4294967295, nor 'all'"* ]]
	run -2 inside "$ECLI" run "$EXAMPLES/tcx/package.json" \
		-t on_ingress=v1,before=1,after=2 -t on_egress=v0
	[[ $output == *"before or after, not both"* ]]
}

@test "an interface of another network namespace" {
	need xdp tc
	network
	ns=/run/netns/$NS
	example xdp -t "v1,netns=$ns" --max-events 1
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"port":9,"dropped":false}' ]
	example tc -t "v1:ingress,netns=$ns,priority=7"
	inside tc filter show dev v1 ingress | grep -q 'pref 7 bpf'
	send
	wait_for true
	stop_it
	[ -z "$(inside tc filter show dev v1 ingress)" ]
	[ "$(inside tc qdisc show dev v1 clsact)" = '' ]
	run -1 "$ECLI" run "$EXAMPLES/xdp/package.json" -t "v3,netns=$ns"
	[[ $output == *"no interface 'v3'; there are: lo, v1, v0"* ]]
	run -1 "$ECLI" run "$EXAMPLES/xdp/package.json" -t v1,netns=/no/such
	[[ $output == *"cannot open '/no/such': No such file"* ]]
	run -1 "$ECLI" run "$EXAMPLES/xdp/package.json" -t v1,netns=/etc/passwd
	[[ $output == *"is no network namespace: give /run/netns/NAME or /proc/PID/ns/net"* ]]
}

@test "xdp where the driver cannot, and says so" {
	need xdp
	network
	there xdp -t v1
	stop_it
	[ ! -s "$ERR" ]
	# Large frames are more than a program without fragments can take.
	inside ip link set v0 mtu 9000
	inside ip link set v1 mtu 9000
	there xdp -t v1 --max-events 1
	inside ip -d link show v1 | grep -q xdpgeneric
	grep -q "'v1': the driver cannot run 'on_packet' (.*): generic XDP, which is slower" "$ERR"
	send
	end_of_it
	[ "$(jq .length "$OUT")" = $FRAME ]
	run -1 inside "$ECLI" run "$EXAMPLES/xdp/package.json" -t v1,mode=native
	[[ $output == *"cannot attach to 'v1,mode=native'"* ]]
	there xdp -t lo
	stop_it
	grep -q "'lo': the driver has no XDP: generic XDP, which is slower" "$ERR"
}

@test "netfilter" {
	need netfilter jit
	network
	there netfilter -t ipv4:output,priority=-7,defrag=1 --drop_port 10 --max-events 2
	run -1 inside "$ECLI" run "$EXAMPLES/netfilter/package.json" \
		-t ipv4:output,priority=-7
	[[ $output == *"priority -7 is another program's; choose one with priority=N"* ]]
	send
	send 192.0.2.2 10 2>/dev/null || :
	end_of_it
	from=$((192 << 24 | 2 << 8 | 1))
	[ "$(cat "$OUT")" = '{"source":'$from',"destination":'$((from + 1))',"port":9,"dropped":false}
{"source":'$from',"destination":'$((from + 1))',"port":10,"dropped":true}' ]
	example netfilter -t "ipv4:output,netns=/run/netns/$NS" --max-events 1
	send
	end_of_it
	[ "$(jq .port "$OUT")" = 9 ]
	run -1 "$ECLI" run "$EXAMPLES/netfilter/package.json" -t ipv4:exit
	[[ $output == *"no hook 'exit'; there are: prerouting, input, forward, output, postrouting"* ]]
	run -2 "$ECLI" run "$EXAMPLES/netfilter/package.json" -t output
	[[ $output == *"a netfilter program takes a family and a hook (ipv4:prerouting)"* ]]
}

@test "netkit" {
	need netkit
	network
	inside ip link add type netkit
	inside ip addr add 198.51.100.1/24 dev nk1
	inside ip link set nk0 up
	inside ip link set nk1 up
	# The packet is on its way to the peer already.
	there netkit -t nk1 --max-events 1
	send 198.51.100.2
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$(index nk0)',"length":'$FRAME',"peer":false}' ]
	run -1 inside "$ECLI" run "$EXAMPLES/netkit/package.json" -t nk0
	[[ $output == *"it is the peer: programs go to the other end"* ]]
}

@test "struct_ops" {
	need struct_ops
	example struct_ops --window 7
	"$OBJ/target" connect eu_fixed
	wait_for release
	stop_it
	[ "$(jq -c '[.window, .what]' "$OUT")" = '[7,"init"]
[7,"release"]' ]
	# And it has gone.
	run -1 "$OBJ/target" connect eu_fixed
}

@test "xdp.frags" {
	need xdp.frags
	network
	inside ip link set v0 mtu 9000
	inside ip link set v1 mtu 9000
	there xdp_frags -t v1,mode=native --max-events 1
	printf '%08000d' 7 >data
	inside bash -c 'dd bs=8000 status=none <data >/dev/udp/192.0.2.2/9'
	end_of_it
	[ "$(jq -c '[.length, .last, .here > 0 and .here < 8000]' "$OUT")" = \
		"[$((FRAME - 5 + 8000)),$((0x37)),true]" ]
}

@test "flow_dissector" {
	need flow_dissector
	network
	example flow_dissector -t /run/netns/"$NS" --max-events 1
	# There is room for one.
	run -1 "$ECLI" run "$EXAMPLES/flow_dissector/package.json" \
		-t /run/netns/"$NS"
	[[ $output == *"program 'on_packet': cannot attach to '/run/netns/$NS': "* ]]
	inside "$OBJ/target" frame v0 300
	end_of_it
	[ "$(cat "$OUT")" = '{"source":"192.0.2.7","destination":"192.0.2.2","protocol":17,"source_port":7,"port":300}' ]
	run -2 "$ECLI" run "$EXAMPLES/flow_dissector/package.json" -t lo
	[[ $output == *"a flow_dissector program takes a network namespace (/proc/PID/ns/net)"* ]]
}

@test "devmap" {
	need xdp.devmap
	network
	inside ip link add w0 type veth peer name w1
	inside ip link set w0 up
	inside ip link set w1 up
	# A veth takes what XDP sends where its other end has a program.
	there xdp -t w1 --max-events 2
	far=$PID far_out=$OUT
	there devmap -t on_packet=v1 --max-events 1 \
		-t on_egress=map:ports,interface=w0
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"from":'$V1',"to":'$(index w0)',"length":'$FRAME'}' ]
	# From another network, where interfaces have other numbers.
	example devmap -t "on_packet=v1,netns=/run/netns/$NS" --max-events 1 \
		-t "on_egress=map:ports,key=0,interface=w0,netns=/run/netns/$NS"
	send
	end_of_it
	[ "$(jq .to "$OUT")" = "$(index w0)" ]
	PID=$far
	end_of_it
	[ "$(sort -u "$far_out")" = '{"ifindex":'$(index w1)',"length":'$FRAME',"port":9,"dropped":false}' ]
	refused=$EXAMPLES/devmap/package.json
	run -1 inside "$ECLI" run "$refused" -t v1 -t map:ports
	[[ $output == *"target 'map:ports': packets go out of which? add interface=NAME"* ]]
	run -1 inside "$ECLI" run "$refused" -t v1 -t map:port,interface=w0
	[[ $output == *"target 'map:port,interface=w0': no map 'port' in 'devmap_bpf'; did you mean 'ports'?"* ]]
	run -1 inside "$ECLI" run "$refused" -t v1 -t map:rb,interface=w0
	[[ $output == *"'rb' is no map of type devmap with values of type 'struct bpf_devmap_val'"* ]]
	run -1 inside "$ECLI" run "$refused" -t v1 -t map:ports,interface=w2
	[[ $output == *"no interface 'w2'; there are: "* ]]
	run -1 inside "$ECLI" run "$refused" -t v1 -t map:ports,interface=w0,key=4
	[[ $output == *"cannot attach to 'map:ports,interface=w0,key=4': Argument list too long"* ]]
	run -2 inside "$ECLI" run "$refused" -t v1 -t on_egress=w0
	[[ $output == *"an xdp program takes an entry of a map of the package (map:NAME,key=0,interface=eth0)"* ]]
}

@test "cpumap" {
	need xdp.cpumap
	network
	last=$(($(nproc) - 1))
	there cpumap -t v1 -t "map:processors,key=$last,size=8" \
		--processor $last --max-events 1
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"ifindex":'$V1',"length":'$FRAME',"processor":'$last'}' ]
	run -2 inside "$ECLI" run "$EXAMPLES/cpumap/package.json" -t v1 \
		-t on_processor=map:processors,size=0
	[[ $output == *"size=0 is not a number from 1 to 16384"* ]]
}

# id NAME: of the running example's program of that name.
id() {
	local id

	held
	for id in $PROGS; do
		! bpftool prog show id "$id" | grep -q "name $1 " || echo "$id"
	done
}

@test "sk_reuseport" {
	need sk_reuseport
	example sk_reuseport
	for map in $(cat /proc/"$PID"/fdinfo/* 2>/dev/null |
		     sed -n 's/^map_id:[[:space:]]*//p'); do
		! bpftool map show id "$map" | grep -q 'name workers ' || break
	done
	[ "$("$OBJ/target" reuseport "$(id on_packet)" "$map" 1 0 1)" = '1
0
1' ]
	"$OBJ/target" reuseport "$(id on_packet)" "$map" 2
	stop_it
	[ "$(cat "$OUT")" = '{"length":1,"first":1,"chosen":true}
{"length":1,"first":0,"chosen":true}
{"length":1,"first":1,"chosen":true}
{"length":1,"first":2,"chosen":false}' ]
}

@test "lwt" {
	need lwt bpffs
	network
	PIN=/sys/fs/bpf/eu-$ME
	mkdir "$PIN"
	there lwt --longest $PACKET --max-events 3
	bpftool prog pin id "$(id on_in)" "$PIN/in"
	bpftool prog pin id "$(id on_out)" "$PIN/out"
	inside ip neigh add 198.51.100.2 dev v0 lladdr 02:00:00:00:00:02
	inside ip route add 198.51.100.0/24 encap bpf out pinned "$PIN/out" \
		dev v0
	send 198.51.100.2
	inside bash -c 'printf hello! >/dev/udp/198.51.100.2/9' || :
	inside ip route replace local 192.0.2.2 table local \
		encap bpf in pinned "$PIN/in" dev v1
	inside sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.v1.rp_filter=0
	inside "$OBJ/target" frame v0 9
	end_of_it
	[ "$(cat "$OUT")" = '{"length":'$PACKET',"received":false,"dropped":false}
{"length":'$((PACKET + 1))',"received":false,"dropped":true}
{"length":'$PACKET',"received":true,"dropped":false}' ]
}
