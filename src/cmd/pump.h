/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the rings to a consumer: the loop of a live trace. */
#ifndef SW_CMD_PUMP_H
#define SW_CMD_PUMP_H

#include <sys/types.h>

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

/* All is borrowed.  NULL: out of memory. */
struct sw_pump *sw_pump__new(struct sw_live *live, struct sw_trace_info *info,
			     const struct sw_consumer *to);
void sw_pump__free(struct sw_pump *p); /* NULL is legal */

/* Both borrowed: the stacks that records name are looked up, and kept there. */
struct sw_symbols;
struct sw_stacks;
int sw_pump__name_stacks(struct sw_pump *p, struct sw_symbols *symbols, struct sw_stacks *stacks);

/* Lets the consumer begin, and starts the trace. 0 or -errno. */
int sw_pump__begin(struct sw_pump *p);

/* Those that end a trace are for the pump alone from here on; SIGPIPE is ignored. */
void sw_pump__block_signals(void);

/*
 * Runs until SIGINT, SIGTERM or SIGHUP (blocked, see above), for
 * duration_ns (0: no limit), until `child` (0: none) ends, or until the output
 * fails; then stops the trace and writes its end.
 * *status is set to the child's exit status if it ended.  Returns 0 or -errno.
 */
int sw_pump__run(struct sw_pump *p, uint64_t duration_ns, pid_t child, int *status);

/* The child ended and was waited for. */
bool sw_pump__child_over(const struct sw_pump *p);

#endif
