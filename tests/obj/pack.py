#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pack.py OBJECT META OUT: a package.json as the original compiler writes it.

Its metadata is META as it is: compact JSON, sorted keys, the object compressed
by zlib and in base64.
"""
import base64
import json
import sys
import zlib

with open(sys.argv[1], 'rb') as f:
    elf = f.read()
with open(sys.argv[2]) as f:
    meta = json.load(f)
with open(sys.argv[3], 'w') as f:
    json.dump({
        'bpf_object': base64.b64encode(zlib.compress(elf, 6)).decode(),
        'bpf_object_size': len(elf),
        'meta': meta,
    }, f, separators=(',', ':'), sort_keys=True)
