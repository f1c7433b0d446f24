#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# Runs in the guest, as /guest, with busybox: what redis still serves while
# sockwake traces by kprobes and by fentry, and while bpftrace and perf trace the
# same function by a kprobe; what the programs take beside the reference; and what
# sockwake has resident as connections come and go.
# Prints a sample a line. ROUNDS, REQUESTS, CELLS, CONNECTIONS and MEMORY are in
# /bench.conf.

export LC_ALL=C
# shellcheck source=/dev/null
. /bench.conf
cd /tmp || exit

say() {
	echo "bench: $(uname -r): $*" >&2
}

die() {
	say "$@"
	cat /tmp/log >&2
	exit 1
}

redis_load() {
	/bin/redis-benchmark -t set,get -n "$REQUESTS" -c 50 -P 1 --csv 2> /tmp/log |
		awk -F '"' '$2 == "SET" || $2 == "GET" { time += 1 / $4; n++ }
			END { if (n == 2) printf "%.0f\n", n / time }'
}

# tracer_start SIGN COMMAND...: starts it, and returns when the file SIGN has
# something in it: then it has attached.
tracer_start() {
	sign=$1
	shift
	rm -f "$sign"
	"$@" > log 2>&1 &
	tracer=$!
	for _ in $(seq 120); do
		[ ! -s "$sign" ] || return 0
		kill -0 "$tracer" 2> /dev/null || break
		sleep 1
	done
	return 1
}

# sockwake_start RUNG [OPTION]
sockwake_start() {
	rung=$1
	shift
	tracer_start ready /bin/sockwake trace --attach="$rung" --format=ndjson -o output \
		--ready-file ready "$@"
}

# record_start RUNG [OPTION...]
record_start() {
	rung=$1
	shift
	tracer_start ready /bin/sockwake record --attach="$rung" -f -o output --ready-file ready "$@"
}

# Wake-ups alone: not who was woken, nor what came of it.
callbacks=--events=readable,writable,state,error,async,accept,destroy

tracer_stop() {
	kill "$tracer"
	wait "$tracer"
	tracer=''
}

# perf has its record's header in the file before it has opened its events.
perf_start() {
	tracer_start output /bin/perf record -e swbench:readable -a -o output || return 1
	sleep 5
}

# Of what bpftrace and perf lose only its being there is told: in their logs.
throughput() {
	summary=null
	case $1 in
	untraced) ;;
	bpftrace) tracer_start output /bin/bpftrace -o output /fields.bt ;;
	perf) perf_start ;;
	all-*) sockwake_start "${1#all-}" ;;
	record-*) record_start "${1#record-}" ;;
	idle-*) record_start "${1#idle-}" --pid $$ ;;
	*) sockwake_start "$1" $callbacks ;;
	esac || die "$1 does not start"
	rate=$(redis_load)
	if [ "$1" != untraced ]; then
		tracer_stop
		grep -i lost log >&2
		case $1 in
		record-* | idle-*)
			mv output recording
			/bin/sockwake report -s --format=ndjson recording > output &&
				tail -n 1 output | grep -q '"complete":true'
			;;
		*) [ "$(wc -c < output)" -gt $((REQUESTS * 10)) ] ;;
		esac || die "$1 did not trace it"
	fi
	case $1 in
	*kprobe | *fentry) summary=$(tail -n 1 output) ;;
	esac
	rm -f output recording
	say "round $2, $1: $rate requests/s"
	echo "{\"part\":\"guest\",\"kernel\":\"$KERNEL\",\"cell\":\"$1\",\"round\":$2," \
		"\"rps\":${rate:-null},\"summary\":$summary}"
}

bpf_time() {
	case $1 in
	sockwake) sockwake_start "$2" $callbacks ;;
	all) sockwake_start "$2" ;;
	reference) tracer_start ready /bin/reference "$2" ready ;;
	esac || {
		say "round $3, $1 by $2: does not start: $(tail -n 1 log)"
		return 0
	}
	redis_load > /dev/null
	ids=$(cat /proc/"$tracer"/fdinfo/* 2> /dev/null |
		awk '$1 == "prog_id:" && !seen[$2]++ { printf "%s%s", sep, $2; sep = "," }')
	programs=$(/bin/bpftool prog show -j)
	tracer_stop
	rm -f output
	say "round $3, BPF time of $1 by $2"
	echo "{\"part\":\"guest-bpf\",\"kernel\":\"$KERNEL\",\"cell\":\"$1\",\"attach\":\"$2\"," \
		"\"round\":$3,\"ids\":[$ids],\"all\":$programs}"
}

resident() {
	awk '$1 == "VmRSS:" { print $2 }' "/proc/$tracer/status"
}

# memory COMMAND RUNG: after a fifth of the connections, and after all.
memory() {
	case $1 in
	text) set -- "$1" "$2" trace ;;
	ndjson) set -- "$1" "$2" trace --format=ndjson ;;
	record) set -- "$1" "$2" record -f -o recording ;;
	esac
	command=$1 attach=$2
	shift 2
	tracer_start ready /bin/sockwake "$@" --attach="$attach" --ready-file ready > /dev/null ||
		die "$command by $attach does not start"
	/bin/churn tcp $((CONNECTIONS / 5))
	sleep 3
	early=$(resident)
	/bin/churn tcp $((CONNECTIONS - CONNECTIONS / 5))
	sleep 3
	late=$(resident)
	tracer_stop
	rm -f recording
	say "memory, $command by $attach: $early KiB, then $late KiB"
	echo "{\"part\":\"guest-memory\",\"kernel\":\"$KERNEL\",\"command\":\"$command\"," \
		"\"attach\":\"$attach\",\"connections\":$CONNECTIONS,\"early\":$early,\"late\":$late}"
}

KERNEL=$(uname -r)
echo 'p:swbench/readable sock_def_readable' >> /sys/kernel/tracing/kprobe_events ||
	die 'sock_def_readable cannot be probed'
/bin/redis-server --save '' --appendonly no > redis.log 2>&1 &
sleep 3
redis_load > /dev/null
[ -n "$(redis_load)" ] || die 'redis does not serve'

for round in $(seq "$ROUNDS"); do
	# In a new order each time: what follows a slow cell must not gain by it.
	# shellcheck disable=SC2086 # words
	for cell in $(printf '%s\n' $CELLS | shuf); do
		throughput "$cell" "$round"
	done
done
for cell in $MEMORY; do
	memory "${cell%-*}" "${cell#*-}"
done
echo 1 > /proc/sys/kernel/bpf_stats_enabled
for round in $(seq "$ROUNDS"); do
	for attach in kprobe fentry; do
		for cell in sockwake all reference; do
			bpf_time $cell $attach "$round"
		done
	done
done
