#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Flags out of a program's global variables.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint
}

# sets FLAG... -- MEMBER=JSON...: with these flags the program sees that.
sets() {
	local flags=() json

	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	fired params.bpf.o -j "${flags[@]}"
	json=$(cat "$OUT")
	for want; do
		# As text: jq would round what is above 2^53.
		[[ $json == *[{,]"\"${want%%=*}\":${want#*=}"[,}]* ]] || {
			echo "${flags[*]}: not $want but $json"
			return 1
		}
	done
}

# refused FLAG...: as a usage error, of which $output tells.
refused() {
	run -2 "$ECLI" run --timeout 1ms "$OBJ/params.bpf.o" "$@"
}

@test "without flags variables keep what the object gives them" {
	sets -- p_u8=1 p_s8=-1 p_u16=2 p_s16=-2 p_u32=3 p_s32=-3 p_u64=4 \
		p_s64=-4 p_bool=false p_on=true p_char=97 'p_color="RED(0)"' \
		'p_minus="NONE(0)"' 'p_wide="NARROW(0)"' 'p_text="text"' \
		p_float=0.5 p_double=0.25 d_int=11 b_u64=0 'b_text=""' \
		timeout=5 verbose=0
}

@test "integers over the whole range of their type" {
	sets --p_u8 200 --p_s8 -128 --p_u16 65535 --p_s16 -32768 \
		--p_u32 4294967295 --p_s32 -2147483648 \
		--p_u64 18446744073709551615 --p_s64 -9223372036854775808 -- \
		p_u8=200 p_s8=-128 p_u16=65535 p_s16=-32768 \
		p_u32=4294967295 p_s32=-2147483648 \
		p_u64=18446744073709551615 p_s64=-9223372036854775808
	sets --p_u8=255 --p_s8=127 --p_s16=32767 --p_s32=2147483647 \
		--p_s64=9223372036854775807 --p_u64=0 --p_char=-1 -- \
		p_u8=255 p_s8=127 p_s16=32767 p_s32=2147483647 \
		p_s64=9223372036854775807 p_u64=0 p_char=-1
}

@test "integers in hexadecimal" {
	sets --p_u8 0xc8 --p_u64 0xffffffffffffffff --p_s32 -0x10 \
		--p_u16 0XFF -- p_u8=200 p_u64=18446744073709551615 \
		p_s32=-16 p_u16=255
}

@test "values out of range are refused by name, value and type" {
	while read -r flag value type; do
		refused --$flag "$value"
		[[ $output == *"variable '$flag': '$value' is out of range (type $type)"* ]]
	done <<-END
		p_u8 256 u8
		p_u8 -1 u8
		p_s8 128 s8
		p_s8 -129 s8
		p_u16 65536 u16
		p_s16 -32769 s16
		p_u32 4294967296 u32
		p_s32 2147483648 s32
		p_s32 -0x80000001 s32
		p_u64 18446744073709551616 u64
		p_u64 -1 u64
		p_s64 9223372036854775808 s64
		p_char 128 char
	END
}

@test "what is no number is refused" {
	for value in 12x x '' ' 1' 1.5 0x 1e3 --; do
		refused --p_u32="$value"
		[[ $output == *"variable 'p_u32': '$value' is not an integer (type u32)"* ]]
	done
	refused --p_float=1,5
	[[ $output == *"variable 'p_float': '1,5' is not a number"* ]]
}

@test "bool, by their presence or a word" {
	sets --p_bool --disable-p_on -- p_bool=true p_on=false
	sets --enable-p_bool -- p_bool=true p_on=true
	refused --p_bool=1
	[[ $output == *"'--p_bool' takes no value"* ]]
}

@test "enums by name and by number" {
	sets --p_color GREEN --p_minus LOWEST --p_wide WIDEST -- \
		'p_color="GREEN(7)"' 'p_minus="LOWEST(-2147483648)"' \
		'p_wide="WIDEST(18446744073709551615)"'
	sets --p_color 0x80000000 --p_minus -5 --p_wide 2 -- \
		'p_color="BLUE(2147483648)"' \
		'p_minus="<UNKNOWN_VARIANT>(-5)"' \
		'p_wide="<UNKNOWN_VARIANT>(2)"'
	refused --p_color PINK
	[[ $output == *"variable 'p_color': 'PINK' is none of its values"* ]]
	# What there is, since nobody knows it by heart.
	[[ $output == *RED*GREEN*BLUE* ]]
}

@test "text up to the array's size less its NUL" {
	sets --p_text 1234567 --b_text= -- 'p_text="1234567"' 'b_text=""'
	sets --p_text 'é "x"' -- 'p_text="é \"x\""'
	refused --p_text 12345678
	[[ $output == *"variable 'p_text': text of 8 bytes is too long, it holds 7 (type char[8])"* ]]
}

@test "floating point" {
	sets --p_float -1.5 --p_double 1e300 -- p_float=-1.5 p_double=1e+300
}

@test "variables of .data and .bss" {
	sets --d_int -7 --b_u64 0x123456789 --b_text abc -- d_int=-7 \
		b_u64=4886718345 'b_text="abc"'
}

@test "arrays and structs" {
	sets --p_list 5,-6 --p_point '{"x":9,"tag":"ab"}' -- \
		'p_list=[5,-6]' p_x=9 'p_tag="ab"'
	sets --p_list '[7]' -- 'p_list=[7,0]' p_x=3
	refused --p_list 1,2,3
	[[ $output == *"variable 'p_list': 3 values, it holds 2"* ]]
	refused --p_point '{"z":1}'
	[[ $output == *"variable 'p_point': no member 'z' that can be set"* ]]
}

@test "addresses and durations by their typedefs" {
	sets --p_ip 192.0.2.1 --p_wait 10ms -- 'p_ip=[192,0,2,1]' \
		p_wait=10000000
	refused --p_ip 192.0.2
	[[ $output == *"variable 'p_ip': '192.0.2' is no IPv4 address (192.0.2.1) (type eu_ipv4)"* ]]
}

@test "--set and a file of parameters, the later one wins" {
	printf 'p_u8: 7\np_list: [1, 2]\np_text: file\n' >values.yaml
	printf '{"p_u8":8,"p_point":{"x":4}}' >values.json
	sets --params values.yaml --params values.json --set p_text=set -- \
		p_u8=8 'p_list=[1,2]' p_x=4 'p_text="set"'
	sets --p_u8 9 --params values.json -- p_u8=8
	sets --params values.json --p_u8 9 -- p_u8=9
	run -1 "$ECLI" run "$OBJ/params.bpf.o" --set nothing=1
	[[ $output == *"no variable 'nothing' in 'params_bpf'"* ]]
	refused --set p_u8
	[[ $output == *"--set takes NAME=VALUE, not 'p_u8'"* ]]
	run -1 "$ECLI" run "$OBJ/params.bpf.o" --params /nowhere.yaml
	[[ $output == *"cannot open '/nowhere.yaml'"* ]]
	echo '[1]' >list.json
	run -1 "$ECLI" run "$OBJ/params.bpf.o" --params list.json
	[[ $output == *"'list.json' holds no object of names and values"* ]]
}

@test "an unknown flag is a usage error that names it" {
	refused --no-such-flag 1
	[[ $output == *"--no-such-flag"* ]]
	[[ $output == *"--help"* ]]
	refused word
	[[ $output == *"'word'"* ]]
	refused --p_u8
	[[ $output == *"--p_u8"*"needs a value"* ]]
}

@test "options of the runner stand before and after the program" {
	run_ready -j --max-events 1 "$OBJ/perf.bpf.o" --magic "$MAGIC"
	fire
	end_of_it
	before=$(cat "$OUT")
	run_ready "$OBJ/perf.bpf.o" -j --magic "$MAGIC" --max-events=1
	fire
	end_of_it
	[ "$(cat "$OUT")" = "$before" ]
	jq -e .pid <<<"$before"
}

@test "a flag of the program wins over one of ours behind it" {
	# Ours before: the run ends by itself. The program's behind.
	start_ready "$ECLI" run --verbose --ready-fd 3 --max-events 1 -j \
		"$OBJ/params.bpf.o" --magic "$MAGIC" --timeout 77 --verbose 3
	fire
	end_of_it
	[ "$(jq -c '[.timeout, .verbose]' "$OUT")" = '[77,3]' ]
}

@test "-- ends our options, not the program's" {
	start_ready "$ECLI" run --ready-fd 3 --max-events 1 -j \
		"$OBJ/params.bpf.o" --magic "$MAGIC" -- --timeout 78
	fire
	end_of_it
	[ "$(jq .timeout "$OUT")" = 78 ]
	refused --magic 1 -- --max-events 1
	[[ $output == *"--max-events"* ]]
	start_ready "$ECLI" run --ready-fd 3 --max-events 1 -j -- \
		"$OBJ/params.bpf.o" --magic "$MAGIC" --timeout 79
	fire
	end_of_it
	[ "$(jq .timeout "$OUT")" = 79 ]
}

@test "-h behind the program lists its flags and ends with 0" {
	run -0 --separate-stderr "$ECLI" run "$OBJ/params.bpf.o" -h
	for flag in p_u8 p_s64 p_bool p_color p_text d_int b_u64 b_text magic; do
		[[ $output == *" --$flag"* ]]
	done
	[[ $output == *"set value of \`u8\` variable p_u8"* ]]
	# Names of values, and what they are if nobody sets them.
	text=$(tr -s ' \n' '  ' <<<"$output")
	while IFS='|' read -r flag notes; do
		[[ $text == *" --$flag "*" variable ${flag% *} ($notes) -"* ]] || {
			echo "$flag: $notes"
			false
		}
	done <<-'END'
		p_u8 INT|0 to 255; default: 1
		p_s64 INT|default: -4
		p_on|default: true
		p_color NAME|RED, GREEN or BLUE; default: RED
		p_minus NAME|LOWEST or NONE; default: NONE
		p_wide NAME|NARROW or WIDEST; default: NARROW
		p_s16 INT|-32768 to 32767; default: -2
		p_text TEXT|at most 7 bytes; default: text
		p_float NUMBER|default: 0.5
		d_int INT|default: 11
		b_u64 INT|default: 0
	END
	# Empty text is no default.
	[[ $text == *"variable b_text (at most "*" bytes) --unused_params"* ]]
	# Ours as well, but for those that the program has taken.
	[[ $output == *"--max-events"* ]]
	[ -z "$stderr" ]
	run -0 "$ECLI" run "$OBJ/params.bpf.o" --magic 5 --help
	[[ $output == *" --p_u8"* ]]
}

@test "--version behind the program is the program's" {
	run -0 --separate-stderr "$ECLI" run "$OBJ/params.bpf.o" --version
	[ "$output" = 'params_bpf 0.1.0' ]
	run -0 "$ECLI" run --version
	[[ $output == ecli\ * ]]
}

@test "help and usage errors need no rights and load nothing" {
	need program:setpriv
	chmod 755 "$T"
	run -0 setpriv --reuid 65534 --clear-groups "$ECLI" run \
		"$OBJ/params.bpf.o" --help
	run -2 setpriv --reuid 65534 --clear-groups "$ECLI" run \
		"$OBJ/params.bpf.o" --p_u8 256
}

# live PACKAGE NAME=VALUE...: runs it in a process that answers through the
# library; "say LINE" and "tell" talk to it.
live() {
	rm -f in
	mkfifo in
	start bash -c 'exec "$@" <in' - "$BUILD/tests/rt/setlive" \
		"$OBJ/$1" magic=$MAGIC "${@:2}"
	exec {to}>in
	wait_for '^ready$'
}

answered() {
	echo "$1" >&$to
	wait_for "$2"
}

@test "variables of a running program" {
	live params.bpf.o d_int=5
	fire
	answered 1 '"d_int":5,'
	answered d_int=6 '^ok d_int=6$'
	answered b_text=xyz '^ok b_text'
	answered b_u64=18446744073709551615 '^ok b_u64'
	fire
	answered 1 '"d_int":6,'
	grep -q '"b_u64":18446744073709551615,"b_text":"xyz"' "$OUT"
	answered p_u8=1 "variable 'p_u8' is constant once the program is loaded"
	answered d_int=x "variable 'd_int': 'x' is not an integer"
	answered nothing=1 "no variable 'nothing'"
	fire
	answered 1 '"d_int":6,'
	exec {to}>&-
	end_of_it
}

@test "what the kernel is said to be configured with" {
	fired kconfig.bpf.o -j
	[ "$(jq -c '[.something, .name, .data]' "$OUT")" = '[false,"",1]' ]
	[ "$(jq .version "$OUT")" -gt $((0x40000)) ]
	version=$(jq .version "$OUT")
	fired kconfig.bpf.o -j --data 7 --CONFIG_HZ 77 --set CONFIG_EU_SOMETHING=true \
		--CONFIG_EU_NAME abc --CONFIG_BPF_SYSCALL TRI_MODULE
	[ "$(cat "$OUT")" = '{"hz":77,"something":true,"bpf":2,"name":"abc","version":'$version',"data":7,"big":0,"small":0,"low":0}' ]
	# As large and as small as they can be, and as long.
	fired kconfig.bpf.o -j --CONFIG_EU_BIG 18446744073709551615 \
		--CONFIG_EU_SMALL 255 --CONFIG_EU_LOW -128 --CONFIG_HZ -2147483648 \
		--CONFIG_EU_NAME abcdefg
	grep -qF '"big":18446744073709551615,"small":255,"low":-128}' "$OUT"
	[ "$(jq -c '[.hz, .name]' "$OUT")" = '[-2147483648,"abcdefg"]' ]
	for value in CONFIG_EU_SMALL=256 CONFIG_EU_LOW=-129 CONFIG_EU_NAME=abcdefgh \
		'CONFIG_EU_NAME=a"b' CONFIG_EU_NAME=$'a\nCONFIG_HZ=1' \
		CONFIG_BPF_SYSCALL=3 CONFIG_EU_BIG=18446744073709551616; do
		run -2 "$ECLI" run --timeout 1ms "$OBJ/kconfig.bpf.o" \
			--set "$value"
		[[ ${lines[0]} == "ecli: variable '${value%%=*}'"* ]]
	done
	run -2 "$ECLI" run --timeout 1ms "$OBJ/kconfig.bpf.o" --set LINUX_KERNEL_VERSION=1
	[[ $output == *"variable 'LINUX_KERNEL_VERSION' is the kernel's to give"* ]]
}
