#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Maps that are read again and again.

load ../helper
load fire

# Longer than any test: what is shown comes at the end of the run.
NEVER=3600000
# An array cannot be read and cleared in one step. What is counted in between
# is lost; this makes it unlikely.
SELDOM=250

setup() {
	helper_setup
	need bpf tracepoint
	COMM=$(cat /proc/$ME/comm)
}

# sample MAP SETTINGS [MAP SETTINGS]...: package.json in which these are shown.
sample() {
	local filter=.

	while [ $# -ge 2 ]; do
		filter+="| (.meta.bpf_skel.maps[] | select(.name == \"$1\")"
		filter+=").sample = $2"
		shift 2
	done
	jq -c "$filter" "$OBJ/sampled.json" >package.json
}

# shows SIGNAL...: all that a run shows in which these came.
shows() {
	run_ready package.json --magic "$MAGIC" "${OPTIONS[@]}"
	fire "$@"
	stop_it
}

@test "keys and values stand in columns" {
	sample counts "{interval: $NEVER}"
	shows 12 12 7
	cat "$OUT"
	[ "$(sed -n 1p "$OUT")" = \
		"TIME     SIG    COMM   TIMES  LAST   " ]
	tail -n +2 "$OUT" | tr -s ' ' | cut -d' ' -f2- | sort >rows
	[ "$(cat rows)" = "12 $COMM 2 12
7 $COMM 1 7" ]
	{ read -r header; IFS= read -r row; } <"$OUT"
	[ "$(column "$row" "$COMM")" = "$(column "$header" COMM)" ]
}

@test "keys and values as JSON" {
	sample counts "{interval: $NEVER}" plain "{interval: $NEVER}"
	OPTIONS=(-j)
	shows 12 12 7
	sort "$OUT" >rows
	[ "$(cat rows)" = \
'{"map":"counts","key":{"sig":12,"comm":"'$COMM'"},"value":{"times":2,"last":12}}
{"map":"counts","key":{"sig":7,"comm":"'$COMM'"},"value":{"times":1,"last":7}}
{"map":"plain","key":{"u32":12},"value":{"u64":2}}
{"map":"plain","key":{"u32":7},"value":{"u64":1}}' ]
}

@test "every round begins with an empty map" {
	sample plain '{interval: 20}'
	run_ready package.json --magic "$MAGIC" -j
	fire 5
	wait_for '"u64":1'
	fire 5 6
	wait_for '"u32":6'
	stop_it
	[ "$(grep -c '{"key":{"u32":5},"value":{"u64":1}}' "$OUT")" = 2 ]
	[ "$(wc -l <"$OUT")" = 3 ]
}

@test "clear_map false keeps what is counted" {
	sample plain '{interval: 20, clear_map: false}'
	run_ready package.json --magic "$MAGIC" -j
	fire 5
	wait_for '"u64":1'
	fire 5
	wait_for '"u64":2'
	stop_it
}

@test "a histogram of powers of two with true counts" {
	sample hists "{interval: $NEVER, type: \"log2_hist\", unit: \"usecs\"}"
	shows 0 1 1 3 3 3 3
	diff - "$OUT" <<-END
		key = 1
		comm = $COMM
		     usecs               : count    distribution
		         0 -> 1          : 1        |**********                              |
		         2 -> 3          : 2        |********************                    |
		         4 -> 7          : 0        |                                        |
		         8 -> 15         : 4        |****************************************|

	END
	OPTIONS=(-j)
	shows 0 1 1
	[ "$(jq -c '.key, .value.slots[:3], .value.comm' "$OUT")" = \
		"{\"u32\":1}
[1,2,0]
\"$COMM\"" ]
}

@test "histograms say which map they are of; without slots they are columns" {
	sample hists "{interval: $NEVER, type: \"log2_hist\"}" \
		plain "{interval: $NEVER}"
	shows 0 1
	grep -qEx 'hists [0-9]{2}:[0-9]{2}:[0-9]{2}' "$OUT"
	OPTIONS=(--timestamps none --fields comm,value)
	shows 0 1
	grep -qEx "hists +$COMM" "$OUT"
	run ! grep -q 'distribution\|^key =' "$OUT"
}

@test "linear histograms, and such with bounds of their own" {
	sample hists "{interval: 0, type: \"linear_hist\", min: -10, step: 5, unit: \"ms\"}"
	shows 0 1 1 3
	tail -n +3 "$OUT" | diff - /dev/fd/3 3<<-END
		     ms                  : count    distribution
		       -10 -> -6         : 1        |********************                    |
		        -5 -> -1         : 2        |****************************************|
		         0 -> 4          : 0        |                                        |
		         5 -> 9          : 1        |********************                    |

	END
	sample hists '{interval: 0, type: "hist", buckets: [0, 1, 100]}'
	shows 0 2 2
	tail -n +3 "$OUT" | diff - /dev/fd/3 3<<-END
		     (unit)              : count    distribution
		         0 -> 0          : 1        |********************                    |
		         1 -> 99         : 0        |                                        |
		       100 -> ...        : 2        |****************************************|

	END
	sample hists '{type: "hist", buckets: [3, 1]}'
	run -1 "$ECLI" run package.json
	[[ $output == *"'buckets' of 'sample' must be a list of ascending integers"* ]]
	sample hists '{type: "linear_hist", step: 0}'
	run -1 "$ECLI" run package.json
	[[ $output == *"'step' one above 0"* ]]
}

@test "a histogram of values that have no slots falls back to columns" {
	sample plain "{interval: $NEVER, type: \"log2_hist\"}"
	shows 3
	[[ $(sed -n 2p "$OUT") == *" 3      1" ]]
	[[ $(cat "$ERR") == *"map 'plain'"*"slots"* ]]
}

@test "LRU maps" {
	sample lru '{interval: 20}'
	run_ready package.json --magic "$MAGIC" -j
	fire 5
	wait_for '"u64":1'
	stop_it
	[ "$(cat "$OUT")" = '{"key":{"u32":5},"value":{"u64":1}}' ]
}

@test "of an array the entries that are not zero" {
	sample list "{interval: $SELDOM}"
	run_ready package.json --magic "$MAGIC" -j
	fire 2 2 2 2
	wait_for '"u64"'
	fire 3
	wait_for '"u32":3'
	stop_it
	# However many rounds that took, they add up.
	[ "$(jq -sc 'group_by(.key.u32) |
		map([.[0].key.u32, (map(.value.u64) | add)])' "$OUT")" = \
		'[[2,4],[3,1]]' ]
}

@test "an array that is kept is shown whole" {
	sample list '{interval: 20, clear_map: false}'
	run_ready package.json --magic "$MAGIC" --max-events 4 -j
	end_of_it
	[ "$(jq -c .key.u32 "$OUT" | tr '\n' ' ')" = '0 1 2 3 ' ]
}

# Once on each CPU, and once more on one of them.
on_all_cpus() {
	local cpu last

	for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
		[ ! -e "$cpu/online" ] || [ "$(cat "$cpu/online")" = 1 ] ||
			continue
		last=${cpu##*cpu}
		taskset -c "$last" bash -c "kill -$1 $MAGIC" 2>/dev/null || :
		calls=$((calls + 1))
	done
	taskset -c "$last" bash -c "kill -$1 $MAGIC" 2>/dev/null || :
	calls=$((calls + 1))
}

@test "counts of all CPUs are added up" {
	need program:taskset
	for map in per_cpu per_cpu_list per_cpu_struct; do
		sample $map "{interval: $NEVER}"
		run_ready package.json --magic "$MAGIC" -j
		calls=0
		on_all_cpus 2
		stop_it
		cat "$OUT"
		[ "$(jq -c '[.key.u32, (.value.u64 // .value.times)]' "$OUT")" \
			= "[2,$calls]" ]
	done
}

@test "counts of all CPUs are cleared on all of them" {
	need program:taskset
	for map in per_cpu per_cpu_list; do
		sample $map "{interval: $SELDOM}"
		run_ready package.json --magic "$MAGIC" -j
		calls=0
		on_all_cpus 2
		wait_for '"u32":2'
		# In a round of its own: of the earlier ones nothing is left.
		on_all_cpus 3
		wait_for '"u32":3'
		stop_it
		[ "$(jq -s 'map(.value.u64) | add' "$OUT")" = $calls ]
	done
}

@test "values of each CPU, listed" {
	need program:taskset
	sample per_cpu '{interval: 0, cpus: "list"}'
	run_ready package.json --magic "$MAGIC" -j
	taskset -c 0 bash -c "kill -2 $MAGIC" 2>/dev/null || :
	taskset -c 1 bash -c "kill -2 $MAGIC; kill -2 $MAGIC" 2>/dev/null || :
	stop_it
	sort "$OUT" >rows
	[ "$(cat rows)" = '{"key":{"u32":2,"cpu":0},"value":{"u64":1}}
{"key":{"u32":2,"cpu":1},"value":{"u64":2}}' ] ||
		[ "$(jq -s 'map(.value.u64) | add' rows)" = 3 ]
}

@test "the largest first, and on a terminal in the place of those before" {
	need program:script
	sample counts "{interval: 0}"
	run_ready package.json --magic "$MAGIC" --top 2 -j
	fire 5 6 6 6 7 7
	stop_it
	[ "$(jq -c '[.key.sig, .value.times]' "$OUT" | tr '\n' ' ')" = '[6,3] [7,2] ' ]
	sample plain '{interval: 0}'
	run_ready package.json --magic "$MAGIC" --top 1 -j
	fire 5 6 6
	stop_it
	[ "$(jq -c '[.key.u32, .value.u64]' "$OUT")" = '[6,2]' ]
	sample list '{interval: 20, clear_map: false}'
	TERM=xterm script -qec "$ECLI run package.json --magic $MAGIC --top 1 \
		--timeout 2" /dev/null </dev/null >shown
	[ "$(grep -c $'\e\[2;1H\e\[J' shown)" -ge 2 ]
	[[ $(head -n 1 shown) == $'\e[H\e[2J'* ]]
}

@test "a package says which rows of a map come first, and how many" {
	sample counts '{interval: 0, sort: "-times,sig", top: 2}' \
		plain '{interval: 0, top: 1}' lru '{interval: 0}'
	OPTIONS=(-j)
	shows 5 6 6 6 7 7 8 8
	counts() {
		jq -c 'select(.map == "counts") | [.key.sig, .value.times]' \
			"$OUT" | xargs
	}
	[ "$(counts)" = '[6,3] [7,2]' ]
	[ "$(jq -c 'select(.map == "plain") | [.key.u32, .value.u64]' "$OUT")" = '[6,3]' ]
	[ "$(grep -c '"map":"lru"' "$OUT")" = 4 ]
	# Who runs it has the last word.
	OPTIONS=(-j --sort sig --head 3)
	shows 8 6 6 6 7 7 5
	[ "$(counts)" = '[5,1] [6,3] [7,2]' ]
	OPTIONS=(-j --top 1)
	shows 5 6 6
	[ "$(jq -c '[.map, .key.sig // .key.u32]' "$OUT" | sort | xargs)" = \
		'[counts,6] [lru,6] [plain,6]' ]
	sample counts '{interval: 0, sort: "-time"}'
	run -1 "$ECLI" run package.json
	[[ $output == *"map 'counts': sort: unknown field 'time'; there are: "* ]]
}

@test "at the end only" {
	sample plain '{interval: 0}'
	shows 5 5
	[ "$(tail -n +2 "$OUT" | tr -s ' ' | cut -d' ' -f2-)" = "5 2" ]
}

@test "prefixes of a trie" {
	sample networks '{interval: 0}'
	shows 3 4 3
	tail -n +2 "$OUT" | tr -s ' ' | cut -d' ' -f2- | sort >rows
	[ "$(cat rows)" = "10.3.0.0/16 2
10.4.0.0/16 1" ]
	[[ $(sed -n 1p "$OUT") == "TIME     PREFIX "* ]]
	sample networks '{interval: 20}'
	run_ready package.json --magic "$MAGIC" -j
	fire 9
	wait_for '"10.9.0.0/16"'
	fire 8
	wait_for '"10.8.0.0/16"'
	stop_it
	[ "$(cat "$OUT")" = '{"key":{"prefix":"10.9.0.0/16"},"value":{"u32":1}}
{"key":{"prefix":"10.8.0.0/16"},"value":{"u32":1}}' ]
}

@test "what is taken out of a queue and of a stack is gone" {
	sample waiting '{interval: 20}'
	run_ready package.json --magic "$MAGIC" -j
	fire 3 4
	wait_for 4
	fire 5
	wait_for 5
	stop_it
	[ "$(jq -c .u64 "$OUT" | tr '\n' ' ')" = '3 4 5 ' ]
	sample pile '{interval: 0}'
	OPTIONS=(-j)
	shows 3 4 5
	[ "$(jq -c .u64 "$OUT" | tr '\n' ' ')" = '5 4 3 ' ]
	sample pile '{interval: 0, clear_map: false}'
	run -1 "$ECLI" run package.json
	[[ $output == *"map 'pile' cannot be sampled and kept: a stack is read by taking out"* ]]
}

@test "maps in a map" {
	sample outer '{interval: 20}'
	run_ready package.json --magic "$MAGIC" -j
	fire 3 4 3
	wait_for '"outer":0'
	fire 7
	wait_for '"key":7'
	stop_it
	jq -sc 'group_by(.key)[] | [.[0].key, (map(.value.u64) | add)]' \
		"$OUT" | sort >rows
	[ "$(cat rows)" = '[{"outer":0,"key":4},1]
[{"outer":1,"key":3},2]
[{"outer":1,"key":7},1]' ]
}

@test "storage of tasks" {
	# The object has a map of each kind.
	need btf task_storage cgrp_storage inode_storage jit
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "tasks")
		).sample = {interval: 0}' "$OBJ/storage.json" >package.json
	shows 4 6
	[ "$(tr -s ' ' <"$OUT" | tail -n +2 | cut -d' ' -f2-)" = "$ME 2 6" ]
	[[ $(sed -n 1p "$OUT") == "TIME     PID    TIMES  LAST "* ]]
}

@test "storage of control groups" {
	need btf cgroup2 task_storage cgrp_storage inode_storage jit
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "groups")
		).sample = {interval: 0}' "$OBJ/storage.json" >package.json
	mkdir "$(cgroup2)/eu-$$"
	run_ready package.json --magic "$MAGIC" -j
	bash -c "echo \$\$ >$(cgroup2)/eu-$$/cgroup.procs
		kill -7 $MAGIC" 2>/dev/null || :
	stop_it
	rmdir "$(cgroup2)/eu-$$"
	[ "$(cat "$OUT")" = \
'{"key":{"cgroup":"/eu-'$$'"},"value":{"times":1,"last":7}}' ]
}

@test "each of a hundred thousand entries, once" {
	local i

	sample large '{interval: 0}'
	run_ready package.json --magic "$MAGIC" -j
	for i in {1..100}; do
		fire 31
	done
	stop_it
	[ "$(wc -l <"$OUT")" = 100000 ]
	[ "$(sort -u "$OUT" | wc -l)" = 100000 ]
	[ "$(jq .key.u32 "$OUT" | sort -n | tail -n 1)" = 99999 ]
}

@test "both ways to go over a map hand out each entry once" {
	run -0 "$BUILD/tests/rt/walk"
	echo "$output"
	[ "${#lines[@]}" = 11 ]
	[[ $output != *"not ok"* ]]
}

@test "maps that cannot be read from here are refused by name" {
	sample jumps '{interval: 100}'
	run -1 "$ECLI" run package.json
	[[ $output == *"map 'jumps' cannot be sampled: it is of type prog_array; hash"* ]]
	for map in inodes socks; do
		jq -c "(.meta.bpf_skel.maps[] | select(.name == \"$map\")
			).sample = {interval: 0}" "$OBJ/storage.json" \
			>package.json
		run -1 "$ECLI" run package.json
		[[ $output == *"map '$map' cannot be sampled: it is of type "* ]]
	done
	[[ $output == *"SEC(\"iter/bpf_sk_storage_map\") can walk over it"* ]]
}

@test "what has to be known of a sample" {
	sample plain '{interval: -1}'
	run -1 "$ECLI" run package.json
	[[ $output == *"'interval' of 'sample' must be milliseconds, or 0: at the end"* ]]
	sample plain '{cpus: "each"}'
	run -1 "$ECLI" run package.json
	[[ $output == *"'cpus' of 'sample' must be sum or list"* ]]
}

@test "rows of a round are sorted, filtered, and the first of them shown" {
	sample counts "{interval: $NEVER}"
	OPTIONS=(-j --sort=-times,sig --fields sig,times)
	shows 12 12 7 12 3 10 10
	[ "$(jq -c '[.key.sig, .value.times]' "$OUT" | xargs)" = \
		"[12,3] [10,2] [3,1] [7,1]" ]
	OPTIONS+=(--head 2 --filter 'value.times < 3 and key.comm != nobody')
	shows 12 12 7 12 3 10 10
	[ "$(cat "$OUT")" = '{"key":{"sig":10},"value":{"times":2}}
{"key":{"sig":3},"value":{"times":1}}' ]
	sample counts "{interval: $NEVER}" plain "{interval: $NEVER}"
	OPTIONS=(-j --filter 'map == plain and key >= 10' --sort key)
	shows 12 7 10 12
	[ "$(cat "$OUT")" = \
'{"map":"plain","key":{"u32":10},"value":{"u64":1}}
{"map":"plain","key":{"u32":12},"value":{"u64":2}}' ]
}

@test "example histogram" {
	run_ready "$EXAMPLES/histogram/package.json" --pid "$ME"
	# bash asks for single bytes of a pipe.
	read -r line < <(echo text)
	stop_it
	[[ $(sed -n 1p "$OUT") == "key = $COMM" ]]
	grep -q '^     bytes               : count    distribution' "$OUT"
	grep -Eq '^         0 -> 4095       : [1-9][0-9]* ' "$OUT"
}

@test "example table" {
	need hash
	example table --head 1000
	fire 0 9 9
	stop_it	# by a signal, which counts as well
	[ "$(jq -s "map(select(.key[] == $ME) | .value[]) | add" "$OUT")" = 4 ]
}

@test "example queue" {
	example queue
	fire 9 3 7
	stop_it
	[ "$(jq -c "select(.target == $MAGIC) | [.pid, .signal]" "$OUT")" = \
		"[$ME,9]
[$ME,3]
[$ME,7]" ]
}
