# SPDX-License-Identifier: MIT
#
# Packages of any suite and architecture, without this system's apt noticing.
# For scripts that have the functions "update" and "say" and a directory $tmp.

# mirror [SUITE]: the address of the system's own Debian mirror, that of security
# updates if SUITE is one.
mirror() {
	local at label=Debian

	[[ ${1:-} != *-security ]] || label=Debian-Security
	at=$(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' "Label: $label" | sed 1q)
	if [ -z "$at" ]; then
		update
		at=$(apt-get indextargets --format '$(REPO_URI)' \
			'Created-By: Packages' 'Origin: Debian' \
			"Label: $label" | sed 1q)
	fi
	[ -n "$at" ] || die "apt has no Debian mirror among its sources"
	printf '%s\n' "${at%/}"
}

# An apt that knows one suite for one architecture and nothing of this system
# (its settings, such as a proxy, still hold). The system's sources stay as
# they are, and one suite of one architecture is quickly listed.
#	apt_of SUITE ARCH apt-get|apt-cache ...
apt_of() {
	local suite=$1 arch=$2 root at
	shift 2

	root=$tmp/$suite-$arch
	if [ ! -e "$root/ready" ]; then
		at=$(mirror "$suite")
		mkdir -p "$root"/{lists,cache/archives}/partial "$root"/{get,none}
		printf 'deb [arch=%s target=Packages signed-by=%s] %s %s main\n' \
			"$arch" /usr/share/keyrings/debian-archive-keyring.gpg \
			"$at" "$suite" >"$root/sources.list"
		: >"$root/status"
		cat >"$root/conf" <<-CONF
		Dir::Etc::sourcelist "$root/sources.list";
		Dir::Etc::sourceparts "$root/none";
		Dir::Etc::preferences "$root/no";
		Dir::Etc::preferencesparts "$root/none";
		Dir::State::lists "$root/lists";
		Dir::State::status "$root/status";
		Dir::Cache "$root/cache";
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		Acquire::Languages "none";
		CONF
		if id -u _apt >/dev/null 2>&1; then
			chown -R _apt "$root"
		fi
		APT_CONFIG=$root/conf apt-get -qq update >&2
		touch "$root/ready"
	fi
	(cd "$root/get" && APT_CONFIG=$root/conf "$@")
}

# Prints the file that was downloaded. PACKAGE may be NAME=VERSION.
fetch() {
	local suite=$1 arch=$2 package=$3

	say "downloading $package of $suite for $arch"
	apt_of "$suite" "$arch" apt-get -qq download "$package" >&2
	printf '%s\n' "$tmp/$suite-$arch/get/${package%%=*}"_*.deb
}
