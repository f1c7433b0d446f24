/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the rings to a consumer: the loop of a live trace. */
#ifndef SW_CMD_PUMP_H
#define SW_CMD_PUMP_H

#include "cmd/ending.h"
#include "core/trace.h"
#include "live/live.h"

/* Who gets the records.  Each returns 0, or -errno to end the trace. */
struct sw_consumer {
	void *arg;
	int (*begin)(void *arg); /* the clocks are in info by now */
	int (*record)(void *arg, const void *rec, size_t len);
	/* NULL: not wanted.  A stack's names, before the first record that has it. */
	int (*stack)(void *arg, uint32_t pid, uint32_t number, const char *names, size_t len);
	/* Nothing older will come.  -ECANCELED: it is enough, and no error. */
	int (*settle)(void *arg, uint64_t until);
	int (*end)(void *arg); /* the counts are in info by now; also after an error */
	bool counts; /* info's counts are wanted all along, to a second */
};

struct sw_pump; /* opaque */

/* All is borrowed.  NULL: errno says why. */
struct sw_pump *sw_pump__new(struct sw_live *live, struct sw_trace_info *info,
			     const struct sw_consumer *to);
void sw_pump__free(struct sw_pump *p); /* NULL is legal */

/* Both borrowed: the stacks that records name are looked up, and kept there. */
struct sw_symbols;
struct sw_stacks;
int sw_pump__name_stacks(struct sw_pump *p, struct sw_symbols *symbols, struct sw_stacks *stacks);

/* Lets the consumer begin, and starts the trace. 0 or -errno. */
int sw_pump__begin(struct sw_pump *p);

/*
 * Runs until `ending` says that it is over, for duration_ns (0: no limit), or until the
 * consumer has enough or fails; then stops the trace and writes its end.
 * Returns 0 or -errno.
 */
int sw_pump__run(struct sw_pump *p, uint64_t duration_ns, struct sw_ending *ending);

#endif
