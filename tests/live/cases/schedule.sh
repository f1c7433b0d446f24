# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# An independent account of the same run, by the kernel's own tracing: how often the
# readers were woken, and how long each time until they ran.
. "$(dirname "$0")/../lib.sh"

# Not every machine has it mounted.
tracefs=/sys/kernel/tracing mounted=''
[ -d $tracefs/instances ] || {
	tracefs=$TMP/tracefs
	mkdir "$tracefs" && mount -t tracefs tracefs "$tracefs" || skip 'no tracefs here'
	mounted=1
}
instance=$tracefs/instances/swcheck

cleanup() {
	sockwake_kill
	echo 0 > "$instance/tracing_on"
	rmdir "$instance"
	[ -z "$mounted" ] || umount "$tracefs"
} 2> /dev/null
trap cleanup EXIT
mkdir "$instance" || fail 'no instance of tracefs'

echo mono > "$instance/trace_clock" || fail 'no clock to compare by'
echo 8192 > "$instance/buffer_size_kb"
echo 'comm == "woken_blocking"' > "$instance/events/sched/sched_waking/filter" ||
	fail 'sched_waking cannot be filtered'
echo 'prev_comm == "woken_blocking" || next_comm == "woken_blocking"' > "$instance/events/sched/sched_switch/filter"
echo 1 > "$instance/events/sched/sched_waking/enable"
echo 1 > "$instance/events/sched/sched_switch/enable"

sockwake_start "$TMP/trace" || exit 1
"$PROGS/woken_blocking" > "$TMP/expected" || fail 'the program failed'
settle
sockwake_stop || exit 1
cat "$instance/trace" > "$TMP/kernel"

sed -n 's/.*"expect":"run".*"tid":\([0-9]*\).*/\1/p' "$TMP/expected" | sort -u > "$TMP/tids"
members "$TMP/trace" type tid woken_ts delay_ns | awk '$1 == "run" { print $2, $4 }' > "$TMP/ours"
# Lines of the trace: "comm-pid [cpu] flags seconds: event: …".
awk '
{
	for (i = 1; i <= NF; i++)
		if ($i ~ /^[0-9]+\.[0-9]+:$/) {
			time = substr($i, 1, length($i) - 1)
			event = $(i + 1)
		}
}
event == "sched_switch:" && match($0, /prev_pid=[0-9]+/) {
	pid = substr($0, RSTART + 9, RLENGTH - 9)
	# D: for a lock, and not for a socket (PREEMPT_RT: also for a spinlock).
	locked[pid] = ($0 ~ /prev_state=D/)
}
event == "sched_waking:" && match($0, / pid=[0-9]+/) {
	pid = substr($0, RSTART + 5, RLENGTH - 5)
	waking[pid] = locked[pid] ? "" : time
}
event == "sched_switch:" && match($0, /next_pid=[0-9]+/) {
	pid = substr($0, RSTART + 9, RLENGTH - 9)
	if (waking[pid] != "") {
		split(waking[pid], a, "."); split(time, b, ".")
		# "1" before the microseconds: busybox takes 045123 for an octal number.
		printf "%d %d\n", pid, ((b[1] - a[1]) * 1000000 + ("1" b[2]) - ("1" a[2])) * 1000
	}
	waking[pid] = ""
}' "$TMP/kernel" > "$TMP/theirs"

status=0 checked=0
while read -r tid; do
	awk -v t="$tid" '$1 == t { print $2 }' "$TMP/ours" > "$TMP/a"
	awk -v t="$tid" '$1 == t { print $2 }' "$TMP/theirs" > "$TMP/b"
	ours=$(wc -l < "$TMP/a") theirs=$(wc -l < "$TMP/b")
	echo "thread $tid: sockwake saw it woken $ours times, the kernel $theirs times"
	[ "$ours" = "$theirs" ] || {
		status=1
		grep -E "pid=$tid( |$)|LOST" "$TMP/kernel" | cut -c 1-160 | head -n 40
	}
	# Both are hooks of the same two events, one before the other.
	paste "$TMP/a" "$TMP/b" | awk '
		{ d = $1 - $2; if (d < 0) d = -d }
		d > 300000 && d > $2 / 4 { far++; print "sockwake: " $1 " ns, the kernel: " $2 " ns" }
		END { exit far > NR / 5 }' || status=1
	checked=$((checked + 1))
done < "$TMP/tids"
[ "$checked" -ge 4 ] || fail "only $checked threads"
exit $status
