#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tls.py CERTIFICATE KEY CLIENTS LOG PORT [required]: TLS in front of PORT.

It listens on a free port of 127.0.0.1, which it prints, and passes on what
comes there to PORT of this machine, in the clear. Who connects is asked for a
certificate of the authority CLIENTS; "required": nobody gets on without one.
LOG has a line for each that has come: the name in its certificate, "-" where it
has shown none, or "refused". Who is refused may read why in peace: it is the
other end that closes.
"""
import os
import select
import socket
import ssl
import sys
import threading

CERTIFICATE, KEY, CLIENTS, LOG, PORT = sys.argv[1:6]
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(CERTIFICATE, KEY)
CONTEXT.load_verify_locations(CLIENTS)
CONTEXT.verify_mode = ssl.CERT_REQUIRED if sys.argv[6:] else ssl.CERT_OPTIONAL


def log(line):
    with open(LOG, 'a') as f:
        f.write(line + '\n')


def name(cert):
    return dict(x[0] for x in cert['subject'])['commonName'] if cert else '-'


def relay(client, server):
    while True:
        ready = [client]
        if not client.pending():
            ready = select.select([client, server], [], [])[0]
        for end in ready:
            data = end.recv(16384)
            if not data:
                return
            (server if end is client else client).sendall(data)


def serve(plain):
    with CONTEXT.wrap_socket(plain, server_side=True,
                             do_handshake_on_connect=False) as client:
        try:
            client.do_handshake()
        except OSError:
            log('refused')
            while os.read(client.fileno(), 4096):
                pass
            return
        log(name(client.getpeercert()))
        with socket.create_connection(('127.0.0.1', PORT)) as server:
            relay(client, server)


listening = socket.create_server(('127.0.0.1', 0))
print('127.0.0.1:%d' % listening.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=[listening.accept()[0]],
                     daemon=True).start()
