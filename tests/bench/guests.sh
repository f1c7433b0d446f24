#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
#
# guests.sh: the same on kernels that have kprobes and fentry, in emulated
# machines, whose time is the number of instructions: of what an emulator takes, most
# goes to its own caches of code and addresses, and says nothing of a processor. Of
# these numbers only those of one guest can be compared.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
read -ra kernels <<< "${BENCH_KERNELS:-6.1 6.18}"

# The guest has no jq: what bpftool said is sorted out here.
samples() {
	tee "$tmp/guest-output" | grep '^{' | jq -c --argjson load "$1" '
		.load = $load |
		if .part == "guest-bpf" then
			(.ids as $ids | .programs = [.all[] | select((.id | IN($ids[])) and .run_cnt > 0) |
				{name, runs: .run_cnt, ns: .run_time_ns}]) | del(.all, .ids)
		else
			(.summary as $s | if $s then
				.events = ([$s.events[]] | add) | .lost = ([$s.lost[]] | add)
			else . end) | del(.summary)
		end'
}

mkdir "$tmp/root"
install -m 755 "$here/guest.sh" "$tmp/root/guest"
# The same fields, of the function: 6.1 has no such tracepoint.
# shellcheck disable=SC2016 # sed's $ and bpftrace's
sed -e 's/^tracepoint:.*/kprobe:sock_def_readable/' -e 's/args->skaddr/arg0/' \
	-e 's/args->protocol/$sk->sk_protocol/' "$here/fields.bt" > "$tmp/root/fields.bt"
cells='untraced kprobe fentry all-kprobe all-fentry record-kprobe record-fentry idle-kprobe idle-fentry bpftrace perf'
memory='text-kprobe ndjson-kprobe record-kprobe text-fentry ndjson-fentry record-fentry'
printf "ROUNDS=%d\nREQUESTS=%d\nCELLS='%s'\nCONNECTIONS=%d\nMEMORY='%s'\n" "$rounds" \
	"${BENCH_GUEST_REQUESTS:-3000}" "$cells" "${BENCH_GUEST_CONNECTIONS:-10000}" "$memory" > "$tmp/root/bench.conf"
tool=$(command -v "$bpftool") || die 'there is no bpftool'
"$here/../vm/initramfs" "$tmp/initramfs" "$tmp/root" "$BENCH_OUT/sockwake" "$programs/reference" \
	"$BENCH_OUT/live/churn" "$(command -v redis-server)" "$(command -v redis-benchmark)" "$(command -v bpftrace)" \
	"$(command -v perf)" "$tool"
for kernel in "${kernels[@]}"; do
	say "guest $kernel"
	# One emulated machine at a time, whoever else runs one.
	{
		flock 9
		"$here/../vm/run" --threads "${BENCH_GUEST_THREADS:-counted}" --mem 3G --timeout "${BENCH_GUEST_TIMEOUT:-1800}" "$kernel" "$tmp/initramfs"
	} 9> "${TMPDIR:-/tmp}/qemu.lock" | samples "$(load_average)" || {
		grep -v '^{' "$tmp/guest-output" | tail -n 20 >&2
		die "guest $kernel failed"
	}
	grep '^bench: ' "$tmp/guest-output" >&2
done
