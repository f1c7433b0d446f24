# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The kernel runs no kprobe in an interrupt of another kprobe's handler: it counts
# the hit as missed. Here softirqs do that to a slow handler; sockwake must tell
# each of those hits.
. "$(dirname "$0")/../lib.sh"

tracing=/sys/kernel/tracing
steering=/sys/class/net/lo/queues/rx-0/rps_cpus
[ -e "$tracing/kprobe_events" ] || skip 'no kprobe events in this kernel'
[ -w "$steering" ] || skip 'received packets cannot be steered'
# There softirqs are run by tasks, which wait until the handler is through.
uname -v | grep -q PREEMPT_RT && skip 'softirqs do not interrupt on PREEMPT_RT'
[ "$(grep -c ^processor /proc/cpuinfo)" -ge 2 ] || skip 'there is one CPU only'

before=$(cat "$steering")
cleanup() {
	sockwake_kill
	echo "$before" > "$steering"
	echo 0 > "$tracing/events/swslow/enable"
	echo '-:swslow/getppid' >> "$tracing/kprobe_events"
} 2> /dev/null
trap cleanup EXIT

# A long handler: it copies much of the stack, a byte at a time.
slow=''
for i in 1 2 3 4 5 6 7 8; do
	slow="$slow a$i=+0(%sp):x8[64]"
done
echo "p:swslow/getppid __x64_sys_getppid$slow" >> "$tracing/kprobe_events" ||
	fail 'getppid cannot be probed'
echo 1 > "$tracing/events/swslow/enable" || fail 'the probe cannot be enabled'
echo 1 > "$steering" || fail 'packets cannot be steered to CPU 0'

sockwake_start "$TMP/trace" || exit 1
[ "$(attached "$TMP/trace" sock_def_readable)" = kprobe ] || skip 'sock_def_readable is not kprobed'
"$PROGS/steered" 2000 || fail 'steered failed'
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1
missed=$(summary "$TMP/trace" lost | sed -n 's/.*"missed":\([0-9]*\).*/\1/p')
hits=$(hook_hits "$TMP/trace" sock_def_readable)
echo "$hits hits, $missed missed"
[ "${missed:-0}" -gt 0 ] || fail 'no hit was missed'
# One datagram, one callback, whether or not the kprobe ran.
[ "$hits" -eq 2000 ] || fail "$hits hits of sock_def_readable"
[ "$(summary "$TMP/trace" complete)" = false ] || fail 'it says that it is complete'
