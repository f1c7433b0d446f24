#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# bpftime.sh: what the programs take, by the kernel's own account, beside the
# reference program. That account costs time as well, so it is off elsewhere.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

account=/proc/sys/kernel/bpf_stats_enabled
account_was=$(< "$account")
trap 'echo "$account_was" > "$account"; end_children' EXIT

sockwake_start() {
	tracer_start "$tmp/ready" "$BENCH_OUT/sockwake" trace --format=ndjson -o "$tmp/output" \
		--ready-file "$tmp/ready" "$@"
}

start() {
	case $1 in
	callbacks) sockwake_start "$callbacks" ;;
	all) sockwake_start ;;
	idle) sockwake_start --pid "$idle_pid" ;;
	reference) tracer_start "$tmp/ready" "$programs/reference" tracepoint "$tmp/ready" ;;
	reference-notify)
		tracer_start "$tmp/ready" "$programs/reference" tracepoint "$tmp/ready" notify
		;;
	esac
}

cell() {
	local name=$1 round=$2 load begin end

	load=$(load_average)
	start "$name"
	"$bpftool" prog show -j > "$tmp/before"
	begin=$EPOCHREALTIME
	redis_load "$requests" > /dev/null
	end=$EPOCHREALTIME
	"$bpftool" prog show -j > "$tmp/after"
	jq -nc --arg cell "$name" --argjson round "$round" --argjson load "$load" \
		--argjson seconds "$(awk -v s="$begin" -v e="$end" 'BEGIN { print e - s }')" \
		--argjson ids "$(tracer_programs)" \
		--slurpfile before "$tmp/before" --slurpfile after "$tmp/after" '
		def counts: map({key: "\(.id)", value: [.run_cnt // 0, .run_time_ns // 0]}) | from_entries;
		($before[0] | counts) as $old |
		{part: "bpf", $cell, $round, $load, $seconds,
		 programs: [$after[0][] | select(.id | IN($ids[])) |
			{name, runs: ((.run_cnt // 0) - ($old["\(.id)"][0] // 0)),
			 ns: ((.run_time_ns // 0) - ($old["\(.id)"][1] // 0))} | select(.runs > 0)]}' |
		tee "$tmp/sample"
	say "BPF time, round $round, $name:" "$(jq -r '[.programs[] |
		"\(.name) \(.ns / .runs | round) ns"] | join(", ")' "$tmp/sample")" \
		"(load average before: $load)"
	tracer_stop
	rm -f "$tmp/output"
}

redis_start
idle_start
seconds=$(((seconds + 1) / 2))
requests=$(redis_calibrate)
echo 1 > "$account"
for ((round = 1; round <= rounds; round++)); do
	for name in callbacks all idle reference reference-notify; do
		cell "$name" "$round"
	done
done
