# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# What the parts of the benchmark share: redis, its load, and tracers as
# children. Sourced. A part prints a sample a line, as JSON, to stdout, and what
# it is doing to stderr.

set -euo pipefail
export LC_ALL=C

: "${BENCH_OUT:?run.sh sets it}"
# shellcheck disable=SC2034 # read by the scripts that source this file
{
	rounds=${BENCH_ROUNDS:-3}
	seconds=${BENCH_SECONDS:-10}
	port=${BENCH_PORT:-7391}
	bpftool=${BPFTOOL:-bpftool}
	programs=$BENCH_OUT/bench
	# Wake-ups alone: not who was woken, nor what came of it.
	callbacks=--events=readable,writable,state,error,async,destroy
}

tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/sockwake-bench.XXXXXX")
redis_pid='' tracer_pid='' idle_pid=''

# Only what this shell started, by its number.
# shellcheck disable=SC2317 # it is reached: from the trap
end_children() {
	local pid

	for pid in $tracer_pid $redis_pid $idle_pid; do
		kill "$pid" 2> /dev/null || continue
		wait "$pid" 2> /dev/null || true
	done
	rm -rf -- "$tmp"
}
trap end_children EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
	printf 'bench: %s\n' "$*" >&2
}

die() {
	say "$*"
	exit 1
}

load_average() {
	cut -d ' ' -f 1 /proc/loadavg
}

# nap SECONDS: a sleep that costs no process. The pipe never has anything.
exec {nap_fd}<> <(:)
nap() {
	read -r -t "$1" -u "$nap_fd" || true
}

# An instance of its own, that keeps nothing on the disk.
redis_start() {
	redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$tmp" \
		> "$tmp/redis.log" 2>&1 &
	redis_pid=$!
	for _ in {1..100}; do
		if [[ $(redis-cli -p "$port" ping 2> /dev/null) == PONG ]]; then
			kill -0 "$redis_pid" 2> /dev/null || die "port $port is taken: set BENCH_PORT"
			return 0
		fi
		nap 0.1
	done
	cat "$tmp/redis.log" >&2
	die 'redis-server does not answer'
}

# A process that does nothing.
idle_start() {
	sleep infinity &
	idle_pid=$!
}

# redis_load REQUESTS: so many SETs, then so many GETs; prints requests/s of both
# together.
redis_load() {
	redis-benchmark -p "$port" -t set,get -n "$1" -c 50 -P 1 --csv |
		awk -F '"' '$2 == "SET" || $2 == "GET" { time += 1 / $4; n++ }
			END { if (n != 2) exit 1; printf "%.0f\n", n / time }'
}

# The number of requests of each kind that takes about $seconds untraced: the same
# in all cells.
redis_calibrate() {
	redis_load 20000 > /dev/null
	awk -v rate="$(redis_load 50000)" -v s="$seconds" 'BEGIN { printf "%d\n", rate * s / 2 }'
}

# tracer_start SIGN COMMAND...: starts a tracer, and returns soon after the file
# SIGN has something in it.
tracer_start() {
	local sign=$1

	shift
	rm -f "$sign"
	"$@" > "$tmp/stdout" 2> "$tmp/stderr" < /dev/null &
	tracer_pid=$!
	for _ in {1..300}; do
		if [[ -s $sign ]]; then
			nap 1
			return 0
		fi
		kill -0 "$tracer_pid" 2> /dev/null || break
		nap 0.1
	done
	cat "$tmp/stdout" "$tmp/stderr" >&2
	die "cannot start: $*"
}

# Not SIGINT: a shell's background children ignore it.
tracer_stop() {
	local status=0

	kill "$tracer_pid"
	wait "$tracer_pid" || status=$?
	tracer_pid=''
	# perf dies of the signal once more, when it has finished.
	((status == 0 || status == 143)) || {
		cat "$tmp/stderr" >&2
		die "the tracer's exit status is $status"
	}
}

# Processor time of the tracer so far, in clock ticks; 0 without one.
tracer_ticks() {
	local stat

	[[ -n $tracer_pid ]] || {
		echo 0
		return 0
	}
	stat=$(< "/proc/$tracer_pid/stat")
	# shellcheck disable=SC2086 # words: what follows the name
	set -- ${stat##*) }
	echo $((${12} + ${13}))
}

# The numbers of the programs that the tracer holds, as a JSON array.
tracer_programs() {
	cat "/proc/$tracer_pid"/fdinfo/* 2> /dev/null |
		awk '$1 == "prog_id:" { print $2 }' | sort -nu | jq -sc .
}
