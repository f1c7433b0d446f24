# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Waits that were there before the trace, or outlive it, and what is told of each: a
# wake-up of the first; that the others are not over.  A reader that nothing was sent to
# is well; a writer whose peer does not read is a finding.
. "$(dirname "$0")/../lib.sh"

reader=''
cleanup() {
	sockwake_kill
	[ -z "$reader" ] || kill "$reader"
} 2> /dev/null
trap cleanup EXIT

# A reader on each of two sockets: the first from before the trace on, and woken in
# it; the second from within the trace on, and never woken.
mkfifo "$TMP/go" || exit 1
"$PROGS/waiters" < "$TMP/go" > "$TMP/expected" &
reader=$!
exec 3> "$TMP/go"
until grep -q before "$TMP/expected" 2> /dev/null; do sleep 1; done
sockwake_start "$TMP/trace" --stuck=500ms || exit 1
echo go >&3
until grep -q full "$TMP/expected"; do sleep 1; done
sleep 1
sockwake_stop || exit 1

before=$(awk '$1 == "before" { print $2, $3 }' "$TMP/expected")
within=$(awk '$1 == "within" { print $2, $3 }' "$TMP/expected")
full=$(awk '$1 == "full" { print $2, $3 }' "$TMP/expected")
echo "inode and task, before: $before; within: $within; full: $full"
# shellcheck disable=SC2086 # two words each
set -- $before $within $full
# The task may be told in an event of its own, when another CPU told of something in between.
{
	members "$TMP/trace" type inode woken.0.tid woken.0.via
	members "$TMP/trace" type inode tid via
} > "$TMP/woken"
grep -Eq "^(wakeup|woken)	$1	$2	blocking" "$TMP/woken" || {
	grep "\"inode\":$1\>" "$TMP/trace"
	fail 'the wake-up of the first is not told'
}
members "$TMP/trace" type inode tid ended_by ended |
	grep -q "^wait	$3	$4	open	false" || fail 'the second wait is not told as open'
members "$TMP/trace" type inode tid op ended |
	grep -q "^wait	$5	$6	send	false" || fail 'the send is not told as open'
members "$TMP/trace" type kind tasks.0.tid |
	grep -q "^finding	stuck-wait	$6" || fail 'there is no finding of the send'
! members "$TMP/trace" type kind tasks.0.tid |
	grep -q "^finding	stuck-wait	$4" || fail 'a reader with nothing to read is a finding'
ledger "$TMP/trace"
