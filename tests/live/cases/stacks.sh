# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# The waker's stacks: of the kernel from the callback outwards to the system call, of
# the process the call that sends; then those of slow wake-ups alone.
. "$(dirname "$0")/../lib.sh"

sockwake_start "$TMP/trace" --stacks=kernel,user || exit 1
"$PROGS/udp_recv" > /dev/null || fail 'udp_recv failed'
sockwake_stop || exit 1

# The names that stand in an array, a line each, of each wake-up of udp_recv's.
stacks_of() {
	grep '"cause":"readable"' "$1" | grep '"proto":"udp"' | grep '"comm":"udp_recv","context' |
		sed -n "s|.*\"$2\":\[\(.*\)|\1|p" | sed "s|\"].*|\"|"
}
stacks_of "$TMP/trace" kernel_stack > "$TMP/kernel"
stacks_of "$TMP/trace" user_stack > "$TMP/user"
echo "$(wc -l < "$TMP/kernel") kernel stacks, $(wc -l < "$TMP/user") user stacks"
head -n 1 "$TMP/kernel"
[ -s "$TMP/kernel" ] || fail 'no kernel stack'
# Ours are left out, and the way goes through the protocol to the system call.
grep -q '^"\(bpf_\|__traceiter\|kprobe\)' "$TMP/kernel" && fail 'our own frames are shown'
grep -v 'udp_.*sys_send' "$TMP/kernel" > "$TMP/odd" && fail "not from send: $(head -n 1 "$TMP/odd")"
[ -s "$TMP/user" ] || fail 'no user stack'
grep -v '\[[^"]*"' "$TMP/user" > "$TMP/odd" && fail "no file is named: $(head -n 1 "$TMP/odd")"
grep -q 'send' "$TMP/user" || fail "no call of send in $(head -n 1 "$TMP/user")"
ledger "$TMP/trace"

# A reader that sleeps 50 ms before it reads is one; the others are not.
sockwake_start "$TMP/slow" --stacks-slow=40ms || exit 1
"$PROGS/slow" > /dev/null || fail 'slow failed'
sockwake_stop || exit 1
grep '_stack"' "$TMP/slow" > "$TMP/with"
echo "$(wc -l < "$TMP/with") events have stacks"
[ -s "$TMP/with" ] || fail 'no slow wake-up has a stack'
grep -v '"type":"\(run\|io\)"' "$TMP/with" && fail 'others than run and io have stacks'
ledger "$TMP/slow"
