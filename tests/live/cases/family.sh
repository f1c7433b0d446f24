# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Who is traced: every descendant, however many there were before; nobody who only has the number of one
# that was; and the process of a thread whose number is given.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

timeout 300 "$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson -o "$TMP/trace" -- "$PROGS/behind" forks 4300 ||
	fail 'the program with many children failed'
ledger "$TMP/trace" || exit 1
woken=$(grep -c '"cause":"readable".*"woken":\[{[^]]*"comm":"last-reader"' "$TMP/trace")
[ "$woken" = 5 ] || fail "of 5 wake-ups of the last child $woken were traced"

# wakes TRACE NAME: its wake-ups of itself.
wakes() {
	grep -c "\"type\":\"wakeup\".*\"waker\":{[^}]*\"comm\":\"$2\"" "$1"
}

# The trace ends with the program; that others go on is told.
timeout 60 "$SOCKWAKE" trace --attach="$ATTACH" -q -o /dev/null -- \
	sh -c '"$0" chatter "$1" 8000 0 > /dev/null 2>&1 &' "$PROGS/behind" "$TMP/left" 2> "$TMP/err" || fail 'the program failed'
grep -q 'that go on, no longer traced: 1' "$TMP/err" || fail "what goes on is not told: $(cat "$TMP/err")"

# The number of a child that has gone, and is another's.
"$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson -o "$TMP/reused" -- "$PROGS/behind" first "$TMP/number" &
sockwake_pid=$!
waited=0
until [ -e "$TMP/number" ]; do
	[ $waited -lt 60 ] || fail 'the program did not begin'
	sleep 1
	waited=$((waited + 1))
done
sleep 1
"$PROGS/behind" second "$TMP/number" > "$TMP/out" 2>&1
status=$?
touch "$TMP/number.done"
wait "$sockwake_pid" || fail "the program failed"
sockwake_pid=''
case $status in
0)
	n=$(wakes "$TMP/reused" stranger)
	[ "$n" = 0 ] || fail "$n wake-ups of a stranger with the number of a child"
	;;
77) cat "$TMP/out" ;;
*) fail "a number could not be used again: $(cat "$TMP/out")" ;;
esac

# That it would be seen, if it were asked for.
sockwake_start "$TMP/seen" || exit 1
"$PROGS/behind" chatter "$TMP/mark" 300 0 || fail 'the program failed'
sockwake_stop || exit 1
[ "$(wakes "$TMP/seen" behind)" -gt 10 ] || fail 'the program does not wake itself'

"$PROGS/behind" thread "$TMP/tid" 120000 &
program=$!
until [ -e "$TMP/tid" ]; do
	sleep 1
done
[ "$(cat "$TMP/tid")" != $program ] || fail 'the thread has no number of its own'
sockwake_start "$TMP/thread" -p "$(cat "$TMP/tid")" || exit 1
sleep 1
sockwake_stop || exit 1
kill $program 2> /dev/null
wait $program 2> /dev/null
grep -q "is a thread of process $program" "$TMP/sockwake.log" || fail "no word of it: $(cat "$TMP/sockwake.log")"
[ "$(wakes "$TMP/thread" behind)" -gt 0 ] || fail 'with the number of a thread nothing is traced'
