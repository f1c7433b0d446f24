# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# While all processors are busy with sockets, TERM ends each command within two seconds, and
# what it leaves is whole.
. "$(dirname "$0")/../lib.sh"
load=''
trap 'unload; sockwake_kill' EXIT

unload() {
	# shellcheck disable=SC2086 # words
	[ -z "$load" ] || kill $load 2> /dev/null
	load=''
}

# In hundredths of a second.
now() {
	awk '{ print int($1 * 100) }' /proc/uptime
}

# terminated NAME STATUS: TERM ends it within two seconds, with that exit status.
terminated() {
	began=$(now)
	kill -TERM "$sockwake_pid"
	wait "$sockwake_pid"
	status=$?
	sockwake_pid=''
	took=$(($(now) - began))
	echo "$1: $took hundredths of a second"
	[ $took -le 200 ] || fail "$1: TERM took too long"
	[ $status = "$2" ] || fail "$1: the exit status is $status"
}

# ends NAME: it has traced for a while.
ends() {
	sleep 2
	began=$(now)
	sockwake_stop TERM || exit 1
	took=$(($(now) - began))
	echo "$1: $took hundredths of a second"
	[ $took -le 200 ] || fail "$1: TERM took too long"
}

"$PROGS/churn" tcp 1000000000 &
load=$!
for _ in 1 2; do
	"$PROGS/storm" 1000000000 > /dev/null &
	load="$load $!"
done

sockwake_start "$TMP/trace" || exit 1
ends ndjson
[ -n "$(summary "$TMP/trace" hits)" ] || fail 'ndjson has no summary'
# It is large, and others check what such files hold.
rm -f "$TMP/trace"
for stacks in '' --stacks=kernel,user; do
	trace=''
	# shellcheck disable=SC2086 # none, if it is empty
	sockwake_run trace -o "$TMP/text" $stacks || exit 1
	ends "text $stacks"
	tail -n 1 "$TMP/text" | grep -q ' hits: ' || fail 'text has no ledger'
	# shellcheck disable=SC2086
	sockwake_record "$TMP/recording" $stacks || exit 1
	ends "record $stacks"
	"$SOCKWAKE" report --summary "$TMP/recording" > /dev/null || fail 'the recording is not whole'
	rm -f "$TMP/recording"
done

# Also where who reads the output takes it, but too slowly.
mkfifo "$TMP/slowly"
(while [ "$(head -c 65536 | wc -c)" -gt 0 ]; do sleep 0.5; done) < "$TMP/slowly" &
trace=''
sockwake_run trace --all --format=ndjson -o "$TMP/slowly" || exit 1
sleep 2
terminated 'a slow reader' 2
grep -q 'cannot go on writing' "$TMP/sockwake.log" || fail 'a slow reader: it does not say what is missing'
unload

# And where the program does not come to its beginning.
"$PROGS/signals" "$SOCKWAKE" --attach="$ATTACH" -q -o "$TMP/text" -- sleep 60 > "$TMP/sockwake.log" 2>&1 &
sockwake_pid=$!
tries=0
children=/proc/$sockwake_pid/task/$sockwake_pid/children
until { child=$(cut -d ' ' -f 1 "$children") && [ -n "$child" ]; } || [ $tries = 100 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
kill -STOP "$child" || fail 'there is no program'
sleep 4
terminated 'a program that is stopped' 143
