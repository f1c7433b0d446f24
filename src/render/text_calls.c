// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* What a call says: how long it waited, what ended that, and what it took. */
#include "text.h"

#include <limits.h>

#include "base/human.h"
#include "base/names.h"
#include "words.h"

/* "EAGAIN", "error 555" */
static void put_error(struct sw_buf *out, int64_t result)
{
	/* A file may hold any number, also the one that has no positive. */
	const uint64_t error = 0 - (uint64_t)result;
	const char *name = error <= INT_MAX ? sw_errno_name((int)error) : NULL;

	if (name)
		sw_buf__puts(out, name);
	else
		sw_buf__printf(out, "error %llu", (unsigned long long)error);
}

/* A call of accept is an event also when it did not have to wait. */
static void put_accept(struct sw_buf *out, const struct sw_rec_wait *r)
{
	int64_t result = sw_wait__result(r);

	/* Not "after", which says that it went well. */
	if (r->hdr.flags & SW_F_NO_RESULT) {
		sw_buf__puts(out, "slept ");
		sw_human_duration(out, r->end - r->begin);
		return;
	}
	if (result) {
		put_error(out, result);
		sw_buf__putc(out, ' ');
	}
	if (r->hdr.flags & SW_F_WAITED) {
		sw_buf__puts(out, "after ");
		sw_human_duration(out, r->end - r->begin);
	} else {
		sw_buf__puts(out, "at once");
	}
}

/* "slept 1.2 ms in recv, until woken", "slept 12 ms in send, 5 times within 192 ms" */
void text_wait(struct sw_buf *out, const struct sw_rec_wait *r)
{
	static const char *const endings[] = {
		[SW_ENDED_UNKNOWN] = "",
		[SW_ENDED_WAKEUP] = ", until woken",
		[SW_ENDED_TIMEOUT] = ", until it timed out",
		[SW_ENDED_SIGNAL] = ", until a signal",
		[SW_ENDED_OPEN] = " so far",
	};
	_Static_assert(sizeof(endings) / sizeof(*endings) == SW_ENDED_COUNT, "words for each end");
	int64_t result = sw_wait__result(r);

	if (r->op == SW_OP_ACCEPT && r->ended != SW_ENDED_OPEN) {
		put_accept(out, r);
		return;
	}
	sw_buf__puts(out, "slept ");
	sw_human_duration(out, r->sleeps ? r->asleep : r->end - r->begin);
	sw_buf__puts(out, " in ");
	sw_buf__puts(out, sw_op_name(r->op));
	if (r->sleeps > 1) {
		sw_buf__printf(out, ", %u times within ", r->sleeps);
		sw_human_duration(out, r->end - r->begin);
	}
	sw_buf__puts(out, endings[r->ended]);
	if (!(r->hdr.flags & SW_F_NO_RESULT) && result && r->ended != SW_ENDED_TIMEOUT) {
		sw_buf__puts(out, ": ");
		put_error(out, result);
	}
}

void text_run(struct sw_buf *out, const struct sw_rec_run *r)
{
	sw_human_duration(out, r->hdr.ts - r->woken_ts);
	sw_buf__puts(out, " after it was woken");
}

/* Off the CPU for this part of the time is worth a word. */
#define OFF_PART 4

/* ", such calls in a row: 100": what answers no wake-up is here for another reason. */
static void put_unanswering(struct sw_buf *out, const struct sw_rec_io *r)
{
	if (r->tries) {
		sw_buf__puts(out, ", such calls in a row: ");
		sw_human_count(out, r->tries);
	} else if (r->op == SW_OP_SEND) {
		sw_buf__puts(out, r->result < 0		       ? ", no room" :
				  r->hdr.flags & SW_F_PARTIAL ? ", no room for more" :
								 ", room again");
	}
}

/* "36 B, 7 us after it ran" */
void text_io(struct sw_buf *out, const struct sw_rec_io *r)
{
	uint64_t since = r->run_ts ? r->run_ts : r->wakeup_ts;
	/* A call that slept began before: its end is what the wake-up led to. */
	uint64_t gap = r->hdr.ts - since;
	int64_t result = sw_io__result(r);

	if (result < 0)
		put_error(out, result);
	else if (r->op == SW_OP_ACCEPT)
		sw_buf__printf(out, "fd %lld", (long long)result);
	else if (r->op == SW_OP_POLL)
		sw_buf__puts(out, "at once");
	else
		sw_human_bytes(out, (uint64_t)result);
	if (!r->wakeup_ts) {
		put_unanswering(out, r);
		return;
	}
	sw_buf__puts(out, ", ");
	sw_human_duration(out, gap);
	sw_buf__puts(out, r->run_ts ? " after it ran" : " after the wake-up");
	if (r->others)
		sw_buf__printf(out, " and %u other call%s", r->others, r->others == 1 ? "" : "s");
	if (r->off_ns > gap / OFF_PART) {
		sw_buf__puts(out, ", off the CPU for ");
		sw_human_duration(out, r->off_ns);
	}
}
