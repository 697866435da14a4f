#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Events as they come out of ring and perf buffers.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint
}

@test "the header stands there before any event" {
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC"
	[ "$(cat "$OUT")" = "TIME     PID    COMM   SIG    " ]
	stop_it
	[ ! -s "$ERR" ]
}

@test "values stand under their names, and are true" {
	comm=$(cat /proc/$ME/comm)
	printf -v before '%(%T)T' -1
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --max-events 1
	fire 12
	end_of_it
	printf -v after '%(%T)T' -1
	{ read -r header; IFS= read -r row; } <"$OUT"
	[ "$(column "$row" $ME)" = "$(column "$header" PID)" ]
	[ "$(column "$row" "$comm")" = "$(column "$header" COMM)" ]
	read -r time pid comm_seen sig <<<"$row"
	[ "$pid $comm_seen $sig" = "$ME $comm 12" ]
	# Not across midnight.
	[[ $before > $after || ( ! $time < $before && ! $time > $after ) ]]
}

@test "a perf buffer shows as JSON what a ring buffer would" {
	comm=$(cat /proc/$ME/comm)
	fired perf.bpf.o -j
	[ "$(cat "$OUT")" = '{"pid":'$ME',"comm":"'"$comm"'","sig":0}' ]
}

@test "numbers keep their value over the whole range of their type" {
	fired values.bpf.o -j
	cat "$OUT"
	[ "$(wc -l <"$OUT")" = 1 ]
	jq -e . "$OUT"
	# As text: jq would round what is above 2^53.
	expect() { grep -qF "$1" "$OUT" || { echo "not there: $1"; false; }; }
	expect '"u8_200":200,"u8_max":255,"s8_min":-128,'
	expect '"u16_max":65535,"s16_min":-32768,'
	expect '"u32_max":4294967295,"s32_min":-2147483648,'
	expect '"u64_max":18446744073709551615,'
	expect '"s64_min":-9223372036854775808,'
	expect '"ulong_top":9223372036854775808,'
	expect '"yes":true,"no":false,"letter":65,'
	expect '"green":"GREEN(7)","nameless":"<UNKNOWN_VARIANT>(9)",'
	expect '"lowest":"LOWEST(-2147483648)",'
	expect '"widest":"WIDEST(18446744073709551615)",'
	expect '"pointer":18446603336221196288,'
	expect '"list":[1,-2,3],"grid":[[0,1],[254,0]],'
	expect '"inner":{"x":-5,"deep":{"y":-6,"name":"in"}},'
	expect '"either":77,"other":77,'
	expect '"low":5,"high":30,"minus_one":-1,"across":8589934591,'
	expect '"huge":"18446744073709551616","real":1.5,'
	expect '"full":"full","quoted":"a\"b\\c\td","last":"end"}'
}

@test "the same values in a row of text" {
	fired values.bpf.o
	cat "$OUT"
	{ read -r; read -r time row; } <"$OUT"
	want='200    255    -128   65535   -32768  4294967295 -2147483648'
	want+=' 18446744073709551615 -9223372036854775808 9223372036854775808'
	want+=' true false 65 GREEN(7) <UNKNOWN_VARIANT>(9)'
	want+=' LOWEST(-2147483648) WIDEST(18446744073709551615)'
	want+=' 18446603336221196288 [1,-2,3] [[0,1],[254,0]]'
	want+=' {"x":-5,"deep":{"y":-6,"name":"in"}} 77 77 5 30 -1'
	want+=' 8589934591 18446744073709551616 1.5 aé� full a"b\c\td end'
	[ "$row" = "$want" ]
}

@test "a compact row has single spaces, its header lower case" {
	fired perf.bpf.o --format compact
	{ read -r header; IFS= read -r row; } <"$OUT"
	[ "$header" = "time pid comm sig" ]
	[ "${row#* }" = "$ME $(cat /proc/$ME/comm) 0" ]
}

@test "raw output is the bytes of the records" {
	fired untyped.bpf.o --format raw
	[ "$(od -An -v -tx1 "$OUT" | tr -d ' \n')" = 00017f80feff ]
}

@test "a name cut inside a UTF-8 character is valid JSON" {
	# A process's name is cut after 15 bytes: inside the fifth character.
	cp "$(readlink -f /proc/$ME/exe)" 'ab猫猫猫猫猫'
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --max-events 1 -j
	'./ab猫猫猫猫猫' -c "kill -0 $MAGIC" || :
	end_of_it
	iconv -f UTF-8 -t UTF-8 "$OUT" >/dev/null ||
		[ -n "${GUEST:-}" ]	# no iconv there
	[ "$(jq -r .comm "$OUT")" = 'ab猫猫猫猫�' ]
}

@test "columns align by what a terminal shows, not by bytes" {
	cp "$(readlink -f /proc/$ME/exe)" '猫é'
	run_ready "$OBJ/perf.bpf.o" --magic "$MAGIC" --max-events 1
	./猫é -c "kill -0 $MAGIC" || :
	end_of_it
	cat "$OUT"
	{ read -r header; IFS= read -r row; } <"$OUT"
	# Two columns wide and one: three of six, and the space between.
	[[ $row == *' 猫é    0' ]]
}

@test "starts and ends of processes: ids, names and exit codes are true" {
	need btf
	run_ready "$OBJ/exec.bpf.o" --parent $ME -j
	sh -c 'exit 42' &
	first=$!
	wait $first || :
	"$OBJ/target" </dev/null &
	second=$!
	wait $second
	stop_it
	jq -c . "$OUT"
	show() { jq -c "select(.pid == $1)" "$OUT"; }
	[ "$(show $first)" = '{"pid":'$first',"ppid":'$ME',"exit_code":0,"comm":"sh","exit_event":0}
{"pid":'$first',"ppid":'$ME',"exit_code":42,"comm":"sh","exit_event":1}' ]
	[ "$(show $second)" = '{"pid":'$second',"ppid":'$ME',"exit_code":0,"comm":"target","exit_event":0}
{"pid":'$second',"ppid":'$ME',"exit_code":0,"comm":"target","exit_event":1}' ]
	# Of others nothing.
	[ "$(jq -c "select(.ppid != $ME)" "$OUT")" = '' ]
}

@test "of several buffers each row says from which it is" {
	run_ready "$OBJ/several.bpf.o" --magic "$MAGIC" --max-events 3 \
		--type one=first --type two=second --type three=second
	fire
	end_of_it
	cat "$OUT"
	[ "$(grep -c '^MAP ' "$OUT")" = 3 ]
	[ "$(sed -n '1s/ *$//p' "$OUT")" = 'MAP    TIME     PID    NUMBER' ]
	row() { sed -n "s/^$1  *[0-9:]* //p" "$OUT"; }
	[ "$(row one | tr -s ' ')" = "$ME -1" ]
	[ "$(row two)" = '2      two' ]
	[ "$(row three)" = '3      two' ]
}

@test "of several buffers each JSON object says from which it is" {
	run_ready "$OBJ/several.bpf.o" --magic "$MAGIC" --max-events 3 -j \
		--type one=first --type two=second --type three=second
	fire
	end_of_it
	[ "$(sort "$OUT")" = '{"map":"one","pid":'$ME',"number":-1}
{"map":"three","number":3,"text":"two"}
{"map":"two","number":2,"text":"two"}' ]
}

# What one event is in each of eight.bpf.c's buffers, in the order of signals.
eight() {
	local sig

	for sig; do
		cat <<-END
			{"map":"p0","color":"GREEN(2)","on":true}
			{"map":"p1","at":{"x":$sig,"y":-2}}
			{"map":"p2","whole":16843009,"parts":[1,1,1,1]}
			{"map":"p3","first":$sig,"second":7}
			{"map":"r0","tiny":-1,"wide":-$sig}
			{"map":"r1","text":"eight"}
			{"map":"r2","list":[1,2,$sig]}
			{"map":"r3","low":5,"high":$sig}
		END
	done | sort -s -k 1,1 -t ,
}

@test "eight buffers at once, a type for each" {
	run_ready "$OBJ/eight.json" --magic "$MAGIC" --max-events 24 -j
	fire 3 9 31
	end_of_it
	# Of one buffer in their order, of several in any.
	sort -s -k 1,1 -t , "$OUT" | diff <(eight 3 9 31) -
	run_ready "$OBJ/eight.json" --magic "$MAGIC" --max-events 8 \
		--timestamps none
	fire 9
	end_of_it
	[ "$(grep -c '^MAP ' "$OUT")" = 8 ]
	grep -v '^MAP ' "$OUT" | tr -s ' ' | sed 's/ $//' | sort |
		diff - /dev/fd/3 3<<-END
		p0 GREEN(2) true
		p1 {"x":9,"y":-2}
		p2 16843009 [1,1,1,1]
		p3 9 7
		r0 -1 -9
		r1 eight
		r2 [1,2,9]
		r3 5 9
	END
}

@test "a configuration of several exports, map for map" {
	need program:bpftool
	id() {
		bpftool -j btf dump file "$OBJ/eight.bpf.o" |
			jq "[.types[] | select(.name == \"$1\" and .kind != \"VAR\")][0].id"
	}
	jq -c --argjson numbers "$(id numbers)" --argjson text "$(id text)" \
		--argjson u32 "$(id __u32)" '
		.meta.enable_multiple_export_types = true |
		.meta.bpf_skel.maps |= map(del(.type) | .export_config = {
			r0: {btf_type_id: $numbers}, r1: {btf_type_id: $text},
			r2: "no_export", p0: {btf_type_id: $u32},
			p3: {custom_members: [
				{name: "b", offset: 4, btf_type_id: $u32},
				{name: "a", offset: 0, btf_type_id: $u32}]},
			times: "default" }[.name]) |
		(.meta.bpf_skel.maps[] | select(.name == "times")).sample =
			{interval: 0}' "$OBJ/eight.json" >package.json
	run_ready package.json --magic "$MAGIC" -j
	fire 9 9
	wait_for '"p3"'
	stop_it
	cat "$OUT"
	sort -u "$OUT" | diff - /dev/fd/3 3<<-END
		{"map":"p0","__u32":2}
		{"map":"p3","a":9,"b":7}
		{"map":"r0","tiny":-1,"wide":-9}
		{"map":"r1","text":"eight"}
		{"map":"times","key":{"u32":9},"value":{"u64":2}}
	END
	[ "$(wc -l <"$OUT")" = 9 ]
	# What is wrong is said by the map's name.
	jq -c '(.meta.bpf_skel.maps[] | select(.name == "r0")).export_config =
		{btf_type_id: 99999}' package.json >wrong.json
	run -1 "$ECLI" run wrong.json
	[[ $output == *"map 'r0': the btf_type_id of 'export_config' is not in the object's BTF"* ]]
}

@test "records without a type are shown as bytes, with a hint" {
	fired untyped.bpf.o
	[ "$(sed -n 's/^[0-9:]* //p' "$OUT")" = 00017f80feff ]
	[[ $(cat "$ERR") == *"map 'rb'"*"--type rb=STRUCT"* ]]
	[ "$(wc -l <"$ERR")" = 1 ]
	fired untyped.bpf.o -j
	[ "$(cat "$OUT")" = '{"data":"00017f80feff"}' ]
}

@test "--type names the type of a map's records" {
	fired untyped.bpf.o --type rb=enter -j
	[ ! -s "$ERR" ]
	# Six bytes of a u64 are no u64.
	[ "$(cat "$OUT")" = '{"unused":null,"id":null,"args":null}' ]
	fired anchors.bpf.o --type rb='struct point' -j
	[ "$(cat "$OUT")" = '{"x":'$ME',"y":1}' ]
}

@test "of several anchored structs the one that is no other's member is shown" {
	fired anchors.bpf.o -j
	[ "$(cat "$OUT")" = '{"pid":'$ME',"at":[{"x":1,"y":2},{"x":3,"y":4}]}' ]
}

@test "no event is lost, doubled or out of order" {
	run_ready "$OBJ/flood.bpf.o" --magic "$MAGIC" --times 1000 \
		--max-events 50000 -j
	for ((i = 0; i < 50; i++)); do
		fire
	done
	end_of_it
	jq .number "$OUT" >seen
	seq 0 49999 | cmp - seen
}
