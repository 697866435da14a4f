/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "out/printk.h"

#include <string.h>

enum { NAME_WIDTH = 16 };

static size_t digits(const char *s, const char *end)
{
	size_t n = 0;

	while (s + n < end && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* "0012" is no number of JSON. */
static void put_number(struct eu_buf *out, const char *name, const char *s,
		       size_t n)
{
	while (n > 1 && *s == '0' && s[1] != '.') {
		s++;
		n--;
	}
	eu_buf_printf(out, ",\"%s\":%.*s", name, (int)n, s);
}

/* "            bash-1234    [001] d..21 12345.678901: bpf_trace_printk: text" */
void eu_printk_json(struct eu_buf *out, const char *line, size_t n)
{
	static const char before[] = ": bpf_trace_printk: ";
	const char *end = line + n, *name = line, *pid, *cpu, *time, *text;
	size_t n_pid, n_cpu, n_time, more;

	text = memmem(line, n, before, strlen(before));
	if (!text || text - line <= NAME_WIDTH || line[NAME_WIDTH] != '-')
		return;
	while (*name == ' ')
		name++;
	pid = line + NAME_WIDTH + 1;
	n_pid = digits(pid, text);
	for (cpu = pid + n_pid; *cpu == ' '; cpu++)
		;
	if (!n_pid || *cpu++ != '[')
		return;
	n_cpu = digits(cpu, text);
	time = memrchr(cpu, ' ', (size_t)(text - cpu));
	if (!n_cpu || !time++)
		return;
	n_time = digits(time, text);
	more = n_time && time[n_time] == '.' ? digits(time + n_time + 1, text) :
					       0;
	if (!more || time + n_time + 1 + more != text)
		return;
	eu_buf_puts(out, ",\"task\":");
	eu_buf_json(out, name, (size_t)(line + NAME_WIDTH - name));
	put_number(out, "pid", pid, n_pid);
	put_number(out, "cpu", cpu, n_cpu);
	put_number(out, "time", time, n_time + 1 + more);
	eu_buf_puts(out, ",\"message\":");
	text += strlen(before);
	eu_buf_json(out, text, (size_t)(end - text));
}
