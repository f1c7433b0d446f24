/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * --format=perfetto: slices, instants, counters and arrows for ui.perfetto.dev and
 * trace_processor.
 *
 * An arrow needs both its ends, and what a wake-up led to comes after it.  So wake-ups and
 * runs are held back until it has come, or until so many others have that it is given up;
 * they are late then, but all output is sorted.
 */
#include "render/perfetto.h"

#include <stdlib.h>

#include "render/words.h"

static void perfetto__close(void *state)
{
	struct sw_pf_state *s = state;

	if (!s)
		return;
	sw_pf_held__free(s->wakeups);
	sw_pf_held__free(s->runs);
	sw_pf_tracks__free(s->tracks);
	sw_buf__free(&s->texts);
	free(s);
}

static void *perfetto__open(void)
{
	struct sw_pf_state *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->tracks = sw_pf_tracks__new();
	s->wakeups = sw_pf_held__new(sizeof(struct sw_pf_wakeup), sw_pf_wakeup__put, s);
	s->runs = sw_pf_held__new(sizeof(struct sw_pf_run), sw_pf_run__put, s);
	if (s->tracks && s->wakeups && s->runs)
		return s;
	perfetto__close(s);
	return NULL;
}

/* What an event is about. */
struct at {
	struct sw_pf_state *s;
	struct sw_buf *out;
	struct sw_socket *sk;
	struct sw_pf_socket *socket;
	const struct sw_told *told;
};

static void met(const struct at *at, uint32_t pid, const char *comm)
{
	if (sw_pf_socket__met(at->s->tracks, at->out, at->socket, pid, comm))
		at->out->failed = true;
}

/* NULL: out of memory, which the output knows then. */
static struct sw_pf_task *task_of(const struct at *at, uint32_t pid, uint32_t tid, const char *comm)
{
	struct sw_pf_task *task;

	met(at, pid, comm);
	task = sw_pf_task__of(at->out, at->socket, tid, comm);
	if (!task)
		at->out->failed = true;
	return task;
}

/* The slice, placed on its task's track; an instant where there is no room for it. */
static void put_slice(const struct at *at, struct sw_pf_task *task, struct sw_pf_event *begin,
		      uint64_t end)
{
	struct sw_pf_span span = {begin->ts, end};

	if (!sw_pf_nest__place(&task->nest, &span))
		span.end = span.begin;
	else if (span.begin != begin->ts || span.end != end)
		sw_pf_event__u64(begin, "really_ns", end - begin->ts);
	sw_pf_slice__write(at->out, begin, &span);
}

static void join(struct sw_pf_wakeup *w, unsigned int i, const struct sw_rec_woken *r)
{
	w->woken[i] = (struct sw_pf_woken){.tid = r->tid, .flags = r->hdr.flags, .via = r->via};
	memcpy(w->woken[i].comm, r->comm, sizeof(r->comm));
}

static void put_wakeup(const struct at *at, const struct sw_rec_wakeup *r)
{
	const struct sw_told *told = at->told;
	const struct sw_pf_key key = {at->sk->id, r->hdr.ts, 0};
	struct sw_pf_wakeup *w = sw_pf_held__add(at->s->wakeups, &key, at->out);

	if (!w)
		return;
	w->track = at->socket->track;
	w->rec = *r;
	w->listener = sw_socket__is_listener(at->sk, r->state);
	w->state = sw_socket__state_name(at->sk, r->state);
	w->n_flows = 0;
	w->n_woken = told->n_woken;
	for (unsigned int i = 0; i < told->n_woken && i < SW_PF_WOKEN; i++) {
		join(w, i, &told->woken[i]);
		met(at, told->woken[i].pid, told->woken[i].comm);
	}
	if (w->listener) {
		sw_pf_socket__count(at->out, at->socket, SW_PF_BACKLOG, r->hdr.ts, r->rx_queued);
	} else {
		sw_pf_socket__count(at->out, at->socket, SW_PF_RX, r->hdr.ts, r->rx_queued);
		sw_pf_socket__count(at->out, at->socket, SW_PF_TX, r->hdr.ts, r->tx_queued);
	}
}

/* A task that came too late to be told with its wake-up. */
static void put_woken(const struct at *at, const struct sw_rec_woken *r)
{
	const struct sw_pf_key key = {at->sk->id, r->wakeup_ts, 0};
	struct sw_pf_wakeup *w = sw_pf_held__find(at->s->wakeups, &key);
	struct sw_pf_event e;

	met(at, r->pid, r->comm);
	if (w && w->n_woken < SW_PF_WOKEN) {
		join(w, w->n_woken++, r);
		return;
	}
	e = sw_pf_event__new(at->s, SW_PF_INSTANT, "woken", "woken", r->woken_ts,
			     at->socket->track);
	sw_pf_event__text(&e, "task", r->comm);
	sw_pf_event__u64(&e, "pid", r->pid);
	sw_pf_event__u64(&e, "tid", r->tid);
	sw_pf_event__word(&e, "via", sw_via_name(r->via));
	sw_pf_event__u64(&e, "wakeup_ts", r->wakeup_ts);
	sw_pf_event__put(at->out, &e);
}

/* Whether the wake-up is still held, so that the flow can begin there. */
static bool begin_flow(const struct at *at, uint64_t wakeup_ts, uint64_t flow)
{
	const struct sw_pf_key key = {at->sk->id, wakeup_ts, 0};
	struct sw_pf_wakeup *w = sw_pf_held__find(at->s->wakeups, &key);

	if (!w || w->n_flows == SW_PF_WOKEN)
		return false;
	w->flows[w->n_flows++] = flow;
	return true;
}

static void put_run(const struct at *at, const struct sw_rec_run *rec)
{
	const struct sw_pf_key key = {at->sk->id, rec->wakeup_ts, (uint64_t)rec->tid + 1};
	struct sw_pf_task *task = task_of(at, rec->pid, rec->tid, rec->comm);
	struct sw_pf_run *r;

	if (!task)
		return;
	r = sw_pf_held__add(at->s->runs, &key, at->out);
	if (!r)
		return;
	r->track = task->track;
	r->rec = *rec;
	/* It has its place now, even if it is written when others have theirs. */
	r->span = (struct sw_pf_span){rec->woken_ts, rec->hdr.ts};
	if (!sw_pf_nest__place(&task->nest, &r->span))
		r->span.end = r->span.begin;
	r->flow = ++at->s->flows;
	r->from_wakeup = begin_flow(at, rec->wakeup_ts, r->flow);
}

static void put_wait(const struct at *at, const struct sw_rec_wait *r)
{
	static const char *const names[] = {
		[SW_OP_ACCEPT] = "wait in accept",
		[SW_OP_RECV] = "wait in recv",
		[SW_OP_SEND] = "wait in send",
		[SW_OP_CONNECT] = "wait in connect",
		[SW_OP_POLL] = "wait in poll",
	};
	struct sw_pf_task *task = task_of(at, r->pid, r->tid, r->comm);
	struct sw_pf_event e;

	if (!task)
		return;
	e = sw_pf_event__new(at->s, SW_PF_BEGIN, "wait", names[r->op], r->begin, task->track);
	/* accept(2) is told of also when it does not wait. */
	if (r->hdr.hook == SW_HOOK_ACCEPT && !(r->hdr.flags & SW_F_WAITED))
		e.name = sw_op_name(r->op);
	sw_pf_event__word(&e, "callback", sw_hook_name(r->hdr.hook));
	sw_pf_event__word(&e, "ended_by", sw_ended_name(r->ended));
	if (r->hdr.flags & SW_F_UNENDED)
		sw_pf_event__bool(&e, "ended", false);
	if (!(r->hdr.flags & SW_F_NO_RESULT))
		sw_pf_event__s64(&e, "result", sw_wait__result(r));
	if (r->wakeup_ts)
		sw_pf_event__u64(&e, "wakeup_ts", r->wakeup_ts);
	sw_pf_event__u64(&e, "cpu", r->hdr.cpu);
	put_slice(at, task, &e, r->end);
}

static void note_io(struct sw_pf_event *e, const struct sw_rec_io *r)
{
	sw_pf_event__s64(e, "result", sw_io__result(r));
	if (r->wakeup_ts)
		sw_pf_event__u64(e, "since_wakeup_ns", r->hdr.ts - r->wakeup_ts);
	if (r->tries)
		sw_pf_event__u64(e, "tries", r->tries);
	sw_pf_event__u64(e, "cpu", r->hdr.cpu);
}

/* From running to the end of the call that took what the wake-up told of. */
static void put_response(const struct at *at, struct sw_pf_task *task, const struct sw_rec_io *r,
			 uint64_t flow)
{
	static const char *const names[] = {
		[SW_OP_ACCEPT] = "running to accept",
		[SW_OP_RECV] = "running to recv",
		[SW_OP_SEND] = "running to send",
		[SW_OP_CONNECT] = "running to connect",
		[SW_OP_POLL] = "running to poll",
	};
	struct sw_pf_event e = sw_pf_event__new(at->s, SW_PF_BEGIN, "take", names[r->op],
						r->run_ts, task->track);

	e.rank = SW_PF_LAST;
	e.flow_end = flow;
	note_io(&e, r);
	sw_pf_event__u64(&e, "off_cpu_ns", r->off_ns);
	sw_pf_event__u64(&e, "others", r->others);
	put_slice(at, task, &e, r->hdr.ts);
}

/* The call; the flow ends at it if it is not 0. */
static void put_call(const struct at *at, struct sw_pf_task *task, const struct sw_rec_io *r,
		     uint64_t flow)
{
	struct sw_pf_event e = sw_pf_event__new(at->s, SW_PF_BEGIN, "io", sw_op_name(r->op),
						r->begin, task->track);

	e.rank = SW_PF_LAST;
	e.flow_end = flow;
	note_io(&e, r);
	if (r->hdr.flags & SW_F_NO_BEGIN)
		sw_pf_event__bool(&e, "begin_known", false);
	if (r->hdr.flags & SW_F_PARTIAL)
		sw_pf_event__bool(&e, "partial", true);
	if (r->hdr.flags & SW_F_HUNG_UP)
		sw_pf_event__bool(&e, "hung_up", true);
	put_slice(at, task, &e, r->hdr.ts);
}

/* A call that had begun before the wake-up: no arrow leads back in time. */
static void put_taken(const struct at *at, struct sw_pf_task *task, const struct sw_rec_io *r,
		      uint64_t flow)
{
	struct sw_pf_event e = sw_pf_event__new(at->s, SW_PF_INSTANT, "take", "taken", r->hdr.ts,
						task->track);

	e.rank = SW_PF_LAST;
	e.flow_end = flow;
	note_io(&e, r);
	sw_pf_event__put(at->out, &e);
}

/* The flow that leads to this call, or 0: from the task's run, else from the wake-up. */
static uint64_t flow_to(const struct at *at, const struct sw_rec_io *r, bool ran)
{
	const struct sw_pf_key key = {at->sk->id, r->wakeup_ts, (uint64_t)r->tid + 1};
	struct sw_pf_run *run = ran ? sw_pf_held__find(at->s->runs, &key) : NULL;
	uint64_t flow;

	if (run && run->rec.hdr.ts <= r->run_ts) {
		flow = run->flow;
		sw_pf_run__write(at->s, at->out, run, true);
		sw_pf_held__take(at->s->runs, run);
		return flow;
	}
	flow = at->s->flows + 1;
	if (!begin_flow(at, r->wakeup_ts, flow))
		return 0;
	return ++at->s->flows;
}

static void put_io(const struct at *at, const struct sw_rec_io *r)
{
	struct sw_pf_task *task = task_of(at, r->pid, r->tid, r->comm);
	const bool ran = r->run_ts && r->run_ts >= r->wakeup_ts;
	uint64_t flow;

	if (!task)
		return;
	flow = r->wakeup_ts ? flow_to(at, r, ran) : 0;
	if (ran)
		put_response(at, task, r, flow);
	else if (flow && r->begin < r->wakeup_ts)
		put_taken(at, task, r, flow);
	/* Of a call whose start is not known only the response is drawn: they end together. */
	if (!ran || r->begin < r->hdr.ts)
		put_call(at, task, r, ran || r->begin < r->wakeup_ts ? 0 : flow);
}

static void put_destroy(const struct at *at, const struct sw_rec_destroy *r)
{
	struct sw_pf_event e = sw_pf_event__new(at->s, SW_PF_INSTANT, "destroy", "destroy",
						r->hdr.ts, at->socket->track);

	e.rank = SW_PF_LAST;
	sw_pf_event__word(&e, "callback", sw_hook_name(r->hdr.hook));
	sw_pf_event__u64(&e, "cpu", r->hdr.cpu);
	sw_pf_event__put(at->out, &e);
}

static void perfetto__begin(struct sw_buf *out, const struct sw_render_opts *o,
			    const struct sw_trace_info *info)
{
	(void)o;
	sw_pf_head__put(out, info->monotonic_ns, info->realtime_ns);
}

static void perfetto__event(struct sw_buf *out, const struct sw_render_opts *o,
			    struct sw_socket *sk, const struct sw_told *told)
{
	struct at at = {.s = o->state, .out = out, .sk = sk, .told = told};

	at.s->opts = o;
	at.socket = sw_pf_socket__of(at.s->tracks, sk);
	if (!at.socket) {
		out->failed = true;
		return;
	}
	switch (told->ev->hdr.kind) {
#define KIND(id, name, fields, what, ...)                       \
	SW_IF_##what(case SW_REC_##id:                          \
		     put_##name(&at, &told->ev->name##_rec);    \
		     break;)
		SW_KINDS(KIND)
#undef KIND
	default:
		break;
	}
}

static void perfetto__forget(struct sw_buf *out, const struct sw_render_opts *o,
			     struct sw_socket *sk)
{
	const struct sw_pf_state *s = o->state;

	sw_pf_socket__forget(s->tracks, out, sk);
}

static void perfetto__summary(struct sw_buf *out, const struct sw_render_opts *o,
			      const struct sw_trace_info *info, const struct sw_outcome *outcome)
{
	struct sw_pf_state *s = o->state;

	s->opts = o;
	sw_pf_held__end(s->runs, out);
	sw_pf_held__end(s->wakeups, out);
	sw_pf_tracks__end(s->tracks, out);
	sw_pf_outcome__put(s, out, info, outcome);
}

const struct sw_renderer sw_render_perfetto = {
	.name = "perfetto",
	.whole = true,
	.binary = true,
	.framed = true,
	.open = perfetto__open,
	.close = perfetto__close,
	.begin = perfetto__begin,
	.event = perfetto__event,
	.forget = perfetto__forget,
	.summary = perfetto__summary,
};
