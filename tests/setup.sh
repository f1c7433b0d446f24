#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# setup.sh build|test|check|bench|truth: installs what that needs, as root on Debian or Ubuntu; elsewhere it
# says what to install and fails if anything is missing.
set -u

build='gcc make clang llvm libbpf-dev bpftool libelf-dev libzstd-dev scdoc zlib1g-dev libcap-dev uthash-dev linux-libc-dev libprotobuf-c-dev protobuf-c-compiler'
# A kernel of our own for a guest (tests/vm/build.sh).
kernel='flex bison bc libssl-dev dwarves'
# The servers and clients of tests/truth that `make check` runs.
servers='liburing-dev python3 iproute2 nftables util-linux nginx-light haproxy apache2-utils redis-server redis-tools socat iperf3 dnsmasq-base bind9-dnsutils'
test="$build libcmocka-dev libjansson-dev jq python3 python3-jsonschema groff-base zsh protobuf-compiler shellcheck clang-tidy"
# libclang-rt-dev: what clang links into the fuzz targets. mmdebstrap, git: the bare root of tests/bare.
check="$test libclang-rt-dev mmdebstrap git qemu-system-x86 busybox-static cpio kmod xz-utils zstd chromium chromium-driver python3-selenium $kernel $servers"
bench="$check redis-server redis-tools linux-perf bpftrace"
truth="$check memcached libmemcached-tools postgresql nodejs apache2-bin golang-go default-jdk-headless curl openssl mptcpize tcpdump ethtool iputils-ping"

case ${1-} in
build) want=$build ;;
test) want=$test ;;
check) want=$check ;;
bench) want=$bench ;;
truth) want=$truth ;;
*)
	echo 'usage: setup.sh build|test|check|bench|truth' >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is not Debian or Ubuntu: install the equivalents of these packages by hand:"
	echo "  $want"
	exit 0
fi

missing=
for package in $want; do
	status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)
	# Ubuntu has no bpftool package: linux-tools brings the program.
	if [ "$package" = bpftool ] && [ "$status" != 'install ok installed' ] && command -v bpftool >/dev/null; then
		continue
	fi
	# Another JDK, nginx or clang does as well.
	case $package in
	libclang-rt-dev)
		[ ! -e "$(${CLANG:-clang} -print-file-name="libclang_rt.fuzzer-$(uname -m).a" 2>/dev/null)" ] || continue
		;;
	default-jdk-headless) command -v javac >/dev/null && continue ;;
	nginx-light) command -v nginx >/dev/null && continue ;;
	esac
	[ "$status" = 'install ok installed' ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "setup: these packages are missing; install them (as root) and try again:" >&2
	echo "  apt-get install$missing" >&2
	exit 1
fi
echo "setup: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# Servers are installed to be run by tests, not as this machine's services.
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then
	policy=
else
	printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
fi
trap 'rm -f "$log" $policy' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo 'setup: apt-get failed (above)' >&2
	exit 1
fi
