# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# A stack's names are those of the program as it was at that moment: of one that became
# another by exec, of a library that was loaded later, of one that ended at once, of the
# next process with the same number, of a file that was replaced, and of one that only
# another mount namespace has.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

# One name a case, by which its wake-ups are found: the file's is the task's.
for name in exec1 exec2 brief again1 again2 moved hidden; do
	cp "$PROGS/stacked_first" "$TMP/$name"
done
cp "$PROGS/stacked_second" "$TMP/exec2"
cp "$PROGS/stacked_second" "$TMP/again2"
cp "$PROGS/stacked_second" "$TMP/other"
cp "$PROGS/stacked_dynamic" "$TMP/late"
cp "$PROGS/stacked_library.so" "$TMP/"
# Files that have just been written are of the time before the trace.
sleep 1

sockwake_start "$TMP/trace" --stacks=user --family=unix || exit 1
"$TMP/exec1" 'then' "$TMP/exec2" send 3 || fail 'exec1 failed'
"$TMP/exec2" 'then' "$TMP/exec1" send 3 || fail 'exec2 failed'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	"$TMP/brief" send 1 || fail 'brief failed'
done
"$TMP/other" again "$TMP/again1" "$TMP/again2"
again=$?
"$TMP/moved" replaced "$TMP/moved" &
moved=$!
sleep 1
cp "$PROGS/stacked_second" "$TMP/new"
mv "$TMP/new" "$TMP/moved"
wait $moved || fail 'moved failed'
"$TMP/late" library "$TMP/stacked_library.so"
late=$?
hidden=77
if command -v unshare > /dev/null; then
	# There its path is the second program's; here it is the first's.  When it has ended
	# there is no such place any more.
	unshare -m sh -c 'mount --bind "$1/other" "$1/hidden" && exec "$1/hidden" stay 3' sh "$TMP"
	hidden=$?
fi
sockwake_stop || exit 1
ledger "$TMP/trace" || exit 1

# names TASK: its functions, in order, and how often each.
names() {
	members "$TMP/trace" type cause waker.comm user_stack.0 |
		awk -F '\t' -v task="$1" '$1 == "wakeup" && $2 == "readable" && $3 == task { print $4 }' |
		sed 's/+0x[0-9a-f]*//; s/ \[/,/; s/\]//' | uniq -c | awk '{ printf "%s%s,%s", sep, $1, $2; sep = " " }'
}

# is TASK NAMES
is() {
	got=$(names "$1")
	[ "$got" = "$2" ] || fail "$1: $got, not $2"
}

first=first_program_sends second=second_program_sends
is exec1 "6,$first,exec1"
is exec2 "6,$second,exec2"
is brief "10,$first,brief"
[ $again = 77 ] || { is again1 "3,$first,again1" && is again2 "3,$second,again2"; }
is moved "3,$first,moved"
[ $late = 77 ] || is late "3,$first,late 3,library_sends,stacked_library.so"
[ $hidden = 77 ] || is hidden "3,$second,hidden"
exit 0
