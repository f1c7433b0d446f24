/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* All that was asked for: what the kernel half is told, and what does not fit in there. */
#ifndef SW_CORE_FILTER_SET_H
#define SW_CORE_FILTER_SET_H

#include <linux/types.h>
#include <stdint.h>
#include <sys/types.h>

#include "filter.h"

struct sw_filter_set {
	struct sw_filter filter; /* by_pid says that pids count, and by_*port that ports do */
	pid_t pids[SW_MAX_PIDS]; /* in sockwake's pid namespace */
	unsigned int n_pids;
	struct sw_port_filter ports[SW_MAX_PORTS];
	unsigned int n_ports;
	uint32_t asked; /* bit per enum sw_hook that --events names; 0: the default ones */
};

#endif
