#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of where records come from, and of the forms they are shown in.

load ../helper
load fire
load network
load target

setup() {
	helper_setup
	need bpf tracepoint
}

# rows FILTER: of all that was shown.
rows() {
	jq -c "$1" "$OUT"
}

@test "perf_buffer" {
	need perf_event_array
	example perf_buffer --filter "target == $MAGIC" --max-events 2
	fire 9 3
	end_of_it
	[ "$(rows '[.pid, .signal]')" = "[$ME,\"SIGKILL\"]
[$ME,\"SIGQUIT\"]" ]
}

@test "buffer" {
	example buffer --filter "target == $MAGIC" --max-events 1
	fire 9
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$ME',"target":'$MAGIC'}' ]
}

@test "buffers" {
	need ringbuf
	example buffers --filter "pid == $ME" --max-events 3
	fire 9 0 3
	end_of_it
	[ "$(grep signals "$OUT")" = \
'{"map":"signals","pid":'$ME',"signal":"SIGKILL"}
{"map":"signals","pid":'$ME',"signal":"SIGQUIT"}' ]
	[ "$(grep questions "$OUT")" = '{"map":"questions","pid":'$ME',"target":'$MAGIC',"comm":"'$(cat /proc/$ME/comm)'"}' ]
}

@test "printk" {
	need printk
	example printk --target "$MAGIC" --grep "to $MAGIC" --max-events 2
	fire 9 3
	end_of_it
	[ "$(rows '[.pid, .message]')" = "[$ME,\"signal 9 to $MAGIC\"]
[$ME,\"signal 3 to $MAGIC\"]" ]
}

@test "trie" {
	# The C library of some architectures has another call for it.
	mkfifo go
	bash -c 'read -r _ <go; exec "$@"' - "$OBJ/target" dial \
		127.0.0.1 127.0.0.99 127.0.1.1 3>&- &
	dials=$!
	children+=("$dials")
	example trie --pid $dials
	echo >go
	wait $dials
	stop_it
	cat "$OUT"
	jq -sc 'group_by(.key.prefix)[] |
		[.[0].key.prefix, (map(.value[]) | add)]' "$OUT" >rows
	[ "$(cat rows)" = '["127.0.0.0/24",2]
["127.0.1.0/24",1]' ]
}

@test "stack" {
	example stack --filter "target == $MAGIC"
	fire 9 3 7
	stop_it
	[ "$(rows '[.pid, .signal]' | xargs)" = "[$ME,7] [$ME,3] [$ME,9]" ]
}

@test "map_in_map" {
	example map_in_map --filter "key.key == $MAGIC or key.key == -$MAGIC"
	fire 9 3
	kill -3 -- -$MAGIC 2>/dev/null || :
	stop_it
	cat "$OUT"
	jq -sc 'group_by(.key.outer)[] | [.[0].key, (map(.value[]) | add)]' \
		"$OUT" >rows
	[ "$(cat rows)" = '[{"outer":0,"key":'$MAGIC'},2]
[{"outer":1,"key":-'$MAGIC'},1]' ]
}

@test "cgroup_storage" {
	need cgroup2 cgroup_skb
	group
	example cgroup_storage -t "$GROUP"
	bash -c "echo \$\$ >$GROUP/cgroup.procs
		printf hello >/dev/udp/127.0.0.1/9
		printf %100s x >/dev/udp/127.0.0.1/9"
	stop_it
	cat "$OUT"
	# Two packets, of 28 bytes and what is in them.
	[ "$(jq -sc 'map(.value) | [(map(.packets) | add), (map(.bytes) | add)]' \
		"$OUT")" = '[2,161]' ]
	[ "$(rows .key.cgroup_inode_id | sort -u)" = "$(stat -c %i "$GROUP")" ]
}

@test "cgrp_storage" {
	need btf cgroup2 cgrp_storage jit
	group
	example cgrp_storage
	bash -c "echo \$\$ >$GROUP/cgroup.procs
		kill -9 $MAGIC; kill -3 $MAGIC" 2>/dev/null || :
	stop_it
	cat "$OUT"
	[ "$(jq -s "map(select(.key.cgroup == \"/eu-$ME\") | .value[]) | add" \
		"$OUT")" = 2 ]
}

@test "task_storage" {
	need btf task_storage jit
	example task_storage --filter "key.pid == $ME"
	fire 9
	fire 3
	kill -INT "$PID"	# which counts as well
	end_of_it
	[ "$(rows .value.last | tail -n 1)" = 2 ]
	[ "$(jq -s 'map(.value.times) | add' "$OUT")" = 3 ]
}

@test "percpu" {
	need program:taskset
	example percpu --filter 'key == 31'
	taskset -c 0 bash -c "kill -31 $MAGIC" 2>/dev/null || :
	two=$(nproc --all)
	two=$((two > 1))
	taskset -c $two bash -c "kill -31 $MAGIC; kill -31 $MAGIC" 2>/dev/null || :
	stop_it
	jq -sc 'group_by(.key.cpu)[] | [.[0].key.cpu, (map(.value[]) | add)]' \
		"$OUT" >rows
	cat rows
	if [ $two = 1 ]; then
		[ "$(cat rows)" = '[0,1]
[1,2]' ]
	else
		[ "$(head -n 1 rows)" = '[0,3]' ]
		# Those that are possible and not there have counted nothing.
		! tail -n +2 rows | grep -v ',0]$'
	fi
}

# writes LENGTH...: as many writes of that many bytes.
writes() {
	local n

	for n; do
		printf "%${n}s" '' >/dev/null
	done
}

# at_end NAME: the example, shown once, at its end, however slow the machine is.
at_end() {
	jq -c '(.meta.bpf_skel.maps[] | select(.sample).sample.interval) = 0' \
		"$EXAMPLES/$1/package.json" >"$1.json"
	run_ready "$1.json" --pid "$ME"
}

@test "histogram_log2" {
	example histogram_log2 --pid "$ME"
	writes 1 5 6 7 64
	stop_it
	[ "$(jq -sc 'map(.value.slots) | transpose | map(add)[:8]' "$OUT")" = \
		'[1,0,3,0,0,0,1,0]' ]
	at_end histogram_log2
	writes 5 6 2 7 5
	stop_it
	diff - "$OUT" <<-END
		key = 0
		     bytes               : count    distribution
		         0 -> 1          : 0        |                                        |
		         2 -> 3          : 1        |**********                              |
		         4 -> 7          : 4        |****************************************|

	END
}

@test "histogram_bounds" {
	at_end histogram_bounds
	writes 1 8 9 80 81 1024 1025
	stop_it
	diff - "$OUT" <<-END
		key = 0
		     bytes               : count    distribution
		         0 -> 0          : 0        |                                        |
		         1 -> 8          : 2        |****************************************|
		         9 -> 80         : 2        |****************************************|
		        81 -> 1024       : 2        |****************************************|
		      1025 -> ...        : 1        |********************                    |

	END
}

# formatted FORMAT [ARGUMENT...]: what one event is then.
formatted() {
	run_ready "$EXAMPLES/formats/package.json" --filter "to.pid == $MAGIC" \
		--max-events 1 --timestamps none --format "$@"
	fire 9
	end_of_it
}

@test "formats" {
	need ringbuf
	COMM=$(cat /proc/$ME/comm)
	formatted text
	[ "$(tr -s ' ' <"$OUT")" = "PID TO LIST COMM 
$ME {\"pid\":$MAGIC,\"signal\":\"SIGKILL\"} [1,2] $COMM" ]
	formatted compact
	[ "$(cat "$OUT")" = "pid to list comm
$ME {\"pid\":$MAGIC,\"signal\":\"SIGKILL\"} [1,2] $COMM" ]
	formatted json
	[ "$(cat "$OUT")" = '{"pid":'$ME',"to":{"pid":'$MAGIC',"signal":"SIGKILL"},"list":[1,2],"comm":"'$COMM'"}' ]
	formatted json-array
	[ "$(jq -c '[length, .[0].to.pid]' "$OUT")" = "[1,$MAGIC]" ]
	formatted csv
	[ "$(cat "$OUT")" = "pid,to.pid,to.signal,list,comm"$'\r'"
$ME,$MAGIC,SIGKILL,\"[1,2]\",$COMM"$'\r' ]
	formatted yaml
	[ "$(cat "$OUT")" = "- pid: $ME
  to:
    pid: $MAGIC
    signal: \"SIGKILL\"
  list: [1,2]
  comm: \"$COMM\"" ]
	formatted raw
	[ "$(stat -c %s "$OUT")" = 32 ]
	[ "$(od -An -td4 -N12 "$OUT" | xargs)" = "$ME $MAGIC 9" ]
}

@test "profile as CSV has the ids of stacks" {
	need perf_event symbols
	begin_spin
	run_ready "$EXAMPLES/profile/package.json" --pid "$SPIN" \
		--max-events 1 --format csv
	end_of_it
	kill "$SPIN"
	[ "$(head -n 1 "$OUT")" = $'pid,ustack_id,kstack_id,comm,value\r' ]
	[[ $(sed -n 2p "$OUT") =~ ^$SPIN,[0-9]+,-?[0-9]+,chain,[0-9]+$'\r'$ ]]
}

@test "profile, folded and as a picture" {
	need perf_event symbols
	begin_spin
	run_ready "$EXAMPLES/profile/package.json" --pid "$SPIN" \
		--max-events 1 --format folded
	end_of_it
	# The innermost is the kernel's where that interrupted it.
	grep -Eq '^chain;(.*;)?main;spin(;.*_\[k\])? [1-9][0-9]*$' "$OUT"
	run_ready "$EXAMPLES/profile/package.json" --pid "$SPIN" \
		--max-events 1 -o flames.svg
	end_of_it
	grep -q '^<svg ' flames.svg
	grep -q '<title>spin ([1-9][0-9]*, ' flames.svg
	kill "$SPIN"
}
