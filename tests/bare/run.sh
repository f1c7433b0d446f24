#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh BUILD: the README's two commands on a new machine: in a bare Debian root (minbase, with git and make),
# made for it from this machine's own apt sources, as what is installed here hides what tests/setup.sh lacks. TAP;
# logs in BUILD/bare. Root, mounts and processes are gone when it ends, however that comes.
#
# Of `make check` what is left out there: the guests, which are the same as outside; this very test; the battery of
# real programs but for its own test; and of the live tests those that take minutes (inside.sh names what is run).
#
# Packages are kept in the cache as they were downloaded (SOCKWAKE_CACHE), the root never.
set -u

build=$1
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tree=$here/../..
cache=${SOCKWAKE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockwake}/debs
logs=$build/bare

skip() { # REASON
	echo "1..1"
	echo "ok 1 - the README's two commands in a bare root # SKIP $1"
	exit 0
}

[ "$(id -u)" = 0 ] || skip 'not root'
for program in mmdebstrap apt-get git unshare; do
	command -v $program >/dev/null || skip "$program is not installed"
done
git -C "$tree" rev-parse HEAD >/dev/null 2>&1 || skip 'the tree is not a git clone'

umask 022
rm -rf "$logs"
mkdir -p "$logs"
logs=$(cd "$logs" && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/sockwake-bare.XXXXXX") || exit 2
chmod 755 "$work"
namespaces=''

# Its process 1 takes all others along; unshare returns when they are gone, and so are their mounts.
finish() {
	local first
	trap '' HUP INT TERM
	if [ -n "$namespaces" ] && kill -0 "$namespaces" 2>/dev/null; then
		read -r first _ <"/proc/$namespaces/task/$namespaces/children"
		kill -KILL "${first:-$namespaces}"
		wait "$namespaces"
	fi 2>/dev/null
	rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The distribution's own archives, as this machine has them; those of others are not needed.
sources() {
	# shellcheck disable=SC2016 # apt's
	apt-get indextargets --format '$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		sed -n 's/^\(Debian\|Ubuntu\) //p' | sort -u
}

[ -n "$(sources)" ] || apt-get update >"$logs/update.log" 2>&1
sources >"$work/sources.list"
# How this machine reaches them: proxies, and how old they may be.
apt-config dump | grep -Ei '^Acquire::(https?::|Check-|Retries)' >"$work/apt.conf"

# What a clone would have, and what has been changed since.
git -C "$tree" ls-files -z --cached --others --exclude-standard |
	while IFS= read -r -d '' file; do
		[ ! -e "$tree/$file" ] || printf '%s\0' "$file"
	done | tar -C "$tree" --null -T - -cf "$work/tree.tar" || exit 2

# One at a time has the packages that are kept.
mkdir -p "$cache" && exec {lock}>"$cache/.lock" && flock -n "$lock" || cache=''

unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc \
	"$here/inside.sh" "$work" "$logs" "$cache" </dev/null &
namespaces=$!
wait "$namespaces"
