# SPDX-License-Identifier: MIT
#
# Guests that scenarios write, compile and run.

WASM_BPF=$BUILD/tools/wasm-bpf
BPFTOOL=$BUILD/tools/wasm-bpftool

# guest NAME [OPTION...]: NAME.c to NAME.wasm, by the manual's command.
guest() {
	clang-16 --target=wasm32-wasi -O2 -I"$ROOT/include/wasm" -I. \
		-Wl,--allow-undefined,--stack-first,-z,stack-size=262144 \
		-o "$1.wasm" "$1.c" "${@:2}"
}

# The headers that bootstrap.c of the examples includes, and the program.
bootstrap() {
	cp "$ROOT"/examples/bootstrap/bootstrap.{bpf.c,h} .
	cp "$ROOT/examples/wasm/bootstrap/bootstrap.c" .
	"$ECC" bootstrap.bpf.c bootstrap.h >ecc.out
	"$BPFTOOL" gen skeleton -j bootstrap.bpf.o >bootstrap.skel.h
	"$BPFTOOL" btf dump file bootstrap.bpf.o format c -j >bootstrap.wasm.h
	guest bootstrap -Wl,--strip-debug
}

# imports [OBJECT]: to imports.h the functions of docs/wasm-abi.md, and the bytes
# of an object of tests/obj.
imports() {
	{
		printf '#include <%s.h>\n' fcntl stdio unistd string libbpf-wasm \
			libbpf-wasm-host
		echo 'static unsigned char object[] = {'
		od -An -v -tx1 "$OBJ/${1:-guest}.bpf.o" | sed 's/ \(..\)/0x\1,/g'
		echo '};'
		cat <<-'END'
			#define OPEN eunomia_object_open(object, sizeof(object))
			#define LOAD wasm_load_bpf_object(object, sizeof(object))
			__attribute__((unused)) static void why(void)
			{
				char text[200];
				int n = eunomia_error(text, sizeof(text));
				printf("%d %s\n", n, text);
			}
			__attribute__((unused)) static int fill(uint64_t o, uint64_t n)
			{
				int result = -1;
				int r = eunomia_program_run(o, "fill", &n, sizeof(n), &result);
				return r ? r : result;
			}
		END
	} >imports.h
}

# main [OPTION...]: compiles the body of main() for $OBJECT and runs it with
# $ARGUMENTS, which has to end with $STATUS.
main() {
	imports "${OBJECT:-guest}"
	{
		echo '#include "imports.h"'
		echo 'int main(int argc, char **argv) {'
		cat
		echo 'return 0; }'
	} >main.c
	guest main
	run -"${STATUS:-0}" --separate-stderr "$WASM_BPF" "$@" main.wasm $ARGUMENTS
	echo "$output"
	echo "$stderr"
}

# imported FILE.wasm: "MODULE NAME" of each import, but for those of WASI.
imported() {
	python3 - "$1" <<-'END'
		import sys
		d, p = open(sys.argv[1], 'rb').read(), 8
		def leb():
		    global p
		    r = s = 0
		    while True:
		        b = d[p]; p += 1; r |= (b & 127) << s; s += 7
		        if b < 128: return r
		def name():
		    global p
		    n = leb(); p += n
		    return d[p - n:p].decode()
		while p < len(d):
		    kind = d[p]; p += 1; size = leb(); end = p + size
		    for i in range(leb() if kind == 2 else 0):
		        m, f = name(), name(); p += 1; leb()
		        if not m.startswith('wasi'): print(m, f)
		    p = end
	END
}

# skeleton NAME: of the object of that name, NAME.skel.h.
skeleton() {
	"$BPFTOOL" gen skeleton -j "$OBJ/$1.bpf.o" >"$1.skel.h"
}
