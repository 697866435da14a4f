#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Programs by their names: hubs of real web servers, folders and a registry.
# Nothing is loaded; tests/bpf/hub.bats does that.

load ../helper
load ../registry
load ../faults

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	own_folders
	export XDG_CONFIG_HOME=$T/config
	unset EUNOMIA_HUB
	cp "$EXAMPLES/bootstrap/package.json" one.json
	cp "$EXAMPLES/signals/package.json" two.json
	printf '\0asm\1\0\0\0' >app.wasm
}

# put FILE NAME:VERSION: into the folder that is the hub.
put() {
	"$LMP" push --hub "file://$T/hub" "$@"
}

# lmp COMMAND...: of the hub of the web server; what it says is in $stderr.
lmp() {
	run --separate-stderr "$LMP" "$1" --hub "http://$WEB" "${@:2}"
}

# asked STATUS PATH: how often the web server answered so.
asked() {
	grep -c "\"GET $2 HTTP/1.1\" $1 " "$T/web.log" || :
}

@test "what is pushed into a folder is what a web server gives" {
	need program:python3
	run -0 put one.json tool:0.1
	[ "$output" = "$T/hub/tool:0.1 sha256:$(sha256sum <one.json | cut -d' ' -f1)" ]
	put two.json tool:0.2
	put app.wasm other
	[ "$(cd hub && find . -type f | sort)" = "./index.json
./other/app.wasm
./tool/0.1/package.json
./tool/0.2/package.json
./tool/package.json" ]
	web hub
	lmp pull tool
	[ "$status" = 0 ]
	[ "$output" = "tool.json sha256:$(sha256sum <two.json | cut -d' ' -f1)" ]
	cmp two.json tool.json
	# As the introductory text shows it.
	[ "$stderr" = "download with curl: http://$WEB/tool/app.wasm
curl: (22) The requested URL returned error: 404
download with curl: http://$WEB/tool/package.json" ]
	lmp pull tool:0.1 -o back
	[ "$status" = 0 ]
	cmp one.json back
	lmp pull other
	[ "$stderr" = "download with curl: http://$WEB/other/app.wasm" ]
	cmp app.wasm other.wasm
	lmp pull tool:0.3
	[ "$status" = 1 ]
	[ "${stderr_lines[-1]}" = "lmp: no hub has 'tool:0.3'" ]
}

@test "an older version that is pushed again is not the newest" {
	put two.json tool:0.10
	put one.json tool:0.9
	"$LMP" pull --hub "file://$T/hub" tool
	cmp two.json tool.json
	[ "$(jq -c '.tools[0] | [.version, [.versions[].version]]' hub/index.json)" = \
		'["0.10",["0.9","0.10"]]' ]
	"$LMP" pull --hub "file://$T/hub" tool:0.9 -o back
	cmp one.json back
	# Without a version there is no older one.
	put one.json tool
	"$LMP" pull --hub "file://$T/hub" tool -o back
	cmp one.json back
	put two.json tool:0.1
	"$LMP" pull --hub "file://$T/hub" tool -o back
	cmp two.json back
}

@test "a list of what there is, with what config.json says of it" {
	need program:python3
	put one.json tool:0.1
	mkdir project
	cp app.wasm project
	echo '{"name":"x","version":"7","license":"MIT","author":"",
		"description":"Says\u001b[31m hello"}' >project/config.json
	put project/app.wasm tool:0.10
	put project/app.wasm tool:0.9
	put two.json abc
	web hub
	lmp list
	[ "$status" = 0 ]
	[ "$output" = "NAME  VERSIONS      DESCRIPTION                                                         HUB
abc   latest        Show signals that processes send with kill(2), and what came of it  http://$WEB
tool  0.1 0.9 0.10  Says [31m hello                                                     http://$WEB" ]
	lmp list -j
	[ "$(jq -c '.[] | [.name, .version, .versions]' <<<"$output")" = '["abc","latest",["latest"]]
["tool","0.10",["0.1","0.9","0.10"]]' ]
	[ "$(jq -c '.tools[1] | [.license, .author, .versions[0].files]' hub/index.json)" = \
		"[\"MIT\",null,{\"package.json\":{\"digest\":\"sha256:$(sha256sum <one.json | cut -d' ' -f1)\",\"size\":$(stat -c %s one.json)}}]" ]
	# The newest is a module, and no package of before is beside it.
	[ "$(ls hub/tool)" = "0.1
0.10
0.9
app.wasm" ]
	# Names that nobody could ask for, and what is no index.
	echo '{"tools":[{"name":"../x"},{"name":"A"},{"name":"ok"},7,{}]}' >hub/index.json
	run -0 "$LMP" list --hub "file://$T/hub"
	[ "${lines[1]%% *}" = ok ]
	[ "${#lines[@]}" = 2 ]
	echo '[]' >hub/index.json
	run -1 "$LMP" list --hub "file://$T/hub"
	[ "$output" = "lmp: 'file://$T/hub/index.json' is no index of a hub" ]
	run -1 put one.json tool:1
	[ "$output" = "lmp: '$T/hub/index.json' is no index of a hub" ]
}

@test "the address of a folder says one thing to all" {
	hub=file://$T/of%20ours
	run -0 "$LMP" push --hub "$hub" one.json tool:1
	[[ $output == "$T/of ours/tool:1 sha256:"* ]]
	cmp one.json "of ours/tool/1/package.json"
	run -0 --separate-stderr "$LMP" list --hub "$hub"
	[[ ${lines[1]} == "tool  1 "*"  $hub" ]]
	"$LMP" pull --hub "file://localhost${hub#file://}" tool:1 -o back
	cmp one.json back
	for bad in "file://$T/a%2" "file://$T/a%00" file://a/b; do
		run -1 "$LMP" push --hub "$bad" one.json tool
		[[ $output == "lmp: '$bad': "* ]]
	done
	[ -z "$(find . -name '*%*' -o -name a)" ]
}

@test "two at once: both are in the index" {
	pids=()
	for i in 1 2 3 4 5 6 7 8; do
		put one.json "tool$i:1" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[ "$(jq '.tools | length' hub/index.json)" = 8 ]
}

@test "an index that cannot be read is not written over" {
	put one.json tool
	mv hub/index.json kept
	ln -s index.json hub/index.json
	run -1 put two.json other
	[[ $output == *"'$T/hub/index.json'"* ]]
	[ -L hub/index.json ]
	[ ! -e hub/other ]
}

@test "what was fetched is asked about, and does without the hub" {
	need program:python3
	put one.json tool
	web hub
	lmp run tool --help
	[ "$status" = 0 ]
	[[ $output == "Trace processes that start and end"*"Usage: lmp run tool [OPTIONS]"* ]]
	[[ $stderr == "download with curl: "* ]]
	lmp run tool --help
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$(asked 200 /tool/package.json)" = 1 ]
	[ "$(asked 304 /tool/package.json)" = 1 ]
	put two.json tool
	touch -d '+1 hour' hub/tool/package.json
	lmp run tool --help
	[[ $output == "Show signals"* ]]
	kill "${children[-1]}"
	wait "${children[-1]}" || :
	lmp run tool --help
	[ "$status" = 0 ]
	[[ $output == "Show signals"* ]]
	[[ $stderr == "lmp: 'http://$WEB/tool/package.json': "*": what was fetched before is taken" ]]
	lmp pull none
	[ "$status" = 1 ]
	[ "${stderr_lines[-1]}" = "lmp: 'none' is in no hub that answered (0 of 1)" ]
}

@test "what the hub has no more is not run" {
	need program:python3
	put one.json tool
	web hub
	lmp pull tool
	rm -r hub/tool
	lmp pull tool
	[ "$status" = 1 ]
	[ "${stderr_lines[-1]}" = "lmp: no hub has 'tool:latest'" ]
}

@test "what a hub has is what its index says" {
	need program:python3
	put one.json tool:0.1
	put app.wasm other
	web hub
	lmp pull tool
	[ "$status" = 0 ]
	rm tool.json
	# Changed below it, and fetched before or not.
	cp two.json hub/tool/package.json
	touch -d '+1 hour' hub/tool/package.json
	no="lmp: 'http://$WEB/tool/package.json' is $(digest two.json), and 'http://$WEB/index.json' says $(digest one.json): it is not used"
	for _ in 1 2; do
		lmp pull tool -o back
		[ "$status" = 1 ]
		[[ $stderr == *"$no"* ]]
		[ "${stderr_lines[-1]}" = "lmp: 'tool' is in no hub that answered (0 of 1)" ]
	done
	lmp run tool --help
	[ "$status" = 1 ]
	[[ $stderr == *"$no"* ]]
	lmp pull --offline tool -o back
	[ "$status" = 1 ]
	[ ! -e back ]
	# Of the version by its number nothing was changed.
	lmp pull tool:0.1 -o back
	cmp one.json back
	# Another hub may have it.
	"$LMP" push --hub "file://$T/second" one.json tool
	lmp pull --hub "file://$T/second" tool -o second.json
	[ "$status" = 0 ]
	[[ $stderr == *"$no"* ]]
	cmp one.json second.json
	# One that it does not list comes first otherwise.
	cp one.json hub/tool/package.json
	cp app.wasm hub/tool
	lmp pull tool -o none
	[ "$status" = 1 ]
	[[ $stderr == *"lmp: 'http://$WEB/index.json' has other files of it than 'http://$WEB/tool/app.wasm': it is not used"* ]]
	rm hub/tool/app.wasm
	lmp pull tool -o back
	[ "$status" = 0 ]
	# A folder here.
	printf '\0asm\1\0\0\0\0' >hub/other/app.wasm
	run -1 "$LMP" pull --hub "file://$T/hub" other -o none
	[[ $output == *"'file://$T/hub/other/app.wasm' is $(digest hub/other/app.wasm), and 'file://$T/hub/index.json' says $(digest app.wasm): it is not used"* ]]
	[ ! -e none ]
	# The newest without a number.
	jq 'del(.tools[].version)' hub/index.json >changed
	cp changed hub/index.json
	run -1 "$LMP" pull --hub "file://$T/hub" other -o none
	[[ $output == *", and 'file://$T/hub/index.json' says $(digest app.wasm): it is not used"* ]]
	[ ! -e none ]
	# Who has no index is believed as he is, who breaks off is not.
	raw file '200 OK' <one.json
	: | raw none '404 Not Found'
	: | raw denied '403 Forbidden'
	echo '<html>' | raw page '200 OK'
	for index in none denied page; do
		answer "index.json=$index" "app.wasm=none" "package.json=file"
		rm -rf cache/* back
		run -0 "$LMP" pull --hub "http://$ANSWER" tool -o back
		cmp one.json back
	done
	: | raw busy '503 Service Unavailable'
	raw file '200 OK' 'ETag: "x"' <one.json
	answer index.json=busy app.wasm=none package.json=file
	for _ in 1 2; do
		run -1 "$LMP" pull --retries 0 --hub "http://$ANSWER" tool -o nothing
		[[ $output == *"lmp: cannot look into the index: 'http://$ANSWER/index.json': the server answers 503"* ]]
	done
	[ ! -e nothing ]
}

@test "what was not compared with the index is not taken later, either" {
	local pid

	put one.json tool
	printf 'HTTP/1.1 200 OK\r\n' >half
	: | raw none '404 Not Found'
	: | raw busy '503 Service Unavailable'
	raw file '200 OK' 'ETag: "x"' <two.json
	answer hang:index.json=half index.json=busy app.wasm=none package.json=file
	"$LMP" pull --hub "http://$ANSWER" tool -o back 3>&- &
	pid=$!
	until_true grep -qs '^GET /index.json' "asked.$servers"
	kill -9 "$pid"
	wait "$pid" || :
	run -1 "$LMP" pull --retries 0 --hub "http://$ANSWER" tool -o back
	[[ $output == *"lmp: cannot look into the index: 'http://$ANSWER/index.json': the server answers 503"* ]]
	[ ! -e back ]
}

@test "an index that cannot be had costs nothing of what was fetched" {
	put one.json tool
	: | raw none '404 Not Found'
	: | raw busy '503 Service Unavailable'
	: | raw same '304 Not Modified'
	raw file '200 OK' 'ETag: "x"' <one.json
	raw index '200 OK' <hub/index.json
	answer index.json=index index.json=busy app.wasm=none \
		package.json=file package.json=same
	run -0 "$LMP" pull --hub "http://$ANSWER" tool -o back
	for _ in 1 2; do
		rm back
		run -0 "$LMP" pull --retries 0 --hub "http://$ANSWER" tool -o back
		[ "${lines[0]}" = "lmp: cannot look into the index: 'http://$ANSWER/index.json': the server answers 503: what was fetched before is taken" ]
		cmp one.json back
	done
	grep -q '^If-None-Match: "x"' "asked.$servers"
	# Nor does a hub that is gone by now.
	kill "$PID"
	wait "$PID" || :
	rm back
	run -0 "$LMP" pull --hub "http://$ANSWER" tool -o back
	[[ ${lines[0]} == *": what was fetched before is taken" ]]
	cmp one.json back
}

@test "an index that is no JSON is not the same as none" {
	local no

	put one.json tool
	: | raw none '404 Not Found'
	raw file '200 OK' <two.json
	cp hub/index.json whole
	for cut in 0 1 40; do
		head -c "$cut" whole | raw index '200 OK'
		answer index.json=index app.wasm=none package.json=file
		no="lmp: cannot look into the index: 'http://$ANSWER/index.json': line "
		run -1 "$LMP" pull --hub "http://$ANSWER" tool -o back
		[[ $output == *"$no"* ]]
		[[ ${lines[-1]} == *"'tool' is in no hub that answered (0 of 1)" ]]
	done
	for word in ' \n{' '\357\273\277{"tools":[]}' '{"tools":"\377"}'; do
		printf "$word" >hub/index.json
		run -1 "$LMP" pull --hub "file://$T/hub" tool -o back
		[[ ${lines[0]} == "lmp: cannot look into the index: 'file://$T/hub/index.json': line "* ]]
		run -1 "$LMP" list --hub "file://$T/hub"
	done
	[ ! -e back ]
	# A page that a server has for all.
	printf '\n <!doctype html>{}' >hub/index.json
	run -0 "$LMP" pull --hub "file://$T/hub" tool -o back
	cmp one.json back
	# One that is whole again, of the same second.
	need program:python3
	web hub
	head -c 40 whole >hub/index.json
	touch -d '1 hour ago' hub/index.json
	lmp pull tool -o back
	[ "$status" = 1 ]
	cp whole hub/index.json
	touch -d '1 hour ago' hub/index.json
	lmp pull tool -o back
	[ "$status" = 0 ]
}

@test "a page in the place of a program is passed over" {
	need program:python3
	put one.json tool
	echo '<html>nothing here</html>' >hub/tool/app.wasm
	web hub
	lmp pull tool
	[ "$status" = 0 ]
	cmp one.json tool.json
	[ "${stderr_lines[1]}" = "lmp: 'http://$WEB/tool/app.wasm' is no Wasm module" ]
	echo '<html>' >hub/tool/package.json
	touch -d '+1 hour' hub/tool/package.json
	lmp pull tool
	[ "$status" = 1 ]
}

@test "files come first, then hubs in their order" {
	put one.json tool
	"$LMP" push --hub "file://$T/second" two.json tool
	"$LMP" push --hub "file://$T/second" two.json more
	both=(--hub "file://$T/hub" --hub "file://$T/second/")
	run -0 "$LMP" run "${both[@]}" tool --help
	[[ $output == "Trace processes"* ]]
	run -0 "$LMP" run --timeout 3 --hub="file://$T/second" -j tool --help
	[[ $output == "Show signals"* ]]
	run -0 "$LMP" run "${both[@]}" more --help
	[[ $output == "Show signals"* ]]
	# What 'lmp pull' wrote, and a file of just that name.
	"$LMP" pull "${both[@]}" more
	run -0 "$LMP" run more --help
	[[ $output == *"Usage: lmp run more.json"* ]]
	cp one.json more
	run -0 "$LMP" run more --help
	[[ $output == *"Usage: lmp run more "* ]]
	# Behind the program's name it is the program's.
	run -2 "$LMP" run one.json --hub x
	[[ $output == "lmp: unknown option '--hub'"* ]]
	run -2 "$LMP" run --hub "file://$T/hub" --nonsense tool
	[[ $output == "lmp: unknown option '--nonsense'"* ]]
}

@test "where hubs are named" {
	put one.json tool
	for c in "run tool" "pull tool" "list" "push one.json tool"; do
		run -1 "$LMP" $c
		[[ $output == "lmp: "*", and no hub is known: give one by --hub ADDRESS, in EUNOMIA_HUB or as a line of '$T/config/eunomia/hubs'" ]]
	done
	EUNOMIA_HUB=" file://$T/none	file://$T/hub" run -0 "$LMP" run tool --help
	[[ $output == "Trace processes"* ]]
	mkdir -p config/eunomia
	printf '# of our team\n\n\tfile://%s/hub/ # near\n' "$T" >config/eunomia/hubs
	run -0 "$LMP" run tool --help
	[[ $output == "Trace processes"* ]]
	# The environment stands for all of the file.
	EUNOMIA_HUB=file://$T/none run -1 "$LMP" run tool --help
	[ "$output" = "lmp: no hub has 'tool:latest'" ]
	echo gopher://x >>config/eunomia/hubs
	run -1 "$LMP" run tool
	[ "$output" = "lmp: '$T/config/eunomia/hubs': hub 'gopher://x': write http://, https://, file:///PATH or oci://HOST/NAMESPACE" ]
	run -2 "$LMP" list --hub file://
	[[ $output == "lmp: hub 'file:': write http://"* ]]
	run -2 "$LMP" list --hub-timeout x
	[[ $output == "lmp: --hub-timeout: 'x' is no duration"* ]]
}

@test "the digest that root is to check is that of what it gets" {
	need root program:sudo program:script
	chown 65534 cache
	mkdir -m 700 store
	chown 65534 store
	registry
	export EUNOMIA_HUB=oci://$REGISTRY/me HOME=$T
	digest=$("$LMP" push one.json tool | sed 's/.*@//')
	by_sudo --digest "$digest" tool --help
	[ "$status" = 0 ]
	[[ $output == *"Trace processes that start and end"* ]]
	cmp one.json cache/eunomia/hub/tool:latest
	# Behind "--" no word is an option.
	by_sudo --digest "$digest" -- tool --help
	[ "$status" = 2 ]
	[[ $output == *"lmp: unknown option '--help'"*"Try 'lmp run $T/cache/eunomia/hub/tool:latest --help'"* ]]
	# One of the bytes, which the manifest has not.
	sum=sha256:$(sha256sum <one.json | cut -d' ' -f1)
	by_sudo --digest "$sum" tool --help
	[ "$status" = 1 ]
	# A file keeps its own, and so does what is a file of a hub.
	by_sudo --digest "$sum" one.json --help
	[ "$status" = 0 ]
	put one.json other
	export EUNOMIA_HUB=file://$T/hub
	by_sudo --digest "$sum" other --help
	[ "$status" = 0 ]
	by_sudo --digest "$digest" other --help
	[ "$status" = 1 ]
	# What root is to run is no other by then: it says so.
	by_sudo other --help
	[[ $output == *"Usage: lmp run $T/cache/eunomia/hub/other:latest "* ]]
	# And there has to be a place for it.
	unset XDG_CACHE_HOME HOME
	by_sudo other --help
	[ "$status" = 1 ]
	[[ $output == *"lmp: no place where root would find it: set HOME or XDG_CACHE_HOME"* ]]
}

@test "what is kept for root has a limit" {
	need root program:sudo program:script
	mkdir -p -m 700 cache/eunomia/hub
	for n in {01..70}; do
		touch -d '2 hours ago' "cache/eunomia/hub/tool$n:latest"
	done
	touch -d '1 hour ago' cache/eunomia/hub/tool33:latest
	chown -R 65534 cache
	put one.json tool
	EUNOMIA_HUB=file://$T/hub by_sudo tool --help
	[ "$status" = 0 ]
	[ "$(ls cache/eunomia/hub | wc -l)" = 64 ]
	[ -e cache/eunomia/hub/tool33:latest ]
	cmp one.json cache/eunomia/hub/tool:latest
}

@test "words that are no name" {
	for word in ../tool a/b Tool tool: tool:a/b a.b :1; do
		run -1 "$LMP" pull --hub "file://$T/hub" "$word"
		[[ $output == "lmp: '$word' is no name of a tool: "* ]]
		run -1 put one.json "$word"
		[ ! -e hub ]
	done
	# Rather a file's.
	run -1 "$LMP" run --hub "file://$T/hub" tool.json
	[[ $output == "lmp: cannot open 'tool.json'"* ]]
	echo hello >text
	run -1 put text tool
	[ "$output" = "lmp: 'text' is no package and no Wasm module" ]
	run -1 put none tool
	run -1 "$LMP" push --hub https://www.example/hub one.json tool
	[[ $output == "lmp: 'https://www.example/hub' is a web server, which takes nothing: "* ]]
	run -2 "$LMP" push --hub "file://$T/hub"
	run -2 "$LMP" pull --hub "file://$T/hub" a b
	run -2 "$LMP" list x
}

@test "a hub that says nothing is not waited for" {
	need program:python3
	put one.json tool
	start python3 -uc 'import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print("port", s.getsockname()[1])
while True:
	time.sleep(1000)'
	wait_for '^port '
	port=$(sed 's/port //' "$OUT")
	run --separate-stderr "$LMP" pull --hub-timeout 1 \
		--hub "http://127.0.0.1:$port" --hub "file://$T/hub" tool
	[ "$status" = 0 ]
	cmp one.json tool.json
	[ "${stderr_lines[0]}" = "download with curl: http://127.0.0.1:$port/tool/app.wasm" ]
	[[ ${stderr_lines[1]} == "lmp: 'http://127.0.0.1:$port/tool/app.wasm': "*"timed out"* ]]
	[ "${#stderr_lines[@]}" = 2 ]
}

@test "a hub that is too busy is not waited for longer than that" {
	need program:python3
	put one.json tool
	start python3 -uc 'import http.server
class Busy(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		print("asked")
		self.send_response(503)
		self.send_header("Retry-After", "25")
		self.send_header("Content-Length", "0")
		self.end_headers()
s = http.server.HTTPServer(("127.0.0.1", 0), Busy)
print("port", s.server_address[1])
s.serve_forever()'
	wait_for '^port '
	port=$(sed -n 's/port //p' "$OUT")
	run --separate-stderr -0 "$LMP" pull --hub-timeout 10 \
		--hub "http://127.0.0.1:$port" --hub "file://$T/hub" tool
	cmp one.json tool.json
	[ "${stderr_lines[1]}" = "lmp: 'http://127.0.0.1:$port/tool/app.wasm': the server answers 503" ]
	[ "$(grep -c asked "$OUT")" = 1 ]
}

@test "a hub's limit is one for all tries" {
	need program:python3
	# Four answers take longer than that, each is in time.
	start python3 -uc 'import http.server, time
class Slow(http.server.BaseHTTPRequestHandler):
	def do_GET(self):
		time.sleep(2)
		self.send_response(503)
		self.send_header("Retry-After", "0")
		self.send_header("Content-Length", "0")
		self.end_headers()
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
print("port", s.server_address[1])
s.serve_forever()'
	wait_for '^port '
	port=$(sed -n 's/port //p' "$OUT")
	run --separate-stderr -1 "$LMP" pull --hub-timeout 3 \
		--hub "http://127.0.0.1:$port" tool
	[[ $stderr == *"lmp: 'http://127.0.0.1:$port/tool/app.wasm': "*"timed out"* ]]
}

@test "how often and for how long a hub is asked" {
	put one.json tool
	printf 'HTTP/1.1 200 OK\r\n' >half
	printf 'no' | raw busy '503 Service Unavailable' 'Retry-After: 0'
	answer "=busy"
	for command in pull run; do
		run -1 "$LMP" $command --retries 0 --hub "http://$ANSWER" tool
		[[ $output == *"': the server answers 503"* ]]
	done
	[ "$(grep -c '^GET' "asked.$servers")" = 2 ]
	answer "hang:=half"
	run --separate-stderr -0 "$LMP" pull --read-timeout 1 --hub-timeout 1h \
		--hub "http://$ANSWER" --hub "file://$T/hub" tool
	cmp one.json tool.json
	[[ $stderr == *"lmp: 'http://$ANSWER/tool/app.wasm': nothing comes any more: try again later"* ]]
}

@test "a namespace of a registry is a hub" {
	registry
	hub=oci://$REGISTRY/me/tools
	echo '{"license":"MIT","description":"Two of them"}' >config.json
	run -0 "$LMP" push --hub "$hub" two.json tool:1
	[[ $output == "$REGISTRY/me/tools/tool:1@sha256:"* ]]
	"$LMP" push --hub "$hub" one.json tool:2
	"$LMP" push --hub "$hub" other
	"$LMP" push --hub "oci://$REGISTRY/me" one.json third
	[ "$(skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/me/tools/tool:1" |
		jq -r '.annotations["org.opencontainers.image.licenses"]')" = MIT ]
	# A signature is no version.
	"$ECLI" keygen me
	"$ECLI" sign --key me.key "$REGISTRY/me/tools/tool:2"
	run -0 "$LMP" list --hub "$hub"
	[ "$output" = "NAME   VERSIONS  DESCRIPTION  HUB
other  latest    Two of them  $hub
tool   1 2       Two of them  $hub" ]
	run --separate-stderr -0 "$LMP" pull --hub "$hub" tool:2
	[ "$stderr" = "pull: $REGISTRY/me/tools/tool:2" ]
	cmp one.json tool.json
	run --separate-stderr -0 "$LMP" pull --hub "$hub" other
	cmp app.wasm other.wasm
	run --separate-stderr -1 "$LMP" pull --hub "$hub" tool
	[[ $stderr == *"has no 'latest' of 'me/tools/tool' (404)"*"lmp: no hub has 'tool:latest'" ]]
	# A tag may stand for another one the next time.
	"$LMP" push --hub "$hub" two.json tool:2
	run -0 --separate-stderr "$LMP" run --hub "$hub" tool:2 --help
	[[ $output == "Show signals"* ]]
	# And without the registry there is what was pulled.
	stop_registry
	run -0 --separate-stderr "$LMP" run --hub "$hub" tool:2 --help
	[[ $output == "Show signals"* ]]
	[[ $stderr == *": what was pulled before is taken" ]]
	run -1 "$LMP" list --hub "$hub"
	run -2 "$LMP" list --hub oci://
}

@test "a registry with more names than a page has" {
	registry 'catalog: {maxentries: 4}'
	hub=oci://$REGISTRY/many
	"$LMP" push --hub "$hub" one.json a0:1
	for i in $(seq 1 9); do
		skopeo copy -q --src-tls-verify=false --dest-tls-verify=false \
			"docker://$REGISTRY/many/a0:1" "docker://$REGISTRY/many/a$i:1"
	done
	run -0 "$LMP" list --hub "$hub" -j
	[ "$(jq -r '.[].name' <<<"$output" | sort | tr '\n' ' ')" = \
		"a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 " ]
}

@test "pages in whatever words, and registries that have none" {
	printf '{"repositories":["a/x"]}' | raw first '200 OK' \
		'Link: </v2/_catalog?first>; rel="prev", <http://other/v2/_catalog?second>; title="a, b"; rel=next'
	printf '{"repositories":["a/y"]}' | raw second '200 OK' \
		'Link: </v2/_catalog?first>; rel="first"' \
		'Link: </v2/_catalog?third>; rel="next"'
	printf '{"repositories":["a/z","b/x"]}' | raw third '200 OK' \
		'Link: </v2/_catalog?next>; rel="last"'
	printf '{"tags":["1"]}' | raw tags '200 OK'
	: | raw none '404 Not Found'
	answer '?second=second' '?third=third' _catalog=first tags=tags tags=tags tags=tags =none
	run -0 "$LMP" list --hub "oci://$ANSWER/a" -j
	[ "$(jq -r '.[].name' <<<"$output" | xargs)" = 'x y z' ]
	[ "$(grep -c '^GET /v2/_catalog' "asked.$servers")" = 3 ]
	printf '{"errors":[{"message":"not here"}]}' | raw none '404 Not Found'
	: | raw denied '403 Forbidden'
	: | raw busy '500 Oh'
	answer =none
	run -1 "$LMP" list --hub "oci://$ANSWER/a"
	[ "${lines[0]}" = "lmp: '$ANSWER' gives no list of its repositories (404), as a registry need not: what is there can be had by its name" ]
	answer =denied
	run -1 "$LMP" list -u me -p x --hub "oci://$ANSWER/a"
	[ "${lines[0]}" = "lmp: '$ANSWER' does not show its list of repositories to 'me' (403): what is there can be had by its name" ]
	answer =busy
	run -1 "$LMP" list --retries 0 --hub "oci://$ANSWER/a"
	[[ ${lines[0]} == "lmp: '$ANSWER' does not list 'a/x': 500: try again later" ]]
}

@test "the pages of a hub: links that are there, nothing from elsewhere" {
	cd "$ROOT"
	run -0 scripts/hub "$EXAMPLES/hub" "$T/pages" "$LMP" "$ECLI"
	[ "$output" = "$T/pages: 10 tools" ]
	cd "$T/pages"
	[ "$(jq -r '.tools[].name' index.json | tr '\n' ' ')" = \
		"biolatency execsnoop exitsnoop opensnoop procstat profile runqlat sigsnoop tcpconnect tcpstates " ]
	pages=$(find . -name index.html)
	[ "$(wc -l <<<"$pages")" = 11 ]
	links=0
	for page in $pages; do
		run ! grep -nE 'src=|url\(|@import|<script|<link|href="[a-z]+:' "$page"
		while read -r link; do
			[ -e "${page%/*}/$link" ] || { echo "$page: $link"; false; }
			links=$((links + 1))
		done < <(grep -o 'href="[^"]*"' "$page" | sed 's/href="//; s/"$//')
	done
	[ $links = 30 ]
	# A digest that a page names is that of the file.
	grep -qF "$(sha256sum <sigsnoop/package.json | cut -d' ' -f1)" sigsnoop/index.html
	grep -qF '<td><code>--sig</code></td><td>int</td><td>0</td>' sigsnoop/index.html
	grep -qF '<td>tpid</td><td>int</td><td>the receiver; ' sigsnoop/index.html
	# Once more: nothing is there twice.
	cp index.json ../before
	cd "$ROOT"
	scripts/hub "$EXAMPLES/hub" "$T/pages" "$LMP" "$ECLI"
	cmp "$T/pages/index.json" "$T/before"
}

@test "what tools say of themselves is text in the pages" {
	mkdir -p hub/x packages/x
	cp one.json packages/x/package.json
	echo '{"name":"x","version":"1","description":"<b>&\"bold\"</b>"}' >hub/x/config.json
	cp hub/x/config.json packages/x
	printf '# <i>\n\nA `<tag>` & more\n\n    code <pre>\n\n- one\n- `two`\n' >hub/x/README.md
	"$ROOT/scripts/hub" packages "$T/pages" "$LMP" "$ECLI"
	run ! grep -E '<(b|i|tag)>' pages/index.html pages/x/index.html
	grep -qF '<td>&lt;b&gt;&amp;&quot;bold&quot;&lt;/b&gt;</td>' pages/index.html
	grep -qF '<p>A <code>&lt;tag&gt;</code> &amp; more</p>' pages/x/index.html
	grep -qF '<pre>code &lt;pre&gt;</pre>' pages/x/index.html
	grep -qF '<li><code>two</code></li>' pages/x/index.html
}
