# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Under stress: each thread that a wake-up is said to have woken, and each that is
# said to have taken something, is one that reads from that very socket, by its own
# account.
. "$(dirname "$0")/../lib.sh"

reads=${ATTRIBUTION_READS:-400000}
[ "$ATTACH" = tracepoint ] || reads=${ATTRIBUTION_READS:-20000}
trap sockwake_kill EXIT

sockwake_start "$TMP/trace" --events=readable,woken,run,io --buffer 32M || exit 1
"$PROGS/attribution" "$reads" > "$TMP/readers" || fail 'the program failed'
settle
sockwake_stop || exit 1

# The lines are ours: a key's first place on a line is the member's.
awk '
function member(line, key) {
	if (!match(line, "\"" key "\":[0-9]+"))
		return ""
	return substr(line, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
}
FNR == NR { reader[$1] = $2; next }
/"type":"wakeup"/ {
	inode = member($0, "inode")
	id[member($0, "socket")] = inode
	if (!(inode in reader))
		next
	wakeups++
	rest = $0
	sub(/.*"woken":\[/, "", rest)
	sub(/\].*/, "", rest)
	n = split(rest, woken, "}")
	for (i = 1; i < n; i++) {
		tasks++
		if (member(woken[i], "tid") != reader[inode]) {
			wrong++
			if (wrong < 5)
				print "not a reader of " inode ": " woken[i]
		}
	}
	next
}
/"type":"(io|run|woken)"/ {
	inode = id[member($0, "socket")]
	if (!(inode in reader))
		next
	if (/"type":"io"/) ios++
	if (/"type":"run"/) runs++
	if (member($0, "tid") != reader[inode]) {
		wrong++
		if (wrong < 5)
			print "not a reader of " inode ": " $0
	}
}
END {
	print wakeups + 0 " wake-ups, " tasks + 0 " tasks woken, " runs + 0 " runs, " ios + 0 \
		" calls; wrong: " wrong + 0
	exit wrong || tasks < wakeups / 100 || !ios
}' "$TMP/readers" "$TMP/trace" || exit 1
summary "$TMP/trace" complete
lines=$(wc -l < "$TMP/trace")
echo "$lines lines, $(lost "$TMP/trace") lost"
# The ledger, by the summary alone: there are too many lines to check each.
members "$TMP/trace" type hits delivered filtered | awk -v lost="$(lost "$TMP/trace")" '
	$1 == "summary" { exit $2 != $3 + $4 + lost }' || fail 'the ledger does not add up'
