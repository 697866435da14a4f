#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tools of hub/, each with values that are known, and how they are run.

load ../helper
load ../registry
load fire
load network
load target

setup() {
	helper_setup
	need bpf
	HUB=$EXAMPLES/hub
	LOOP=
	# A loopback address that nobody else connects to.
	ADDRESS=127.$((ME >> 16 & 255)).$((ME >> 8 & 255)).$((ME & 255 | 1))
}

teardown() {
	helper_teardown
	[ -z "${NS:-}" ] || ip netns del "$NS"
	[ -z "$LOOP" ] || losetup -d "$LOOP"
}

# tool NAME [ARGUMENT...]: ready, in JSON.
tool() {
	run_ready -j "$HUB/$1/package.json" "${@:2}"
}

# rows PID FILTER: of the events of that process.
rows() {
	jq -c "select(.pid == $1) | $2" "$OUT"
}

# bats test_tags=matrix
@test "sigsnoop" {
	need tracepoint
	tool sigsnoop
	fire 0 9
	kill -0 -- "-$MAGIC" 2>/dev/null || :
	kill -0 "$ME"
	stop_it
	[ "$(rows $ME "select(.tpid == $MAGIC or .tpid == -$MAGIC or .tpid == $ME) |
		[.tpid, .sig, .ret, .comm]")" = "[$MAGIC,0,-3,\"bash\"]
[$MAGIC,9,-3,\"bash\"]
[-$MAGIC,0,-3,\"bash\"]
[$ME,0,0,\"bash\"]" ]
	tool sigsnoop --pid "$ME" --sig 9
	fire 0 9 10
	stop_it
	[ "$(jq -c '[.pid, .tpid, .sig]' "$OUT")" = "[$ME,$MAGIC,9]" ]
	# What has failed only; one thread's own signal does not.
	tool sigsnoop --failed
	bash -c 'kill -CONT $$' &
	pid=$!
	wait $pid
	fire 9
	stop_it
	[ -z "$(rows $pid .)" ]
	[ "$(rows $ME '[.sig, .ret]')" = '[9,-3]' ]
}

# bats test_tags=matrix
@test "execsnoop" {
	need tracepoint btf
	tool execsnoop --fails
	(cd "$OBJ" && exec ./target unlink "/no/a b" "$MAGIC") &
	pid=$!
	wait $pid || :
	bash -c 'exec /no/such/program' 2>/dev/null &
	failing=$!
	wait $failing || :
	stop_it
	[ "$(rows $pid '[.ppid, .uid, .ret, .comm, .args]')" = \
		"[$ME,0,\"0\",\"target\",\"./target unlink /no/a b $MAGIC\"]" ]
	[ "$(rows $failing '[.ret, .comm, .args]' | tail -n 1)" = \
		'["ENOENT","bash","/no/such/program"]' ]
	tool execsnoop --uid 65534
	"$OBJ/target" unlink /no &
	pid=$!
	wait $pid || :
	setpriv --reuid=65534 "$OBJ/target" unlink /no || :
	stop_it
	[ -z "$(rows $pid .)" ]
}

# bats test_tags=matrix
@test "exitsnoop" {
	need tracepoint btf
	tool exitsnoop
	bash -c 'exit 7' &
	seven=$!
	wait $seven || :
	# By itself: what has only just been started may not be ready to end.
	bash -c 'kill -TERM $$' &
	ended=$!
	wait $ended || :
	stop_it
	[ "$(rows $seven '[.ppid, .code, .sig, .comm, .age > 0]')" = \
		"[$ME,7,\"0\",\"bash\",true]" ]
	[ "$(rows $ended '[.code, .sig]')" = '[0,"SIGTERM"]' ]
	tool exitsnoop --failed --name target
	bash -c 'exit 7' &
	seven=$!
	wait $seven || :
	"$OBJ/target" unlink /no &
	pid=$!
	wait $pid || :
	stop_it
	[ -z "$(rows $seven .)" ]
	[ "$(rows $pid .comm)" = '"target"' ]
	[ "$(jq -r .comm "$OUT" | sort -u)" = target ]
}

# bats test_tags=matrix
@test "opensnoop" {
	need tracepoint
	: >"$T/there"
	tool opensnoop
	bash -c ': <"$0/there"; : <"$0/none"' "$T" 2>/dev/null &
	pid=$!
	wait $pid || :
	stop_it
	[ "$(rows $pid "select(.path | startswith(\"$T/\")) |
		[.uid, .fd >= 0, .error, .comm, .path]")" = \
		"[0,true,\"0\",\"bash\",\"$T/there\"]
[0,false,\"ENOENT\",\"bash\",\"$T/none\"]" ]
	tool opensnoop --failed --pid "$ME"
	: <"$T/there"
	: 2>/dev/null <"$T/none" || :
	bash -c ': <"$0/none"' "$T" 2>/dev/null || :
	stop_it
	[ "$(jq -c "select(.path | startswith(\"$T/\")) | [.pid, .fd, .path]" "$OUT")" = \
		"[$ME,-1,\"$T/none\"]" ]
}

# bats test_tags=matrix
@test "runqlat" {
	need tracepoint program:taskset
	# Two that want one processor wait for each other's time to be over.
	for i in 1 2; do
		taskset -c 0 bash -c 'while :; do :; done' 3>&- &
		busy=$!
		children+=("$busy")
	done
	tool runqlat --tid "$busy" --max-events 1
	end_of_it
	[ "$(jq -c '[.key.tid, (.value.slots[8:] | add > 0)]' "$OUT")" = '[0,true]' ]
	tool runqlat --each --tid "$busy" --max-events 1
	end_of_it
	[ "$(jq -c .key.tid "$OUT")" = "$busy" ]
}

# bats test_tags=matrix
@test "tcpconnect" {
	need tracepoint btf
	# On an emulated s390x nobody is told, and waits for minutes.
	bash -c ': <"/dev/tcp/$0/1"' "$ADDRESS" 2>err || :
	grep -q 'Connection refused' err || skip 'needs connections to be refused'
	tool tcpconnect
	bash -c ': <"/dev/tcp/$0/1"' "$ADDRESS" 2>/dev/null &
	refused=$!
	wait $refused || :
	"$OBJ/target" talk 7 &
	pid=$!
	wait $pid
	stop_it
	[ "$(rows $refused '[.comm, .to, .to_port, .result]')" = \
		"[\"bash\",\"::ffff:$ADDRESS\",1,\"ECONNREFUSED\"]" ]
	[ "$(rows $pid '[.comm, .from, .from_port > 0, .to, .to_port > 0, .result, .took > 0]')" = \
		'["target","::ffff:127.0.0.1",true,"::ffff:127.0.0.1",true,"0",true]' ]
	tool tcpconnect --port 2
	for port in 1 2; do
		bash -c ': <"/dev/tcp/$0/$1"' "$ADDRESS" $port 2>/dev/null || :
	done
	stop_it
	[ "$(jq -c "select(.to == \"::ffff:$ADDRESS\") | .to_port" "$OUT")" = 2 ]
}

# bats test_tags=matrix
@test "tcpstates" {
	need tracepoint program:ip program:busybox
	NS=eu-$ME
	port=$((10000 + ME % 20000))
	ip netns add "$NS"
	inside ip link set lo up
	tool tcpstates --port $port
	RUN=$PID ROWS=$OUT
	# Nobody listens yet.
	inside bash -c ': <"/dev/tcp/$0/$1"' "$ADDRESS" $port 2>/dev/null || :
	start nsenter --net="/run/netns/$NS" busybox nc -l -p $port
	wait_for '"state":"LISTEN' "$ROWS"
	inside bash -c 'echo hello >"/dev/tcp/$0/$1"' "$ADDRESS" $port
	end_of_it
	[ "$(<"$OUT")" = hello ]
	PID=$RUN
	stop_it
	jq -c "select(.to == \"::ffff:$ADDRESS\" and .to_port == $port) |
		[.before, .state, .from_port > 0, .lasted > 0]" "$ROWS" |
		sed 's/([0-9]*)//g' >seen
	cat seen
	[ "$(head -n 4 seen)" = '["CLOSED","SYN_SENT",false,false]
["SYN_SENT","CLOSED",true,true]
["CLOSED","SYN_SENT",false,false]
["SYN_SENT","ESTABLISHED",true,true]' ]
	# Which side says first that it has no more is not known.
	[[ $(tail -n 1 seen) == *',"CLOSED",true,true]' ]]
}

# bats test_tags=matrix
@test "biolatency" {
	need tracepoint program:losetup
	head -c 1048576 /dev/zero >disk
	LOOP=$(losetup -f) || skip "needs a loop device"
	losetup "$LOOP" disk || { LOOP= && skip "needs a loop device"; }
	tool biolatency
	dd if="$LOOP" of=/dev/null iflag=direct bs=4096 count=20 2>err
	grep -q '^20+0 records out' err
	stop_it
	[ "$(jq -s "map(select(.key.dev == \"7:${LOOP#/dev/loop}\") | .value.slots | add) |
		add >= 20" "$OUT")" = true ]
}

# bats test_tags=matrix
@test "profile of the hub" {
	need perf_event stack_trace
	begin_spin
	tool profile --pid "$SPIN" --max-events 1
	end_of_it
	[ "$(jq -c '.key | [.pid, .comm]' "$OUT")" = "[$SPIN,\"chain\"]" ]
	[ "$(jq .value.u64 "$OUT")" -ge 1 ]
}

# status NAME: a number that the kernel gives for $child.
status() {
	sed -n "s/^$1:[[:space:]]*\([0-9]*\).*/\1/p" "/proc/$child/status"
}

# How often it was switched out.
switches() {
	echo $(($(status voluntary_ctxt_switches) +
		$(status nonvoluntary_ctxt_switches)))
}

# bats test_tags=matrix
@test "procstat" {
	need raw_tp btf
	mkfifo go said
	bash -c 'exec 7<>go 8>said; while read -r -u 7 _; do echo >&8; done' 3>&- &
	child=$!
	children+=("$child")
	exec 9<said
	# It has come to where it waits for the next line.
	echo >go
	read -r -u 9 _
	before=$(switches)
	tool procstat --pid "$child" --interval_ms 0
	for i in 1 2 3; do
		echo >go
		read -r -u 9 _
	done
	# It waits for a line, or will soon.
	wait_for "\"pid\":$child,"
	stop_it
	tail -n 1 "$OUT" >last
	cat last
	[ "$(jq -c '[.pid, .comm, .vsize, .vdata, .vstk, .vpte, .vswap]' last)" = \
		"[$child,\"bash\",$(status VmSize),$(status VmData),$(status VmStk),$(status VmPTE),$(status VmSwap)]" ]
	# Pages of a file in memory are shared ones.
	jq -e '.size == .rssanon + .rssfile + .rssshmem and .rssfile + .rssshmem > 0' last
	n=$(jq '.nvcsw + .nivcsw' last)
	[ "$before" -le "$n" ]
	[ "$n" -le "$(switches)" ]
}

@test "a tool is run by its name, as the introductory text shows it" {
	need tracepoint program:python3
	export XDG_CACHE_HOME=$T/cache
	mkdir -m 700 cache
	"$LMP" push --hub "file://$T/hub" "$HUB/sigsnoop/package.json" sigsnoop:0.1
	web hub
	start_ready "$LMP" run --hub "http://$WEB" --ready-fd 3 sigsnoop
	[ "$(<"$ERR")" = "download with curl: http://$WEB/sigsnoop/app.wasm
curl: (22) The requested URL returned error: 404
download with curl: http://$WEB/sigsnoop/package.json" ]
	fire 9
	stop_it
	[ "$(head -n 2 "$OUT")" = "running and waiting for the ebpf events from perf event...
time pid tpid sig ret comm" ]
	grep -Eq "^[0-9:]+ $ME $MAGIC 9 -3 bash$" "$OUT"
}

@test "a Wasm module of a hub is run, with its arguments" {
	need tracepoint guests wasm
	"$LMP" push --hub "file://$T/hub" "$EXAMPLES/wasm/bootstrap/bootstrap.wasm" tool
	run -0 "$LMP" run --hub "file://$T/hub" --hub-timeout 5 tool --help
	[[ $output == *"BPF bootstrap demo application."* ]]
}

@test "what sudo is to run comes from the hubs of who asked" {
	need tracepoint program:sudo program:script
	mkdir -m 700 cache
	chown 65534 cache
	"$LMP" push --hub "file://$T/hub" "$HUB/sigsnoop/package.json" sigsnoop
	export HOME=$T XDG_CACHE_HOME=$T/cache EUNOMIA_HUB=file://$T/hub
	unset XDG_CONFIG_HOME
	by_sudo --timeout 100ms sigsnoop
	[ "$status" = 0 ]
	[[ $output == *"running and waiting for the ebpf events from perf event..."* ]]
	cmp "$HUB/sigsnoop/package.json" cache/eunomia/hub/sigsnoop:latest
}
