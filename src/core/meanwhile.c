/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* When tasks ran last, and what they did between a wake-up and what they took. */
#include "finder.h"

static unsigned int slot_of(uint32_t pid, uint32_t tid)
{
	uint64_t key = (uint64_t)pid << 32 | tid;

	return sw_table__hash(&key) % SW_RAN_SLOTS;
}

void ran__note(struct sw_finder *f, const struct ran *ran)
{
	f->ran[slot_of(ran->pid, ran->tid)] = *ran;
}

const struct ran *ran__of(const struct sw_finder *f, uint32_t pid, uint32_t tid)
{
	const struct ran *ran = &f->ran[slot_of(pid, tid)];

	return ran->pid == pid && ran->tid == tid ? ran : NULL;
}

/* How long it waited for a CPU, since `from`. */
static uint64_t waited(const struct sw_finder *f, const struct sw_rec_io *r, uint64_t from)
{
	const struct ran *ran = ran__of(f, r->pid, r->tid);

	if (!ran || ran->run_ts > r->hdr.ts)
		return 0;
	return since(ran->run_ts, ran->woken_ts > from ? ran->woken_ts : from);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

struct sw_meanwhile meanwhile_of(const struct sw_finder *f, const struct sw_rec_io *r,
				 uint64_t from)
{
	uint64_t took = since(r->hdr.ts, from), woken = waited(f, r, from);
	struct sw_meanwhile m = {
		.waited_ns = woken,
		.others = r->others,
		.others_known = r->run_ts, /* they are counted from there on */
	};

	/* Off the CPU, and neither asleep nor stopped. */
	if (r->known_ms && since(r->off_ns, r->slept + r->stopped) > woken)
		m.waited_ns = least(since(r->off_ns, r->slept + r->stopped), took);
	if (!r->known_ms)
		return m;
	m.known = true;
	/* The kernel half's sleep lasts until the task runs. */
	m.slept_ns = least(since(r->slept, woken), took);
	m.stopped_ns = least(r->stopped, took - m.slept_ns);
	/* known_ms is a whole number of milliseconds. */
	m.ran_known = (r->known_ms + 1) * 1000000ULL >= took;
	m.known_ns = m.ran_known ? took : r->known_ms * 1000000ULL;
	if (m.ran_known)
		m.ran_ns = took - m.slept_ns - m.stopped_ns;
	return m;
}

bool meanwhile__was_mostly(const struct sw_meanwhile *m, uint64_t ns, uint64_t lay)
{
	return m->known && ns * 2 >= least(m->known_ns, lay);
}

bool finder__is_late(const struct sw_finder *f, uint64_t lay, const struct sw_meanwhile *m)
{
	bool away = meanwhile__was_mostly(m, m->slept_ns + m->stopped_ns, lay);

	if (m->waited_ns * 2 >= lay)
		return false;
	return lay / (away ? 1 : BUSY_TIMES) >= f->limits.slow_read_ns;
}
