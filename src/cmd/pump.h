/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* From the rings to the output: the loop of a live trace. */
#ifndef SW_CMD_PUMP_H
#define SW_CMD_PUMP_H

#include <sys/types.h>

#include "cmd/output.h"
#include "live/live.h"
#include "render/render.h"

struct sw_pump; /* opaque */

/* All arguments are borrowed. NULL: out of memory. */
struct sw_pump *sw_pump__new(struct sw_live *live, const struct sw_renderer *renderer,
			     const struct sw_render_opts *opts, struct sw_output *out);
void sw_pump__free(struct sw_pump *p); /* NULL is legal */

/* Writes what comes before the first event, and starts the trace. 0 or -errno. */
int sw_pump__begin(struct sw_pump *p);

/*
 * Runs until SIGINT, SIGTERM or SIGHUP (which the caller has blocked), for
 * duration_ns (0: no limit), until `child` (0: none) ends, or until the output
 * fails; then stops the trace and writes its end.
 * *status is set to the child's exit status if it ended.  Returns 0 or -errno.
 */
int sw_pump__run(struct sw_pump *p, uint64_t duration_ns, pid_t child, int *status);

/* The child ended and was waited for. */
bool sw_pump__child_over(const struct sw_pump *p);

#endif
