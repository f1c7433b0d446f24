// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* From bytes to a record that can be trusted. */
#include "decode.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* --- what a field's meaning asks for -------------------------------------------------- */

#define CHECK_ID(r, name, more)
#define CHECK_TIME(r, name, more)
#define CHECK_SPAN(r, name, more)
#define CHECK_PLAIN(r, name, more)
#define CHECK_STACK(r, name, more)
#define CHECK_BYTES(r, name, more)
#define CHECK_PAD(r, name, more)
#define CHECK_TASK(r, name, more)   (r)->name[SW_COMM_LEN - 1] = '\0';
#define CHECK_COMM(r, name, more)   (r)->name[SW_COMM_LEN - 1] = '\0';
#define CHECK_ENUM(r, name, more)   unknown = unknown || (r)->name >= more##_COUNT;
#define CHECK_LENGTH(r, name, more) damaged = damaged || (r)->name > sizeof((r)->more);
#define FIELD(meaning, type, name, more) CHECK_##meaning(r, name, more)

/* --- what its times are to each other: else a duration, unsigned, would be centuries --- */

#define NO_TIMES(name)                                             \
	static bool times_of_##name(const struct sw_rec_##name *r) \
	{                                                          \
		(void)r;                                           \
		return true;                                       \
	}
NO_TIMES(socket)
NO_TIMES(unix)
NO_TIMES(wakeup)
NO_TIMES(destroy)

static bool times_of_wait(const struct sw_rec_wait *r)
{
	return r->begin <= r->end && r->end <= r->hdr.ts && r->asleep <= r->end - r->begin;
}

static bool times_of_woken(const struct sw_rec_woken *r)
{
	return r->wakeup_ts <= r->woken_ts;
}

static bool times_of_run(const struct sw_rec_run *r)
{
	return r->wakeup_ts <= r->woken_ts && r->woken_ts <= r->hdr.ts;
}

static bool times_of_io(const struct sw_rec_io *r)
{
	return r->begin <= r->hdr.ts && r->wakeup_ts <= r->hdr.ts && r->run_ts <= r->hdr.ts;
}

#define KIND(id, kind, fields, ...)                                    \
	static int check_##kind(union sw_event *ev)                    \
	{                                                              \
		struct sw_rec_##kind *r = &ev->kind##_rec;             \
		bool unknown = false, damaged = !times_of_##kind(r);   \
                                                                       \
		fields(FIELD)                                          \
		return damaged ? -EINVAL : unknown ? -ENOTSUP : 0;     \
	}
SW_KINDS(KIND)
#undef KIND

static const struct {
	size_t size, first; /* bytes, as this version knows it, and in the first format */
	int (*check)(union sw_event *ev);
} kinds[SW_REC_COUNT] = {
#define KIND(id, name, fields, what, rank, first) \
	[SW_REC_##id] = {sizeof(struct sw_rec_##name), first, check_##name},
	SW_KINDS(KIND)
#undef KIND
};

int sw_event__decode(const void *data, size_t len, union sw_event *ev)
{
	union sw_event copy;
	struct sw_rec hdr;
	size_t size;
	int err;

	if (len < sizeof(hdr))
		return -EINVAL;
	memcpy(&hdr, data, sizeof(hdr)); /* data may be at any address */
	if (hdr.size < sizeof(hdr) || hdr.size > len || hdr.kind == SW_REC_NONE)
		return -EINVAL;
	if (hdr.kind >= SW_REC_COUNT) {
		ev->hdr = hdr;
		return -ENOTSUP;
	}

	size = kinds[hdr.kind].size;
	if (hdr.size < kinds[hdr.kind].first)
		return -EINVAL;
	memset(&copy, 0, size);
	memcpy(&copy, data, hdr.size < size ? hdr.size : size);
	err = kinds[hdr.kind].check(&copy);
	if (err == -EINVAL)
		return err;
	if (hdr.hook >= SW_HOOK_COUNT)
		err = -ENOTSUP;
	memcpy(ev, &copy, size);
	return err;
}
