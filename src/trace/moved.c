/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A record of one trace of several, as one of the whole: its times, socket and stacks. */
#include <string.h>

#include "trace/input.h"

/* Numbers of stacks are far below (SW_MAX_STACKS): those of each trace get a range. */
#define STACK_GROUP_SHIFT 22
_Static_assert(SW_MAX_STACKS < 1 << STACK_GROUP_SHIFT, "stacks of a trace have their range");
_Static_assert(SW_INPUTS_MAX <= 1 << (32 - STACK_GROUP_SHIFT), "a range for each trace");

/* Above what ids have of their own, which are times; see bpf/socket.bpf.h. */
#define ID_GROUP_SHIFT 54

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

static void move_id(__u64 *id, uint32_t group)
{
	if (*id)
		*id ^= (uint64_t)group << ID_GROUP_SHIFT;
}

#define MOVE_ID(at)    move_id(at, i->group);
#define MOVE_TIME(at)  move_time(at, i->shift);
#define MOVE_STACK(at) *(at) = sw_input__stack(i, *(at));
#define MOVE_SPAN(at)
#define MOVE_PLAIN(at)
#define MOVE_ENUM(at)
#define MOVE_LENGTH(at)
#define MOVE_TASK(at)
#define MOVE_COMM(at)
#define MOVE_BYTES(at)
#define MOVE_PAD(at)
#define FIELD(meaning, type, name, more) MOVE_##meaning(&r->name)

void sw_input__move(struct input *i)
{
	union sw_event ev;

	if (sw_event__decode(i->rec, i->len, &ev))
		return; /* whoever reads it will say so */
	move_time(&ev.hdr.ts, i->shift);
	switch (ev.hdr.kind) {
#define KIND(id, kind, fields, ...)                            \
	case SW_REC_##id: {                                    \
		struct sw_rec_##kind *r = &ev.kind##_rec;      \
                                                               \
		fields(FIELD)                                  \
		break;                                         \
	}
		SW_KINDS(KIND)
#undef KIND
	}
	ev.hdr.size = (uint16_t)sw_rec_size(ev.hdr.kind);
	i->len = ev.hdr.size;
	memcpy(i->moved.bytes, &ev, i->len);
	i->rec = i->moved.bytes;
}
