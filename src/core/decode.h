/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From bytes to a record that can be trusted.  The bytes may come from a ring
 * or, one day, from a file that a stranger wrote: nothing is believed.
 */
#ifndef SW_CORE_DECODE_H
#define SW_CORE_DECODE_H

#include "core/event.h"

/*
 * Copies the record at `data` into *ev.  `len` is the bytes that are there;
 * a record longer than this reader knows is cut to the known fields.
 *
 * Every value that later indexes a table or bounds a copy is checked: kind,
 * hook, context, how, op, ended, via, lengths of names; durations are not
 * negative (a wait has begin <= end <= ts, a run wakeup_ts <= woken_ts <= ts, and
 * so on: decode.c); and a comm is always NUL-terminated.  Family, state, band and
 * the like are not: base/names.h may be asked for any number.
 *
 * Returns 0; -EINVAL (malformed: *ev is not touched); or -ENOTSUP for a kind,
 * hook, context, how, op, ended or via that this reader does not know, as those lists grow
 * and a newer sockwake may have written it.  Then only the header is to be
 * relied on, so that the record can be skipped and counted.
 */
int sw_event__decode(const void *data, size_t len, union sw_event *ev);

/* SW_CAUSE_COUNT for what is no hook. */
static inline enum sw_cause sw_cause_of(uint8_t hook)
{
	static const uint8_t causes[SW_HOOK_COUNT] = {
#define HOOK(id, name, cause, dflt) [SW_HOOK_##id] = SW_CAUSE_##cause,
		SW_HOOKS(HOOK)
#undef HOOK
	};

	return hook < SW_HOOK_COUNT ? causes[hook] : SW_CAUSE_COUNT;
}

#endif
