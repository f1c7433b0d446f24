# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Connections that another process passes to the one that is traced are its own from then on: of those that it does
# not sleep on, too.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

port=$((22000 + $$ % 10000)) n=20
"$PROGS/passed" $port receive $n &
receiver=$!
sockwake_start "$TMP/trace" --pid $receiver || {
	kill $receiver
	exit 1
}
"$PROGS/passed" $port pass $n
wait $receiver || fail "the receiver's status is $?"
settle
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1
# Both connections had a first byte, and n. By tracepoints they are known by their first use.
least=$((n + 1)) most=$((n + 1))
[ "$ATTACH" != tracepoint ] || least=$n
told=$(members "$TMP/trace" type callback local state socket | awk -F '\t' -v port=":$port\$" '
	$1 == "wakeup" && $2 == "sock_def_readable" && $3 ~ port && $4 == "ESTABLISHED" { n[$5]++ }
	END { for (s in n) print n[s] }')
[ "$(echo "$told" | wc -w)" = 2 ] || fail "two connections were passed, told are: $told"
for one in $told; do
	[ "$one" -ge $least ] && [ "$one" -le $most ] || fail "of $((n + 1)) wake-ups $one are told"
done
