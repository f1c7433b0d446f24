/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "core/event.h"

#define EVENT 1
#define NAMES 0

static const struct {
	const char *name;
	uint16_t size;
	bool is_event;
} kinds[SW_REC_COUNT] = {
#define KIND(id, name, fields, what, ...) [SW_REC_##id] = {#name, sizeof(struct sw_rec_##name), what},
	SW_KINDS(KIND)
#undef KIND
};

/* Every kind begins with its socket's id, so that it is read at one place. */
#define KIND(id, name, ...)                                                                 \
	_Static_assert(offsetof(struct sw_rec_##name, sock) == sizeof(struct sw_rec),       \
		       #name ": its socket comes first");
SW_KINDS(KIND)
#undef KIND

size_t sw_rec_size(unsigned int kind)
{
	return kind < SW_REC_COUNT ? kinds[kind].size : 0;
}

const char *sw_rec_name(unsigned int kind)
{
	return kind < SW_REC_COUNT ? kinds[kind].name : NULL;
}

bool sw_rec_is_event(unsigned int kind)
{
	return kind < SW_REC_COUNT && kinds[kind].is_event;
}

#define OF_ID(r, name)
#define OF_TIME(r, name)
#define OF_SPAN(r, name)
#define OF_PLAIN(r, name)
#define OF_ENUM(r, name)
#define OF_LENGTH(r, name)
#define OF_STACK(r, name)
#define OF_COMM(r, name)
#define OF_BYTES(r, name)
#define OF_PAD(r, name)
#define OF_TASK(r, name)                                                \
	*task = (struct sw_task){(r)->pid, (r)->tid, (r)->name};        \
	return true;
#define FIELD(meaning, type, name, more) OF_##meaning(r, name)

bool sw_event__task(const union sw_event *ev, struct sw_task *task)
{
	switch (ev->hdr.kind) {
#define KIND(id, kind, fields, ...)                          \
	case SW_REC_##id: {                                  \
		const struct sw_rec_##kind *r = &ev->kind##_rec; \
                                                             \
		(void)r;                                     \
		fields(FIELD)                                \
		return false;                                \
	}
		SW_KINDS(KIND)
#undef KIND
	default:
		return false;
	}
}
