# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Waiting for a CPU is no sleep, whatever woke the task: here a timer.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT
# There a task of the lowest priority of real time, as the other thread is, runs the timers.
[ "$(cat /sys/kernel/realtime 2> /dev/null)" != 1 ] || skip 'timers wait for the CPU as well on PREEMPT_RT'

sockwake_start "$TMP/trace" || exit 1
"$PROGS/hogged" > "$TMP/said" 2>&1
status=$?
[ $status != 77 ] || skip "$(cat "$TMP/said")"
[ $status = 0 ] || fail 'the program failed'
settle
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1

# It slept for 200 ms, and had a CPU again after 900.
members "$TMP/trace" type comm op duration_ns asleep_ns | awk -F '\t' '
	$1 == "wait" && $2 == "hogged" && $3 == "recv" {
		n++
		printf "a wait of %d ms, of them asleep %d\n", $4 / 1000000, $5 / 1000000
		if ($4 < 600000000 || $5 < 150000000 || $5 > 500000000)
			bad = 1
	}
	END { exit bad || n != 1 }' || fail 'that is not so'
