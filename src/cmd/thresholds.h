/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Options that set the thresholds of findings. */
#ifndef SW_CMD_THRESHOLDS_H
#define SW_CMD_THRESHOLDS_H

#include <stdint.h>

#include "cmd/options.h"
#include "core/findings.h"

/* A duration that is not 0. */
int sw_options__duration(uint64_t *ns, const char *value);

/* Each takes `struct sw_thresholds *`. */
int sw_thresholds__slow_run(void *thresholds, const char *value);
int sw_thresholds__slow_read(void *thresholds, const char *value);
int sw_thresholds__stuck(void *thresholds, const char *value);
int sw_thresholds__write_stall(void *thresholds, const char *value);
int sw_thresholds__backlog(void *thresholds, const char *value);

/* The table's rows. */
#define SW_THRESHOLD_OPTIONS(at)                                                              \
	{"slow-run", 0, "TIME", "a finding: a woken task waits this long for a CPU (10ms)",   \
	 sw_thresholds__slow_run, at},                                                        \
	{"slow-read", 0, "TIME", "... a task runs this long before it takes the data (10ms)", \
	 sw_thresholds__slow_read, at},                                                       \
	{"stuck", 0, "TIME", "... a wait is this old and not over when the trace ends (1)",   \
	 sw_thresholds__stuck, at},                                                           \
	{"write-stall", 0, "TIME", "... a writer is kept waiting this long (100ms)",          \
	 sw_thresholds__write_stall, at},                                                     \
	{"backlog", 0, "PERCENT", "... a listener's queue is this full (80)",                 \
	 sw_thresholds__backlog, at}

#endif
