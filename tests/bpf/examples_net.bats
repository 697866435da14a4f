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
