/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A record of one trace of several, as one of the whole: its times, socket and stacks. */
#include <string.h>

#include "trace/input.h"

/* Numbers of stacks are far below (SW_MAX_STACKS): those of each trace get a range. */
#define STACK_GROUP_SHIFT 22
_Static_assert(SW_MAX_STACKS < 1 << STACK_GROUP_SHIFT, "stacks of a trace have their range");
_Static_assert(SW_INPUTS_MAX <= 1 << (32 - STACK_GROUP_SHIFT), "a range for each trace");

uint32_t sw_input__stack(const struct input *i, uint32_t number)
{
	return number ? number ^ i->group << STACK_GROUP_SHIFT : 0;
}

static void move_time(__u64 *ts, int64_t shift)
{
	if (!*ts)
		return;
	/* A wait may have begun before the clock that it is told by. */
	if (shift < 0 && *ts <= -(uint64_t)shift)
		*ts = 1;
	else
		*ts += (uint64_t)shift;
}

void sw_input__move(struct input *i)
{
	union sw_event ev;

	if (sw_event__decode(i->rec, i->len, &ev))
		return; /* whoever reads it will say so */
	move_time(&ev.hdr.ts, i->shift);
	ev.destroy_rec.sock ^= (uint64_t)i->group << 54;
	switch (ev.hdr.kind) {
	case SW_REC_SOCKET:
		if (ev.socket_rec.parent)
			ev.socket_rec.parent ^= (uint64_t)i->group << 54;
		break;
	case SW_REC_WAKEUP:
		ev.wakeup_rec.kernel_stack = sw_input__stack(i, ev.wakeup_rec.kernel_stack);
		ev.wakeup_rec.user_stack = sw_input__stack(i, ev.wakeup_rec.user_stack);
		break;
	case SW_REC_WAIT:
		move_time(&ev.wait_rec.begin, i->shift);
		move_time(&ev.wait_rec.end, i->shift);
		move_time(&ev.wait_rec.wakeup_ts, i->shift);
		break;
	case SW_REC_WOKEN:
		move_time(&ev.woken_rec.wakeup_ts, i->shift);
		move_time(&ev.woken_rec.woken_ts, i->shift);
		break;
	case SW_REC_RUN:
		move_time(&ev.run_rec.wakeup_ts, i->shift);
		move_time(&ev.run_rec.woken_ts, i->shift);
		break;
	case SW_REC_IO:
		move_time(&ev.io_rec.begin, i->shift);
		move_time(&ev.io_rec.wakeup_ts, i->shift);
		move_time(&ev.io_rec.run_ts, i->shift);
		break;
	default:
		break;
	}
	ev.hdr.size = (uint16_t)sw_rec_size(ev.hdr.kind);
	i->len = ev.hdr.size;
	memcpy(i->moved.bytes, &ev, i->len);
	i->rec = i->moved.bytes;
}
