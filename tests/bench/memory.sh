#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# memory.sh: what each command has resident: with so many sockets open at once; and, as
# connections and wake-ups come and go, after a tenth of them and after all. Output goes
# to /dev/null, but recordings to a file, which report and export then read.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

sockwake=$BENCH_OUT/sockwake
read -ra at_once <<< "${BENCH_SOCKETS:-10 1000 10000 100000}"
read -ra commands <<< "${BENCH_COMMANDS:-text all ndjson csv record stacks report report-all report-summary report-ndjson export-csv export-ndjson export-html export-perfetto}"
# KIND:COUNT:COMMAND, as in "tcp:1000000:text"; "report" stands for all that read a file.
millions=${BENCH_MILLION:-1000000}
read -ra flat <<< "${BENCH_FLAT:-tcp:$millions:text tcp:$millions:all tcp:$millions:ndjson tcp:$millions:record \
tcp:$millions:report unix:$millions:ndjson unix:$millions:record unix:$millions:report \
tasks:$((millions / 5)):text tasks:$((millions / 5)):stacks \
wakes:$((millions * 10)):text wakes:$((millions * 10)):ndjson wakes:$((millions * 10)):record wakes:$((millions * 10)):report}"

is_live() {
	case $1 in
	report* | export*) false ;;
	esac
}

# The command's arguments into the array `call`.
called() {
	case $1 in
	text) call=(trace) ;;
	all) call=(trace --all) ;;
	ndjson | csv) call=(trace --format="$1") ;;
	record) call=(record -f -o "$tmp/recording") ;;
	stacks) call=(record -f -o "$tmp/stacks" "--stacks=kernel,user") ;;
	report) call=(report "$tmp/recording") ;;
	report-all) call=(report --all "$tmp/recording") ;;
	report-summary) call=(report --summary "$tmp/recording") ;;
	report-*) call=(report --format="${1#*-}" "$tmp/recording") ;;
	export-*) call=(export --format="${1#*-}" "$tmp/recording") ;;
	*) die "no such command: $1" ;;
	esac
}

# The process that `peak` runs.
traced_by() {
	local pid

	read -r pid < "/proc/$tracer_pid/task/$tracer_pid/children"
	echo "$pid"
}

# of_status FIELD PID...: the sum, in KiB.
of_status() {
	local field=$1 pid

	shift
	for pid in "$@"; do
		cat "/proc/$pid/status"
	done 2> /dev/null | awk -v field="$field:" '$1 == field { n += $2 } END { print n + 0 }'
}

# Those that read strangers' files for it, and theirs.
helpers() {
	local pid pids

	read -ra pids < "/proc/$1/task/$1/children" || true
	for pid in "${pids[@]}"; do
		echo "$pid"
		helpers "$pid"
	done
}

live_start() {
	called "$1"
	tracer_start "$tmp/ready" "$programs/peak" "$tmp/peak" "$sockwake" "${call[@]}" \
		--ready-file "$tmp/ready"
}

# sample PART COMMAND KIND COUNT KIB HELPERS
sample() {
	say "memory, $2, $4 $3: $5 KiB, helpers $6 KiB"
	jq -nc --arg part "$1" --arg command "$2" --arg kind "$3" --argjson count "$4" \
		--argjson kib "$5" --argjson helpers "$6" --argjson load "$(load_average)" '$ARGS.named'
}

offline() { # PART COMMAND KIND COUNT [STATUS]
	local status=0

	called "$2"
	"$programs/peak" "$tmp/peak" "$sockwake" "${call[@]}" > /dev/null 2> "$tmp/stderr" || status=$?
	((status == ${5:-0})) || die "$2 failed: $(cat "$tmp/stderr")"
	sample "$1" "$2" "$3" "$4" "$(< "$tmp/peak")" 0
}

# --- so many at once ---

held() { # COMMAND SOCKETS
	local helped=0 pids

	is_live "$1" || {
		offline memory-held "$1" sockets "$2"
		return
	}
	live_start "$1"
	"$programs/wakemany" tcp "$2" 2
	nap 1
	pids=$(helpers "$(traced_by)")
	# shellcheck disable=SC2086 # words
	[[ -z $pids ]] || helped=$(of_status VmHWM $pids)
	tracer_stop
	sample memory-held "$1" sockets "$2" "$(< "$tmp/peak")" "$helped"
}

# --- one after another ---

churn() {
	"$BENCH_OUT/live/churn" "$1" "$2"
	nap 1
}

flat_live() { # KIND COUNT COMMAND
	local pid

	live_start "$3"
	pid=$(traced_by)
	churn "$1" $(($2 / 10))
	# A recording that is cut there, for those that read it.
	[[ $3 != record ]] || cp "$tmp/recording" "$tmp/early"
	sample memory-flat "$3" "$1" $(($2 / 10)) "$(of_status VmRSS "$pid")" 0
	churn "$1" $(($2 - $2 / 10))
	sample memory-flat "$3" "$1" "$2" "$(of_status VmRSS "$pid")" 0
	tracer_stop
}

flat_offline() { # KIND COUNT
	local command kind=$1 count=$2

	for command in "${commands[@]}"; do
		! is_live "$command" || continue
		offline memory-flat "$command" "$kind" "$count"
		mv "$tmp/recording" "$tmp/late"
		ln -s early "$tmp/recording"
		# Its writer did not come to its end, which report says by its status.
		offline memory-flat "$command" "$kind" $((count / 10)) 2
		mv "$tmp/late" "$tmp/recording"
	done
	rm -f "$tmp/early" "$tmp/recording"
}

for sockets in "${at_once[@]}"; do
	for command in "${commands[@]}"; do
		held "$command" "$sockets"
	done
	rm -f "$tmp/recording" "$tmp/stacks"
done
for cell in "${flat[@]}"; do
	IFS=: read -r kind count command <<< "$cell"
	case $command in
	report) flat_offline "$kind" "$count" ;;
	*) flat_live "$kind" "$count" "$command" ;;
	esac
done
