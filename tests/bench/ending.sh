#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# ending.sh: how long sockwake goes on after SIGTERM while all processors are busy with
# sockets, and that what it leaves is whole.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

sockwake=$BENCH_OUT/sockwake
load_pids=()
# shellcheck disable=SC2317 # it is reached: from the trap
end_load() {
	((${#load_pids[@]} == 0)) || kill "${load_pids[@]}" 2> /dev/null || true
	end_children
}
trap end_load EXIT

load_start() {
	redis-benchmark -p "$port" -t set,get -n 1000000000 -c 50 -P 1 -q > /dev/null 2>&1 &
	load_pids+=($!)
	"$BENCH_OUT/live/churn" tcp 1000000000 &
	load_pids+=($!)
	for _ in $(seq "$(nproc)"); do
		"$BENCH_OUT/live/storm" 1000000000 > /dev/null &
		load_pids+=($!)
	done
}

# Each with an end of its own that must be there.
called() {
	case $1 in
	text) call=(trace) ;;
	text-stacks) call=(trace "--stacks=kernel,user") ;;
	all) call=(trace --all) ;;
	ndjson | csv) call=(trace --format="$1") ;;
	ndjson-stacks) call=(trace --format=ndjson "--stacks=kernel,user") ;;
	record) call=(record -f) ;;
	record-stacks) call=(record -f "--stacks=kernel,user") ;;
	*) die "no such command: $1" ;;
	esac
}

whole() {
	case $1 in
	text* | all) grep -qa 'Delivered\|delivered' "$tmp/output" ;;
	ndjson*) tail -n 1 "$tmp/output" | jq -e '.type == "summary"' > /dev/null ;;
	csv) [[ -s $tmp/output && $(tail -c 1 "$tmp/output" | wc -l) == 1 ]] ;;
	record*) "$sockwake" report --summary "$tmp/output" > /dev/null ;;
	esac
}

cell() { # COMMAND ROUND
	local begin end

	called "$1"
	tracer_start "$tmp/ready" "$sockwake" "${call[@]}" -o "$tmp/output" --ready-file "$tmp/ready"
	nap "$seconds"
	begin=$EPOCHREALTIME
	tracer_stop
	end=$EPOCHREALTIME
	whole "$1" || die "$1 did not write all of it"
	rm -f "$tmp/output"
	jq -nc --arg cell "$1" --argjson round "$2" --argjson load "$(load_average)" \
		--argjson seconds "$(awk -v s="$begin" -v e="$end" 'BEGIN { printf "%.3f", e - s }')" \
		'{part: "ending"} + $ARGS.named' | tee "$tmp/sample"
	say "ending, round $2, $1: $(jq .seconds "$tmp/sample") s"
}

redis_start
load_start
seconds=$(((seconds + 1) / 2))
for ((round = 1; round <= rounds; round++)); do
	for name in text text-stacks all ndjson ndjson-stacks csv record record-stacks; do
		cell "$name" "$round"
	done
done
