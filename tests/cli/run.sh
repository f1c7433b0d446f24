#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh BUILD: wrong use, and files and outputs that fail: each gets one clear line on stderr and its exit status.
# TAP. Needs neither root nor a kernel that can be traced: tracing.sh has the rest.
set -u

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$here/lib.sh"

# Trace files: what is not one, and what cannot be written.
printf 'perf.data, and more than that' >"$tmp/other"
printf '\213SWK\r\n\032\n\002\001\003\000\050\000\000\000' >"$tmp/future"
printf '\213SWK\r\n\032\n\002\001\001\000\050\000\000\000' >"$tmp/head"
: >"$tmp/empty"
fails 'report of nothing' 2 'which trace file' "$sockwake" report
fails 'report of no file' 2 'nofile: No such file' "$sockwake" report "$tmp/nofile"
fails 'report of a directory' 2 'Is a directory' "$sockwake" report "$tmp"
fails 'report of another format' 2 'not a trace file .wrong magic at byte 0' "$sockwake" report "$tmp/other"
fails 'report of an empty file' 2 'it is empty' "$sockwake" report "$tmp/empty"
fails 'report of a future format' 2 'of format 3 .byte 10.' "$sockwake" report "$tmp/future"
fails 'report of a head alone' 2 'cut at byte 16' "$sockwake" report "$tmp/head"
fails 'report of a name with control characters' 2 '^sockwake: [^[:cntrl:]]*: No such' "$sockwake" report $'\e[31m'
fails 'report in an unknown order' 2 "unknown order 'size'.*events" "$sockwake" report --sort=size x
fails 'report of the top 0' 2 "not a number of sockets: '0'" "$sockwake" report --top=0 x
fails 'report with an option behind the file' 2 "unknown order 'size'" "$sockwake" report x --sort=size y
fails 'report of what is after --' 2 'sort=size: No such file' "$sockwake" report -- --sort=size
fails 'report from the beginning on' 2 'nofile: No such file' "$sockwake" report --from=0 "$tmp/nofile"
for from in 0s 0ms 0.0; do
	fails "report from the beginning on, $from" 2 'nofile: No such file' "$sockwake" report --from=$from "$tmp/nofile"
done
for command in report 'export --format=csv'; do
	# shellcheck disable=SC2086 # words
	fails "${command%% *} from after its end" 2 'not later than --from' "$sockwake" $command --from=2s --to=1s x
	# shellcheck disable=SC2086
	fails "${command%% *} from its end" 2 'not later than --from' "$sockwake" $command --to=1s --from=1s x
	# shellcheck disable=SC2086
	fails "${command%% *} of the socket ''" 2 "no socket: ''" "$sockwake" $command --socket= x
done
fails 'report up to nothing' 2 "not a duration: '0'" "$sockwake" report --to=0 x
fails 'export in no format' 2 'in which format.*csv' "$sockwake" export x
fails 'export in text' 2 "unknown format 'text'.*ndjson, csv, perfetto or html" "$sockwake" export --format=text x
fails 'trace in perfetto' 2 "unknown format 'perfetto'.*text, ndjson or csv" "$sockwake" trace --format=perfetto
fails 'report in perfetto' 2 "unknown format 'perfetto'.*text, ndjson or csv" "$sockwake" report --format=perfetto x
fails 'report as html' 2 "unknown format 'html'.*text, ndjson or csv" "$sockwake" report --format=html x
fails 'trace as html' 2 "unknown format 'html'.*text, ndjson or csv" "$sockwake" --format=html
fails 'export of nothing' 2 'which trace file' "$sockwake" export --format=csv
fails 'report with slow stacks of 0' 2 'not a duration' "$sockwake" report --stacks-slow=0 x
fails 'record over a file' 2 'File exists .-f overwrites' "$sockwake" record -o "$tmp/other"
fails 'record where there is no folder' 2 'No such file' "$sockwake" record -o "$tmp/no/file"
fails 'record with a small limit' 2 'not a file size' "$sockwake" record --max-size=1K
fails 'record with rotation and no limit' 2 'needs --max-size' "$sockwake" record --rotate=3
fails 'record with one file to rotate' 2 'not a number of files' "$sockwake" record --rotate=1

# Several files at once; and outputs as they were promised. The system's python is the one for which
# packages bring modules.
python=/usr/bin/python3
[ -x $python ] || python=python3
for script in several valid files; do
	mkdir "$tmp/$script"
	$python "$here/$script.py" "$(realpath "$sockwake")" "$tmp/$script" >"$tmp/out" 2>"$tmp/err" ||
		echo "1 $script.py: $(tail -n 1 "$tmp/err")" >>"$tmp/out"
	while read -r status name; do
		if [ "$status" = skip ]; then
			skip "${name%%: *}" "${name#*: }"
		else
			result "$status" "${name%%: *}" "$name"
		fi
	done <"$tmp/out"
done

if [ "$(id -u)" = 0 ]; then
	$python "$here/hang.py" "$(realpath "$sockwake")" "$tmp/hang" >"$tmp/out" 2>&1
	result $? 'ends also where a file system hangs' "$(cat "$tmp/out")"
	echo 'not a program' >"$tmp/plain"
	fails 'BTF file that is none' 2 'cannot read BTF' "$sockwake" --btf "$tmp/plain" -d 1
else
	skip 'ends also where a file system hangs' 'mounting one needs root'
	skip 'BTF file that is none' 'it is read when tracing is allowed'
fi

# A recording of each format that there was, of five requests and their answers over TCP and three
# datagrams: made by the version of its time, with `record -- python3 tiny.py` (recordings/tiny.py).
for old in "$here"/recordings/*.swk; do
	"$sockwake" export --format=ndjson "$old" >"$tmp/out" 2>"$tmp/err"
	got="$? $(jq -r 'select(.type == "io") | .result' "$tmp/out" | sort | uniq -c | tr -s ' \n' ' ') $(
		jq -r 'select(.type == "summary") | "\(.sockets) \(.events.wakeup) \(.complete)"' "$tmp/out")"
	result "$((! ($(wc -l <"$tmp/err") == 0 && $(grep -c '^0  1 0 8 1 5 10  4 18 true$' <<<"$got"))))" \
		"a recording of $(basename "$old" .swk) is read as ever" "$got $(head -n 2 "$tmp/err")"
	/usr/bin/python3 "$here/../golden/validate.py" --some "$here/../../docs/schema/ndjson.schema.json" "$tmp/out" >"$tmp/err" 2>&1
	result $? "... and what it says is as the schema has it" "$(head -n 3 "$tmp/err")"
done

# A program that knows sockwake by its library alone says the same.
python3 "$here/make_trace.py" "$tmp/library.swk" 3000
for recording in "$tmp/library.swk" "$here"/recordings/*.swk; do
	"$1/library/findings" "$recording" >"$tmp/out" 2>"$tmp/err"
	got="$? $(cat "$tmp/out" "$tmp/err")"
	"$sockwake" export --format=ndjson "$recording" >"$tmp/out"
	want="0 $(jq -r 'select(.type == "summary") | "wakeups \(.events.wakeup)"' "$tmp/out")"
	found=$(jq -r 'select(.type == "finding") | "\(.kind) \(.count)"' "$tmp/out")
	[ -z "$found" ] || want="$want"$'\n'"$found"
	[ "$got" = "$want" ]
	result $? "the library, of $(basename "$recording" .swk)" "$got, and the program: $want"
done
"$1/library/findings" "$here/make_trace.py" >"$tmp/out" 2>&1
result "$((! ($? == 1 && $(grep -c 'not a trace' "$tmp/out"))))" 'the library says what is no recording' "$(cat "$tmp/out")"

# The answer: what is wrong comes first, and it fits on a screen; all of it on request.
python3 "$here/make_trace.py" "$tmp/answer.swk" 3000
report() {
	"$sockwake" report "$@" "$tmp/answer.swk" >"$tmp/out" 2>"$tmp/err"
}
lines() { # PATTERN: how many lines have it
	grep -cE -- "$1" "$tmp/out"
}
report
result "$((! ($(head -n 1 "$tmp/out" | grep -c '^verdict: nothing wrong found in ') && $(wc -l <"$tmp/out") <= 40)))" \
	'the answer fits on a screen' "$(head -n 3 "$tmp/out")"
result "$(($(lines '^#') != 1 || $(lines '^… and 49 more sockets: --all') != 1))" 'of its sockets the few that matter' \
	"$(grep -E '^(#|…)' "$tmp/out")"
report --all
result "$(($(lines '^#') != 50 || $(lines ' \+time ') != 50 || $(lines ' (readable|wait|run|recv) ') < 3000))" \
	'every timeline with --all' "$(wc -l <"$tmp/out") lines"
report --sort=events --top=2
result "$(($(lines '^#') != 2 || $(lines ' \+time ') != 2))" 'the timelines of two' "$(grep '^#' "$tmp/out")"
report --socket 7
result "$(($(lines '^#7 tcp') != 1 || $(lines ' \+time ') != 1))" 'the timeline of one' "$(grep '^#' "$tmp/out")"
report --summary
result "$(($(lines '^verdict: ') != 1 || $(lines '^#') != 0))" 'no sockets in a summary' "$(grep '^#' "$tmp/out")"

# Perfetto: of traces that are larger than what is sorted in memory, and than all memory there is.
python3 "$here/make_trace.py" "$tmp/large.swk" 60000
python3 "$here/make_trace.py" "$tmp/medium.swk" 12000
perfetto=("$sockwake" export --format=perfetto)
check=$here/../perfetto/check.py
(ulimit -v 60000 && "${perfetto[@]}" -o "$tmp/large" "$tmp/large.swk") 2>"$tmp/err" &&
	[ "$(stat -c %s "$tmp/large")" -gt 30000000 ]
result $? 'export of more than there is memory for' "$(cat "$tmp/err")"
"${perfetto[@]}" -o "$tmp/medium" "$tmp/medium.swk" && python3 "$check" "$tmp/medium" >"$tmp/out"
result $? 'export that is sorted in a file' "$(cat "$tmp/out")"
python3 "$here/make_trace.py" "$tmp/small.swk" 600
head -c "$(($(stat -c %s "$tmp/small.swk") / 2))" "$tmp/small.swk" >"$tmp/cut.swk"
"${perfetto[@]}" "$tmp/cut.swk" >"$tmp/out" 2>"$tmp/err"
[ $? = 2 ] && grep -q 'cut.swk: .*cut at byte' "$tmp/err" && python3 "$check" "$tmp/out" >"$tmp/checked"
result $? 'export of a trace that was cut' "$(cat "$tmp/err" "$tmp/checked")"
python3 "$check" --self-test "$tmp/out" >"$tmp/checked"
result $? 'no damage to it would be overlooked' "$(cat "$tmp/checked")"
fails 'export with no folder to sort in' 2 'cannot sort the output in /no/folder: No such.*TMPDIR' \
	env TMPDIR=/no/folder "${perfetto[@]}" "$tmp/large.swk"
fails 'export to a full disk' 2 'standard output: No space left' \
	bash -c '"$@" >/dev/full' - "${perfetto[@]}" "$tmp/small.swk"
mkdir "$tmp/small"
if unshare -m mount -t tmpfs -o size=1m none "$tmp/small" 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	fails 'export with a full disk to sort on' 2 'cannot sort the output in .*small: No space left.*TMPDIR' \
		env TMPDIR="$tmp/small" unshare -m sh -c 'mount -t tmpfs -o size=1m none "$TMPDIR" && exec "$@"' - \
		"${perfetto[@]}" "$tmp/large.swk"
else
	skip 'export with a full disk to sort on' 'no file system can be mounted'
fi
terminal=$(script -qec "$(printf '%q ' "${perfetto[@]}" "$tmp/cut.swk")" /dev/null </dev/null)
[ $? = 2 ] && [[ $terminal == *'perfetto is binary'*'-o FILE'* && $terminal != *$'\n'*$'\n'* ]]
result $? 'export to a terminal' "$terminal"

fails 'unknown option' 2 "unknown option '--bogus'.*--help" "$sockwake" --bogus
fails 'unknown short option' 2 "unknown option '-Z'" "$sockwake" -Z
fails 'abbreviated option' 2 "unknown option '--forma=text'" "$sockwake" --forma=text
fails 'unknown command' 2 'no such command.*--help' "$sockwake" bogus
fails 'value missing' 2 'needs a value' "$sockwake" --port
fails 'value not wanted' 2 'takes no value' "$sockwake" --quiet=yes
fails 'operand without --' 2 "unexpected argument 'ls'.*after --" "$sockwake" trace ls
fails 'nothing after --' 2 'program is missing after --' "$sockwake" trace --
fails "control characters in an option" 2 "unknown option .--[^[:cntrl:]]*31m. " "$sockwake" $'--\e[31m'
fails 'slow-run with junk' 2 "not a duration: '5 apples'" "$sockwake" --slow-run '5 apples'
fails 'slow-read 0' 2 'not a duration' "$sockwake" --slow-read=0
fails 'stuck' 2 'not a duration' "$sockwake" --stuck=x
fails 'write-stall' 2 'not a duration' "$sockwake" --write-stall -1
fails 'stacks of nobody' 2 "unknown stack in 'kernel,hyper'.*kernel,user" "$sockwake" --stacks=kernel,hyper
fails 'stacks of nothing' 2 "unknown stack in ''" "$sockwake" --stacks=
fails 'stacks-slow 0' 2 'not a duration' "$sockwake" --stacks-slow=0
fails 'stacks-slow of nothing' 2 'needs the events run or io' "$sockwake" --stacks-slow=1 --events=readable
fails 'backlog 101' 2 "not a percentage: '101'.*1 to 100" "$sockwake" --backlog 101
fails 'port 70000' 2 "not a port: '70000'.*65535" "$sockwake" --port 70000
fails 'port 0' 2 'not a port' "$sockwake" --lport=0
fails 'port with junk' 2 "not a port: '80x'" "$sockwake" --rport 80x
fails 'port list with a hole' 2 'empty' "$sockwake" --port 80,,81
fails 'pid with junk' 2 "not a process number: '12abc'" "$sockwake" -p 12abc
fails 'pid that is not there' 2 "no such process: '4194303'" "$sockwake" -p 4194303
fails 'negative pid' 2 'not a process number' "$sockwake" -p -1
fails 'unknown event' 2 "unknown event 'readible'.*readable" "$sockwake" --events readible
fails 'unknown family' 2 "unknown address family 'ipx6'" "$sockwake" --family ipx6
fails 'unknown protocol' 2 "unknown protocol 'tpc'" "$sockwake" --proto tpc
fails 'duration with junk' 2 "not a duration: '10q'" "$sockwake" -d 10q
fails 'duration zero' 2 'not a duration' "$sockwake" -d 0
fails 'buffer too small' 2 "not a buffer size: '1K'" "$sockwake" --buffer 1K
fails 'buffer too large' 2 'not a buffer size' "$sockwake" --buffer 2G
fails 'unknown format' 2 "unknown format 'xml'.*ndjson" "$sockwake" --format xml
fails 'unknown rung' 2 "way to attach 'uprobe'" "$sockwake" --attach uprobe
fails 'quiet and live' 2 'exclude each other' "$sockwake" --quiet --live
fails 'pid and program' 2 'exclude each other' "$sockwake" -p $$ -- true
fails 'kill-after without a program' 2 'kill-after needs a program.*after --' "$sockwake" --kill-after=1
fails 'kill-after with junk' 2 "not a duration: '1x'" "$sockwake" --kill-after=1x -- true
fails 'kill-after 0' 2 'not a duration' "$sockwake" --kill-after=0 -- true
fails '-D without a program' 2 '-D needs a program.*after --' "$sockwake" -D
fails '-D and a program that is not there' 127 "cannot run '/nonexistent/x'" "$sockwake" -D -- /nonexistent/x
fails 'program not there' 127 "cannot run '/nonexistent/x'" "$sockwake" -- /nonexistent/x
fails 'program not on the path' 127 "cannot run 'no-such-program-here'" env PATH=/usr/bin:/bin "$sockwake" -- no-such-program-here
echo 'not a program' >"$tmp/plain"
fails 'program not executable' 126 'Permission denied' "$sockwake" -- "$tmp/plain"
fails 'program is a folder' 126 'cannot run' "$sockwake" -- "$tmp"
fails 'unwritable output' 2 'cannot write to .*no/such.*-o' "$sockwake" -o "$tmp/no/such" -d 1
fails 'doctor with an argument' 2 'no arguments' "$sockwake" doctor x
fails 'doctor with an unknown format' 2 'say text or json' "$sockwake" doctor --format=xml

for what in --help 'trace --help' 'doctor --help' --version; do
	# shellcheck disable=SC2086 # two words
	if "$sockwake" $what >"$tmp/out" 2>"$tmp/err" && [ -s "$tmp/out" ] && [ ! -s "$tmp/err" ]; then
		result 0 "$what"
	else
		result 1 "$what" "$(cat "$tmp/err")"
	fi
done
long=$("$sockwake" --help | awk 'length > 100' | wc -l)
result "$((long != 0))" '--help fits 100 columns' "$long lines do not"

fails 'a folder that is not there, with a program' 125 'No such file' "$sockwake" -o /nonexistent/x -- true
fails 'nor for a recording' 125 'No such file' "$sockwake" record -o /nonexistent/x -- true
fails 'nor for the ready file' 125 'No such file' "$sockwake" --ready-file=/nonexistent/x -- true
finish
