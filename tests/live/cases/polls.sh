# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Waits that two sockets may end: each names a wake-up of its own.  A trace to itself,
# as every program's check reads all of the one that they share.
. "$(dirname "$0")/../lib.sh"

each=6000
[ "$ATTACH" = tracepoint ] || each=600
trap sockwake_kill EXIT

sockwake_start "$TMP/trace" || exit 1
"$PROGS/poll_two" "$each" > "$TMP/expected" || fail 'the program failed'
settle
sockwake_stop || exit 1
"$PROGS/verify" "$TMP/expected" "$TMP/trace"
