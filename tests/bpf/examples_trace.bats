#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs on what the kernel and its processes do.

load ../helper
load fire
load network
load target

setup() {
	helper_setup
	need bpf
}

# rows PID FILTER: of the events of that process.
rows() {
	jq -c "select(.pid == $1) | $2" "$OUT"
}

# started: a process that does nothing but start a program, $STARTED.
started() {
	"$OBJ/target" unlink /no/such/file &
	STARTED=$!
	wait $STARTED || :
}

@test "bootstrap" {
	need tracepoint
	example bootstrap
	started
	stop_it
	[ "$(rows $STARTED '[.ppid, .comm, .filename, .exit_event, .exit_code]')" = \
		"[$ME,\"target\",\"$OBJ/target\",0,0]
[$ME,\"target\",\"\",1,1]" ]
	[ "$(rows $STARTED '.duration_ns > 0')" = 'false
true' ]
}

@test "tracepoint" {
	need tracepoint
	example tracepoint
	fire 0 9
	stop_it
	[ "$(jq -c "select(.target == $MAGIC) | [.pid, .signal]" "$OUT")" = \
		"[$ME,0]
[$ME,9]" ]
}

@test "raw_tp" {
	need raw_tp
	example raw_tp
	started
	stop_it
	[ "$(rows $STARTED .comm)" = '"target"' ]
}

@test "tp_btf" {
	need tp_btf
	example tp_btf
	started
	stop_it
	[ "$(rows $STARTED '[.ppid, .comm]')" = "[$ME,\"target\"]" ]
}

# counters FILE EVENT: it says that there is none, where the machine has none.
counters() {
	ls /sys/bus/event_source/devices >devices
	if grep -q '^cpu$\|pmu\|^cpum_' devices; then
		return
	fi
	[ "$(cat "$1")" = "ecli: no hardware counter for '$2' here: using cpu-clock" ]
}

@test "perf_event" {
	need perf_event
	begin_busy 0
	example perf_event --pid "$BUSY" -t cpu-clock,freq=99 --max-events 3
	end_of_it
	[ "$(jq -c '[.pid, .cpu, .comm]' "$OUT" | sort -u)" = \
		"[$BUSY,0,\"bash\"]" ]
	# Where there is no such counter a clock does, and that is said, once.
	missing=0
	for event in cycles cache-misses; do
		example perf_event --pid "$BUSY" -t $event,freq=99 --max-events 1
		end_of_it
		[ "$(jq .pid "$OUT")" = "$BUSY" ]
		counters "$ERR" $event
		[ ! -s "$ERR" ] || missing=$((missing + 1))
	done
	# What is no counter of the machine has nothing in its place, if it has
	# none at all: others take any number.
	if [ $missing = 2 ]; then
		run -1 "$ECLI" run "$EXAMPLES/perf_event/package.json" -t r1
		# In whose words depends on the driver.
		[[ $output == *"program 'on_sample': cannot open perf event: "* ]]
	fi
}

@test "iter_task" {
	need iter
	run -0 "$ECLI" run "$EXAMPLES/iter_task/package.json"
	[[ $'\n'$output == *$'\n'"$ME "* ]]
	run -1 "$ECLI" run "$EXAMPLES/iter_task/package.json" -t pid:x
	[[ $output == *"'x' is no process id"* ]]
}

@test "iter_task of one process" {
	need iter
	if ! has iter.task; then
		run -1 "$ECLI" run "$EXAMPLES/iter_task/package.json" -t "pid:$ME"
		[[ $output == *"this kernel has no iter.task (Linux 6.1 or later, kernel BTF)" ]]
		skip "needs iter.task"
	fi
	run -0 "$ECLI" run "$EXAMPLES/iter_task/package.json" -t "pid:$ME" -j
	[[ $output == '{"line":"'$ME' '* ]]
	[ "${#lines[@]}" = 1 ]
	example iter_task -t "pid:$ME,interval=10" --max-events 3
	end_of_it
	[ "$(sort -u "$OUT" | wc -l)" = 1 ]
	run -2 "$ECLI" run "$EXAMPLES/iter_task/package.json" -t lo
	[[ $output == *"an iter program takes what to walk over (map:NAME, pid:N, tid:N, cgroup:PATH)"* ]]
}

@test "iter_sleepable" {
	need iter iter.task
	begin_target bash -c 'exec -a eu-waiting "$0"' "$OBJ/target"
	ask 3 6
	run -0 "$ECLI" run "$EXAMPLES/iter_sleepable/package.json" \
		-t "pid:$TARGET"
	[ "$output" = "$TARGET eu-waiting" ]
}

@test "iter_map" {
	need iter raw_tp
	case $(uname -m) in	# getsid(2)
	x86_64) number=124 ;;
	aarch64 | riscv64) number=156 ;;
	*) number=147 ;;
	esac
	begin_target
	example iter_map --number $number -t list=map:calls,interval=10
	ask libc 1
	wait_for "$TARGET 1"
	ask libc 1
	wait_for "$TARGET 2"
	stop_it
	run -1 "$ECLI" run "$EXAMPLES/iter_map/package.json" -t list=map:none
	[[ $output == *"no map 'none'"* ]]
}

@test "iter_cgroup" {
	need iter.cgroup cgroup2
	group
	mkdir "$GROUP/in"
	run -0 "$ECLI" run "$EXAMPLES/iter_cgroup/package.json" -t "cgroup:$GROUP"
	rmdir "$GROUP/in"
	echo "$output"
	[ "${#lines[@]}" = 2 ]
	[ "${lines[0]}" = "$(stat -c %i "$GROUP") 1" ]
	[[ ${lines[1]} == *" 2" ]]
	run -0 "$ECLI" run "$EXAMPLES/iter_cgroup/package.json" \
		-t "cgroup:$GROUP,order=up"
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} == *" 0" ]]
	run -2 "$ECLI" run "$EXAMPLES/iter_cgroup/package.json" \
		-t "cgroup:$GROUP,order=x"
	[[ $output == *"order is self, pre, post or up"* ]]
	run -1 "$ECLI" run "$EXAMPLES/iter_cgroup/package.json" -t cgroup:/tmp
	[[ $output == *"'/tmp' is no cgroup of version 2"* ]]
}

@test "syscall" {
	need syscall
	read -r up _ </proc/uptime
	run -0 "$ECLI" run "$EXAMPLES/syscall/package.json" -j
	[ "${#lines[@]}" = 1 ]
	[ "$(jq -c '.seconds - '"${up%.*}"' | . >= 0 and . < 60' <<<"$output")" = true ]
	run -0 --separate-stderr "$ECLI" run "$EXAMPLES/syscall/package.json" \
		--answer 7
	[[ $stderr == *"program 'once' has run: it returned 7"* ]]
}

@test "profile" {
	need perf_event stack_trace
	begin_spin
	example profile --pid "$SPIN" --max-events 1
	end_of_it
	[ "$(jq -c '.key | [.pid, .comm]' "$OUT")" = "[$SPIN,\"chain\"]" ]
	# Older kernels for s390x do not walk them.
	[ "$(uname -m)" != s390x ] || [ "$(jq -c .key.ustack_id "$OUT")" != '[]' ] ||
		skip "needs user stacks"
	if has symbols; then
		[ "$(jq -c '[.key.ustack_id[0, 1].symbol]' "$OUT")" = \
			'["spin","main"]' ]
	else
		# Where it spins, in its own code.
		at=$(jq -r '.key.ustack_id[0].addr' "$OUT")
		IFS=' -' read -r from to _ < <(
			grep ' r-xp .*/chain$' "/proc/$SPIN/maps")
		[ $((at >= 0x$from && at < 0x$to)) = 1 ]
	fi
	[ "$(jq '.value.u64' "$OUT")" -ge 1 ]
	kill "$SPIN"
}

@test "either: the first of three that the kernel can" {
	need tracepoint
	# What the example shows of a removed file is then in $unlinked.
	unlinked() {
		: >gone
		rm gone &
		removed=$!
		wait $removed
		stop_it
		unlinked=$(rows $removed '[.by, .file]')
	}
	example either --skip by_fentry --skip by_kprobe
	unlinked
	[ "$unlinked" = '["tracepoint","gone"]' ]
	[ ! -s "$ERR" ]
	renamed by_fentry by_kprobe
	example either "${AT[@]}"
	if has fentry; then
		unlinked
		[ "$unlinked" = '["fentry","gone"]' ]
		[ ! -s "$ERR" ]
	elif has kprobe; then
		unlinked
		[ "$unlinked" = '["kprobe","gone"]' ]
		grep -q "left out: program 'by_fentry'" "$ERR"
	else
		unlinked
		[ "$unlinked" = '["tracepoint","gone"]' ]
		grep -q "left out: program 'by_fentry'" "$ERR"
		grep -q "left out: program 'by_kprobe': cannot attach to .*: this kernel has no kprobe (Linux 4.1 or later, " "$ERR"
	fi
}

@test "either, where all of them are there" {
	need fentry kprobe tracepoint
	for what in fentry:by_fentry kprobe:by_kprobe tracepoint:by_tp; do
		renamed "${what#*:}"
		[ "$what" != tracepoint:by_tp ] || AT=()
		example either --only "${what#*:}" "${AT[@]}"
		: >gone
		rm gone &
		removed=$!
		wait $removed
		stop_it
		[ "$(rows $removed .by)" = "\"${what%:*}\"" ]
	done
}
