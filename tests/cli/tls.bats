#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Registries with certificates, with tokens, and behind proxies.

load ../helper
load ../registry
load ../faults
load ../tls

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need program:openssl
	export EUNOMIA_STORE=$T/store HOME=$T
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME
	unset http_proxy https_proxy all_proxy no_proxy
	unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE
	printf '\0asm\1\0\0\0' >app.wasm
}

@test "a registry with a certificate of an authority of one's own" {
	authority ours
	authority other
	certificate ours IP:127.0.0.1
	TLS=1 registry
	"$ECLI" push --cacert ours.pem "$REGISTRY/a"
	"$ECLI" pull --cacert ours.pem "$REGISTRY/a" -o back
	cmp app.wasm back
	SSL_CERT_FILE=$T/ours.pem "$ECLI" pull --cacert ours.pem "$REGISTRY/a" -o back
	"$ECLI" pull --cacert <(cat ours.pem) "$REGISTRY/a" -o back
	"$ECLI" pull --insecure "$REGISTRY/a" -o back
	rm -r store
	refused 'its certificate is of an authority that is not known here: name it by --cacert or $SSL_CERT_FILE' \
		"$ECLI" pull --cacert other.pem "$REGISTRY/a" -o none
	# No authorities: which file, and why.
	echo hello >text
	while IFS='|' read -r file words; do
		for from in "$REGISTRY/a" "https://$REGISTRY/a"; do
			refused "$words" "$ECLI" run --cacert "$file" "$from"
		done
	done <<-'END'
		none.pem|cannot open 'none.pem': No such file or directory
		.|cannot read '.': Is a directory
		ours.key|'ours.key' has no certificate in PEM in it
		text|'text' has no certificate in PEM in it
	END
	# What cannot be read of the system's is not there.
	SSL_CERT_FILE=none.pem "$ECLI" pull --cacert ours.pem "$REGISTRY/a" -o back
	rm -r store
	# It wants TLS, whatever it is asked for.
	local wants="'$REGISTRY' wants TLS: give --cacert FILE or --insecure, or have its authority in certs.d (docs/oci.md), and no --plain-http"
	refused "$wants" "$ECLI" pull "$REGISTRY/a" -o none
	refused "$wants" "$ECLI" push "$REGISTRY/a"
	refused "$wants" "$ECLI" login -u me -p secret "$REGISTRY"
	[ ! -e .docker ]
	run -1 "$LMP" list --hub "oci://$REGISTRY"
	[[ $output == *"$wants"* ]]
	# The same by its address.
	run -1 "$ECLI" run "https://$REGISTRY/v2/"
	[[ $output == *'is of an authority that is not known here'* ]]
	SSL_CERT_FILE=$T/ours.pem run -1 "$ECLI" run "https://$REGISTRY/v2/none"
	[[ $output == *"answers 404" ]]
}

# with_authority_at FILE [OPTION]...: in a system that has nothing in /etc but our
# authority, there.
with_authority_at() {
	unshare -m sh -e -c 'mount -t tmpfs tmpfs /etc
		install -D ours.pem "/etc/$1"
		shift
		exec "$@"' sh "$1" "$ECLI" run "${@:2}" "https://$REGISTRY/v2/none"
}

@test "authorities of the system, wherever it keeps them" {
	need root program:unshare
	authority other
	authority ours
	certificate ours IP:127.0.0.1
	TLS=1 registry
	for at in ssl/certs/ca-certificates.crt pki/tls/certs/ca-bundle.crt \
		ssl/ca-bundle.pem ssl/cert.pem \
		"ssl/certs/$(openssl x509 -hash -noout -in ours.pem).0"; do
		run -1 with_authority_at "$at"
		[[ $output == *'answers 404' ]]
		# One's own is another.
		run -1 with_authority_at "$at" --cacert other.pem
		[[ $output == *'answers 404' ]]
	done
	run -1 with_authority_at ssl/none.pem
	[[ $output == *'is of an authority that is not known here'* ]]
}

@test "certificates that are not right" {
	authority ours
	certificate ours DNS:other.example
	TLS=1 registry
	refused 'its certificate is for another host' \
		"$ECLI" push --cacert ours.pem "$REGISTRY/a"
	"$ECLI" push --insecure "$REGISTRY/a"
	certificate ours IP:127.0.0.1 -1
	TLS=1 registry
	refused 'its certificate has expired: whose it is has to renew it' \
		"$ECLI" push --cacert ours.pem "$REGISTRY/a"
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -days 2 \
		-keyout tls.key -out tls.pem -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	TLS=1 registry
	refused 'its certificate is of an authority that is not known here' \
		"$ECLI" push --cacert ours.pem "$REGISTRY/a"
	"$ECLI" push --cacert tls.pem "$REGISTRY/a"
	# What speaks no TLS.
	registry
	refused 'it does not speak TLS (--plain-http is for those)' \
		"$ECLI" push --cacert ours.pem "$REGISTRY/a"
	"$ECLI" push --plain-http --cacert ours.pem "$REGISTRY/a"
}

@test "certificates of certs.d, as podman has them" {
	local folder wrong

	authority clients
	certificate clients DNS:me
	mv tls.pem me.cert
	mv tls.key me.key
	authority ours
	certificate ours IP:127.0.0.1
	TLS=1 registry
	folder=.config/containers/certs.d/$REGISTRY
	mkdir -p "$folder"
	# No plain HTTP to this machine then, and nobody is known yet.
	refused 'its certificate is of an authority that is not known here' \
		"$ECLI" push "$REGISTRY/a"
	cp clients.pem "$folder/clients.crt"
	ln -s none "$folder/none.crt"
	echo hello >"$folder/README"
	refused 'its certificate is of an authority that is not known here' \
		"$ECLI" push "$REGISTRY/a"
	cp ours.pem "$folder/ca.crt"
	"$ECLI" push "$REGISTRY/a"
	"$ECLI" pull "$REGISTRY/a" -o back
	cmp app.wasm back
	skopeo copy -q "docker://$REGISTRY/a" dir:copy
	rm -r store
	refused "'$REGISTRY' wants TLS:" \
		"$ECLI" push --plain-http "$REGISTRY/b"
	# One that wants to know who asks.
	TLS=1 CLIENTS=$T/clients.pem registry
	mkdir -p ".config/containers/certs.d/$REGISTRY"
	folder=.config/containers/certs.d/$REGISTRY
	cp ours.pem "$folder/ca.crt"
	run -1 "$ECLI" push --retries 0 "$REGISTRY/b"
	cp me.cert me.key "$folder"
	"$ECLI" push "$REGISTRY/b"
	"$ECLI" pull "$REGISTRY/b" -o back
	skopeo copy -q "docker://$REGISTRY/b" dir:copy
	# Not as it should be.
	rm -r store "$folder/me.key"
	refused "me.cert' has no key beside it, 'me.key' (authorities are called *.crt)" \
		"$ECLI" pull "$REGISTRY/b" -o none
	mv "$folder/me.cert" "$folder/me.key"
	refused "me.key' has no certificate beside it, 'me.cert'" \
		"$ECLI" pull "$REGISTRY/b" -o none
	cp me.cert "$folder"
	for wrong in tls.key app.wasm; do
		cp "$wrong" "$folder/me.key"
		refused "me.key' is not the key of the certificate beside it, or wants a password" \
			"$ECLI" pull "$REGISTRY/b" -o none
	done
	openssl pkey -in me.key -aes256 -passout pass:x -out "$folder/me.key"
	refused "or wants a password" "$ECLI" pull "$REGISTRY/b" -o none
	echo hello >"$folder/me.cert"
	refused "me.cert' is no certificate in PEM" "$ECLI" pull "$REGISTRY/b" -o none
	rm "$folder"/me.*
	echo hello >"$folder/ca.crt"
	refused 'the authorities of its certs.d are no certificates in PEM' \
		"$ECLI" pull "$REGISTRY/b" -o none
}

@test "certs.d of what may not be read, and of another user" {
	need root
	folder=home/.config/containers/certs.d/localhost:1
	mkdir -p "$folder"
	echo hello >"$folder/ca.crt"
	chmod 600 "$folder/ca.crt"
	chmod 755 "$T" "$BATS_RUN_TMPDIR" "$(dirname "$T")"
	install -d -o 65534 theirs
	other=(env HOME="$T/home" EUNOMIA_STORE="$T/theirs" setpriv --reuid=65534
		--clear-groups "$ECLI" inspect --retries 0 localhost:1/x)
	run -1 "${other[@]}"
	[[ $output == *"ca.crt': Permission denied"* ]]
	chmod 700 home
	run -1 "${other[@]}"
	[[ $output != *"Permission denied"* && $output == *"http://localhost:1/"* ]]
}

@test "certificates of certs.d in /etc" {
	local etc

	need root program:unshare
	authority ours
	certificate ours IP:127.0.0.1
	TLS=1 registry
	for etc in /etc/docker /etc/containers; do
		unshare -m bash -ec 'mount -t tmpfs none /etc
			mkdir -p "$1/certs.d/$2" && cp ours.pem "$1/certs.d/$2/ca.crt"
			exec "$0" push "$2/a"' "$ECLI" "$etc" "$REGISTRY"
	done
	refused "'$REGISTRY' wants TLS:" "$ECLI" push "$REGISTRY/a"
}

@test "who we are by a certificate is said to one host alone" {
	local at other

	authority clients
	certificate clients DNS:me
	mv tls.pem me.cert
	mv tls.key me.key
	authority ours
	certificate ours IP:127.0.0.1
	image app.wasm
	# Two that ask for one, and take none as well.
	start openssl s_server -accept 127.0.0.1:0 -www -cert tls.pem -key tls.key \
		-verify 1 -CAfile clients.pem
	wait_for '^ACCEPT 127'
	other=$(sed -n 's/^ACCEPT //p' "$OUT") saw=$ERR
	mkdir -p v2/a/manifests
	printf 'HTTP/1.1 302 Found\r\nLocation: https://%s/\r\nContent-Length: 0\r\n\r\n' \
		"$other" >v2/a/manifests/latest
	start openssl s_server -accept 127.0.0.1:0 -HTTP -cert tls.pem -key tls.key \
		-verify 1 -CAfile clients.pem
	wait_for '^ACCEPT 127'
	at=$(sed -n 's/^ACCEPT //p' "$OUT")
	for name in "$at" "$other"; do
		mkdir -p ".config/containers/certs.d/$name"
		cp ours.pem ".config/containers/certs.d/$name/ca.crt"
		cp me.cert me.key ".config/containers/certs.d/$name"
	done
	run -1 "$ECLI" pull "$at/a" -o none
	[[ $output == *"'$at' gives a web page for 'a'"* ]]
	grep '^depth=0 CN *= *server' "$ERR"
	run ! grep '^depth=' "$saw"
	# Unless that is asked for itself.
	run -1 "$ECLI" pull "$other/a" -o none
	[[ $output == *"'$other' gives a web page for 'a'"* ]]
	grep '^depth=0 CN *= *server' "$saw"
}

# terminate NAME PORT [required]: TLS with tls.pem in front of PORT; $TERMINATED
# is its HOST:PORT, and NAME.log says who has come.
terminate() {
	need program:python3
	start python3 "$ROOT/tests/obj/tls.py" tls.pem tls.key clients.pem \
		"$1.log" "${@:2}"
	wait_for '^127'
	TERMINATED=$(<"$OUT")
}

@test "a proxy with TLS has nothing of certs.d" {
	local folder=.config/containers/certs.d/my.registry.invalid authorities

	authority clients
	certificate clients DNS:me
	mv tls.pem me.cert
	mv tls.key me.key
	authority proxies
	authority ours
	certificate ours DNS:my.registry.invalid
	REGISTRY_HTTP_HOST=https://my.registry.invalid registry
	terminate registry "${REGISTRY##*:}"
	certificate proxies IP:127.0.0.1
	start "$OBJ/proxy" tunnel "$T/tunnelled" "${TERMINATED##*:}"
	wait_for '^127'
	terminate proxy "$(cut -d: -f2 "$OUT")"
	export https_proxy=https://$TERMINATED
	mkdir -p "$folder"
	cp me.cert me.key "$folder"
	cp ours.pem "$folder/ca.crt"
	SSL_CERT_FILE=$T/proxies.pem "$ECLI" push my.registry.invalid/a
	SSL_CERT_FILE=$T/proxies.pem "$ECLI" pull my.registry.invalid/a -o back
	cmp app.wasm back
	[ "$(sort -u registry.log)" = server ]
	[ "$(sort -u proxy.log)" = - ]
	# Nor do the registry's authorities vouch for it.
	rm -r store registry.log
	cp proxies.pem "$folder/proxies.crt"
	refused "the proxy's certificate is not trusted here" \
		"$ECLI" pull my.registry.invalid/a -o none
	[ ! -e registry.log ]
}

@test "a certificate that a registry does not take" {
	local folder name

	for name in clients others; do
		authority "$name"
		certificate "$name" DNS:me "$([ "$name" = others ] || echo -1)"
		mv tls.pem "$name.cert"
		mv tls.key "$name.client.key"
	done
	authority ours
	certificate ours IP:127.0.0.1
	# It is asked for nothing that it would have to pass on.
	terminate registry 1 required
	folder=.config/containers/certs.d/$TERMINATED
	mkdir -p "$folder"
	cp ours.pem "$folder/ca.crt"
	refused 'it wants a certificate of yours, as certs.d has them' \
		"$ECLI" pull "$TERMINATED/a" -o none
	# One of another authority, and one that has expired.
	for name in others clients; do
		cp "$name.cert" "$folder/me.cert"
		cp "$name.client.key" "$folder/me.key"
		refused 'it does not take your certificate of certs.d: is that the right one, and still valid?' \
			"$ECLI" pull "$TERMINATED/a" -o none
	done
	[ "$(sort -u registry.log)" = refused ]
}

@test "from TLS nothing leads to where there is none" {
	authority ours
	certificate ours IP:127.0.0.1
	image app.wasm
	answer "=l"
	mkdir -p v2/a/manifests
	printf 'HTTP/1.1 302 Found\r\nLocation: http://%s/x\r\nContent-Length: 0\r\n\r\n' \
		"$ANSWER" >v2/a/manifests/latest
	start openssl s_server -accept 127.0.0.1:0 -HTTP -cert tls.pem -key tls.key
	wait_for '^ACCEPT 127'
	at=$(sed -n 's/^ACCEPT //p' "$OUT")
	refused 'it leads to where there is no TLS, or no HTTP' \
		"$ECLI" pull --cacert ours.pem -u me -p secret "$at/a" -o none
	[ ! -e "asked.$servers" ]
	# Nor does a registry send for a token there.
	printf 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="http://%s/token"\r\nContent-Length: 0\r\n\r\n' \
		"$ANSWER" >v2/a/manifests/latest
	refused 'says not where to get a token, or not by https' \
		"$ECLI" pull --cacert ours.pem -u me -p secret "$at/a" -o none
	[ ! -e "asked.$servers" ]
}

@test "nor does an upload" {
	authority ours
	certificate ours IP:127.0.0.1
	image app.wasm
	answer "=l"
	TLS=1 REGISTRY_HTTP_HOST=http://$ANSWER registry
	run -1 "$ECLI" push --cacert ours.pem "$REGISTRY/a"
	[[ $output == *"'$REGISTRY' wants an upload where there is no TLS, or no HTTP" ]]
	[ ! -e "asked.$servers" ]
}

# with_tokens [LINE]...: a registry that leaves it to a server of tokens whom it
# lets in.
with_tokens() {
	need program:python3
	authority ours
	start python3 "$ROOT/tests/obj/tokens.py" ours.key ours.pem log
	wait_for '^127'
	registry "$@" "auth: {token: {realm: 'http://$(<"$OUT")/token', service: here, issuer: tokens, rootcertbundle: $T/ours.pem}}"
}

@test "tokens: anonymous, by password, and for what is done" {
	with_tokens
	refused "gives 'me' no token (401)" "$ECLI" push -u me -p wrong "$REGISTRY/public/a"
	refused "wants to know who you are: 'ecli login $REGISTRY'" \
		"$ECLI" push "$REGISTRY/public/a"
	rm log
	"$ECLI" push -u me -p secret "$REGISTRY/public/a"
	# One is enough for all of it.
	[ "$(cat log)" = 'GET scope=repository:public/a:pull,push service=here me' ]
	"$ECLI" push -u me -p secret "$REGISTRY/private/a"
	rm log
	"$ECLI" pull "$REGISTRY/public/a" -o back
	cmp app.wasm back
	[ "$(cat log)" = 'GET scope=repository:public/a:pull service=here -' ]
	rm -r store
	refused "wants to know who you are" "$ECLI" pull "$REGISTRY/private/a" -o none
	"$ECLI" pull -u me -p secret "$REGISTRY/private/a" -o back
	# Others are let in by the same.
	skopeo copy -q --src-tls-verify=false --src-creds me:secret \
		"docker://$REGISTRY/private/a" dir:copy
}

@test "tokens: login keeps one that stands for the password" {
	with_tokens
	run -1 "$ECLI" login -u me -p wrong "$REGISTRY"
	[[ $output == *"gives 'me' no token (401)" ]]
	rm log
	"$ECLI" login -u me -p secret "$REGISTRY"
	[ "$(cat log)" = 'GET client_id=eunomia offline_token=true service=here me' ]
	[ "$(jq -r ".auths[\"$REGISTRY\"].identitytoken" .docker/config.json)" = 'a token that stands for me' ]
	run ! grep -q "$(printf me:secret | base64)" .docker/config.json
	rm log
	"$ECLI" push "$REGISTRY/private/a"
	[ "$(cat log)" = 'POST client_id=eunomia grant_type=refresh_token scope=repository:private/a:pull,push service=here me' ]
	# Others know it, too.
	skopeo copy -q --src-tls-verify=false --authfile .docker/config.json \
		"docker://$REGISTRY/private/a" dir:copy
	sed -i 's/stands for me/stood for me/' .docker/config.json
	refused "takes the token of the last login no more (401): 'ecli login $REGISTRY'" \
		"$ECLI" pull "$REGISTRY/private/a" -o none
	"$ECLI" logout "$REGISTRY"
	refused "wants to know who you are" "$ECLI" pull "$REGISTRY/private/a" -o none
}

# requests METHOD PATH STATUS: how often the registry answered so.
requests() {
	grep 'response completed' "$LOG" | grep "http.request.method=$1 " |
		grep "http.request.uri=\"\?/v2/$2" | grep -c "http.response.status=$3 " || :
}

@test "tokens: for what another repository has" {
	with_tokens
	LOG=$ERR
	me=(-u me -p secret)
	"$ECLI" push "${me[@]}" "$REGISTRY/private/a"
	"$ECLI" pull "${me[@]}" "$REGISTRY/private/a" -o back
	rm log
	"$ECLI" push "${me[@]}" "$REGISTRY/private/b"
	# The second is for both, and for all that follows.
	[ "$(cat log)" = "GET scope=repository:private/b:pull,push service=here me
GET scope=repository:private/b:pull,push scope=repository:private/a:pull service=here me" ]
	[ "$(requests POST private/b/blobs/uploads 201)" = 2 ]
	[ "$(requests PUT private/b/blobs/uploads 201)" = 0 ]
	# As OAuth 2 has it there is one scope.
	"$ECLI" login "${me[@]}" "$REGISTRY"
	rm log
	"$ECLI" push "$REGISTRY/private/c"
	[ "$(tail -n 1 log)" = "POST client_id=eunomia grant_type=refresh_token scope=repository:private/c:pull,push repository:private/a:pull service=here me" ]
	[ "$(requests PUT private/c/blobs/uploads 201)" = 0 ]
	# Who may not read there sends it.
	"$ECLI" tag "$REGISTRY/private/a" "$REGISTRY/locked/a"
	"$ECLI" rm "$REGISTRY/private/a"
	rm log
	"$ECLI" push "$REGISTRY/private/d"
	[ "$(grep 'insufficient scope' "$LOG" | grep -c 'uri="/v2/private/d/blobs/uploads/?mount=')" = 1 ]
	[ "$(requests PUT private/d/blobs/uploads 201)" = 2 ]
	rm -r store
	"$ECLI" pull "$REGISTRY/private/d" -o back
	cmp app.wasm back
}

@test "tokens: for the list of what there is" {
	with_tokens 'catalog: {maxentries: 2}'
	hub=oci://$REGISTRY/public me=(-u me -p secret)
	for name in a b c; do
		"$ECLI" push "${me[@]}" "$REGISTRY/public/$name"
	done
	rm log
	run -0 "$LMP" list "${me[@]}" --hub "$hub" -j
	[ "$(jq -r '.[].name' <<<"$output" | xargs)" = 'a b c' ]
	# One is enough for all pages of it.
	[ "$(cat log)" = "GET scope=registry:catalog:* service=here me
GET scope=repository:public/a:pull service=here me
GET scope=repository:public/b:pull service=here me
GET scope=repository:public/c:pull service=here me" ]
	# What is there may be had, and is not shown.
	run -1 "$LMP" list --hub "$hub"
	[[ $output == "lmp: '$REGISTRY' wants to know who you are: 'ecli login $REGISTRY'"* ]] ||
	[[ $output == "lmp: '$REGISTRY' does not show its list of repositories to you (401): "* ]]
	"$LMP" pull --hub "$hub" a -o back
	cmp app.wasm back
}

@test "proxies of the environment" {
	registry
	forward "$REGISTRY"
	# A name that is nobody's but the proxy's.
	say pass
	http_proxy=http://$WIRE "$ECLI" push --plain-http my.registry.invalid/a
	say pass
	[ "$UP" -gt 500 ]
	HTTP_PROXY=http://$WIRE "$ECLI" pull --plain-http my.registry.invalid/a -o back
	cmp app.wasm back
	say pass
	[ "$UP" -gt 300 ]
	# To a program of a web server that is a header of somebody's.
	HTTP_PROXY=http://$WIRE REQUEST_METHOD=GET run -1 "$ECLI" pull --plain-http \
		my.registry.invalid/a -o none
	HTTP_PROXY=http://$WIRE NO_PROXY=.invalid run -1 "$ECLI" pull --plain-http \
		my.registry.invalid/a -o none
	[[ $output == *my.registry.invalid* ]]
	# This machine needs none.
	http_proxy=http://$WIRE "$ECLI" pull "$REGISTRY/a" -o back
	say pass
	[ "$UP" = 0 ]
	http_proxy=http://none.invalid run -1 "$ECLI" pull --plain-http x.invalid/a -o none
	[[ $output == *none.invalid*': is the name right, and is there a network?' ]]
}

@test "mirrors of registries.conf" {
	registry
	"$ECLI" push "$REGISTRY/copies/a"
	export CONTAINERS_REGISTRIES_CONF=$T/registries.conf
	cat >registries.conf <<-END
		[[registry]]
		prefix = "my.registry.invalid"
		[[registry.mirror]]
		location = "127.0.0.1:1"
		[[registry.mirror]]
		location = "$REGISTRY/copies"
	END
	# The first mirror is not there, and neither is what they are mirrors of.
	"$ECLI" pull my.registry.invalid/a -o back
	cmp app.wasm back
	"$ECLI" images -j | jq -e '.[].name == "my.registry.invalid/a:latest"'
	# What they do not have the registry itself is asked for.
	run -1 "$ECLI" pull my.registry.invalid/b -o none
	[[ $output == *"my.registry.invalid: is the name right"* ||
	   $output == *my.registry.invalid*': is the name right, and is there a network?' ]]
	# One is given nothing.
	run -1 "$ECLI" push my.registry.invalid/c
	sed -i "s|my.registry.invalid|$REGISTRY|; s|$REGISTRY/copies|127.0.0.1:1/x|" registries.conf
	"$ECLI" pull "$REGISTRY/copies/a" -o back
}

@test "through a proxy with TLS" {
	authority ours
	certificate ours DNS:my.registry.invalid
	TLS=1 registry
	start "$OBJ/proxy" tunnel "$T/tunnelled" "${REGISTRY##*:}"
	wait_for '^127'
	export https_proxy=http://$(<"$OUT")
	"$ECLI" push --cacert ours.pem my.registry.invalid/a
	HTTPS_PROXY=$https_proxy https_proxy= \
		"$ECLI" pull --cacert ours.pem my.registry.invalid/a -o back
	cmp app.wasm back
	grep -q '^CONNECT my.registry.invalid:443 ' tunnelled
	run ! grep -q 'v2' tunnelled
}
