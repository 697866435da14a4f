#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper

setup() {
	helper_setup
	need ecc
	cp "$ROOT"/examples/bootstrap/bootstrap.* .
}

# The least that can be run.
PROGRAM='__attribute__((section("syscall"))) int prog(void *c) { return 0; }
char LICENSE[] __attribute__((section("license"))) = "GPL";'

# header TEXT: the types of it that ecc exports, by name.
header() {
	printf '%s\n' "$1" >t.h
	printf '#include "vmlinux.h"\n#include "t.h"\n%s\n' "$PROGRAM" >t.bpf.c
	"$ECC" t.bpf.c t.h || return
	jq -r '.export_types[] | .name + (.typedef // "")' t.skel.json
}

# comment TEXT: what a comment gives the variable behind it.
comment() {
	printf '#include "vmlinux.h"\n%s\nconst volatile int v;\n' "$1" >c.bpf.c
	printf '%s\n' "${PROGRAM/0/v}" >>c.bpf.c
	"$ECC" -n c.bpf.c || return
	jq -c '.bpf_skel.data_sections[0].variables[0] |
	       del(.name, .type)' c.skel.json
}

@test "a source and its header become object, skeleton and package" {
	run "$ECC" bootstrap.bpf.c bootstrap.h
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(ls)" = "bootstrap.bpf.c
bootstrap.bpf.o
bootstrap.h
bootstrap.skel.json
package.json" ]
	[ "$(jq -c 'del(.meta.export_types[].type_id)' package.json |
	     jq -r '.meta | del(.bpf_skel.data_sections[].variables[]
		    | .description, .cmdarg)
		    | del(.bpf_skel.doc, .export_types[].description)
		    | del(.export_types[].members[].description)
		    | tojson')" = '{"bpf_skel":{"data_sections":[{"name":".rodata","variables":[{"name":"min_duration_ns","type":"unsigned long long"}]}],"maps":[{"ident":"exec_start","name":"exec_start"},{"ident":"rb","name":"rb"},{"ident":"rodata","mmaped":true,"name":"bootstra.rodata"}],"obj_name":"bootstrap_bpf","progs":[{"attach":"tp/sched/sched_process_exec","link":true,"name":"handle_exec"},{"attach":"tp/sched/sched_process_exit","link":true,"name":"handle_exit"}]},"eunomia_version":"0.1.0","export_types":[{"members":[{"name":"pid","type":"int"},{"name":"ppid","type":"int"},{"name":"exit_code","type":"unsigned int"},{"name":"duration_ns","type":"unsigned long long"},{"name":"comm","type":"char[16]"},{"name":"filename","type":"char[127]"},{"name":"exit_event","type":"unsigned char"}],"name":"event","size":168}]}' ]
	[ "$(jq -c .meta package.json)" = "$(jq -c . bootstrap.skel.json)" ]
	# Compact, keys sorted, no newline.
	[ "$(jq -jcS . package.json | cksum)" = "$(cksum <package.json)" ]
	[ "$(jq .bpf_object_size package.json)" = "$(stat -c %s bootstrap.bpf.o)" ]
}

@test "the type of an event is where its id says" {
	"$ECC" bootstrap.bpf.c bootstrap.h
	id=$(jq '.export_types[0].type_id' bootstrap.skel.json)
	run bpftool -j btf dump file bootstrap.bpf.o
	[ "$(jq -r ".types[] | select(.id == $id) |
	      \"\(.kind) \(.name) \(.size) \(.vlen)\"" <<<"$output")" = \
	  "STRUCT event 168 7" ]
}

@test "the object holds no DWARF, no section of ours, and its source lines" {
	"$ECC" bootstrap.bpf.c bootstrap.h
	run readelf -SW bootstrap.bpf.o
	[[ $output == *" .BTF "* && $output == *" .BTF.ext "* ]]
	[[ $output != *.debug* && $output != *eu_types* ]]
	grep -aq 'bpf_ringbuf_reserve(&rb, sizeof(\*e), 0)' bootstrap.bpf.o
}

@test "an older libbpf loads the object" {
	need root program:bpftool
	"$ECC" bootstrap.bpf.c bootstrap.h
	run bpftool gen skeleton bootstrap.bpf.o
	[ "$status" = 0 ]
	[[ $output == *"*exec_start;"* && $output != *eu_type_*"*bss"* ]]
}

# The members of kernel structs that the source reads, and none else; those of
# its own event all the same.
@test "of the kernel's types the object holds what it asks for" {
	"$ECC" bootstrap.bpf.c bootstrap.h
	bpftool btf dump file bootstrap.bpf.o format raw -j |
		jq -c '.types[] | select(.kind == "STRUCT" and .name != "(anon)") |
			[.name, .size, [.members[].name]]' >structs
	jq -se 'any(.[]; .[0] == "task_struct" and .[1] > 1000 and
		.[2] == ["exit_code", "tgid", "real_parent"])' structs
	jq -se 'any(.[]; .[0] == "event" and (.[2] | length) == 7)' structs
	[ "$(jq -r '.[0]' structs | sort | tr '\n' ' ')" = \
		'event task_struct trace_event_raw_sched_process_exec trace_event_raw_sched_process_template ' ]
	[ "$(wc -c <package.json)" -lt 6000 ]
}

@test "every written package fits the schema" {
	"$ECC" bootstrap.bpf.c bootstrap.h
	mv package.json a.json
	"$ECC" --arch x86,arm64 bootstrap.bpf.c bootstrap.h
	mv package.json b.json
	printf '#include "vmlinux.h"\n__attribute__((section("xdp"))) int f(void *c) { return 1; }\n' >empty.bpf.c
	"$ECC" empty.bpf.c
	mv package.json c.json
	for p in a b c; do
		/usr/bin/python3 - "$ROOT/docs/package.schema.json" $p.json <<-'EOF'
			import json, sys, jsonschema
			schema, package = (json.load(open(f)) for f in sys.argv[1:])
			jsonschema.Draft202012Validator.check_schema(schema)
			jsonschema.validate(package, schema)
		EOF
	done
}

@test "the same source gives the same bytes in any folder, with any cache" {
	mkdir -p a/b c
	sed -i 's/^#endif$//' bootstrap.h
	printf 'static __attribute__((noinline)) int in_header(int x)\n{\n\tbpf_printk("%%s", __FILE__);\n\treturn x;\n}\n#endif\n' >>bootstrap.h
	printf 'SEC("raw_tp/sys_enter") int in_source(void *c)\n{\n\treturn in_header(bpf_get_smp_processor_id());\n}\n' >>bootstrap.bpf.c
	cp bootstrap.* a/b
	cp bootstrap.* c

	"$ECC" bootstrap.bpf.c bootstrap.h
	grep -aq in_header bootstrap.bpf.o
	want=$(cksum <package.json)

	"$ECC" a/b/bootstrap.bpf.c a/b/bootstrap.h
	[ "$(cksum <a/b/package.json)" = "$want" ]
	(cd a && "$ECC" ../c/bootstrap.bpf.c ../c/bootstrap.h)
	[ "$(cksum <c/package.json)" = "$want" ]
	"$ECC" -o a "$T/c/bootstrap.bpf.c" c/bootstrap.h
	[ "$(cksum <a/package.json)" = "$want" ]

	run env XDG_CACHE_HOME="$T/cache" "$ECC" -o a bootstrap.bpf.c bootstrap.h
	[[ $output == "ecc: preparing vmlinux.h for x86: "* ]]
	[ "$(cksum <a/package.json)" = "$want" ]
	run env XDG_CACHE_HOME="$T/cache" "$ECC" -o a bootstrap.bpf.c bootstrap.h
	[ -z "$output" ]
	[ "$(cksum <a/package.json)" = "$want" ]
	env -u XDG_CACHE_HOME -u HOME TMPDIR="$T/c" "$ECC" -o a \
		bootstrap.bpf.c bootstrap.h
	[ "$(cksum <a/package.json)" = "$want" ]
	# Nothing stays of a cache that could not be kept.
	[ "$(ls c)" = "bootstrap.bpf.c
bootstrap.bpf.o
bootstrap.h
bootstrap.skel.json
package.json" ]
}

@test "a broken cache is mended" {
	export XDG_CACHE_HOME=$T/cache
	"$ECC" bootstrap.bpf.c bootstrap.h
	want=$(cksum <package.json)
	pcm=$(echo cache/eunomia/vmlinux-*/vmlinux.pcm)
	for damage in "truncate -s 100000" "truncate -s 0"; do
		$damage "$pcm"
		run "$ECC" bootstrap.bpf.c bootstrap.h
		[ "$status" = 0 ]
		[[ $output == "ecc: preparing vmlinux.h for x86: "* ]]
		[ "${#lines[@]}" = 1 ]
		[ "$(cksum <package.json)" = "$want" ]
		run "$ECC" bootstrap.bpf.c bootstrap.h
		[ -z "$output" ]
	done
	# The folder alone, for a header of another name, makes no module.
	cp "$BUILD/share/eunomia/vmlinux/x86/6.12/vmlinux.h" mine.h
	"$ECC" --vmlinux mine.h -a=-O1 bootstrap.bpf.c bootstrap.h
	plain=$(cksum <bootstrap.bpf.o)
	"$ECC" --vmlinux mine.h bootstrap.bpf.c bootstrap.h
	[ "$(cksum <package.json)" = "$want" ]
	"$ECC" --vmlinux mine.h -a=-O1 bootstrap.bpf.c bootstrap.h
	[ "$(cksum <bootstrap.bpf.o)" = "$plain" ]
}

@test "a macro before the inclusion of vmlinux.h counts" {
	cat >m.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		SEC("raw_tp/sys_enter") int f(void *ctx)
		{
			struct task_struct *t = (void *)bpf_get_current_task_btf();
			return t->pid;
		}
	EOF
	"$ECC" m.bpf.c
	grep -aq '0:[0-9]' m.bpf.o
	sed '1i #define BPF_NO_PRESERVE_ACCESS_INDEX' m.bpf.c >n.bpf.c
	"$ECC" n.bpf.c
	"$ECC" -o . -a=-DBPF_NO_PRESERVE_ACCESS_INDEX m.bpf.c
	for o in m n; do
		run grep -aq '0:[0-9]' $o.bpf.o
		[ "$status" = 1 ]
	done
	# One that the header does not mention changes nothing.
	"$ECC" m.bpf.c
	want=$(cksum <m.bpf.o)
	"$ECC" -a=-DNOBODY_MENTIONS_THIS=1 -a=-Wall m.bpf.c
	[ "$(cksum <m.bpf.o)" = "$want" ]
}

@test "a vmlinux.h beside the source is the one" {
	printf 'typedef int pid_t;\nstruct only_here { int x; };\n' >vmlinux.h
	printf '#include "vmlinux.h"\nstruct only_here global;\n%s' "$PROGRAM" >v.bpf.c
	"$ECC" v.bpf.c
	[ "$(jq -r '.bpf_skel.data_sections[0].variables[0].type' \
		v.skel.json)" = "struct only_here" ]
}

@test "the compiler's messages are its own, and nothing is left" {
	mkdir s
	printf 'struct bad { int a; }\n' >s/bad.h
	cat >s/bad.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include "bad.h"
		int f(void) { return foo; }
	EOF
	printf '#include "vmlinux.h"\n#include "../bootstrap.h"\nint f(void) {\n' \
		>s/open.bpf.c
	for args in "s/bad.bpf.c s/bad.h" "s/open.bpf.c bootstrap.h"; do
		# shellcheck disable=SC2086
		set -- $args
		"${CLANG:-clang-16}" -g -O2 -target bpf \
			-I"$BUILD/share/eunomia/vmlinux/x86/6.12" \
			-c "$1" -o /dev/null 2>want || :
		run "$ECC" "$1" "$2"
		[ "$status" = 1 ]
		[ "$output" = "$(cat want)
ecc: cannot compile '$1' for x86" ]
	done
	[ "$(ls s)" = "bad.bpf.c
bad.h
open.bpf.c" ]
}

@test "warnings reach the user and stop nothing" {
	printf '#include "vmlinux.h"\nint f(void) { int u; return 0; }\n__attribute__((section("xdp"))) int x(void *c) { return f(); }\n' >w.bpf.c
	run "$ECC" -a=-Wall w.bpf.c
	[ "$status" = 0 ]
	[[ ${lines[0]} == "w.bpf.c:2:19: warning: unused variable 'u'"* ]]
	[ -s package.json ]
}

@test "what cannot be meant is warned of, as the compiler does" {
	cat >w.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		/// @cmdarg {"long": "pid", "short": "p"}
		const volatile int first;
		/// @cmdarg {"long": "pid"}
		const volatile int second;
		/// @cmdarg {"short": "p"}
		const volatile int third;
		/// @cmdarg {"long": "last"}
		const volatile int fourth;
		const volatile int last;
		#define HERE SEC("here")
		SEC("tracepont/sched/sched_switch")
		int typo(void *c) { return first + second + third + fourth + last; }
		SEC("?kprobb/do_exit") int asked(void *c) { return 0; }
		HERE int by_macro(void *c) { return 0; }
		SEC("mine" "/x") int joined(void *c) { return 0; }
		SEC("xdp") int right(void *c) { return 0; }
		SEC("fmod_ret.s/x") int right_too(void *c) { return 0; }
		int called(int x) { return x; }
		char LICENSE[] SEC("license") = "GPL";
	EOF
	run -0 --separate-stderr "$ECC" w.bpf.c
	[ -z "$output" ]
	diff - <(sort <<<"$stderr") <<-'EOF'
		w.bpf.c: warning: section 'mine/x' of program 'joined' is unknown: no kind of program is called so, it will not load
		w.bpf.c:10: warning: variable 'fourth' has the flag --last, as 'last' has: only one of them can be set
		w.bpf.c:12: warning: section 'here' of program 'by_macro' is unknown: no kind of program is called so, it will not load
		w.bpf.c:13: warning: section 'tracepont/sched/sched_switch' of program 'typo' is unknown: no kind of program is called so, it will not load
		w.bpf.c:15: warning: section 'kprobb/do_exit' of program 'asked' is unknown: no kind of program is called so, it will not load
		w.bpf.c:6: warning: variable 'second' has the flag --pid, as 'first' has: only one of them can be set
		w.bpf.c:8: warning: variable 'third' has the flag -p, as 'first' has: only one of them can be set
	EOF
}

@test "a header beside the source that is not given" {
	mkdir -p sub
	mv bootstrap.* sub
	# It is found, but nothing says that its struct is that of the events.
	line=$(grep -n '^struct event' sub/bootstrap.h | cut -d: -f1)
	run -0 --separate-stderr "$ECC" sub/bootstrap.bpf.c
	[ "$stderr" = "sub/bootstrap.h:$line: note: the events of map 'rb' have no type: if it is 'event', give its header too, as in 'ecc sub/bootstrap.bpf.c sub/bootstrap.h'" ]
	[ "$(jq .meta.export_types sub/package.json)" = null ]
	# Where the source says it, all is well.
	cp -r sub said
	echo 'const struct event *unused_event __attribute__((unused));' \
		>>said/bootstrap.bpf.c
	run -0 --separate-stderr "$ECC" said/bootstrap.bpf.c
	[ -z "$stderr" ]
	# What is marked there was meant to be exported.
	sed -i 's,^struct event,/// @export\n&,' sub/bootstrap.h
	line=$(grep -n '^struct event' sub/bootstrap.h | cut -d: -f1)
	run -0 --separate-stderr "$ECC" sub/bootstrap.bpf.c
	[ "$stderr" = "sub/bootstrap.h:$line: note: 'event' is marked @export, but not exported: give its header too, as in 'ecc sub/bootstrap.bpf.c sub/bootstrap.h'" ]
	run -0 --separate-stderr "$ECC" sub/bootstrap.bpf.c sub/bootstrap.h
	[ -z "$stderr" ]
	[ "$(jq '.meta.export_types | length' sub/package.json)" = 1 ]
}

@test "what is exported: the structs of the header and no others" {
	run header 'struct b { int x; };
		struct __attribute__((packed)) a { pid_t p; char c; };
		struct c { u64 x; } __attribute__((packed));'
	[ "$output" = "b
a
c" ]
	run header '/* struct commented { int x; }; */
		#if 0
		struct disabled { int x; };
		#else
		struct enabled { struct inner { int y; } in; };
		#endif
		union u { int i; };
		enum e { E };
		struct declared;
		static inline int f(void) { struct local { int z; } l; return 0; }'
	[ "$output" = "enabled" ]
	run header 'typedef struct { int q; } nameless_t;
		typedef struct tagged { int r; } tagged_t;'
	[ "$output" = "nameless_t
tagged" ]
	run header '#define DEFINE(x) struct x { int y; };
		DEFINE(by_macro)
		#ifdef NEVER
		struct never { int x; };
		#endif'
	[ "$output" = "by_macro" ]
	run header '/* nothing here */'
	[ -z "$output" ]
	[ "$(jq -c .export_types t.skel.json)" = "[]" ]
}

@test "@export limits what is exported" {
	run header 'struct first { int x; };
		/// @export
		struct second { int y; };'
	[ "$output" = second ]
	[ "$(jq -c '.export_types[0].export' t.skel.json)" = true ]
	cat >x.bpf.c <<-'EOF'
		#include "vmlinux.h"
		/// the one
		/// @export
		struct here { int x; };
		struct not_here { int x; };
	EOF
	printf '%s\n' "$PROGRAM" >>x.bpf.c
	"$ECC" x.bpf.c
	[ "$(jq -r '.export_types[] | "\(.name): \(.description)"' \
		x.skel.json)" = "here: the one" ]
}

@test "members keep their comments" {
	header '/// an event
		/// of two lines
		struct event {
			pid_t pid;	///< who
			int silent;	/* not this one */
			/** how
			 *  often */
			u64 count;
		};' >/dev/null
	[ "$(jq -c '.export_types[0] | [.description,
		(.members[] | [.name, .type, .description])]' t.skel.json)" = \
	  '["an event of two lines",["pid","pid_t","who"],["silent","int",null],["count","u64","how often"]]' ]
}

@test "members keep what they mean" {
	header 'struct event {
			/// who killed it @format signal
			int sig;
			u32 n;	///< @length n
			char text[8];	///< @length n
		};' >/dev/null
	[ "$(jq -c '.export_types[0].members[] |
		[.name, .description, .format, .length]' t.skel.json)" = \
		'["sig","who killed it","signal",null]
["n",null,null,"n"]
["text",null,null,"n"]' ]
	run "$ECLI" inspect package.json
	[[ $output == *"sig "*"signal"*"who killed it"* ]]
	run "$ECLI" run package.json --help
	[[ $output == *"Members of 'event':"*"sig "*"signal"*"who killed it"* ]]
	# A package that is written again has them still.
	jq 'del(.meta.export_types[0].size)' package.json >older.json
	[ "$("$ECLI" inspect older.json -j | jq -r '.records[].members[0].format')" = \
		signal ]
	run header 'struct event {
			int sig;	///< @format singal
		};'
	[ "$status" = 1 ]
	[[ $output == *"member 'sig': there is no format 'singal'; there are: ipv4, ipv6,"* ]]
}

@test "every type of <eunomia/format.bpf.h> is a format" {
	types=$(sed -n 's/^typedef [a-z0-9_]* \(eu_[a-z0-9_]*\).*/\1/p' \
		"$ROOT/include/eunomia/format.bpf.h")
	{
		printf '#include <%s>\n' vmlinux.h bpf/bpf_helpers.h \
			eunomia/format.bpf.h
		printf 'struct all {\n'
		printf '%s m_%s;\n' $(for t in $types; do echo $t $t; done)
		printf '};\nstruct all *unused_all __attribute__((unused));\n'
		printf 'SEC("syscall") int once(void *ctx) { return 0; }\n'
	} >x.bpf.c
	"$ECC" x.bpf.c
	[ "$("$ECLI" inspect x.bpf.o -j |
		jq -r '.records[0].members[] | "eu_" + .format')" = "$types" ]
}

@test "a header that the source does not include is refused" {
	printf '#include "vmlinux.h"\n' >t.bpf.c
	run "$ECC" t.bpf.c bootstrap.h
	[ "$status" = 1 ]
	[ "$output" = "ecc: 't.bpf.c' does not include 'bootstrap.h', so its types cannot be exported" ]
	[ ! -e t.bpf.o ]
}

@test "comments become keys" {
	while IFS='|' read -r text want; do
		run comment "$(printf '%b' "$text")"
		echo "$text: $output"
		[ "$output" = "$want" ]
	done <<-'EOF'
		/// Process ID to trace|{"description":"Process ID to trace"}
		/// @description only failures|{"description":"only failures"}
		/// @cmdarg {"default": 0, "short": "p", "long": "pid"}\n/// target pid to trace|{"cmdarg":{"default":0,"long":"pid","short":"p"},"description":"target pid to trace"}
		/// @cmdarg {"default": 1,\n///   "long": "several_lines"}\n/// text|{"cmdarg":{"default":1,"long":"several_lines"},"description":"text"}
		/// a\n/// b|{"description":"a b"}
		/// a\n///\n/// b|{"description":"a\nb"}
		/// 100|{"description":"100"}
		/// @whatever 100|{"whatever":100}
		/// @whatever some words|{"whatever":"some words"}
		/// @whatever|{"whatever":true}
		/// @brief short\n/// and on\n///\n/// text|{"brief":"short and on","description":"text"}
		/// text @cmdarg {"long": "x"}|{"cmdarg":{"long":"x"},"description":"text"}
		/// mail me@example.org|{"description":"mail me@example.org"}
		/** a\n *  b */|{"description":"a b"}
		/*! one */|{"description":"one"}
		//! one|{"description":"one"}
		// plain|{}
		/* plain */|{}
	EOF
}

@test "comments stand where they belong" {
	cat >p.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		/// @sample {"interval": 500, "type": "log2_hist", "unit": "usecs"}
		struct {
			__uint(type, BPF_MAP_TYPE_HASH);
			__uint(max_entries, 8);
			__type(key, u32);
			__type(value, u64);
		} hist SEC(".maps");
		int trailing; ///< behind it
		/// @ifindex eth0
		/// @target lo
		/// @target eth0,mode=skb
		/// drops all
		SEC("xdp") int drop(void *ctx) { return trailing++; }
		/// @brief One
		/// @details Two
		/// @version 0.2
		///
		/// Three
		char LICENSE[] SEC("license") = "GPL";
	EOF
	"$ECC" p.bpf.c
	run jq -c '.bpf_skel | .maps[0].sample,
		.data_sections[0].variables[0].description,
		(.progs[0] | [.ifindex, .target, .description]), .doc' p.skel.json
	[ "$output" = '{"interval":500,"type":"log2_hist","unit":"usecs"}
"behind it"
["eth0",["lo","eth0,mode=skb"],"drops all"]
{"brief":"One","description":"Three","details":"Two","version":"0.2"}' ]
}

@test "a wrong annotation is told with its line" {
	run comment '/// @cmdarg {"long": }'
	[ "$status" = 1 ]
	[[ $output == "ecc: c.bpf.c:2: @cmdarg: line 1, column "* ]]
	run comment '/// @name other'
	[ "$output" = "ecc: c.bpf.c:3: @name cannot be set by a comment" ]
	run comment '/// @cmdarg {"short": "two"}'
	[ "$output" = "ecc: variable 'v': 'short' of 'cmdarg' must be one character" ]
	[ ! -e c.bpf.o ]
}

@test "a type that only an older kernel has is told with its version" {
	printf '#include "vmlinux.h"\nstruct mm_rss_stat global;\n%s' "$PROGRAM" >r.bpf.c
	run "$ECC" r.bpf.c
	[ "$status" = 1 ]
	[[ ${lines[0]} == "r.bpf.c:2:20: error: "*"'struct mm_rss_stat'"* ]]
	[ "${lines[-1]}" = "ecc: cannot compile 'r.bpf.c' for x86; the vmlinux.h of 6.1 has 'mm_rss_stat': try --vmlinux 6.1" ]
	"$ECC" --vmlinux 6.1 r.bpf.c
	cp "$BUILD/share/eunomia/vmlinux/x86/6.1/vmlinux.h" mine.h
	"$ECC" --vmlinux mine.h r.bpf.c
	run "$ECC" --vmlinux 4.4 r.bpf.c
	[ "$output" = "ecc: there is no vmlinux.h 4.4 for x86 (installed: 6.12, 6.1); give a file, a version, or 'running'" ]
}

@test "what is no header leaves nothing behind" {
	printf '#include "vmlinux.h"\n%s' "$PROGRAM" >r.bpf.c
	export XDG_CACHE_HOME=$T/cache
	run -1 "$ECC" --vmlinux /etc/passwd r.bpf.c
	[ "${lines[-1]}" = "ecc: '/etc/passwd' is no header file" ]
	echo '#error no' >bad.h
	run -1 "$ECC" --vmlinux bad.h r.bpf.c
	[ -z "$(find cache -mindepth 2 2>/dev/null)" ]
}

@test "the running kernel's types" {
	need btf
	printf '#include "vmlinux.h"\nstruct task_struct *global;\n%s' "$PROGRAM" >r.bpf.c
	run "$ECC" --vmlinux running r.bpf.c
	[ "$status" = 0 ]
	# Also where nothing can be kept.
	run -0 --separate-stderr env XDG_CACHE_HOME=/proc/none "$ECC" --vmlinux running r.bpf.c
	[[ $stderr != *"cannot"* ]]
	run "$ECC" --vmlinux running --arch arm64 r.bpf.c
	[ "$status" = 1 ]
	[ "$output" = "ecc: the running kernel's types are those of x86, not of arm64" ]
}

@test "sources of all styles" {
	mkdir o
	for f in hello.bpf.c hello_libbpf.bpf.c hello_kern.c hello_gobpf.c; do
		"$ECC" -o o "$ROOT/tests/obj/$f"
	done
	[ "$(cd o && echo *.bpf.o)" = \
	  "hello.bpf.o hello_gobpf.bpf.o hello_kern.bpf.o hello_libbpf.bpf.o" ]
	cat >old.c <<-'EOF'
		#include <uapi/linux/ptrace.h>
		#include <uapi/linux/bpf.h>
		#include "bpf_helpers.h"
		#include "bpf_tracing.h"
		SEC("kprobe/do_sys_open") int old(struct pt_regs *ctx)
		{
			return PT_REGS_PARM2(ctx) == 0;
		}
		char _license[] SEC("license") = "GPL";
	EOF
	"$ECC" old.c
	[ "$(jq -r '.bpf_skel.progs[0].attach' old.skel.json)" = \
	  kprobe/do_sys_open ]
}

@test "one package for several architectures" {
	"$ECC" --arch s390,x86_64 --arch arm64 bootstrap.bpf.c bootstrap.h
	[ "$(jq -c '[.arch, (.objects | keys)]' package.json)" = \
	  '["s390",["arm64","x86"]]' ]
	jq -r .objects.x86.bpf_object package.json | base64 -d |
		/usr/bin/python3 -c 'import sys, zlib
sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))' >x86.o
	run readelf -h x86.o
	[[ $output == *"little endian"* && $output == *"Linux BPF"* ]]
	run readelf -h bootstrap.bpf.o
	[[ $output == *"big endian"* ]]
	# Alone it is the same object.
	"$ECC" bootstrap.bpf.c bootstrap.h
	cmp x86.o bootstrap.bpf.o
	run "$ECC" --arch mips bootstrap.bpf.c
	[ "$status" = 2 ]
}

@test "a kprobe's package does not run elsewhere" {
	cat >kprobe.bpf.c <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		#include <bpf/bpf_tracing.h>
		SEC("kprobe/do_unlinkat") int BPF_KPROBE(on_unlink, int dfd)
		{
			return dfd;
		}
		char LICENSE[] SEC("license") = "GPL";
	EOF
	"$ECC" --arch arm64,riscv kprobe.bpf.c
	run "$ECLI" run package.json
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[[ $output == *"the package is for arm64 and riscv, and its program"*"build it with 'ecc --arch x86'"* ]]
}

@test "YAML, no package, the types of a header alone" {
	"$ECC" -y bootstrap.bpf.c bootstrap.h
	grep -q '^bpf_object: eJ' package.yaml
	grep -q '^  obj_name: bootstrap_bpf$' bootstrap.skel.yaml
	[ ! -e package.json ]
	rm package.yaml
	"$ECC" -n bootstrap.bpf.c bootstrap.h
	[ ! -e package.json ]
	cp bootstrap.skel.json want
	for _ in 1 2; do
		"$ECC" bootstrap.h --header-only
		[ "$(jq -r '.export_types[0] | "\(.name) \(.size)"' \
			bootstrap.skel.json)" = "event 168" ]
		[ "$(jq -c .bpf_skel.progs bootstrap.skel.json)" = "[]" ]
	done
	"$ECC" bootstrap.bpf.c bootstrap.h
	cmp bootstrap.skel.json want
}

@test "a strip tool of the user's" {
	"$ECC" bootstrap.bpf.c bootstrap.h
	cp bootstrap.bpf.o want
	cat >strip <<-'EOF'
		#!/bin/sh
		echo "$@" >called
		exec cat
	EOF
	chmod +x strip
	"$ECC" -l ./strip bootstrap.bpf.c bootstrap.h
	[ "$(cat called)" = "-g - -o -" ]
	cmp bootstrap.bpf.o want
	run "$ECC" -l false bootstrap.bpf.c bootstrap.h
	[ "$status" = 1 ]
	[ "$output" = "ecc: 'false' failed" ]
}

@test "which compiler" {
	run "$ECC" -v bootstrap.bpf.c bootstrap.h
	[[ $output == "\$ /"*clang*" -c bootstrap.bpf.c -o -" ]]
	run "$ECC" -c no-such-clang bootstrap.bpf.c
	[ "$status" = 1 ]
	[ "$output" = "ecc: cannot find the compiler 'no-such-clang'" ]
	run env CLANG=no-such-clang "$ECC" bootstrap.bpf.c
	[ "$output" = "ecc: cannot find the compiler 'no-such-clang'" ]
	run env LIBCLANG_PATH=/nowhere "$ECC" bootstrap.bpf.c bootstrap.h
	[ "$status" = 1 ]
	[[ $output == "ecc: cannot open libclang: "*"set LIBCLANG_PATH" ]]
	# Not opened where there is nothing for it to find.
	printf '#include "vmlinux.h"\nint global;\n%s' "$PROGRAM" >t.bpf.c
	LIBCLANG_PATH=/nowhere "$ECC" t.bpf.c
}

@test "usage" {
	run "$ECC"
	[ "$status" = 2 ]
	[ "${lines[0]}" = "ecc: which source?" ]
	run "$ECC" --nonsense x.c
	[ "$status" = 2 ]
	[ "${lines[0]}" = "ecc: unknown option '--nonsense'" ]
	run "$ECC" a.c a.h b.h
	[ "$status" = 2 ]
	run "$ECC" --help
	[ "$status" = 0 ]
	[[ ${lines[0]} == "Usage: ecc "* ]]
	run "$ECC" --version
	[ "$status" = 0 ]
	[[ $output == "ecc "* ]]
	run "$ECC" missing.bpf.c
	[ "$status" = 1 ]
	[ "$output" = "ecc: cannot open 'missing.bpf.c': No such file or directory" ]
	run "$ECC" -o missing bootstrap.bpf.c
	[ "$status" = 1 ]
	[ "$output" = "ecc: cannot write into 'missing': No such file or directory" ]
}
