#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# run.sh BUILD-DIR: every part of the benchmark; BUILD-DIR/bench.json and a table.
#
#   BENCH_PARTS           which parts: "user throughput files bpftime memory ending guests"
#   BENCH_ROUNDS          how often each cell is measured (3)
#   BENCH_SECONDS         about how long a cell of throughput takes untraced (10)
#   BENCH_PORT            redis' port (7391)
#   BENCH_CELLS           the cells of throughput
#   BENCH_RECORDS         in the recording of files, at least (3000000)
#   BENCH_SOCKETS         so many at once, of memory ("10 1000 10000 100000")
#   BENCH_MILLION         connections of memory, a tenth of its wake-ups (1000000)
#   BENCH_COMMANDS, BENCH_FLAT  the cells of memory
#   BENCH_KERNELS         guests, as tests/vm/kernels.list names them ("6.1 6.18")
#   BENCH_GUEST_REQUESTS  of each kind, in a guest (3000)
#   BENCH_GUEST_CONNECTIONS  of memory, in a guest (10000)
#   BENCH_GUEST_THREADS   how they run, as tests/vm/run has it (counted)
#   TMPDIR                where traces go meanwhile: a disk, with some GB free (/var/tmp)

set -euo pipefail
export LC_ALL=C

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
BENCH_OUT=${1:?BUILD-DIR}
export BENCH_OUT
read -ra parts <<< "${BENCH_PARTS:-user throughput files bpftime memory ending guests}"

((EUID == 0)) || {
	echo 'bench: needs root, to trace' >&2
	exit 1
}

# perf and bpftrace want tracefs. Where it isn't mounted, it is for this process
# and its children only: the machine stays as it is.
if [[ ! -e /sys/kernel/tracing/events && -z ${BENCH_UNSHARED-} ]]; then
	BENCH_UNSHARED=1 exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi
if [[ -n ${BENCH_UNSHARED-} ]]; then
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
fi

samples=$BENCH_OUT/bench/samples.ndjson
: > "$samples"
for part in "${parts[@]}"; do
	# A part that fails must not take the others' numbers with it.
	"$here/$part.sh" >> "$samples" || {
		echo "bench: $part failed" >&2
		failed=1
	}
done
jq -s -L "$here" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" \
	--arg perf "$(perf --version)" --arg bpftrace "$(bpftrace --version)" \
	--arg redis "$(redis-server --version | cut -d ' ' -f 3)" \
	'include "summary"; summary($ARGS.named)' "$samples" > "$BENCH_OUT/bench.json"
jq -r -L "$here" 'include "summary"; table' "$BENCH_OUT/bench.json"
exit "${failed:-0}"
