#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load ../registry

bats_require_minimum_version 1.5.0

install_to() {
	DESTDIR=$1 meson install -C "$BUILD" --no-rebuild --quiet
	PREFIX=$(meson introspect "$BUILD" --buildoptions |
		jq -r '.[] | select(.name == "prefix").value')
}

@test "install puts everything in its place" {
	need plain program:meson
	install_to "$T/root"
	cd "root$PREFIX"
	[ -x bin/ecli ] && [ -x bin/ecc ] && [ -x bin/ecli-static ]
	[ "$(readlink bin/lmp)" = ecli ]
	[ -f include/eunomia/eunomia.h ]
	[ -f include/eunomia/eunomia-bpf.h ]
	for tool in ecli ecc lmp; do
		[ -s "share/man/man1/$tool.1" ]
		[ -s "share/bash-completion/completions/$tool.bash" ]
		[ -s "share/zsh/site-functions/_$tool" ]
		[ -s "share/fish/vendor_completions.d/$tool.fish" ]
	done
	find . -name libeunomia.a | grep -q .
	find . -name libeunomia.so.0 | grep -q .
}

# installed COMMAND...: where it would be, in a mount namespace, known to the
# loader as after ldconfig.
installed() {
	unshare -m bash -c 'mount --bind "$0$1" "$1" && ldconfig -C "$0/cache" &&
		mount --bind "$0/cache" /etc/ld.so.cache && shift && exec "$@"' \
		"$T/root" "$PREFIX" "$@"
}

@test "what was installed finds its library and runs" {
	need plain program:meson program:ldconfig root tracepoint
	install_to "$T/root"
	[ -d "$PREFIX" ] || skip "there is no $PREFIX"
	run -0 installed ldd "$PREFIX/bin/ecli"
	[[ $output == *"libeunomia.so.0 => $PREFIX/lib"* ]]
	run -0 installed "$PREFIX/bin/ecli" version
	[ "$output" = "$("$ECLI" version)" ]
	run -0 installed "$PREFIX/bin/ecli" run "$OBJ/exec.bpf.o" --timeout 1ms
	run -0 installed "$PREFIX/bin/lmp" --version
	run -0 installed "$PREFIX/bin/lmp" gen-wasm-skel "$OBJ/exec.bpf.o"
	cmp eunomia-include/bpf-print.h "$ROOT/include/wasm/bpf-print.h"
	# Modules are looked for where they were put.
	if has symbols; then
		find "root$PREFIX" -name sym.so | grep -q .
		run -0 installed "$PREFIX/bin/ecli" run "$OBJ/stacks.bpf.o" \
			--timeout 1ms
		[[ $output != *"not installed"* ]]
	fi
}

@test "what is installed compiles, and uninstall leaves nothing" {
	need plain program:meson ecc
	"$ROOT/scripts/install" "$BUILD" "$T/root" >/dev/null
	PREFIX=$(meson introspect "$BUILD" --buildoptions |
		jq -r '.[] | select(.name == "prefix").value')
	bin=$T/root$PREFIX/bin
	LD_LIBRARY_PATH=$(dirname "$(find "$T/root" -name libeunomia.so.0)")
	export LD_LIBRARY_PATH
	for version in "$BUILD"/share/eunomia/vmlinux/*/*/vmlinux.h; do
		cmp "$version" "$T/root$PREFIX/share/${version#"$BUILD/share/"}"
	done
	cp "$ROOT/examples/bootstrap"/bootstrap.* .
	mkdir one two
	"$bin/ecc" -o one bootstrap.bpf.c bootstrap.h
	jq -e '.meta.maps | length' one/package.json
	( cd two && cp ../bootstrap.* . && "$bin/lmp" build bootstrap.bpf.c )
	[ -s two/package.json ]
	unset LD_LIBRARY_PATH
	"$ROOT/scripts/install" -u "$BUILD" "$T/root" >/dev/null
	[ -z "$(find "$T/root" -type f)" ]
	[ -z "$(find "$T/root" -name vmlinux)" ]
}

@test "what the kernel types are missing for is said with what to do" {
	need ecc
	mkdir -p home/vmlinux
	cp "$ROOT/examples/bootstrap"/bootstrap.* .
	EUNOMIA_HOME=$T/home run -1 "$ECC" --arch riscv bootstrap.bpf.c bootstrap.h
	[[ $output == *"there is no vmlinux.h for riscv: give one by --vmlinux FILE, or keep it as '/"*"/share/eunomia/vmlinux/riscv/VERSION/vmlinux.h'"* ]]
}

@test "outside the loader's folders tools look for the library beside them" {
	need plain program:meson
	meson setup --prefix=/opt/eunomia "$T/b" "$ROOT" >/dev/null
	# What the installation writes into them; none of it is absolute.
	[ "$(grep -ao '\$ORIGIN/\.\./lib' "$T/b/meson-private/install.dat" | wc -l)" -ge 1 ]
	! grep -aq '/opt/eunomia/lib[a-z0-9/_-]*$' "$T/b/meson-private/install.dat"
}

@test "the embedding example builds by pkg-config and runs two packages" {
	need plain program:meson ecc root tracepoint
	install_to "$T/root"
	export PKG_CONFIG_SYSROOT_DIR=$T/root
	PKG_CONFIG_PATH=$(dirname "$(find "$T/root" -name libeunomia.pc)")
	export PKG_CONFIG_PATH
	cc -Wall -Werror -o embed "$ROOT/examples/embed/embed.c" \
		$(pkg-config --cflags --libs libeunomia)
	[ "$(wc -l <"$ROOT/examples/embed/embed.c")" -lt 60 ]
	LD_LIBRARY_PATH=$(dirname "$(find "$T/root" -name libeunomia.so.0)")
	export LD_LIBRARY_PATH
	run -2 ./embed
	[ "$output" = "usage: embed PACKAGE..." ]
	run -1 ./embed nothing.json
	[ "$output" = "embed: cannot open 'nothing.json': No such file or directory" ]
	mkdir one two
	"$ECC" -o one "$ROOT/examples/bootstrap/bootstrap.bpf.c" \
		"$ROOT/examples/bootstrap/bootstrap.h"
	cp one/package.json two/
	# The output is a regular file: no event comes out of writing it.
	( trap 'exit 0' TERM; while :; do /bin/true; done ) &
	children+=($!)
	./embed one/package.json two/package.json >out
	[ "$(sort -u out | grep -c '^[a-z]*/package.json:$')" = 2 ]
	[ "$(grep '^{' out | jq -s 'length')" = 10 ]
	[ "$(grep '^{' out | jq -s 'all(.pid > 0)')" = true ]
}

@test "man pages and completion name every option" {
	for tool in ecli lmp ecc; do
		[ -x "$BUILD/tools/$tool" ] || continue
		bash -n "$BUILD/tools/$tool.bash"
		grep -q "^.SH NAME" "$BUILD/tools/$tool.1"
	done
	"$ECLI" run --help | grep -oE '^ +(-., )?--[a-z-]+' |
		grep -oE -- '--[a-z-]+' | sort -u >options
	[ "$(wc -l <options)" -gt 10 ]
	while read -r option; do
		grep -qF -- " $option " "$BUILD/tools/ecli.bash"
		grep -qF -- "$option" "$BUILD/tools/_ecli"
		grep -qF -- "-l ${option#--} " "$BUILD/tools/ecli.fish"
		grep -qF -- "$(sed 's/-/\\-/g' <<<"$option")" "$BUILD/tools/ecli.1"
	done <options
}

@test "bash completes commands, options and files" {
	source "$BUILD/tools/ecli.bash"
	COMP_WORDS=(ecli ru)
	COMP_CWORD=1
	_ecli
	[ "${COMPREPLY[*]}" = run ]
	COMP_WORDS=(ecli run --max)
	COMP_CWORD=2
	_ecli
	[ "${COMPREPLY[*]}" = --max-events ]
	COMP_WORDS=(ecli run --format fl)
	COMP_CWORD=3
	_ecli
	[ "${COMPREPLY[*]}" = flamegraph ]
	COMP_WORDS=(ecli run --timestamps "")
	_ecli
	[ "${COMPREPLY[*]}" = "local utc mono delta none" ]
	COMP_CWORD=2
	touch package.json
	COMP_WORDS=(ecli run pack)
	COMPREPLY=()
	_ecli
	[ "${COMPREPLY[*]}" = package.json ]
}

# completed TOOL LINE: what bash completes where the line ends.
completed() {
	COMP_LINE=$2 COMP_POINT=${#2}
	# As readline takes the line apart: a colon is a word.
	mapfile -t COMP_WORDS < <(grep -oE '[^ :]+|:+' <<<"$2")
	[[ $2 != *' ' ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
	"_$1" "$BUILD/tools/$1" "${2##*[ :]}"
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "bash completes names that are known, and asks nobody" {
	need program:python3
	own_folders
	export XDG_CONFIG_HOME=$T/config EUNOMIA_HUB=
	source "$BUILD/tools/ecli.bash"
	source "$BUILD/tools/lmp.bash"
	cp "$EXAMPLES/bootstrap/package.json" one.json
	registry
	for name in a:1 tools/xray:2 tools/xray:latest; do
		"$ECLI" push -m one.json "$REGISTRY/$name"
		"$ECLI" pull -q "$REGISTRY/$name" -o back
	done
	stop_registry
	port=${REGISTRY#*:}
	[ "$(completed ecli "ecli run ${REGISTRY:0:5}")" = "$REGISTRY/a:1
$REGISTRY/tools/xray:2
$REGISTRY/tools/xray:latest" ]
	[ "$(completed ecli "ecli run $REGISTRY/t")" = "$port/tools/xray:2
$port/tools/xray:latest" ]
	[ "$(completed ecli "ecli rm $REGISTRY/tools/xray:")" = "2
latest" ]
	[ -z "$(completed ecli "ecli login ${REGISTRY:0:5}")" ]
	[ "$(completed ecli 'ecli run --format fl')" = flamegraph ]
	[ "$(completed ecli 'ecli run on')" = one.json ]
	# Of lmp the tools of hubs as well: of a folder,
	"$LMP" push --hub "file://$T/hub" one.json xdump:1
	"$LMP" push --hub "file://$T/hub" one.json xdump:2
	# of a web server that was listed before,
	mkdir web
	"$LMP" push --hub "file://$T/web" one.json xweb
	web web
	# and of a registry what was pulled.
	export EUNOMIA_HUB="file://$T/hub http://$WEB oci://$REGISTRY/tools oci://$REGISTRY/other"
	[ "$(completed lmp 'lmp run x')" = "xdump
xdump:1
xdump:2
xray
xray:2" ]
	"$LMP" list --hub "http://$WEB"
	kill "${children[-1]}"
	wait "${children[-1]}" || :
	mkdir -p -m 700 cache/eunomia/hub
	touch cache/eunomia/hub/{xkept:latest,xkept:3,Bad,.new}
	run -0 --separate-stderr completed lmp 'lmp run x'
	[ "$output" = "xdump
xdump:1
xdump:2
xkept
xkept:3
xray
xray:2
xweb" ]
	[ -z "$stderr" ]
	[ "$(completed lmp 'lmp run xdump:')" = "1
2" ]
	[ -z "$(completed lmp 'lmp list x')" ]
	# What others have written there may be no name.
	jq -c '.manifests += [.manifests[0] | .annotations["org.opencontainers.image.ref.name"] = "x.y/$(touch bad):1"]' \
		store/index.json >index && cp index store/index.json
	[ -z "$(completed ecli 'ecli run x')" ]
	[ ! -e bad ]
	# Without anything nothing is made.
	EUNOMIA_STORE=$T/none run -0 "$ECLI" names
	[ -z "$output" ]
	[ ! -e none ]
	run -2 "$ECLI" names x
}
