/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What all programs share: settings, maps, counters, and how a record is sent. */
#ifndef SW_SHARED_BPF_H
#define SW_SHARED_BPF_H

#include "read.bpf.h"

#include "entries.h"
#include "filter.h"
#include "records.h"
#include "settings.h"

/* Filled in by the user half before the programs are loaded; constants to the
 * verifier after that, so that what is switched off costs nothing. */
const volatile struct sw_filter filter;
const volatile struct sw_settings settings;

/*
 * What each CPU is doing, and the ledger.  Global data rather than a per-CPU map:
 * no call to look it up, and the user half reads it without a system call.  Its
 * counts are added to atomically, as an interrupt may come between the load and
 * the store of a plain addition.
 */
struct sw_cpu cpus[SW_MAX_CPUS];

static __always_inline struct sw_cpu *cpu_of(__u32 cpu)
{
	return &cpus[cpu & (SW_MAX_CPUS - 1)];
}

static __always_inline bool is_active(__u32 cpu)
{
	return *(volatile __u32 *)&cpu_of(cpu)->active;
}

static __always_inline struct sw_count *count_of(__u32 hook, __u32 cpu)
{
	return &cpu_of(cpu)->counts[hook];
}

#define LOOK_EVERY 16 /* records; the smallest ring holds some fifty */

#define COUNT(field) __sync_fetch_and_add(&(field), 1)

/* Is tracing on? Counts the hit either way. */
static __always_inline bool hit(struct sw_count *n, __u32 cpu)
{
	if (!is_active(cpu)) {
		COUNT(n->idle);
		return false;
	}
	COUNT(n->hits);
	return true;
}

/* How many entries the tables have in which the user half makes room. */
__s32 used[SW_TABLES];

#define ADD(to, n) __sync_fetch_and_add(&(to), n)

/* A hit that cannot be told of. */
static __always_inline void hit_lost(__u32 hook, __u32 cpu, __u32 why)
{
	struct sw_count *n = count_of(hook, cpu);

	if (hit(n, cpu))
		COUNT(n->lost[why]);
}

/* Something for want of room, or a part of an event, which has no hit of its own. */
static __always_inline void lose_one(enum sw_loss why)
{
	hit_lost(settings.owners_hook, bpf_get_smp_processor_id(), why);
}

/* A ring for each CPU (the user half puts them in), so that CPUs never wait
 * for one another. */
struct sw_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SW_RING_MIN);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SW_MAX_CPUS);
	__type(key, __u32);
	__array(values, struct sw_ring);
} rings SEC(".maps");

/* Room for one record on this CPU's ring, or NULL when it is full. */
static __always_inline void *ring_reserve(void **ring, __u32 cpu, __u64 size)
{
	*ring = bpf_map_lookup_elem(&rings, &cpu);
	if (!*ring)
		return NULL;
	return bpf_ringbuf_reserve(*ring, size, 0);
}

/*
 * The consumer drains the rings by a timer.  Waking it for each record would
 * cost more than the record (measured: 30 % of redis' throughput), so it is
 * woken once each time that a ring becomes half full.
 */
static __always_inline void ring_submit(void *ring, void *rec, __u32 cpu)
{
	struct sw_cpu *c = cpu_of(cpu);
	__u64 flags = BPF_RB_NO_WAKEUP;

	/* A look at the ring costs as much as the rest of this, so it is not taken
	 * each time.  An interrupt in between may spoil the count: no matter. */
	if (!(++c->records % LOOK_EVERY)) {
		bool half_full = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >=
				 settings.ring_bytes / 2;

		if (half_full && !c->was_half_full)
			flags = BPF_RB_FORCE_WAKEUP;
		c->was_half_full = half_full;
	}
	bpf_ringbuf_submit(rec, flags);
}

static __always_inline void rec_header(struct sw_rec *h, __u64 ts, __u8 kind, __u8 hook,
				       __u16 size, __u32 cpu)
{
	h->ts = ts;
	h->size = size;
	h->kind = kind;
	h->hook = hook;
	h->cpu = cpu;
	h->flags = 0;
}

/* Of a table of marks: where there are none at all, the first says so, which is in the cache:
 * all of them would not be in its nearest part.  Calculated rather than branched upon, for the
 * verifier. */
static __always_inline __u64 if_any(__u64 n, __u64 key)
{
	return key & -((n | -n) >> 63);
}

#endif
