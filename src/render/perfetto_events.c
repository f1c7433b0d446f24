/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What was held back, once it is known what came of it. */
#include "base/escape.h"
#include "base/names.h"
#include "render/perfetto.h"
#include "render/words.h"

struct sw_pf_event sw_pf_event__new(struct sw_pf_state *s, enum sw_pf_type type,
				    const char *category, const char *name, uint64_t ts,
				    uint64_t track)
{
	struct sw_pf_event e;

	/* Not the notes: they are many, and each is filled before it is counted. */
	memset(&e, 0, offsetof(struct sw_pf_event, notes));
	sw_buf__reset(&s->texts);
	e.texts = &s->texts;
	e.words = &s->words;
	e.type = type;
	e.rank = SW_PF_LATER;
	e.category = category;
	e.name = name;
	e.ts = ts;
	e.track = track;
	return e;
}

void sw_pf_slice__write(struct sw_buf *out, struct sw_pf_event *begin, const struct sw_pf_span *at)
{
	struct sw_pf_event end = {.type = SW_PF_END, .ts = at->end, .track = begin->track};

	if (at->begin >= at->end) {
		begin->type = SW_PF_INSTANT;
		sw_pf_event__put(out, begin);
		return;
	}
	begin->ts = at->begin;
	begin->lasts = at->end - at->begin;
	sw_pf_event__put(out, begin);
	sw_pf_event__put(out, &end);
}

static void note_woken(struct sw_pf_event *e, const struct sw_pf_wakeup *w)
{
	const unsigned int n = w->n_woken < SW_PF_WOKEN ? w->n_woken : SW_PF_WOKEN;
	const size_t from = e->texts->len;

	for (unsigned int i = 0; i < n; i++) {
		const struct sw_pf_woken *r = &w->woken[i];

		sw_escape_text(e->texts, r->comm, strlen(r->comm));
		sw_buf__printf(e->texts, "[%u] via %s%s%s", r->tid, sw_via_name(r->via),
			       r->flags & SW_F_CONFIRMED ? "" : ", probably",
			       r->flags & SW_F_AWAKE ? ", awake" : "");
		sw_buf__putc(e->texts, '\0');
	}
	if (n)
		sw_pf_event__list(e, "woke", from, n);
	if (w->n_woken > n)
		sw_pf_event__u64(e, "woke_more", w->n_woken - n);
}

static void note_stack(struct sw_pf_event *e, const char *name, const struct sw_stack *s)
{
	const size_t from = e->texts->len;
	const char *frame;

	if (!s)
		return;
	frame = s->names;
	for (unsigned int i = 0; i < s->frames; i++, frame += strlen(frame) + 1) {
		sw_escape_text(e->texts, frame, strlen(frame));
		sw_buf__putc(e->texts, '\0');
	}
	sw_pf_event__list(e, name, from, s->frames);
}

static void note_queues(struct sw_pf_event *e, const struct sw_pf_wakeup *w)
{
	const struct sw_rec_wakeup *r = &w->rec;

	sw_pf_event__u64(e, w->listener ? "backlog" : "rx_queued", r->rx_queued);
	sw_pf_event__u64(e, w->listener ? "backlog_max" : "tx_queued", r->tx_queued);
}

static void note_async(struct sw_pf_event *e, const struct sw_rec_wakeup *r)
{
	sw_pf_event__word(e, "how", sw_how_name(r->how));
	sw_pf_event__word(e, "signal", sw_how_signal(r->how));
	sw_pf_event__word(e, "band", sw_band_name(r->band));
	sw_pf_event__bool(e, "signalled", r->hdr.flags & SW_F_SIGNALLED);
}

void sw_pf_wakeup__put(void *arg, struct sw_buf *out, void *wakeup)
{
	struct sw_pf_state *s = arg;
	const struct sw_pf_wakeup *w = wakeup;
	const struct sw_rec_wakeup *r = &w->rec;
	const enum sw_cause cause = sw_hook_cause(r->hdr.hook);
	struct sw_pf_event e = sw_pf_event__new(s, SW_PF_INSTANT, "wakeup", sw_cause_name(cause),
						r->hdr.ts, w->track);
	const union sw_event ev = {.wakeup_rec = *r};
	struct sw_waker_stacks stacks;

	/* Before what it led to. */
	e.rank = SW_PF_FIRST;
	e.flows = w->flows;
	e.n_flows = w->n_flows;
	sw_pf_event__word(&e, "callback", sw_hook_name(r->hdr.hook));
	sw_pf_event__text(&e, "waker", r->comm);
	sw_pf_event__u64(&e, "pid", r->pid);
	sw_pf_event__u64(&e, "tid", r->tid);
	sw_pf_event__word(&e, "context", sw_context_name(r->context));
	sw_pf_event__word(&e, "role", sw_wakeup__role(r));
	if (sw_wakeup__has_origin(r)) {
		sw_pf_event__text(&e, "origin", r->origin_comm);
		sw_pf_event__u64(&e, "origin_pid", r->origin_pid);
		sw_pf_event__u64(&e, "origin_tid", r->origin_tid);
	}
	sw_pf_event__u64(&e, "cpu", r->hdr.cpu);
	sw_pf_event__word(&e, "state", w->state);
	sw_pf_event__u64(&e, "waiters", r->waiters);
	note_woken(&e, w);
	note_queues(&e, w);
	if (cause == SW_CAUSE_ASYNC)
		note_async(&e, r);
	if (sw_stacks__of(s->opts->stacks, &ev, &stacks)) {
		note_stack(&e, "kernel_stack", stacks.kernel);
		note_stack(&e, "user_stack", stacks.user);
	}
	sw_pf_event__put(out, &e);
}

void sw_pf_run__write(struct sw_pf_state *s, struct sw_buf *out, const struct sw_pf_run *r,
		      bool goes_on)
{
	struct sw_pf_event e = sw_pf_event__new(s, SW_PF_BEGIN, "run", "woken to running",
						r->rec.woken_ts, r->track);

	if (goes_on) {
		e.flows = &r->flow;
		e.n_flows = 1;
	} else if (r->from_wakeup) {
		e.flow_end = r->flow;
	}
	sw_pf_event__u64(&e, "delay_ns", r->rec.hdr.ts - r->rec.woken_ts);
	sw_pf_event__u64(&e, "since_wakeup_ns", r->rec.hdr.ts - r->rec.wakeup_ts);
	sw_pf_event__u64(&e, "cpu", r->rec.hdr.cpu);
	sw_pf_slice__write(out, &e, &r->span);
}

void sw_pf_run__put(void *arg, struct sw_buf *out, void *run)
{
	sw_pf_run__write(arg, out, run, false);
}
