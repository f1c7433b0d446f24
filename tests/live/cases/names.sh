# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A recording holds of names what they are and nothing else: it is made for others to read, and
# the kernel's memory after a name must not be in it. And it gives the names back as they were.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

sockwake_record "$TMP/names.swk" --events=readable --family=unix,inet,packet,netlink || exit 1
"$PROGS/unix_names" > "$TMP/expected" || fail 'unix_names failed'
"$PROGS/udp_recv" > /dev/null || fail 'udp_recv failed'
"$PROGS/netlink" > /dev/null || fail 'netlink failed'
"$PROGS/packet" > /dev/null
settle
sockwake_stop || exit 1
"$PROGS/zeros" --lengths "$TMP/names.swk" > "$TMP/zeros" || fail "not zeros, or not all lengths: $(cat "$TMP/zeros")"
"$SOCKWAKE" report --format=ndjson "$TMP/names.swk" > "$TMP/report" || fail 'no report'
# Most of what it says is that nothing else was traced.
"$PROGS/verify" "$TMP/expected" "$TMP/report" > "$TMP/verified" || { grep -v "left out" "$TMP/verified"; exit 1; }

# Every kind of record: nothing is in it but what it says. (Before 5.17 a task's name is followed by
# what is left of its last one.)
release=$(uname -r)
case ${release%%.*}.$(echo "$release" | cut -d . -f 2) in 4.* | 5.? | 5.1[0-6]) comm='' ;; *) comm=--comm ;; esac
sockwake_record "$TMP/all.swk" || exit 1
for program in woken_epoll accept_wait tcp_writer unix_stream; do
	"$PROGS/$program" > /dev/null || fail "$program failed"
done
settle
sockwake_stop || exit 1
# shellcheck disable=SC2086 # one word or none
"$PROGS/zeros" $comm "$TMP/all.swk" > "$TMP/zeros" || fail "not zeros: $(cat "$TMP/zeros")"
cat "$TMP/zeros"
"$SOCKWAKE" report --format=ndjson "$TMP/all.swk" > "$TMP/all" || fail 'no report'
kinds='socket wakeup wait woken run io'
[ "$(attached "$TMP/all" sk_destruct)" = none ] || kinds="$kinds destroy"
for kind in $kinds; do
	grep -Eq " $kind [1-9]" "$TMP/zeros" || fail "no record of the kind $kind"
done
