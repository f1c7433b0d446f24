# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# An independent count: probes of the kernel's own tracing, on the functions that
# sockwake watches. Nothing but the programs below uses a socket meanwhile, so both
# must count the same.
. "$(dirname "$0")/../lib.sh"

functions='sock_def_readable sock_def_wakeup sock_def_error_report
	sk_stream_write_space unix_write_space sk_destruct'
tracing=/sys/kernel/tracing
[ -e "$tracing/kprobe_events" ] || skip 'no kprobe events in this kernel'
[ -s "$tracing/kprobe_events" ] && skip 'somebody else has kprobe events'

cleanup() {
	sockwake_kill
	echo 0 > "$tracing/events/swcheck/enable"
	for function in $functions; do
		echo "-:swcheck/$function" >> "$tracing/kprobe_events"
	done
} 2> /dev/null
trap cleanup EXIT

for function in $functions; do
	echo "p:swcheck/$function $function" >> "$tracing/kprobe_events" ||
		fail "$function cannot be probed"
done
echo 1 > "$tracing/events/swcheck/enable" || fail 'the probes cannot be enabled'

profile() {
	awk '{ print $1, $2, $3 }' "$tracing/kprobe_profile" | sort
}

sockwake_start "$TMP/trace" || exit 1
profile > "$TMP/before"
for program in tcp_recv tcp_writer unix_writer unix_stream conn_reset close; do
	"$PROGS/$program" > /dev/null || fail "$program failed"
done
settle
profile > "$TMP/after"
sockwake_stop || exit 1
profile > "$TMP/end"

# What sockwake's own start and end do to sockets is in neither count only if there
# is nothing of it.
cmp -s "$TMP/after" "$TMP/end" || fail 'the end of sockwake used sockets'
ledger "$TMP/trace" || exit 1
status=0
for function in $functions; do
	[ -n "$(attached "$TMP/trace" "$function" | grep -v none)" ] || continue
	before=$(awk -v f="$function" '$1 == f { print $2 }' "$TMP/before")
	after=$(awk -v f="$function" '$1 == f { print $2 }' "$TMP/after")
	missed=$(awk -v f="$function" '$1 == f { print $3 }' "$TMP/after")
	hits=$(hook_hits "$TMP/trace" "$function")
	echo "$function: sockwake $hits, kprobe $((after - before)), of its misses $missed"
	[ "$hits" = $((after - before)) ] || status=1
	[ "$missed" = 0 ] || status=1
done
exit $status
