#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs eunomia @VERSION@:
#
#	curl -fsSL URL/install.sh | sh
#	curl -fsSL URL/install.sh | sh -s -- --all --prefix /opt/eunomia
#
# Without --all that is one file, ecli, which runs programs and needs nothing of
# this system; with it also the compiler ecc, the library and the manuals. What
# was downloaded is installed if its SHA-256 is the one in SHA256SUMS.

set -eu
version=@VERSION@
url=${EUNOMIA_URL:-@URL@} prefix=${PREFIX:-} what=one

usage() {
	cat <<-END
	usage: install.sh [--url URL] [--prefix DIR] [--all]
	  --url URL     the folder to download from (\$EUNOMIA_URL${url:+, else $url})
	  --prefix DIR  where bin, lib and share are (\$PREFIX, else /usr/local for
	                root and ~/.local for others)
	  --all         the compiler, the library and the manuals too
	END
}

say() { printf 'install: %s\n' "$*"; }
die() { printf 'install: %s\n' "$*" >&2; exit 1; }

# get FILE: into the folder that all is downloaded to.
get() {
	say "downloading $url/$1"
	if command -v curl >/dev/null; then
		curl -fsSL -o "$tmp/$1" "$url/$1"
	elif command -v wget >/dev/null; then
		wget -qO "$tmp/$1" "$url/$1"
	else
		die "neither curl nor wget is installed"
	fi || die "cannot download '$url/$1'"
}

check() {
	sum=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1\$/\1/p" "$tmp/SHA256SUMS")
	[ -n "$sum" ] || die "'$url/SHA256SUMS' does not name $1"
	real=$(sha256sum "$tmp/$1" | cut -d ' ' -f 1)
	[ "$real" = "$sum" ] || die "$1 is not what SHA256SUMS says:" \
		"its SHA-256 is $real and should be $sum; nothing was installed"
	say "$1 has the SHA-256 $sum"
}

install_one() {
	mkdir -p "$prefix/bin"
	chmod 755 "$tmp/$1"
	# In one step, also where the old one runs.
	cp "$tmp/$1" "$prefix/bin/.ecli.new"
	mv -f "$prefix/bin/.ecli.new" "$prefix/bin/ecli"
	for name in lmp wasm-bpf wasm-bpftool; do
		ln -sfn ecli "$prefix/bin/$name"
	done
	say "installed $prefix/bin: ecli lmp wasm-bpf wasm-bpftool"
}

install_all() {
	mkdir "$tmp/all"
	(cd "$tmp/all" && gzip -dc "../$1" | tar -xf -)
	mkdir -p "$prefix"
	# What runs is not written into.
	(cd "$tmp/all"/*/ && find . -type f -o -type l) |
		while IFS= read -r file; do
			mkdir -p "$prefix/${file%/*}"
			rm -f "$prefix/$file"
			cp -P "$tmp/all"/*/"$file" "$prefix/$file"
		done
	say "installed $prefix: bin/ecc bin/ecli bin/lmp ... lib include share"
}

main() {
	while [ $# -gt 0 ]; do
		case $1 in
		--url) url=${2:?"--url needs a URL"}; shift 2 ;;
		--prefix) prefix=${2:?"--prefix needs a folder"}; shift 2 ;;
		--all) what=all; shift ;;
		-h|--help) usage; exit ;;
		*) usage >&2; exit 2 ;;
		esac
	done
	url=${url%/}
	[ -n "$url" ] || die "from where? Give --url or set EUNOMIA_URL"
	[ -n "$prefix" ] || { [ "$(id -u)" = 0 ] && prefix=/usr/local ||
		prefix=$HOME/.local; }
	machine=$(uname -m)
	case $what in
	one) file=ecli-$machine ;;
	all) file=eunomia-$version-$machine.tar.gz ;;
	esac
	tmp=$(mktemp -d)
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' HUP INT TERM
	get SHA256SUMS
	grep -q " [ *]$file\$" "$tmp/SHA256SUMS" ||
		die "there is no eunomia $version for $machine at $url"
	get "$file"
	check "$file"
	"install_$what" "$file"
	"$prefix/bin/ecli" version ||
		die "it does not start; of Debian or Ubuntu it needs:" \
			"apt-get install libelf1 libjansson4 liblzma5 libmd0 libyaml-0-2 zlib1g"
	[ $what = one ] || command -v clang >/dev/null ||
		say "ecc needs clang: apt-get install clang libclang1 libbpf-dev"
	case :$PATH: in
	*":$prefix/bin:"*) ;;
	*) say "$prefix/bin is not in PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
	esac
}

# A script that has come in part does nothing.
main "$@"
