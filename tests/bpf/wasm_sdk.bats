#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# The headers that guests are written with.

load ../helper
load fire
load wasm

setup() {
	helper_setup
	need root wasm wasi
}

@test "a guest of published calls imports the published module alone" {
	bootstrap
	imported bootstrap.wasm | sort >got
	cat >want <<-'END'
		wasm_bpf wasm_attach_bpf_program
		wasm_bpf wasm_bpf_buffer_poll
		wasm_bpf wasm_bpf_map_fd_by_name
		wasm_bpf wasm_bpf_map_operate
		wasm_bpf wasm_close_bpf_object
		wasm_bpf wasm_load_bpf_object
	END
	diff want got
}

# The first row of docs/wasm.md's table.
@test "what is said to be everywhere is not of ours" {
	skeleton sdk
	cat >row.c <<-'END'
		#include "sdk.skel.h"
		static int on(void *ctx, void *data, size_t size) { return 0; }
		static void on_perf(void *c, int cpu, void *d, __UINT32_TYPE__ n) {}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct bpf_map *m;
			struct bpf_program *p;
			struct ring_buffer *rb;
			struct perf_buffer *pb;
			char text[64];
			size_t n = 0;

			bpf_program__set_autoload(s->progs.refused, false);
			bpf_program__set_autoattach(s->progs.on_exit, false);
			bpf_map__set_initial_value(s->maps.data,
				bpf_map__initial_value(s->maps.data, &n), 4);
			if (sdk_bpf__load(s) || sdk_bpf__attach(s))
				return 1;
			bpf_object__for_each_map(m, s->obj)
				n += strlen(bpf_map__name(m));
			bpf_object__for_each_program(p, s->obj)
				n += strlen(bpf_program__section_name(p));
			m = bpf_object__find_map_by_name(s->obj, "one");
			p = bpf_object__find_program_by_name(s->obj, "none");
			libbpf_strerror(libbpf_get_error(p), text, sizeof(text));
			rb = ring_buffer__new(bpf_map__fd(m), on, NULL, NULL);
			ring_buffer__add(rb, bpf_map__fd(s->maps.two), on, NULL);
			pb = perf_buffer__new(bpf_map__fd(s->maps.perf), 8,
					      on_perf, NULL, NULL, NULL);
			printf("%s %d %d %d\n", text, ring_buffer__poll(rb, 0),
			       ring_buffer__consume(rb), perf_buffer__poll(pb, 0));
			perf_buffer__free(pb);
			ring_buffer__free(rb);
			sdk_bpf__read_bss(s);
			sdk_bpf__write_bss(s);
			sdk_bpf__destroy(s);
			return 0;
		}
	END
	guest row
	imported row.wasm >list
	run -1 grep -v '^wasm_bpf ' list
	run -0 --separate-stderr "$WASM_BPF" row.wasm
	[ "$output" = 'No such file or directory 0 0 0' ]
}

# Also what a program does that the kernel refuses, unless it is left out.
@test "variables of all sections, and a program left out, without extensions" {
	skeleton sdk
	cat >vars.c <<-'END'
		#include "sdk.skel.h"
		static int on(void *ctx, void *data, size_t size)
		{
			printf("%s %u %zu\n", (char *)data + 4,
			       *(unsigned *)data, size);
			return 0;
		}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct bpf_buffer *b;

			if (argc > 2) {
				printf("%d\n", sdk_bpf__load(s));
				return 0;
			}
			s->rodata->magic = atoi(argv[1]);
			s->rodata->step = 3;
			printf("%d %llu\n", s->data->start, s->bss->count);
			s->data->start = 200;
			s->bss->count = 5;
			bpf_program__set_autoload(s->progs.refused, false);
			if (sdk_bpf__load(s) || sdk_bpf__attach(s))
				return 1;
			b = bpf_buffer__open(s->maps.one, on, NULL);
			puts("ready");
			while (bpf_buffer__poll(b, 100) == 0)
				;
			sdk_bpf__read_bss(s);
			sdk_bpf__read_data(s);
			printf("%llu %u %llu %d\n", s->bss->count,
			       s->bss->totals.last, s->bss->totals.sum,
			       s->data->start);
			s->data->start = -1;
			if (sdk_bpf__write_data(s))
				return 2;
			puts("again");
			while (bpf_buffer__poll(b, 100) == 0)
				;
			sdk_bpf__destroy(s);
			return 0;
		}
	END
	guest vars
	imported vars.wasm >list
	run -1 grep -v '^wasm_bpf ' list
	run -0 --separate-stderr "$WASM_BPF" vars.wasm 1 refused
	[ "$output" = -22 ]
	start "$WASM_BPF" vars.wasm "$MAGIC"
	wait_for ready
	fire
	wait_for again
	fire
	end_of_it
	diff - "$OUT" <<-'END'
		100 0
		ready
		one 200 16
		8 200 200 201
		again
		one 4294967295 16
	END
}

# What a program of libbpf-bootstrap does, and more of the same.
@test "ring and perf buffers, maps, programs and links by libbpf's names" {
	skeleton sdk
	cat >style.c <<-'END'
		#include <signal.h>
		#include "sdk.skel.h"
		static volatile bool exiting;
		static int events, perf_events;
		static void sig_handler(int sig) { exiting = true; }
		static int say(enum libbpf_print_level level, const char *fmt,
			       va_list ap)
		{
			return level <= LIBBPF_WARN ? vfprintf(stderr, fmt, ap) : 0;
		}
		static int on(void *ctx, void *data, size_t size)
		{
			events++;
			printf("%s: %s %u\n", (char *)ctx, (char *)data + 4,
			       *(unsigned *)data);
			return 0;
		}
		static void on_perf(void *ctx, int cpu, void *data, __UINT32_TYPE__ n)
		{
			if (!perf_events++)
				printf("%s %u\n", (char *)data + 4, *(unsigned *)data);
		}
		static void on_lost(void *ctx, int cpu, uint64_t n) {}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *skel;
			struct ring_buffer *rb;
			struct perf_buffer *pb;
			struct bpf_link *l;
			struct bpf_map *m;
			struct bpf_program *p;
			char text[64];
			size_t size;
			int n = 0;

			libbpf_set_print(say);
			signal(SIGINT, sig_handler);
			skel = sdk_bpf__open();
			skel->rodata->magic = atoi(argv[1]);
			bpf_program__set_autoload(skel->progs.refused, false);
			bpf_program__set_autoattach(skel->progs.on_perf, false);
			bpf_map__set_max_entries(skel->maps.hash,
				2 * bpf_map__max_entries(skel->maps.hash));
			printf("%u\n", bpf_map__max_entries(skel->maps.hash));
			*(int *)bpf_map__initial_value(skel->maps.data, &size) = 5;
			printf("%zu\n", size);
			if (sdk_bpf__load(skel) || sdk_bpf__attach(skel))
				return 1;
			bpf_object__for_each_map(m, skel->obj)
				n += !bpf_map__is_internal(m);
			bpf_object__for_each_program(p, skel->obj)
				n += 10 * bpf_program__autoload(p);
			printf("%d %u %d %s\n", n,
			       bpf_map__max_entries(skel->maps.hash),
			       bpf_map__type(skel->maps.one) == BPF_MAP_TYPE_RINGBUF,
			       bpf_program__section_name(skel->progs.on_exit));
			printf("%d %d\n",
			       bpf_object__find_map_by_name(skel->obj, "hash") ==
			       skel->maps.hash,
			       bpf_object__find_program_by_name(skel->obj, "none") == NULL);
			printf("%ld %d\n", libbpf_get_error(NULL), errno == ENOENT);
			libbpf_strerror(-22, text, sizeof(text));
			puts(text);
			rb = ring_buffer__new(bpf_map__fd(skel->maps.one), on, "1", NULL);
			ring_buffer__add(rb, bpf_map__fd(skel->maps.two), on, "2");
			l = bpf_program__attach(skel->progs.on_perf);
			pb = perf_buffer__new(bpf_map__fd(skel->maps.perf), 8,
					      on_perf, on_lost, NULL, NULL);
			if (!rb || !pb || !l)
				return 2;
			puts("ready");
			while (events < 2)
				if (ring_buffer__poll(rb, 100) < 0)
					return 3;
			while (perf_events < 1)
				if (perf_buffer__poll(pb, 100) < 0)
					return 4;
			/* Of the two that see the next event one is left. */
			printf("%d\n", bpf_link__destroy(skel->links.on_kill));
			skel->links.on_kill = NULL;
			puts("again");
			while (perf_events < 2)
				if (perf_buffer__poll(pb, 100) < 0)
					return 5;
			printf("%d %d\n", ring_buffer__poll(rb, 1),
			       bpf_link__destroy(l));
			printf("%d\n", bpf_program__attach_target(
				skel->progs.on_perf, "no/such") == NULL);
			ring_buffer__free(rb);
			perf_buffer__free(pb);
			sdk_bpf__destroy(skel);
			return 0;
		}
	END
	guest style -D_WASI_EMULATED_SIGNAL -lwasi-emulated-signal
	start "$WASM_BPF" style.wasm "$MAGIC"
	wait_for ready
	fire
	wait_for again
	fire
	end_of_it
	cat "$ERR"
	# Whichever ring is looked at first.
	grep '^[12]: ' "$OUT" | sort | diff <(printf '1: one 5\n2: two 5\n') -
	diff - <(sed '/^[12]: /d' "$OUT") <<-'END'
		32
		4
		35 32 1 tp/syscalls/sys_exit_kill
		1 1
		-2 1
		Invalid argument
		ready
		perf 7
		0
		again
		0 0
		1
	END
	grep -q "^libbpf: .*'no/such'" "$ERR"
	[ "$(wc -l <"$ERR")" = 1 ]
}

# As those of libbpf-bootstrap are written: natively with libbpf itself and
# bpftool's skeleton, and as a guest with another include.
@test "the same source, native and as a guest" {
	need program:bpftool
	cat >same.c <<-'END'
		#include <errno.h>
		#include <getopt.h>
		#include <signal.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/resource.h>
		#include <time.h>
		#ifdef __wasm__
		#include "libbpf-wasm.h"
		#else
		#include <bpf/libbpf.h>
		typedef unsigned char u8;
		typedef unsigned int u32;
		typedef unsigned long long u64;
		#endif
		#include "sdk.skel.h"

		struct event {
			unsigned int number;
			char from[12];
		};

		static struct env { int magic; bool verbose; } env;
		static volatile bool exiting = false;

		static int libbpf_print_fn(enum libbpf_print_level level,
					   const char *format, va_list args)
		{
			if (level == LIBBPF_DEBUG && !env.verbose)
				return 0;
			return vfprintf(stderr, format, args);
		}

		static void sig_handler(int sig)
		{
			exiting = true;
		}

		static int handle_event(void *ctx, void *data, size_t data_sz)
		{
			const struct event *e = data;

			printf("%-8s %u %zu\n", e->from, e->number, data_sz);
			exiting = true;
			return 0;
		}

		int main(int argc, char **argv)
		{
			static const struct option opts[] = {
				{ "magic", required_argument, NULL, 'm' }, {}
			};
			struct ring_buffer *rb = NULL;
			struct sdk_bpf *skel;
			struct bpf_map *map;
			int err, n = 0;

			while ((err = getopt_long(argc, argv, "m:v", opts, NULL)) != -1) {
				if (err == 'm')
					env.magic = atoi(optarg);
			}
			libbpf_set_print(libbpf_print_fn);
			signal(SIGINT, sig_handler);
			signal(SIGTERM, sig_handler);

			skel = sdk_bpf__open();
			if (!skel) {
				fprintf(stderr, "Failed to open and load BPF skeleton\n");
				return 1;
			}
			skel->rodata->magic = env.magic;
			skel->data->start = 42;
			bpf_program__set_autoload(skel->progs.refused, false);
			bpf_map__set_max_entries(skel->maps.hash, 99);
			err = sdk_bpf__load(skel);
			if (err) {
				fprintf(stderr, "Failed to load and verify BPF skeleton\n");
				goto cleanup;
			}
			err = sdk_bpf__attach(skel);
			if (err) {
				fprintf(stderr, "Failed to attach BPF skeleton\n");
				goto cleanup;
			}
			bpf_object__for_each_map(map, skel->obj)
				n += bpf_map__max_entries(map) == 99;
			rb = ring_buffer__new(bpf_map__fd(skel->maps.one),
					      handle_event, NULL, NULL);
			if (!rb) {
				err = -1;
				fprintf(stderr, "Failed to create ring buffer\n");
				goto cleanup;
			}
			printf("%d %d ready\n", n, !!skel->links.on_kill);
			fflush(stdout);
			while (!exiting) {
				err = ring_buffer__poll(rb, 100 /* timeout, ms */);
				if (err == -EINTR) {
					err = 0;
					break;
				}
				if (err < 0) {
					printf("Error polling: %d\n", err);
					break;
				}
			}
		cleanup:
			ring_buffer__free(rb);
			sdk_bpf__destroy(skel);
			return err < 0 ? -err : 0;
		}
	END
	mkdir native
	bpftool gen skeleton "$OBJ/sdk.bpf.o" name sdk_bpf >native/sdk.skel.h
	gcc -o native/same -Inative same.c -lbpf
	skeleton sdk
	guest same -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS \
		-lwasi-emulated-signal
	start native/same --magic "$MAGIC"
	native=$PID native_out=$OUT
	start "$WASM_BPF" same.wasm --magic "$MAGIC"
	wait_for ready "$native_out"
	wait_for ready
	fire
	end_of_it
	PID=$native end_of_it
	diff "$native_out" "$OUT"
	diff - "$OUT" <<-'END'
		1 1 ready
		one      42 16
	END
}

# A processor's buffer has room for 64 of the 199 records of each event.
@test "records that a perf buffer lost are told" {
	skeleton sdk
	cat >lost.c <<-'END'
		#include <unistd.h>
		#include "sdk.skel.h"
		static int got;
		static uint64_t lost;
		static void on(void *ctx, int cpu, void *data, uint32_t size)
		{
			got += size >= 4096;
		}
		static void on_lost(void *ctx, int cpu, uint64_t n)
		{
			lost += n;
			if (ctx != &lost)
				exit(9);
		}
		/* Nothing is taken out of the buffer before all was sent. */
		static void wait_for(struct sdk_bpf *s, uint32_t sent)
		{
			while (!sdk_bpf__read_bss(s) && s->bss->sent < sent)
				usleep(1000);
		}
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			struct perf_buffer *pb;
			int first;

			s->rodata->magic = atoi(argv[1]);
			s->rodata->times = 200;
			bpf_program__set_autoload(s->progs.refused, false);
			if (sdk_bpf__load(s) || sdk_bpf__attach(s))
				return 1;
			pb = perf_buffer__new(bpf_map__fd(s->maps.perf), 64, on,
					      on_lost, &lost, NULL);
			puts("ready");
			wait_for(s, 199);
			if (perf_buffer__poll(pb, 100) < 0)
				return 2;
			first = got;
			puts("again");
			wait_for(s, 398);
			if (perf_buffer__poll(pb, 100) < 0)
				return 3;
			printf("%d %llu\n", first < 100, first + lost);
			perf_buffer__free(pb);
			return 0;
		}
	END
	guest lost
	start "$WASM_BPF" lost.wasm "$MAGIC"
	wait_for ready
	# The kernel says it with the next record of the same processor.
	taskset -p -c 0 "$BASHPID" >taskset.out
	fire
	wait_for again
	fire
	end_of_it
	diff - "$OUT" <<-'END'
		ready
		again
		1 199
	END
}

@test "entries by map: sizes, all CPUs, batches, taken out" {
	skeleton sdk
	cat >entries.c <<-'END'
		#include "sdk.skel.h"
		int main(int argc, char **argv)
		{
			struct sdk_bpf *s = sdk_bpf__open();
			uint32_t keys[16], key, next, count = 10, batch, zero = 0;
			uint64_t values[16], v, sum = 0, *cpus;
			int ncpu = libbpf_num_possible_cpus(), n = 0, r;
			struct bpf_map *m = s->maps.hash;
			LIBBPF_OPTS(bpf_map_batch_opts, o, .elem_flags = BPF_ANY);

			bpf_program__set_autoload(s->progs.refused, false);
			if (sdk_bpf__load(s))
				return 1;
			for (int i = 0; i < 10; i++) {
				keys[i] = i;
				values[i] = 100 + i;
			}
			printf("%d %u\n", bpf_map_update_batch(bpf_map__fd(m), keys,
				values, &count, &o), count);
			key = 3;
			printf("%d %llu\n", bpf_map__lookup_elem(m, &key, sizeof(key),
				&v, sizeof(v), 0), v);
			printf("%d\n", bpf_map__lookup_elem(m, &key, 8, &v, 8, 0));
			printf("%d\n", bpf_map__update_elem(m, &key, 4, &v, 4, 0));
			printf("%d %llu\n", bpf_map__lookup_and_delete_elem(m, &key, 4,
				&v, 8, 0), v);
			printf("%d\n", bpf_map__delete_elem(m, &key, 4, 0));
			for (r = bpf_map__get_next_key(m, NULL, &key, 4); !r;
			     r = bpf_map__get_next_key(m, &key, &key, 4))
				n++;
			count = 16;
			r = bpf_map_lookup_and_delete_batch(bpf_map__fd(m), NULL,
				&batch, keys, values, &count, NULL);
			for (uint32_t i = 0; i < count; i++)
				sum += values[i];
			printf("%d %d %u %llu\n", n, r, count, sum);
			cpus = calloc(ncpu, sizeof(*cpus));
			cpus[ncpu - 1] = 77;
			printf("%d", bpf_map__update_elem(s->maps.percpu, &zero, 4,
				cpus, ncpu * 8, 0));
			cpus[ncpu - 1] = 0;
			printf(" %d", bpf_map__lookup_elem(s->maps.percpu, &zero, 4,
				cpus, ncpu * 8, 0));
			printf(" %llu %d\n", cpus[ncpu - 1],
			       bpf_map__lookup_elem(s->maps.percpu, &zero, 4, cpus,
						    4, 0));
			v = 12345;
			printf("%d", bpf_object__write_global(s->obj, "count", &v, 8));
			v = 0;
			printf(" %d", bpf_object__read_global(s->obj, "count", &v, 8));
			printf(" %llu %d\n", v, sdk_bpf__read_bss(s));
			printf("%llu\n", s->bss->count);
			return 0;
		}
	END
	guest entries
	run -0 --separate-stderr "$WASM_BPF" entries.wasm
	diff - <(printf '%s\n' "$output") <<-'END'
		0 10
		0 103
		-22
		-22
		0 103
		-2
		9 -2 9 942
		0 0 77 -22
		8 8 12345 0
		12345
	END
}

@test "programs: attached to a folder, taken off it, put into a map, run" {
	need cgroup2 cgroup_skb
	cg=$(cgroup2)/eunomia.$BASHPID
	mkdir "$cg"
	skeleton holders
	cat >folder.c <<-'END'
		#include <fcntl.h>
		#include "holders.skel.h"
		static int jump(struct holders_bpf *s)
		{
			char packet[64] = { 0 };
			int32_t result = -1;

			bpf_program__run(s->progs.jump, packet, 64, &result);
			return result;
		}
		int main(int argc, char **argv)
		{
			struct holders_bpf *s = holders_bpf__open_and_load();
			int fd = open(argv[1], O_RDONLY), one = 1, landed;
			struct bpf_link *l, *again;

			if (!s)
				return 1;
			l = bpf_program__attach_cgroup(s->progs.on_egress, fd);
			again = bpf_program__attach_cgroup(s->progs.on_egress, fd);
			printf("%d %d", !!l, !!again);
			/* Each is the one it says: it is there no more. */
			for (int number = 1; number <= 2; number++) {
				printf(" %d", bpf_link__destroy(number == 1 ? l : again));
				printf(" %d", eunomia_link_detach(s->obj->handle, number));
			}
			l = bpf_program__attach_cgroup(s->progs.on_egress, 99);
			printf(" %d %ld\n", !!l, libbpf_get_error(l));
			printf("%d", jump(s));
			landed = bpf_program__fd(s->progs.landed);
			printf(" %d", bpf_map_update_elem(bpf_map__fd(s->maps.progs),
							  &one, &landed, 0));
			printf(" %d\n", jump(s));
			return 0;
		}
	END
	guest folder
	run -0 --separate-stderr "$WASM_BPF" --dir "$cg:/cg" folder.wasm /cg
	rmdir "$cg"
	echo "$output, $stderr"
	[ "${lines[0]}" = '1 1 0 -2 0 -2 0 -9' ]
	[ "${lines[1]}" = '40 0 41' ]
}

@test "an object from memory, and from a file of the guest's" {
	cp "$OBJ/sdk.bpf.o" .
	cat >mem.c <<-'END'
		#include <libbpf-wasm.h>
		static int on(void *ctx, void *data, size_t size)
		{
			printf("%u\n", *(unsigned *)data);
			return 0;
		}
		int main(int argc, char **argv)
		{
			LIBBPF_OPTS(bpf_object_open_opts, o, .object_name = "mine");
			struct bpf_object *bad = bpf_object__open_mem("x", 1, NULL);
			struct bpf_object *obj = bpf_object__open_file(argv[1], &o);
			int magic = atoi(argv[2]), start = 9;
			struct bpf_program *p;
			struct ring_buffer *rb;

			if (bad || !obj)
				return 1;
			bpf_program__set_autoload(
				bpf_object__find_program_by_name(obj, "refused"), false);
			bpf_map__set_max_entries(
				bpf_object__find_map_by_name(obj, "hash"), 5);
			bpf_object__write_global(obj, "magic", &magic, 4);
			bpf_object__write_global(obj, "start", &start, 4);
			if (bpf_object__load(obj))
				return 2;
			p = bpf_object__find_program_by_name(obj, "on_kill");
			if (!bpf_program__attach_tracepoint(p, "syscalls",
							    "sys_enter_kill"))
				return 3;
			printf("%s %u %d\n", bpf_object__name(obj),
			       bpf_map__max_entries(
				       bpf_object__find_map_by_name(obj, "hash")),
			       bpf_map__key_size(
				       bpf_object__find_map_by_name(obj, ".bss")));
			rb = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "one"),
					      on, NULL, NULL);
			puts("ready");
			if (ring_buffer__poll(rb, -1) != 1)
				return 4;
			bpf_object__close(obj);
			return 0;
		}
	END
	guest mem
	start "$WASM_BPF" --dir "$T:/d" mem.wasm /d/sdk.bpf.o "$MAGIC"
	wait_for ready
	fire
	end_of_it
	diff - "$OUT" <<-'END'
		mine 5 4
		ready
		9
	END
}

# Which knows nothing of links, sizes and sections.
@test "a skeleton as the published generator writes it" {
	bootstrap
	sed -i '/s->object = /d; /\.facts = /d; /\.section_offset = /d
		/\.section_size = /d; /\.link = /d; /\.section = /d
		/\.code_mark = /d' bootstrap.skel.h
	run -1 grep -E 'facts|code_mark|section_' bootstrap.skel.h
	guest bootstrap
	start "$WASM_BPF" bootstrap.wasm -d 3600000
	long=$PID long_out=$OUT
	wait_for '^TIME'
	start "$WASM_BPF" bootstrap.wasm
	wait_for '^TIME'
	/bin/true
	wait_for 'EXIT  true'
	stop_it
	PID=$long stop_it
	[ "$(wc -l <"$long_out")" = 1 ]
}
