# SPDX-License-Identifier: MIT
#
# A real registry on a port of its own, for scenarios that need one:
#
#	load ../registry
#	registry [LINE OF ITS CONFIGURATION]...
#
# sets $REGISTRY to its HOST:PORT until stop_registry. What is pulled goes to a store of the test's.

export EUNOMIA_STORE

registry() {
	need program:docker-registry program:skopeo
	EUNOMIA_STORE=$T/store
	local tls=
	registries=$((${registries:-0} + 1))
	[ -z "${TLS:-}" ] ||
		tls=", tls: {certificate: $T/tls.pem, key: $T/tls.key${CLIENTS:+, clientcas: [$CLIENTS]}}"
	{
		printf '%s\n' 'version: 0.1' 'log: {level: info}' \
			"storage: {filesystem: {rootdirectory: $T/registry}, delete: {enabled: true}}" \
			"http: {addr: '127.0.0.1:0'$tls}" "$@"
	} >"$T/registry.$registries.yml"
	start docker-registry serve "$T/registry.$registries.yml"
	REGISTRY_PID=$PID
	wait_for 'listening on 127' "$ERR"
	REGISTRY=$(sed -n 's/.*listening on \(127[0-9.:]*\).*/\1/p' "$ERR")
}

stop_registry() {
	kill "$REGISTRY_PID"
	wait "$REGISTRY_PID" || :
}

# web FOLDER: a web server of it, $WEB its HOST:PORT, what it answered in web.log.
web() {
	# Not of a server before this one.
	: >"$T/web.out"
	(cd "$1" && exec python3 -u -m http.server --bind 127.0.0.1 0) \
		>"$T/web.out" 2>"$T/web.log" 3>&- &
	children+=($!)
	wait_for 'Serving HTTP' "$T/web.out"
	WEB=127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$T/web.out")
}

# accounts NAME PASSWORD: the lines of a configuration that lets this one in.
accounts() {
	perl -e 'print "$ARGV[0]:", crypt($ARGV[1], q($2y$05$abcdefghijklmnopqrstuu)), "\n"' \
		"$1" "$2" >"$T/accounts"
	printf 'auth: {htpasswd: {realm: here, path: %s}}\n' "$T/accounts"
}

# own_folders: the store and the caches are the test's.
own_folders() {
	export EUNOMIA_STORE=$T/store XDG_CACHE_HOME=$T/cache
	mkdir -m 700 "$T/cache"
}
