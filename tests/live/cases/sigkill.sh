# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# SIGKILL in the middle of it leaves nothing attached, and the next one works.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

sockwake_start "$TMP/trace" || exit 1
# Some traffic all the while, but not so much that an emulator which is slow to see patched code trips.
"$PROGS/storm" 5000 1000 &
storm=$!
sleep 1
kill -KILL "$sockwake_pid"
wait "$sockwake_pid" 2> /dev/null
sockwake_pid=''
wait $storm || fail 'storm failed'
# Programs are freed after a grace period.
sleep 2
if [ -e /sys/kernel/tracing/kprobe_events ] && [ -s /sys/kernel/tracing/kprobe_events ]; then
	echo 'left in kprobe_events:'
	cat /sys/kernel/tracing/kprobe_events
	exit 1
fi
if [ -r /sys/kernel/debug/kprobes/list ] &&
	grep -E 'sock_|sk_|unix_|inet_' /sys/kernel/debug/kprobes/list; then
	fail 'left in the list of kprobes'
fi
if [ -r /sys/kernel/tracing/enabled_functions ] &&
	grep -E '^(sock_|sk_|unix_|inet_)' /sys/kernel/tracing/enabled_functions; then
	fail 'left among the functions that are traced'
fi
sockwake_start "$TMP/trace" || exit 1
"$PROGS/udp_recv" > "$TMP/expected" || fail 'udp_recv failed'
settle
sockwake_stop || exit 1
"$PROGS/verify" "$TMP/expected" "$TMP/trace"
