#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# setup.sh build|check|bench: installs what that needs, as root on Debian or Ubuntu; elsewhere it
# says what to install and fails if anything is missing.
set -u

build='gcc make clang llvm libbpf-dev bpftool libelf-dev libzstd-dev scdoc zlib1g-dev libcap-dev uthash-dev linux-libc-dev libprotobuf-c-dev protobuf-c-compiler'
# A kernel of our own for a guest (tests/vm/build.sh).
kernel='flex bison bc libssl-dev dwarves'
check="$build libcmocka-dev libjansson-dev jq python3-jsonschema groff-base zsh qemu-system-x86 busybox-static cpio kmod xz-utils zstd protobuf-compiler chromium chromium-driver python3-selenium $kernel"
bench="$check redis-server redis-tools linux-perf bpftrace"

case ${1-} in
build) want=$build ;;
check) want=$check ;;
bench) want=$bench ;;
*)
	echo 'usage: setup.sh build|check|bench' >&2
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
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo 'setup: apt-get failed (above)' >&2
	exit 1
fi
