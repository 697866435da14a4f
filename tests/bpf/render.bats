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
