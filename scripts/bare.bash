# SPDX-License-Identifier: MIT
#
# A Debian 12 system with nothing but apt, to see what a newcomer sees. For
# scripts that run as root with "set -euo pipefail".

# bare_system DIR [PACKAGE,...]: makes it, with these packages. It reaches the
# network as this system does.
bare_system() {
	local system=$1 mirror settings p

	# The suite's own address at the mirror that this system uses.
	mirror=$(apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
		sed 1q)
	if [ -z "$mirror" ]; then
		apt-get -qq update
		mirror=$(apt-get indextargets --format '$(REPO_URI)' \
			'Created-By: Packages' 'Origin: Debian' \
			'Label: Debian' | sed 1q)
	fi
	# How apt gets there: proxies, certificates, how strict it is about
	# dates.
	settings=$(mktemp)
	apt-config dump --format '%F "%v";%n' Acquire |
		grep -v -e IndexTargets -e '""' >"$settings"
	mmdebstrap --quiet --mode=root --variant=apt ${2:+--include="$2"} \
		--aptopt="$settings" bookworm "$system" "$mirror" || {
		rm -f "$settings"
		return 1
	}
	cp "$settings" "$system/etc/apt/apt.conf.d/00host"
	rm -f "$settings"
	for p in /etc/apt/auth.conf.d /etc/apt/keyrings /etc/apt/trusted.gpg.d; do
		[ ! -d $p ] || cp -r $p/. "$system$p/"
	done
	for p in /etc/resolv.conf /etc/hosts; do
		[ ! -e $p ] || cp -L $p "$system$p"
	done
	bare_authorities "$system"
}

# Certificates that this system trusts: the file as it is for now, and what is
# not Debian's where the package will look for it when it comes.
bare_authorities() {
	local system=$1

	[ -e /etc/ssl/certs/ca-certificates.crt ] || return 0
	mkdir -p "$system/etc/ssl/certs" \
		"$system/usr/local/share/ca-certificates"
	cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
	perl -0777 -e '
		($to, $bundle) = splice @ARGV, 0, 2;
		$pem = qr/-----BEGIN CERTIFICATE-----(.*?)-----END/s;
		for (@ARGV) {
			open F, "<", $_ or next;
			$known{s/\s//gr} = 1 for <F> =~ /$pem/g;
		}
		open F, "<", $bundle or die "$bundle: $!\n";
		for (<F> =~ /$pem/g) {
			next if $known{s/\s//gr}++;
			open O, ">", "$to/host-" . ++$n . ".crt" or die "$!\n";
			print O "-----BEGIN CERTIFICATE-----$_" .
				"-----END CERTIFICATE-----\n";
		}' "$system/usr/local/share/ca-certificates" \
		/etc/ssl/certs/ca-certificates.crt \
		/usr/share/ca-certificates/*/*.crt
}

# bare_mount DIR: what a running system has, in a mount namespace of the
# caller's own: with its last process it is gone, and so nothing can be deleted
# through it.
bare_mount() {
	# A root that is no mount cannot be made private again by unshare(1).
	mount --bind "$1" "$1"
	mount -t proc proc "$1/proc"
	mount -t sysfs sysfs "$1/sys"
	mount --rbind /dev "$1/dev"
	mount -t tmpfs tmpfs "$1/run"
}

# bare_run DIR COMMAND [NAME=VALUE...]: of this environment only what the network
# may need.
bare_run() {
	local system=$1 command=$2 keep=() v
	shift 2

	for v in $(compgen -e); do
		case ${v,,} in
		*_proxy|ssl_cert_*|curl_ca_bundle)
			keep+=("$v=${!v}") ;;
		esac
	done
	env -i "${keep[@]}" HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"$@" /usr/sbin/chroot "$system" /bin/bash -c "$command" </dev/null
}
