#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs in user-space binaries, and how those are found.

load ../helper
load fire
load target

setup() {
	helper_setup
	need bpf uprobe
}

# What the example has shown.
rows() {
	jq -c "$1" "$OUT"
}

@test "uprobe" {
	begin_target
	example uprobe -t "$OBJ/target:eu_work" --max-events 2
	ask 3 6
	ask 21 42
	end_of_it
	[ "$(rows '[.pid, .argument, .result]')" = "[$TARGET,3,6]
[$TARGET,21,42]" ]
}

@test "uprobe_multi" {
	need uprobe.multi
	begin_target
	echo where >&$to
	wait_for . "$ANSWERS"
	at=$(cat "$ANSWERS")
	example uprobe_multi -t "$OBJ/target:eu_w*,pid=$TARGET" --max-events 2
	ask 3 6
	ask 4 8
	end_of_it
	grep -qx "{\"pid\":$TARGET,\"function\":$at,\"argument\":3}" "$OUT"
	grep -qx "{\"pid\":$TARGET,\"function\":$at,\"argument\":4}" "$OUT"
	run -1 "$ECLI" run "$EXAMPLES/uprobe_multi/package.json" \
		-t "$OBJ/target:eu_x*"
	[[ $output == *"target' has no function 'eu_x*'"* ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe_multi/package.json" \
		-t "$OBJ/target:eu_*,cookie=1"
	[[ $output == *"of many functions none has a cookie"* ]]
}

@test "usdt" {
	begin_target
	at=$OBJ/target:eunomia:work,cookie=7
	if ! has cookie; then
		run -1 "$ECLI" run "$EXAMPLES/usdt/package.json" -t "$at"
		echo "$output"
		[[ $output == *"in one process at a time"*": give its id with pid=N" ]]
		at+=,pid=$TARGET
	fi
	example usdt -t "$at" --max-events 2
	ask 3 6
	ask 4 8
	end_of_it
	[ "$(rows '[.pid, .argument, .cookie]')" = "[$TARGET,3,7]
[$TARGET,4,7]" ]
	run -1 "$ECLI" run "$EXAMPLES/usdt/package.json" \
		-t "$OBJ/target:eunomia:play"
	[[ $output == *"target' has no probe 'eunomia:play'"* ]]
	run -1 "$ECLI" run "$EXAMPLES/usdt/package.json" \
		-t "$OBJ/target:eunomia:wrok"
	[[ $output == *"target' has no probe 'eunomia:wrok' (see: readelf -n FILE); did you mean 'eunomia:work'?" ]]
}

@test "a function that is not there suggests those that are" {
	need btf
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t "$OBJ/target:eu_wrok"
	[[ $output == *"target' has no function 'eu_wrok'; did you mean 'eu_work'?"* ]]
	[ "${#lines[@]}" = 1 ]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t "$OBJ/target:eu_w*"
	[[ $output == *"target' has no function 'eu_w*': patterns are for programs in SEC(\"uprobe.multi\")" ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t /etc/passwd:eu_work
	[ "$output" = "ecli: program 'on_call': '/etc/passwd' is no ELF file" ]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t libc:getsidd
	[[ $output == *"/libc.so.6' has no function 'getsidd'; did you mean "*"'getsid'"* ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t libeu_nothing:x
	[[ $output == *"no library 'libeu_nothing' where the loader looks: give its path"* ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t eu_nothing:x
	[[ $output == *"no program 'eu_nothing' where the shell looks: give its path"* ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" -t "$OBJ/target:eu_work+x"
	[[ $output == *"'eu_work+x' is no offset"* ]]
}

@test "a program by its name, and a library in LD_LIBRARY_PATH" {
	begin_target
	PATH=$OBJ:$PATH example uprobe -t target:eu_work --max-events 1
	ask 3 6
	end_of_it
	[ "$(rows .argument)" = 3 ]
	mkdir libs
	cp "$OBJ/target" libs/libeutarget.so.3
	begin_target libs/libeutarget.so.3
	LD_LIBRARY_PATH=none:$PWD/libs example uprobe --max-events 1 \
		-t libeutarget.so.3:eu_work
	ask 3 6
	end_of_it
	[ "$(rows .pid)" = "$TARGET" ]
}

@test "what another process sees as its root" {
	need program:chroot
	mkdir root
	cp "$OBJ/target" root/target
	for lib in $(ldd "$OBJ/target" | grep -o '/[^ ]*'); do
		mkdir -p "root${lib%/*}"
		cp "$lib" "root$lib"
	done
	# A link is followed in that root.
	ln -s /target root/link
	begin_target chroot root /target
	for name in /target /link; do
		example uprobe --max-events 1 \
			-t "$name:eu_work,container=$TARGET"
		: >"$ANSWERS"
		ask 3 6
		end_of_it
		[ "$(rows '[.pid, .argument, .result]')" = "[$TARGET,3,6]" ]
	done
	# Its library is another file than ours.
	example uprobe --max-events 1 -t "libc:getsid,container=$TARGET"
	"$OBJ/target" <<<libc
	: >"$ANSWERS"
	ask libc 1
	end_of_it
	[ "$(rows .pid)" = "$TARGET" ]
	if command -v ldconfig; then
		mkdir -p root/etc
		ldconfig -r root
		example uprobe --max-events 1 -t "libc.so.6:getsid,container=$TARGET"
		: >"$ANSWERS"
		ask libc 1
		end_of_it
		[ "$(rows .pid)" = "$TARGET" ]
	fi
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" \
		-t "/nothing:x,container=$TARGET"
	[[ $output == *"cannot open '/nothing' of that process: No such file"* ]]
	run -1 "$ECLI" run "$EXAMPLES/uprobe/package.json" \
		-t "/target:x,container=2147483647"
	[[ $output == *"container=2147483647: no such process"* ]]
}
