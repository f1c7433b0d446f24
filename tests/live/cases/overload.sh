# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# More wake-ups than the smallest ring takes: some are lost, and it is told exactly
# how many.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

sockwake_start "$TMP/trace" --buffer 4K || exit 1
[ "$(attached "$TMP/trace" sock_def_readable)" = none ] && skip 'sock_def_readable is not attached'
"$PROGS/storm" 20000 || fail 'storm failed'
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1
# One datagram, one callback, whether or not it was lost.
[ "$(hook_hits "$TMP/trace" sock_def_readable)" -ge 20000 ] ||
	fail "only $(hook_hits "$TMP/trace" sock_def_readable) hits of sock_def_readable"
lost=$(lost "$TMP/trace")
echo "$lost lost"
[ "$lost" -gt 0 ] || fail 'nothing was lost'
[ "$(summary "$TMP/trace" complete)" = false ] || fail 'it says that it is complete'
