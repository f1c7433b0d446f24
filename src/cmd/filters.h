/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The filter options, as every command that filters has them. */
#ifndef SW_CMD_FILTERS_H
#define SW_CMD_FILTERS_H

#include "cmd/options.h"
#include "core/filter_set.h"
#include "hooks.h"

/* Each takes `struct sw_filter_set *`. */
#define SW_FILTER_OPTION(x, name, letter, value, help) \
	int sw_filters__##name(void *filters, const char *value_);
SW_TASK_FILTERS(SW_FILTER_OPTION, _)
SW_SOCKET_FILTERS(SW_FILTER_OPTION, _)
#undef SW_FILTER_OPTION
int sw_filters__events(void *filters, const char *value);

/* The table's rows; at: where in the settings the filters are. */
#define SW_FILTER_OPTION(at, name, letter, value, help) \
	{#name, letter, value, help, sw_filters__##name, at},
#define SW_FILTER_OPTIONS(at)                                                                   \
	SW_TASK_FILTERS(SW_FILTER_OPTION, at)                                                      \
	SW_SOCKET_FILTERS(SW_FILTER_OPTION, at)                                                    \
	{"events", 'e', "EVENT,...", "only these: readable, writable, state, error, async, "   \
				     "accept,\n                            destroy, woken, " \
				     "run, wait, io, or functions that 'sockwake\n         " \
				     "                   doctor' lists",                        \
	 sw_filters__events, at}

#endif
