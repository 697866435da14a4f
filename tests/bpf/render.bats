#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How records are shown: what their members mean, which of them, and in which
# form.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint
	export TZ=UTC
}

# The path of our control group, as the kernel's own files say.
my_cgroup() { sed -n 's/^0:://p' /proc/self/cgroup; }

@test "members are shown as what their typedefs mean" {
	fired formats.bpf.o
	cat "$OUT"
	{ read -r; IFS= read -r row; } <"$OUT"
	read -r time ipv4 ipv6 mac port took took_ms at rest <<<"$row"
	[ "$ipv4 $ipv6 $mac $port" = "127.0.0.1 ::1 02:00:00:00:00:00 443" ]
	[ "$took $took_ms" = "1.5ms 1.5s" ]
	# The same clock; not across a second's or a minute's end.
	[ "${at%:*}" = "${time%:*}" ] || [ "${time#*:}" = 00:00 ] ||
		[ "${time##*:}" = 00 ]
	read -r wall size ret sig call uid gid dev mode cgroup netns hex <<<"$rest"
	[ "$wall $size $ret $sig $call" = \
		"02:40:00.123456 1.5M ENOENT SIGTERM kill" ]
	[ "$uid $gid $dev $mode" = \
		"$(id -un) $(id -gn) 8:1 -rwxr-xr-x" ]
	[ "$netns $hex" = "12345 0xbeef" ]
}

@test "in JSON they are text, or numbers to calculate with" {
	fired formats.bpf.o -j
	cat "$OUT"
	jq -e "[.ipv4, .ipv6, .mac, .port, .took, .took_ms] ==
		[\"127.0.0.1\", \"::1\", \"02:00:00:00:00:00\", 443, 1500000, 1500]" \
		"$OUT"
	jq -e '[.wall, .size, .ret, .sig, .call, .uid, .gid, .dev, .mode, .netns, .hex] ==
		["2017-07-14T02:40:00.123456789Z", 1572864, "ENOENT", "SIGTERM", "kill",
		'"$(id -u), $(id -g)"', "8:1", "-rwxr-xr-x", 12345, "0xbeef"]' "$OUT"
	at=$(jq -r .at "$OUT")
	[[ $at =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z$ ]]
	diff=$(($(date +%s) - $(date -d "$at" +%s)))
	[ $diff -ge -2 ] && [ $diff -le "$PATIENCE" ]
}

@test "a control group is shown by its path" {
	root=$(cgroup2) || skip "needs cgroup2"
	mkdir "$root/shown-$$" || skip "needs cgroup2"
	run_ready "$OBJ/formats.bpf.o" --magic "$MAGIC" --max-events 1 -j
	# Made after the start, and found all the same.
	mkdir "$root/shown-$$/in side"
	(
		echo "$BASHPID" >"$root/shown-$$/in side/cgroup.procs"
		fire
	)
	end_of_it
	path=$(jq -r .cgroup "$OUT")
	rmdir "$root/shown-$$/in side" "$root/shown-$$"
	[ "$path" = "/shown-$$/in side" ]
}

@test "an event of a megabyte is shown whole" {
	fired large.bpf.o -j
	jq -e '.n == 1048576 and (.rest | length) == 1048572 and
		.rest[-1] == 42 and .rest[0] == 0' "$OUT"
	fired large.bpf.o --format raw
	[ "$(stat -c %s "$OUT")" = 1048576 ]
	fired large.bpf.o
	[ "$(tail -n 1 "$OUT" | tail -c 7)" = "0,0,42]" ] ||
		[ "$(tail -n 1 "$OUT" | tail -c 8)" = "0,0,42]" ]
}

# The example, its events of our own kill(2) alone.
signals() {
	run_ready "$EXAMPLES/signals/package.json" "$@"
}

@test "a filter looks at records, in words that are shown" {
	signals --max-events 2 -j --fields sig,ret,pid \
		--filter "target == $MAGIC and (sig == SIGKILL or sig ~ TERM) and ret == ESRCH and uid == $(id -un) and took < 1h"
	fire 0 9 2 15 9
	end_of_it
	[ "$(cat "$OUT")" = '{"sig":"SIGKILL","ret":"ESRCH","pid":'$ME'}
{"sig":"SIGTERM","ret":"ESRCH","pid":'$ME'}' ]
}

@test "fields are chosen, ordered and hidden" {
	signals --max-events 1 --filter "target == $MAGIC" --format compact \
		--fields=-when,-took,-uid,-comm,-pid
	fire 3
	end_of_it
	{ read -r header; read -r time row; } <"$OUT"
	[ "$header" = "time target sig ret" ]
	[ "$row" = "$MAGIC SIGQUIT ESRCH" ]
	fired values.bpf.o -j --fields inner.deep.name,list[1],green
	[ "$(cat "$OUT")" = \
		'{"inner.deep.name":"in","list[1]":-2,"green":"GREEN(7)"}' ]
}

@test "events are sorted at the end, and the first of them shown" {
	signals -j --filter "target == $MAGIC" --fields sig --sort=-sig --head 3
	fire 2 15 0 9 3
	stop_it
	[ "$(jq -r .sig "$OUT" | xargs)" = "SIGTERM SIGKILL SIGQUIT" ]
	# Without an order the first ones are the end.
	signals -j --filter "target == $MAGIC" --fields sig --head 2
	fire 2 15 0 9 3
	end_of_it
	[ "$(jq -r .sig "$OUT" | xargs)" = "SIGINT SIGTERM" ]
}

@test "what cannot be looked at is told with the place, before anything runs" {
	need btf
	run -2 "$ECLI" run "$EXAMPLES/signals/package.json" \
		--filter "pid == 1 and sig == SIGNONE"
	[[ $output == "ecli: filter: 'SIGNONE' is no signal
  pid == 1 and sig == SIGNONE
                      ^
Try 'ecli run "*" --help'." ]]
	run -2 "$ECLI" run "$EXAMPLES/signals/package.json" --filter "(pid == 1"
	[[ $output == "ecli: filter: the parenthesis is not closed
  (pid == 1
  ^"* ]]
	run -2 "$ECLI" run "$EXAMPLES/signals/package.json" --fields ''
	[ "${lines[0]}" = "ecli: fields '': a name is missing" ]
	known="when, took, uid, pid, target, sig, ret, comm"
	run -1 "$ECLI" run "$EXAMPLES/signals/package.json" --filter "1pid"
	[ "${lines[0]}" = "ecli: filter: unknown field '1pid'; there are: $known" ]
	run -1 "$ECLI" run "$EXAMPLES/signals/package.json" --fields pid,gid
	[ "$output" = "ecli: unknown field 'gid'; there are: $known" ]
	# Of several maps each name once; stacks are shown, and that is all.
	run -1 "$ECLI" run "$OBJ/sampled.bpf.o" --filter 'no == 1'
	[ "$(tr -d ',' <<<"${lines[0]#*are: }" | tr ' ' '\n' | sort | uniq -d)" = "" ]
	run -1 "$ECLI" run "$EXAMPLES/signals/package.json" --filter 'map == foo'
	[ "$output" = "ecli: filter: no map 'foo' is shown; there are: rb" ]
	run -1 "$ECLI" run "$OBJ/stacks.bpf.o" --filter 'ustack ~ main'
	[[ ${lines[0]} == "ecli: filter: 'ustack' is a stack trace, which no filter looks at; there are: "* ]]
	run -2 "$ECLI" run "$EXAMPLES/signals/package.json" --filter 'comm ~ (a|b)'
	[ "${lines[0]}" = "ecli: filter: a value is missing; text that begins so stands in quotes" ]
	run -2 "$ECLI" run "$EXAMPLES/signals/package.json" --filter 'comm ~ ^(a|b)'
	[ "${lines[0]}" = "ecli: filter: 'and' or 'or' is expected; text that begins so stands in quotes" ]
	run -1 "$ECLI" run "$OBJ/anchors.bpf.o" --fields 'at[1].x,at[0]xx'
	[ "$output" = "ecli: unknown field 'at[0]xx'; there are: pid, at" ]
	run -1 "$ECLI" run "$EXAMPLES/signals/package.json" --sort=-gid
	[ "$output" = "ecli: sort: unknown field 'gid'; there are: $known" ]
}

@test "CSV as other programs read it" {
	need program:python3
	signals --max-events 2 --format csv --filter "target == $MAGIC" \
		--fields=-when,-took
	fire 9 15
	end_of_it
	[ "$(head -n 1 "$OUT")" = $'uid,pid,target,sig,ret,comm\r' ]
	python3 - "$OUT" >rows <<-'EOF'
		import csv, sys
		for row in csv.DictReader(open(sys.argv[1], newline='')):
		    print(row['uid'], row['pid'], row['sig'], row['ret'], row['comm'])
	EOF
	[ "$(cat rows)" = "$(id -u) $ME SIGKILL ESRCH $(cat /proc/$ME/comm)
$(id -u) $ME SIGTERM ESRCH $(cat /proc/$ME/comm)" ]
	# Commas, quotes and structs inside.
	fired values.bpf.o --format csv --fields list,quoted,inner,green
	[ "$(cat "$OUT")" = \
		$'list,quoted,inner.x,inner.deep.y,inner.deep.name,green\r
"[1,-2,3]","a""b\\c\\td",-5,-6,in,GREEN(7)\r' ] || { cat -A "$OUT"; false; }
}

@test "YAML and a JSON array hold the same as JSON lines" {
	fired values.bpf.o -j
	lines=$(jq -cS . "$OUT")
	fired values.bpf.o --format json-array
	[ "$(jq -cS '.[]' "$OUT")" = "$lines" ]
	fired values.bpf.o --format yaml
	sed -n 1,3p "$OUT"
	[ "$(sed -n '1p; s/^  green/&/p' "$OUT")" = '- u8_200: 200
  green: "GREEN(7)"' ]
	[ "$(sed -n '/^  inner/,/^  either/p' "$OUT")" = '  inner:
    x: -5
    deep:
      "y": -6
      name: "in"
  either: 77' ]
	# Nothing happened: still an array.
	signals --format json-array --filter "target == $MAGIC"
	stop_it
	[ "$(cat "$OUT")" = "[]" ]
}

@test "times of rows" {
	signals --max-events 2 --format compact --timestamps delta \
		--filter "target == $MAGIC" --fields sig
	fire 9 15
	end_of_it
	[ "$(tr -s ' ' <"$OUT" | sed -n 2p)" = " 0.000000 SIGKILL" ]
	[[ $(sed -n 3p "$OUT") =~ ^\ +[0-9]+\.[0-9]{6}\ SIGTERM$ ]]
	# The member that is a time says when it was: to the nanosecond.
	signals --max-events 1 -j --timestamps utc --filter "target == $MAGIC" \
		--fields when
	fire 9
	end_of_it
	jq -e '.time == .when' "$OUT"
	signals --max-events 1 --timestamps none --filter "target == $MAGIC" \
		--fields sig,ret
	fire 9
	end_of_it
	[ "$(cat "$OUT")" = "SIG      RET          
SIGKILL  ESRCH" ]
	run -2 "$ECLI" run --timestamps noon x.json
	[[ $output == *"unknown timestamps 'noon'; there are: local, utc, mono, delta, none"* ]]
}

@test "colour and width are for terminals" {
	need program:script
	esc=$'\033'
	fired perf.bpf.o
	run ! grep -q "$esc" "$OUT"
	fired perf.bpf.o --color always
	[ "$(head -n 1 "$OUT")" = \
		"$esc[1;34mTIME     PID    COMM   SIG    $esc[0m" ]
	# On a terminal of 14 columns.
	on_terminal() {
		rm -f ready
		mkfifo ready
		start script -qfc "stty cols 14; $* exec '$ECLI' run \
			'$OBJ/perf.bpf.o' --magic $MAGIC --max-events 1 \
			--ready-fd 3 3>ready" typescript
		read -r -t "$PATIENCE" line <ready
		[ "$line" = READY=1 ]
		fire 9
		wait "$PID"
	}
	TERM=xterm on_terminal
	tr -d '\r' <typescript >plain
	grep -q "^$esc\[1;34mTIME     PID …$esc\[0m\$" plain
	grep -qE '^[0-9:]{8} [0-9]{4,}…?$|^[0-9:]{8} [0-9]+ *…$' plain
	TERM=xterm on_terminal NO_COLOR=1
	run ! grep -q "$esc" typescript
	run -2 "$ECLI" run --color sometimes x.json
	[[ $output == *"--color takes auto, always or never, not 'sometimes'"* ]]
}

@test "rows follow a terminal that changes its size" {
	need program:python3
	python3 - "$ECLI" run "$OBJ/perf.bpf.o" --magic "$MAGIC" \
		--timestamps none --max-events 3 --fields pid,sig,comm \
		>widths <<-'END'
		import fcntl, os, pty, struct, sys, termios

		magic = int(sys.argv[sys.argv.index('--magic') + 1])

		def size(fd, columns):
		    fcntl.ioctl(fd, termios.TIOCSWINSZ,
		                struct.pack('HHHH', 24, columns, 0, 0))

		def fire():
		    try:
		        os.kill(magic, 9)
		    except OSError:
		        pass

		pid, fd = pty.fork()
		if not pid:
		    size(0, 12)
		    os.environ.update(NO_COLOR='1', TERM='xterm')
		    os.execv(sys.argv[1], sys.argv[1:])
		terminal = os.fdopen(fd, 'rb', buffering=0)

		def line():
		    text = b''
		    while not text.endswith(b'\n'):
		        text += terminal.read(1)
		    return text.decode().rstrip()

		line()  # the header: all is attached
		for columns in 12, 9, 80:
		    size(fd, columns)
		    fire()
		    row = line()
		    print(columns, len(row) if '…' in row else row.split()[1])
		os.waitpid(pid, 0)
	END
	[ "$(cat widths)" = "12 12
9 9
80 9" ]
}
