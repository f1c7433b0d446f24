#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# user.sh: how long sockwake takes until it traces, and how much memory it takes
# for 10,000 sockets that are woken ten times each.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

attach() {
	local load begin end

	load=$(load_average)
	rm -f "$tmp/ready"
	begin=$EPOCHREALTIME
	"$BENCH_OUT/sockwake" trace --format=ndjson -o /dev/null --ready-file "$tmp/ready" &
	tracer_pid=$!
	until [[ -s $tmp/ready ]]; do
		kill -0 "$tracer_pid" 2> /dev/null || die 'sockwake ended at once'
		nap 0.002
	done
	end=$EPOCHREALTIME
	tracer_stop
	jq -nc --argjson seconds "$(awk -v s="$begin" -v e="$end" 'BEGIN { printf "%.3f", e - s }')" \
		--argjson round "$1" --argjson load "$load" '{part: "attach", $round, $load, $seconds}'
}

memory() {
	local format=$1 kind=$2 load

	load=$(load_average)
	tracer_start "$tmp/ready" "$programs/peak" "$tmp/peak" "$BENCH_OUT/sockwake" trace \
		--format="$format" -o "$tmp/output" --ready-file "$tmp/ready"
	"$programs/wakemany" "$kind" 10000 10
	tracer_stop
	jq -nc --arg format "$format" --arg kind "$kind" --argjson load "$load" \
		--argjson kib "$(< "$tmp/peak")" --argjson bytes "$(stat -c %s "$tmp/output")" \
		'{part: "memory", $format, $kind, $load, $kib, $bytes}'
	rm -f "$tmp/output"
}

say 'time to attach, and memory'
for round in 1 2 3 4 5; do
	attach "$round"
done
for format in text ndjson; do
	for kind in tcp unix; do
		memory "$format" "$kind"
	done
done
