#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh --sockwake PATH [--programs DIR] [--attach RUNG] [--few] [NAME...]: fills the tables of a sockwake
# that was built with the bounds of tiny.h (--few: of few.h), and holds the ledger to it: what goes is
# counted, sums hold, the newest are known, and nothing false is told.  As root, also in a guest's
# busybox.  Prints TAP.

here=$(cd "$(dirname "$0")" && pwd) || exit 2
usage() {
	echo 'usage: run.sh --sockwake PATH [--programs DIR] [--attach RUNG] [--few] [NAME...]' >&2
	exit 2
}

PROGS=$here/../../build/live ATTACH=auto tests=test
while [ $# -gt 0 ]; do
	case $1 in
	--few)
		tests=few
		shift
		continue
		;;
	--*) [ $# -gt 1 ] || usage ;;
	*) break ;;
	esac
	case $1 in
	--sockwake) SOCKWAKE=$2 ;;
	--programs) PROGS=$2 ;;
	--attach) ATTACH=$2 ;;
	*) usage ;;
	esac
	shift 2
done
[ -n "${SOCKWAKE-}" ] || usage
TMP=$(mktemp -d "${TMPDIR:-/tmp}/sockwake-bounds.XXXXXX") || exit 2
KEPT=$TMP
export TMP SOCKWAKE PROGS ATTACH KEPT
# shellcheck source=../live/lib.sh
. "$here/../live/lib.sh"
trap 'rm -rf "$TMP"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# As in tiny.h.
tasks=64 sockets=128 followed=8

# lost_to TRACE CAUSE [HOOK]: in all, or of one hook.
lost_to() {
	if [ $# = 2 ]; then
		summary "$1" "lost.$2"
	else
		members "$1" type hooks | sed -n 's/^summary\t//p' | sed 's/},{"name"/}\n{"name"/g' |
			sed -n "/\"name\":\"$3\"/s/.*\"$2\":\([0-9]*\).*/\1/p" | grep . || echo 0
	fi
}

# filtered TRACE HOOK: hits of others.
filtered() {
	members "$1" type hooks | sed -n 's/^summary\t//p' | tr '{' '\n' |
		sed -n "s/^\"name\":\"$2\",.*\"filtered\":\([0-9]*\).*/\1/p"
}

# fill TRACE [OPTION...] -- WHAT N: what the program told is in TRACE.told.
fill() {
	trace=$1
	shift
	options=''
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # options without blanks
	timeout 60 "$SOCKWAKE" trace --attach="$ATTACH" --format=ndjson -o "$trace" $options -- "$PROGS/fill" "$@" \
		> "$trace.told" 2> "$trace.log" || fail "the program, or the trace: $(cat "$trace.log")"
	ledger "$trace" || exit 1
	[ "$(lost_to "$trace" ring_full)" = 0 ] || fail 'a ring was full'
}

# between WHAT NUMBER LEAST MOST
between() {
	echo "$1: $2"
	[ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail "$1: $2, not from $3 to $4"
}

# Each is woken, the ones that are gone as well as the newest; those have one number each.
test_sockets() {
	fill "$TMP/t" -- sockets 300
	lost=$(lost_to "$TMP/t" sockets_full sock_def_readable)
	between 'sockets that went' "$(lost_to "$TMP/t" sockets_full)" $((300 - sockets)) 900
	[ "$(summary "$TMP/t" forgotten)" -gt 0 ] || fail 'none was forgotten by the user half'
	members "$TMP/t" type waker.comm inode socket waker.role |
		awk -F '\t' '$1 == "wakeup" && $2 == "fill" { print $3, $4, $5 }' > "$TMP/woken"
	told=$(awk '!($1 in seen) { n++; seen[$1] = 1 } END { print n + 0 }' "$TMP/woken")
	between "sockets that were told of, beside $lost lost" "$told" $((300 - lost)) 300
	[ "$told" -ge 290 ] || fail 'most were lost'
	awk '$3 != "cause" { exit 1 }' "$TMP/woken" || fail 'the wrong one did it'
	tail -n 10 "$TMP/t.told" | while read -r name inode _; do
		awk -v inode="$inode" '$1 == inode { n++; if (!($2 in seen)) of++; seen[$2] = 1 }
			END { exit n != 2 || of != 1 }' "$TMP/woken" || fail "$name is not one socket, woken twice"
	done
}

# Without a pause nobody makes room meanwhile: then it is the newest that are lost, each counted.
test_burst() {
	fill "$TMP/t" -- burst 500
	hits=$(($(hook_hits "$TMP/t" sock_def_readable) - $(filtered "$TMP/t" sock_def_readable)))
	between hits "$hits" 510 600
	between 'hits that are lost' "$(lost_to "$TMP/t" sockets_full sock_def_readable)" 100 "$hits"
	[ "$(summary "$TMP/t" complete)" = false ] || fail 'it says that it is complete'
}

# Sockets that were open before, of a process that --pid names.
test_opened() {
	"$PROGS/fill" opened 200 > "$TMP/opened" &
	program=$!
	trap 'kill $program 2> /dev/null; sockwake_kill' EXIT
	until grep -q opened "$TMP/opened"; do
		kill -0 $program || fail 'the program ended'
		sleep 1
	done
	sockwake_start "$TMP/before" -p $program || exit 1
	sockwake_stop || exit 1
	ledger "$TMP/before" || exit 1
	between 'sockets that are not known' "$(lost_to "$TMP/before" sockets_full)" $((200 - sockets)) $((200 - sockets))
	grep -q 'too many sockets open' "$TMP/sockwake.log" || fail "no word of it: $(cat "$TMP/sockwake.log")"
}

# of_whom FILE: lines of a name and an inode are those of the program's threads.
of_whom() {
	awk 'NR == FNR { of[$2] = $1; next } $2 != 0 && of[$2] != $1 { print "not of this one:", $0; bad = 1 }
		END { exit bad }' "$TMP/t.told" "$1" || fail 'the wrong task'
}

# have_one FILE COUNT LOST: the newest so many of the program's threads are in there, once, but
# for so many that the table of sockets had no room for, where the machine was too busy to make it.
have_one() {
	missing=0
	for name in $(tail -n "$2" "$TMP/t.told" | cut -d ' ' -f 1); do
		n=$(grep -c "^$name " "$1")
		[ "$n" -le 1 ] || fail "$name is told $n times"
		missing=$((missing + 1 - n))
	done
	between "of the newest $2, missing" $missing 0 "$3"
}

test_tasks() {
	fill "$TMP/t" -- tasks 120
	between 'waits whose task went' "$(lost_to "$TMP/t" tasks_full)" $((120 - tasks)) 140
	members "$TMP/t" type op ended_by comm inode |
		awk -F '\t' '$1 == "wait" && $2 == "recv" && $3 == "wakeup" { print $4, $5 }' > "$TMP/waits"
	have_one "$TMP/waits" 40 0
	# Whom a wake-up woke is known of all.
	grep -o '"inode":[0-9]*,.*"woken":\[{"pid":[0-9]*,"tid":[0-9]*,"comm":"t[0-9]*"' "$TMP/t" |
		sed 's/"inode":\([0-9]*\),.*"comm":"\(t[0-9]*\)"$/\2 \1/' > "$TMP/woken"
	of_whom "$TMP/woken"
	lost=$(lost_to "$TMP/t" sockets_full sock_def_readable)
	between "woken, beside $lost lost" "$(wc -l < "$TMP/woken")" $((120 - lost)) 120
}

test_accepts() {
	fill "$TMP/t" --events=readable,state,accept,destroy,woken,run,wait,io -- accepts 120
	between 'waits in accept that went' \
		"$(lost_to "$TMP/t" tasks_full inet_csk_wait_for_connect)" $((120 - tasks)) 120
	members "$TMP/t" type callback comm inode |
		awk -F '\t' '$1 == "wait" && $2 == "inet_csk_wait_for_connect" { print $3, $4 }' > "$TMP/waits"
	of_whom "$TMP/waits"
	have_one "$TMP/waits" 30 "$(lost_to "$TMP/t" sockets_full inet_csk_wait_for_connect)"
}

# Only where an error is told late are those that it wakes kept in mind.
test_pollers() {
	fill "$TMP/t" -- pollers 4
	[ "$(attached "$TMP/t" sock_def_error_report)" = tracepoint ] || skip 'errors are told at once'
	between 'tasks that gave way' "$(lost_to "$TMP/t" tasks_full woken)" 3 3
	woken=$(grep -o '"cause":"error".*' "$TMP/t" | grep -o '"comm":"p[0-9]*","via":"[a-z]*"')
	[ "$(echo "$woken" | wc -l)" = 1 ] && [ -n "$woken" ] || fail "not one of them is told: $woken"
}

# Who is there first is followed, and when they are gone there is room again.
test_children() {
	fill "$TMP/t" -- children 20
	between 'children that are not followed' "$(lost_to "$TMP/t" followed_full)" \
		$((20 + 1 - followed)) $((20 + 1 - followed))
	members "$TMP/t" type waker.comm | awk -F '\t' '$1 == "wakeup" && $2 ~ /^c0/ { print $2 }' |
		sort -u > "$TMP/who"
	between 'children that are traced' "$(wc -l < "$TMP/who")" $followed $followed
	grep -q '^c020$' "$TMP/who" || fail 'the last one is not traced'
}

test_stacks() {
	fill "$TMP/t" --stacks=kernel --events=readable,state,woken -- accepts 20
	without=$(grep '"type":"wakeup"' "$TMP/t" | grep -vc '"kernel_stack":\[')
	between 'wake-ups without a stack' "$without" 1 1000
	between 'stacks that found no place' "$(lost_to "$TMP/t" stacks_full)" "$without" "$without"
}

# writers WHAT N: who wrote is told of the right one, or of nobody.
writers() {
	fill "$TMP/t" -- "$@"
	between 'packets whose sender is not known' "$(lost_to "$TMP/t" origins_full)" 1 1000000
	grep '"cause":"readable"' "$TMP/t" | grep -o '"inode":[0-9]*,.*"origin":{[^}]*"comm":"w[0-9]*"' |
		sed 's/"inode":\([0-9]*\),.*"comm":"\(w[0-9]*\)"$/\2 \1/' > "$TMP/origins"
	grep '"cause":"readable"' "$TMP/t" | grep '"role":"cause"' | grep -o '"inode":[0-9]*,.*"waker":{[^}]*"comm":"w[0-9]*"' |
		sed 's/"inode":\([0-9]*\),.*"comm":"\(w[0-9]*\)"$/\2 \1/' >> "$TMP/origins"
	echo "$(wc -l < "$TMP/origins") wake-ups by known writers"
	of_whom "$TMP/origins"
}

test_writers() {
	writers writers 4
}

# Packets in flight have room, but only one task's backlog has.
few_backlogs() {
	writers writers 6
}

# ... and only one connection of MPTCP, whose packets hardly ever come out of a backlog.
few_peers() {
	writers subflows 6
}

# Polls that an error ended, and that were over before it was known whose error it was.
few_held() {
	fill "$TMP/t" -- pollers 8
	[ "$(attached "$TMP/t" sock_def_error_report)" = tracepoint ] || skip 'errors are told at once'
	between 'waits that gave way' "$(lost_to "$TMP/t" tasks_full wait)" 1 7
	members "$TMP/t" type op ended_by comm inode |
		awk -F '\t' '$1 == "wait" && $2 == "poll" && $3 == "wakeup" { print $4, $5 }' > "$TMP/waits"
	between 'waits that are told' "$(wc -l < "$TMP/waits")" 1 7
}

# Only where the kernel may preempt a task in a callback do more than two of them overlap.
few_frames() {
	fill "$TMP/t" -- nested 6
	between 'callbacks that gave way' "$(lost_to "$TMP/t" tasks_full woken)" 1 4
	grep -o '"inode":[0-9]*,.*"woken":\[{"pid":[0-9]*,"tid":[0-9]*,"comm":"n[0-9]*"' "$TMP/t" |
		sed 's/"inode":\([0-9]*\),.*"comm":"\(n[0-9]*\)"$/\2 \1/' > "$TMP/woken"
	between 'tasks whose waker is told' "$(wc -l < "$TMP/woken")" 2 6
	of_whom "$TMP/woken"
}

# What a recording says, and what of it does not fit into a page.
test_report() {
	timeout 60 "$SOCKWAKE" record --attach="$ATTACH" -o "$TMP/r.swk" -- "$PROGS/fill" sockets 300 > /dev/null 2> "$TMP/log" ||
		fail "no recording: $(cat "$TMP/log")"
	"$SOCKWAKE" report --format=ndjson "$TMP/r.swk" > "$TMP/r" || fail 'no report'
	ledger "$TMP/r" || exit 1
	between 'sockets that went' "$(lost_to "$TMP/r" sockets_full)" $((300 - sockets)) 900
	"$SOCKWAKE" export --format=html -o "$TMP/page" "$TMP/r.swk" 2> "$TMP/log" ||
		fail "no page: $(cat "$TMP/log")"
	events=$(summary "$TMP/r" events | tr -cs '0-9\n' ' ' | awk '{ for (i = 1; i <= NF; i++) n += $i } END { print n }')
	left=$(sed -n 's/.*no room for the last \([0-9]*\) events.*/\1/p' "$TMP/log")
	echo "$events events, of which ${left:-none} are not on the page"
	[ "${left:-0}" -gt 0 ] && [ $((events - left)) -le 100 ] || fail 'the page has not said what it leaves out'
}

number=0 failed=0
if [ $# -gt 0 ]; then
	names=$(printf '%s\n' "$@")
else
	names=$(sed -n "s/^${tests}_\([a-z]*\)() {\$/\1/p" "$here/run.sh")
fi
echo "1..$(echo "$names" | wc -l)"
for name in $names; do
	number=$((number + 1))
	("${tests}_$name") > "$TMP/out" 2>&1
	status=$?
	case $status in
	0) echo "ok $number - $name ($ATTACH): $(tr '\n' ';' < "$TMP/out")" ;;
	77) echo "ok $number - $name ($ATTACH) # SKIP $(tail -n 1 "$TMP/out")" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $number - $name ($ATTACH)"
		sed 's/^/# /' "$TMP/out"
		;;
	esac
done
[ $failed = 0 ]
