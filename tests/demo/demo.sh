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
cat >"$root/guest" <<'GUEST'
#!/bin/sh
echo "demo: \$ sockwake -- chat"
echo
exec sockwake -- /bin/chat
GUEST
chmod +x "$root/guest"
"$vm/fetch" "$kernel" >/dev/null &&
	"$vm/initramfs" "$root/initramfs" "$root" "$build/sockwake" "$build/demo/chat" &&
	"$vm/run" "$kernel" "$root/initramfs"
