# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# In what context a wake-up is: a datagram over loopback comes by a softirq, also where softirqs are run by
# tasks (PREEMPT_RT); one between AF_UNIX sockets comes by its sender's own call.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

# contexts FIELD VALUE: those of its readable wake-ups, each once.
contexts() {
	awk -F '\t' -v f="$1" -v v="$2" '
		$1 == "wakeup" && $2 == "sock_def_readable" && $f == v { print $5 }' "$TMP/events" | sort -u
}

# are_right [OPTION...]
are_right() {
	sockwake_start "$TMP/trace" "$@" || exit 1
	for program in udp_recv unix_dgram; do
		"$PROGS/$program" > "$TMP/$program.expected" || fail "$program failed"
	done
	settle
	sockwake_stop || exit 1
	for program in udp_recv unix_dgram; do
		"$PROGS/verify" "$TMP/$program.expected" "$TMP/trace" || exit 1
	done
	members "$TMP/trace" type callback proto family waker.context > "$TMP/events"
	[ "$(contexts 3 udp)" = softirq ] || fail "UDP's are in: $(contexts 3 udp) ($*)"
	[ "$(contexts 4 unix)" = task ] || fail "AF_UNIX's are in: $(contexts 4 unix) ($*)"
}

are_right
# A file's BTF is not asked where CPUs keep their variables: without data symbols in kallsyms, softirqs
# are watched.
[ "$ATTACH" != tracepoint ] || are_right --btf /sys/kernel/btf/vmlinux
