# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What is recorded is reported as it would have been traced: whole, cut, killed half-way,
# in several files, and without root.
. "$(dirname "$0")/../lib.sh"
trap sockwake_kill EXIT

report() {
	"$SOCKWAKE" report --format=ndjson "$@"
}

# Replay is the live path: what programs did is in the report.
sockwake_record "$TMP/a.swk" --stacks=kernel || exit 1
"$PROGS/udp_recv" > "$TMP/expected" || fail 'udp_recv failed'
settle
sockwake_stop || exit 1
[ ! -s "$TMP/sockwake.log" ] || fail "it said: $(cat "$TMP/sockwake.log")"
case $(ls -l "$TMP/a.swk") in -rw-------*) ;; *) fail 'the file is for others to read' ;; esac
report "$TMP/a.swk" > "$TMP/a" || fail 'no report'
"$PROGS/verify" "$TMP/expected" "$TMP/a" || fail 'the report is not what was done'
grep -q '"kernel_stack":\["sock_def_readable+' "$TMP/a" || fail 'stacks are not in the report'
report - < "$TMP/a.swk" > "$TMP/piped" || fail 'no report of a pipe'
cmp "$TMP/a" "$TMP/piped" || fail 'a pipe gives another report'
report "$TMP/a.swk" 2> "$TMP/log" | true
[ ! -s "$TMP/log" ] || fail "to a reader that has gone it says: $(cat "$TMP/log")"
cp "$TMP/a.swk" "$TMP/open.swk" && chmod 644 "$TMP/open.swk"
if command -v setpriv > /dev/null; then
	setpriv --reuid=65534 --regid=65534 --clear-groups "$SOCKWAKE" report -s - \
		< "$TMP/open.swk" > /dev/null || fail 'no report without root'
fi

# Once more: it is there, and left alone; then overwritten.
"$SOCKWAKE" record --attach="$ATTACH" -d 1 -o "$TMP/a.swk" 2> "$TMP/log" && fail 'overwritten unasked'
grep -q -- '-f overwrites' "$TMP/log" || fail "it said: $(cat "$TMP/log")"
report "$TMP/a.swk" | cmp - "$TMP/a" || fail 'the file was touched'

# Filtered afterwards: one socket by its number, an address, an inode.
id=$(members "$TMP/a" type cause proto socket | awk '$2 == "readable" && $3 == "udp" { print $4; exit }')
report --socket "$id" "$TMP/a.swk" > "$TMP/one" || fail 'no report of one socket'
[ "$(members "$TMP/one" type socket | awk '$1 == "wakeup" { print $2 }' | sort -u)" = "$id" ] ||
	fail "not socket $id alone"
report --proto=udp --events=readable "$TMP/a.swk" > "$TMP/udp"
members "$TMP/udp" type cause proto | awk '$1 == "wakeup" { print $2, $3 }' | sort -u > "$TMP/kinds"
[ "$(cat "$TMP/kinds")" = 'readable udp' ] || fail "not UDP's readable alone: $(cat "$TMP/kinds")"
members "$TMP/udp" type | grep -E '^(run|io|wait)$' && fail 'other events are left'

# Cut: what is before is shown, and the exit status says so.
size=$(wc -c < "$TMP/a.swk")
head -c $((size - 30)) "$TMP/a.swk" > "$TMP/cut.swk"
report "$TMP/cut.swk" > "$TMP/cut" 2> "$TMP/log"
[ $? = 2 ] || fail 'the exit status of a cut file is not 2'
grep -q "cut at byte $((size - 30))" "$TMP/log" || fail "it said: $(cat "$TMP/log")"
[ "$(grep -c '"type":"wakeup"' "$TMP/cut")" = "$(grep -c '"type":"wakeup"' "$TMP/a")" ] ||
	fail 'wake-ups before the cut are missing'

# Killed: what was flushed, once a second, is there.
sockwake_record "$TMP/killed.swk" || exit 1
"$PROGS/udp_recv" > /dev/null || fail 'udp_recv failed'
sleep 3
kill -KILL "$sockwake_pid"
wait "$sockwake_pid" 2> /dev/null
sockwake_pid=''
report "$TMP/killed.swk" > "$TMP/killed" 2> "$TMP/log"
[ $? = 2 ] || fail 'the exit status of a killed recording is not 2'
grep -q '"proto":"udp"' "$TMP/killed" || fail 'a killed recording is empty'
grep -q 'the end is missing' "$TMP/log" || fail "it said: $(cat "$TMP/log")"

# In several files, each of which knows its sockets; the oldest are removed.
sockwake_record "$TMP/many.swk" --max-size=64K --rotate=3 || exit 1
for _ in 1 2 3 4; do
	"$PROGS/storm" > /dev/null || fail 'storm failed'
done
sockwake_stop || exit 1
set -- "$TMP"/many*
echo "$*"
[ $# = 3 ] || fail 'not three files'
[ ! -e "$TMP/many.swk" ] || fail 'the oldest is still there'
report "$TMP"/many.swk.* > "$TMP/many" || fail 'no report of several files'
members "$TMP/many" type ts | awk '$1 == "wakeup" { if ($2 + 0 < last) exit 1; last = $2 }' ||
	fail 'not in order of time'
members "$TMP/many" type family | awk '$1 == "wakeup" && $2 == ""' | grep . && fail 'a socket without a name'

# There is no going on in the next: something has its name by now, or the disk is full. What was written stays.
mkdir "$TMP/way"
sockwake_record "$TMP/way/a.swk" --max-size=64K --rotate=9 || exit 1
mkdir "$TMP/way/a.swk.2"
for _ in 1 2 3; do
	"$PROGS/storm" > /dev/null || fail 'storm failed'
done
wait "$sockwake_pid"
[ $? = 2 ] || fail 'the exit status is not 2 where a folder is in the way'
sockwake_pid=''
grep -q "cannot go on in '$TMP/way/a.swk.2': Is a directory" "$TMP/sockwake.log" ||
	fail "it said: $(cat "$TMP/sockwake.log")"
report "$TMP/way/a.swk" | grep -q '"type":"wakeup"' || fail 'the file before is not whole'

mkdir "$TMP/small"
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c '
	mount -t tmpfs -o size=300k none "$TMP/small" || exit 1
	"$SOCKWAKE" record --attach="$ATTACH" --max-size=100K --rotate=9 -o "$TMP/small/a.swk" -- \
		sh -c "for n in 1 2 3 4 5 6 7 8; do $PROGS/storm > /dev/null; done" 2> "$TMP/log"
	echo $? > "$TMP/status"
	cp "$TMP/small/a.swk" "$TMP/small.swk"
	find "$TMP/small" -size 0' > "$TMP/nothing" || fail 'no small disk'
[ "$(cat "$TMP/status")" = 125 ] || fail "the exit status on a full disk is $(cat "$TMP/status")"
grep -q "^sockwake: cannot .* '$TMP/small/a.swk.*': No space left on device" "$TMP/log" ||
	fail "it said: $(cat "$TMP/log")"
report "$TMP/small.swk" | grep -q '"type":"wakeup"' || fail 'the first file is not whole'
[ ! -s "$TMP/nothing" ] || fail "a file for nothing: $(cat "$TMP/nothing")"
exit 0
