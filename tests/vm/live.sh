#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# live.sh BUILD KERNEL RUNG...: the live tests in a guest, by each rung; TAP on standard output. A guest
# that does not come to its end is a failed test like any other.
set -u

(($# >= 3)) || {
	echo 'usage: live.sh BUILD KERNEL RUNG...' >&2
	exit 2
}
build=$1 kernel=$2
shift 2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/tree/live" "$root/tree/bin"
cp -r "$here/../live/run.sh" "$here/../live/lib.sh" "$here/../live/cases" "$root/tree/live/"
programs=()
while read -r name; do
	programs+=("$name")
done < <(find "$build/live" -maxdepth 1 -type f -perm -u+x -printf '%f\n')
mkdir "$root/tree/live/programs"
for name in "${programs[@]}"; do
	cp "$build/live/$name" "$root/tree/live/programs/"
done
cp "$build/live/tests.list" "$root/tree/live/programs/"
{
	echo '#!/bin/sh'
	echo 'failed=0'
	for rung in "$@"; do
		echo "sh /live/run.sh --sockwake /bin/sockwake --attach=$rung --programs /live/programs || failed=1"
	done
	# shellcheck disable=SC2016 # the guest's shell is to expand it
	echo 'exit $failed'
} >"$root/tree/guest"
chmod +x "$root/tree/guest"

# Emulation now and then hangs a guest for good while the kernel patches its own code (an int3 that one
# CPU goes on seeing after another has taken it away): then a second try tells that from a fault of ours.
for try in 1 2; do
	"$here/initramfs" "$root/initramfs" "$root/tree" "$build/sockwake" &&
		"$here/run" --timeout "${SW_VM_TIMEOUT:-900}" "$kernel" "$root/initramfs" >"$root/tap" 2>"$root/log"
	status=$?
	((status == 124 || status == 125)) || break
	((try == 2)) || echo "# $kernel: the guest hung; once more"
done
sed "s/^\(\(not \)\?ok [0-9]* - .*\) (\([a-z]*\))/\1 ($kernel, \3)/" "$root/tap"
sed 's/^/# /' "$root/log"
if ((status == 124 || status == 125)); then
	echo "not ok 0 - the guest comes to its end ($kernel)"
	exit 1
fi
exit "$status"
