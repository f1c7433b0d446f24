// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Events as rows of numbers: the kind, the socket, the time, the CPU, and what the kind
 * has besides.  Further times are told as how long before the row's own they were.
 */
#include "html.h"

#include "words.h"

/* Where a row goes, and what its event is about. */
struct row {
	struct sw_buf *out;
	const struct sw_render_opts *o;
	struct html *h;
	const struct sw_socket *sk;
	const union sw_event *ev;
};

static void row__end(struct sw_buf *out)
{
	sw_buf__putc(out, ']');
}

static void put_u64(struct sw_buf *out, uint64_t v)
{
	sw_buf__putc(out, ',');
	sw_buf__u64(out, v);
}

static void put_s64(struct sw_buf *out, int64_t v)
{
	sw_buf__putc(out, ',');
	sw_buf__s64(out, v);
}

/* How long before `ts` that was; null: not known. */
static void put_before(struct sw_buf *out, uint64_t ts, uint64_t then)
{
	sw_buf__putc(out, ',');
	if (then)
		html_i64(out, ts, then);
	else
		sw_buf__puts(out, "null");
}

static void put_head(const struct row *row, const struct sw_rec *hdr, uint64_t ts)
{
	html_row(row->out, row->h);
	sw_buf__u64(row->out, hdr->kind);
	put_u64(row->out, row->sk->id);
	sw_buf__putc(row->out, ',');
	html_i64(row->out, ts, row->h->base);
	put_u64(row->out, hdr->cpu);
}

static void put_wakeup(const struct row *row, const struct sw_rec_wakeup *r)
{
	struct sw_buf *out = row->out;
	struct html *h = row->h;
	uint32_t task = html_task_number(out, h, r->pid, r->tid, r->comm);
	struct sw_waker_stacks stacks = {NULL, NULL};
	const char *role = sw_wakeup__role(r);
	uint32_t kernel, user, origin = 0; /* a number and one; 0: none */

	if (sw_wakeup__has_origin(r))
		origin = html_task_number(out, h, r->origin_pid, r->origin_tid, r->origin_comm) + 1;

	if (!sw_stacks__of(row->o->stacks, row->ev, &stacks))
		stacks = (struct sw_waker_stacks){NULL, NULL};
	kernel = html_stack_number(out, h, stacks.kernel);
	user = html_stack_number(out, h, stacks.user);

	put_head(row, &r->hdr, r->hdr.ts);
	put_u64(out, task);
	put_u64(out, r->hdr.flags);
	put_u64(out, r->hdr.hook);
	put_u64(out, r->context);
	put_u64(out, *role == 'c' ? 1 : *role == 'b' ? 2 : 0);
	put_u64(out, r->waiters);
	put_u64(out, r->exclusive);
	put_u64(out, r->rx_queued);
	put_u64(out, r->tx_queued);
	put_u64(out, sw_socket__is_listener(row->sk, r->state));
	put_u64(out, sw_socket__state_name(row->sk, r->state) ? r->state : 0);
	put_u64(out, r->how);
	put_u64(out, origin);
	if (kernel || user) {
		put_u64(out, kernel);
		put_u64(out, user);
	}
	row__end(out);
}

static void put_woken(const struct row *row, const struct sw_rec_woken *r)
{
	struct sw_buf *out = row->out;
	uint32_t task = html_task_number(out, row->h, r->pid, r->tid, r->comm);

	put_head(row, &r->hdr, r->woken_ts);
	put_u64(out, task);
	put_u64(out, r->hdr.flags);
	put_before(out, r->woken_ts, r->wakeup_ts);
	put_u64(out, r->via);
	row__end(out);
}

static void put_run(const struct row *row, const struct sw_rec_run *r)
{
	struct sw_buf *out = row->out;
	uint32_t task = html_task_number(out, row->h, r->pid, r->tid, r->comm);

	put_head(row, &r->hdr, r->hdr.ts);
	put_u64(out, task);
	put_u64(out, r->hdr.flags);
	put_before(out, r->hdr.ts, r->wakeup_ts);
	put_before(out, r->hdr.ts, r->woken_ts);
	row__end(out);
}

static void put_io(const struct row *row, const struct sw_rec_io *r)
{
	struct sw_buf *out = row->out;
	uint32_t task = html_task_number(out, row->h, r->pid, r->tid, r->comm);

	put_head(row, &r->hdr, r->hdr.ts);
	put_u64(out, task);
	put_u64(out, r->hdr.flags);
	put_before(out, r->hdr.ts, r->wakeup_ts);
	put_before(out, r->hdr.ts, r->run_ts);
	put_before(out, r->hdr.ts, r->begin);
	put_u64(out, r->op);
	put_s64(out, sw_io__result(r));
	put_u64(out, r->off_ns);
	put_u64(out, r->others);
	row__end(out);
}

static void put_wait(const struct row *row, const struct sw_rec_wait *r)
{
	struct sw_buf *out = row->out;
	uint32_t task = html_task_number(out, row->h, r->pid, r->tid, r->comm);

	put_head(row, &r->hdr, r->hdr.ts);
	put_u64(out, task);
	put_u64(out, r->hdr.flags);
	put_before(out, r->hdr.ts, r->wakeup_ts);
	put_before(out, r->hdr.ts, r->begin);
	put_before(out, r->hdr.ts, r->end);
	put_u64(out, r->op);
	put_u64(out, r->ended);
	if (r->hdr.flags & SW_F_NO_RESULT)
		sw_buf__puts(out, ",null");
	else
		put_s64(out, sw_wait__result(r));
	row__end(out);
}

static void put_destroy(const struct row *row, const struct sw_rec_destroy *r)
{
	put_head(row, &r->hdr, r->hdr.ts);
	row__end(row->out);
}

static void put_one(const struct row *row)
{
	switch (row->ev->hdr.kind) {
#define KIND(id, name, fields, what, ...)                   \
	SW_IF_##what(case SW_REC_##id:                      \
		     put_##name(row, &row->ev->name##_rec); \
		     break;)
		SW_KINDS(KIND)
#undef KIND
	default:
		break;
	}
}

/* Those whom a socket serves; who wakes them is in the events. */
static void name_tasks(struct html_socket *s, const struct sw_told *told)
{
	struct sw_task task;

	for (unsigned int i = 0; i < told->n_woken; i++)
		html_socket__name(s, told->woken[i].pid, told->woken[i].tid, told->woken[i].comm);
	if (told->ev->hdr.kind != SW_REC_WAKEUP && sw_event__task(told->ev, &task))
		html_socket__name(s, task.pid, task.tid, task.comm);
}

void html_event(struct sw_buf *out, const struct sw_render_opts *o, struct html *h,
		const struct sw_socket *sk, const struct sw_told *told)
{
	const struct row row = {out, o, h, sk, told->ev};
	struct html_socket *s = html_socket(h, sk);
	uint64_t n = 1 + told->n_woken;

	if (s) {
		s->events += n;
		s->wakeups += told->ev->hdr.kind == SW_REC_WAKEUP;
		s->destroyed |= told->ev->hdr.kind == SW_REC_DESTROY;
		name_tasks(s, told);
	}
	/* From the first that has no room on, so that what there is has no gaps; a wake-up
	 * goes with the tasks that it woke. */
	if (!s || h->left_out || h->shown + n > HTML_EVENTS_MAX) {
		h->left_out += n;
		return;
	}
	h->shown += n;
	put_one(&row);
	for (unsigned int i = 0; i < told->n_woken; i++)
		put_woken(&row, &told->woken[i]);
}
