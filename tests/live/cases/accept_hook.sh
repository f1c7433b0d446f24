# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Accept's hook is on inet_csk_wait_for_connect() where the kernel has it, and its caller stands for it
# elsewhere. The kernel's own tracing counts the calls of either: as many waits, and as many calls, as
# sockwake tells of. $SW_ACCEPT_HOOK: the function that it has to be on this kernel; empty: as kallsyms says.
. "$(dirname "$0")/../lib.sh"

tracing=/sys/kernel/tracing
own=inet_csk_wait_for_connect caller=inet_csk_accept
[ "$ATTACH" != tracepoint ] || skip 'only for kprobe and fentry'
[ -e "$tracing/kprobe_events" ] || skip 'no kprobe events in this kernel'
grep -q " $own\$" /proc/kallsyms || own=''
[ -z "${SW_ACCEPT_HOOK-}" ] || [ "$SW_ACCEPT_HOOK" = "$own" ] || fail "this kernel has no $SW_ACCEPT_HOOK"

cleanup() {
	sockwake_kill
	echo 0 > "$tracing/events/swaccept/enable"
	for function in $own $caller; do
		echo "-:swaccept/$function" >> "$tracing/kprobe_events"
	done
} 2> /dev/null
trap cleanup EXIT
for function in $own $caller; do
	echo "p:swaccept/$function $function" >> "$tracing/kprobe_events" || fail "$function cannot be probed"
done
echo 1 > "$tracing/events/swaccept/enable" || fail 'the probes cannot be enabled'

sockwake_start "$TMP/trace" || exit 1
programs='accept_forty accept_wait accept_ready accept_signal listen_shutdown'
for program in $programs; do
	"$PROGS/$program" > "$TMP/$program.expected" || fail "$program failed"
done
settle
sockwake_stop || exit 1
awk '{ print $1, $2 }' "$tracing/kprobe_profile" > "$TMP/profile"
for program in $programs; do
	"$PROGS/verify" "$TMP/$program.expected" "$TMP/trace" || exit 1
done

hook=inet_csk_wait_for_connect
[ "$(attached "$TMP/trace" $hook)" = "$ATTACH" ] || fail "attached by '$(attached "$TMP/trace" $hook)'"
[ "$(target "$TMP/trace" $hook)" = "${own:-$caller}" ] || fail "it is on '$(target "$TMP/trace" $hook)'"
calls=$(awk -v f=$caller '$1 == f { print $2 }' "$TMP/profile")
hits=$(hook_hits "$TMP/trace" $hook)
told=$(members "$TMP/trace" type op | grep -c '^wait	accept$')
echo "calls: the kernel $calls, sockwake $hits, told $told"
[ "$hits" = "$calls" ] || fail 'not as many calls'
[ "$(lost "$TMP/trace")" != 0 ] || [ "$told" = "$calls" ] || fail 'not all were told'
[ -n "$own" ] || exit 0
waits=$(awk -v f=$own '$1 == f { print $2 }' "$TMP/profile")
waited=$(members "$TMP/trace" type op waited | grep -c '^wait	accept	true$')
echo "waits: the kernel $waits, sockwake $waited"
[ "$waits" -ge 40 ] || fail 'the programs did not wait'
[ "$waited" = "$waits" ] || [ "$(lost "$TMP/trace")" != 0 ] || fail 'not as many waits'
