#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

# A root with this one executable and the package, on a kernel of its own.
@test "the static ecli runs where there are no libraries" {
	need plain guest root tracepoint
	[ -x "$BUILD/tools/ecli-static" ] || skip "needs ecli-static"
	mkdir -p root/proc root/sys
	cp "$BUILD/tools/ecli-static" root/ecli
	cp "$OBJ/exec.bpf.o" root/
	mount --rbind /sys root/sys
	mount -t proc proc root/proc
	[ "$(find root -xdev -type f | sort | tr '\n' ' ')" = "root/ecli root/exec.bpf.o " ]
	start_ready chroot root /ecli run --ready-fd 3 -j \
		/exec.bpf.o --parent $BASHPID
	bash -c 'exit 3' &
	pid=$!
	wait $pid || :
	wait_for "\"pid\":$pid,"
	stop_it
	umount root/proc
	umount -l root/sys
	grep "\"pid\":$pid," "$OUT" | head -n 1 | jq -e '.comm == "bash"'
}
