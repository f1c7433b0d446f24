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

/* For --help and messages: "readable, writable, ..., ". */
#define SW_EVENT_NAME(id, name) #name ", "
#define SW_EVENT_NAMES		SW_CAUSES(SW_EVENT_NAME)

/* The table's rows; at: where in the settings the filters are. */
#define SW_FILTER_OPTION(at, name, letter, value, help) \
	SW_CUSTOM(#name, letter, value, at, sw_filters__##name, help),
#define SW_FILTER_OPTIONS(at)                                                                 \
	SW_TASK_FILTERS(SW_FILTER_OPTION, at)                                                 \
	SW_SOCKET_FILTERS(SW_FILTER_OPTION, at)                                               \
	SW_CUSTOM("events", 'e', "EVENT,...", at, sw_filters__events,                         \
		  "only these: " SW_EVENT_NAMES "or functions that 'sockwake doctor' lists")

#endif
