// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What a record costs at the least: reserved and submitted, with nothing in it,
 * of the size of sockwake's commonest record and into a ring for each CPU as
 * sockwake has them.  What sockwake's own program takes is compared with this.
 */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "records.h"

/* Set before loading: how the consumer learns of records. */
const volatile __u64 submit_flags;

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SW_RING_MIN);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SW_MAX_CPUS);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

__u64 lost;

static __always_inline int send(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	void *rec = ring ? bpf_ringbuf_reserve(ring, sizeof(struct sw_rec_wakeup), 0) : NULL;

	if (rec)
		bpf_ringbuf_submit(rec, submit_flags);
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

SEC("tp_btf/sk_data_ready") int reference_tracepoint(void *ctx)
{
	return send();
}

SEC("fentry/sock_def_readable") int reference_fentry(void *ctx)
{
	return send();
}

SEC("kprobe/sock_def_readable") int reference_kprobe(void *ctx)
{
	return send();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
