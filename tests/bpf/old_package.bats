#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Packages of versions 0.1 and 0.2: flat, uncompressed, types in bits.

load ../helper
load fire

setup() {
	helper_setup
	need bpf tracepoint perf_event_array program:jq program:base64
}

# pack MAPS [KEYS]: old.json with tests/obj/perf.bpf.c in it.
pack() {
	base64 "$OBJ/perf.bpf.o" | jq -Rs --argjson size \
		"$(stat -c %s "$OBJ/perf.bpf.o")" --argjson maps "$1" \
		'{name: "template", version: "0.1.0", load_ebpf_script: "",
		license: "GPL", author: "John Doe", description: "Signals",
		url: "http://example.com/package.json", data_sz: $size, data: .,
		progs: [{name: "on_kill"}], maps: $maps} + '"${2:-{\}}" >old.json
}

EVENTS='{"name": "events", "type": "BPF_MAP_TYPE_PERF_EVENT_ARRAY",
	"export_data_types": {"Struct Name": "event", "Size": 192,
	"DataSize": 192, "Alignment": 32, "Fields": [
	{"Name": "pid", "Type": "int", "LLVMType": "i32", "FieldOffset": 0},
	{"Name": "comm", "Type": "char [16]", "LLVMType": "[16 x i8]",
	 "FieldOffset": 32},
	{"Name": "sig", "Type": "int", "LLVMType": "i32", "FieldOffset": 160}]}}'

shows_events() {
	run_ready old.json "$@" -j --max-events 1
	fire 9
	end_of_it
	[ "$(cat "$OUT")" = "{\"pid\":$ME,\"comm\":\"bash\",\"sig\":9}" ]
}

@test "version 0.1" {
	pack "[$EVENTS, {\"name\": \"template.rodata\", \"type\": \"BPF_MAP_TYPE_UNSPEC\"}]"
	shows_events --magic "$MAGIC"
	run -0 "$ECLI" run old.json --help
	[[ $output == *Signals* ]]
}

@test "version 0.2: variables, and values for them" {
	pack "[$EVENTS, {\"name\": \"template.rodata\", \"sec_data\":
		[{\"name\": \"magic\", \"type\": \"int\", \"size\": 4}]}]" \
		"{runtime_args: {magic: $MAGIC}}"
	shows_events
}

@test "broken ones" {
	pack "[$EVENTS]" '{data_sz: 7}'
	run -1 "$ECLI" run old.json
	[[ $output == *"'old.json': 'data' has "*" bytes, not the 'data_sz'" ]]
	pack "[$EVENTS]" '{data: "a*b"}'
	run -1 "$ECLI" run old.json
	[[ $output == *"'old.json': 'data': '*' at offset 1 is not base64" ]]
	pack '[{"name": "events", "export_data_types": {}}]'
	run -1 "$ECLI" run old.json
	[[ $output == *"'export_data_types' without 'Struct Name' or 'DataSize'" ]]
}
