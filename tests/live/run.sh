#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh --sockwake PATH [--attach=RUNG] [--programs DIR] [TEST...]
#
# Runs programs that cause known wake-ups under sockwake, and compares the trace
# with what they say they did; then the scripts in cases/. As root. Prints TAP;
# the exit status is 0 when nothing failed. A TEST is the name of a program or of
# a case; without any, all run. Runs in busybox's sh, in a guest that has nothing
# else, so it knows no bashism and no jq. SW_SLOW=N: the machine is so slow that all
# may take N times as long.

here=$(cd "$(dirname "$0")" && pwd) || exit 2
: "${SW_SLOW:=1}"
export SW_SLOW
sockwake='' attach=auto programs='' tests=''

usage() {
	echo 'usage: run.sh --sockwake PATH [--attach=auto|kprobe|fentry|tracepoint] [--programs DIR] [TEST...]' >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--sockwake) [ $# -gt 1 ] || usage; sockwake=$2; shift ;;
	--sockwake=*) sockwake=${1#*=} ;;
	--attach) [ $# -gt 1 ] || usage; attach=$2; shift ;;
	--attach=*) attach=${1#*=} ;;
	--programs) [ $# -gt 1 ] || usage; programs=$2; shift ;;
	--programs=*) programs=${1#*=} ;;
	-*) usage ;;
	*) tests="$tests $1" ;;
	esac
	shift
done
[ -n "$sockwake" ] || usage
: "${programs:=$here/../../build/live}"
[ -r "$programs/tests.list" ] || {
	echo "run.sh: $programs: no programs there (make live-programs)" >&2
	exit 2
}

# Where there is only one rung, auto is that one, and called by its name.
if [ "$attach" = auto ] && "$sockwake" doctor --format=json |
	grep -q '"kprobes":false,"trampolines":false'; then
	attach=tracepoint
fi

TMP=$(mktemp -d "${TMPDIR:-/tmp}/sockwake-live.XXXXXX") || exit 2
SOCKWAKE=$sockwake PROGS=$programs ATTACH=$attach KEPT=$TMP/kept
export TMP SOCKWAKE PROGS ATTACH KEPT
mkdir "$KEPT"
# shellcheck source=lib.sh
. "$here/lib.sh"

finish() {
	sockwake_kill
	rm -rf "$TMP"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

number=0 failed=0

# result STATUS NAME DIAGNOSTICS: one line of TAP. 77 is a skip, whose reason is the
# last line of the diagnostics.
result() {
	number=$((number + 1))
	case $1 in
	0) echo "ok $number - $2 ($attach)" ;;
	77) echo "ok $number - $2 ($attach) # SKIP $(tail -n 1 "$3")" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $number - $2 ($attach)"
		sed 's/^/# /' "$3"
		;;
	esac
}

is_program() {
	grep -qx "$1" "$programs/tests.list"
}

# run_programs FINAL PROGRAM...: one after the other, under one sockwake: it takes
# seconds to start where the machine is emulated. Those that failed in a trace of
# which something was lost are left in $again, unless FINAL is true.
run_programs() {
	final=$1
	shift
	if ! sockwake_start "$TMP/trace" > "$TMP/start" 2>&1; then
		for name in "$@"; do
			result 1 "$name" "$TMP/start"
		done
		return
	fi
	for name in "$@"; do
		timeout $((300 * SW_SLOW)) "$programs/$name" > "$TMP/$name.expected" 2> "$TMP/$name.out"
		echo $? > "$TMP/$name.status"
	done
	settle
	sockwake_stop > "$TMP/stop" 2>&1
	stopped=$?
	for name in "$@"; do
		status=$(cat "$TMP/$name.status")
		if [ "$status" = 0 ] && [ $stopped = 0 ]; then
			"$programs/verify" "$TMP/$name.expected" "$TMP/trace" > "$TMP/$name.out" 2>&1
			status=$?
			if [ $status != 0 ] && [ "$final" = false ] && [ "$(lost "$TMP/trace")" != 0 ]; then
				again="$again $name"
				continue
			fi
		elif [ "$status" = 0 ]; then
			cp "$TMP/stop" "$TMP/$name.out"
			status=1
		elif [ "$status" != 77 ]; then
			echo "$name: exit status $status" >> "$TMP/$name.out"
		fi
		result "$status" "$name" "$TMP/$name.out"
	done
}

# ndjson_files FOLDER: the traces in it.
ndjson_files() {
	find "$1" -type f | while read -r file; do
		case $(head -c 16 "$file" | tr -d '\0') in '{"type":"header"'*) echo "$file" ;; esac
	done
}

# kernel_missed FOLDER: whether one of its traces says that the kernel missed a probe.
kernel_missed() {
	ndjson_files "$1" | while read -r file; do
		summary "$file" lost
	done 2> /dev/null | grep -Eq '"(missed|recursion)":[1-9]'
}

# run_case NAME: a trace in which the kernel missed a probe gets a second try here as well.
run_case() {
	for final in false true; do
		# Each has a folder of its own; what it left behind is gone with $TMP.
		rm -rf "${TMP:?}/$1"
		mkdir "$TMP/$1"
		TMP=$TMP/$1 timeout $((900 * SW_SLOW)) sh "$here/cases/$1.sh" > "$TMP/$1.out" 2>&1
		status=$?
		if [ $status = 0 ] || [ $status = 77 ] || [ $final = true ] || ! kernel_missed "$TMP/$1"; then
			break
		fi
		echo "# once more, as the kernel missed a probe: $1"
		sed 's/^/# /' "$TMP/$1.out"
	done
	result "$status" "$1" "$TMP/$1.out"
}

# Every line of NDJSON that the tests left must be as the schema says. Where there is nobody to
# check it, the lines that differ are printed for who can, without what is in names and numbers.
validate=$here/../golden/validate.py schema=$here/../../docs/schema/ndjson.schema.json
# The system's: that is the one for which packages bring modules.
python=/usr/bin/python3
[ -x $python ] || python=python3
can_validate() {
	[ -r "$schema" ] && $python -c 'import jsonschema' 2> /dev/null
}

check_schema() {
	if can_validate; then
		ndjson_files "$TMP" > "$TMP/files"
		$python "$validate" --some "$schema" - < "$TMP/files" > "$TMP/schema.out" 2>&1
		result $? schema "$TMP/schema.out"
		return
	fi
	ndjson_files "$TMP" | while read -r file; do
		head -n 5000 "$file"
		tail -n 500 "$file"
	done | sed 's/"\(comm\|local\|remote\|name\|host\)":"[^"]*"/"\1":""/g; s/\([:,[]-\{0,1\}\)[1-9][0-9]*/\19/g' |
		sort -u | grep '}$' | sed 's/^/# ndjson /'
}

if [ -z "$tests" ]; then
	tests=$(cat "$programs/tests.list")
	for case in "$here"/cases/*.sh; do
		[ -r "$case" ] || continue
		case=${case##*/}
		tests="$tests ${case%.sh}"
	done
fi
selected='' cases=''
count=0
for name in $tests; do
	if is_program "$name"; then
		selected="$selected $name"
	elif [ -r "$here/cases/$name.sh" ]; then
		cases="$cases $name"
	else
		echo "run.sh: $name: no such test" >&2
		exit 2
	fi
	count=$((count + 1))
done

can_validate && count=$((count + 1))
echo "1..$count"
again=''
# shellcheck disable=SC2086 # names without blanks
[ -z "$selected" ] || run_programs false $selected
if [ -n "$again" ]; then
	# The kernel misses a probe now and then and says so; a trace that does not
	# claim to be whole proves nothing against us. The next one has to be right.
	echo "# once more, as something was lost:$again"
	echo "# lost: $(summary "$TMP/trace" lost)"
	# shellcheck disable=SC2086
	run_programs true $again
fi
for name in $cases; do
	run_case "$name"
done
check_schema
[ $failed = 0 ]
