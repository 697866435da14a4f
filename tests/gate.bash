# SPDX-License-Identifier: MIT
#
# A gate in front of a registry, for what the real one here does not do:
#
#	load ../gate
#	gate old	it knows no artifacts, and says so as registries from
#			before these do
#	gate large	it wants pieces of 12 MiB at least, and says so
#
# $GATE is its HOST:PORT, and "asked" a file with a line for each request.

gate() {
	cat >"$T/gate.py" <<-'END'
		import http.client, http.server, json, sys

		how, registry = sys.argv[1:]
		LEAST = 12 << 20

		class Gate(http.server.BaseHTTPRequestHandler):
		    def answer(self, status, headers, body):
		        self.send_response(status)
		        for name, value in headers:
		            self.send_header(name, value)
		        self.end_headers()
		        self.wfile.write(body)

		    def refuse(self, body):
		        if how != 'old' or self.command != 'PUT' or \
		           '/manifests/' not in self.path or \
		           'artifactType' not in json.loads(body):
		            return False
		        error = b'{"errors":[{"code":"MANIFEST_INVALID","message":"unknown field"}]}'
		        self.answer(400, [('Content-Length', str(len(error)))], error)
		        return True

		    def pass_on(self):
		        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
		        with open('asked', 'a') as log:
		            print(self.command, self.path, len(body), file=log)
		        if self.refuse(body):
		            return
		        there = http.client.HTTPConnection(registry)
		        there.request(self.command, self.path, body, dict(self.headers))
		        said = there.getresponse()
		        headers = said.getheaders()
		        if how == 'large' and self.command == 'POST':
		            headers.append(('OCI-Chunk-Min-Length', str(LEAST)))
		        self.answer(said.status, headers, said.read())

		    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = pass_on

		server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Gate)
		print('ready', server.server_address[1], flush=True)
		server.serve_forever()
	END
	start python3 "$T/gate.py" "$1" "$REGISTRY"
	wait_for '^ready' "$OUT"
	GATE=127.0.0.1:$(sed -n 's/ready //p' "$OUT")
}
