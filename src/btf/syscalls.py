#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes syscalls.c: syscalls.py OUTPUT COMPILER [FLAG]..."""
import re
import subprocess
import sys

out, cc = sys.argv[1], sys.argv[2:]
header = '#include <asm/unistd.h>\n'


def preprocess(flags, text):
    return subprocess.run(cc + ['-E'] + flags + ['-'], input=text, text=True,
                          check=True, stdout=subprocess.PIPE).stdout


macros = preprocess(['-dM', '-x', 'c'], header)
names = sorted(set(re.findall(r'^#define __NR_([a-z0-9_]+) ', macros, re.M)))
# Some are sums; the compiler says of which numbers.
lines = preprocess(['-P', '-x', 'c'], header + ''.join(
    f'eu_call {n} = __NR_{n};\n' for n in names))
calls = {}
for name, value in re.findall(r'^eu_call (\w+) = ([0-9x+() ]+);$', lines, re.M):
    number = eval(value)
    if number < 2048:
        calls[number] = name

blob, at = '', []
for number in range(max(calls) + 1):
    if number in calls:
        at.append(len(blob) + 1)
        blob += calls[number] + '\0'
    else:
        at.append(0)
text = '\n'.join(f'\t"{calls[n]}\\0"' for n in sorted(calls))
table = '\n'.join(f'\t{a},' for a in at)
with open(out, 'w') as f:
    f.write(f'''/* SPDX-License-Identifier: MIT */
#include "btf/syscalls.h"

#include <string.h>

/* One behind the other; no pointers that would have to be relocated. */
static const char names[] =
{text};

/* 1 + where the name of each number begins. */
static const uint16_t at[] = {{
{table}
}};

const char *eu_syscall_name(uint64_t number)
{{
	return number < EU_COUNT(at) && at[number] ? names + at[number] - 1 :
						     NULL;
}}

int eu_syscall_number(const char *name)
{{
	for (size_t i = 0; i < EU_COUNT(at); i++)
		if (at[i] && !strcmp(names + at[i] - 1, name))
			return (int)i;
	return -1;
}}
''')
