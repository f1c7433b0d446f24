// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a wake-up says: what there is to read or write, who waited, and who was woken. */
#include "text.h"

#include "base/human.h"
#include "base/names.h"
#include "words.h"

static void put_comma(struct sw_buf *out, size_t from)
{
	if (out->len > from)
		sw_buf__puts(out, ", ");
}

/* What there is to read, to write or to accept. */
static void put_queue(struct sw_buf *out, const struct sw_socket *sk, enum sw_cause cause,
		      const struct sw_rec_wakeup *r, bool brief)
{
	const char *queued = brief ? "" : " queued";
	const char *more = r->hdr.flags & SW_F_MORE_QUEUED ? "over " : "";

	if (sw_socket__is_listener(sk, r->state)) {
		sw_buf__printf(out, "%u/%u%s", r->rx_queued, r->tx_queued, queued);
	} else if (cause == SW_CAUSE_WRITABLE) {
		sw_buf__puts(out, "Send-Q "); /* as ss calls it */
		sw_human_bytes(out, r->tx_queued);
	} else if (cause == SW_CAUSE_READABLE || r->rx_queued) {
		sw_buf__puts(out, more);
		sw_human_bytes(out, r->rx_queued);
		sw_buf__puts(out, queued);
	}
}

static void put_waiters(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	if (r->hdr.flags & SW_F_NO_QUEUE) {
		sw_buf__puts(out, "no wait queue");
		return;
	}
	if (!r->waiters) {
		sw_buf__puts(out, "no waiter");
		return;
	}
	sw_buf__u64(out, r->waiters);
	if (r->hdr.flags & SW_F_MORE_WAITERS)
		sw_buf__putc(out, '+');
	if (r->exclusive == r->waiters)
		sw_buf__puts(out, " exclusive");
	sw_buf__puts(out, r->waiters == 1 ? " waiter" : " waiters");
	if (r->exclusive && r->exclusive != r->waiters)
		sw_buf__printf(out, ", %u exclusive", r->exclusive);
}

static void put_band(struct sw_buf *out, unsigned int band)
{
	const char *name = sw_band_name(band);

	if (name)
		sw_buf__puts(out, name);
	else
		sw_buf__printf(out, "band %u", band);
}

static void put_signal(struct sw_buf *out, const struct sw_rec_wakeup *r)
{
	if (r->hdr.flags & SW_F_SIGNALLED) {
		sw_buf__puts(out, sw_how_signal(r->how));
		sw_buf__putc(out, ' ');
		put_band(out, r->band);
	} else {
		sw_buf__puts(out, "no signal (");
		put_band(out, r->band);
		sw_buf__putc(out, ')');
	}
}

static void put_via(struct sw_buf *out, const struct sw_rec_woken *w)
{
	static const char *const words[] = {
		[SW_VIA_OTHER] = "",		 [SW_VIA_BLOCKING] = "",
		[SW_VIA_POLL] = " via poll",	 [SW_VIA_EPOLL] = " via epoll",
		[SW_VIA_IO_URING] = " via io_uring", [SW_VIA_ASYNC] = " by signal",
	};
	_Static_assert(sizeof(words) / sizeof(*words) == SW_VIA_COUNT, "a word for each way");

	sw_buf__puts(out, words[w->via]);
}

/* "woke nginx[12] via epoll", "woke 7: a[1], b[2], c[3], …" */
static void put_woken(struct sw_buf *out, const struct sw_told *told)
{
	const struct sw_rec_woken *w = told->woken;

	if (told->n_woken == 1) {
		if (w->hdr.flags & SW_F_AWAKE)
			sw_buf__puts(out, "found awake ");
		else
			sw_buf__puts(out, w->hdr.flags & SW_F_CONFIRMED ? "woke " : "probably woke ");
		text_task(out, w->pid, w->tid, w->comm);
		put_via(out, w);
		return;
	}
	sw_buf__printf(out, "woke %u: ", told->n_woken);
	for (unsigned int i = 0; i < told->n_woken && i < TEXT_WOKEN_SHOWN; i++) {
		if (i)
			sw_buf__puts(out, ", ");
		text_task(out, w[i].pid, w[i].tid, w[i].comm);
	}
	if (told->n_woken > TEXT_WOKEN_SHOWN)
		sw_buf__puts(out, ", \u2026");
	put_via(out, w);
}

void text_wakeup(struct sw_buf *out, const struct sw_socket *sk, const struct sw_rec_wakeup *r,
		 const struct sw_told *told)
{
	enum sw_cause cause = sw_hook_cause(r->hdr.hook);
	size_t from = out->len;
	const char *state;

	if (cause == SW_CAUSE_ASYNC) {
		put_signal(out, r);
		if (told->n_woken) {
			sw_buf__puts(out, ", ");
			put_woken(out, told);
		}
		return;
	}
	/* Here the state is the news. */
	if (cause == SW_CAUSE_STATE || cause == SW_CAUSE_ERROR) {
		state = sw_socket__state_name(sk, r->state);
		if (state)
			sw_buf__puts(out, state);
		put_comma(out, from);
		from = out->len;
	}
	/* Whom it woke is the news. */
	put_queue(out, sk, cause, r, told->n_woken);
	put_comma(out, from);
	if (told->n_woken)
		put_woken(out, told);
	else
		put_waiters(out, r);
}

void text_late(struct sw_buf *out, const struct sw_rec_woken *r)
{
	sw_human_duration(out, r->woken_ts - r->wakeup_ts);
	sw_buf__puts(out, " after the wake-up");
	put_via(out, r);
}
