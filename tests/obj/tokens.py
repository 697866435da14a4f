#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokens.py KEY CERTIFICATE LOG: a server of tokens for a registry.

It listens on a free port of 127.0.0.1, which it prints, and signs tokens (JWT,
RS256) by KEY. Who says me:secret may pull and push anything but what is below
locked/, others pull what is below public/. Who asks for an offline token gets one, and who shows that one
(grant_type=refresh_token) is me. LOG has a line for each request: the method,
what was asked for, sorted, and who asked.
"""
import base64
import http.server
import json
import subprocess
import sys
import time
import urllib.parse

KEY, CERTIFICATE, LOG = sys.argv[1:]
OFFLINE = 'a token that stands for me'


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def sign(claims):
    with open(CERTIFICATE) as f:
        der = ''.join(f.read().split('-----')[2].split())
    head = {'typ': 'JWT', 'alg': 'RS256', 'x5c': [der]}
    body = '.'.join(text(json.dumps(x).encode()) for x in (head, claims))
    signature = subprocess.run(
        ['openssl', 'dgst', '-sha256', '-sign', KEY], input=body.encode(),
        stdout=subprocess.PIPE, check=True).stdout
    return body + '.' + text(signature)


def access(scopes, who):
    for scope in ' '.join(scopes).split():
        kind, name, actions = scope.split(':')
        if name.startswith('locked/'):
            actions = ''
        elif who != 'me':
            actions = 'pull' if name.startswith('public/') else ''
        yield {'type': kind, 'name': name,
               'actions': [a for a in actions.split(',') if a]}


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self, status, j):
        body = json.dumps(j).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, asked, who):
        with open(LOG, 'a') as f:
            words = (f'{k}={v}' for k in sorted(asked) for v in asked[k])
            print(self.command, *words, who or '-', file=f)
        if who is None:
            return self.answer(401, {'errors': []})
        now = int(time.time())
        token = sign({
            'iss': 'tokens', 'sub': who, 'aud': asked['service'][0],
            'exp': now + 300, 'nbf': now - 10, 'iat': now, 'jti': str(now),
            'access': list(access(asked.get('scope', []), who))})
        j = {'token': token, 'access_token': token, 'expires_in': 300}
        if who == 'me' and asked.get('offline_token') == ['true']:
            j['refresh_token'] = OFFLINE
        self.answer(200, j)

    def do_GET(self):
        asked = urllib.parse.parse_qs(self.path.partition('?')[2])
        who = self.headers.get('Authorization', '')
        if who.startswith('Basic '):
            said = base64.b64decode(who[6:]).decode()
            self.give(asked, 'me' if said == 'me:secret' else None)
        else:
            self.give(asked, '')

    def body(self):
        n = self.headers['Content-Length']
        if n is not None:
            return self.rfile.read(int(n))
        body = b''
        while n != 0:  # in pieces
            n = int(self.rfile.readline(), 16)
            body += self.rfile.read(n)
            self.rfile.readline()
        return body

    def do_POST(self):
        asked = urllib.parse.parse_qs(self.body().decode())
        known = (asked.pop('refresh_token', None) == [OFFLINE] and
                 asked['grant_type'] == ['refresh_token'])
        self.give(asked, 'me' if known else None)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
print(f'127.0.0.1:{server.server_port}', flush=True)
server.serve_forever()
