# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Ten thousand sockets at once, each woken once: each has a number of its own, none
# is lost, and sockwake's memory stays bounded.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT
count=10000

sockwake_start "$TMP/trace" || exit 1
[ "$(attached "$TMP/trace" sock_def_readable)" = none ] && skip 'sock_def_readable is not attached'
"$PROGS/manysockets" $count || fail 'manysockets failed'
settle
peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$sockwake_pid/status")
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1
[ "$(lost "$TMP/trace")" = 0 ] || fail "lost: $(summary "$TMP/trace" lost)"
woken=$(members "$TMP/trace" type callback waker.comm socket inode | awk -F '\t' '
	$1 == "wakeup" && $2 == "sock_def_readable" && $3 == "manysockets" {
		if (!($4 in seen)) n++
		seen[$4] = 1
	}
	END { print n + 0 }')
echo "$woken sockets, at most $peak kB"
[ "$woken" = $count ] || fail "not $count sockets"
[ "$peak" -lt 65536 ] || fail 'too much memory'
