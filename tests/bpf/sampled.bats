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

@test "a map that cannot be read by key is refused by name" {
	sample waiting '{interval: 100}'
	run -1 "$ECLI" run package.json
	[[ $output == *"map 'waiting' cannot be sampled: it is a queue"* ]]
}
