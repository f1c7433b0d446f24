# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A kernel without BTF: one clear error that names --btf, and a trace with the file. The kernel's own is
# hidden for that, in a mount namespace of this script's.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

[ "$ATTACH" = kprobe ] || skip 'without BTF there are only kprobes'
if [ -z "${SW_HIDDEN-}" ]; then
	cp /sys/kernel/btf/vmlinux "$TMP/btf" || fail 'no BTF to begin with'
	SW_HIDDEN=1 exec unshare -m sh "$0"
fi
mount -t tmpfs none /sys/kernel/btf || fail 'cannot hide BTF'
timeout 120 "$SOCKWAKE" trace -d 1 > "$TMP/out" 2> "$TMP/err"
status=$?
[ $status = 2 ] || fail "status $status"
grep -q -- '--btf' "$TMP/err" || fail "$(cat "$TMP/err")"
[ "$(wc -l < "$TMP/err")" = 1 ] || fail "more than a line: $(cat "$TMP/err")"
sockwake_start "$TMP/trace" --btf "$TMP/btf" || exit 1
"$PROGS/tcp_recv" > "$TMP/expected" || fail 'tcp_recv failed'
settle
sockwake_stop || exit 1
"$PROGS/verify" "$TMP/expected" "$TMP/trace"
