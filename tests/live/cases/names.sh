# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A recording holds of names what they are and nothing else: it is made for others to read, and
# the kernel's memory after a name must not be in it. And it gives the names back as they were.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

sockwake_record "$TMP/names.swk" --events=readable --family=unix,inet,packet,netlink || exit 1
"$PROGS/unix_names" > "$TMP/expected" || fail 'unix_names failed'
"$PROGS/udp_recv" > /dev/null || fail 'udp_recv failed'
"$PROGS/netlink" > /dev/null || fail 'netlink failed'
"$PROGS/packet" > /dev/null
settle
sockwake_stop || exit 1
"$PROGS/zeros" "$TMP/names.swk" || fail 'not zeros, or not all lengths'
"$SOCKWAKE" report --format=ndjson "$TMP/names.swk" > "$TMP/report" || fail 'no report'
# Most of what it says is that nothing else was traced.
"$PROGS/verify" "$TMP/expected" "$TMP/report" > "$TMP/verified" || { grep -v "left out" "$TMP/verified"; exit 1; }
