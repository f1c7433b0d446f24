/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A record of whichever kind, and what the rows of include/records.h say of it. */
#ifndef SW_CORE_EVENT_H
#define SW_CORE_EVENT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "records.h"

/* All members begin with the header, and then with their socket's id. */
union sw_event {
	struct sw_rec hdr;
#define KIND(id, name, ...) struct sw_rec_##name name##_rec;
	SW_KINDS(KIND)
#undef KIND
};

/* For what is made of the kinds that are events, and for each of them. */
#define SW_IF_EVENT(...) __VA_ARGS__
#define SW_IF_NAMES(...)

/* Whose event it is: of a wake-up, the task on the CPU. */
struct sw_task {
	uint32_t pid, tid;
	const char *comm; /* the event's own, SW_COMM_LEN bytes */
};

/* Of a kind, as this version knows it.  0, NULL and false for SW_REC_NONE and what is no kind. */
size_t sw_rec_size(unsigned int kind);
const char *sw_rec_name(unsigned int kind);
bool sw_rec_is_event(unsigned int kind);

/* False where no task has to do with it. */
bool sw_event__task(const union sw_event *ev, struct sw_task *task);

#endif
