# SPDX-License-Identifier: MIT
#
# An authority for certificates, for scenarios that have loaded helper and
# registry. With TLS=1 the registry has $T/tls.pem and $T/tls.key; with
# CLIENTS=FILE it wants to see a certificate of that authority.

# authority NAME: NAME.pem and NAME.key, which may sign others.
authority() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -days 2 \
		-keyout "$1.key" -out "$1.pem" \
		-addext basicConstraints=critical,CA:true 2>openssl.log
}

# certificate AUTHORITY NAMES [DAYS]: tls.pem and tls.key for these names, in
# the form of subjectAltName; -1 days: it has expired.
certificate() {
	openssl req -newkey rsa:2048 -nodes -subj /CN=server \
		-keyout tls.key -out tls.csr 2>openssl.log
	printf 'subjectAltName=%s\n' "$2" >tls.ext
	openssl x509 -req -in tls.csr -CA "$1.pem" -CAkey "$1.key" \
		-CAcreateserial -days "${3:-2}" -extfile tls.ext -out tls.pem \
		2>openssl.log
}
