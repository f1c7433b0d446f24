#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# files.sh: one recording of some millions of records, and one of perf of the same
# load: how fast each is read, and what it takes on the disk and in memory.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

records_wanted=${BENCH_RECORDS:-3000000}
ours=$tmp/trace.swk theirs=$tmp/perf.data

# A request of redis makes about four records of ours, and two of perf's and more.
load_of() {
	redis_load $((records_wanted / 2 / $1)) > /dev/null
}

# Prints seconds.
timed() {
	local begin=$EPOCHREALTIME

	"$@" > /dev/null 2> "$tmp/stderr" || die "$* failed: $(cat "$tmp/stderr")"
	awk -v s="$begin" -v e="$EPOCHREALTIME" 'BEGIN { printf "%.4f", e - s }'
}

sample() { # CELL ROUND LOAD RECORDS SECONDS
	jq -nc --arg cell "$1" --argjson round "$2" --argjson load "$3" --argjson records "$4" \
		--argjson seconds "$5" '{part: "files", $cell, $round, $load, $records, $seconds}'
}

redis_start
tracer_start "$tmp/ready" "$BENCH_OUT/sockwake" record -o "$ours" --ready-file "$tmp/ready"
load_of 3
tracer_stop
read -r records lost < <("$BENCH_OUT/sockwake" report -s --format=ndjson "$ours" | tail -n 1 |
	jq -r '"\([.events[]] | add) \([.lost[]] | add)"')
say "files: $records records, $lost lost"
((records >= records_wanted)) || die "fewer than $records_wanted records"
tracer_start "$theirs" perf record -e sched:sched_waking,sched:sched_switch,sock:sk_data_ready \
	-a -o "$theirs"
load_of 3
tracer_stop
samples=$(perf report --stdio --sort=cpu -i "$theirs" 2> /dev/null |
	awk '/^# Samples:/ { n = $3; m = 1
		if (sub(/K$/, "", n)) m = 1e3
		if (sub(/M$/, "", n)) m = 1e6
		sum += n * m }
		END { printf "%d", sum }')
say "files: perf has $samples samples"
"$programs/peak" "$tmp/peak" "$BENCH_OUT/sockwake" report "$ours" > /dev/null
jq -nc --argjson load "$(load_average)" --argjson records "$records" --argjson samples "$samples" \
	--argjson bytes "$(stat -c %s "$ours")" --argjson perf_bytes "$(stat -c %s "$theirs")" \
	--argjson kib "$(< "$tmp/peak")" \
	'{part: "file-size", $load, $records, $bytes, $samples, $perf_bytes, $kib}'
for ((round = 1; round <= rounds; round++)); do
	load=$(load_average)
	sample summary "$round" "$load" "$records" \
		"$(timed "$BENCH_OUT/sockwake" report --summary "$ours")"
	sample ndjson "$round" "$load" "$records" \
		"$(timed "$BENCH_OUT/sockwake" report --format=ndjson "$ours")"
	sample perf "$round" "$load" "$samples" "$(timed perf script -i "$theirs")"
done
