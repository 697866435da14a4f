#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A program for kernels before 6.2, made with the types of 6.1.

load ../helper
load fire

@test "the hint names the version whose header has the type" {
	need ecc
	run -1 "$ECC" -o . "$ROOT/tests/obj/procstat.bpf.c" "$ROOT/tests/obj/procstat.h"
	[[ $output == *"the vmlinux.h of 6.1 has 'mm_rss_stat': try --vmlinux 6.1" ]]
	"$ECC" -o . --vmlinux 6.1 "$ROOT/tests/obj/procstat.bpf.c" \
		"$ROOT/tests/obj/procstat.h"
	"$ECLI" inspect package.json | grep -q kprobe/finish_task_switch
}

# bats test_tags=matrix
@test "what tasks have used, or why that cannot be known here" {
	need root bpf kprobe btf
	[ -e "$OBJ/procstat.json" ] || skip 'needs types of 6.1'
	if ! grep -qaw mm_rss_stat /sys/kernel/btf/vmlinux; then
		run -1 "$ECLI" run "$OBJ/procstat.json"
		[[ $output == *"failed to resolve CO-RE relocation"*"struct mm_struct.rss_stat"* ]]
		return
	fi
	sleep 1000 3>&- &
	other=$!
	children+=("$other")
	run_ready "$OBJ/procstat.json" -j --only "$other" --max-events 1
	kill -STOP "$other"
	kill -CONT "$other"
	kill "$other"
	end_of_it
	cat "$OUT"
	jq -e ".pid == $other and .vsize > 100 and .size > 0 and
		.size == .rssanon + .rssfile + .rssshmem and
		.vswap == 0 and .VPTE > 0 and .VPTE < 1000" "$OUT"
}
