# SPDX-License-Identifier: MIT
#
# Wires that break and servers that misbehave (tests/obj/proxy.c), for scenarios
# that have loaded helper and registry.

# forward HOST:PORT: what leads there; $WIRE is its HOST:PORT. "say FAULT" breaks
# it and sets $DOWN and $UP, how much has passed since the last time.
forward() {
	wires=$((${wires:-0} + 1))
	mkfifo "$T/say.$wires" "$T/said.$wires"
	"$OBJ/proxy" forward "${1##*:}" <"$T/say.$wires" >"$T/said.$wires" 3>&- &
	WIRE_PID=$!
	children+=("$WIRE_PID")
	exec {SAY}>"$T/say.$wires" {SAID}<"$T/said.$wires"
	read -r -t "$PATIENCE" -u "$SAID" WIRE
}

say() {
	printf '%s\n' "$*" >&"$SAY"
	read -r -t "$PATIENCE" -u "$SAID" _ DOWN UP
}

# raw FILE STATUS [HEADER]...: an answer with the body on standard input.
raw() {
	local file=$1

	cat >"$file.body"
	{
		printf 'HTTP/1.1 %s\r\n' "${@:2}"
		printf 'Connection: close\r\nContent-Length: %d\r\n\r\n' \
			"$(stat -c %s "$file.body")"
		cat "$file.body"
	} | sed '2,/^\r$/s/^HTTP\/1.1 //' >"$file"
}

# answer RULE...: a server that answers so; $ANSWER is its HOST:PORT, and
# $T/asked.N has what the Nth of them was asked.
answer() {
	servers=$((${servers:-0} + 1))
	start "$OBJ/proxy" answer "$T/asked.$servers" "$@"
	wait_for '^127[0-9.]*:[0-9]+$'
	ANSWER=$(<"$OUT")
}

digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d' ' -f1)"; }

# image FILE: answers m, c and l: the manifest, the config and the layer of one
# that has this file.
image() {
	LAYER=$(digest "$1")
	# Not "{}", which nobody has to be asked for.
	printf '{ }' >config
	CONFIG=$(digest config)
	printf '{"config":{"mediaType":"a/b","digest":"%s","size":3},"layers":[{"mediaType":"application/vnd.wasm.content.layer.v1+wasm","digest":"%s","size":%d}]}' \
		"$CONFIG" "$LAYER" "$(stat -c %s "$1")" >manifest
	raw m '200 OK' <manifest
	raw c '200 OK' <config
	raw l '200 OK' <"$1"
}

# clean: nothing is in the store but whole blobs under their own digest. Says
# what is.
clean() {
	local sum name

	if [ -e "$EUNOMIA_STORE/index.json" ]; then
		echo 'there is an index'
		return 1
	fi
	[ -d "$EUNOMIA_STORE/blobs/sha256" ] || return 0
	for name in $(ls -A "$EUNOMIA_STORE/blobs/sha256"); do
		sum=$(digest "$EUNOMIA_STORE/blobs/sha256/$name")
		if [ "$sum" != "sha256:$name" ]; then
			echo "$name has $sum"
			return 1
		fi
	done
}

# refused WORDS COMMAND...: it fails with one line that has them, and leaves
# nothing behind. Also to be asked by "if".
refused() {
	run "${@:2}"
	printf '%s\n' "$status: $output"
	[ "$status" = 1 ] && [ ${#lines[@]} = 1 ] &&
		[[ $output == "ecli: "*"$1"* ]] && clean
}
