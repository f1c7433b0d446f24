# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Files whose symbols are read are strangers': one claims more symbols than there is room
# for, one has a symbol of 100 KB, one's path has become a FIFO, one is in a folder that is
# another user's alone.  The processes that read them may be killed, or stopped; that costs
# names, and no tracing, and keeps nobody from ending it.
. "$(dirname "$0")/../lib.sh"
trap 'resume; sockwake_kill' EXIT

# children PID: a line each.
children() {
	awk -v parent="$1" '$1 == "PPid:" && $2 == parent { split(FILENAME, part, "/"); print part[3] }' \
		/proc/[0-9]*/status 2> /dev/null
}

stopped=''
resume() {
	[ -z "$stopped" ] || kill -KILL "$stopped" 2> /dev/null
	stopped=''
}

# In hundredths of a second.
now() {
	awk '{ print int($1 * 100) }' /proc/uptime
}

# names FILE TASK: its functions, the files they are in, and how often each.
names() {
	members "$1" type cause waker.comm user_stack.0 |
		awk -F '\t' -v task="$2" '$1 == "wakeup" && $2 == "readable" && $3 == task { print $4 }' |
		sed 's/+0x[0-9a-f]*//; s/ \[/,/; s/\]//; s/^\[/,/' | uniq -c |
		awk '{ printf "%s%s,%s", sep, $1, $2; sep = " " }'
}

# is FILE TASK NAMES
is() {
	got=$(names "$1" "$2")
	[ "$got" = "$3" ] || fail "$2: $(echo "$got" | cut -c 1-200), not $3"
}

for name in plain fifo liar1 liar2 after1 after2 after3; do
	cp "$PROGS/stacked_first" "$TMP/$name"
done
"$PROGS/liar" "$TMP/liar1" || fail 'liar failed'
"$PROGS/liar" "$TMP/liar2" || fail 'liar failed'
cp "$PROGS/stacked_long" "$TMP/long"
mkdir "$TMP/home"
cp "$PROGS/stacked_first" "$TMP/home/secret"
# Who it belongs to is let into the folder above.
chown -R 12345:12345 "$TMP/home"
chmod 700 "$TMP/home" "$TMP/home/secret"
chmod 755 "$TMP"
[ "$(dirname "$TMP")" != "$(dirname "$KEPT")" ] || chmod 755 "$(dirname "$TMP")"
sleep 1

first=first_program_sends
sockwake_record "$TMP/recording" --stacks=user --family=unix || exit 1
began=$(now)
"$TMP/plain" send 3 || fail 'plain failed'
"$TMP/liar1" stay 3 || fail 'liar1 failed'
"$TMP/liar2" stay 3 || fail 'liar2 failed'
"$TMP/long" stay 3 || fail 'long failed'
"$PROGS/stacked_first" as 12345 "$TMP/home/secret" stay 3 || fail 'secret failed'
"$TMP/fifo" replaced "$TMP/fifo" &
fifo=$!
sleep 1
mkfifo "$TMP/new"
mv "$TMP/new" "$TMP/fifo"
wait $fifo || fail 'fifo failed'
took=$(($(now) - began))
echo "all of that took $took cs"
# Who reads them is not whom the signals are for.
keeper=$(children "$sockwake_pid")
[ "$(echo "$keeper" | wc -w)" = 1 ] || fail "not one keeper: $keeper"
readers=$(children "$keeper")
[ "$(echo "$readers" | wc -w)" -ge 4 ] || fail "not four readers: $readers"
grep -q '^CapPrm:[[:space:]]*0*8000000000$' "/proc/$sockwake_pid/status" || fail 'more than CAP_BPF is left'
for reader in $readers; do
	# That one reads nothing but /proc.
	grep -q '^Name:[[:space:]]*sockwake-maps' "/proc/$reader/status" ||
		grep -q '^CapPrm:[[:space:]]*0*$' "/proc/$reader/status" || fail 'a reader has capabilities'
	grep -q '^NoNewPrivs:[[:space:]]*1' "/proc/$reader/status" || fail 'a reader may get privileges'
	grep -q '^Uid:[[:space:]]*65534' "/proc/$reader/status" || fail 'a reader is root'
	kill -KILL "$reader"
done
"$TMP/after1" stay 3 || fail 'after1 failed'
"$TMP/plain" stay 3 || fail 'plain failed'
sockwake_stop || exit 1
[ -z "$(children "$keeper")" ] && ! kill -0 "$keeper" 2> /dev/null || fail 'the keeper is still there'
cat "$TMP/sockwake.log"
[ "$(grep -c "no symbols of '.*liar1'.*larger than" "$TMP/sockwake.log")" = 1 ] || fail 'nothing is said of liar1'
grep -q 'no symbols of 2 files' "$TMP/sockwake.log" || fail 'liar2 is not counted'

"$SOCKWAKE" export --format=ndjson "$TMP/recording" > "$TMP/trace" || fail 'the recording is not readable'
ledger "$TMP/trace" || exit 1
is "$TMP/trace" plain "6,$first,plain"
is "$TMP/trace" liar1 '3,,liar1'
is "$TMP/trace" liar2 '3,,liar2'
is "$TMP/trace" secret "3,$first,secret"
is "$TMP/trace" fifo "3,$first,fifo"
is "$TMP/trace" after1 "3,$first,after1"
long=$(names "$TMP/trace" long)
case $long in
3,a_name_as_long__a_name_as_long__*...,long) ;;
*) fail "long: $long" ;;
esac
[ ${#long} = $((2 + 1024 + 5)) ] || fail "a name of ${#long} bytes"

# How long it takes to end where nothing is in the way.
sockwake_start "$TMP/trace2" --stacks=user --family=unix || exit 1
"$TMP/plain" stay 3 || fail 'plain failed'
began=$(now)
sockwake_stop TERM || exit 1
usual=$(($(now) - began))

# While names are waited for, nothing is lost: this is more than the rings have room for.
sockwake_start "$TMP/trace4" --stacks=user --family=unix || exit 1
"$TMP/plain" stay 3 || fail 'plain failed'
stopped=$(children "$sockwake_pid")
kill -STOP "$stopped"
"$TMP/after2" send 1
"$TMP/plain" send 60000
kill -CONT "$stopped"
stopped=''
sockwake_stop || exit 1
ledger "$TMP/trace4" || exit 1
lost=$(lost "$TMP/trace4")
echo "$lost events lost"
[ "$lost" = 0 ] || fail 'the rings were not drained'

sockwake_start "$TMP/trace3" --stacks=user --family=unix || exit 1
"$TMP/plain" stay 3 || fail 'plain failed'
stopped=$(children "$sockwake_pid")
kill -STOP "$stopped"
"$TMP/after2" send 1
"$TMP/after3" send 1
sleep 1
began=$(now)
sockwake_stop TERM || exit 1
took=$(($(now) - began))
echo "ended after $took cs; usually $usual"
[ "$took" -lt $((usual + 150)) ] || fail 'a look-up kept it from ending'
ledger "$TMP/trace3" || exit 1
is "$TMP/trace3" plain "3,$first,plain"
is "$TMP/trace3" after2 '1,,after2'
grep -q 'some stacks have no symbols' "$TMP/sockwake.log" || fail 'nothing is said of it'

# Nobody is left behind by one that is killed.
sockwake_start "$TMP/trace5" --stacks=user --family=unix || exit 1
"$TMP/plain" stay 3 || fail 'plain failed'
keeper=$(children "$sockwake_pid")
readers=$(children "$keeper")
[ -n "$readers" ] || fail 'no readers'
sockwake_kill
sleep 1
rm -f "$TMP/trace5"
for left in $keeper $readers; do
	state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$left/status" 2> /dev/null)
	# Whoever has to wait for it may take a while.
	[ -z "$state" ] || [ "$state" = Z ] || fail "$left is still there: $(cat "/proc/$left/comm")"
done
