#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# inside.sh WORK LOGS CACHE: makes a bare root in WORK and runs the README's two commands there. Process 1 of
# namespaces of its own (run.sh makes them), so whatever it mounts and starts ends with it.
set -u

work=$1 logs=$2 cache=$3
root=$work/root
n=0 failed=0

# What of `make check` is run there (tests/check.sh says what these are), and as long as it takes to see that it
# works: whether the tests pass is asked outside.
stages='unit golden fuzz arm64 cli cli-tracing pages html truth-witnesses live-native'
what=(SW_KERNELS= SW_STAGES="$stages"
	SW_LIVE='tcp_recv udp_recv unix_stream woken_epoll woken_uring symbols'
	FUZZ_SECONDS=3)

result() { # STATUS NAME [LOG]
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $n - $2 (status $1)"
	[ ! -r "${3-}" ] || tail -n 40 "$3" | sed 's/^/# /'
}

# The packages of earlier runs save time; one that setup.sh does not name is installed by nobody.
# shellcheck disable=SC2016 # it is for others to expand
keep_packages='mkdir -p "$1/var/cache/apt/archives" && { [ -z "$cache" ] || mount --bind "$cache" "$1/var/cache/apt/archives"; }'
export cache

bare_root() {
	local include=git,make options=()
	! grep -q 'https:' "$work/sources.list" || include=$include,ca-certificates
	[ ! -s "$work/apt.conf" ] || options+=(--aptopt="$work/apt.conf")
	mkdir "$root"
	mmdebstrap --mode=root --variant=minbase --include="$include" --dpkgopt=force-unsafe-io "${options[@]}" \
		--skip=essential/unlink,cleanup/apt/cache --setup-hook="$keep_packages" \
		"$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" "$work/sources.list" || return
	[ -z "$cache" ] || umount "$root/var/cache/apt/archives"
}

devices() { # FOLDER
	local device
	mount -t tmpfs -o mode=755,size=1m dev "$1" || return
	for device in null zero full random urandom tty; do
		: >"$1/$device"
		mount --bind "/dev/$device" "$1/$device" || return
	done
	ln -s /proc/self/fd "$1/fd"
	ln -s fd/0 "$1/stdin"
	ln -s fd/1 "$1/stdout"
	ln -s fd/2 "$1/stderr"
	ln -s pts/ptmx "$1/ptmx"
	mkdir "$1/pts" "$1/shm"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$1/pts" && mount -t tmpfs -o mode=1777 shm "$1/shm"
}

# What an installer and a boot give a machine, and the tree.
furnish() {
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' >"$root/etc/hosts"
	cat /etc/resolv.conf >"$root/etc/resolv.conf"
	mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && devices "$root/dev" || return
	mkdir "$root/root/sockwake"
	tar -C "$root/root/sockwake" --no-same-owner -xf "$work/tree.tar"
}

# A mount point and not a chroot, as tests make mount namespaces of their own.
move_in() {
	mount --make-rprivate / && mount --bind "$root" "$root" && furnish && sh -c "$keep_packages" - "$root" &&
		mount --bind "$logs" "$root/mnt" && cd "$root" && mkdir .outside && pivot_root . .outside && cd / &&
		umount -l /.outside && rmdir /.outside && logs=/mnt
}

# As after a login: with nothing of the environment outside.
newcomer() { # COMMAND...
	(cd /root/sockwake && exec env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@")
}

# stage NAME: what the log of make check says of it. A test that is skipped lacks something that setup.sh should
# have installed; but a kernel may well lack something that a live test needs.
stage() {
	local passed failed skipped rest
	read -r passed rest failed rest skipped rest < <(sed -n "s/^$1  *//p" "$logs/check.log" | tr -d ,)
	if [ "$1" = live-native ] && grep -q '^this machine itself cannot be traced' "$logs/check.log"; then
		n=$((n + 1))
		echo "ok $n - in make check there: $1 # SKIP this machine cannot be traced"
		return
	fi
	[ "${passed:-0}" -gt 0 ] && [ "$failed" = 0 ] && { [ "$skipped" = 0 ] || [ "$1" = live-native ]; }
	result $? "in make check there: $1 (${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped)"
}

# The battery is left out, but setup.sh is to have brought what those of it need that `make check` runs.
battery() {
	local name program missing=0
	cd /root/sockwake/tests/truth || return
	# shellcheck disable=SC2013 # words
	for name in $(awk '!/^#/ && $2 == "ci" { print $1 }' programs.list); do
		for program in $(sed -n 's/.*Program(\(.*\)).*/\1/p' "programs/$name.py" | tr -d '",'); do
			command -v "$program" >/dev/null || {
				echo "$name: $program is missing"
				missing=1
			}
		done
	done
	return $missing
}

read -ra stages <<<"$stages"
echo "1..$((5 + ${#stages[@]}))"
bare_root >"$logs/root.log" 2>&1
status=$?
result $status 'a bare root is made, with git and make' "$logs/root.log"
[ $status = 0 ] || exit 1
move_in >"$logs/move.log" 2>&1
status=$?
result $status 'it has a kernel, devices and the tree' "$logs/move.log"
[ $status = 0 ] || exit 1
newcomer make demo >"$logs/demo.log" 2>&1 && grep -q '^verdict: ' "$logs/demo.log"
result $? 'make demo there' "$logs/demo.log"
newcomer "${what[@]}" make check >"$logs/check.log" 2>&1
result $? 'make check there' "$logs/check.log"
for name in "${stages[@]}"; do
	stage "$name"
done
(battery) >"$logs/battery.log" 2>&1
result $? 'what the battery of real programs runs is there' "$logs/battery.log"
# Those that are of no use any more.
apt-get -q autoclean >"$logs/autoclean.log" 2>&1
[ $failed = 0 ]
