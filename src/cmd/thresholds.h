/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Options that set the thresholds of findings. */
#ifndef SW_CMD_THRESHOLDS_H
#define SW_CMD_THRESHOLDS_H

#include "cmd/options.h"
#include "core/findings.h"

/* The table's rows; at: where in the settings the thresholds are. */
#define SW_THRESHOLD(at, name) ((at) + offsetof(struct sw_thresholds, name))
#define SW_THRESHOLD_OPTIONS(at)                                                        \
	SW_DURATION("slow-run", 0, SW_THRESHOLD(at, slow_run_ns), 1,                    \
		    "a finding: a woken task waits this long for a CPU (10ms)"),        \
	SW_DURATION("slow-read", 0, SW_THRESHOLD(at, slow_read_ns), 1,                  \
		    "... a task runs this long before it takes the data (10ms)"),       \
	SW_DURATION("stuck", 0, SW_THRESHOLD(at, stuck_ns), 1,                          \
		    "... a wait is this old and not over when the trace ends (1)"),     \
	SW_DURATION("write-stall", 0, SW_THRESHOLD(at, write_stall_ns), 1,              \
		    "... a writer is kept waiting this long (100ms)"),                  \
	SW_NUMBER("backlog", "PERCENT", SW_THRESHOLD(at, backlog_percent), 1, 100,      \
		  "not a percentage:", "say a number from 1 to 100",                    \
		  "... a listener's queue is this full (80)")

#endif
