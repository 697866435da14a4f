#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The examples of programs on the kernel's own functions.

load ../helper
load fire
load network

setup() {
	helper_setup
	need bpf
}

# The kernel's calls of a process of its own, $DONE, which may fail.
by_process() {
	"$@" &
	DONE=$!
	wait $DONE || :
}

# rows FILTER: of the events of that process.
rows() {
	jq -c "select(.pid == $DONE) | $1" "$OUT"
}

@test "kprobe" {
	need kprobe
	: >gone
	renamed on_call on_return
	example kprobe "${AT[@]}"
	by_process rm gone
	stop_it
	[ "$(rows '[.result, .file]')" = '[0,"gone"]' ]
	at=$(called do_unlinkat)
	example kprobe -t "on_call=$at+0" -t "on_return=$at"
	by_process "$OBJ/target" unlink gone
	stop_it
	[ "$(rows '[.result, .file]')" = '[-2,"gone"]' ]
}

@test "ksyscall" {
	need kprobe
	example ksyscall --max-events 1
	fire 9
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$ME',"target":'$MAGIC',"signal":9,"result":-3}' ]
}

@test "kprobe_multi" {
	need kprobe.multi
	mkdir gone
	example kprobe_multi
	by_process rmdir gone
	stop_it
	at=$(sed -n 's/^0*\([0-9a-f]*\) T vfs_rmdir$/\1/p' /proc/kallsyms)
	# jq rounds numbers of this size.
	grep -q "\"pid\":$DONE,\"function\":$(printf %u "0x$at")}" "$OUT"
}

# bats test_tags=matrix
@test "a pattern for a kprobe, by one link and singly" {
	need kprobe
	mkdir gone
	example kprobe -t 'on_call=security_inode_*dir' \
		-t on_return=security_inode_rmdir
	by_process rmdir gone
	stop_it
	[ "$(rows '.result')" = 0 ]
	# An offset, even 0, keeps a program from sharing a link.
	mkdir gone
	at=$(called do_unlinkat)
	example kprobe -t 'on_call=security_inode_rm?ir' -t "on_call=$at+0" \
		-t on_return=security_inode_rmdir
	by_process rmdir gone
	stop_it
	[ "$(rows '.result')" = 0 ]
	grep -q "'security_inode_rm?ir': a target has an offset or a cookie: attached to 1 functions one by one" "$ERR"
	run -1 "$ECLI" run "$EXAMPLES/kprobe/package.json" -t 'on_call=eu_no*'
	[[ $output == *"no function of the kernel fits 'eu_no*'"* ]]
	run -1 "$ECLI" run "$EXAMPLES/kprobe/package.json" \
		-t 'on_call=vfs_*,max=2' -t "on_call=$at+0"
	[[ $output == *"'vfs_*' fits more than 2 functions: narrow it, or allow more with max=N"* ]]
	run -1 "$ECLI" run "$EXAMPLES/kprobe/package.json" -t "on_call=${at%t}"
	[[ $output == *"no function '${at%t}' that can be probed"*"did you mean "*"'$at'"* ]]
}

@test "fentry" {
	need fentry fexit
	: >gone
	renamed on_call on_return
	example fentry "${AT[@]}"
	by_process rm gone
	stop_it
	[ "$(rows '[.result, .file]')" = '[1,"gone"]
[0,""]' ]
}

@test "fmod_ret" {
	need fmod_ret
	mkdir gone
	mkfifo go
	bash -c 'read -r _ <go; exec rmdir gone' 2>err &
	denied=$!
	example fmod_ret --pid $denied --max-events 1
	echo >go
	wait $denied || :
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$denied',"result":-30}' ]
	grep -q 'Read-only file system' err
	rmdir gone
}

@test "lsm" {
	need lsm
	mkdir gone
	mkfifo go
	bash -c 'read -r _ <go; exec rmdir gone' 2>err &
	denied=$!
	example lsm --pid $denied --max-events 1
	[ ! -s "$ERR" ]
	echo >go
	wait $denied || :
	end_of_it
	[ "$(cat "$OUT")" = '{"pid":'$denied',"folder":"gone"}' ]
	grep -q 'Operation not permitted' err
	rmdir gone
}

@test "security modules that are not asked are told" {
	need lsm lsm_cgroup cgroup2
	group
	echo landlock,yama >list
	there_are() {
		start_ready unshare -m bash -c \
			'mount --bind list /sys/kernel/security/lsm; exec "$@"' - \
			"$ECLI" run --ready-fd 3 "${@}"
		stop_it
		grep -q "will never be called: 'bpf' is not among the kernel's security modules" "$ERR"
	}
	there_are "$EXAMPLES/lsm/package.json"
	there_are "$EXAMPLES/lsm_cgroup/package.json" -t "$GROUP"
}

@test "tail_call" {
	need tracepoint
	example tail_call
	fire 0 1 2
	stop_it
	# The fourth is what ended it.
	[ "$(jq -c "select(.pid == $ME) | [.signal, .by]" "$OUT" | head -n 3)" = '[0,"zero"]
[1,"one"]
[2,"other"]' ]
	run -2 "$ECLI" run "$EXAMPLES/tail_call/package.json" -t none
	[[ $output == *"target 'none' is for one program: PROGRAM=none"* ]]
}

@test "freplace" {
	need xdp freplace
	network
	start_ready nsenter --net=/run/netns/"$NS" "$ECLI" run --ready-fd 3 -j \
		"$EXAMPLES/xdp/package.json" -t v1
	xdp=$PID xdp_out=$OUT
	held
	# Some kernels know the kind, and attach it on other architectures only.
	if "$ECLI" run "$EXAMPLES/freplace/package.json" -t "prog:$PROGS" \
		--timeout 100ms 2>&1 | grep 'no BPF trampolines'; then
		skip 'needs BPF trampolines'
	fi
	example freplace -t "prog:$PROGS" --max-events 1
	send
	end_of_it
	[ "$(cat "$OUT")" = '{"port":9}' ]
	send
	wait_for 'dropped":false' "$xdp_out"
	PID=$xdp
	stop_it
	[ "$(jq -c .dropped "$xdp_out")" = 'true
false' ]
	# The same by a name that somebody gave the program.
	start_ready nsenter --net=/run/netns/"$NS" "$ECLI" run --ready-fd 3 -j \
		"$EXAMPLES/xdp/package.json" -t v1
	xdp=$PID
	held
	PIN=/sys/fs/bpf/eu-$ME
	mkdir "$PIN"
	bpftool prog pin id "$PROGS" "$PIN/xdp"
	for target in "$PIN/xdp" "$PIN/xdp:verdict"; do
		example freplace -t "$target" --max-events 1
		send
		end_of_it
		[ "$(cat "$OUT")" = '{"port":9}' ]
	done
	PID=$xdp
	stop_it
	run -1 "$ECLI" run "$EXAMPLES/freplace/package.json" -t "$PIN/none"
	[[ $output == *"target '$PIN/none': no such program (No such file"* ]]
	run -1 "$ECLI" run "$EXAMPLES/freplace/package.json" -t prog:4294967295
	[[ $output == *"target 'prog:4294967295': no such program"* ]]
	run -1 "$ECLI" run "$EXAMPLES/freplace/package.json"
	[[ $output == *"needs a target: -t takes a loaded program (prog:ID:FUNCTION, /sys/fs/bpf/PIN)"* ]]
}
