# SPDX-License-Identifier: MIT
#
# Networks and control groups of a test's own, gone at its end.

PATH=$PATH:/usr/sbin:/sbin

# What is sent: five bytes by UDP, in a frame of 47.
FRAME=47
PACKET=33

teardown() {
	helper_teardown
	[ -z "${NS:-}" ] || ip netns del "$NS"
	[ -z "${GROUP:-}" ] || rmdir "$GROUP"
	[ -z "${PIN:-}" ] || rm -r "$PIN"
}

# A network of its own: what is sent out of v0 arrives at v1, and nothing but
# what the test sends.
network() {
	NS=eu-$ME
	ip netns add "$NS"
	inside sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	inside ip link set lo up
	inside ip link add v0 type veth peer name v1
	inside ip addr add 192.0.2.1/24 dev v0
	inside ip link set v0 up
	inside ip link set v1 up
	inside ip neigh add 192.0.2.2 dev v0 \
		lladdr "$(inside cat /sys/class/net/v1/address)"
	V0=$(index v0)
	V1=$(index v1)
}

# /sys shows the network of whoever mounted it: nothing may look there.
inside() {
	if [ "$1" = cat ]; then
		inside ip -j link show v1 | jq -r '.[0].address'
	else
		nsenter --net=/run/netns/"$NS" "$@"
	fi
}

index() {
	inside ip -j link show "$1" | jq '.[0].ifindex'
}

# send [ADDRESS [PORT]]: one packet.
send() {
	inside bash -c "printf hello >/dev/udp/${1:-192.0.2.2}/${2:-9}"
}

# A control group of its own, version 2.
group() {
	local root

	root=$(cgroup2)
	GROUP=$root/eu-$ME
	mkdir "$GROUP"
}

# member COMMAND: run by a process in that group.
member() {
	bash -c 'echo $$ >"$0/cgroup.procs"; eval "$1"' "$GROUP" "$1" \
		2>/dev/null || :
}

# How many programs are attached to the group.
in_group() {
	"$OBJ/attached" "$GROUP" | wc -l
}
