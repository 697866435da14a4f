#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The functions that guests may call beside those of the published interface.

load ../helper
load wasm

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	need root wasm wasi
}

@test "the words of the last error, and how much is said of errors" {
	main <<-'END'
		char small[8];
		why();
		printf("%d", wasm_attach_bpf_program(7, "on_kill", 0) == -22);
		why();
		printf("%llu", wasm_load_bpf_object("garbage", 7));
		why();
		printf("%d %s\n", eunomia_error(small, 8) > 8, small);
		printf("%d", eunomia_log_level(-1));
		printf("%d", eunomia_log_level(-1));
		printf("%llu\n", wasm_load_bpf_object("nothing", 7));
		printf("%d", eunomia_output_format());
		printf(" %d\n", eunomia_cpu_count());
	END
	[[ $output == $'0 \n116 Invalid argument\n078 \'the guest\'s object\' is no package: '* ]]
	[ "${lines[3]}" = "1 'the gu" ]
	[ "${lines[4]}" = 0-10 ]
	[ "${lines[-1]}" = "0 $(possible)" ]
	[ "$(grep -c . <<<"$stderr")" = 1 ]
	[[ $stderr == "wasm-bpf: 'the guest's object' is no package"* ]]
}

# How many processors there can be.
possible() {
	awk -F- '{ print $NF + 1 }' /sys/devices/system/cpu/possible
}

@test "an object that is opened, named, changed and loaded" {
	main <<-'END'
		char name[16];
		uint64_t o = OPEN;
		for (int kind = 0; kind < 3; kind++) {
			for (int i = 0; eunomia_object_name(o, kind, i, name, 16) >= 0; i++)
				printf("%s ", name);
			puts("");
		}
		printf("%d", eunomia_object_name(o, 0, 99, name, 16));
		printf(" %d\n", eunomia_object_name(o, 3, 0, name, 16));
		printf("%d", wasm_bpf_map_fd_by_name(o, "hash"));
		printf(" %d", wasm_attach_bpf_program(o, "on_kill", 0));
		why();
		printf("%d", eunomia_map_max_entries(o, "hash", 5));
		printf(" %d", eunomia_map_max_entries(o, "no", 5));
		printf(" %d", eunomia_map_max_entries(o, ".bss", 5));
		why();
		printf("%d", eunomia_program_autoload(o, "length", 0));
		printf(" %d", eunomia_program_autoload(o, "fill", 0));
		printf(" %d", eunomia_program_autoload(o, "fill", 1));
		printf(" %d", eunomia_program_autoload(o, "no", 0));
		why();
		printf("%d", eunomia_object_load(o));
		printf(" %d", eunomia_object_load(o));
		why();
		printf("%d", eunomia_map_max_entries(o, "hash", 5));
		printf(" %d", eunomia_program_autoload(o, "length", 1));
		printf(" %d", fill(o, 0));
		printf(" %d", wasm_attach_bpf_program(o, "length", "lo") < 0);
		puts("");
		struct { uint32_t v[5]; char name[16]; } m;
		printf("%d", eunomia_map_info(wasm_bpf_map_fd_by_name(o, "hash"), &m, 99));
		for (int i = 0; i < 5; i++)
			printf(" %u", m.v[i]);
		printf(" %s\n", m.name);
		printf("%d", eunomia_map_info(wasm_bpf_map_fd_by_name(o, "each"), &m, 12));
		printf(" %u\n", m.v[2]);
	END
	[ "${lines[0]}" = 'ring perf hash each queue .rodata .data .bss ' ]
	[ "${lines[1]}" = 'fill length on_kill ' ]
	[ "${lines[2]}" = 'magic shift wide runs ' ]
	[ "${lines[3]}" = '-2 -22' ]
	[ "${lines[4]}" = '-16 -1625 the program is not loaded' ]
	[[ ${lines[5]} == "0 -22 -22"*"the number of entries of map '"*".bss' is fixed" ]]
	[[ ${lines[6]} == "0 0 0 -2"*"no program 'no' in '"* ]]
	[ "${lines[7]}" = '0 -1629 the program is loaded already' ]
	[ "${lines[8]}" = '-16 -16 7 1' ]
	[ "${lines[9]}" = '36 1 4 8 5 0 hash' ]
	[ "${lines[10]}" = '12 4' ]
}

# What the runner has under the guest's numbers is another matter.
@test "standard descriptors that are moved are read, written and waited for" {
	mkdir -p shared
	echo hello >shared/file
	cat >moved.c <<-'END'
		#include <fcntl.h>
		#include <stdio.h>
		#include <unistd.h>
		#include <wasi/api.h>
		static int ready(int fd)
		{
			__wasi_subscription_t s[2] = { { .userdata = 1 }, { .userdata = 2 } };
			__wasi_event_t e[2];
			size_t n;
			s[0].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
			s[0].u.u.clock.timeout = 1000000;
			s[1].u.tag = __WASI_EVENTTYPE_FD_READ;
			s[1].u.u.fd_read.file_descriptor = fd;
			return __wasi_poll_oneoff(s, e, 2, &n) ? -1 : (int)e[n - 1].userdata;
		}
		int main(int argc, char **argv)
		{
			int in = open("/data/file", O_RDONLY), out = open("/data/file", O_RDONLY);
			char c = '-';
			__wasi_fd_renumber(0, in);
			fprintf(stderr, "%d", ready(in));
			if (argc > 1) read(in, &c, 1);
			fprintf(stderr, "%c %d %d %d", c, __wasi_fd_renumber(1, out), (int)write(out, "x", 1), __wasi_fd_renumber(in, out));
			fprintf(stderr, " %d\n", (int)write(out, "y", 1));
			return 0;
		}
	END
	guest moved
	mkfifo quiet
	run -0 --separate-stderr "$WASM_BPF" --dir "$T/shared:/data" moved.wasm <>quiet
	echo "$output $stderr"
	[ "$stderr" = '1- 0 1 0 -1' ]
	[ "$output" = x ]
	run -0 --separate-stderr "$WASM_BPF" --dir "$T/shared:/data" moved.wasm more <<<a
	[ "$stderr" = '2a 0 1 0 -1' ]
}

@test "an object that the kernel refuses, after which it is of no use" {
	OBJECT=refused main <<-'END'
		uint64_t o = OPEN;
		char name[16];
		int zero = 0;
		printf("%d", eunomia_object_load(o) < 0);
		printf(" %d", eunomia_error(0, 0) > 100);
		printf(" %d", eunomia_object_load(o));
		printf(" %d", eunomia_global_write(o, "number", 0, &zero, 4));
		eunomia_object_name(o, 0, 0, name, 16);
		printf(" %d", wasm_bpf_map_fd_by_name(o, name));
		printf(" %d\n", wasm_close_bpf_object(o));
	END
	[ "$output" = '1 1 -22 -22 -16 0' ]
	[[ $stderr == *"' was refused: the verifier says: "* ]]
}

@test "links that are detached one by one, and a program that runs once" {
	main <<-'END'
		uint64_t o = LOAD;
		char packet[65] = { 0 };
		int result = -1;
		int a = eunomia_program_attach(o, "on_kill", 0);
		int b = eunomia_program_attach(o, "fill", 0);
		int c = eunomia_program_attach(o, "fill", "task_newtask");
		printf("%d %d", a > 0, b > a && c > b);
		printf(" %d", eunomia_link_detach(o, a));
		printf(" %d", eunomia_link_detach(o, a));
		printf(" %d", eunomia_link_detach(o, c));
		printf(" %d", eunomia_link_detach(o + 1, b));
		printf(" %d", eunomia_program_attach(o, "on_kill", "sys/none") < 0);
		a = eunomia_program_attach(o, "on_kill", 0);
		printf(" %d\n", eunomia_link_detach(o, b) | eunomia_link_detach(o, a));
		printf("%d", eunomia_program_run(o, "length", packet, 64, &result));
		printf(" %d", result);
		printf(" %d", eunomia_program_run(o, "length", packet, 65, &result));
		printf(" %d", result);
		printf(" %d", eunomia_program_run(o, "on_kill", 0, 0, &result));
		why();
		printf("%d", eunomia_program_run(o, "no", 0, 0, &result));
		why();
		printf("%d\n", fill(o, 3));
	END
	[ "${lines[0]}" = '1 1 0 -2 0 -22 1 0' ]
	[[ ${lines[1]} == "0 2 0 1 -9"*"program 'on_kill': cannot be run: "* ]]
	[ "${lines[2]}" = "-215 no program 'no'" ]
	[ "${lines[3]}" = 7 ]
}

@test "global variables before load and after it" {
	main <<-'END'
		uint64_t o = OPEN, wide = 0;
		uint32_t n = 4, v = 0;
		uint16_t half = 0xaaaa;
		printf("%d", eunomia_global_write(o, "shift", 0, &n, 4));
		printf(" %d", eunomia_global_read(o, "shift", 0, &v, 4));
		printf(" %d", v);
		printf(" %d\n", eunomia_object_load(o));
		printf("%d", eunomia_global_write(o, "shift", 0, &n, 4));
		why();
		printf("%d", eunomia_global_read(o, "shift", 0, &v, 4));
		printf(" %d", v);
		printf(" %d", fill(o, 2) + fill(o, 0));
		printf(" %d", eunomia_global_read(o, "runs", 0, &v, 4));
		printf(" %d", v);
		printf(" %d", eunomia_global_write(o, "runs", 0, &n, 4));
		fill(o, 0);
		eunomia_global_read(o, "runs", 0, &v, 4);
		printf(" %d\n", v);
		printf("%d", eunomia_global_write(o, "wide", 2, &half, 2));
		printf(" %d", eunomia_global_read(o, "wide", 0, &wide, 8));
		printf(" %llx", wide);
		printf(" %d", eunomia_global_read(o, "wide", 1, &wide, 8));
		printf(" %d", eunomia_global_read(o, "wide", 9, &wide, 0));
		printf(" %d", eunomia_global_read(o, "wide", -1, &wide, 2));
		printf(" %d", eunomia_global_read(o, "no", 0, &wide, 2));
		printf(" %d\n", eunomia_global_read(9, "wide", 0, &wide, 2));
		char r[40];
		printf("%d", eunomia_buffer_read(o, wasm_bpf_map_fd_by_name(o, "ring"), r, 40, 0));
		memcpy(&n, r + 8 + 8 + 8, 4);
		printf(" %d\n", n);
	END
	[ "${lines[0]}" = '4 4 4 0' ]
	[ "${lines[1]}" = "-3054 variable 'shift' is constant once the object is loaded" ]
	[ "${lines[2]}" = '4 4 14 4 2 4 5' ]
	[ "${lines[3]}" = '2 8 11223344aaaa7788 -34 -34 -34 -2 -22' ]
	[ "${lines[4]}" = '32 16' ]
}

@test "records without callbacks: as many as fit, none lost, none twice" {
	# Lost records are told of by the next on the same processor.
	taskset -cp 0 $BASHPID
	main <<-'END'
		uint64_t o = LOAD;
		int ring = wasm_bpf_map_fd_by_name(o, "ring"), n, total = 0;
		int perf = wasm_bpf_map_fd_by_name(o, "perf"), calls = 0;
		char b[200];
		printf("%d", eunomia_buffer_read(o, ring, b, 200, 0));
		printf(" %d\n", fill(o, 1000));
		while ((n = eunomia_buffer_read(o, ring, b, 200, 0)) > 0) {
			for (int at = 0; at < n; total++) {
				uint32_t h[3];
				memcpy(h, b + at, 12);
				if (h[0] != 4 + (total & 31) || h[1] != h[0] ||
				    h[2] != total || (h[0] > 5 && b[at + 12] != 'a'))
					return 1;
				at += 8 + (h[0] + 7) / 8 * 8;
			}
			calls++;
		}
		printf("%d %d %d\n", n, total, calls < 400);
		/* What does not fit at all is cut. */
		fill(o, 20);
		for (total = 0; (n = eunomia_buffer_read(o, ring, b, 16, 0)) > 0; total++)
			if (n != 16 || ((uint32_t *)b)[1] != 4 + total)
				return 2;
		printf("%d %d\n", total, eunomia_buffer_read(o, ring, b, 7, 0));
		/* A ring of perf events has 64 pages. */
		printf("%d", eunomia_buffer_read(o, perf, b, 200, 0));
		printf(" %lld", eunomia_buffer_lost(perf));
		for (int i = 0; i < 6; i++)
			fill(o, 4096);
		for (total = 0; (n = eunomia_buffer_read(o, perf, b, 200, 0)) > 0;)
			total += n / 16;
		printf(" %d", n);
		fill(o, 1);
		while ((n = eunomia_buffer_read(o, perf, b, 200, 0)) > 0)
			total += n / 16;
		printf(" %d", total + (int)eunomia_buffer_lost(perf));
		printf(" %d", eunomia_buffer_lost(perf) > 1000);
		printf(" %lld", eunomia_buffer_lost(ring));
		printf(" %lld\n", eunomia_buffer_lost(5));
	END
	[ "${lines[0]}" = '0 7' ]
	[ "${lines[1]}" = '0 1000 1' ]
	[ "${lines[2]}" = '20 -22' ]
	[ "${lines[3]}" = '0 0 0 24577 1 -95 -9' ]
}

@test "many entries by one call, and those that are taken out" {
	main <<-'END'
		uint64_t o = LOAD;
		int hash = wasm_bpf_map_fd_by_name(o, "hash"), n = 60, seen = 0, r;
		int queue = wasm_bpf_map_fd_by_name(o, "queue");
		int each = wasm_bpf_map_fd_by_name(o, "each");
		uint32_t k[60], token, cpus = eunomia_cpu_count();
		uint64_t v[60], sum = 0;
		for (int i = 0; i < 60; i++)
			v[i] = 10 * (k[i] = i);
		printf("%d", eunomia_map_batch(hash, 26, 0, 0, k, v, &n, 0));
		printf(" %d", n);
		k[0] = 7;
		printf(" %d", eunomia_map_lookup_and_delete(hash, k, v, 0));
		printf(" %llu", v[0]);
		printf(" %d\n", eunomia_map_lookup_and_delete(hash, k, v, 0));
		for (int first = 1;; first = 0) {
			n = 60;
			r = eunomia_map_batch(hash, 24, first ? 0 : &token, &token, k, v, &n, 0);
			for (int i = 0; i < n; i++, seen++)
				sum += v[i] == k[i] * 10 ? v[i] : 1;
			if (r)
				break;
		}
		printf("%d %d %llu\n", r, seen, sum);
		n = 2;
		k[0] = 1, k[1] = 2;
		printf("%d", eunomia_map_batch(hash, 27, 0, 0, k, v, &n, 0));
		n = 60;
		printf(" %d", eunomia_map_batch(hash, 25, 0, &token, k, v, &n, 0));
		printf(" %d", n);
		printf(" %d", bpf_map_get_next_key(hash, NULL, k));
		printf(" %d", eunomia_map_batch(hash, 23, 0, &token, k, v, &n, 0));
		printf(" %d\n", eunomia_map_batch(3, 24, 0, &token, k, v, &n, 0));
		k[0] = 5, k[1] = 6;
		printf("%d", wasm_bpf_map_operate(queue, 2, 0, k, 0, 0));
		wasm_bpf_map_operate(queue, 2, 0, k + 1, 0, 0);
		printf(" %d", eunomia_map_lookup_and_delete(queue, 0, k + 3, 0));
		printf(" %d\n", k[3]);
		uint64_t *all = calloc(cpus, 8);
		k[0] = 1;
		for (int i = 0; i < cpus; i++)
			all[i] = i + 1;
		printf("%d", bpf_map_update_elem(each, k, all, 0));
		memset(all, 0, cpus * 8);
		bpf_map_lookup_elem(each, k, all);
		printf(" %d\n", all[cpus - 1] == cpus);
	END
	[ "${lines[0]}" = '0 60 0 70 -2' ]
	[ "${lines[1]}" = '-2 59 17630' ]
	[ "${lines[2]}" = '0 -2 57 -2 -22 -9' ]
	[ "${lines[3]}" = '0 0 5' ]
	[ "${lines[4]}" = '0 1' ]
}

@test "descriptors of the guest as what maps hold, and nobody else's" {
	need cgroup2 cgroup_skb
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	OBJECT=holders ARGUMENTS=${cg##*/} main --dir "$(cgroup2):/cg" <<-'END'
		char path[100], packet[64] = { 0 };
		uint64_t o = LOAD, v = 77;
		uint32_t k = 0, device[2] = { 1, 0 };
		int fd, r = -1, pair[2] = { 1, 0 };
	#define MAP(name) wasm_bpf_map_fd_by_name(o, name)
	#define SET(map, value) ({ int value_ = value; bpf_map_update_elem(MAP(map), &k, &value_, 0); })
	#define RUN(program) ({ eunomia_program_run(o, program, packet, 64, &r); r; })
	#define INSIDE (eunomia_program_run(o, "inside", 0, 0, &r), r)
		/* A folder, below that of the option; a file is no control group. */
		snprintf(path, 100, "/cg/%s", argv[1]);
		printf("%d", SET("groups", fd = open(path, O_RDONLY)));
		printf(" %d", INSIDE);
		printf(" %d", SET("groups", open("/cg", O_RDONLY)));
		printf(" %d", INSIDE);
		for (int i = 0; i < 20; i++)
			if (i != fd && i != 3 && SET("groups", i) != -9 && i < 4)
				printf(" %d!", i);
		printf(" %d %d\n", SET("groups", MAP("first")), SET("groups", -1));
		/* Storage by control group, tasks have no descriptors. */
		printf("%d", bpf_map_update_elem(MAP("of_groups"), &fd, &v, 0));
		v = 0;
		printf(" %d", bpf_map_lookup_elem(MAP("of_groups"), &fd, &v));
		printf(" %d", (int)v);
		printf(" %d", bpf_map_get_next_key(MAP("of_groups"), &fd, &v));
		printf(" %d", bpf_map_delete_elem(MAP("of_groups"), &fd));
		k = 1;
		printf(" %d", bpf_map_update_elem(MAP("of_groups"), &k, &v, 0));
		printf(" %d", bpf_map_update_elem(MAP("of_tasks"), &k, &v, 0));
		why();
		/* Programs and maps. */
		printf("%d", SET("progs", eunomia_program_fd(o, "landed")));
		printf(" %d", RUN("jump"));
		printf(" %d %d %d", SET("progs", 5), SET("progs", fd), SET("progs", MAP("first")));
		printf(" %d", bpf_map_delete_elem(MAP("progs"), &k));
		printf(" %d\n", RUN("jump"));
		k = 0;
		r = bpf_map_update_elem(MAP("second"), &k, &fd, 0);
		k = 1;
		printf("%d", SET("outer", MAP("second")));
		printf(" %d", RUN("of_outer") == fd);
		printf(" %d %d", SET("outer", eunomia_program_fd(o, "jump")), SET("outer", 7));
		printf(" %d", eunomia_map_info(eunomia_program_fd(o, "jump"), packet, 64));
		printf(" %d %d\n", eunomia_program_fd(o, "none"), eunomia_program_fd(9, "jump"));
		/* Devices: numbers, and programs for them. */
		printf("%d", bpf_map_update_elem(MAP("devs"), &k, pair, 0));
		for (pair[1] = 3; pair[1] < 30; pair[1]++)
			if ((r = bpf_map_update_elem(MAP("devs"), &k, pair, 0)) != -9)
				printf(" %d!", r);
		pair[1] = eunomia_program_fd(o, "at_device");
		printf(" %d", bpf_map_update_elem(MAP("devs"), &k, pair, 0));
		printf(" %d\n", bpf_map_update_elem(MAP("plain"), &k, pair, 0));
		/* What a guest has none of. */
		for (int i = 0; i < 3; i++) {
			v = fd;
			printf("%d", bpf_map_update_elem(MAP(i ? i > 1 ? "perf" : "xsks" : "socks"), &k, &v, 0));
			why();
		}
		/* Attaching. */
		printf("%d", wasm_attach_bpf_program_fd(o, "on_egress", fd));
		printf(" %d", wasm_attach_bpf_program_fd(o, "on_egress", 99));
		printf(" %d", wasm_attach_bpf_program_fd(o, "on_egress", MAP("first")));
		printf(" %d", wasm_attach_bpf_program_fd(o, "on_egress", 1));
		printf(" %d", wasm_attach_bpf_program_fd(o, "inside", -1));
		printf(" %d", wasm_attach_bpf_program_fd(9, "inside", -1));
		close(fd);
		printf(" %d %d\n", wasm_attach_bpf_program_fd(o, "on_egress", fd), SET("groups", fd));
	END
	rmdir "$cg"
	[ "${lines[0]}" = '0 0 0 1 -9 -9' ]
	[ "${lines[1]}" = "0 0 77 -95 0 -9 -9556 map 'of_tasks' (task_storage): has no entries for guests" ]
	[ "${lines[2]}" = '0 41 -9 -9 -9 0 40' ]
	[ "${lines[3]}" = '0 1 -9 -9 -9 -2 -22' ]
	[ "${lines[4]}" = '0 0 0' ]
	[ "${lines[5]}" = "-9564 map 'socks' (sockmap): a guest has no descriptors for its values" ]
	[ "${lines[6]}" = "-9562 map 'xsks' (xskmap): a guest has no descriptors for its values" ]
	[ "${lines[8]}" = '0 -9 -22 -9 0 -22 -9 -9' ]
}

@test "a guest's descriptors that are closed, moved and opened anew" {
	mkdir -p shared/dir
	echo hello >shared/file
	cat >files.c <<-'END'
		#include <errno.h>
		#include <fcntl.h>
		#include <stdio.h>
		#include <unistd.h>
		#include <wasi/api.h>
		static int kind(int fd)
		{
			__wasi_fdstat_t s;
			int r = __wasi_fd_fdstat_get(fd, &s);
			return r ? -r : s.fs_filetype;
		}
		int main(int argc, char **argv)
		{
			int dir = open("/data/dir", O_RDONLY), file = open("/data/file", O_RDONLY);
			fprintf(stderr, "%d %d %d %d %d\n", dir > 0 && file > dir, kind(1), kind(dir), kind(file), kind(99));
			fprintf(stderr, "%d %d %d\n", close(dir), close(dir), kind(dir));
			fprintf(stderr, "%d %d\n", __wasi_fd_renumber(file, 1), kind(file));
			fprintf(stderr, "%d %d\n", kind(1), close(0));
			fprintf(stderr, "%d %d\n", kind(0), open("/data/../../etc/passwd", O_RDONLY));
			return 0;
		}
	END
	guest files
	run -0 "$WASM_BPF" --dir "$T/shared:/data" files.wasm
	echo "$output"
	[ "$output" = '1 2 3 4 -8
0 -1 -8
0 -8
4 0
-8 -1' ]
	run -0 "$WASM_BPF" files.wasm
	[ "${lines[0]}" = '0 2 -8 -8 -8' ]
}
