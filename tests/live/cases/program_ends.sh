# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Signals with `-- PROGRAM`: they are the program's, once each; it ends in its own way and time, and
# what it ended with is passed on, a signal as a signal. What will not end is ended.
. "$(dirname "$0")/../lib.sh"

# A trace starts and ends slowly where the machine is emulated; these are what a time may not exceed.
soon=2000
[ "$ATTACH" = tracepoint ] || soon=8000
failed=0
n=0

# ends WANTED LEAST MOST [PRESS_OPTION...] SIGNALS [SOCKWAKE_OPTION...] -- PROGRAM...
ends() {
	want=$1 least=$2 most=$3
	shift 3
	press=''
	while [ "${1#-}" != "$1" ] && [ "$1" != - ]; do
		case $1 in
		-g) press="$press -g"; shift ;;
		*) press="$press $1 $2"; shift 2 ;;
		esac
	done
	signals=$1
	shift
	n=$((n + 1))
	# shellcheck disable=SC2086 # words
	got=$("$PROGS/press" $press -w $((most + 8000)) "$TMP/mark$n" "$signals" \
		"$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson -o "$TMP/trace" "$@" 2> "$TMP/err")
	ms=${got##* }
	if [ "${got% *}" != "$want" ] || [ "$ms" -lt "$least" ] || [ "$ms" -gt "$most" ]; then
		echo "$signals ($press) $*: $got, not $want within $least to $most ms"
		cat "$TMP/err"
		failed=1
	fi
	tail -n 1 "$TMP/trace" | grep -q '^{"type":"summary"' || {
		echo "$signals $*: the trace has no end"
		failed=1
	}
}

mark() {
	echo "$TMP/mark$((n + 1))"
}

late=$((soon + 600))
# Ctrl-C, as a terminal sends it and as kill(1) does: once, and time to end.
ends 'exit 7' 600 $late -g INT -- "$PROGS/behind" flush "$(mark)"
ends 'exit 7' 600 $late INT -- "$PROGS/behind" flush "$(mark)"
ends 'signal 2' 0 "$soon" INT -- "$PROGS/behind" sleeping "$(mark)"
ends 'signal 3' 0 "$soon" QUIT -- "$PROGS/behind" sleeping "$(mark)"
ends 'signal 15' 0 "$soon" TERM -- "$PROGS/behind" sleeping "$(mark)"
ends 'signal 1' 0 "$soon" HUP -- "$PROGS/behind" sleeping "$(mark)"
# One that will not.
ends 'signal 9' 1400 $((soon + 1500)) TERM -- "$PROGS/behind" stubborn "$(mark)"
ends 'signal 9' 300 $((soon + 1000)) TERM --kill-after=300ms -- "$PROGS/behind" stubborn "$(mark)"
ends 'signal 9' 1400 $((soon + 1500)) INT -- "$PROGS/behind" stubborn "$(mark)"
ends 'signal 9' 800 $((soon + 1200)) -g INT,500,INT --kill-after=300ms -- "$PROGS/behind" stubborn "$(mark)"
ends 'signal 15' 0 "$soon" TERM -- "$PROGS/behind" stopped "$(mark)"
ends 'signal 2' 0 "$soon" INT -- "$PROGS/behind" stopped "$(mark)"
# Whoever ignores SIGCHLD, which is inherited, has no children to wait for.
ends 'exit 5' 0 $late -i CHLD - -- "$PROGS/behind" chatter "$(mark)" 100 5
# A hang-up that is ignored stays ignored; a signal that is blocked is the program's to have blocked.
ends 'exit 5' 900 $((soon + 1000)) -i HUP HUP -- "$PROGS/behind" chatter "$(mark)" 1000 5
ends 'exit 5' 0 $late -b TERM - -- "$PROGS/behind" chatter "$(mark)" 100 5
# The end by --duration is what was asked for, whatever the program makes of it.
ends 'exit 0' 0 $((soon + 1000)) - -d 1 -- "$PROGS/behind" sleeping "$(mark)"
ends 'exit 0' 0 $((soon + 1500)) - -d 1 --kill-after=300ms -- "$PROGS/behind" stubborn "$(mark)"
# ... and of what it started.
# shellcheck disable=SC2016 # of the inner shell
ends 'exit 0' 0 $((soon + 1000)) - -d 1 -- sh -c '"$0" sleeping "$1.child" & "$0" sleeping "$1"' "$PROGS/behind" "$(mark)"
child=$(cat "$TMP/mark$n.child")
if kill -0 "$child" 2> /dev/null; then
	echo 'what the program started goes on after --duration'
	kill -KILL "$child"
	failed=1
fi

# What sockwake does to signals for itself is not the program's.
state() {
	grep -E '^Sig(Blk|Ign)' "$1" | tr -s '[:space:]' ' '
}
"$PROGS/press" -i PIPE -b USR1 /dev/null - cat /proc/self/status > "$TMP/alone"
"$PROGS/press" -i PIPE -b USR1 /dev/null - "$SOCKWAKE" trace --attach="$ATTACH" -q -o /dev/null -- \
	cat /proc/self/status > "$TMP/traced"
[ -n "$(state "$TMP/alone")" ] && [ "$(state "$TMP/alone")" = "$(state "$TMP/traced")" ] || {
	echo "signals alone: $(state "$TMP/alone"); traced: $(state "$TMP/traced")"
	failed=1
}
exit $failed
