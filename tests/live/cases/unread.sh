# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Output that nobody takes does not keep INT or TERM from ending sockwake. A reader that goes away, and a
# file that is full, do not end the program; the first is no failure.
. "$(dirname "$0")/../lib.sh"

# It is detached slowly where the machine is emulated.
soon=2500
[ "$ATTACH" = tracepoint ] || soon=10000
failed=0

# ends NAME WANTED MOST WORDS GOT
ends() {
	if [ "${5% *}" = "$2" ] && [ "${5##* }" -le "$3" ] && grep -q -- "$4" "$TMP/err"; then
		return
	fi
	echo "$1: $5, not $2 within $3 ms; it said:"
	cat "$TMP/err"
	failed=1
}

traced() { # PRESS_OPTION SIGNALS [SOCKWAKE_OPTION...]
	press=$1 signals=$2
	shift 2
	rm -f "$TMP/mark"
	# shellcheck disable=SC2086 # no option is one
	"$PROGS/press" $press -w 20000 "$TMP/mark" "$signals" "$SOCKWAKE" trace --attach="$ATTACH" \
		--format=ndjson --ready-file "$TMP/mark" "$@" 2> "$TMP/err"
}

chatter="$PROGS/behind chatter $TMP/busy"
for signal in INT TERM; do
	$chatter 30000 0 &
	busy=$!
	got=$(traced -u "2000,$signal")
	kill $busy
	wait $busy 2> /dev/null
	ends "nobody reads, $signal" 'exit 2' $((soon + 2000)) 'nobody reads it' "$got"
done
# A program that has ended, and one that goes on.
# shellcheck disable=SC2086 # words
got=$(traced -u 3000,INT -- $chatter 1000 5)
ends 'nobody reads, and the program has ended' 'exit 5' $((soon + 3000)) 'nobody reads it' "$got"
# shellcheck disable=SC2086
got=$(traced -u 3000,INT -- $chatter 30000 5)
ends 'nobody reads, and the program goes on' 'signal 2' $((soon + 3000)) 'nobody reads it' "$got"
# shellcheck disable=SC2086
got=$(traced -c - -- $chatter 1500 5)
ends 'the reader has gone' 'exit 5' $((soon + 1500)) 'reader has gone' "$got"
# shellcheck disable=SC2086
got=$(traced '' - -o /dev/full -- $chatter 1500 5)
ends 'a full disk' 'exit 125' $((soon + 1500)) 'No space left' "$got"
# Nor does a recording that is large enough.
# shellcheck disable=SC2086
got=$("$PROGS/press" -w 20000 /dev/null - "$SOCKWAKE" record --attach="$ATTACH" --max-size=64K -o "$TMP/full.swk" -- \
	$chatter 3000 5 2> "$TMP/err")
ends 'a recording that is full' 'exit 5' $((soon + 8000)) '--max-size is reached.*the program goes on' "$got"
exit $failed
