#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# throughput.sh: what redis still serves while its wake-ups are traced, and what
# the tracer got. The cells take turns, so that a change of the machine's load
# meets them all.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
read -ra cells <<< "${BENCH_CELLS:-untraced callbacks bpftrace perf all perf-sched idle record record-all}"

sockwake_start() {
	tracer_start "$tmp/ready" "$BENCH_OUT/sockwake" trace --format=ndjson -o "$tmp/output" \
		--ready-file "$tmp/ready" "$@"
}

record_start() {
	tracer_start "$tmp/ready" "$BENCH_OUT/sockwake" record -o "$tmp/output" \
		--ready-file "$tmp/ready" "$@"
}

perf_start() {
	tracer_start "$tmp/output" perf record -e "$1" -a -o "$tmp/output"
}

start() {
	case $1 in
	untraced) ;;
	callbacks) sockwake_start "$callbacks" ;;
	all) sockwake_start ;;
	record) record_start --events=readable ;;
	record-all) record_start ;;
	idle) sockwake_start --pid "$idle_pid" ;;
	bpftrace) tracer_start "$tmp/output" bpftrace -o "$tmp/output" "$here/fields.bt" ;;
	perf) perf_start sock:sk_data_ready ;;
	perf-sched) perf_start sched:sched_waking,sched:sched_switch,sock:sk_data_ready ;;
	*) die "no such cell: $1" ;;
	esac
}

# Prints "EVENTS LOST" of what the tracer left.
results() {
	case $1 in
	untraced) echo 0 0 ;;
	callbacks | all | idle)
		tail -n 1 "$tmp/output" | jq -r '"\([.events[]] | add) \([.lost[]] | add)"'
		;;
	record | record-all)
		"$BENCH_OUT/sockwake" report -s --format=ndjson "$tmp/output" | tail -n 1 |
			jq -r '"\([.events[]] | add) \([.lost[]] | add)"'
		;;
	bpftrace)
		cat "$tmp/stdout" "$tmp/stderr" |
			awk -v n="$(grep -c '^[0-9]' "$tmp/output")" \
				'/^Lost [0-9]+ events/ { lost += $2 } END { print n + 0, lost + 0 }'
		;;
	perf | perf-sched)
		perf report --stdio --sort=cpu -i "$tmp/output" 2> /dev/null |
			awk '/^# Total Lost Samples:/ { lost = $NF }
				/^# Event count/ { n = $NF } END { print n + 0, lost + 0 }'
		;;
	esac
}

cell() {
	local name=$1 round=$2 load rate before events lost ticks bytes=0 begin end

	load=$(load_average)
	start "$name"
	before=$(tracer_ticks)
	begin=$EPOCHREALTIME
	rate=$(redis_load "$requests")
	end=$EPOCHREALTIME
	ticks=$(($(tracer_ticks) - before))
	[[ -z $tracer_pid ]] || tracer_stop
	read -r events lost < <(results "$name")
	[[ ! -e $tmp/output ]] || bytes=$(stat -c %s "$tmp/output")
	rm -f "$tmp/output"
	say "throughput, round $round, $name: $rate requests/s (load average before: $load)"
	jq -nc --arg cell "$name" '{part: "throughput", $cell} + $ARGS.named' \
		--argjson round "$round" --argjson load "$load" --argjson requests $((requests * 2)) \
		--argjson rps "$rate" --argjson events "$events" --argjson lost "$lost" \
		--argjson bytes "$bytes" \
		--argjson cpu "$(awk -v t="$ticks" -v hz="$(getconf CLK_TCK)" -v s="$begin" -v e="$end" \
			'BEGIN { printf "%.3f", t / hz / (e - s) }')"
}

redis_start
idle_start
requests=$(redis_calibrate)
for ((round = 1; round <= rounds; round++)); do
	# In another order each time: what one cell leaves behind (pages to be written
	# back, say) must not always be the same one's burden.
	for name in $(shuf -e "${cells[@]}"); do
		cell "$name" "$round"
	done
done
