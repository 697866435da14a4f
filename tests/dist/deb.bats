#!/usr/bin/env bats
# SPDX-License-Identifier: MIT

load ../helper
load ../registry
load bare

bats_require_minimum_version 1.5.0

setup() {
	helper_setup
	DEB=$(echo "$DIST"/*.deb)
}

@test "lintian has nothing to say of the .deb" {
	need program:lintian
	run -0 lintian --allow-root --fail-on error,warning "$DEB"
	[ -z "$(grep -v 'running with root' <<<"$output")" ]
}

@test "the .deb says what it is" {
	[ "$(dpkg-deb -f "$DEB" Package)" = eunomia ]
	[ "$(dpkg-deb -f "$DEB" Version)" = "$("$ECLI" version | cut -d ' ' -f 2)" ]
	[[ $(dpkg-deb -f "$DEB" Depends) == *"libbpf1 (>= 1:1.4"*libssl3*libmd0* ]]
	dpkg-deb -c "$DEB" >list
	for file in bin/ecc bin/ecli bin/lmp share/man/man1/ecli.1.gz \
		share/bash-completion/completions/ecli.bash \
		include/eunomia/eunomia.h share/doc/eunomia/copyright \
		share/doc/eunomia/changelog.gz; do
		grep -q " ./usr/$file" list
	done
	run ! grep -qv ' root/root ' list
	dpkg-deb --fsys-tarfile "$DEB" |
		tar -xO ./usr/share/doc/eunomia/changelog.gz | gzip -d >log
	[[ $(head -n 1 log) =~ ^eunomia\ \([0-9.]+\)\ unstable ]]
	[ "$(grep -c '^  \* ' log)" = "$(grep -c '^- ' "$ROOT/NEWS.md")" ]
}

@test "the .deb installs on Debian 12 with backports, compiles and runs, and goes" {
	need tracepoint
	bare
	mirror=$(sed -n 's/^deb \(\S*\) .*/\1/p' "$SYSTEM/etc/apt/sources.list" | sed 1q)
	echo "deb $mirror bookworm-backports main" >>"$SYSTEM/etc/apt/sources.list"
	cp "$DEB" "$SYSTEM/root/eunomia.deb"
	mkdir "$SYSTEM/root/hello"
	cp "$ROOT/examples/bootstrap"/bootstrap.* "$SYSTEM/root/hello/"
	recommended=$(dpkg-deb -f "$DEB" Recommends | sed 's/([^)]*)//g; s/,/ /g')
	inside "apt-get -qq update
		apt-get -qq install -y --no-install-recommends \
			-t bookworm-backports /root/eunomia.deb $recommended" \
		>out 2>&1 || { tail -n 20 out; false; }
	inside 'dpkg -V eunomia; cd /root/hello && lmp build' >out
	[ "$(sed -n '$s/.* //p' out)" = package.json ]
	two_events /root/hello/package.json
	inside 'apt-get -qq purge -y eunomia' >out 2>&1
	[ -z "$(find "$SYSTEM/usr" -name '*eunomia*')" ]
	[ ! -e "$SYSTEM/usr/bin/ecli" ]
}
