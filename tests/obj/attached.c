/* SPDX-License-Identifier: MIT */
/*
 * attached CGROUP: the programs that are attached to it, a line each with its
 * id and how others may be attached below. bpftool's queries have members that
 * kernels before 6.0 refuse.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char *const flags[] = { "none", "override", "multi" };
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	const size_t size = offsetof(union bpf_attr, query.prog_cnt) + 8;
	union bpf_attr attr;
	uint32_t ids[64];

	if (fd < 0) {
		fprintf(stderr, "usage: attached CGROUP\n");
		return 2;
	}
	for (uint32_t type = 0; type < 64; type++) {
		memset(&attr, 0, sizeof(attr));
		attr.query.target_fd = fd;
		attr.query.attach_type = type;
		attr.query.prog_ids = (uintptr_t)ids;
		attr.query.prog_cnt = 64;
		if (syscall(__NR_bpf, BPF_PROG_QUERY, &attr, size))
			continue;
		for (uint32_t i = 0; i < attr.query.prog_cnt; i++)
			printf("%u %s\n", ids[i],
			       flags[attr.query.attach_flags & 3]);
	}
	return 0;
}
