#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# attach.sh KERNEL JSON: is what `sockwake doctor --format=json` said in that kernel's guest what attach.list has?
# One line of TAP, and the differences.
set -u
kernel=$1 json=$2
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT

jq -r '.hooks[] | [.name, (.rungs | to_entries | map(select(.value == "available").key[0:1]) | join("")), .attach,
	.target, (if .exact then "exactly" else "inexactly" end)] | join(" ")' "$json" >"$out/is"
awk -v kernel="$kernel" '!/^#/ && index("," $1 ",", "," kernel ",") { $1 = ""; print substr($0, 2) }' \
	"$here/attach.list" >"$out/is-to-be"
sort -o "$out/is" "$out/is"
sort -o "$out/is-to-be" "$out/is-to-be"
: >"$out/diff"
if [ -s "$out/is" ] && diff -u "$out/is-to-be" "$out/is" >"$out/diff"; then
	echo "ok 0 - each of $(wc -l <"$out/is") hooks attaches as it should ($kernel)"
else
	echo "not ok 0 - each hook attaches as it should ($kernel)"
	sed 's/^/# /' "$out/diff"
	exit 1
fi
