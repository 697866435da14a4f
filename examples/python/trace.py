#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""trace.py PACKAGE COUNT [NAME=VALUE]...: COUNT events of a package as Python
dicts, by ctypes alone:

    sudo ./trace.py package.json 5 min_duration_ns=1000000
"""
import ctypes as c
import json
import select
import sys

WRITE = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_size_t)
CALLBACK = c.c_void_p   # one that is left NULL


class Error(c.Structure):
    _fields_ = [('code', c.c_int), ('text', c.c_char * 4096)]


class Options(c.Structure):
    """The first members of struct eu_program_opts: later ones are zero."""
    _fields_ = [('sz', c.c_size_t), ('path', c.c_char_p), ('data', c.c_void_p),
                ('len', c.c_size_t), ('origin', c.c_char_p),
                ('format', c.c_char_p), ('write', WRITE), ('record', CALLBACK),
                ('ctx', c.c_void_p)]


lib = c.CDLL('libeunomia.so.0')


def call(name, *args):
    """A function whose last parameter takes the words of an error."""
    error = Error()
    result = getattr(lib, name)(*args, c.byref(error))
    if result < 0:
        raise OSError(-result, error.text.decode())
    return result


class Program:
    def __init__(self, path, on_event):
        def write(_, data, size):
            # One call holds as many lines as there are.
            for line in c.string_at(data, size).splitlines():
                on_event(json.loads(line))
            return 0

        # The library calls it later: Python has to keep it.
        self.write = WRITE(write)
        self.pointer = c.c_void_p()
        options = Options(c.sizeof(Options), path.encode(), format=b'json',
                          write=self.write)
        call('eu_program_open', c.byref(options), c.byref(self.pointer))

    def __getattr__(self, name):
        """p.load() is eu_program_load(p, &error)."""
        return lambda *args: call('eu_program_' + name, self.pointer, *args)

    def fileno(self):
        return lib.eu_program_fd(self.pointer)

    def close(self):
        lib.eu_program_close(self.pointer)


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        sys.exit('usage: trace.py PACKAGE COUNT [NAME=VALUE]...')
    events = []
    program = Program(sys.argv[1], events.append)
    try:
        for setting in sys.argv[3:]:
            name, value = setting.split('=', 1)
            program.set(name.encode(), value.encode())
        program.load()
        program.attach()
        print('ready', flush=True)
        while len(events) < int(sys.argv[2]):
            select.select([program], [], [])
            program.dispatch()
        for event in events[:int(sys.argv[2])]:
            print(*(f'{name}={value}' for name, value in event.items()))
    finally:
        program.close()


if __name__ == '__main__':
    try:
        main()
    except OSError as e:
        sys.exit(e.strerror)
