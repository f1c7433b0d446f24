# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# `-- PROGRAM`: the program and its children are traced and nothing else, and its
# exit status is sockwake's.
. "$(dirname "$0")/../lib.sh"

traced() {
	timeout 120 "$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson -o "$TMP/trace" -- "$@" \
		> "$TMP/log" 2>&1
}

# expect STATUS PROGRAM [ARG...]
expect() {
	want=$1
	shift
	traced "$@"
	got=$?
	[ $got = "$want" ] || {
		echo "$*: exit status $got, not $want"
		cat "$TMP/log"
		status=1
	}
}

status=0
expect 0 true
expect 3 sh -c 'exit 3'
expect 127 "$TMP/there-is-no-such-program"
touch "$TMP/not-executable"
expect 126 "$TMP/not-executable"
expect 143 sh -c 'kill -TERM $$'

# Somebody else's sockets are busy meanwhile.
(while :; do "$PROGS/udp_recv" > /dev/null 2>&1; done) &
other=$!
# shellcheck disable=SC2016 # of the inner shell
expect 0 sh -c '"$0/unix_stream" > "$1/child" && sleep 1' "$PROGS" "$TMP"
kill $other
wait $other 2> /dev/null
ledger "$TMP/trace" || status=1
members "$TMP/trace" type family | awk '
	$1 == "wakeup" && $2 != "unix" { print "let through: " $0; bad = 1 }
	$1 == "wakeup" { n++ }
	END { if (!n) print "nothing was let through"; exit bad || !n }' || status=1
"$PROGS/verify" "$TMP/child" "$TMP/trace" || [ $? = 77 ] || status=1
exit $status
