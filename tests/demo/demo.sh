#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# demo.sh BUILD: traces a small client and server, on this kernel if it lets us, else in a virtual
# machine with Debian's.
set -u

build=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vm=$here/../vm

if reason=$("$build/sockwake" doctor 2>&1 >/dev/null); then
	echo "demo: tracing on this machine's own kernel, $(uname -r):"
	echo "demo: \$ sockwake -- chat"
	echo
	exec "$build/sockwake" -- "$build/demo/chat"
fi

kernel=6.12
echo "demo: this kernel cannot be traced here (${reason#sockwake: })"
echo "demo: so a virtual machine runs Debian's Linux $kernel, emulated (some ten seconds)"
"$here/../setup.sh" check || exit 1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/tree"
# The guest's serial line is a terminal; what we print to may not be.
plain=
[ -t 1 ] || plain=1
cat >"$root/tree/guest" <<GUEST
#!/bin/sh
export NO_COLOR=$plain
echo "demo: # sockwake -- chat"
echo
exec sockwake -- /bin/chat
GUEST
chmod +x "$root/tree/guest"
"$vm/fetch" "$kernel" >/dev/null &&
	"$vm/initramfs" "$root/initramfs" "$root/tree" "$build/sockwake" "$build/demo/chat" &&
	"$vm/run" "$kernel" "$root/initramfs"
